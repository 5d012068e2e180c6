"""Which rules hit which blocks: candidates first, then the patterns of the few that are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.facts import codes_of
from cleaner.model import Document
from cleaner.rule_candidates import candidates, whole_words
from cleaner.rule_compile import Plan
from cleaner.rule_files import Rule
from cleaner.rule_program import Program
from cleaner.rule_view import Bools, RuleView
from cleaner.rules import RuleSet, Scope


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


def match_rules(  # noqa: PLR0913 - all but three are named, and few callers need them
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
    view = RuleView(document, folded, words)
    own = rules.at(site)
    marks = [(block, rule.id) for block, rule in marked]
    scope = Scope(language, site, url)
    hits = _hits(rules.program, view, _active(rules, scope, own.hidden), marks)
    if own.rules:
        hits += _hits(own.rules.program, view, _active(own.rules, scope, frozenset()), marks)
        hits.sort(key=lambda hit: hit.block)
    return hits


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


def _hits(program: Program, view: RuleView, active: Bools, marks: Iterable[tuple[int, str]]) -> list[Hit]:
    marked = [(block, index) for block, name in marks if (index := program.index_of.get(name)) is not None]
    blocks, rules = candidates(program, view, active, marked)
    found: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
    for block, index in zip(blocks.tolist(), rules.tolist(), strict=True):
        if spans := _matches(program, index, view, block):
            found[block, index] = spans
    kept = _in_runs(program, found)
    return [hit for block, index in kept for hit in _as_hits(program, view, (block, index), found[block, index])]


def _as_hits(program: Program, view: RuleView, pair: tuple[int, int], spans: Iterable[tuple[int, int]]) -> list[Hit]:
    block, rule = pair[0], program.rules[pair[1]]
    if rule.action == "cut":
        return [Hit(block, rule, *view.span(block, start, end)) for start, end in spans]
    return [Hit(block, rule, view.blocks[block].start, view.blocks[block].end)]


# --- one rule on one block ------------------------------------------------------------------------


_WHOLE = ((0, 0),)


def _matches(program: Program, index: int, view: RuleView, block: int) -> tuple[tuple[int, int], ...]:
    """The spans of the block's UTF-8 that the rule matches: all of them to cut, one is enough otherwise."""
    raw = view.raw(block)
    found = program.known(index, raw)
    if found is None:
        plan = program.plans[index]
        found = _search(program, index, view, block) if program.rules[index].pattern else _WHOLE
        if found and plan.demands and not _has_demand(program, plan, view, block):
            found = ()
        program.keep(index, raw, found)
    return found


def _search(program: Program, index: int, view: RuleView, block: int) -> tuple[tuple[int, int], ...]:
    """The matches of the rule's pattern."""
    rule, edges = program.rules[index], program.plans[index].edges
    groups = view.groups(block)
    pattern = program.whole_pattern(index, groups)
    if pattern is None:
        phrases = view.phrases(block, program)
        if not program.may_match(index, view.low_text(block), phrases):
            return ()
        pattern = program.pattern(index, groups, phrases)
    raw = view.raw(block)
    if rule.action != "cut" and not edges:
        found = pattern.search(raw)
        return (found.span(),) if found else ()
    spans: list[tuple[int, int]] = []
    at = 0
    while match := pattern.search(raw, at):
        start, end = match.span()
        if end > start and (not edges or _keeps_words(view, block, (start, end), edges)):
            spans.append((start, end))
            at = end
        else:
            at = _next_character(raw, start)
        if at >= len(raw):
            break
    return tuple(spans)


def _next_character(raw: bytes, at: int) -> int:
    at += 1
    while at < len(raw) and raw[at] & 0xC0 == 0x80:
        at += 1
    return at


def _keeps_words(view: RuleView, block: int, span: tuple[int, int], edges: int) -> bool:
    """Whether a match in the block's UTF-8 does not cut a word at its `edges`."""
    raw = view.raw(block)
    start = len(raw[: span[0]].decode())
    end = start + len(raw[span[0] : span[1]].decode())
    flags = whole_words(codes_of(view.low_text(block)), np.array([start]), np.array([end]))
    return not edges & ~int(flags[0])


def _has_demand(program: Program, plan: Plan, view: RuleView, block: int) -> bool:
    """Whether one of the literals that `needs` asks for stands in the block, as whole words."""
    present = view.phrases(block, program)
    asked = [pair for pair in zip(plan.demands, plan.whole, strict=True) if pair[0] in present]
    return any(_stands_whole(program.texts[number], view.low_text(block), ends) for number, ends in asked)


def _stands_whole(text: str, low: str, ends: int) -> bool:
    starts = np.array([found.start() for found in re.finditer(f"(?={re.escape(text)})", low)])
    return bool(((ends & ~whole_words(codes_of(low), starts, starts + len(text))) == 0).any())


def _in_runs(program: Program, found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the hits of rules that want a run of neighbours and have none."""
    pairs = set(found)
    runs = {pair for pair in pairs if program.rules[pair[1]].run > 1}
    alone = {pair for pair in runs if _run_length(pairs, pair) < program.rules[pair[1]].run}
    return sorted(pairs - alone)


def _run_length(pairs: set[tuple[int, int]], pair: tuple[int, int]) -> int:
    block, index = pair
    low = high = block
    while (low - 1, index) in pairs:
        low -= 1
    while (high + 1, index) in pairs:
        high += 1
    return high - low + 1
