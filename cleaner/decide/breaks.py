"""Where a story ends and something else goes on without a header: measured at every gap between two blocks.

A tail of teasers shares little with the story before it, and its entries share little with each other: each is a
fresh start on its own subject. Only the blocks that are left count, those that nothing else has dropped. All measures
come from prefix sums, so the cost is linear in the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import BUCKETS, COLON, DIGIT, QUOTE, SPACE, STOP, UPPER, Bools, Floats, distinct
from cleaner.weigh.view import View, ratio

LISTS = frozenset({"related", "tail", "nav", "comment", "share", "newsletter", "legal", "app"})
"""Classes of what stands around a story: where such lines were dropped, it may have ended."""
_LEAST_BEFORE = 2
"""Paragraphs that end like a sentence and must stand before a break."""
_LEAST_AFTER = 3
LONG_PARAGRAPH = 40
_MOST_LONG_AFTER = 3
"""Long paragraphs that may stand in a tail: a story that goes on has more."""
HEADER_WORDS = 6
_LEAST_WORDS_BEFORE = 40
_PARAGRAPH_WORDS = 8
_LINE_WORDS = 6
_PROSE_WORDS = 18
_GOES_ON = 0.4
"""Share of a paragraph's content words from before with which it goes on with the story."""
_MANY_GO_ON = 2
_CAPITALS_WORDS = 8
_DIVIDERS = 2
"""Times that a line of marks must stand in a text to be what divides its parts."""
_MANY = 30.0
_MANY_LINKED = 12.0
_NEAR = 3
_NEAR_BEFORE = 2
_STRANGER = 0.15
"""Share of its words up to which a line has little from before."""
_MANY_STRANGERS = 8.0
_NEW_NAMES = 2
_LEAST_SHARED = 0.02
_NEAR_NAMES = 4

BreakSignal = Callable[["Gaps"], Floats]
BREAKS: dict[str, BreakSignal] = {}


def break_signal(function: BreakSignal) -> BreakSignal:
    BREAKS[function.__name__] = function
    return function


class Gaps:
    """One text's gaps: entry `t - 1` of every array is the gap before the `t`-th of the blocks `left`, from 1 on.

    `left` holds blocks of the document in order; `labels` the class of each of its blocks.
    """

    def __init__(self, view: View, left: NDArray[np.int64], labels: Sequence[str], points: Floats) -> None:
        self.view = view
        self.points = points[left]
        self.left = left
        self.size = len(left)
        self.at = np.arange(1, max(1, self.size))
        self.words = view.words[left]
        self.ends_sentence = view.ends_sentence[left]
        self.sentences = view.sentences[left]
        self.prose = self.words >= _PARAGRAPH_WORDS
        self.prose_after = self.after(self.prose)
        self.prose_before = self.before(self.prose)
        header = view.words <= HEADER_WORDS
        self.listed = self.dropped_before(np.array([label in LISTS for label in labels]) & header)
        self._number = np.full(view.size, -1)
        self._number[left] = np.arange(self.size)
        self._link()
        self._name()

    def dropped_before(self, marked: Bools) -> Floats:
        """For each block left, how many of the marked ones were dropped right before it."""
        marked = marked.copy()
        marked[self.left] = False
        running = np.append(0, marked.cumsum())
        dropped: Floats = (running[self.left] - running[np.append(0, self.left[:-1])]).astype(np.float64)
        return dropped

    def _link(self) -> None:
        """Where each content word of a block stood before: first, a second time, and last."""
        stems = self.view.stems
        content = ~self.view.function_words
        block, bucket = self._pairs(content, stems)
        order = np.lexsort((block, bucket))
        block, bucket = block[order], bucket[order]
        again = np.empty(len(block), dtype=bool)
        again[:1] = False
        again[1:] = bucket[1:] == bucket[:-1]
        self._block = block
        self._last = np.where(again, np.append(0, block[:-1]), -1)
        self._first, self._second = (_nth(block, bucket, nth, self.size) for nth in (1, 2))
        self._first_of = np.full(BUCKETS, self.size)
        self._first_of[bucket] = self._first
        self.terms = self._tally(block)
        near = self._last >= np.maximum(block - _NEAR_BEFORE, 0)
        self.shared_near = ratio(self._tally(block[near]), self.terms)
        """Per block, the share of its words that one of the two blocks before it has."""
        self.shared = ratio(self._tally(block[again]), self.terms)
        """Per block, the share of its words that occurred in an earlier block."""
        self.theme = ratio(self._tally(block[self._second < block]), self.terms)
        """Per block, the share of its words that occurred in two earlier blocks."""

    def _name(self) -> None:
        """Words with a capital amid a sentence: how many each block has, how many for the first time."""
        block, bucket = self._pairs(_amid_sentence(self.view), self.view.stems)
        first = np.minimum(self._first_of[bucket], block)
        self.names = self._tally(block)
        self.new_names = self._tally(block[first == block])
        self._name_block, self._name_first = block, first

    def _pairs(self, chosen: Bools, values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The different (block, value) pairs of the chosen words that stand in the blocks left."""
        facts = self.view.facts
        if facts.inside is not None:
            chosen, values = chosen[facts.inside], values[facts.inside]
        number = self._number[facts.block_of]
        chosen = chosen & (number >= 0)
        pairs = distinct(number[chosen] * BUCKETS + values[chosen])
        return pairs // BUCKETS, pairs % BUCKETS

    def _tally(self, blocks: NDArray[np.int64]) -> Floats:
        return np.bincount(blocks, minlength=self.size).astype(np.float64)

    def after(self, values: NDArray[np.generic]) -> Floats:
        """The sum of a per-block array over the blocks after each gap."""
        return np.asarray(values[::-1].cumsum(dtype=np.float64)[::-1][1:])

    def before(self, values: NDArray[np.generic]) -> Floats:
        return np.asarray(values.cumsum(dtype=np.float64)[:-1])

    def mean_after(self, values: Floats) -> Floats:
        """Mean over the paragraphs after each gap."""
        return ratio(self.after(values * self.prose), self.prose_after)

    def mean_before(self, values: Floats) -> Floats:
        return ratio(self.before(values * self.prose), self.prose_before)

    def near_after(self, values: Floats, count: int) -> Floats:
        """The sum over the `count` blocks after each gap."""
        running = np.append(0.0, values.cumsum())
        return np.asarray(running[np.minimum(self.at + count, self.size)] - running[self.at])

    def near_before(self, values: Floats, count: int) -> Floats:
        running = np.append(0.0, values.cumsum())
        return np.asarray(running[self.at] - running[np.maximum(self.at - count, 0)])

    def crossing(self) -> Floats:
        """Words after each gap (once a block) that occurred before it."""
        return self._spans(self._first, self._block)

    def theme_crossing(self) -> Floats:
        """Words after each gap that occurred in two blocks before it."""
        return self._spans(self._second, self._block)

    def names_crossing(self) -> Floats:
        """Names after each gap that occurred before it."""
        return self._spans(self._name_first, self._name_block)

    def _spans(self, origin: NDArray[np.int64], block: NDArray[np.int64]) -> Floats:
        """How many pairs of an origin and a later block each gap lies between."""
        moved = origin < block
        change = np.bincount(origin[moved] + 1, minlength=self.size + 1).astype(np.float64)
        change -= np.bincount(block[moved] + 1, minlength=self.size + 1)[: self.size + 1]
        return np.asarray(np.cumsum(change)[1 : self.size])

    @cached_property
    def linked(self) -> Floats:
        """Paragraphs after each gap that share two words with what stands before it."""
        order = np.lexsort((self._first, self._block))
        block, first = self._block[order], self._first[order]
        second = np.full(self.size, self.size)
        second[block] = _nth(first, block, 2, self.size)
        lines = np.flatnonzero(self.words >= _LINE_WORDS)
        return self._spans(np.minimum(second[lines], lines), lines)

    @cached_property
    def named(self) -> Floats:
        """Paragraphs after each gap that name someone or something that is named before it."""
        first = np.full(self.size, self.size)
        np.minimum.at(first, self._name_block, self._name_first)
        lines = np.flatnonzero(self.prose)
        return self._spans(np.minimum(first[lines], lines), lines)

    @cached_property
    def usable(self) -> Bools:
        """Gaps with enough of a story before them, and after them some lines but few long paragraphs."""
        enough = self.before(self.words) >= _LEAST_WORDS_BEFORE
        lines = self.after(self.words >= _LINE_WORDS) >= _LEAST_AFTER
        short = self.after(self.words >= LONG_PARAGRAPH) <= _MOST_LONG_AFTER
        told = self.before(self.prose & self.ends_sentence) >= _LEAST_BEFORE
        result: Bools = told & enough & lines & short
        return result

    def goes_on(self, at: int) -> bool:
        """Whether what stands before the `at`-th block goes on from there.

        Several paragraphs share much with it, or lines of marks or in capitals go on dividing them.
        """
        if self._is_divided(at):
            return True
        later = self._block >= at
        known = ratio(self._tally(self._block[later & (self._first < at)]), self.terms)
        return int(((self.words >= _PROSE_WORDS) & (known >= _GOES_ON)).sum()) >= _MANY_GO_ON

    def _is_divided(self, at: int) -> bool:
        """Whether lines of marks, or in capitals as the one at `at`, divide what stands before it and go on."""
        brief = np.flatnonzero((self.words <= _CAPITALS_WORDS) & ~self.ends_sentence)
        lines = {place: self.view.document.blocks[int(self.left[place])].text for place in brief.tolist()}
        before = Counter(line for place, line in lines.items() if place < at)
        marks = [line for place, line in lines.items() if place >= at and not self.words[place]]
        capitals = sum(count for line, count in before.items() if line.isupper())
        return max((before[mark] for mark in marks), default=0) >= _DIVIDERS or (
            capitals >= _DIVIDERS and lines.get(at, "").isupper()
        )

    @cached_property
    def across(self) -> Floats:
        """The share of the words after each gap that stand before it."""
        return ratio(self.crossing(), self.after(self.terms))

    @cached_property
    def shared_before(self) -> Floats:
        """What a paragraph before each gap shares with those before it, as a mean."""
        return self.mean_before(self.shared)

    @cached_property
    def usually_shared(self) -> Floats:
        """The same, but never nothing."""
        return np.maximum(self.shared_before, _LEAST_SHARED)

    @cached_property
    def most_shared(self) -> Floats:
        """The most that any line of six words or more after each gap shares with what stands before it."""
        shared = np.where(self.words >= _LINE_WORDS, self.shared, 0.0)
        return np.asarray(np.maximum.accumulate(shared[::-1])[::-1][1:])

    def more(self, marked: Bools) -> Floats:
        """How much larger a part of the paragraphs is marked after each gap than before it."""
        return self.mean_after(marked.astype(np.float64)) - self.mean_before(marked.astype(np.float64))

    def within_after(self) -> Floats:
        """Words after each gap that occurred in an earlier block that is after the gap too."""
        return self.after(self._tally(self._last[self._last >= 0]))

    def within_before(self) -> Floats:
        """Words before each gap that occurred in an earlier block."""
        return self.before(self._tally(self._block[self._last >= 0]))


def _nth(block: NDArray[np.int64], bucket: NDArray[np.int64], nth: int, absent: int) -> NDArray[np.int64]:
    """For each (block, word) pair, sorted by word and block, the word's n-th block, `absent` where it has fewer."""
    begins = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])) if len(bucket) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(begins, append=len(bucket))
    at = np.minimum(begins + nth - 1, max(0, len(bucket) - 1))
    found = np.where(lengths >= nth, block[at], absent) if len(bucket) else begins
    return np.repeat(found, lengths)


def _amid_sentence(view: View) -> Bools:
    """Per word: begins with a capital where neither a block nor a sentence nor a quotation begins."""
    facts = view.facts
    starts, classes = facts.word_starts, facts.classes
    found: Bools = (classes[starts] & UPPER) != 0
    found[facts.word_from[facts.word_to > facts.word_from]] = False
    before, further = classes[np.maximum(starts - 1, 0)], classes[np.maximum(starts - 2, 0)]
    opens = ((before & SPACE) != 0) & ((further & (STOP | COLON | QUOTE)) != 0)
    found &= ~opens & ((before & QUOTE) == 0)
    return found


@break_signal
def lists_dropped(gaps: Gaps) -> Floats:
    """Short lines right before the next block that were dropped and lead away from a story."""
    return np.minimum(gaps.listed[1:], 3.0)


@break_signal
def cohesion_after(gaps: Gaps) -> Floats:
    """Share of the content words after the gap that an earlier block after it has."""
    return ratio(gaps.within_after(), gaps.after(gaps.terms))


@break_signal
def cohesion_drop(gaps: Gaps) -> Floats:
    """How much less is shared across the gap than within what stands before it."""
    within = ratio(gaps.within_before(), gaps.before(gaps.terms))
    return within - gaps.across


@break_signal
def theme_across(gaps: Gaps) -> Floats:
    """Share of the content words after the gap that two blocks before it have."""
    return ratio(gaps.theme_crossing(), gaps.after(gaps.terms))


@break_signal
def theme_drop(gaps: Gaps) -> Floats:
    """How much less a paragraph shares with two earlier blocks after the gap than before it."""
    return gaps.mean_before(gaps.theme) - theme_across(gaps)


@break_signal
def linked_after(gaps: Gaps) -> Floats:
    """Paragraphs after the gap that share two words with what stands before it."""
    return np.minimum(gaps.linked, _MANY_LINKED)


@break_signal
def least_shares_after(gaps: Gaps) -> Floats:
    """The most that any line of six words or more after the gap shares with what stands before it."""
    return gaps.most_shared


@break_signal
def least_to_usual(gaps: Gaps) -> Floats:
    """The same, in terms of what paragraphs before the gap share as a mean."""
    return gaps.most_shared / gaps.usually_shared


@break_signal
def crossing_to_usual(gaps: Gaps) -> Floats:
    """The share of the words after the gap that stand before it, in the same terms."""
    return gaps.across / gaps.usually_shared


@break_signal
def shared_before(gaps: Gaps) -> Floats:
    """Share of its words that a paragraph before the gap has from those before it, as a mean."""
    return gaps.shared_before


@break_signal
def strangers_next(gaps: Gaps) -> Floats:
    """Blocks in a row from the gap on that share little with what stands before them."""
    known = np.flatnonzero((gaps.shared >= _STRANGER) & (gaps.words >= _LINE_WORDS))
    following = np.append(known, gaps.size)[np.searchsorted(known, gaps.at)]
    return np.minimum(following - gaps.at, _MANY_STRANGERS)


@break_signal
def shared_falls(gaps: Gaps) -> Floats:
    """How much less the three blocks after the gap share with earlier ones than the three before it."""
    return (gaps.near_before(gaps.shared, _NEAR) - gaps.near_after(gaps.shared, _NEAR)) / _NEAR


@break_signal
def next_three_share(gaps: Gaps) -> Floats:
    """The most that one of the next three blocks shares with what stands before it."""
    shared = np.append(gaps.shared, [0.0, 0.0])
    return np.asarray(np.maximum.reduce([shared[1:-2], shared[2:-1], shared[3:]]), dtype=np.float64)


@break_signal
def next_theme(gaps: Gaps) -> Floats:
    """Share of the next block's content words that occurred in two blocks before."""
    return gaps.theme[1:]


@break_signal
def next_shares(gaps: Gaps) -> Floats:
    """Share of the next block's content words that occurred before."""
    return gaps.shared[1:]


@break_signal
def next_shares_near(gaps: Gaps) -> Floats:
    """Share of the next block's content words that one of the two blocks before it has."""
    return gaps.shared_near[1:]


@break_signal
def next_function_words(gaps: Gaps) -> Floats:
    """Share of function words in the next block."""
    return gaps.view.function_share[gaps.left][1:]


@break_signal
def last_shares(gaps: Gaps) -> Floats:
    """Share of the content words of the block before the gap that occurred before it."""
    return gaps.shared[:-1]


@break_signal
def names_across(gaps: Gaps) -> Floats:
    """Share of the names after the gap that stand before it too."""
    return gaps.names_crossing() / np.maximum(gaps.after(gaps.names), 1.0)


@break_signal
def named_after(gaps: Gaps) -> Floats:
    """Share of the paragraphs after the gap that name someone or something that is named before it."""
    return ratio(gaps.named, gaps.prose_after)


@break_signal
def newcomers_more(gaps: Gaps) -> Floats:
    """How much larger a part of the paragraphs has two new names after the gap than before it."""
    return gaps.more(gaps.new_names >= _NEW_NAMES)


@break_signal
def figures_more(gaps: Gaps) -> Floats:
    """How much larger a part of the paragraphs has a figure after the gap than before it."""
    return gaps.more(gaps.view.facts.count(DIGIT)[gaps.left] > 0)


@break_signal
def times_more(gaps: Gaps) -> Floats:
    """How much larger a part of the paragraphs has a word of time after the gap than before it."""
    return gaps.more(gaps.view.time_words[gaps.left] > 0)


@break_signal
def new_names_next(gaps: Gaps) -> Floats:
    """Names a word in the next four blocks that did not stand before."""
    return ratio(gaps.near_after(gaps.new_names, _NEAR_NAMES), gaps.near_after(gaps.words, _NEAR_NAMES))


@break_signal
def back_words_after(gaps: Gaps) -> Floats:
    """Words a word after the gap that point back (he, this, however)."""
    back = gaps.view.facts.per_block(gaps.view.listed("back"))[gaps.left]
    return ratio(gaps.after(back), gaps.after(gaps.words))


@break_signal
def sentences_fewer(gaps: Gaps) -> Floats:
    """How many sentences a paragraph has less after the gap than before it."""
    return gaps.mean_before(gaps.sentences) - gaps.mean_after(gaps.sentences)


@break_signal
def next_sentences(gaps: Gaps) -> Floats:
    return gaps.sentences[1:]


@break_signal
def words_after(gaps: Gaps) -> Floats:
    """Words a paragraph after the gap."""
    return gaps.mean_after(gaps.words)


@break_signal
def words_fewer(gaps: Gaps) -> Floats:
    """How many words a paragraph has less after the gap than before it."""
    return gaps.mean_before(gaps.words) - gaps.mean_after(gaps.words)


@break_signal
def uneven_after(gaps: Gaps) -> Floats:
    """How far the lengths of the paragraphs after the gap lie apart: their deviation in terms of their mean."""
    mean = gaps.mean_after(gaps.words)
    spread = np.sqrt(np.maximum(gaps.mean_after(gaps.words**2) - mean**2, 0.0))
    return spread / np.maximum(mean, 1.0)


@break_signal
def cut_short_after(gaps: Gaps) -> Floats:
    """Share of the paragraphs after the gap that end in an ellipsis."""
    return gaps.mean_after(gaps.view.cut_short[gaps.left].astype(np.float64))


@break_signal
def short_lines_after(gaps: Gaps) -> Floats:
    """Share of the blocks after the gap that are no paragraphs."""
    return gaps.after(~gaps.prose) / (gaps.size - gaps.at)


@break_signal
def unfinished_after(gaps: Gaps) -> Floats:
    """Share of the blocks after the gap that do not end like a sentence."""
    return gaps.after(~gaps.ends_sentence) / (gaps.size - gaps.at)


@break_signal
def last_ends_sentence(gaps: Gaps) -> Floats:
    return gaps.ends_sentence[:-1].astype(np.float64)


@break_signal
def paragraphs_after(gaps: Gaps) -> Floats:
    return np.minimum(gaps.prose_after, _MANY)


@break_signal
def paragraphs_before(gaps: Gaps) -> Floats:
    return np.minimum(gaps.prose_before, _MANY)


@break_signal
def share_before(gaps: Gaps) -> Floats:
    """Share of the words that stand before the gap."""
    return gaps.before(gaps.words) / max(1.0, float(gaps.words.sum()))


@break_signal
def points_after(gaps: Gaps) -> Floats:
    """Mean points of the paragraphs after the gap."""
    return gaps.mean_after(gaps.points)


@break_signal
def points_step(gaps: Gaps) -> Floats:
    """How much more points the three blocks after the gap have than the three before it."""
    after = gaps.near_after(gaps.points, _NEAR) / np.minimum(_NEAR, gaps.size - gaps.at)
    return after - gaps.near_before(gaps.points, _NEAR) / np.minimum(_NEAR, gaps.at)


@break_signal
def least_points_after(gaps: Gaps) -> Floats:
    """The least points of any paragraph after the gap."""
    points = np.where(gaps.prose, gaps.points, 9.0)
    return np.asarray(np.minimum.accumulate(points[::-1])[::-1][1:])


def measure_breaks(gaps: Gaps, names: Sequence[str]) -> dict[str, Floats]:
    """The named signals over a text's gaps."""
    return {name: BREAKS[name](gaps) for name in names}
