"""Words by language that signals count: function words, words that point back, reporting verbs, words of time."""

from __future__ import annotations

import tomllib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.facts import Facts, hash_list
from cleaner.rules import builtin_directory

KEYS = ("function", "back", "said", "time")
_SLOTS = 1 << 18
_SAMPLE = 800


class Lexicon:
    """For each list, a table from a word's hash to the set of languages (as bits) in which it is listed."""

    def __init__(self, languages: dict[str, dict[str, list[str]]]) -> None:
        self.languages = tuple(languages)
        self.tables = {key: np.zeros(_SLOTS, dtype=np.int64) for key in KEYS}
        for key, table in self.tables.items():
            words = [word for lists in languages.values() for word in lists[key]]
            bits = [1 << number for number, lists in enumerate(languages.values()) for _ in lists[key]]
            np.bitwise_or.at(table, hash_list(words) & np.uint32(_SLOTS - 1), bits)

    def language(self, facts: Facts) -> int | None:
        """The number of the language whose function words are most frequent, None where too few are known."""
        hits = self.tables["function"][facts.words[:: max(1, len(facts.words) // _SAMPLE)] & np.uint32(_SLOTS - 1)]
        hits = hits[hits != 0]
        if len(hits) < 4:
            return None
        votes = ((hits[:, None] >> np.arange(len(self.languages))) & 1).sum(axis=0)
        return int(votes.argmax())

    def listed(self, key: str, words: NDArray[np.uint32], language: int | None) -> NDArray[np.bool_]:
        """Whether each word is in the language's list, in any language's where `language` is None."""
        bits = self.tables[key][words & np.uint32(_SLOTS - 1)]
        found: NDArray[np.bool_] = bits != 0 if language is None else (bits >> language) & 1 != 0
        return found


WordLists = dict[str, dict[str, list[str]]]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    raw = (builtin_directory() / "languages.toml").read_bytes()
    return Lexicon(remembered("languages", [raw], WordLists, lambda: tomllib.loads(raw.decode())))
