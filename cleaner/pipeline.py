"""The one way from a source to its story: read, parse, weigh, decide, render."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from cleaner.cleaned import Cleaned, replay
from cleaner.decide import Decision, decide
from cleaner.lexicon import lexicon
from cleaner.match import Hit, match_rules
from cleaner.model import Cut, Document, Evidence, Verdict
from cleaner.parse_text import parse_text
from cleaner.read import SourceKind, decode, sniff
from cleaner.rules import RuleSet, load_rules
from cleaner.scorecard import Scorecard, builtin_scorecard
from cleaner.view import View
from cleaner.weigh import Weights, rule_points


class Cleaner:
    """Rules, scorecard and policy, compiled once; safe to share between threads and to send to workers."""

    def __init__(
        self,
        policy: str = "core",
        rules: Sequence[str | Path] = (),
        sites: str | Path | None = None,
        scorecard: Scorecard | None = None,
    ) -> None:
        self.policy = policy
        self.rules: RuleSet = load_rules(*[Path(directory) for directory in rules])
        self.scorecard = scorecard or builtin_scorecard()
        self.lexicon = lexicon()

    def clean(
        self, source: str | bytes, kind: SourceKind | None = None, url: str | None = None, site: str | None = None
    ) -> Cleaned:
        """Find the story in one source."""
        text = decode(source)[0] if isinstance(source, bytes) else source
        document = parse(text, kind or sniff(text))
        if not document.blocks:
            return Cleaned(document.text, None, {}, (), document.text, "no-story", (), "there is no text in it")
        view, hits = self.look(document, url, site)
        card = self.scorecard.text if document.markup is None else self.scorecard.page
        weights = Weights(view, card)
        return self._render(document, view, weights, decide(view, weights, hits))

    def look(self, document: Document, url: str | None = None, site: str | None = None) -> tuple[View, list[Hit]]:
        """A document as the signals see it, and what the rules find in it."""
        view = View(document, self.lexicon, self.scorecard.names)
        language = document.language or (
            None if view.language is None else self.lexicon.languages[view.language]
        )
        hits = match_rules(
            self.rules, document, view.facts.folded, language=language, site=site, url=url, words=view.words
        )
        view.rule_points = rule_points(hits, view.size)
        return view, hits

    def _render(self, document: Document, view: View, weights: Weights, decision: Decision) -> Cleaned:
        verdicts = tuple(
            [self._verdict(document, weights, decision, index) for index in range(len(document.blocks))]
        )
        headline = None if decision.headline is None else document.blocks[decision.headline].text
        body = document.text if decision.refused else replay(document.text, verdicts)
        page = "no-story" if decision.refused else "story"
        return Cleaned(body, headline, {}, verdicts, document.text, page, (), decision.refused)

    def _verdict(self, document: Document, weights: Weights, decision: Decision, index: int) -> Verdict:
        block = document.blocks[index]
        kept = bool(decision.kept[index])
        evidence: tuple[Evidence, ...] = tuple(
            Evidence(f"rule:{hit.rule.id}", hit.rule.weight or 0.0) for hit in decision.rules.get(index, ())
        )
        if not kept and not evidence:
            evidence = tuple(Evidence(name, points) for name, points in weights.evidence(index))
        cuts = tuple(
            Cut(hit.start, hit.end, "", hit.rule.class_ or "", (Evidence(f"rule:{hit.rule.id}", 0.0),))
            for hit in sorted(decision.cuts.get(index, ()), key=lambda found: found.start)
            if kept
        )
        return Verdict(
            decision.label[index], kept, block.start, block.end, float(decision.points[index]), evidence, cuts
        )


def parse(text: str, kind: SourceKind) -> Document:
    """Cut a source into blocks."""
    if kind == "html":
        from cleaner.parse_html import parse_html

        return parse_html(text)
    return parse_text(text)


def clean(
    source: str | bytes, kind: SourceKind | None = None, url: str | None = None, site: str | None = None
) -> Cleaned:
    """Clean one source with the default rules and policy."""
    return Cleaner().clean(source, kind, url, site)
