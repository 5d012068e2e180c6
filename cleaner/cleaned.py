"""What cleaning one source gives: the story, and an account of everything that was not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, overload

import msgspec

from cleaner.model import Cut, Removed, Verdict

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
    verdicts: Sequence[Verdict]
    source: str
    page: Literal["story", "no-story"] = "story"
    flags: tuple[str, ...] = ()
    refused: str | None = None
    marked_headline: str | None = None
    """The headline with its Markdown, where it has any."""

    @property
    def text(self) -> str:
        """The headline, in Markdown with its marks, a blank line and the body."""
        headline = self.marked_headline or self.headline
        if headline:
            return f"{headline}\n\n{self.body}" if self.body else headline
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


class Verdicts(Sequence[Verdict]):
    """The verdicts on a document's blocks, made when somebody looks at them."""

    def __init__(self, make: Callable[[], tuple[Verdict, ...]]) -> None:
        self._make: Callable[[], tuple[Verdict, ...]] | None = make
        self._made: tuple[Verdict, ...] = ()

    def _all(self) -> tuple[Verdict, ...]:
        make, self._make = self._make, None
        if make is not None:
            self._made = make()
        return self._made

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Verdict, ...]: ...
    def __getitem__(self, index: int | slice) -> Verdict | tuple[Verdict, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdicts | tuple) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[tuple[Verdict, ...]], tuple[tuple[Verdict, ...]]]:
        return tuple, (self._all(),)


def replay(source: str, verdicts: Sequence[Verdict]) -> str:
    """The body that `verdicts` make of `source`: kept blocks with their cuts applied, one a line."""
    return assemble(source, [(v.start, v.end, v.cuts) for v in verdicts if v.kept])


def assemble(source: str, kept: Iterable[tuple[int, int, Sequence[Cut]]]) -> str:
    """Join kept spans, each with its cuts applied, one a line; this is how every body is made."""
    lines: list[str] = []
    for start, end, cuts in kept:
        if not cuts:
            lines.append(source[start:end])
            continue
        pieces: list[str] = []
        position = start
        for cut in cuts:
            pieces += (source[position : cut.start], cut.replacement)
            position = cut.end
        pieces.append(source[position:end])
        line = "".join(pieces).strip()
        if line:
            lines.append(line)
    return "\n".join(lines)
