"""Where a story ends and something else goes on without a header: measured at every gap between two blocks.

A tail of teasers shares little with the story before it, and its entries share little with each other: each is a
fresh start on its own subject. All measures come from prefix sums, so the cost is linear in the words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import Floats
from cleaner.signals import (
    points_back,
    quotes_per_word,
    reporting_verbs,
    sentences,
    time_word_share,
)
from cleaner.view import View, ratio

LONELY = 0.1
LEAST_BEFORE = 2
"""Paragraphs that must stand before a break."""

BreakSignal = Callable[["Gaps"], Floats]
BREAKS: dict[str, BreakSignal] = {}


def break_signal(function: BreakSignal) -> BreakSignal:
    BREAKS[function.__name__] = function
    return function


class Gaps:
    """One document's gaps: entry `t` of every array is the gap before block `t`, for `t` from 1 to the last block."""

    def __init__(self, view: View, points: Floats) -> None:
        self.view = view
        self.size = view.size
        self.points = np.clip(points, -4.0, 4.0)
        self.at = np.arange(1, max(1, view.size))
        self.prose = view.words >= 8
        self.prose_after = self.after(self.prose.astype(np.float64))
        self.prose_before = self.before(self.prose.astype(np.float64))
        block, bucket = view.terms
        self.terms_in = view.term_count
        order = np.lexsort((block, bucket))
        block, bucket = block[order], bucket[order]
        again = np.empty(len(block), dtype=bool)
        again[:1] = False
        again[1:] = bucket[1:] == bucket[:-1]
        self._block = block
        self._last = np.where(again, np.append(0, block[:-1]), -1)
        self._first = _nth(block, bucket, 1, self.size)
        self._second = _nth(block, bucket, 2, self.size)

    def after(self, values: Floats) -> Floats:
        """The sum of a per-block array over the blocks after each gap."""
        return values[::-1].cumsum()[::-1][1:]

    def before(self, values: Floats) -> Floats:
        return values.cumsum()[:-1]

    def mean_after(self, values: Floats) -> Floats:
        """Mean over the paragraphs after each gap."""
        return ratio(self.after(values * self.prose), self.prose_after)

    def mean_before(self, values: Floats) -> Floats:
        return ratio(self.before(values * self.prose), self.prose_before)

    def crossing(self) -> Floats:
        """Words after each gap (once a block) that occurred before it."""
        return self._spans(self._first)

    def theme_crossing(self) -> Floats:
        """Words after each gap that occurred in two blocks before it."""
        return self._spans(self._second)

    def _spans(self, origin: NDArray[np.int64]) -> Floats:
        """How many pairs of an origin and a later block each gap lies between."""
        moved = origin < self._block
        change = np.bincount(origin[moved] + 1, minlength=self.size + 1).astype(np.float64)
        change -= np.bincount(self._block[moved] + 1, minlength=self.size + 1)[: self.size + 1]
        return np.cumsum(change)[1 : self.size]

    def theme_share(self) -> Floats:
        """Per block, the share of its words that occurred in two earlier blocks."""
        seen = np.bincount(self._block[self._second < self._block], minlength=self.size)
        return ratio(seen.astype(np.float64), self.terms_in)

    def shared_with_last(self) -> Floats:
        """Per block, the share of its words that the block before it has."""
        beside = np.bincount(self._block[(self._last >= 0) & (self._last == self._block - 1)], minlength=self.size)
        return ratio(beside.astype(np.float64), self.terms_in)

    def shared_around(self) -> Floats:
        """Per block, the share of its words that any other block has."""
        other = (self._first < self._block) | (self._second < self.size)
        return ratio(np.bincount(self._block[other], minlength=self.size).astype(np.float64), self.terms_in)

    def within_after(self) -> Floats:
        """Words after each gap that occurred in an earlier block that is after the gap too."""
        at = self._last[self._last >= 0]
        return self.after(np.bincount(at, minlength=self.size).astype(np.float64))

    def within_before(self) -> Floats:
        """Words before each gap that occurred in an earlier block."""
        at = self._block[self._last >= 0]
        return self.before(np.bincount(at, minlength=self.size).astype(np.float64))

    def next_block(self, values: Floats) -> Floats:
        return values[1:]

    def shared_with_before(self) -> Floats:
        """Per block, the share of its words that occurred in an earlier block."""
        seen = np.bincount(self._block[self._last >= 0], minlength=self.size)
        return ratio(seen.astype(np.float64), self.terms_in)


def _nth(block: NDArray[np.int64], bucket: NDArray[np.int64], nth: int, absent: int) -> NDArray[np.int64]:
    """For each (block, word) pair, sorted by word and block, the word's n-th block, `absent` where it has fewer."""
    begins = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])) if len(bucket) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(begins, append=len(bucket))
    at = np.minimum(begins + nth - 1, max(0, len(bucket) - 1))
    found = np.where(lengths >= nth, block[at], absent) if len(bucket) else begins
    return np.repeat(found, lengths)


@break_signal
def cohesion_across(gaps: Gaps) -> Floats:
    """Share of the content words after the gap that the story before it has."""
    return ratio(gaps.crossing(), gaps.after(gaps.terms_in))


@break_signal
def cohesion_after(gaps: Gaps) -> Floats:
    """Share of the content words after the gap that an earlier block after it has."""
    return ratio(gaps.within_after(), gaps.after(gaps.terms_in))


@break_signal
def cohesion_before(gaps: Gaps) -> Floats:
    """Share of the content words before the gap that an earlier block has."""
    return ratio(gaps.within_before(), gaps.before(gaps.terms_in))


@break_signal
def cohesion_drop(gaps: Gaps) -> Floats:
    """How much less is shared across the gap than within what stands before it."""
    return cohesion_before(gaps) - cohesion_across(gaps)


@break_signal
def theme_across(gaps: Gaps) -> Floats:
    """Share of the content words after the gap that two blocks before it have."""
    return ratio(gaps.theme_crossing(), gaps.after(gaps.terms_in))


@break_signal
def theme_drop(gaps: Gaps) -> Floats:
    """How much less a paragraph shares with two earlier blocks after the gap than before it."""
    return gaps.mean_before(gaps.theme_share()) - theme_across(gaps)


@break_signal
def next_theme(gaps: Gaps) -> Floats:
    return gaps.next_block(gaps.theme_share())


@break_signal
def lonely_after(gaps: Gaps) -> Floats:
    """Share of the paragraphs after the gap that share next to nothing with any block before them."""
    return gaps.mean_after((gaps.shared_with_before() < LONELY).astype(np.float64))


@break_signal
def lonely_before(gaps: Gaps) -> Floats:
    return gaps.mean_before((gaps.shared_around() < LONELY).astype(np.float64))


@break_signal
def lonelier(gaps: Gaps) -> Floats:
    return lonely_after(gaps) - lonely_before(gaps)


@break_signal
def chained_after(gaps: Gaps) -> Floats:
    """Mean share of words that a paragraph after the gap has from the block right before it."""
    return gaps.mean_after(gaps.shared_with_last())


@break_signal
def chained_drop(gaps: Gaps) -> Floats:
    return gaps.mean_before(gaps.shared_with_last()) - chained_after(gaps)


@break_signal
def next_three_share(gaps: Gaps) -> Floats:
    """The most that one of the next three blocks shares with what stands before it."""
    shared = np.append(gaps.shared_with_before(), [0.0, 0.0])
    return np.asarray(np.maximum.reduce([shared[1:-2], shared[2:-1], shared[3:]]), dtype=np.float64)


@break_signal
def next_shares(gaps: Gaps) -> Floats:
    """Share of the next block's content words that occurred before."""
    return gaps.next_block(gaps.shared_with_before())


@break_signal
def last_shares(gaps: Gaps) -> Floats:
    """Share of the content words of the block before the gap that occurred before it."""
    return gaps.shared_with_before()[:-1]


@break_signal
def fresh_starts(gaps: Gaps) -> Floats:
    """Share of the paragraphs after the gap that do not point back."""
    return gaps.mean_after(1.0 - points_back(gaps.view))


@break_signal
def fresh_starts_before(gaps: Gaps) -> Floats:
    return gaps.mean_before(1.0 - points_back(gaps.view))


@break_signal
def sentences_after(gaps: Gaps) -> Floats:
    """Sentences a paragraph after the gap."""
    return gaps.mean_after(sentences(gaps.view))


@break_signal
def sentences_fewer(gaps: Gaps) -> Floats:
    """How many sentences a paragraph has less after the gap than before it."""
    return gaps.mean_before(sentences(gaps.view)) - gaps.mean_after(sentences(gaps.view))


@break_signal
def words_after(gaps: Gaps) -> Floats:
    """Words a paragraph after the gap."""
    return gaps.mean_after(gaps.view.words)


@break_signal
def quotes_fewer(gaps: Gaps) -> Floats:
    return gaps.mean_before(quotes_per_word(gaps.view)) - gaps.mean_after(quotes_per_word(gaps.view))


@break_signal
def reporting_fewer(gaps: Gaps) -> Floats:
    return gaps.mean_before(reporting_verbs(gaps.view)) - gaps.mean_after(reporting_verbs(gaps.view))


@break_signal
def time_words_more(gaps: Gaps) -> Floats:
    return gaps.mean_after(time_word_share(gaps.view)) - gaps.mean_before(time_word_share(gaps.view))


@break_signal
def cut_short_after(gaps: Gaps) -> Floats:
    """Share of the paragraphs after the gap that end in an ellipsis."""
    return gaps.mean_after(gaps.view.cut_short.astype(np.float64))


@break_signal
def short_lines_after(gaps: Gaps) -> Floats:
    """Share of the blocks after the gap that are no paragraphs."""
    count = np.arange(gaps.size - 1, 0, -1, dtype=np.float64)
    return gaps.after((~gaps.prose).astype(np.float64)) / np.maximum(count, 1)


@break_signal
def unfinished_after(gaps: Gaps) -> Floats:
    """Share of the blocks after the gap that do not end like a sentence."""
    count = np.arange(gaps.size - 1, 0, -1, dtype=np.float64)
    return gaps.after((~gaps.view.ends_sentence).astype(np.float64)) / np.maximum(count, 1)


@break_signal
def paragraphs_after(gaps: Gaps) -> Floats:
    return np.minimum(gaps.after(gaps.prose.astype(np.float64)), 30.0)


@break_signal
def paragraphs_before(gaps: Gaps) -> Floats:
    return np.minimum(gaps.before(gaps.prose.astype(np.float64)), 30.0)


@break_signal
def share_before(gaps: Gaps) -> Floats:
    """Share of the words that stand before the gap."""
    return gaps.before(gaps.view.words) / gaps.view.total


@break_signal
def next_is_short(gaps: Gaps) -> Floats:
    """The next block is no paragraph: a header, a headline, a time."""
    return gaps.next_block((~gaps.prose).astype(np.float64))


@break_signal
def last_ends_sentence(gaps: Gaps) -> Floats:
    return gaps.view.ends_sentence[:-1].astype(np.float64)


@break_signal
def next_starts_fresh(gaps: Gaps) -> Floats:
    return 1.0 - points_back(gaps.view)[1:]


@break_signal
def next_sentences(gaps: Gaps) -> Floats:
    return sentences(gaps.view)[1:]


@break_signal
def points_after(gaps: Gaps) -> Floats:
    """Mean points of the blocks after the gap, by words."""
    return ratio(gaps.after(gaps.points * gaps.view.words), gaps.after(gaps.view.words))


@break_signal
def points_rise(gaps: Gaps) -> Floats:
    """How much higher the mean points are after the gap than before it."""
    return points_after(gaps) - ratio(gaps.before(gaps.points * gaps.view.words), gaps.before(gaps.view.words))


@break_signal
def rule_points_next(gaps: Gaps) -> Floats:
    """What rules gave the two blocks after the gap."""
    values = gaps.view.rule_points
    later = np.append(values[2:], 0.0) if gaps.size > 1 else values[1:]
    return np.maximum(values[1:], later)


@break_signal
def least_shares_after(gaps: Gaps) -> Floats:
    """The most that any paragraph of six words or more after the gap shares with what stands before it."""
    shared = np.where(gaps.view.words >= 6, gaps.shared_with_before(), 0.0)
    return np.maximum.accumulate(shared[::-1])[::-1][1:]


def usable(gaps: Gaps) -> NDArray[np.bool_]:
    """Gaps with enough of a story before them and a paragraph after them."""
    before = gaps.prose_before >= LEAST_BEFORE
    long_enough = gaps.before(gaps.view.words) >= 40
    result: NDArray[np.bool_] = before & long_enough & (gaps.prose_after >= 1)
    return result


def measure_breaks(gaps: Gaps, names: Sequence[str]) -> dict[str, Floats]:
    """The named signals over a document's gaps."""
    return {name: BREAKS[name](gaps) for name in names}
