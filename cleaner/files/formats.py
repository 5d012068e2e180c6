"""What a cleaned document looks like outside: text, JSON and HTML. docs/json.md describes the JSON forms."""

from __future__ import annotations

import html
import os
from collections.abc import Iterator
from typing import Any

import msgspec

from cleaner.cleaned import FORMAT_VERSION, Cleaned, replay
from cleaner.model import Cut, Evidence, Removed, Verdict


def _heading(cleaned: Cleaned, name: str) -> dict[str, Any]:
    """What both forms begin with."""
    return {
        "version": FORMAT_VERSION,
        "path": portable(name),
        "page": cleaned.page,
        "flags": list(cleaned.flags),
        "refused": cleaned.refused,
        "headline": cleaned.headline,
    }


def document(cleaned: Cleaned, name: str) -> dict[str, Any]:
    """The document form: the story and what was removed from it."""
    return {
        **_heading(cleaned, name),
        "body": cleaned.body,
        "metadata": dict(cleaned.metadata),
        "removed": [
            {
                "class": r.label,
                "text": r.text,
                "start": r.start,
                "end": r.end,
                "evidence": _evidence(r.evidence),
            }
            for r in removed_from(cleaned)
        ],
    }


def removed_from(cleaned: Cleaned) -> tuple[Removed, ...]:
    """What is gone from the document: nothing where it was refused, whatever the verdicts say."""
    return () if cleaned.refused is not None else cleaned.removed


def explanation(cleaned: Cleaned, name: str) -> dict[str, Any]:
    """The explanation form: every block with its verdict; enough to make the body again."""
    return {
        **_heading(cleaned, name),
        "metadata": dict(cleaned.metadata),
        "blocks": [_block(verdict, cleaned.source) for verdict in cleaned.verdicts],
    }


def _block(verdict: Verdict, source: str) -> dict[str, Any]:
    return {
        "class": verdict.label,
        "kept": verdict.kept,
        "start": verdict.start,
        "end": verdict.end,
        "text": source[verdict.start : verdict.end],
        "points": round(verdict.points, 3),
        "evidence": _evidence(verdict.evidence),
        "cuts": [_cut(cut, source) for cut in verdict.cuts],
    }


def _cut(cut: Cut, source: str) -> dict[str, Any]:
    return {
        "class": cut.label,
        "start": cut.start,
        "end": cut.end,
        "text": source[cut.start : cut.end],
        "replacement": cut.replacement,
        "evidence": _evidence(cut.evidence),
    }


def _evidence(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [{"name": e.name, "points": round(e.points, 3)} for e in evidence]


def portable(name: str) -> str:
    """A path with forward slashes, and undecodable bytes as `\\xNN`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def encoded(value: object) -> bytes:
    return msgspec.json.encode(value)


def as_json(cleaned: Cleaned, name: str) -> bytes:
    return msgspec.json.format(encoded(document(cleaned, name)), indent=2) + b"\n"


def as_json_line(cleaned: Cleaned, name: str) -> bytes:
    return encoded(document(cleaned, name)) + b"\n"


def as_html(cleaned: Cleaned) -> bytes:
    """The story as a small page: headline, subheadings, paragraphs."""
    title = html.escape(cleaned.headline or "", quote=False)
    language = html.escape(cleaned.metadata.get("language", ""))
    lines = ["<!doctype html>", f'<html lang="{language}">' if language else "<html>", "<head>"]
    lines += ['<meta charset="utf-8">', f"<title>{title}</title>", "</head>", "<body>", "<article>"]
    lines += [f"<h1>{title}</h1>"] if title else []
    lines += _paragraphs(cleaned)
    return "\n".join([*lines, "</article>\n</body>\n</html>\n"]).encode("utf-8", "replace")


def _paragraphs(cleaned: Cleaned) -> Iterator[str]:
    for verdict in cleaned.verdicts:
        line = replay(cleaned.source, (verdict,))
        if line:
            tag = "h2" if verdict.label == "subheading" else "p"
            yield f"<{tag}>{html.escape(line, quote=False)}</{tag}>"
