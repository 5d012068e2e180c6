"""Proof for rules: each against its own examples through the real engine, then all against the corpus."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from cleaner.facts import fold
from cleaner.match import Hit, applies, match_rules
from cleaner.model import Block, Document, Kind
from cleaner.parse_html import parse_html
from cleaner.rule_alphabet import recode
from cleaner.rule_compile import (
    Phrasebook,
    check_lists,
    check_patterns,
    compile_pattern,
    compile_rules,
    full_pattern,
    rule_needles,
)
from cleaner.rule_files import (
    MAX_PATTERN,
    Example,
    Rule,
    RuleError,
    RuleFile,
    WordLists,
    WrittenRule,
    engine_rule,
    merge_words,
    read_file,
)
from cleaner.rule_text import collapse, literal, seen
from cleaner.rule_view import count_words
from cleaner.rules import RuleSet, builtin_directory, rule_paths
from cleaner.select import Selectors


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something wrong with a rule: where, what, and what to do."""

    file: str
    line: int
    rule: str
    fault: str
    advice: str


def render(findings: Iterable[Finding]) -> str:
    """One line a finding: `file:line: rule: fault; advice`."""
    return "".join(f"{f.file}:{f.line}: {f.rule + ': ' if f.rule else ''}{f.fault}; {f.advice}\n" for f in findings)


# --- one rule, its examples -----------------------------------------------------------------------


class _Case(NamedTuple):
    """An example made into a document."""

    example: Example
    document: Document
    marked: tuple[int, ...] | None
    """Blocks inside the rule's elements; None where the example is no page."""
    asked: tuple[int, ...]
    """The blocks that the example is about."""


def check_rule(written: WrittenRule, file: RuleFile, book: Phrasebook) -> list[Finding]:
    """What the rule's own examples say against it."""
    rules = RuleSet(compile_rules((engine_rule(written),), book))
    found: list[Finding] = []
    for key in ("match", "spare", "misses"):
        for raw in getattr(written, key):
            example = Example(text=raw) if isinstance(raw, str) else raw
            problem = _problem(rules, key, _case(written, example), book)
            if problem:
                line = _line_of(file, written, key, example)
                found.append(Finding(str(file.path), line, written.id, *problem))
    return found


def _problem(rules: RuleSet, key: str, case: _Case, book: Phrasebook) -> tuple[str, str] | None:
    rule = rules.rules[0]
    shown = f"“{_short(case.example.html or case.example.text)}”"
    if not case.asked:
        return f"`{key}` example {shown} has no text", "write the line, or HTML with text in it"
    hits = example_hits(rules, case, book)
    blocks = {hit.block for hit in hits}
    if key == "match":
        missed = [block for block in case.asked if block not in blocks]
        if missed:
            return f"`match` example {shown} is not hit", _why_not(rule, book, case, missed[0])
        return _wrong_rest(rule, case, hits)
    if blocks.isdisjoint(case.asked):
        return None
    if key == "misses":
        return f"`misses` example {shown} is hit now", "move it to `match`"
    taken = " … ".join(_short(case.document.text[hit.start : hit.end]) for hit in hits if hit.block in case.asked)
    return (
        f"`spare` example {shown} is hit (“{taken}”)",
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


def example_hits(rules: RuleSet, case: _Case, book: Phrasebook) -> list[Hit]:
    """The hits of a set of one rule on an example.

    What the example leaves open is taken as the rule wants it (place, class of the block before, language,
    site, address), so that a `spare` example is spared by the words alone.
    """
    rule, example = rules.rules[0], case.example
    if (rule.url and example.url is None) or (rule.css and case.marked is None and rule.pattern):
        rule = msgspec.structs.replace(rule, url=None if example.url is None else rule.url, css=())
        rules = RuleSet(compile_rules((rule,), book))
    hits = match_rules(
        rules,
        case.document,
        fold(case.document.text),
        language=example.language or (rule.language[0] if rule.language else None),
        site=example.site or (rule.site[0] if rule.site else None),
        url=example.url,
    )
    before = example.class_ or (rule.follows[0] if rule.follows else None)
    return [hit for hit in hits if applies(hit, [before], example.place or rule.place)]


def _case(rule: Rule, example: Example) -> _Case:
    if example.html is not None:
        selectors = Selectors((selector, rule.id) for selector in rule.css)
        document = parse_html(f"<!doctype html><body>{example.html}</body>", selectors)
        marked = tuple(block for block, _ in document.marked)
        return _Case(example, document, marked, tuple(range(len(document.blocks))))
    texts = [example.after] if example.after else []
    lead = len(texts)
    texts += [example.text] * rule.run
    blocks: list[Block] = []
    position = 0
    for text in texts:
        kind: Kind = "paragraph" if len(blocks) < lead else _kind(rule, example)
        blocks.append(Block(text, kind, position, position + len(text)))
        position += len(text) + 1
    asked = (lead,) if example.text.strip() else ()
    return _Case(example, Document("\n".join(texts), tuple(blocks)), None, asked)


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


def _line_of(file: RuleFile, rule: Rule, key: str, example: Example) -> int:
    """The line of the example, or of its key."""
    line = file.fault(rule, key, "", "").line
    start = " ".join((example.html or example.text).split())[:24].replace('"', '\\"')
    for number, text in enumerate(file.text.splitlines()[line - 1 :], line):
        if number > line and text.lstrip().startswith("[["):
            break
        if start and (start in text or start.replace('\\"', '"') in text):
            return number
    return line


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
            findings.append(_of_error(error))
    return Sources(files, findings)


def _of_error(error: RuleError) -> Finding:
    return Finding(error.path, error.line, "", error.fault, error.advice)


def check_files(paths: Sequence[Path] = (), layers: Sequence[Path] = ()) -> list[Finding]:
    """Check the rules in `paths`, or all of the built-in rules and `layers`, with every layer's word lists."""
    everything = [path for layer in (builtin_directory(), *layers) for path in rule_paths(layer)]
    sources = read_sources(dict.fromkeys(path.resolve() for path in [*everything, *paths]))
    chosen = {str(path.resolve()) for path in paths} or {str(path.resolve()) for path in everything}
    words = merge_words(sources.files)
    findings = [finding for finding in sources.findings if finding.file in chosen]
    parts = [part for file in sources.files if str(file.path) in chosen for part in _parts(file)]
    return sorted(findings + [finding for found in _on_all_cores(parts, words) for finding in found])


def _parts(file: RuleFile) -> list[RuleFile]:
    """The file in pieces of a few rules."""
    rules = file.rules
    return [msgspec.structs.replace(file, rules=rules[n : n + _PART]) for n in range(0, len(rules), _PART)]


def _on_all_cores(parts: Sequence[RuleFile], words: WordLists) -> list[list[Finding]]:
    workers = min(len(parts) // 2, os.cpu_count() or 1)
    if workers < 2:
        book = Phrasebook(words)
        return [check_file(part, book) for part in parts]
    with ProcessPoolExecutor(workers, initializer=_keep_words, initargs=(words,)) as pool:
        return list(pool.map(_check_part, parts))


_worker: dict[str, Phrasebook] = {}


def _keep_words(words: WordLists) -> None:
    _worker["book"] = Phrasebook(words)


def _check_part(part: RuleFile) -> list[Finding]:
    return check_file(part, _worker["book"])


def check_file(file: RuleFile, book: Phrasebook) -> list[Finding]:
    """What is wrong with the rules of one file."""
    return [f for rule in file.rules if not rule.off for f in check_file_rule(rule, file, book)]


def check_file_rule(rule: WrittenRule, file: RuleFile, book: Phrasebook) -> list[Finding]:
    """What is wrong with one rule."""
    try:
        check_lists(rule, file, book, MAX_PATTERN)
        check_patterns([msgspec.structs.replace(file, rules=(rule,))], book)
    except RuleError as error:
        return [_of_error(error)]
    return check_rule(rule, file, book)


def corpus_findings(rules: RuleSet, corpus: Path) -> list[Finding]:
    """What the rules would take from the stories of the corpus."""
    from cleaner.rule_corpus import check_against_corpus, harms

    uses = check_against_corpus(rules, corpus)
    return [Finding(rule.file, rule.line, rule.id, fault, advice) for rule, fault, advice in harms(uses)]


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files named, or all rules; 1 when something is wrong."""
    paths = [Path(name) for name in (sys.argv[1:] if argv is None else argv)]
    findings = check_files(paths)
    sys.stdout.write(render(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
