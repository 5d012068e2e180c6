"""Which rules hit which blocks: one pass for literals over the whole text, then patterns where one was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.facts import DIGIT as DIGIT_CLASS
from cleaner.facts import LETTER, UNSPACED, classes_of, codes_of
from cleaner.model import Document
from cleaner.rule_alphabet import recode
from cleaner.rule_compile import LEFT, RIGHT, Plan
from cleaner.rule_files import Rule
from cleaner.rule_program import Program
from cleaner.rule_text import GONE, collapse, kept_positions, seen
from cleaner.rules import RuleSet, Scope

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A rule holds for a block. `start` and `end` are offsets in `Document.text`: the span to cut, or the block."""

    block: int
    rule: Rule
    start: int
    end: int


def applies(hit: Hit, classes_before: Sequence[str | None], place: str | None) -> bool:
    """Whether the rule's `place` and `follows` hold, which only the decision can know.

    `classes_before` are the classes of the blocks before the hit's, nearest last; `place` is where the
    block stands: before, inside or after the story, None while that is not known.
    """
    rule = hit.rule
    if rule.place is not None and rule.place != place:
        return False
    return not rule.follows or any(name in rule.follows for name in classes_before[-2:])


def match_rules(
    rules: RuleSet,
    document: Document,
    folded: str,
    *,
    language: str | None = None,
    site: str | None = None,
    url: str | None = None,
    marked: Iterable[tuple[int, Rule]] = (),
    words: NDArray[np.floating] | None = None,
) -> list[Hit]:
    """Every hit in `document`, by block, then by rule.

    `folded` is the document's text in lower case at equal length; `marked` are the blocks that stand in an
    element which a rule's CSS selector found, with that rule (see `RuleSet.selectors`); `words` are the
    words of each block (`Facts.word_count`), where they were counted already.
    """
    if not document.blocks:
        return []
    view = _View(document, folded, words)
    own = rules.at(site)
    marks = [(block, rule.id) for block, rule in marked]
    scope = Scope(language, site, url)
    hits = _hits(rules.program, view, _active(rules, scope, own.hidden), marks)
    if own.rules:
        hits += _hits(own.rules.program, view, _active(own.rules, scope, frozenset()), marks)
        hits.sort(key=lambda hit: hit.block)
    return hits


# --- the document as rules see it -----------------------------------------------------------------


class _View:
    """The document's blocks as patterns see them, one a line, between them nothing but line feeds."""

    def __init__(self, document: Document, folded: str, words: NDArray[np.floating] | None = None) -> None:
        self.document = document
        self.blocks = document.blocks
        self.size = len(self.blocks)
        self.starts = np.array([block.start for block in self.blocks])
        self.ends = np.array([block.end for block in self.blocks])
        self.low = seen(folded.replace("İ", "i"))
        self.as_is = _is_tidy(self.low, int((self.ends - self.starts).sum()))
        if not self.as_is:
            self._tidy(self.low)
        self._high: str | None = None
        self.counted = words
        self._words: dict[int, float] = {}
        self._raw: dict[int, bytes] = {}
        self._phrases: dict[tuple[int, int], frozenset[int]] = {}

    def _pieces(self, text: str) -> list[str]:
        return [collapse(text[block.start : block.end]) for block in self.blocks]

    def _tidy(self, low: str) -> None:
        pieces = self._pieces(low)
        lengths = np.array([len(piece) for piece in pieces])
        self.ends = np.cumsum(lengths + 1) - 1
        self.starts = self.ends - lengths
        self.low = "\n".join(pieces)

    @property
    def high(self) -> str:
        """The text in its own case, recoded for patterns."""
        if self._high is None:
            text = recode(self.document.text)
            self._high = text if self.as_is else "\n".join(self._pieces(text))
        return self._high

    def text(self, block: int) -> str:
        return self.high[self.starts[block] : self.ends[block]]

    def raw(self, block: int) -> bytes:
        """The block's text in UTF-8."""
        found = self._raw.get(block)
        if found is None:
            found = self._raw[block] = self.text(block).encode()
        return found

    def words(self, block: int) -> float:
        if self.counted is not None:
            return float(self.counted[block])
        found = self._words.get(block)
        if found is None:
            found = self._words[block] = count_words(self.low[self.starts[block] : self.ends[block]])
        return found

    @cached_property
    def lengths(self) -> Ints:
        found: Ints = self.ends - self.starts
        return found

    @cached_property
    def has_digit(self) -> Bools:
        """Which blocks have a digit."""
        codes = codes_of(self.low)
        places = np.flatnonzero((codes >= 0x30) & (codes <= 0x39))
        found: Bools = np.searchsorted(places, self.ends) > np.searchsorted(places, self.starts)
        return found

    def phrases(self, block: int, program: Program) -> frozenset[int]:
        """The phrases of word lists that occur in the block."""
        found = self._phrases.get((block, id(program)))
        if found is None:
            low = self.low[self.starts[block] : self.ends[block]]
            found = self._phrases[block, id(program)] = program.phrases_in(low)
        return found

    def span(self, block: int, start: int, end: int) -> tuple[int, int]:
        """Offsets in the document of a span of the block's UTF-8."""
        raw = self.raw(block)
        first = len(raw[:start].decode())
        last = first + len(raw[start:end].decode())
        at = self.blocks[block]
        text = self.text(block)
        if len(text) != len(at.text):
            kept = kept_positions(seen(at.text))
            first, last = kept[first], kept[last - 1] + 1 if last > first else kept[last]
        return at.start + first, at.start + last


def _is_tidy(low: str, in_blocks: int) -> bool:
    """Whether nothing but line feeds stands outside of blocks, and nothing in them that patterns do not see."""
    if low.count("\n") != len(low) - in_blocks:
        return False
    return not any(odd in low for odd in (GONE, "  ", " \n", "\n ")) and low[:1] != " " and low[-1:] != " "


_SIMPLE_WORD = re.compile(r"[^\W_]+")
_NOT_SIMPLE = re.compile("[\u0300-\u1fff\u2c00-\U0010ffff]")


def count_words(text: str) -> float:
    """Runs of letters and digits; in scripts without spaces two characters are a word.

    >>> count_words("It cost 1.5 million"), count_words("株価は上昇"), count_words("हिन्दी में")
    (5, 2.5, 2.0)
    """
    if not _NOT_SIMPLE.search(text):
        return len(_SIMPLE_WORD.findall(text))
    classes = classes_of(codes_of(text))
    unspaced = (classes & UNSPACED) != 0
    wordy = ((classes & (LETTER | DIGIT_CLASS)) != 0) & ~unspaced
    runs = int(np.count_nonzero(wordy[1:] & ~wordy[:-1])) + int(wordy[:1].any())
    return runs + int(np.count_nonzero(unspaced)) / 2


# --- candidates -----------------------------------------------------------------------------------


def _active(rules: RuleSet, scope: Scope, hidden: frozenset[int]) -> Bools:
    """Which rules such a document is open to."""
    mask = rules.open_to(scope, hidden)
    program = rules.program
    if program.url_scoped:
        mask = mask.copy()
        url = None if scope.url is None else scope.url.encode("utf-8", "replace")
        for index in program.url_scoped:
            mask[index] &= url is not None and bool(program.url_pattern(index).search(url))
    return mask


def _hits(program: Program, view: _View, active: Bools, marks: Sequence[tuple[int, str]]) -> list[Hit]:
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    marked = {(block, index) for block, name in marks if (index := program.index_of.get(name)) is not None}
    for block, index in chain(
        _by_literal(program, view, active),
        _by_shape(program, view, active),
        _by_line(program, view, active),
        sorted(pair for pair in marked if active[pair[1]]),
    ):
        rule = program.rules[index]
        if within_bounds(rule, view, block) and (spans := _spans(program, index, view, block)):
            found[block, index] = spans
    kept = _in_runs(program, found)
    return [Hit(b, program.rules[i], start, end) for b, i in sorted(kept) for start, end in found[b, i]]


_NONE: frozenset[int] = frozenset()
Candidate = tuple[int, int]
"""A block, and the index of a rule to try on it."""


def _by_literal(program: Program, view: _View, active: Bools) -> Iterator[Candidate]:
    """Pairs of block and rule where one of the rule's literals stands in the block."""
    if not program.needles.texts:
        return
    places = program.automaton.find_matches_as_indexes(view.low, overlapping=True)
    if not places:
        return
    table = np.fromiter(chain.from_iterable(places), dtype=np.int64, count=3 * len(places)).reshape(-1, 3)
    size = len(program.rules)
    needles, starts, ends = table[:, 0], table[:, 1], table[:, 2]
    blocks = np.searchsorted(view.starts, starts, side="right") - 1
    before, after = starts - view.starts[blocks], view.ends[blocks] - ends
    first = program.needle_first
    counts = first[needles + 1] - first[needles]
    hit = np.repeat(np.arange(len(needles)), counts)
    entry = np.arange(len(hit)) - np.repeat(np.cumsum(counts) - counts - first[needles], counts)
    near = (before[hit] <= program.needle_before[entry]) & (after[hit] <= program.needle_after[entry])
    hit, entry = hit[near], entry[near]
    rule, block = program.needle_rules[entry], blocks[hit]
    possible = active[rule] & (view.lengths[block] <= program.widths[rule])
    possible &= ~program.wants_digit[rule] | view.has_digit[block]
    if view.counted is not None:
        count = view.counted[block]
        possible &= (program.min_words[rule] <= count) & (count <= program.max_words[rule])
    if not possible.any():
        return
    hit, rule, block, flags = (
        hit[possible],
        rule[possible],
        block[possible],
        program.needle_flags[entry[possible]],
    )
    if flags.any():
        good = (flags & ~_whole_words(view.low, starts[hit], ends[hit])) == 0
        rule, block = rule[good], block[good]
    for key in np.unique(block * size + rule).tolist():
        yield divmod(key, size)


def _by_shape(program: Program, view: _View, active: Bools) -> Iterator[Candidate]:
    """Pairs of block and rule where the block is as short as the rule wants it."""
    for index in program.by_shape:
        if not active[index]:
            continue
        fits = view.lengths <= program.widths[index]
        if program.wants_digit[index]:
            fits &= view.has_digit
        if view.counted is not None:
            fits &= (program.min_words[index] <= view.counted) & (view.counted <= program.max_words[index])
        for block in np.flatnonzero(fits).tolist():
            yield block, index


def _whole_words(text: str, starts: Ints, ends: Ints) -> NDArray[np.uint8]:
    """For each span the flags of the ends at which it does not cut through a word."""
    codes = codes_of(text)
    last = len(codes) - 1
    before, opening = codes[np.maximum(starts - 1, 0)], codes[starts]
    closing, after = codes[ends - 1], codes[np.minimum(ends, last)]
    cut_left = _letters(before) & _letters(opening) & (starts > 0)
    cut_right = _letters(closing) & _letters(after) & (ends <= last) & ~_takes_endings(closing)
    flags = np.where(cut_left, 0, LEFT) | np.where(cut_right, 0, RIGHT)
    return flags.astype(np.uint8)


def _letters(codes: NDArray[np.uint32]) -> Bools:
    """Letters of scripts that set spaces between words."""
    classes = classes_of(codes)
    found: Bools = ((classes & LETTER) != 0) & ((classes & UNSPACED) == 0)
    return found


def _takes_endings(codes: NDArray[np.uint32]) -> Bools:
    """Korean syllables: particles follow a word without a space."""
    found: Bools = (codes >= 0xAC00) & (codes <= 0xD7A3)
    return found


def _by_line(program: Program, view: _View, active: Bools) -> Iterator[Candidate]:
    """Blocks where one of the rules without a literal may hold, found by one search for all of them."""
    open_rules = [index for index in program.by_line if active[index]]
    if not open_rules:
        return
    raw = view.high.encode()
    at = chars = line = 0
    while found := program.gate.search(raw, line):
        chars += len(raw[at : found.start()].decode())
        at = found.start()
        block = int(np.searchsorted(view.starts, chars, side="right")) - 1
        if block >= 0 and chars <= view.ends[block]:
            for index in open_rules:
                yield block, index
        line = raw.find(b"\n", at) + 1
        if not line:
            return


# --- the conditions of one rule on one block ------------------------------------------------------


def within_bounds(rule: Rule, view: _View, block: int) -> bool:
    """Whether kind, words and place in the document allow it; cheapest first."""
    if rule.kinds and view.blocks[block].kind not in rule.kinds:
        return False
    if (rule.first or rule.last) and not (
        (rule.first is not None and block < rule.first)
        or (rule.last is not None and block >= view.size - rule.last)
    ):
        return False
    if rule.min_words is None and rule.max_words is None:
        return True
    words = view.words(block)
    return (rule.min_words or 0) <= words and (rule.max_words is None or words <= rule.max_words)


def _spans(program: Program, index: int, view: _View, block: int) -> list[tuple[int, int]]:
    """The spans of `Document.text` that the rule hits in the block."""
    rule = program.rules[index]
    at = view.blocks[block]
    plan = program.plans[index]
    spans = _matches(program, index, view, block) if rule.pattern else [(0, 0)]
    if not spans or (plan.demands and not _has_demand(program, plan, view, block)):
        return []
    if rule.action != "cut":
        return [(at.start, at.end)]
    return [view.span(block, start, end) for start, end in spans]


def _matches(program: Program, index: int, view: _View, block: int) -> list[tuple[int, int]]:
    """The pattern's matches in the block's UTF-8: all of them to cut, one is enough otherwise."""
    rule, edges = program.rules[index], program.plans[index].edges
    pattern = program.whole_pattern(index) or program.pattern(index, view.phrases(block, program))
    raw = view.raw(block)
    if rule.action != "cut" and not edges:
        found = pattern.search(raw)
        return [found.span()] if found else []
    spans = [match.span() for match in pattern.finditer(raw) if match.end() > match.start()]
    return [span for span in spans if _keeps_words(view, block, span, edges)] if edges else spans


def _has_demand(program: Program, plan: Plan, view: _View, block: int) -> bool:
    """Whether one of the literals that `needs` asks for stands in the block, as whole words."""
    present = view.phrases(block, program)
    if present.isdisjoint(plan.demands):
        return False
    low = view.low[view.starts[block] : view.ends[block]]
    asked = [pair for pair in zip(plan.demands, plan.whole, strict=True) if pair[0] in present]
    return any(_stands_whole(program.text_of(number), low, ends) for number, ends in asked)


def _stands_whole(text: str, low: str, ends: int) -> bool:
    starts = np.array([found.start() for found in re.finditer(f"(?={re.escape(text)})", low)])
    return bool(((ends & ~_whole_words(low, starts, starts + len(text))) == 0).any())


def _keeps_words(view: _View, block: int, span: tuple[int, int], edges: int) -> bool:
    """Whether a match in the block's UTF-8 does not cut a word at its `edges`."""
    raw = view.raw(block)
    start = len(raw[: span[0]].decode())
    end = start + len(raw[span[0] : span[1]].decode())
    low = view.low[view.starts[block] : view.ends[block]]
    return not edges & ~int(_whole_words(low, np.array([start]), np.array([end]))[0])


def _in_runs(program: Program, found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the hits of rules that want a run of neighbours and have none."""
    pairs = set(found)
    return [
        pair
        for pair in pairs
        if program.rules[pair[1]].run == 1 or _run_length(pairs, pair) >= program.rules[pair[1]].run
    ]


def _run_length(pairs: set[tuple[int, int]], pair: tuple[int, int]) -> int:
    block, index = pair
    low = high = block
    while (low - 1, index) in pairs:
        low -= 1
    while (high + 1, index) in pairs:
        high += 1
    return high - low + 1
