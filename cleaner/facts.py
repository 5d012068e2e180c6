"""What can be counted in a document: one array per fact, one entry per block.

Everything is computed over the whole text at once, so the cost is a few array operations a document,
not a loop over its characters. Words are compared by a 32-bit hash of their lower-case letters; in scripts
without spaces each pair of neighbouring characters is compared (four together where a character is a sound), and two
characters count as a word.
"""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.model import Document

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integer = TypeVar("Integer", bound=np.integer[Any])

SPACE, LETTER, UPPER, DIGIT, STOP, COMMA, QUOTE, UNSPACED, MARKER, COLON, QUESTION, STOPLESS = (
    1 << i for i in range(12)
)
KNOWN = 1 << 12
"""All flags of a character are less."""
_UNKNOWN = 1 << 15
_STOPS = ".!?…。！？؟।۔॥։።｡"
_COMMAS = ",،、，;；؛"
_QUOTES = "\"'“”„‟«»‹›‘’「」『』《》"
_MARKERS = "|•·›»▸►▶→←/>@#©®™★☆✓✔+=_~^*[]{}<●■▪◦–—:"
_COLONS = ":："
_QUESTIONS = "?？؟"
_UNSPACED_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_STOPLESS_SCRIPTS = ("THAI", "LAO")
_MEMBERS = (
    (_STOPS, STOP),
    (_COMMAS, COMMA),
    (_QUOTES, QUOTE),
    (_MARKERS, MARKER),
    (_COLONS, COLON),
    (_QUESTIONS, QUESTION),
)
BUCKETS = 1 << 14
LONGEST = 31
_STEM = 5
PAIR, SYLLABLES = 2, 4
LAST_OF_SOUNDS = 0x17FF
"""The scripts without spaces up to here write sounds (Thai, Lao, Burmese, Khmer): pairs of these say little."""


def _classify(code: int) -> int:
    char = chr(code)
    category = unicodedata.category(char)
    flags = 0
    if char.isspace() or category == "Cc":
        flags |= SPACE
    elif category[0] in "LM":
        flags |= LETTER
        if category in ("Lu", "Lt"):
            flags |= UPPER
        if code > 0x0E00 and unicodedata.name(char, "").startswith(_UNSPACED_SCRIPTS):
            flags |= UNSPACED
            if unicodedata.name(char).startswith(_STOPLESS_SCRIPTS):
                flags |= STOPLESS
    elif category[0] == "N":
        flags |= DIGIT
    for members, flag in _MEMBERS:
        if char in members:
            flags |= flag
    return flags


_GROUP = np.zeros(0x110000, dtype=np.uint8)
"""Each character's number in `_FLAGS`; 0 for those not looked up yet."""
_FLAGS: list[int] = [_UNKNOWN]
_POWERS = np.array([pow(0x01000193, i + 1, 1 << 32) | 1 for i in range(LONGEST + 1)], dtype=np.uint32)


def groups_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The group of each character: those of a group have the same flags. Each is looked up once in a process."""
    found = _GROUP.take(codes)
    if not found.all():
        for code in distinct(codes[found == 0]).tolist():
            flags = _classify(code)
            if flags not in _FLAGS:
                _FLAGS.append(flags)
            _GROUP[code] = _FLAGS.index(flags)
        found = _GROUP.take(codes)
    return found


def classes_of(codes: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The class flags of each character."""
    groups = groups_of(codes)
    return np.array(_FLAGS, dtype=np.uint16).take(groups)


def codes_of(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fold(text: str) -> str:
    """Lower-case `text` without changing its length.

    >>> fold("İstanbul ÖZEL")
    'İstanbul özel'
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def hash_words(
    codes: NDArray[np.uint32], starts: NDArray[np.int64], wordy: Bools, letters: int = LONGEST + 1
) -> NDArray[np.uint32]:
    """A hash for the first `letters` of each run of `wordy` characters; `starts` are where the runs begin."""
    if not len(starts):
        return np.zeros(0, dtype=np.uint32)
    lead = int(starts[0])
    lengths = np.diff(starts, append=len(codes))
    offset = np.arange(lead, len(codes)) - np.repeat(starts, lengths)
    terms = codes[lead:] * _POWERS.take(np.minimum(offset, LONGEST))
    terms *= wordy[lead:] & (offset < letters) if letters <= LONGEST else wordy[lead:]
    return np.add.reduceat(terms, starts - lead, dtype=np.uint32)


def hash_list(words: list[str]) -> NDArray[np.uint32]:
    """The hashes that `Facts.words` holds for these lower-case words."""
    text = " ".join(words) + " "
    codes = codes_of(text)
    wordy = codes != 32
    starts = np.flatnonzero(wordy & np.append(True, ~wordy[:-1]))
    return hash_words(codes, starts, wordy)


def runs(marked: Bools) -> list[tuple[int, int]]:
    """The runs of marked blocks, as (from, to)."""
    change = np.flatnonzero(np.diff(marked.astype(np.int8), prepend=0, append=0))
    return list(zip(change[::2].tolist(), change[1::2].tolist(), strict=True))


def distinct(values: NDArray[Integer]) -> NDArray[Integer]:
    """The different values, in order; faster than `numpy.unique` on arrays as small as a document."""
    ordered = np.sort(values)
    first = np.empty(len(ordered), dtype=bool)
    first[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def tally(places: NDArray[np.int64], values: NDArray[Any], size: int) -> Floats:
    """Add up `values` by place."""
    return np.asarray(np.bincount(places, weights=values, minlength=size), dtype=np.float64)


class Facts:
    """Counts over one document. Arrays named in the plural are per word, others per block."""

    def __init__(self, document: Document) -> None:
        blocks = document.blocks
        self.document = document
        self.size = len(blocks)
        self.start = np.array([b.start for b in blocks], dtype=np.int64)
        self.end = np.array([b.end for b in blocks], dtype=np.int64)
        self.chars = (self.end - self.start).astype(np.float64)
        self.first, self.last = self.start, self.end - 1
        if document.plain is not None:
            texts = [b.text for b in blocks]
            self.first = self.start + np.array([len(text) - len(text.lstrip()) for text in texts], dtype=np.int64)
            self.last = self.start + np.array([len(text.rstrip()) - 1 for text in texts], dtype=np.int64)
        self.folded = fold(document.shown)
        codes = codes_of(document.shown)
        self._groups = groups_of(codes)
        self._flags = np.array(_FLAGS, dtype=np.uint16)
        self.classes = self._flags.take(self._groups)
        self._read_words(codes_of(self.folded))

    def _read_words(self, codes: NDArray[np.uint32]) -> None:
        classes = self.classes
        wordy = (classes & (LETTER | DIGIT)) != 0
        before = np.empty_like(wordy)
        before[:1] = False
        before[1:] = wordy[:-1]
        unspaced = (classes & UNSPACED) != 0
        self.any_unspaced = bool(unspaced.any())
        begins = wordy & ~before
        if self.any_unspaced:
            begins |= unspaced
        starts = np.flatnonzero(begins)
        self.word_starts = starts
        self.words = hash_words(codes, starts, wordy)
        worth = np.ones(len(starts))
        self.spellings = [self.words]
        """The hashes by which a list may have each word; in scripts without spaces for what begins there."""
        if self.any_unspaced:
            single = unspaced[starts]
            self._read_unspaced(codes, single)
            worth[single] = 0.5
        self.worth = worth
        self.word_from = np.searchsorted(starts, self.start)
        self.word_to = np.searchsorted(starts, self.end)
        self.block_of = np.repeat(np.arange(self.size), self.word_to - self.word_from)
        self.inside = _ranges(self.word_from, self.word_to, len(starts))
        self.word_count = self.per_block(worth)
        self.buckets = (self.words & np.uint32(BUCKETS - 1)).astype(np.int64)

    def _read_unspaced(self, codes: NDArray[np.uint32], single: Bools) -> None:
        """Hash the one to four characters that begin at each of those that are a word of their own.

        Words of several letters keep their one hash.
        """
        starts = self.word_starts
        goes_on = np.append(single[1:] & (np.diff(starts) == 1), False) & single
        reaches = goes_on
        for length in range(1, SYLLABLES):
            following = np.where(reaches, codes[np.minimum(starts + length, len(codes) - 1)], 0)
            self.spellings.insert(0, self.spellings[0] + following.astype(np.uint32) * _POWERS[length])
            reaches = reaches & goes_on[np.minimum(np.arange(len(starts)) + length, len(starts) - 1)]
        sounds = codes[starts] <= LAST_OF_SOUNDS
        self.words = np.where(sounds, self.spellings[-SYLLABLES], self.spellings[-PAIR])

    @cached_property
    def stems(self) -> NDArray[np.int64]:
        """Per word, a bucket for how it begins: that of a word and of most of its inflections is the same."""
        wordy = (self.classes & (LETTER | DIGIT)) != 0
        stems = hash_words(codes_of(self.folded), self.word_starts, wordy, _STEM)
        if self.any_unspaced:
            stems = np.where((self.classes[self.word_starts] & UNSPACED) != 0, self.words, stems)
        return (stems & np.uint32(BUCKETS - 1)).astype(np.int64)

    @property
    def words_inside(self) -> NDArray[np.uint32]:
        """The words that stand in blocks: `block_of` says in which."""
        return self.words if self.inside is None else self.words[self.inside]

    def per_block(self, values: NDArray[np.generic]) -> Floats:
        """Sum a per-word array over each block."""
        if self.inside is not None:
            values = values[self.inside]
        return tally(self.block_of, values, self.size)

    def count(self, flags: int) -> Floats:
        """Characters of each block that have any of `flags`."""
        return np.asarray(self._counts @ ((self._flags & flags) != 0).astype(np.float64), dtype=np.float64)

    @cached_property
    def _counts(self) -> Floats:
        """For each block how many characters it has of each group."""
        # Cut the text at every begin and end of a block: the odd pieces are the blocks.
        cuts = np.empty(2 * self.size + 2, dtype=np.int64)
        cuts[0], cuts[-1] = 0, len(self._groups)
        cuts[1:-1:2], cuts[2:-1:2] = self.start, self.end
        width = len(self._flags)
        piece = np.repeat(np.arange(2 * self.size + 1) * width, np.diff(cuts))
        counts = np.bincount(piece + self._groups, minlength=(2 * self.size + 1) * width)
        return counts.reshape(-1, width)[1::2].astype(np.float64)

    def marked(self, mask: Bools) -> Floats:
        """True characters of each block."""
        where = np.flatnonzero(mask)
        return (np.searchsorted(where, self.end) - np.searchsorted(where, self.start)).astype(np.float64)


def _ranges(starts: NDArray[np.int64], stops: NDArray[np.int64], size: int) -> NDArray[np.int64] | None:
    """The indices in all the ranges, or None where they cover 0 to `size` without a gap."""
    total = int((stops - starts).sum())
    if total == size:
        return None
    lengths = stops - starts
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - lengths), lengths), dtype=np.int64)
