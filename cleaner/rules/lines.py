"""A document as rules see it: its blocks in the `seen` form, one a line, with what is tested of them first."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import DIGIT, LETTER, UNSPACED, classes_of, codes_of
from cleaner.model import Document
from cleaner.rules.alphabet import recode
from cleaner.rules.program import Program
from cleaner.rules.search import EVERY_GROUP, GROUPS, Groups, group_of_codes
from cleaner.rules.text import GONE, collapse, kept_positions, seen

_ASCII: Groups = (0,)
_LATIN: Groups = (0, 1)
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]


class Line(NamedTuple):
    """One block."""

    block: int
    low: str
    """Its text in lower case."""
    raw: bytes
    """Its text in its own case, recoded, in UTF-8."""
    groups: Groups
    """The groups of scripts that patterns for it must be for; for ASCII alone there is one by itself."""
    phrases: frozenset[int]
    """The longer literals that occur in it."""


class Lines(NamedTuple):
    """Blocks in order of their words, and their UTF-8, one a line."""

    blocks: list[int]
    words: list[float]
    begins: list[int]
    """Where each line begins, and where one after the last would."""
    raw: bytes


class RuleView:
    """The blocks' texts, one a line, between them nothing but line feeds; arrays have an entry per block."""

    def __init__(
        self, program: Program, document: Document, folded: str, words: NDArray[np.floating] | None = None
    ) -> None:
        self.program = program
        self.document = document
        self.blocks = document.blocks
        self.size = len(self.blocks)
        self.starts = np.array([block.start for block in self.blocks])
        self.ends = np.array([block.end for block in self.blocks])
        self.low = seen(folded.replace("İ", "i"))
        self.as_is = _is_tidy(self.low, int((self.ends - self.starts).sum()))
        if not self.as_is:
            self._tidy()
        self._counted = words
        self._words: dict[int, float] = {}
        self._lines: dict[bool, Lines] = {}

    def _pieces(self, text: str) -> list[str]:
        return [text[block.start : block.end] for block in self.blocks]

    def _tidied(self, pieces: list[str]) -> list[str]:
        """The blocks' texts without what patterns do not see."""
        for index in self._odd:
            pieces[index] = collapse(pieces[index])
        return pieces

    def _tidy(self) -> None:
        pieces = self._pieces(self.low)
        self._odd = [index for index, piece in enumerate(pieces) if "\n" in piece or _is_odd(piece)]
        pieces = self._tidied(pieces)
        lengths = np.array([len(piece) for piece in pieces])
        self.ends = np.cumsum(lengths + 1) - 1
        self.starts = self.ends - lengths
        self.low = "\n".join(pieces)

    @cached_property
    def high(self) -> str:
        """The text in its own case, recoded for patterns."""
        text = recode(self.document.shown)
        return text if self.as_is else "\n".join(self._tidied(self._pieces(text)))

    @cached_property
    def _utf8(self) -> tuple[bytes, list[int], list[int]]:
        """`high` in UTF-8, and where each block begins and ends in it."""
        raw = self.high.encode()
        if len(raw) == len(self.high):
            return raw, *self._ranges
        leads = np.flatnonzero((np.frombuffer(raw, dtype=np.uint8) & 0xC0) != 0x80)
        at = np.append(leads, len(raw))
        return raw, at[self.starts].tolist(), at[self.ends].tolist()

    def lines(self, *, digit: bool) -> Lines:
        """The blocks, those that have a digit or all, joined in order of their words."""
        found = self._lines.get(digit)
        if found is None:
            raw, starts, ends = self._utf8
            words = self.words(np.arange(self.size))
            order = np.argsort(words, kind="stable")
            if digit:
                order = order[self.has_digit[order]]
            blocks = order.tolist()
            pieces = [raw[starts[block] : ends[block]] for block in blocks]
            begins = list(accumulate([len(piece) + 1 for piece in pieces], initial=0))
            found = self._lines[digit] = Lines(blocks, words[order].tolist(), begins, b"\n".join(pieces))
        return found

    @cached_property
    def codes(self) -> Codes:
        return codes_of(self.low)

    @cached_property
    def lengths(self) -> Ints:
        found: Ints = self.ends - self.starts
        return found

    @cached_property
    def has_digit(self) -> Bools:
        return self._some(np.flatnonzero((self.codes >= 0x30) & (self.codes <= 0x39)))

    @cached_property
    def beyond_ascii(self) -> Bools:
        """Which blocks have a character that ASCII has not."""
        return self._some(self._beyond)

    def _some(self, places: Ints) -> Bools:
        """Which blocks have one of these places."""
        found: Bools = np.searchsorted(places, self.ends) > np.searchsorted(places, self.starts)
        return found

    def words(self, blocks: Ints) -> NDArray[np.float64]:
        """The words of these blocks."""
        if self._counted is not None:
            return self._counted[blocks].astype(np.float64)
        for block in set(blocks.tolist()) - self._words.keys():
            self._words[block] = count_words(self.low_text(block))
        return np.array([self._words[block] for block in blocks.tolist()], dtype=np.float64)

    @cached_property
    def _ranges(self) -> tuple[list[int], list[int]]:
        return self.starts.tolist(), self.ends.tolist()

    def low_text(self, block: int) -> str:
        starts, ends = self._ranges
        return self.low[starts[block] : ends[block]]

    def line(self, block: int) -> Line:
        raw, starts, ends = self._utf8
        numbers, firsts, lasts = self._numbers
        return Line(
            block,
            self.low_text(block),
            raw[starts[block] : ends[block]],
            self._groups(block) if self.beyond_ascii[block] else _ASCII,
            frozenset(numbers[firsts[block] : lasts[block]]),
        )

    @cached_property
    def phrases(self) -> frozenset[int]:
        """The longer literals that occur."""
        return frozenset(self._numbers[0])

    @cached_property
    def _numbers(self) -> tuple[list[int], list[int], list[int]]:
        """The numbers of `literals`, and where those of each block begin and end among them."""
        numbers, starts, _ = self.literals
        firsts, lasts = np.searchsorted(starts, (self.starts, self.ends)).tolist()
        return numbers.tolist(), firsts, lasts

    @cached_property
    def literals(self) -> Ints:
        """The longer literals that occur, as rows of their numbers, begins (in order) and ends."""
        return self.program.literals.find(self.low)

    @cached_property
    def _beyond(self) -> Ints:
        """Where characters stand that ASCII has not."""
        return np.flatnonzero(self.codes > 0x7F)

    @cached_property
    def _with_group(self) -> dict[int, Bools]:
        """For each group of scripts that the document uses, which blocks have it; ASCII and symbols apart."""
        groups = group_of_codes(self.codes[self._beyond])
        return {group: self._some(self._beyond[groups == group]) for group in range(1, GROUPS) if group in groups}

    @cached_property
    def pattern_groups(self) -> Groups:
        """The groups that patterns for the whole document must be for: one of three choices, as such take much room."""
        if self.low.isascii():
            return _ASCII
        return EVERY_GROUP if any(group > 1 for group in self._with_group) else _LATIN

    def _groups(self, block: int) -> Groups:
        """The groups of a block with characters beyond ASCII: symbols are in the patterns for Latin."""
        return (0, 1, *[group for group, blocks in self._with_group.items() if group > 1 and blocks[block]])

    def span(self, line: Line, start: int, end: int) -> tuple[int, int]:
        """Offsets in the block's text of a span of its UTF-8."""
        first = len(line.raw[:start].decode())
        last = first + len(line.raw[start:end].decode())
        at = self.blocks[line.block]
        if len(line.low) != len(at.text):
            kept = kept_positions(seen(at.text))
            first, last = kept[first], kept[last - 1] + 1 if last > first else kept[last]
        return first, last


def _is_tidy(low: str, in_blocks: int) -> bool:
    """Whether nothing but line feeds stands outside of blocks, and nothing in them that patterns do not see."""
    if low.count("\n") != len(low) - in_blocks:
        return False
    return not (_is_odd(low) or " \n" in low or "\n " in low)


def _is_odd(text: str) -> bool:
    """Whether a `seen` text has what patterns do not see, spaces at its ends or several together."""
    return GONE in text or "  " in text or text[:1] == " " or text[-1:] == " "


_SIMPLE_WORD = re.compile(r"[^\W_]+")
_NOT_SIMPLE = re.compile("[^\x00-\u02ff\u2000-\u2bff]")


def count_words(text: str) -> float:
    """Runs of letters and digits; in scripts without spaces two characters are a word.

    >>> count_words("It cost 1.5 million"), count_words("株価は上昇"), count_words("हिन्दी में")
    (5, 2.5, 2.0)
    """
    if not _NOT_SIMPLE.search(text):
        return len(_SIMPLE_WORD.findall(text))
    classes = classes_of(codes_of(text))
    unspaced = (classes & UNSPACED) != 0
    wordy = (classes & (LETTER | DIGIT)) != 0
    begins = wordy & ~unspaced
    begins[1:] &= ~wordy[:-1]
    return int(np.count_nonzero(begins)) + int(np.count_nonzero(unspaced)) / 2
