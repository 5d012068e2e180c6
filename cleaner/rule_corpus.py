"""What rules do in labelled documents: what each fires on, what it would take from stories, and what it adds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from cleaner.align import label_blocks
from cleaner.facts import Facts
from cleaner.gold import Case, read_gold
from cleaner.match import Hit, applies, match_rules
from cleaner.model import Document
from cleaner.parse_html import parse_html
from cleaner.parse_text import parse_text
from cleaner.read import decode
from cleaner.rule_files import Rule
from cleaner.rule_text import collapse, seen
from cleaner.rules import RuleSet
from cleaner.select import Selectors

WIDE = 0.05
"""Share of all blocks above which a rule fires too widely."""
_SHOWN = 5


class Taken(msgspec.Struct, frozen=True):
    """Something of a story that a rule would take."""

    case: str
    text: str


class Use(msgspec.Struct, frozen=True):
    """What one rule does in the corpus; counts are blocks."""

    rule: Rule
    fired: int
    right: int
    """Labelled with the rule's own class."""
    documents: int
    alone: int
    """Hit by no other rule that is as certain."""
    share: float
    """Of all blocks in the corpus."""
    taken: tuple[Taken, ...]

    @property
    def dead(self) -> bool:
        return self.fired == 0

    @property
    def redundant(self) -> bool:
        """Another rule makes each of its hits."""
        return self.rule.action == "drop" and self.rule.weight is None and self.fired > 0 and self.alone == 0

    @property
    def wide(self) -> bool:
        return self.share > WIDE


class _Labelled(NamedTuple):
    """A case as a document, with what is known of its blocks."""

    name: str
    source: str
    document: Document
    classes: list[str | None]
    places: list[str]
    spans: tuple[str, ...]
    """Noise, also such as is glued to a sentence."""


def check_against_corpus(rules: RuleSet, corpus: Path) -> list[Use]:
    """What each rule does in the documents of `corpus`, in the order of the rules."""
    cases = [_labelled(case, rules.selectors()) for gold in read_gold(corpus) for case in gold.cases]
    hits: dict[str, list[tuple[int, Hit]]] = defaultdict(list)
    sure: dict[tuple[int, int], int] = defaultdict(int)
    for number, case in enumerate(cases):
        for hit in case_hits(rules, case):
            hits[hit.rule.id].append((number, hit))
            sure[number, hit.block] += hit.rule.action == "drop" and hit.rule.weight is None
    blocks = max(1, sum(len(case.document.blocks) for case in cases))
    return [_use(rule, hits[rule.id], cases, sure, blocks) for rule in rules]


def case_hits(rules: RuleSet, case: _Labelled) -> list[Hit]:
    """The hits in a case; what only a decision knows is taken from the labels."""
    document = case.document
    facts = Facts(document)
    found = match_rules(
        rules,
        document,
        facts.folded,
        language=document.language,
        words=facts.word_count,
    )
    return [hit for hit in found if applies(hit, case.classes[: hit.block], case.places[hit.block])]


def _labelled(case: Case, selectors: Selectors) -> _Labelled:
    raw = case.read()
    source = decode(raw)[0] if isinstance(raw, bytes) else raw
    document = parse_html(source, selectors) if case.kind == "html" else parse_text(source)
    texts = [collapse(seen(block.text)) for block in document.blocks]
    story = label_blocks([block.text for block in document.blocks], case.body or "")
    noise = {collapse(seen(text)): name for name, text in reversed(case.noise)}
    headline = collapse(seen(case.headline or ""))
    classes: list[str | None] = []
    for text, is_story in zip(texts, story, strict=True):
        known = "headline" if text == headline and "headline" not in classes else noise.get(text)
        classes.append(known or ("story" if is_story else None))
    return _Labelled(case.name, source, document, classes, _places(classes), tuple(noise))


def _places(classes: Sequence[str | None]) -> list[str]:
    """Where each block stands: before, inside or after the story."""
    story = [index for index, name in enumerate(classes) if name == "story"]
    first, last = (story[0], story[-1]) if story else (len(classes), len(classes))
    return ["before" if n < first else "after" if n > last else "inside" for n in range(len(classes))]


def _use(
    rule: Rule,
    hits: Sequence[tuple[int, Hit]],
    cases: Sequence[_Labelled],
    sure: dict[tuple[int, int], int],
    blocks: int,
) -> Use:
    places = {(number, hit.block) for number, hit in hits}
    return Use(
        rule,
        len(places),
        sum(cases[number].classes[block] == rule.class_ for number, block in places),
        len({number for number, _ in places}),
        sum(sure[place] < 2 for place in places),
        len(places) / blocks,
        tuple(_taken(rule, hits, cases)),
    )


def _taken(rule: Rule, hits: Iterable[tuple[int, Hit]], cases: Sequence[_Labelled]) -> list[Taken]:
    """What a rule that is certain takes from stories and headlines."""
    if rule.weight is not None or rule.action in ("keep", "body"):
        return []
    found: list[Taken] = []
    for number, hit in hits:
        case = cases[number]
        text = case.document.text[hit.start : hit.end]
        if case.classes[hit.block] in ("story", "headline") and not _is_noise(text, case.spans):
            found.append(Taken(case.name, text))
    return found


def _is_noise(text: str, spans: Iterable[str]) -> bool:
    """Whether a cut span is noise that is glued to a sentence."""
    plain = collapse(seen(text))
    return any(plain in span or span in plain for span in spans if span)


# --- what to say of it ----------------------------------------------------------------------------


def harms(uses: Iterable[Use]) -> list[tuple[Rule, str, str]]:
    """Rules that take from stories, with what they take and what to do."""
    found = []
    for use in uses:
        if use.taken:
            shown = "; ".join(f"{one.case}: “{_short(one.text)}”" for one in use.taken[:_SHOWN])
            more = f" and {len(use.taken) - _SHOWN} more" if len(use.taken) > _SHOWN else ""
            fault = f"takes from {len(use.taken)} story blocks: {shown}{more}"
            found.append((use.rule, fault, "make the line a `spare` example and anchor, bound or weigh the rule"))
    return found


def notes(uses: Iterable[Use]) -> list[tuple[Rule, str, str]]:
    """Rules that are of no or too much use."""
    found = []
    for use in uses:
        if use.dead:
            found.append((use.rule, "never fires in the corpus", "add a document that needs it, or remove it"))
        elif use.redundant:
            found.append((use.rule, f"other rules make all of its {use.fired} hits", "remove it, or join them"))
        if use.wide:
            fault = f"fires on {use.share:.0%} of all blocks"
            found.append((use.rule, fault, "bound it with `max_words`, `kinds` or `place`"))
    return found


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "…"


def render_uses(uses: Iterable[Use]) -> str:
    """A table: what each rule fires on."""
    lines = [f"{'rule':32} {'blocks':>7} {'own':>5} {'docs':>5} {'alone':>6} {'story':>6}"]
    for use in uses:
        numbers = f"{use.fired:7} {use.right:5} {use.documents:5} {use.alone:6} {len(use.taken):6}"
        lines.append(f"{use.rule.id:32} {numbers}")
    return "\n".join(lines) + "\n"
