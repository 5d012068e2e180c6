"""What cleaning one source gives: the story, and an account of everything that was not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cleaner.model import Removed, Verdict

FORMAT_VERSION = 1


class Cleaned(msgspec.Struct, frozen=True, eq=False):
    """The story of one source and how it was found.

    `source` is what all offsets refer to: the decoded input for a plain text, the visible text of a page, or the
    article text that the page carries as structured data. `refused` gives the reason where the source was kept as
    it was because no result could be trusted; `body` is then the whole of `source`.
    """

    body: str
    headline: str | None
    metadata: Mapping[str, str]
    verdicts: tuple[Verdict, ...]
    source: str
    page: Literal["story", "no-story"] = "story"
    flags: tuple[str, ...] = ()
    refused: str | None = None

    @property
    def text(self) -> str:
        """The headline, a blank line and the body."""
        if self.headline:
            return f"{self.headline}\n\n{self.body}" if self.body else self.headline
        return self.body

    @property
    def removed(self) -> tuple[Removed, ...]:
        """The dropped blocks and the spans cut out of kept ones, in the order of the source."""
        gone: list[Removed] = []
        for verdict in self.verdicts:
            if not verdict.kept and verdict.label != "headline":
                text = self.source[verdict.start : verdict.end]
                gone.append(Removed(verdict.label, text, verdict.start, verdict.end, verdict.evidence))
                continue
            for cut in verdict.cuts:
                if cut.label != "space":
                    text = self.source[cut.start : cut.end]
                    gone.append(Removed(cut.label, text, cut.start, cut.end, cut.evidence))
        return tuple(gone)

    @property
    def changed(self) -> bool:
        """Whether the text differs from the source in anything but its headline's place."""
        return any((not v.kept and v.label != "headline") or v.cuts for v in self.verdicts)


def replay(source: str, verdicts: tuple[Verdict, ...]) -> str:
    """The body that `verdicts` make of `source`: kept blocks with their cuts applied, one a line.

    This is how every body is made, so an explanation cannot differ from what was done.
    """
    lines: list[str] = []
    for verdict in verdicts:
        if not verdict.kept:
            continue
        if not verdict.cuts:
            lines.append(source[verdict.start : verdict.end])
            continue
        pieces: list[str] = []
        position = verdict.start
        for cut in verdict.cuts:
            pieces.append(source[position : cut.start])
            pieces.append(cut.replacement)
            position = cut.end
        pieces.append(source[position : verdict.end])
        line = "".join(pieces).strip()
        if line:
            lines.append(line)
    return "\n".join(lines)
