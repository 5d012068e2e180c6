"""Which rules are worth trying on which blocks: a few array operations for a document, whatever their number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import LETTER, UNSPACED, classes_of, codes_of, distinct
from cleaner.rules.compile import LEFT, RIGHT
from cleaner.rules.lines import Bools, Codes, Ints, Lines, RuleView
from cleaner.rules.program import Program, short_key

_NOTHING = np.zeros(1, dtype=np.uint32)
"""What stands before a text and after it."""


class Pairs(NamedTuple):
    """Pairs of a block and the index of a rule, as two arrays."""

    blocks: Ints
    rules: Ints

    def where(self, mask: Bools) -> Pairs:
        return Pairs(self.blocks[mask], self.rules[mask])


def candidates(program: Program, view: RuleView, active: Bools) -> Pairs:
    """The pairs to try, by block, then by rule: all that may hit by their text alone, and few others.

    `active` says which rules the document is open to.
    """
    sources = (
        _by_literal(program, view, active),
        _by_shape(program, view, active),
        _by_line(program, view, active),
    )
    blocks = np.concatenate([source.blocks for source in sources])
    rules = np.concatenate([source.rules for source in sources])
    found = Pairs(blocks, rules)
    found = found.where(_fit(program, view, found))
    keys = distinct(found.blocks * len(program.rules) + found.rules)
    return Pairs(*np.divmod(keys, max(1, len(program.rules))))


def chosen(program: Program, view: RuleView, pairs: list[tuple[int, int]]) -> Pairs:
    """Of these pairs of a block and a rule those whose block has the size that the rule wants."""
    found = _pairs(sorted(set(pairs)))
    return found.where(_fit(program, view, found))


def _pairs(pairs: list[tuple[int, int]]) -> Pairs:
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


def _fit(program: Program, view: RuleView, pairs: Pairs) -> Bools:
    """Whether each pair's block has the length, words and characters that its rule wants."""
    blocks, rules = pairs
    wants = program.wants
    fits = view.lengths[blocks] <= wants.width[rules]
    if wants.digit.any():
        fits &= ~wants.digit[rules] | view.has_digit[blocks]
    if wants.beyond_ascii.any():
        fits &= ~wants.beyond_ascii[rules] | view.beyond_ascii[blocks]
    left = np.flatnonzero(fits)
    words = view.words(blocks[left])
    fits[left] = (wants.min_words[rules[left]] <= words) & (words <= wants.max_words[rules[left]])
    return fits


def _by_literal(program: Program, view: RuleView, active: Bools) -> Pairs:
    """Pairs where one of the rule's literals stands in the block, and where it must."""
    needles, starts, ends = _literals(program, view)
    whole = whole_words(view.codes, starts, ends)
    near = (program.needle_least[needles] & ~whole) == 0
    needles, starts, ends, whole = needles[near], starts[near], ends[near], whole[near]
    if not len(needles):
        return _pairs([])
    blocks = np.searchsorted(view.starts, starts, side="right") - 1
    before, after = starts - view.starts[blocks], view.ends[blocks] - ends
    first = program.needle_first
    counts = first[needles + 1] - first[needles]
    hit = np.repeat(np.arange(len(needles)), counts)
    entry = np.arange(len(hit)) - np.repeat(np.cumsum(counts) - counts - first[needles], counts)
    near = (before[hit] <= program.needle_before[entry]) & (after[hit] <= program.needle_after[entry])
    near &= active[program.needle_rules[entry]]
    hit, entry = hit[near], entry[near]
    fits = (program.needle_flags[entry] & ~whole[hit]) == 0
    return Pairs(blocks[hit], program.needle_rules[entry]).where(fits)


def _literals(program: Program, view: RuleView) -> tuple[Ints, Ints, Ints]:
    """The literals found: their numbers, begins and ends."""
    found = np.concatenate((view.literals, _short_words(program, view)), axis=1)
    return found[0], found[1], found[2]


def _short_words(program: Program, view: RuleView) -> Ints:
    """The words of one or two letters that are literals, as rows of numbers, begins and ends."""
    codes = view.codes
    plain = np.zeros(len(codes) + 2, dtype=np.bool_)
    np.less(codes - ord("a"), 26, out=plain[1:-1])
    edges = np.flatnonzero(plain[1:] != plain[:-1])
    starts, ends = edges[::2], edges[1::2]
    short = np.flatnonzero(ends - starts <= 2)
    starts, ends = starts[short], ends[short]
    second = codes[ends - 1] * (ends - starts == 2)
    numbers = program.short_words[short_key(codes[starts], second)]
    known = np.flatnonzero(numbers >= 0)
    rows = np.stack((numbers[known], starts[known], ends[known]))
    around = np.concatenate((_NOTHING, codes, _NOTHING))[[rows[1], rows[2] + 1]]
    return rows[:, ((classes_of(around) & LETTER) == 0).all(axis=0)]


def whole_words(codes: Codes, starts: Ints, ends: Ints) -> NDArray[np.uint8]:
    """For each span the flags of the ends at which it does not cut through a word."""
    last = len(codes) - 1
    edges = codes[np.stack((np.maximum(starts - 1, 0), starts, ends - 1, np.minimum(ends, last)))]
    before, opening, closing, after = _letters(edges)
    cut_left = before & opening & (starts > 0)
    cut_right = closing & after & (ends <= last) & ~_takes_endings(edges[2])
    flags: NDArray[np.uint8] = np.uint8(LEFT) * ~cut_left | np.uint8(RIGHT) * ~cut_right
    return flags


def whole_word(text: str, start: int, end: int) -> int:
    """`whole_words` for one span of a text."""
    cut_left = start > 0 and _is_letter(text[start - 1]) and _is_letter(text[start])
    takes_endings = "\uac00" <= text[end - 1] <= "\ud7a3"
    cut_right = end < len(text) and not takes_endings and _is_letter(text[end - 1]) and _is_letter(text[end])
    return (0 if cut_left else LEFT) | (0 if cut_right else RIGHT)


@lru_cache(maxsize=4096)
def _is_letter(char: str) -> bool:
    return bool(_letters(codes_of(char))[0])


def _letters(codes: Codes) -> Bools:
    """Letters of scripts that set spaces between words."""
    classes = classes_of(codes)
    found: Bools = (classes & (LETTER | UNSPACED)) == LETTER
    return found


def _takes_endings(codes: Codes) -> Bools:
    """Korean syllables: particles follow a word without a space."""
    found: Bools = (codes >= 0xAC00) & (codes <= 0xD7A3)
    return found


def _by_shape(program: Program, view: RuleView, active: Bools) -> Pairs:
    """Pairs where the block is as short as the rule wants it, and has a digit if it wants one."""
    found: list[Pairs] = []
    for index in program.by_shape:
        if active[index]:
            fits = view.lengths <= program.wants.width[index]
            if program.wants.digit[index]:
                fits &= view.has_digit
            blocks = np.flatnonzero(fits)
            found.append(Pairs(blocks, np.full(len(blocks), index)))
    if not found:
        return _pairs([])
    return Pairs(np.concatenate([p.blocks for p in found]), np.concatenate([p.rules for p in found]))


def _by_line(program: Program, view: RuleView, active: Bools) -> Pairs:
    """Pairs for rules that nothing else announces: a search for many of them finds the lines to try.

    What is searched for is not made before a text has what it cannot do without.
    """
    groups = view.pattern_groups
    found: list[tuple[int, int]] = []
    for gate in program.gates:
        rules = gate.rules
        open_rules = [index for index in rules if active[index]]
        if not program.has_gate(rules, groups):
            open_rules = [index for index in open_rules if program.may_match(index, view.low, view.phrases)]
        if open_rules:
            blocks = _blocks_with(program.gate(rules, groups), view.lines(digit=gate.digit), gate.most_words)
            found += [(block, index) for block in blocks for index in open_rules]
    return _pairs(found)


def _blocks_with(pattern: Any, lines: Lines, most_words: float) -> Iterator[int]:
    """The blocks of no more than so many words in which `pattern` matches."""
    end = lines.begins[bisect_right(lines.words, most_words)] - 1
    line = 0
    while line <= end and (match := pattern.search(lines.raw, line, end)):
        at = bisect_right(lines.begins, match.start()) - 1
        yield lines.blocks[at]
        line = lines.begins[at + 1]
