"""Finding many literals in one pass, with an automaton for each group of scripts that a document uses.

An automaton for the literals of forty languages takes a while to build, and most documents need a part of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

_BOUNDS = (
    (0x00C0, 1),  # Latin beyond ASCII
    (0x0370, 2),  # Greek, Cyrillic, Armenian
    (0x0590, 3),  # Hebrew, Arabic
    (0x0900, 4),  # the scripts of India and South-East Asia, and what else has few literals
    (0x1E00, 1),
    (0x1F00, 2),
    (0x2000, 0),  # symbols
    (0x2C00, 5),  # China, Japan, Korea, and the rest
    (0x1F000, 0),
    (0x1FB00, 5),
)
_SHIFT = 6
_BEGIN = 10
"""Characters of a literal that are sought: an automaton for these is built in a third of the time."""
GROUPS = 6
Groups = tuple[int, ...]
"""The groups of scripts that a text uses; ASCII and symbols (0) are always among them."""
EVERY_GROUP: Groups = tuple(range(GROUPS))


def _table() -> NDArray[np.uint8]:
    table = np.zeros(0x110000 >> _SHIFT, dtype=np.uint8)
    for first, group in _BOUNDS:
        table[first >> _SHIFT :] = group
    return table


_GROUP_OF = _table()
_GROUP_LIST: list[int] = _GROUP_OF.tolist()


def group_of_codes(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The group of each character."""
    found: NDArray[np.uint8] = _GROUP_OF[codes >> _SHIFT]
    return found


def group_of(text: str) -> int:
    """The group of a literal: that of its rarest script."""
    return 0 if text.isascii() else max(_GROUP_LIST[code >> _SHIFT] for code in set(map(ord, text)))


def by_group(texts: Iterable[str]) -> tuple[str, ...]:
    """Literals in order of their groups: for each group a text of one a line. They must come in order."""
    groups: list[list[str]] = [[] for _ in range(GROUPS)]
    for text in texts:
        groups[group_of(text)].append(text)
    return tuple("\n".join(group) for group in groups)


class _Finder:
    """Finds the literals of one group, given in order: the long ones by their begins, as many begin alike."""

    def __init__(self, texts: Sequence[str]) -> None:
        import ahocorasick_rs

        begins = Counter([text[:_BEGIN] for text in texts])
        self._texts = texts
        self._first = np.cumsum([0, *begins.values()])
        self._automaton = ahocorasick_rs.AhoCorasick(list(begins), store_patterns=False)

    def find(self, low: str) -> NDArray[np.int64]:
        places = self._automaton.find_matches_as_indexes(low, overlapping=True)
        rows = _rows(chain.from_iterable(places), len(places))
        long = rows[2] - rows[1] == _BEGIN
        alike, starts, _ = rows[:, long]
        whole = list(self._whole(low, zip(*(self._first[[alike, alike + 1]]).tolist(), starts.tolist(), strict=True)))
        rows[0] = self._first[rows[0]]
        return np.concatenate((rows[:, ~long], _rows(chain.from_iterable(whole), len(whole))), axis=1)

    def _whole(self, low: str, places: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
        """The literals that stand in the text, given the numbers (from, to) of those that may at an offset."""
        texts = self._texts
        for first, stop, start in places:
            for number in range(first, stop):
                if low.startswith(texts[number], start):
                    yield number, start, start + len(texts[number])


def _rows(flat: Iterable[int], count: int) -> NDArray[np.int64]:
    return np.fromiter(flat, dtype=np.int64, count=3 * count).reshape(-1, 3).T


class Automata:
    """An automaton for each group of literals, built when it is first needed.

    `texts` is what `by_group` gives; literals are numbered in its order.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        sizes = [text.count("\n") + 1 if text else 0 for text in texts]
        self._first = [sum(sizes[:group]) for group in range(GROUPS)]
        self._texts = texts
        self._built: dict[int, _Finder] = {}

    def find(self, low: str, group: int) -> NDArray[np.int64]:
        """Every literal of a group in a lower-case text, also inside of others, as rows of numbers, begins and ends."""
        if not self._texts[group]:
            return np.zeros((3, 0), dtype=np.int64)
        if group not in self._built:
            self._built[group] = _Finder(self._texts[group].split("\n"))
        rows = self._built[group].find(low)
        rows[0] += self._first[group]
        return rows
