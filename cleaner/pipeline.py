"""The one way from a source to its story: read, parse, weigh, decide, render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import numpy as np

from cleaner.cleaned import Cleaned, Verdicts, assemble
from cleaner.decide.decision import Decision
from cleaner.decide.settle import is_settled
from cleaner.decide.steps import decide
from cleaner.model import Document, Evidence, Verdict
from cleaner.parse.guard import Bomb
from cleaner.parse.notes import Notes
from cleaner.parse.read import SourceKind, as_utf8, decode, sniff
from cleaner.parse.selectors import Selectors
from cleaner.parse.text import parse_text
from cleaner.policy import Policy
from cleaner.rules.match import Hit, match_rules
from cleaner.rules.ruleset import Rule, RuleSet, load_rules
from cleaner.weigh.lexicon import lexicon
from cleaner.weigh.notices import of_notices, with_wording
from cleaner.weigh.scorecard import Scorecard, builtin_scorecard
from cleaner.weigh.view import View
from cleaner.weigh.weights import Weights, is_suspect, rule_points, worth

if TYPE_CHECKING:
    from cleaner.sites.memory import SiteMemory

_ROUNDS = 8
_BEGINNING = 600
"""Characters up to which what a page shows may be no more than the story's beginning."""
_FAR_MORE = 3
"""Times that the carried text must be as long as the shown one."""
_LEAST_CARRIED = 400
_TEMPLATE = Rule(id="template.site", class_="template", why="The line recurs across documents of its site.")


class Cleaner:
    """Rules, scorecard and policy, compiled once; safe to share between threads and to send to workers.

    `policy` is a preset's name, or choices by class on top of `core`; `rules` are folders of rules that come after
    the built-in ones; `sites` is the file of a site memory.
    Raises `RuleError` for a rule file that is wrong and `ValueError` for an unknown policy.
    """

    def __init__(
        self,
        policy: str | Mapping[str, str] | Policy = "core",
        rules: Sequence[str | Path] = (),
        sites: str | Path | None = None,
        scorecard: Scorecard | None = None,
    ) -> None:
        self.policy = _policy(policy)
        self.rules: RuleSet = load_rules(*[Path(directory) for directory in rules])
        self.scorecard = scorecard or builtin_scorecard()
        self.lexicon = lexicon()
        self.memory: SiteMemory | None = None
        if sites:
            from cleaner.sites.memory import SiteMemory

            self.memory = SiteMemory(sites)

    def clean(
        self,
        source: str | bytes,
        kind: SourceKind | None = None,
        url: str | None = None,
        site: str | None = None,
    ) -> Cleaned:
        """Find the story in one source.

        `source` is a page or a plain text; bytes are decoded first. `kind` is sniffed where it is not given. `url`
        and `site` (a domain; taken from `url` where absent) choose the rules that are for one site.
        Raises `NotText` for bytes that are no text in any encoding.
        """
        text, raw = _read(source)
        kind = kind or sniff(text)
        site = site or (urlsplit(url).hostname if url else None)
        try:
            document = parse(text, kind, self.rules.selectors(site) if kind == "html" else None, raw)
        except Bomb as fault:
            return _refused(text, str(fault))
        page = text if kind == "html" else None
        if not document.blocks and page is None:
            return _refused(document.text, "there is no text in it")
        shown = self._clean(document, page, url, site) if document.blocks else None
        carried = None if page is None else _carried(document, page, shown)
        if carried is not None:
            found = self._clean(carried, page, url, site)
            if found.refused is None:
                return found
        return shown or _refused(document.text, "there is no text in it")

    def _clean(self, document: Document, page: str | None, url: str | None, site: str | None) -> Cleaned:
        view, hits = self.look(document, url, site)
        weights = self._weigh(view, hits)
        decision = decide(view, weights, with_wording(view, hits), self.policy)
        self._settle(view, decision, site)
        return self._render(view, weights, decision, page, url)

    def _weigh(self, view: View, hits: Sequence[Hit]) -> Weights:
        card = self.scorecard.text if view.structure is None else self.scorecard.page
        return Weights(view, card, suspect=is_suspect(view, hits))

    def look(self, document: Document, url: str | None = None, site: str | None = None) -> tuple[View, list[Hit]]:
        """A document as the signals see it, and what the rules find in it."""
        view = View(document, self.lexicon, self.scorecard.names, self.scorecard.wording)
        hits = match_rules(
            self.rules,
            document,
            view.facts.folded,
            language=self.language(view),
            site=site,
            url=url,
            words=view.words,
        )
        hits = of_notices(view, hits)
        view.rule_points = rule_points(hits, view.size)
        return view, hits if self.memory is None else self._recalled(self.memory, site, document, hits)

    def _recalled(self, memory: SiteMemory, site: str | None, document: Document, hits: list[Hit]) -> list[Hit]:
        """The hits of rules, and hits for the lines that are the site's template; a line that a rule names is left."""
        named = {hit.block for hit in hits if hit.rule.action != "cut"}
        found = [
            Hit(block, _TEMPLATE, document.blocks[block].start, document.blocks[block].end)
            for block, _ in memory.recurring(site, document)
            if block not in named
        ]
        return sorted([*hits, *found], key=lambda hit: hit.block)

    def _settle(self, view: View, decision: Decision, site: str | None) -> None:
        """Look at what is left as the text it will be, until nothing more would go: cleaning is idempotent."""
        for _ in range(_ROUNDS):
            if decision.refused is not None or self._is_settled(view, decision, site):
                return
            if not self._look_again(view, decision, site):
                return
            decision.name_tail()

    def _is_settled(self, view: View, decision: Decision, site: str | None) -> bool:
        return self.memory is None and is_settled(view, decision, self.rules, self.language(view), site)

    def _look_again(self, view: View, decision: Decision, site: str | None) -> bool:
        blocks = view.document.blocks
        order = [index for index in range(view.size) if decision.kept[index]]
        if decision.headline is not None:
            order.insert(0, decision.headline)
        lines = [_line(view.document, decision, index) for index in order]
        if decision.headline is not None:
            lines[0] = lines[0].replace("\n", " ")
        document = parse_text(_joined(lines, headed=decision.headline is not None))
        if not document.blocks or (
            view.structure is None and [block.text for block in document.blocks] == [block.text for block in blocks]
        ):
            return False
        left, hits = self.look(document, site=site)
        after = decide(left, self._weigh(left, hits), with_wording(left, hits), self.policy)
        if after.refused is not None:
            return False
        starts = np.cumsum([0] + [len(line) + 1 for line in lines])
        starts[1:] += decision.headline is not None
        gone = False
        for number, block in enumerate(document.blocks):
            if after.kept[number] or number == after.headline:
                continue
            index = order[int(np.searchsorted(starts, block.start, side="right")) - 1]
            if "\n" in blocks[index].text and len(block.text) < len(blocks[index].text) // 2:
                gone |= decision.cut_line(view, index, block.text, after.label[number])
                continue
            decision.give_up(index, after.label[number], after.rules.get(number, []))
            gone = True
        return gone

    def language(self, view: View) -> str | None:
        """The language a document declares, else the one whose function words it uses."""
        if view.document.language is not None:
            return view.document.language
        return None if view.language is None else self.lexicon.languages[view.language]

    def _render(self, view: View, weights: Weights, decision: Decision, page: str | None, url: str | None) -> Cleaned:
        document = view.document
        kept = [
            (block.start, block.end, decision.cuts.get(index, ()))
            for index, block in enumerate(document.blocks)
            if decision.kept[index]
        ]
        lines: dict[str, list[str]] = {}
        for index in decision.noted:
            lines.setdefault(decision.label[index], []).append(document.blocks[index].text)
        notes = {label: "\n".join(found) for label, found in lines.items()}
        language = self.language(view)
        if language is not None:
            notes["language"] = language
        headline = marked = None
        if decision.headline is not None:
            block = document.blocks[decision.headline]
            headline = block.text.replace("\n", " ")
            if document.text[block.start : block.end] != block.text:
                headline, marked = " ".join(headline.split()), _line(document, decision, decision.headline)
        return Cleaned(
            body=assemble(document.text, kept),
            headline=headline,
            metadata=Notes(notes, page, url),
            verdicts=Verdicts(lambda: _verdicts(document, weights, decision)),
            source=document.text,
            page="story" if decision.refused is None else "no-story",
            flags=decision.flags,
            refused=decision.refused,
            marked_headline=marked,
        )


def _policy(policy: str | Mapping[str, str] | Policy) -> Policy:
    if isinstance(policy, Policy):
        return policy
    return Policy(policy) if isinstance(policy, str) else Policy("core", policy)


def _refused(text: str, reason: str) -> Cleaned:
    """A source with nothing to decide on, kept as it was."""
    verdicts = (Verdict(label="story", kept=True, start=0, end=len(text), points=0.0),) if text else ()
    return Cleaned(text, None, {}, verdicts, text, "no-story", (), reason)


def _line(document: Document, decision: Decision, index: int) -> str:
    block = document.blocks[index]
    cuts = decision.cuts.get(index, ()) if decision.kept[index] else ()
    return assemble(document.text, [(block.start, block.end, cuts)])


def _joined(lines: Sequence[str], *, headed: bool) -> str:
    return "\n\n".join((lines[0], "\n".join(lines[1:]))) if headed and len(lines) > 1 else "\n".join(lines)


def _verdicts(document: Document, weights: Weights, decision: Decision) -> tuple[Verdict, ...]:
    signals = weights.evidence()
    return tuple([_verdict(document, decision, index, signals[index]) for index in range(len(document.blocks))])


def _verdict(document: Document, decision: Decision, index: int, signals: tuple[Evidence, ...]) -> Verdict:
    """The verdict on one block; `signals` are those that weighed most."""
    block = document.blocks[index]
    kept = bool(decision.kept[index])
    evidence = tuple([_evidence(hit.rule) for hit in decision.rules.get(index, ())])
    reason = decision.reason.get(index)
    if reason is None and not kept and not decision.noise[index]:
        reason = "policy"
    if reason is not None:
        evidence += (Evidence(f"step:{reason}", 0.0),)
    cuts = tuple(decision.cuts.get(index, ())) if kept else ()
    points = round(float(decision.points[index]), 2)
    return Verdict(decision.label[index], kept, block.start, block.end, points, evidence + signals, cuts)


def _evidence(rule: Rule) -> Evidence:
    return Evidence(rule.id if ":" in rule.id else f"rule:{rule.id}", worth(rule))


def _read(source: str | bytes) -> tuple[str, bytes | None]:
    """The source's text, and its UTF-8 where that is at hand."""
    if isinstance(source, str):
        return source, None
    text = as_utf8(source)
    return (decode(source)[0], None) if text is None else (text, source)


def parse(text: str, kind: SourceKind, selectors: Selectors | None = None, raw: bytes | None = None) -> Document:
    """Cut a source into blocks; on a page, find those in elements that `selectors` ask for.

    `raw` is the text in UTF-8, where it is at hand.
    """
    if kind == "html":
        from cleaner.parse.html import parse_html

        return parse_html(text if raw is None else raw, selectors)
    return parse_text(text)


def _carried(document: Document, page: str, shown: Cleaned | None) -> Document | None:
    """The article text that a page carries as data, where the page itself shows no story or only its beginning."""
    told = 0 if shown is None or shown.refused is not None else len(shown.body)
    if told > _BEGINNING and len(document.article or "") < _FAR_MORE * told:
        return None
    article = document.article
    if article is None and told == 0:
        from cleaner.parse.hydration import hydration_text_of

        article = hydration_text_of(page)
    if article is None or len(article) < max(_LEAST_CARRIED, _FAR_MORE * told):
        return None
    if shown is not None and shown.headline and shown.headline not in article:
        article = f"{shown.headline}\n\n{article}"
    return msgspec.structs.replace(
        parse_text(article),
        headlines=document.headlines,
        language=document.language,
        paywalled=document.paywalled,
        live=document.live,
    )


def clean(
    source: str | bytes, kind: SourceKind | None = None, url: str | None = None, site: str | None = None
) -> Cleaned:
    """Clean one source with the default rules and policy."""
    return Cleaner().clean(source, kind, url, site)
