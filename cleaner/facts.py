"""What can be counted in a document: one array per fact, one entry per block.

Everything is computed over the whole text at once, so the cost is a few array operations a document,
not a loop over its characters. Words are compared by a 32-bit hash of their lower-case letters; scripts
without spaces count two characters as a word and compare pairs of characters.
"""

from __future__ import annotations

import unicodedata
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaner.model import Document

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

SPACE, LETTER, UPPER, DIGIT, STOP, COMMA, QUOTE, UNSPACED, MARKER = (1 << i for i in range(9))
UNKNOWN = 1 << 15
_STOPS = ".!?…。！？؟।۔॥։።｡"
_COMMAS = ",،、，;；؛"
_QUOTES = "\"'“”„‟«»‹›‘’「」『』《》"
_MARKERS = "|•·›»▸►▶→←/>@#©®™★☆✓✔+=_~^*[]{}<●■▪◦–—:"
_UNSPACED_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


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
    elif category[0] == "N":
        flags |= DIGIT
    if char in _STOPS:
        flags |= STOP
    if char in _COMMAS:
        flags |= COMMA
    if char in _QUOTES:
        flags |= QUOTE
    if char in _MARKERS:
        flags |= MARKER
    return flags


_CLASS = np.full(0x110000, UNKNOWN, dtype=np.uint16)
_POWERS = np.array([pow(0x01000193, i + 1, 1 << 32) | 1 for i in range(32)], dtype=np.uint32)


def classes_of(codes: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The class flags of each character; a character's flags are looked up once in a process."""
    found = _CLASS[codes]
    unknown = found == UNKNOWN
    if unknown.any():
        for code in np.unique(codes[unknown]):
            _CLASS[code] = _classify(int(code))
        found = _CLASS[codes]
    return found


def codes_of(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fold(text: str) -> str:
    """Lower-case `text` without changing its length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def hash_word(word: str) -> int:
    """The hash that `Facts.word_hash` holds for `word`."""
    codes = codes_of(word)
    with np.errstate(over="ignore"):
        value = np.add.reduce(codes * _POWERS[np.minimum(np.arange(len(codes)), 31)], dtype=np.uint32)
        return int(value)


class Facts:
    """Counts per block of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        blocks = document.blocks
        self.size = len(blocks)
        self.start = np.array([b.start for b in blocks], dtype=np.int64)
        self.end = np.array([b.end for b in blocks], dtype=np.int64)
        self.folded = fold(document.text)
        self.codes = codes_of(self.folded)
        self.classes = classes_of(codes_of(document.text))
        self._words()

    def count(self, flag: int) -> Ints:
        """Characters with `flag` in each block."""
        return self.total((self.classes & flag) != 0)

    def total(self, mask: NDArray[np.bool_]) -> Ints:
        """True characters in each block."""
        where = np.flatnonzero(mask)
        return (np.searchsorted(where, self.end) - np.searchsorted(where, self.start)).astype(np.int32)

    def _words(self) -> None:
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
        self.word_start = np.flatnonzero(begins)
        starts = self.word_start
        if len(starts):
            index = np.arange(len(classes), dtype=np.int32)
            offset = index - np.repeat(
                starts.astype(np.int32), np.diff(starts, append=len(classes)).astype(np.int32)
            )[-len(classes):] if starts[0] == 0 else None
            if offset is None:
                lead = int(starts[0])
                offset = np.empty(len(classes), dtype=np.int32)
                offset[:lead] = 0
                offset[lead:] = index[lead:] - np.repeat(starts, np.diff(starts, append=len(classes)))
            if self.any_unspaced:
                wordy = wordy | unspaced
            terms = np.where(wordy, self.codes * _POWERS[np.minimum(offset, 31)], np.uint32(0))
            hashes = np.add.reduceat(terms, starts)
            if self.any_unspaced:
                single = unspaced[starts]
                paired = hashes.copy()
                paired[:-1] += hashes[1:] * np.uint32(0x9E3779B1)
                hashes = np.where(single, paired, hashes)
            self.word_hash = hashes
        else:
            self.word_hash = np.zeros(0, dtype=np.uint32)
        self.word_first = np.searchsorted(starts, self.start)
        self.word_stop = np.searchsorted(starts, self.end)
        self.word_block = np.repeat(np.arange(self.size), self.word_stop - self.word_first)
        self.word_unspaced = unspaced[starts]
