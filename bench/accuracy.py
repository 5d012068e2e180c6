"""How good: pages and texts by the metrics of `cleaner.fitting.evaluate`, the same for every tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import ours
from bench.cache import Output, peer_outputs
from bench.data import Data
from bench.lines import c4_lines
from bench.peers import PEERS
from cleaner import Cleaner
from cleaner.fitting.evaluate import lines_dict, outcome, percent, summarise, table
from cleaner.fitting.gold import Case, GoldSet
from cleaner.fitting.metrics import LineTally, indexed, line_tally, mean_score, shingle_score
from cleaner.parse.read import decode

Record = dict[str, Any]
CleanerFor = Callable[[str], Cleaner]


# --- pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contest:
    """Who takes part: our cleaner for a site, the name it goes by, and where peers' outputs are kept."""

    cleaner_for: CleanerFor
    name: str = ours.NAME
    cache: Path | None = None


def page_accuracy(data: Data, contest: Contest) -> list[Record]:
    """One record for each tool on each set of pages."""
    records = []
    for gold in data.sets:
        records.append(_score(gold, contest.name, [_ours(case, contest) for case in gold.cases]))
        for peer in PEERS:
            if peer.version is None:
                records.append({"set": gold.name, "tool": peer.name, "missing": True})
                continue
            outputs = peer_outputs(peer, gold, contest.cache)
            records.append(_score(gold, peer.name, outputs))
    return records


def _ours(case: Case, contest: Contest) -> Output:
    try:
        return ours.clean_case(case, contest.cleaner_for(case.site)), False
    except ours.NoFolds:
        raise
    except Exception:
        return "", True


def _score(gold: GoldSet, tool: str, outputs: Sequence[Output]) -> Record:
    measured = [outcome(case, text) for case, (text, _) in zip(gold.cases, outputs, strict=True)]
    failed = sum(failure for _, failure in outputs)
    empty = sum(not text.strip() for text, _ in outputs)
    return {"set": gold.name, "tool": tool, **summarise(measured), "failed": failed, "empty": empty}


def render_pages(records: Sequence[Record]) -> str:
    """A table for each set."""
    parts = []
    for name in dict.fromkeys(record["set"] for record in records):
        rows = [record for record in records if record["set"] == name]
        # Snippets of wcxb-dev are cut from its bodies and say nothing that those do not.
        by_body = any("shingle" in record for record in rows)
        head = ("shingle P", "R", "F1", "exact", "word F1") if by_body else ("snippet P", "R", "F1")
        lines = [(record["tool"], *_page_cells(record, len(head)), *_faults(record)) for record in rows]
        documents = max(record.get("documents", 0) for record in rows)
        parts.append(table((f"{name} ({documents})", *head, "empty", "failed"), lines))
    return "\n\n".join(parts)


def _page_cells(record: Record, width: int) -> tuple[object, ...]:
    if record.get("missing"):
        return (None,) * width
    if "shingle" in record:
        return (*record["shingle"].values(), record["exact"], record["word"]["f1"])
    return tuple(record["snippets"].values())


def _faults(record: Record) -> tuple[object, ...]:
    return ("not installed", None) if record.get("missing") else (record["empty"], record["failed"])


# --- text ----------------------------------------------------------------------------------------


def text_accuracy(data: Data, contest: Contest) -> list[Record]:
    """One record for each residue set: as it is, C4's lines, ours, and exactly the noise lines deleted."""
    return [_text_record(gold, contest) for gold in data.sets if gold.cases]


def _text_record(gold: GoldSet, contest: Contest) -> Record:
    scores, rules, by_us, failed = [], LineTally(), [], 0
    for case in gold.cases:
        source = _text(case)
        kept = c4_lines(source)
        scores.append(shingle_score(kept, case.body or ""))
        rules += line_tally(source, kept, case.body or "")
        output, failure = _ours(case, contest)
        failed += failure
        by_us.append(outcome(case, output, source))
        indexed.cache_clear()
    c4 = {"f1": round(mean_score(scores).f1, 4), "lines": lines_dict(rules)}
    return {"set": gold.name, "ours": summarise(by_us), "c4": c4, "failed": failed}


def _text(case: Case) -> str:
    source = case.read()
    return decode(source)[0] if isinstance(source, bytes) else source


def render_texts(records: Sequence[Record], name: str = ours.NAME) -> str:
    """One table; `way` is how much of the way from "as it is" to the oracle is done."""
    head = (
        "text in", "docs", "as it is", "C4", "lost", name, "oracle", "way", "lost", "gone", "harmed",
        "residue", "noise P", "R", "recall", "failed",
    )  # fmt: skip
    return table(head, [_text_row(record) for record in records])


def _text_row(record: Record) -> tuple[object, ...]:
    found, rules = record["ours"], record["c4"]
    before, after, best = (found[key]["f1"] for key in ("before", "shingle", "oracle"))
    lines = found["lines"]
    return (
        record["set"],
        found["documents"],
        before,
        rules["f1"],
        percent(rules["lines"]["words_lost"]),
        after,
        best,
        f"{100 * (after - before) / (best - before):.0f} %" if best > before else None,
        percent(lines["words_lost"]),
        percent(lines["words_gone"]),
        percent(lines["harmed"]),
        percent(lines["with_residue"]),
        lines["noise"]["precision"],
        lines["noise"]["recall"],
        f"{100 * (found['shingle']['recall'] - found['before']['recall']):+.2f}",
        record["failed"],
    )


# --- stories that are clean already --------------------------------------------------------------


def harmless(data: Data, contest: Contest) -> list[Record]:
    """Give each gold body of each set back as a text: none should lose or gain more than white space."""
    records = []
    for gold in data.sets:
        bodies = [case for case in gold.cases if case.body]
        if bodies:
            changed = [case.name for case in bodies if _changes(case, contest.cleaner_for(case.site))]
            records.append({"set": gold.name, "documents": len(bodies), "changed": changed})
    return records


def _changes(case: Case, cleaner: Cleaner) -> bool:
    body = case.body or ""
    try:
        story = cleaner.clean(body, "text").text
    except Exception:  # a failure is the worst change
        return True
    return "".join(story.split()) != "".join(body.split())


def render_harmless(records: Sequence[Record]) -> str:
    rows = [
        (
            r["set"],
            r["documents"],
            len(r["changed"]),
            percent(len(r["changed"]) / r["documents"]),
            _some(r["changed"]),
        )
        for r in records
    ]
    return table(("gold bodies as text", "docs", "changed", "", "which"), rows)


def _some(names: Sequence[str]) -> str:
    return " ".join(names[:5]) + (" …" if len(names) > 5 else "")
