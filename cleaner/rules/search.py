"""Finding many literals in one pass, and the groups of scripts that texts and literals are of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
GROUPS = 6
Grams = NDArray[np.uint64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
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


_BEGIN = 8
"""Bytes of a literal that are sought at once."""
_FILTERS = {2: (1, 2), 3: (3,), 4: (4, 5, 6, 7, 8)}
"""How many bytes are looked at first, at all places of a text, for begins of which sizes."""
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_BEGIN + 1)], dtype=np.uint64)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SLOT_BITS = 17
"""Few enough for the tables to stay in a processor's cache."""


def _grams(raw: bytes) -> Grams:
    """The eight bytes from each on as a number, with line feeds, which no literal has, behind the last."""
    padded = raw + b"\n" * _BEGIN
    grams: Grams = np.ndarray(len(raw), dtype="<u8", buffer=padded, strides=(1,)).astype(np.uint64)
    return grams


def _slots(keys: Grams) -> Ints:
    slots: Grams = keys * _FACTOR
    slots >>= np.uint64(64 - _SLOT_BITS)
    return slots.view(np.int64)


class Literals:
    """Finds many literals in one pass: by their first bytes, hashed at each place of a text, then by all the others.

    `texts` is what `by_group` gives; literals are numbered in its order.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._raw = "".join([f"{text}\n" for text in texts if text]).encode()
        self._ends = np.flatnonzero(np.frombuffer(self._raw, dtype=np.uint8) == ord("\n"))
        starts = np.append(0, self._ends + 1)[:-1]
        self._sizes = (self._ends - starts).astype(np.int16)
        grams = _grams(self._raw)
        self._last = grams[np.maximum(self._ends - _BEGIN, starts)]
        sizes = np.minimum(self._sizes, _BEGIN)
        keys = grams[starts] & _MASKS[sizes]
        order = np.argsort(keys, kind="stable")
        keys, sizes = keys[order], sizes[order]
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        self._order = order.astype(np.int32)
        self._first = np.append(first, len(keys)).astype(np.int32)
        self._keys = keys[first]
        self._filters = {looked_at: np.zeros(1 << _SLOT_BITS, dtype=np.bool_) for looked_at in _FILTERS}
        self._known = np.zeros(1 << _SLOT_BITS, dtype=np.uint8)
        sizes = sizes[first]
        for looked_at, size in [(looked_at, size) for looked_at, some in _FILTERS.items() for size in some]:
            own = self._keys[sizes == size]
            self._known[_slots(own)] |= 1 << size - 1
            if looked_at > size:
                own = (own[:, None] | np.arange(0, 1 << 16, 1 << 8, dtype=np.uint64)).reshape(-1)
            self._filters[looked_at][_slots(own & _MASKS[looked_at])] = True

    def find(self, low: str) -> Ints:
        """Every literal in a lower-case text, also inside of others, as rows of numbers, begins (in order) and ends."""
        raw = low.encode("utf-8", "surrogatepass")
        grams = _grams(raw)
        places, keys = self._begin_at(grams)
        first = self._first.take(keys)
        counts = self._first.take(keys + 1) - first
        numbers = self._order.take(np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts))
        starts = np.repeat(places, counts)
        sizes = self._sizes.take(numbers)
        ends = starts + sizes
        same = grams.take(ends - _BEGIN, mode="clip") == self._last.take(numbers)
        same |= sizes <= _BEGIN
        self._compare(raw, numbers, starts, ends, same)
        found = np.flatnonzero(same)
        found = found[np.argsort(starts.take(found), kind="stable")]
        starts, ends = starts.take(found), ends.take(found)
        if len(raw) > len(low):
            characters = np.cumsum((np.frombuffer(raw, dtype=np.uint8) & 0xC0) != 0x80)
            starts, ends = characters.take(starts) - 1, characters.take(ends - 1)
        return np.stack((numbers.take(found), starts, ends))

    def _begin_at(self, grams: Grams) -> tuple[Ints, Ints]:
        """Where literals may begin, and the numbers of these begins."""
        places: list[Ints] = []
        keys: list[Grams] = []
        for looked_at, sizes in _FILTERS.items():
            near = np.flatnonzero(self._filters[looked_at].take(_slots(grams & _MASKS[looked_at])))
            begins = grams.take(near) & _MASKS[[sizes]].T
            bits = np.array([[1 << size - 1] for size in sizes], dtype=np.uint8)
            row, column = ((self._known.take(_slots(begins)) & bits) != 0).nonzero()
            places.append(near.take(column))
            keys.append(begins[row, column])
        sought = np.concatenate(keys)
        found = np.searchsorted(self._keys, sought)
        known = np.flatnonzero(self._keys.take(found, mode="clip") == sought)
        return np.concatenate(places).take(known), found.take(known)

    def _compare(self, raw: bytes, numbers: Ints, starts: Ints, ends: Ints, same: Bools) -> None:
        """Leave in `same` of the literals whose first and last bytes stand there those whose every byte does."""
        for one in np.flatnonzero(same & (ends - starts > 2 * _BEGIN)).tolist():
            start, end, last = int(starts[one]), int(ends[one]), int(self._ends[numbers[one]])
            same[one] = raw[start:end] == self._raw[last - (end - start) : last]
