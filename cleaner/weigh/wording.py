"""What the words of a brief block are worth, alone and in pairs: how sites speak to readers, and how stories read."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, pairwise, takewhile
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.facts import (
    DIGIT,
    LAST_OF_SOUNDS,
    LETTER,
    LONGEST,
    PAIR,
    SYLLABLES,
    UNSPACED,
    Bools,
    Facts,
    Floats,
    distinct,
    hash_list,
    tally,
)
from cleaner.rules.ruleset import builtin_directory

EDGE = "_"
"""Stands for the begin and the end of a block in a pair."""
NUMBER = "0"
"""Stands for every number."""
UNNAMED = "noise"
"""The class of words that stand in noise of several kinds, or of none that is known."""
_FORMAT = b"1"
_FACTOR = np.uint32(0x85EBCA6B)
_EDGE, _NUMBER = hash_list([EDGE, NUMBER])


class Worded(msgspec.Struct, frozen=True, array_like=True):
    """The points of words and pairs, as they are kept on disk: by hash, in order."""

    classes: tuple[str, ...] = ()
    keys: bytes = b""
    points: bytes = b""
    class_of: bytes = b""
    """For each key the number of its class."""


def worded(classes: Mapping[str, Mapping[str, float]]) -> Worded:
    """The points of words and pairs, by class, in the form in which they are looked up."""
    terms = [(term, points, number) for number, own in enumerate(classes.values()) for term, points in own.items()]
    halves = hash_list(
        [word for term, _, _ in terms for word in (term if " " in term else f"{term} {term}").split(" ")]
    )
    single = np.array([" " not in term for term, _, _ in terms], dtype=bool)
    keys = np.where(single, halves[::2], _paired(halves[::2], halves[1::2]))
    order = np.argsort(keys, kind="stable")
    points = np.array([points for _, points, _ in terms], dtype=np.float32)
    numbers = np.array([number for _, _, number in terms], dtype=np.uint8)
    return Worded(tuple(classes), keys[order].tobytes(), points[order].tobytes(), numbers[order].tobytes())


class Wording:
    """Points for words and pairs of neighbours; above zero speaks for noise."""

    def __init__(self, words: Worded) -> None:
        self._classes = words.classes
        # One more stands for all that is not listed.
        self._keys = np.append(np.frombuffer(words.keys, dtype=np.uint32), np.uint32(0xFFFFFFFF))
        self._points = np.append(np.frombuffer(words.points, dtype=np.float32), np.float32(0.0))
        self._class_of = np.frombuffer(words.class_of, dtype=np.uint8)

    def points(self, facts: Facts, among: Bools) -> Floats:
        """The sum over the different words and pairs of each block `among` all, 0 for the others."""
        blocks = np.flatnonzero(among & (facts.word_to > facts.word_from))
        if not len(blocks):
            return np.zeros(facts.size)
        found, lengths = self._found(facts, blocks)
        # A word that a block has twice counts once.
        once = distinct(np.repeat(blocks, lengths) * len(self._keys) + found)
        return tally(once // len(self._keys), self._points.take(once % len(self._keys)), facts.size)

    def told(self, facts: Facts, block: int, most: int = 4) -> str:
        """The words and pairs of a block that speak most for noise."""
        found, _ = self._found(facts, np.array([block]))
        words = [EDGE, *words_of(facts, block), EDGE]
        pairs = [" ".join(pair) for pair in pairwise([*words, EDGE])]
        terms = chain.from_iterable(zip(words, pairs, strict=True))
        points = dict(zip(terms, self._points.take(found).tolist(), strict=True))
        best = sorted((term for term in points if points[term] > 0), key=lambda term: -points[term])[:most]
        return ", ".join(best)

    def name(self, facts: Facts, block: int) -> str:
        """The class that most of a block's points for noise are of."""
        found, _ = self._found(facts, np.array([block]))
        by_class: dict[str, float] = defaultdict(float)
        for at in found[self._points.take(found) > 0].tolist():
            by_class[self._classes[self._class_of[at]]] += float(self._points[at])
        by_class.pop(UNNAMED, None)
        return max(by_class, key=lambda name: by_class[name], default=UNNAMED)

    def _found(self, facts: Facts, blocks: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places in the list of all words and pairs of these blocks, and how many each block has."""
        starts, stops = facts.word_from[blocks], facts.word_to[blocks]
        # All words in a row, those of each block between two edges.
        lengths = stops - starts + 2
        first = np.cumsum(lengths) - lengths
        at = np.arange(int(lengths.sum())) - np.repeat(first - starts + 1, lengths)
        words = facts.words.take(at, mode="clip")
        digits = (facts.classes.take(facts.word_starts.take(at, mode="clip")) & DIGIT) != 0
        words[digits] = _NUMBER
        words[first] = words[first + lengths - 1] = _EDGE
        pairs = np.append(_paired(words[:-1], words[1:]), np.uint32(0))
        keys = np.column_stack((words, pairs))
        places = np.searchsorted(self._keys, keys)
        places[self._keys.take(places) != keys] = len(self._keys) - 1
        places[first + lengths - 1] = len(self._keys) - 1
        return places.reshape(-1), 2 * lengths


def words_of(facts: Facts, block: int) -> list[str]:
    """The words of a block as `wording.toml` writes them; empty where letters of two scripts stand together.

    >>> from cleaner.parse.text import parse_text
    >>> words_of(Facts(parse_text("Sign up for 5!")), 0)
    ['sign', 'up', 'for', '0']
    """
    span = slice(int(facts.word_from[block]), int(facts.word_to[block]))
    words = [_word_at(facts, start) for start in facts.word_starts[span].tolist()]
    spelt = [word == NUMBER for word in words] | (hash_list(words) == facts.words[span])
    return [word if is_spelt else "" for word, is_spelt in zip(words, spelt.tolist(), strict=True)]


def _word_at(facts: Facts, start: int) -> str:
    classes = facts.classes[start : start + LONGEST].tolist()
    if classes[0] & DIGIT:
        return NUMBER
    unspaced = classes[0] & UNSPACED
    run = list(takewhile(lambda flags: flags & (LETTER | DIGIT) and flags & UNSPACED == unspaced, classes))
    most = len(run) if not unspaced else SYLLABLES if ord(facts.folded[start]) <= LAST_OF_SOUNDS else PAIR
    return facts.folded[start : start + min(most, len(run))]


def _paired(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.uint32]:
    found: NDArray[np.uint32] = (one * _FACTOR) ^ (other + (one >> np.uint32(7)))
    return found


@lru_cache(maxsize=1)
def builtin_wording() -> Wording:
    raw = (builtin_directory() / "wording.toml").read_bytes()
    return Wording(remembered("words", [_FORMAT, raw], Worded, lambda: worded(tomllib.loads(raw.decode()))))


_HEAD = """\
# What words, and pairs of words side by side, are worth in a brief block. Above zero speaks for noise, below for story.
# `_` is the begin or the end of the block, `0` any number; in scripts without spaces each two characters are a word
# (four where a character is a sound). A table holds the words of the notices of one class, `noise` those of several,
# `story` the words of stories. A line off the text's topic in which they add up to enough is taken for noise, though no
# rule has its phrase: how much is enough stands in cleaner/weigh/notices.py.
# Fitted by `cleaner fit --words`; every number may be edited by hand.
"""


def write_wording(path: Path, classes: Mapping[str, Mapping[str, float]]) -> None:
    """Write the points of words and pairs by class, as `builtin_wording` reads them."""
    lines = [_HEAD]
    for label, own in classes.items():
        lines += [f"[{label}]", *(f'"{term}" = {points:.2f}' for term, points in sorted(own.items())), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
