"""What rules do in labelled documents: what each fires on, what it takes from stories, and what it adds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from cleaner.cleaned import Cleaned
from cleaner.facts import Facts
from cleaner.faults import of_system, shown
from cleaner.fitting.align import label_blocks
from cleaner.fitting.gold import Case, GoldError, GoldSet
from cleaner.model import Document
from cleaner.parse.html import parse_html
from cleaner.parse.read import NotText, decode
from cleaner.parse.selectors import Selectors
from cleaner.parse.text import parse_text
from cleaner.pipeline import Cleaner
from cleaner.rules.compile import PatternError, join_layers
from cleaner.rules.files import Rule, RuleError, RuleFile, merge_words, read_text
from cleaner.rules.match import Hit, applies, is_certain, match_rules
from cleaner.rules.ruleset import RuleSet, builtin_directory, load_rules, read_layers
from cleaner.rules.text import collapse, seen
from cleaner.workbench.check import Finding, is_for_site, of_error, read_sources

WIDE = 0.05
"""Share of all blocks above which a rule fires too widely."""
_SHOWN = 5


class Taken(msgspec.Struct, frozen=True):
    """Something of a story that a rule by itself takes."""

    case: str
    text: str
    kept: bool
    """The whole cleaner keeps it all the same."""


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
        """It never fires; what is for some sites or addresses only is not expected to."""
        return self.fired == 0 and not self.rule.site and not self.rule.url

    @property
    def redundant(self) -> bool:
        """Another rule makes each of its hits."""
        return is_certain(self.rule) and self.fired > 0 and self.alone == 0

    @property
    def wide(self) -> bool:
        return self.share > WIDE


class _Labelled(NamedTuple):
    """A case as a document, with what is known of its blocks."""

    case: Case
    source: str
    document: Document
    classes: list[str | None]
    places: list[str]
    spans: tuple[str, ...]
    """Noise, also such as is glued to a sentence."""


def check_against_corpus(
    rules: RuleSet,
    corpus: Sequence[GoldSet],
    whole: Callable[[], RuleSet] | None = None,
    beside: Callable[[], RuleSet] | None = None,
) -> list[Use]:
    """What each of `rules` does in the documents of `corpus`, in their order.

    `whole` makes the rules that the whole cleaner has (default: these), `beside` those that may make a rule
    redundant (default: only these); they are made where they are needed.
    Raises `GoldError` or a `Fault` for a document that cannot be read.
    """
    cases = [_labelled(case, rules.selectors()) for gold in corpus for case in gold.cases]
    found = [(number, hit) for number, case in enumerate(cases) for hit in case_hits(rules, case)]
    sure = Counter((number, hit.block) for number, hit in found if is_certain(hit.rule))
    if found and beside:
        sure += _sure_beside(rules, beside(), {number: cases[number] for number, _ in found})
    hits: dict[str, list[tuple[int, Hit]]] = defaultdict(list)
    for number, hit in found:
        hits[hit.rule.id].append((number, hit))
    cleaning = _Cleaning(whole or (lambda: rules))
    blocks = max(1, sum(len(case.document.blocks) for case in cases))
    return [_use(rule, hits[rule.id], cases, sure, blocks, cleaning) for rule in rules]


def _sure_beside(rules: RuleSet, beside: RuleSet, cases: dict[int, _Labelled]) -> Counter[tuple[int, int]]:
    """How often other rules that are certain hit each block, by the case's number and the block's."""
    return Counter(
        (number, hit.block)
        for number, case in cases.items()
        for hit in case_hits(beside, _labelled(case.case, beside.selectors()))
        if is_certain(hit.rule) and hit.rule.id not in rules.by_id
    )


def case_hits(rules: RuleSet, case: _Labelled) -> list[Hit]:
    """The hits in a case; what only a decision knows is taken from the labels."""
    document = case.document
    facts = Facts(document)
    found = match_rules(
        rules,
        document,
        facts.folded,
        language=document.language,
        site=case.case.site,
        url=case.case.url,
        words=facts.word_count,
    )
    return [hit for hit in found if applies(hit, case.classes[: hit.block], case.places[hit.block])]


def _labelled(case: Case, selectors: Selectors) -> _Labelled:
    source = _source(case)
    document = parse_html(source, selectors) if case.kind == "html" else parse_text(source)
    texts = [collapse(seen(block.text)) for block in document.blocks]
    story = label_blocks([block.text for block in document.blocks], case.body or "")
    noise = {collapse(seen(text)): name for name, text in reversed(case.noise)}
    headline = collapse(seen(case.headline or ""))
    classes: list[str | None] = []
    for text, is_story in zip(texts, story, strict=True):
        known = "headline" if text == headline and "headline" not in classes else noise.get(text)
        classes.append(known or ("story" if is_story else None))
    return _Labelled(case, source, document, classes, _places(classes), tuple(noise))


def _source(case: Case) -> str:
    try:
        raw = case.read()
        return decode(raw)[0] if isinstance(raw, bytes) else raw
    except OSError as error:
        raise of_system(str(case.source), error) from None
    except NotText as error:
        raise GoldError(str(case.source), str(error), "give a page or a text") from None


def _places(classes: Sequence[str | None]) -> list[str]:
    """Where each block stands: before, inside or after the story."""
    story = [index for index, name in enumerate(classes) if name == "story"]
    first, last = (story[0], story[-1]) if story else (len(classes), len(classes))
    return ["before" if n < first else "after" if n > last else "inside" for n in range(len(classes))]


def _use(
    rule: Rule,
    hits: Sequence[tuple[int, Hit]],
    cases: Sequence[_Labelled],
    sure: Counter[tuple[int, int]],
    blocks: int,
    cleaning: _Cleaning,
) -> Use:
    places = {(number, hit.block) for number, hit in hits}
    return Use(
        rule,
        len(places),
        sum(cases[number].classes[block] == rule.class_ for number, block in places),
        len({number for number, _ in places}),
        sum(sure[place] < 2 for place in places),
        len(places) / blocks,
        tuple(_taken(rule, [(cases[number], hit) for number, hit in hits], cleaning)),
    )


def _taken(rule: Rule, hits: Iterable[tuple[_Labelled, Hit]], cleaning: _Cleaning) -> list[Taken]:
    """What a rule that is certain takes from stories and headlines."""
    if rule.weight is not None or rule.action in ("keep", "body"):
        return []
    return [
        Taken(case.case.name, text, cleaning.keeps(case, rule, text))
        for case, hit in hits
        for text in [case.document.text[hit.start : hit.end]]
        if case.case.body and case.classes[hit.block] in ("story", "headline") and not _is_noise(text, case.spans)
    ]


def _is_noise(text: str, spans: Iterable[str]) -> bool:
    """Whether a cut span is noise that is glued to a sentence."""
    plain = collapse(seen(text))
    return any(plain in span or span in plain for span in spans if span)


class _Cleaning:
    """What the whole cleaner makes of cases, found out when asked: sentences amid a story may outrank a rule."""

    def __init__(self, rules: Callable[[], RuleSet]) -> None:
        self._rules = rules
        self._cleaned: dict[Case, Cleaned] = {}

    @cached_property
    def _cleaner(self) -> Cleaner:
        cleaner = Cleaner()
        cleaner.rules = self._rules()
        return cleaner

    def keeps(self, case: _Labelled, rule: Rule, text: str) -> bool:
        """Whether a story's text is not removed on account of `rule`; refusing a story removes all of it."""
        cleaned = self._cleaned.get(case.case)
        if cleaned is None:
            cleaned = self._cleaner.clean(case.source, case.case.kind, case.case.url, case.case.site)
            self._cleaned[case.case] = cleaned
        lost = [gone for gone in cleaned.removed if any(one.name == f"rule:{rule.id}" for one in gone.evidence)]
        return cleaned.refused is None and not any(_bare(text) in _bare(gone.text) for gone in lost)


def _bare(text: str) -> str:
    """The text without white space, which parsers may treat differently."""
    return "".join(text.split())


# --- what to say of it ----------------------------------------------------------------------------

Kind = Literal["dead", "redundant", "wide", "close"]
KINDS: dict[Kind, str] = {
    "dead": "never fire",
    "redundant": "are redundant",
    "wide": "fire too widely",
    "close": "hit story lines that stay all the same",
}


class Note(NamedTuple):
    """A rule that could be better, and is not wrong."""

    kind: Kind
    rule: Rule
    fault: str
    advice: str


class Report(NamedTuple):
    """What the corpus says against rules."""

    faults: list[Finding]
    notes: list[Note]


def prove_on_corpus(corpus: Sequence[GoldSet], layers: Sequence[Path], files: Sequence[Path] = ()) -> Report:
    """What `corpus` says of the rules in `files`, or of the built-in rules and those of `layers`.

    Rules for one site are left out: what they are for is not in a corpus. A rule file that is wrong gives a finding.
    """
    if not corpus:
        return Report([], [])
    try:
        uses = _uses_of_files(corpus, layers, files) if files else check_against_corpus(load_rules(*layers), corpus)
    except RuleError as error:
        return Report([of_error(error)], [])
    except PatternError:
        return Report([], [])  # the proof by examples names the pattern
    return Report(harms(uses), notes(uses))


def _uses_of_files(corpus: Sequence[GoldSet], layers: Sequence[Path], paths: Sequence[Path]) -> list[Use]:
    chosen = dict.fromkeys(path.resolve() for path in paths)
    files = read_sources(path for path in chosen if not is_for_site(path)).files
    known = read_layers([builtin_directory(), *layers])
    words = merge_words([file for layer in known for file in layer])
    resolved = {file.path.resolve() for layer in known for file in layer}
    new = [file for file in files if file.path.resolve() not in resolved]

    def whole() -> RuleSet:
        return _joined([*known, new], layers) if new else load_rules(*layers)

    return check_against_corpus(RuleSet(join_layers([files], words)), corpus, whole, load_rules)


def _joined(layers: Sequence[Sequence[RuleFile]], directories: Sequence[Path]) -> RuleSet:
    return RuleSet(join_layers(layers), [builtin_directory(), *directories])


def harms(uses: Iterable[Use]) -> list[Finding]:
    """Rules that take from stories, with what they take and what to do."""
    found = []
    for use in uses:
        lost = [one for one in use.taken if not one.kept]
        if lost:
            fault = f"takes {_lines(lost)}"
            advice = (
                "make each a `spare` example, then anchor the pattern, bound or scope the rule, or give it a `weight`"
            )
            found.append(_at(use.rule, fault, advice))
    return found


def _at(rule: Rule, fault: str, advice: str) -> Finding:
    """A finding at what the rule looks for."""
    path = Path(rule.file)
    key = next(key for key in ("pattern", "css", "needs") if getattr(rule, key))
    return of_error(RuleFile(path, "", read_text(path), (), {}).fault(rule, key, fault, advice))


def notes(uses: Iterable[Use]) -> list[Note]:
    """Rules that are of no or too much use, or come close to taking from stories."""
    return [note for use in uses for note in _notes(use)]


def _notes(use: Use) -> list[Note]:
    rule, found = use.rule, []
    if use.dead:
        advice = "add a document that needs it; if it is for pages that the corpus does not know, that is fine"
        found.append(Note("dead", rule, "never fires in the corpus", advice))
    if use.redundant:
        fault = f"other rules make all of its {use.fired} hits"
        found.append(Note("redundant", rule, fault, "remove it, or add its words to theirs"))
    if use.wide:
        fault = f"fires on {use.share:.0%} of all blocks"
        found.append(Note("wide", rule, fault, "bound it with `max_words`, `kinds` or `place`"))
    if close := [one for one in use.taken if one.kept]:
        fault = f"hits {_lines(close)}; what stands around keeps it"
        found.append(Note("close", rule, fault, "anchor the pattern all the same: elsewhere it may be lost"))
    return found


def _lines(taken: Sequence[Taken]) -> str:
    texts = ", ".join(f"“{_short(one.text)}” ({one.case})" for one in taken[:_SHOWN])
    more = f" and {len(taken) - _SHOWN} more" if len(taken) > _SHOWN else ""
    return f"{len(taken)} story line{'' if len(taken) == 1 else 's'} of the corpus: {texts}{more}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "…"


def render_notes(notes: Sequence[Note], files: Sequence[Path]) -> str:
    """One line a note where `files` are named, else how many rules each kind of note is about."""
    if files:
        return "".join(
            f"{shown(note.rule.file)}:{note.rule.line}: {note.rule.id}: {note.fault}; {note.advice}\n" for note in notes
        )
    counts = Counter(note.kind for note in notes)
    told = ", ".join(f"{counts[kind]} {words}" for kind, words in KINDS.items() if counts[kind])
    return f"advice: {told}; name a FILE to see which\n" if told else ""
