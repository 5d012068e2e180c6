"""Words by language that signals count: function words, words that point back, reporting verbs, words of time."""

from __future__ import annotations

import tomllib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.facts import hash_list
from cleaner.rules import builtin_directory

KEYS = ("function", "back", "said", "time")
_SLOTS = 1 << 18
_SAMPLE = 800
_LEAST = 4


class Lexicon:
    """The words that are listed, numbered by their hash, and for each list and number the languages (as bits)."""

    def __init__(self, languages: dict[str, dict[str, list[str]]]) -> None:
        self.languages = tuple(languages)
        words = [
            (number, key, word)
            for number, lists in enumerate(languages.values())
            for key in KEYS
            for word in lists[key]
        ]
        slots = hash_list([word for _, _, word in words]) & np.uint32(_SLOTS - 1)
        taken = np.unique(slots)
        self._number = np.zeros(_SLOTS, dtype=np.int16)
        self._number[taken] = np.arange(1, len(taken) + 1)
        self._bits = {key: np.zeros(len(taken) + 1, dtype=np.int64) for key in KEYS}
        entries = self._number[slots]
        for key, bits in self._bits.items():
            own = np.array([of == key for _, of, _ in words])
            tongues = np.array([1 << number for number, of, _ in words if of == key], dtype=np.int64)
            np.bitwise_or.at(bits, entries[own], tongues)
        self._listed: dict[tuple[str, int | None], NDArray[np.bool_]] = {}

    def numbers(self, words: NDArray[np.uint32]) -> NDArray[np.int16]:
        """The number of each word, given by its hash; 0 for those not listed."""
        numbers: NDArray[np.int16] = self._number[words & np.uint32(_SLOTS - 1)]
        return numbers

    def language(self, numbers: NDArray[np.int16]) -> int | None:
        """The number of the language whose function words are most frequent, None where too few are known."""
        hits = self._bits["function"][numbers[:: max(1, len(numbers) // _SAMPLE)]]
        hits = hits[hits != 0]
        if len(hits) < _LEAST:
            return None
        votes = ((hits[:, None] >> np.arange(len(self.languages))) & 1).sum(axis=0)
        return int(votes.argmax())

    def listed(self, key: str, numbers: NDArray[np.int16], language: int | None) -> NDArray[np.bool_]:
        """Whether each word is in the language's list, in any language's where `language` is None."""
        table = self._listed.get((key, language))
        if table is None:
            bits = self._bits[key]
            table = self._listed[key, language] = bits != 0 if language is None else (bits >> language) & 1 != 0
        return table[numbers]


WordLists = dict[str, dict[str, list[str]]]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    raw = (builtin_directory() / "languages.toml").read_bytes()
    return Lexicon(remembered("languages", [raw], WordLists, lambda: tomllib.loads(raw.decode())))
