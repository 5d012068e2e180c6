"""Proof for rules: each against its own examples, through the real engine."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from cleaner.facts import fold
from cleaner.faults import shown
from cleaner.model import Block, Document, Kind
from cleaner.parse.html import parse_html
from cleaner.parse.selectors import Selectors
from cleaner.rules.alphabet import recode
from cleaner.rules.compile import (
    Phrasebook,
    check_lists,
    check_patterns,
    compile_pattern,
    compile_rules,
    full_pattern,
    rule_needles,
)
from cleaner.rules.files import (
    MAX_PATTERN,
    Example,
    Rule,
    RuleError,
    RuleFile,
    WordLists,
    WrittenRule,
    engine_rule,
    excerpt,
    merge_words,
    read_file,
)
from cleaner.rules.lines import count_words
from cleaner.rules.match import Hit, applies, match_rules
from cleaner.rules.ruleset import RuleSet, builtin_directory, rule_paths
from cleaner.rules.text import collapse, literal, seen


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something wrong with a rule: where, what, and what to do."""

    file: str
    line: int
    column: int
    """0 where only the line is known, as `line` is where only the file is."""
    rule: str
    fault: str
    advice: str
    around: str = ""
    """The lines around the place."""


def of_error(error: RuleError) -> Finding:
    """The finding that a fault in a rule file makes."""
    return Finding(error.path, error.line, error.column, "", error.fault, error.advice, error.around)


def render(findings: Iterable[Finding]) -> str:
    """For each finding `file:line:column: rule: fault; advice`, then the lines around it."""
    return "".join(f"{_head(f)}{f.around}\n" for f in findings)


def _head(finding: Finding) -> str:
    where = ":".join([shown(finding.file), *(str(n) for n in (finding.line, finding.column) if n)])
    return f"{where}: {finding.rule + ': ' if finding.rule else ''}{finding.fault}; {finding.advice}"


# --- one rule, its examples -----------------------------------------------------------------------


class _Case(NamedTuple):
    """An example as a document, or as a block of one."""

    key: str
    """`match`, `spare` or `misses`."""
    example: Example
    document: Document
    marked: tuple[int, ...] | None
    """Blocks inside the rule's elements; None where the example is no page."""
    asked: tuple[int, ...]
    """The blocks that the example is about."""


def check_rule(written: WrittenRule, file: RuleFile, book: Phrasebook) -> list[Finding]:
    """What the rule's own examples say against it."""
    rules = RuleSet(compile_rules((engine_rule(written),), book))
    hits: dict[int, list[Hit]] = {}
    found: list[Finding] = []
    for case in list(_cases(written)):
        if id(case.document) not in hits:
            hits[id(case.document)] = _document_hits(rules, case, book)
        problem = _problem(rules, case, _example_hits(rules, case, hits[id(case.document)]), book)
        if problem:
            line, column = _place_of(file, written, case)
            around = excerpt(file.text, line, column)
            found.append(Finding(str(file.path), line, column, written.id, *problem, around))
    return found


def _problem(rules: RuleSet, case: _Case, hits: Sequence[Hit], book: Phrasebook) -> tuple[str, str] | None:
    """What is wrong, and what to do."""
    rule, key = rules.rules[0], case.key
    text = f"“{_short(case.example.html or case.example.text)}”"
    if not case.asked:
        return f"`{key}` example {text} has no text", "write the line, or HTML with text in it"
    blocks = {hit.block for hit in hits}
    if key == "match":
        missed = [block for block in case.asked if block not in blocks]
        if missed:
            return f"`match` example {text} is not hit", _why_not(rule, book, case, missed[0])
        return _wrong_rest(rule, case, hits)
    if blocks.isdisjoint(case.asked):
        return None
    if key == "misses":
        return f"`misses` example {text} is hit now", "move it to `match`"
    taken = " … ".join(_short(case.document.text[hit.start : hit.end]) for hit in hits if hit.block in case.asked)
    return (
        f"`spare` example {text} is hit (“{taken}”)",
        "anchor the pattern, bound it with `max_words`, or scope it",
    )


def _wrong_rest(rule: Rule, case: _Case, hits: Sequence[Hit]) -> tuple[str, str] | None:
    """Whether a `cut` leaves something else than the example says."""
    if case.example.left is None:
        return None
    if rule.action != "cut":
        return "`left` in an example of a rule that does not cut", "remove `left`, or set action to `cut`"
    block = case.document.blocks[case.asked[0]]
    text, at = "", block.start
    for hit in hits:
        if hit.block == case.asked[0]:
            text, at = text + case.document.text[at : hit.start], hit.end
    text = " ".join((text + case.document.text[at : block.end]).split())
    if text == " ".join(case.example.left.split()):
        return None
    return (
        f"of “{_short(block.text)}” is left “{_short(text)}”",
        f"correct the pattern or `left` (“{_short(case.example.left)}”)",
    )


def _document_hits(rules: RuleSet, case: _Case, book: Phrasebook) -> list[Hit]:
    """The hits of a set of one rule in an example's document.

    What the example leaves open is taken as the rule wants it (here language, site and address), so that a
    `spare` example is spared by the words alone.
    """
    rule, example = rules.rules[0], case.example
    if (rule.url and example.url is None) or (rule.css and case.marked is None and rule.pattern):
        rule = msgspec.structs.replace(rule, url=None if example.url is None else rule.url, css=())
        rules = RuleSet(compile_rules((rule,), book))
    return match_rules(
        rules,
        case.document,
        fold(case.document.shown),
        language=example.language or (rule.language[0] if rule.language else None),
        site=example.site or (rule.site[0] if rule.site else None),
        url=example.url,
    )


def _example_hits(rules: RuleSet, case: _Case, hits: Iterable[Hit]) -> list[Hit]:
    """The hits in its document that count for an example: place and class of the block before are as the rule wants."""
    rule, example = rules.rules[0], case.example
    before = example.class_ or (rule.follows[0] if rule.follows else None)
    place = example.place or rule.place
    return [hit for hit in hits if hit.block in case.asked and applies(hit, [before], place)]


def _cases(rule: WrittenRule) -> Iterator[_Case]:
    """The rule's examples. Those whose place in a document does not count stand in one document together."""
    together: dict[tuple[str | None, ...], list[tuple[str, Example]]] = {}
    for key in ("match", "spare", "misses"):
        for raw in getattr(rule, key):
            example = Example(text=raw) if isinstance(raw, str) else raw
            if example.html is not None:
                yield _page(rule, key, example)
            elif rule.run > 1 or rule.first or rule.last or example.after or not example.text.strip():
                yield _text(rule, key, example)
            else:
                together.setdefault((example.language, example.site, example.url), []).append((key, example))
    for group in together.values():
        document = _document([(example.text, _kind(rule, example)) for _, example in group])
        for block, (key, example) in enumerate(group):
            yield _Case(key, example, document, None, (block,))


def _page(rule: Rule, key: str, example: Example) -> _Case:
    selectors = Selectors((selector, rule.id) for selector in rule.css)
    document = parse_html(f"<!doctype html><body>{example.html}</body>", selectors)
    marked = tuple(block for block, _ in document.marked)
    return _Case(key, example, document, marked, tuple(range(len(document.blocks))))


def _text(rule: Rule, key: str, example: Example) -> _Case:
    """The example in a document of its own: the block before it, and as many of it as the rule wants."""
    blocks: list[tuple[str, Kind]] = [(example.after, "paragraph")] if example.after else []
    asked = (len(blocks),) if example.text.strip() else ()
    blocks += [(example.text, _kind(rule, example))] * rule.run
    return _Case(key, example, _document(blocks), None, asked)


def _document(texts: Iterable[tuple[str, Kind]]) -> Document:
    """A text with these blocks, one a line."""
    blocks: list[Block] = []
    position = 0
    for text, kind in texts:
        blocks.append(Block(text, kind, position, position + len(text)))
        position += len(text) + 1
    return Document("\n".join(block.text for block in blocks), tuple(blocks))


def _kind(rule: Rule, example: Example) -> Kind:
    """The example's kind; one that the rule is for, when the example does not say."""
    return example.kind or (rule.kinds[0] if rule.kinds else "paragraph")


def _why_not(rule: Rule, book: Phrasebook, case: _Case, block: int) -> str:
    """The first condition that fails."""
    text = case.document.blocks[block].text
    if rule.css and case.marked is not None and block not in case.marked:
        return "no selector in `css` finds its element"
    if rule.css and not rule.pattern and case.marked is None:
        return "a rule with `css` alone wants examples like { html = '…' }"
    needles = rule_needles(rule, book.lists(rule))
    found = [n.text for n in needles if n.text in literal(text)]
    if needles and not found:
        return "none of its literals or phrases occurs there: add to the word list or to `needs`"
    count = count_words(literal(text))
    if (rule.min_words or 0) > count or (rule.max_words is not None and count > rule.max_words):
        return f"it has {count:g} words: change `min_words` or `max_words`"
    if found and _pattern_fits(rule, book, text):
        return f"“{found[0]}” stands only inside a longer word there: write `{found[0]}*` in the list or in `needs`"
    return f"the pattern fails on “{collapse(seen(text))}”"


def _pattern_fits(rule: Rule, book: Phrasebook, text: str) -> bool:
    if not rule.pattern:
        return True
    return bool(compile_pattern(full_pattern(rule, book), rule).search(recode(collapse(seen(text)))))


def _place_of(file: RuleFile, rule: Rule, case: _Case) -> tuple[int, int]:
    """Line and column of the example, or of its key."""
    key = file.fault(rule, case.key, "", "")
    start = " ".join((case.example.html or case.example.text).split())[:24]
    starts = {start, start.replace('"', '\\"')} - {""}
    for number, text in enumerate(file.text.splitlines()[key.line - 1 :], key.line):
        if number > key.line and text.lstrip().startswith("[["):
            break
        for one in starts:
            if one in text:
                return number, text.index(one) + 1
    return key.line, key.column


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "…"


_PART = 12
"""Rules that are checked at a time."""


# --- files ----------------------------------------------------------------------------------------


class Sources(NamedTuple):
    """The files that could be read, and what is wrong with the others."""

    files: list[RuleFile]
    findings: list[Finding]


def read_sources(paths: Iterable[Path]) -> Sources:
    """Read every file, going on after one that is wrong."""
    files: list[RuleFile] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            files.append(read_file(path, path.stem))
        except RuleError as error:
            findings.append(of_error(error))
    return Sources(files, findings)


def is_for_site(path: Path) -> bool:
    """Whether a rule file is for one site alone."""
    return path.parent.name == "sites"


def layer_files(layer: Path) -> list[Path]:
    """All rule files of one layer, those of its sites last."""
    return [*rule_paths(layer), *sorted((layer / "sites").glob("*.toml"))]


def check_files(paths: Sequence[Path] = (), layers: Sequence[Path] = ()) -> list[Finding]:
    """Check the rules in `paths`, or all of the built-in rules and `layers`, with every layer's word lists."""
    everything = [path for layer in (builtin_directory(), *layers) for path in layer_files(layer)]
    sources = read_sources(dict.fromkeys(path.resolve() for path in [*everything, *paths]))
    chosen = {str(path.resolve()) for path in paths} or {str(path.resolve()) for path in everything}
    words = merge_words([file for file in sources.files if not is_for_site(file.path)])
    findings = [finding for finding in sources.findings if finding.file in chosen]
    files = [file for file in sources.files if str(file.path) in chosen]
    if not sources.findings:
        there = {rule.id for file in sources.files for rule in file.rules if not rule.off}
        findings += [finding for file in files for finding in _off_for_nothing(file, there)]
    parts = [part for file in files for part in _parts(file)]
    return sorted(findings + [finding for found in _on_all_cores(parts, words) for finding in found])


def _off_for_nothing(file: RuleFile, there: Collection[str]) -> Iterator[Finding]:
    """Rules that switch off what is not `there`."""
    fault, advice = "switches off a rule that is not there", "correct the id: see `cleaner rules list`"
    for rule in file.rules:
        if rule.off and rule.id not in there:
            yield of_error(file.fault(rule, "id", fault, advice))


def _parts(file: RuleFile) -> list[RuleFile]:
    """The file in pieces of a few rules."""
    rules = file.rules
    return [msgspec.structs.replace(file, rules=rules[n : n + _PART]) for n in range(0, len(rules), _PART)]


def _on_all_cores(parts: Sequence[RuleFile], words: WordLists) -> list[list[Finding]]:
    workers = min(len(parts) // 2, os.cpu_count() or 1)
    if workers < 2:
        book = Phrasebook(words)
        return [_check_part(part, book) for part in parts]
    with ProcessPoolExecutor(workers, initializer=_keep_words, initargs=(words,)) as pool:
        return list(pool.map(_check_in_worker, parts))


_worker: dict[str, Phrasebook] = {}


def _keep_words(words: WordLists) -> None:
    _worker["book"] = Phrasebook(words)


def _check_in_worker(part: RuleFile) -> list[Finding]:
    return _check_part(part, _worker["book"])


def _check_part(part: RuleFile, book: Phrasebook) -> list[Finding]:
    """Check the rules of one file, or some of them; a site's file alone sees its own word lists."""
    own = part.words and is_for_site(part.path)
    return check_file(part, Phrasebook(merge_words([part], book.words)) if own else book)


def check_file(file: RuleFile, book: Phrasebook) -> list[Finding]:
    """What is wrong with the rules of one file."""
    return [f for rule in file.rules if not rule.off for f in check_file_rule(rule, file, book)]


def check_file_rule(rule: WrittenRule, file: RuleFile, book: Phrasebook) -> list[Finding]:
    """What is wrong with one rule."""
    try:
        check_lists(rule, file, book, MAX_PATTERN)
        check_patterns([msgspec.structs.replace(file, rules=(rule,))], book)
    except RuleError as error:
        return [of_error(error)]
    return check_rule(rule, file, book)
