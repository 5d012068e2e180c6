"""Which rules hit which blocks: candidates first, then the patterns of the few that are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.facts import fold
from cleaner.model import Block, Document
from cleaner.rules.candidates import Pairs, candidates, chosen, whole_word
from cleaner.rules.files import Rule
from cleaner.rules.lines import Bools, Line, RuleView
from cleaner.rules.program import Known, Program, Spans
from cleaner.rules.quotation import is_quoted, quotations
from cleaner.rules.ruleset import RuleSet, Scope


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
    words: NDArray[np.floating] | None = None,
) -> list[Hit]:
    """Every hit in `document`, by block, then by rule.

    `folded` is the document's text in lower case at equal length; `words` are the words of each block
    (`Facts.word_count`), where they were counted already.
    """
    if not document.blocks:
        return []
    own = rules.at(site)
    scope = Scope(language, site, url)
    hits = _hits(rules, document, folded, _active(rules, scope, own.hidden), words)
    if own.rules:
        hits += _hits(own.rules, document, folded, _active(own.rules, scope, frozenset()), words)
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


def _hits(
    rules: RuleSet,
    document: Document,
    folded: str,
    active: Bools,
    words: NDArray[np.floating] | None,
) -> list[Hit]:
    """The hits of one rule set."""
    program, blocks = rules.program, document.blocks
    known = _matches_of_texts(rules, document, folded, active, words)
    pairs = [(index, rule, spans) for index, block in enumerate(blocks) for rule, spans in known[block.text]]
    pairs += _marked(program, document, folded, active, words)
    return [hit for pair in sorted(_in_place(program, pairs, blocks)) for hit in _as_hits(program, blocks, pair)]


def _matches_of_texts(
    rules: RuleSet,
    document: Document,
    folded: str,
    active: Bools,
    words: NDArray[np.floating] | None,
) -> Known:
    """What holds for the blocks' texts alone, by text. It is remembered: lines come again and again."""
    program, blocks = rules.program, document.blocks
    known = program.known(active)
    new = sorted({block.text: index for index, block in enumerate(blocks) if block.text not in known}.values())
    if new:
        view = RuleView(program, *_part(document, folded, new, words))
        found = dict(_matched(program, view, candidates(program, view, active)))
        known.update((blocks[block].text, found.get(number, ())) for number, block in enumerate(new))
    program.forget(len(document.text))
    return known


def class_of(rule: Rule) -> str:
    """The class of what the rule finds."""
    return rule.class_ or rule.id.partition(".")[0]


def is_certain(rule: Rule) -> bool:
    """Whether the rule drops what it finds, whatever else speaks for it."""
    return rule.action == "drop" and rule.weight is None


def is_sure_noise(rule: Rule) -> bool:
    """Whether the rule by itself takes what it finds."""
    return rule.action == "cut" or is_certain(rule)


def may_be_noise(rules: RuleSet, texts: Sequence[str], language: str | None, site: str | None) -> bool:
    """Whether a rule may take one of these lines for noise, standing one below the other."""
    own = rules.at(site)
    scope = Scope(language, site, None)
    found: list[list[Rule]] = [[] for _ in texts]
    for rule_set, hidden in ((rules, own.hidden), (own.rules, frozenset[int]())):
        if rule_set is None:
            continue
        active = _active(rule_set, scope, hidden)
        known = rule_set.program.known(active)
        new = [text for text in texts if text not in known]
        if new:
            known = _matches_of_texts(rule_set, *as_document(new), active, None)
        for text, here in zip(texts, found, strict=True):
            here += [rule_set.program.rules[index] for index, _ in known[text]]
    return has_sure_noise(found)


def has_sure_noise(found: Sequence[Sequence[Rule]]) -> bool:
    """Whether a rule takes one of the lines for noise, given for each line the rules that hold by its text."""
    sure = [(rule, at) for at, here in enumerate(found) for rule in here if is_sure_noise(rule)]
    return any(_has_neighbours(rule, found, at) for rule, at in sure)


def _has_neighbours(rule: Rule, found: Sequence[Sequence[Rule]], at: int) -> bool:
    """Whether a line, given the rules of all, stands in such a run or behind such a line as the rule wants."""
    before = (class_of(other) for here in found[max(0, at - 2) : at] for other in here)
    if rule.follows and not any(name in rule.follows for name in before):
        return False
    starts = range(max(0, at - rule.run + 1), min(at, len(found) - rule.run) + 1)
    return any(all(rule in here for here in found[start : start + rule.run]) for start in starts)


def as_document(texts: Iterable[str]) -> tuple[Document, str]:
    """Texts as a document of one block each, and its folded text."""
    blocks: list[Block] = []
    start = 0
    for text in texts:
        blocks.append(Block(text, "paragraph", start, start + len(text)))
        start += len(text) + 1
    whole = "\n".join(block.text for block in blocks)
    return Document(whole, tuple(blocks)), fold(whole)


def _marked(
    program: Program, document: Document, folded: str, active: Bools, words: NDArray[np.floating] | None
) -> Iterator[tuple[int, int, Spans]]:
    """Block, rule and spans where a selector found the block's element, and all else that the rule wants holds."""
    asked: dict[int, list[int]] = {}
    for block, name in document.marked:
        index = program.index_of.get(name)
        if index is None or not active[index]:
            continue
        if words is not None and _is_plain(program.rules[index]):
            if _has_size(program.rules[index], float(words[block])):
                yield block, index, _WHOLE
        else:
            asked.setdefault(block, []).append(index)
    if asked:
        chosen_blocks = sorted(asked)
        view = RuleView(program, *_part(document, folded, chosen_blocks, words))
        pairs = [(number, index) for number, block in enumerate(chosen_blocks) for index in asked[block]]
        for number, found in _matched(program, view, chosen(program, view, pairs)):
            yield from ((chosen_blocks[number], *one) for one in found)


def _is_plain(rule: Rule) -> bool:
    return not (rule.pattern or rule.needs)


def _has_size(rule: Rule, words: float) -> bool:
    return (rule.min_words or 0) <= words <= (rule.max_words or np.inf)


def _part(
    document: Document, folded: str, chosen: Sequence[int], words: NDArray[np.floating] | None
) -> tuple[Document, str, NDArray[np.floating] | None]:
    """A document of some of the blocks, its text in lower case, and the words of its blocks."""
    if len(chosen) == len(document.blocks):
        return document, folded, words
    blocks: list[Block] = []
    at = 0
    for index in chosen:
        block = document.blocks[index]
        end = at + block.end - block.start
        blocks.append(Block(block.text, block.kind, at, end))
        at = end + 1
    low = "\n".join([folded[document.blocks[index].start : document.blocks[index].end] for index in chosen])
    text = "\n".join([block.text for block in blocks])
    return Document(text, tuple(blocks)), low, None if words is None else words[chosen]


def _matched(program: Program, view: RuleView, pairs: Pairs) -> Iterator[tuple[int, tuple[tuple[int, Spans], ...]]]:
    """Block by block the rules that match it, each with its spans."""
    found: dict[int, list[tuple[int, Spans]]] = {}
    line: Line | None = None
    for block, index in zip(pairs.blocks.tolist(), pairs.rules.tolist(), strict=True):
        if line is None or line.block != block:
            line = view.line(block)
        if spans := _matches(program, index, view, line):
            found.setdefault(block, []).append((index, spans))
    return ((block, tuple(matches)) for block, matches in found.items())


def _as_hits(program: Program, blocks: Sequence[Block], pair: tuple[int, int, Spans]) -> Iterator[Hit]:
    block, rule = blocks[pair[0]], program.rules[pair[1]]
    if rule.action != "cut":
        yield Hit(pair[0], rule, block.start, block.end)
        return
    for start, end in pair[2]:
        yield Hit(pair[0], rule, block.start + start, block.start + end)


# --- one rule on one block ------------------------------------------------------------------------


_WHOLE = ((0, 0),)
_OF_NOISE = ("drop", "cut")


def _matches(program: Program, index: int, view: RuleView, line: Line) -> Spans:
    """The spans of the block that the rule matches: all of them to cut, one is enough otherwise."""
    if not program.may_match(index, line.low, line.phrases):
        return ()
    rule = program.rules[index]
    found = _search(program, index, line) if rule.pattern else _WHOLE
    if found and program.plans[index].demands and not _has_demand(program, index, line):
        return ()
    if found is _WHOLE:
        return found
    if rule.action in _OF_NOISE and not rule.quoted and (quoted := quotations(line.low)):
        found = _outside(line, _search(program, index, line, every=True), quoted)
    if rule.action != "cut":
        return found
    return tuple([view.span(line, start, end) for start, end in found])


def _search(program: Program, index: int, line: Line, *, every: bool = False) -> Spans:
    """The matches of the rule's pattern in the block's UTF-8: where one is enough, the first, or every one."""
    rule, edges, raw = program.rules[index], program.plans[index].edges, line.raw
    pattern = program.compiled(index, line.groups) or program.pattern(index, line.groups, line.phrases)
    if rule.action != "cut" and not edges and not every:
        found = pattern.search(raw)
        return (found.span(),) if found else ()
    spans: list[tuple[int, int]] = []
    at = 0
    while match := pattern.search(raw, at):
        start, end = match.span()
        if end > start and (not edges or _keeps_words(line, (start, end), edges)):
            spans.append((start, end))
            at = end
        else:
            at = _next_character(raw, start)
        if at >= len(raw):
            break
    return tuple(spans)


def _outside(line: Line, spans: Spans, quoted: Spans) -> Spans:
    """Of spans of the block's UTF-8 those that do not lie within its quotations."""
    places = ((len(line.raw[:start].decode()), len(line.raw[:end].decode())) for start, end in spans)
    return tuple(span for span, place in zip(spans, places, strict=True) if not is_quoted(line.low, place, quoted))


def _next_character(raw: bytes, at: int) -> int:
    at += 1
    while at < len(raw) and raw[at] & 0xC0 == 0x80:
        at += 1
    return at


def _keeps_words(line: Line, span: tuple[int, int], edges: int) -> bool:
    """Whether a match in the block's UTF-8 does not cut a word at its `edges`."""
    start = len(line.raw[: span[0]].decode())
    end = start + len(line.raw[span[0] : span[1]].decode())
    return not edges & ~whole_word(line.low, start, end)


def _has_demand(program: Program, index: int, line: Line) -> bool:
    """Whether one of the literals that `needs` asks for stands in the block, as whole words."""
    return any(_stands_whole(text, line.low, ends) for text, ends in program.demanded(index, line.phrases))


def _stands_whole(text: str, low: str, ends: int) -> bool:
    at = low.find(text)
    while at >= 0:
        if not ends & ~whole_word(low, at, at + len(text)):
            return True
        at = low.find(text, at + 1)
    return False


def _in_place(
    program: Program, pairs: Sequence[tuple[int, int, Spans]], blocks: Sequence[Block]
) -> list[tuple[int, int, Spans]]:
    """Without the hits of rules that want another kind of block, another place, or a run of neighbours."""
    stands = {(block, index) for block, index, _ in pairs if _may_stand(program.rules[index], block, blocks)}
    runs = {pair for pair in stands if program.rules[pair[1]].run > 1}
    stands -= {pair for pair in runs if _run_length(stands, pair) < program.rules[pair[1]].run}
    return [pair for pair in pairs if pair[:2] in stands]


def _may_stand(rule: Rule, block: int, blocks: Sequence[Block]) -> bool:
    if rule.kinds and blocks[block].kind not in rule.kinds:
        return False
    if rule.first is None and rule.last is None:
        return True
    return block < (rule.first or 0) or len(blocks) - block <= (rule.last or 0)


def _run_length(pairs: set[tuple[int, int]], pair: tuple[int, int]) -> int:
    block, index = pair
    low = high = block
    while (low - 1, index) in pairs:
        low -= 1
    while (high + 1, index) in pairs:
        high += 1
    return high - low + 1
