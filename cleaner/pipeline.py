"""The one way from a source to its story: read, parse, weigh, decide, render."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from cleaner.cleaned import Cleaned, replay
from cleaner.model import Document, Verdict
from cleaner.parse_text import parse_text
from cleaner.read import SourceKind, decode, sniff


class Cleaner:
    """Rules, scorecard and policy, compiled once; safe to share between threads and to send to workers."""

    def __init__(
        self, policy: str = "core", rules: Sequence[str | Path] = (), sites: str | Path | None = None
    ) -> None:
        self.policy = policy

    def clean(
        self, source: str | bytes, kind: SourceKind | None = None, url: str | None = None, site: str | None = None
    ) -> Cleaned:
        """Find the story in one source."""
        text = decode(source)[0] if isinstance(source, bytes) else source
        document = parse(text, kind or sniff(text))
        verdicts = tuple(
            Verdict("story", True, b.start, b.end, 0.0) for b in document.blocks
        )
        return Cleaned(replay(document.text, verdicts), None, {}, verdicts, document.text)


def parse(text: str, kind: SourceKind) -> Document:
    if kind == "html":
        from cleaner.parse_html import parse_html

        return parse_html(text)
    return parse_text(text)


def clean(
    source: str | bytes, kind: SourceKind | None = None, url: str | None = None, site: str | None = None
) -> Cleaned:
    """Clean one source with the default rules and policy."""
    return Cleaner().clean(source, kind, url, site)
