"""What the command line says: one line for a document, the closing summary, the difference."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cleaner.commands.job import Mode, Outcome, Tally
from cleaner.faults import shown

SUMMARY_VERSION = 1
_MOST = 8
"""Classes and rules that the closing lines name; the JSON has all."""


def removed_by_class(outcome: Outcome) -> str:
    """`3 lines removed (related 2, app 1)`, or what else was done."""
    if not outcome.pieces:
        return "spacing and line breaks put right"
    ordered = sorted(outcome.classes, key=lambda entry: (-entry[1], entry[0]))
    classes = ", ".join(f"{name} {count}" for name, count in ordered)
    return f"{outcome.pieces} {_plural(outcome.pieces, 'line')} removed ({classes})"


def line_of(outcome: Outcome, mode: Mode) -> str | None:
    """What is said of one document; None where there is nothing to say."""
    if outcome.state == "failed":
        return f"cleaner: {outcome.message}"
    path = shown(outcome.path)
    if outcome.state == "refused":
        return f"cleaner: {path}: refused: {outcome.message}; kept as it was"
    if outcome.state == "clean" or mode in (Mode.OUTPUT, Mode.PRINT, Mode.DIFF):
        return None
    told = removed_by_class(outcome)
    return f"{path}: {told if mode is Mode.IN_PLACE else _conditional(told)}"


def _conditional(told: str) -> str:
    return told.replace(" removed ", " would be removed ").replace(" put right", " would be put right")


def summary(tally: Tally, mode: Mode, seconds: float) -> Iterator[str]:
    """The closing lines: documents, words, removals by class and by rule."""
    states = tally.states
    documents = f"{tally.documents:,} {_plural(tally.documents, 'document')} in {_duration(seconds)}"
    would = "would be " if mode in (Mode.CHECK, Mode.DRY_RUN, Mode.DIFF) else ""
    parts = [
        f"{states['cleaned']:,} {would}cleaned",
        f"{states['clean']:,} clean already",
        f"{states['refused']:,} refused",
        f"{states['failed']:,} failed",
    ]
    yield f"{documents}: {', '.join(parts)}"
    words = tally.kept_words + tally.removed_words
    if words:
        share = f"{tally.removed_words / words:.0%}"
        yield f"words: {tally.kept_words:,} kept, {tally.removed_words:,} removed ({share})"
    if tally.classes:
        yield f"removed by class: {_counts(tally.classes)}"
    if tally.rules:
        yield f"removed by rule:  {_counts(tally.rules)}"


def _counts(counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    told = ", ".join(f"{name} {count:,}" for name, count in ordered[:_MOST])
    return told + (f", and {len(ordered) - _MOST} more" if len(ordered) > _MOST else "")


def summary_json(tally: Tally, seconds: float) -> str:
    """The closing summary as one line of JSON; docs/json.md describes it."""
    value: dict[str, Any] = {
        "version": SUMMARY_VERSION,
        "documents": tally.documents,
        **{state: tally.states[state] for state in ("cleaned", "clean", "refused", "failed")},
        "written": tally.written,
        "words_kept": tally.kept_words,
        "words_removed": tally.removed_words,
        "removed_by_class": dict(sorted(tally.classes.items())),
        "removed_by_rule": dict(sorted(tally.rules.items())),
        "seconds": round(seconds, 3),
    }
    return json.dumps(value)


def difference(before: str, after: str, path: str) -> str:
    """A unified diff of two texts by line, empty where they are the same."""
    import difflib

    name = shown(path)
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (as it is)", f"{name} (cleaned)", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def _plural(count: int, word: str) -> str:
    return word if count == 1 else word + "s"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
