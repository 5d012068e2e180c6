"""Clean what is known and measure what comes out: `cleaner eval`, and the outcomes that `bench/` compares."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cleaner.fitting.gold import Case, read_gold
from cleaner.fitting.metrics import (
    FOLDS,
    LineTally,
    Score,
    Snippets,
    exact,
    fold_of,
    line_tally,
    mean_score,
    oracle,
    share,
    shingle_score,
    snippet_counts,
    tokens,
    word_score,
)
from cleaner.parse.read import SourceKind, decode

if TYPE_CHECKING:
    from cleaner.cleaned import Cleaned

__all__ = [
    "Case",
    "Cleans",
    "Outcome",
    "Report",
    "SetReport",
    "evaluate",
    "evaluate_by_site",
    "fold_of",
    "lines_dict",
    "outcome",
    "percent",
    "read_gold",
    "summarise",
    "table",
    "tokens",
]

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Noise lines of one class in gold, how many are gone, how many of those under the right name.

    `wrong` are blocks and spans removed under that name which gold has in the body.
    """

    gold: int = 0
    removed: int = 0
    named: int = 0
    wrong: int = 0

    def __add__(self, other: ClassCount) -> ClassCount:
        return ClassCount(
            self.gold + other.gold,
            self.removed + other.removed,
            self.named + other.named,
            self.wrong + other.wrong,
        )


_SAME = {"tail": "related", "standfirst": "story"}
"""Classes that may stand for each other."""


def class_counts(cleaned: Cleaned, case: Case) -> dict[str, ClassCount]:
    """Count by class what was to be removed, what was, and what went wrongly; white space does not count."""
    counts: dict[str, ClassCount] = {}

    def count(label: str, more: ClassCount) -> None:
        counts[label] = counts.get(label, ClassCount()) + more

    gone = [(piece.label, _squeeze(piece.text)) for piece in cleaned.removed]
    body = _squeeze(cleaned.body)
    for label, text in case.noise:
        wanted = _squeeze(text)
        names = {_SAME.get(name, name) for name, piece in gone if _is_part(wanted, piece)}
        count(
            label,
            ClassCount(1, int(bool(names) or wanted not in body), int(_SAME.get(label, label) in names)),
        )
    story = {_squeeze(line) for line in (case.body or "").split("\n")} - {""}
    for label, piece in gone:
        if piece in story and piece not in body:
            count(label, ClassCount(wrong=1))
    return counts


def _is_part(wanted: str, piece: str) -> bool:
    """Whether `piece` holds what was wanted, or at least half of it."""
    return wanted in piece or (piece in wanted and 2 * len(piece) >= len(wanted))


def _squeeze(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class Outcome:
    """The scores of one case; `None` is what its gold does not allow to measure."""

    case: str
    site: str
    kind: SourceKind
    shingle: Score | None = None
    word: Score | None = None
    exact: bool | None = None
    snippets: Snippets | None = None
    before: Score | None = None
    """Shingles of a text as it came in."""
    best: Score | None = None
    """Shingles of a text less exactly its noise lines."""
    lines: LineTally | None = None
    verdicts: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    """For each page verdict and flag: is it so, and was it said."""
    classes: dict[str, ClassCount] = field(default_factory=dict)


def outcome(case: Case, output: str, source: str | None = None) -> Outcome:
    """Score one output. `source` is the text that went in, where the case is a text."""
    snippets = snippet_counts(output, case.must, case.must_not) if case.must or case.must_not else None
    if case.body is None:
        return Outcome(case.name, case.site, case.kind, snippets=snippets)
    gold = case.body
    measured = Outcome(
        case.name,
        case.site,
        case.kind,
        shingle_score(output, gold),
        word_score(output, gold),
        exact(output, gold),
        snippets,
    )
    if source is None:
        return measured
    return replace(
        measured,
        before=shingle_score(source, gold),
        best=shingle_score(oracle(source, gold), gold),
        lines=line_tally(source, output, gold),
    )


VERDICTS = ("no-story", "truncated", "live-blog")


def page_verdicts(cleaned: Cleaned, case: Case) -> dict[str, tuple[bool, bool]]:
    """For each page verdict: whether gold says so, and whether the cleaner does."""
    if case.page is None or case.flags is None:
        return {}
    gold = {case.page, *case.flags}
    said = {cleaned.page, *cleaned.flags}
    return {verdict: (verdict in gold, verdict in said) for verdict in VERDICTS}


class Cleans(Protocol):
    """What is evaluated: a `Cleaner`, or whatever cleans as one."""

    def clean(
        self,
        source: str | bytes,
        kind: SourceKind | None = None,
        url: str | None = None,
        site: str | None = None,
    ) -> Cleaned: ...


def evaluate(gold_paths: Iterable[str | Path], cleaner: Cleans) -> Report:
    """Clean every document of the gold at `gold_paths` (see `read_gold`) and measure what comes out."""
    return evaluate_by_site(gold_paths, lambda _site: cleaner)


def evaluate_by_site(gold_paths: Iterable[str | Path], cleaner_for: Callable[[str], Cleans]) -> Report:
    """As `evaluate`, with a cleaner for each site: one that was not fitted on that site's pages."""
    sets = []
    for path in gold_paths:
        for gold in read_gold(Path(path)):
            measured = [_clean_and_measure(case, cleaner_for(case.site)) for case in gold.cases]
            sets.append(SetReport(gold.name, tuple(measured), gold.complaints))
    return Report(tuple(sets))


def _clean_and_measure(case: Case, cleaner: Cleans) -> Outcome:
    source = case.read()
    # A site that is no domain (a publisher's name) is for the folds only.
    cleaned = cleaner.clean(source, case.kind, case.url, case.site if "." in case.site else None)
    if case.page == "no-story":
        # A page without a story is kept as it was: its words say nothing, its verdict does.
        measured = Outcome(case.name, case.site, case.kind)
    else:
        text = decode(source)[0] if isinstance(source, bytes) else source
        measured = outcome(case, cleaned.body, text if case.kind == "text" else None)
    return replace(measured, verdicts=page_verdicts(cleaned, case), classes=class_counts(cleaned, case))


# --- the report ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetReport:
    """All outcomes of one set, and the means over any part of them."""

    name: str
    outcomes: tuple[Outcome, ...]
    complaints: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        return summarise(self.outcomes)

    def by_fold(self, folds: int = FOLDS) -> dict[int, dict[str, Any]]:
        """The summary of each site fold that has a case."""
        parts: dict[int, list[Outcome]] = {}
        for measured in self.outcomes:
            parts.setdefault(fold_of(measured.site, folds), []).append(measured)
        return {fold: summarise(parts[fold]) for fold in sorted(parts)}


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The means and counts over `outcomes`, under stable names; a name is absent where nothing was measured.

    >>> summarise([outcome(Case("a", "html", "", "a.test", body="One two."), "One two three.")])
    ... # doctest: +NORMALIZE_WHITESPACE
    {'documents': 1, 'shingle': {'precision': 0.0, 'recall': 0.0, 'f1': 0.0}, 'exact': 0.0,
     'word': {'precision': 0.6667, 'recall': 1.0, 'f1': 0.8}}
    """
    found: dict[str, Any] = {"documents": len(outcomes)}
    scored = [o for o in outcomes if o.shingle is not None]
    if scored:
        words = [o.word for o in scored if o.word]
        found["shingle"] = _score_dict(mean_score([o.shingle for o in scored if o.shingle]))
        found["exact"] = _round(share(sum(bool(o.exact) for o in scored), len(scored)))
        word = _score_dict(mean_score(words))
        found["word"] = word | {"f1": _round(sum(score.f1 for score in words) / len(words))}
    snippets = sum((o.snippets for o in outcomes if o.snippets), Snippets())
    if snippets != Snippets():
        found["snippets"] = _score_dict(snippets.score)
    tallies = [o.lines for o in outcomes if o.lines]
    if tallies:
        found["before"] = _score_dict(mean_score([o.before for o in outcomes if o.before]))
        found["oracle"] = _score_dict(mean_score([o.best for o in outcomes if o.best]))
        found["lines"] = lines_dict(sum(tallies, LineTally()))
    return found | _verdict_summary(outcomes) | _class_summary(outcomes)


def lines_dict(tally: LineTally) -> dict[str, Any]:
    """A tally as shares: body words lost and gone, documents harmed and with residue, noise lines."""
    return {
        "words_lost": round(tally.lost_share, 5),
        "words_gone": round(tally.gone_share, 5),
        "harmed": _round(share(tally.harmed, tally.documents)),
        "with_residue": _round(share(tally.with_residue, tally.documents)),
        "noise": _score_dict(tally.noise),
    }


def _verdict_summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    judged = [o.verdicts for o in outcomes if o.verdicts]
    found: dict[str, Any] = {}
    for verdict in VERDICTS if judged else ():
        pairs = Counter(verdicts[verdict] for verdicts in judged)
        right, wrong, missed = pairs[True, True], pairs[False, True], pairs[True, False]
        found[verdict] = {"gold": right + missed, "said": right + wrong, "right": right}
    return {"verdicts": found} if found else {}


def _class_summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts: dict[str, ClassCount] = {}
    for measured in outcomes:
        for label, count in measured.classes.items():
            counts[label] = counts.get(label, ClassCount()) + count
    found = {
        label: {"gold": count.gold, "removed": count.removed, "named": count.named, "wrong": count.wrong}
        for label, count in sorted(counts.items())
    }
    return {"classes": found} if found else {}


def _round(value: float) -> float:
    return round(value, 4)


def _score_dict(score: Score) -> dict[str, float]:
    return {"precision": _round(score.precision), "recall": _round(score.recall), "f1": _round(score.f1)}


@dataclass(frozen=True, slots=True)
class Report:
    """What `evaluate` found, set by set."""

    sets: tuple[SetReport, ...]

    @property
    def complaints(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for part in self.sets for text in part.complaints))

    def to_json(self) -> str:
        """The summaries of all sets, each as a whole and by site fold, with a version."""
        sets = [
            {"name": part.name, **part.summary(), "folds": {str(k): v for k, v in part.by_fold().items()}}
            for part in self.sets
        ]
        whole = {"version": REPORT_VERSION, "complaints": list(self.complaints), "sets": sets}
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def render(self) -> str:
        """Aligned tables: stories, text line by line, page verdicts, classes, site folds."""
        summaries = [(part.name, part.summary()) for part in self.sets]
        parts = [
            table(
                ("story", "docs", "shingle P", "R", "F1", "exact", "word P", "R", "F1"),
                _story_rows(summaries),
            ),
            table(("snippets", "docs", "P", "R", "F1"), _snippet_rows(summaries)),
            table(
                (
                    "text in",
                    "as it is",
                    "ours",
                    "oracle",
                    "lost",
                    "gone",
                    "harmed",
                    "residue",
                    "noise P",
                    "R",
                ),
                _line_rows(summaries),
            ),
            table(("page verdict", "gold", "said", "right", "P", "R"), _verdict_rows(self.sets)),
            table(("class", "gold", "removed", "named", "story lost"), _class_rows(self.sets)),
            table(("F1 by site fold", *(str(fold) for fold in range(FOLDS))), _fold_rows(self.sets)),
            "\n".join(self.complaints),
        ]
        return "\n\n".join(part for part in parts if part)


Row = tuple[object, ...]


def table(head: Sequence[str], rows: Iterable[Row]) -> str:
    """Align `rows` under `head`, the first column to the left, the others to the right; "" without rows.

    Floats are shown with three digits, None as a dash.

    >>> print(table(("tool", "F1", "ms"), [("ours", 0.95, 2), ("theirs", None, 16.25)]))
    tool       F1      ms
    ours    0.950       2
    theirs      -  16.250
    """
    lines = [[_cell(value) for value in row] for row in rows]
    if not lines:
        return ""
    lines.insert(0, list(head))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


Summaries = list[tuple[str, dict[str, Any]]]


def _story_rows(summaries: Summaries) -> Iterator[Row]:
    for name, found in summaries:
        if "shingle" in found:
            shingle, word = found["shingle"], found["word"]
            yield (name, found["documents"], *shingle.values(), found["exact"], *word.values())


def _snippet_rows(summaries: Summaries) -> Iterator[Row]:
    for name, found in summaries:
        if "snippets" in found:
            yield (name, found["documents"], *found["snippets"].values())


def _line_rows(summaries: Summaries) -> Iterator[Row]:
    for name, found in summaries:
        if "lines" in found:
            lines = found["lines"]
            f1s = (found["before"]["f1"], found["shingle"]["f1"], found["oracle"]["f1"])
            shares = (percent(lines[key]) for key in ("words_lost", "words_gone", "harmed", "with_residue"))
            yield (name, *f1s, *shares, lines["noise"]["precision"], lines["noise"]["recall"])


def percent(part: float) -> str:
    """A share of 1 as a percentage.


    >>> percent(0.0034)
    '0.34 %'
    """
    return f"{100 * part:.2f} %"


def _verdict_rows(sets: Sequence[SetReport]) -> Iterator[Row]:
    found = _verdict_summary([o for part in sets for o in part.outcomes]).get("verdicts", {})
    for verdict, count in found.items():
        right = count["right"]
        shares = (share(right, count["said"]), share(right, count["gold"]))
        yield (verdict, count["gold"], count["said"], right, *shares)


def _class_rows(sets: Sequence[SetReport]) -> Iterator[Row]:
    found = _class_summary([o for part in sets for o in part.outcomes]).get("classes", {})
    for label, count in found.items():
        yield (label, *count.values())


def _fold_rows(sets: Sequence[SetReport]) -> Iterator[Row]:
    for part in sets:
        folds = part.by_fold()
        by_fold = [folds.get(fold, {}) for fold in range(FOLDS)]
        f1s = [(found.get("shingle") or found.get("snippets") or {}).get("f1") for found in by_fold]
        if len(folds) > 1 and any(value is not None for value in f1s):
            yield (part.name, *f1s)
