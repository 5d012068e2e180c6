"""Words by language: function words, words that point back, reporting verbs, words of time, of notices."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.facts import hash_list
from cleaner.rules.ruleset import builtin_directory

KEYS = ("function", "back", "said", "time", "notice")
_SLOTS = 1 << 20
_SAMPLE = 800
_LEAST = 4
_FORMAT = b"3"


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """What a lexicon is made of, as it is kept on disk."""

    languages: tuple[str, ...]
    slots: bytes
    """The slots of all words, in order."""
    bits: dict[str, bytes]
    """For each list the languages (as bits) that list a word, after a first entry for words that none does."""


def listed(languages: Mapping[str, Mapping[str, Sequence[str]]]) -> Listed:
    """The lists of words, by language and name, in the form that is looked up."""
    lists = [(n, key, own.get(key, ())) for n, own in enumerate(languages.values()) for key in KEYS]
    words = [(n, key, word) for n, key, own in lists for word in own]
    slots = hash_list([word for _, _, word in words]) & np.uint32(_SLOTS - 1)
    taken, entries = np.unique(slots, return_inverse=True)
    bits = {key: np.zeros(len(taken) + 1, dtype=np.int64) for key in KEYS}
    for (number, key, _), entry in zip(words, entries.tolist(), strict=True):
        bits[key][entry + 1] |= 1 << number
    return Listed(tuple(languages), taken.tobytes(), {key: own.tobytes() for key, own in bits.items()})


class Lexicon:
    """The words that are listed, numbered by their hash, and for each list and number the languages (as bits)."""

    def __init__(self, words: Listed) -> None:
        self.languages = words.languages
        taken = np.frombuffer(words.slots, dtype=np.uint32)
        self._number = np.zeros(_SLOTS, dtype=np.int16)
        self._number[taken] = np.arange(1, len(taken) + 1)
        self._bits = {key: np.frombuffer(own, dtype=np.int64) for key, own in words.bits.items()}
        self._listed: dict[tuple[str, int | None], NDArray[np.bool_]] = {}

    def numbers(self, spellings: Sequence[NDArray[np.uint32]]) -> NDArray[np.int16]:
        """The number of each word, given the hashes by which it may be listed (the first counts); 0: not listed."""
        numbers: NDArray[np.int16] = self._number.take(spellings[0] & np.uint32(_SLOTS - 1))
        for words in spellings[1:]:
            numbers = np.where(numbers == 0, self._number.take(words & np.uint32(_SLOTS - 1)), numbers)
        return numbers

    def language(self, numbers: NDArray[np.int16]) -> int | None:
        """The number of the language whose function words are most frequent, None where too few are known."""
        hits = self._bits["function"][numbers[:: max(1, len(numbers) // _SAMPLE)]]
        hits = hits[hits != 0]
        if len(hits) < _LEAST:
            return None
        votes = np.unpackbits(hits.view(np.uint8).reshape(len(hits), -1), axis=1, bitorder="little").sum(axis=0)
        return int(votes.argmax())

    def listed(self, key: str, numbers: NDArray[np.int16], language: int | None) -> NDArray[np.bool_]:
        """Whether each word is in the language's list, in any language's where `language` is None."""
        table = self._listed.get((key, language))
        if table is None:
            bits = self._bits[key]
            table = self._listed[key, language] = bits != 0 if language is None else (bits >> language) & 1 != 0
        found: NDArray[np.bool_] = table.take(numbers)
        return found


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    raw = (builtin_directory() / "languages.toml").read_bytes()
    return Lexicon(remembered("lexicon", [_FORMAT, raw], Listed, lambda: listed(tomllib.loads(raw.decode()))))
