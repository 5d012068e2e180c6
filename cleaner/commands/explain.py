"""Every decision about one document, for people: on a terminal, as plain text and as a page."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, NamedTuple

from cleaner.cleaned import Cleaned
from cleaner.faults import shown
from cleaner.model import Cut, Evidence, Verdict

if TYPE_CHECKING:
    from rich.text import Text

_SIGNALS_OF_KEPT, _SIGNALS_OF_DROPPED = 3, 6
FEW_LINES = 2
"""How much of a block is shown where nobody asks for all of it."""
PLAIN_WIDTH = 100


class Span(NamedTuple):
    """A piece of a block's text, and the class it was cut out for; None where it stays."""

    text: str
    cut: str | None


class BlockView(NamedTuple):
    """What is shown of one block."""

    label: str
    kept: bool
    points: str
    spans: tuple[Span, ...]
    notes: tuple[str, ...]


def facts_of(cleaned: Cleaned) -> str:
    """`story · 12 blocks: 7 kept, 5 dropped · truncated`."""
    kept = sum(_stays(verdict) for verdict in cleaned.verdicts)
    total = len(cleaned.verdicts)
    facts = [cleaned.page, f"{total} block{'' if total == 1 else 's'}: {kept} kept, {total - kept} dropped"]
    return " · ".join([*facts, *cleaned.flags])


def views(cleaned: Cleaned) -> list[BlockView]:
    return [_view(verdict, cleaned.source) for verdict in cleaned.verdicts]


def _stays(verdict: Verdict) -> bool:
    return verdict.kept or verdict.label == "headline"


def _view(verdict: Verdict, source: str) -> BlockView:
    most = _SIGNALS_OF_KEPT if _stays(verdict) else _SIGNALS_OF_DROPPED
    notes = [evidence_line(verdict.evidence, most)] if verdict.evidence else []
    named = [cut for cut in verdict.cuts if cut.label != "space"]
    notes += [_cut_line(cut, source) for cut in named]
    if repaired := len(verdict.cuts) - len(named):
        notes.append(f"white space put right in {repaired} place{'' if repaired == 1 else 's'}")
    points = f"{verdict.points:+.1f}" if verdict.points else ""
    return BlockView(verdict.label, _stays(verdict), points, _spans(verdict, named, source), tuple(notes))


def _spans(verdict: Verdict, cuts: list[Cut], source: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    position = verdict.start
    for cut in cuts:
        spans += [Span(source[position : cut.start], None), Span(source[cut.start : cut.end], cut.label)]
        position = cut.end
    return (*spans, Span(source[position : verdict.end], None))


def evidence_line(evidence: tuple[Evidence, ...], most: int) -> str:
    """The reasons, rules first, then the signals that weigh most.

    >>> evidence_line((Evidence("link_density", 1.5), Evidence("rule:related.also", 0.0)), 3)
    'rule related.also, link_density +1.5'
    """
    rules = [e for e in evidence if ":" in e.name]
    signals = sorted((e for e in evidence if ":" not in e.name), key=lambda e: -abs(e.points))
    told = [e.name.replace(":", " ", 1) + (f" {e.points:+.1f}" if e.points else "") for e in rules + signals[:most]]
    left = len(signals) - most
    return ", ".join(told) + (f" and {left} more" if left > 0 else "")


def _cut_line(cut: Cut, source: str) -> str:
    text = " ".join(source[cut.start : cut.end].split())
    text = text if len(text) <= 60 else text[:59] + "…"
    by = f" ({evidence_line(cut.evidence, _SIGNALS_OF_DROPPED)})" if cut.evidence else ""
    return f"cut {cut.label}: “{text}”{by}"


def print_explanation(cleaned: Cleaned, path: str, file: IO[str], most_lines: int | None = FEW_LINES) -> None:
    """Show each block with its class, points, text and reasons; in colour when `file` is a terminal.

    Of a long block `most_lines` lines are shown, or all with None.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    plain_file = None if file.isatty() else io.StringIO()
    console = Console(file=plain_file or file, width=PLAIN_WIDTH if plain_file else None, highlight=False)
    console.print(Text(shown(path), style="bold"))
    console.print(Text(facts_of(cleaned), style="dim"))
    for name, value in cleaned.metadata.items():
        console.print(Text(f"{name}: {' '.join(value.split())}", style="dim"), no_wrap=True, overflow="ellipsis")
    if cleaned.refused is not None:
        console.print(Text(f"refused and kept as it was: {cleaned.refused}", style="red"))
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim", min_width=4)
    table.add_column(min_width=7)
    table.add_column(min_width=10)
    table.add_column(justify="right", style="dim", min_width=5)
    table.add_column(ratio=1, overflow="fold")
    width = console.width - 35
    for number, view in enumerate(views(cleaned), 1):
        colour = "green" if view.kept else "red"
        plain = "" if view.kept else "dim"
        text = Text.assemble(*((span.text, "red strike" if span.cut else plain) for span in view.spans))
        lines = list(text.wrap(console, width))
        if most_lines is not None and len(lines) > most_lines:
            del lines[most_lines:]
            _end_with_dots(lines[-1], width)
        kept = Text("kept" if view.kept else "dropped", style=colour)
        table.add_row(str(number), kept, Text(view.label, style=colour), view.points, Text("\n").join(lines))
        for note in view.notes:
            table.add_row("", "", "", "", Text(note, style="cyan dim"))
    console.print()
    console.print(table)
    if plain_file:
        file.writelines(f"{line.rstrip()}\n" for line in plain_file.getvalue().splitlines())


def _end_with_dots(line: Text, width: int) -> None:
    """Shorten a line to a whole word and dots, where it has words."""
    line.truncate(width - 2)
    last_space = line.plain.rstrip().rfind(" ")
    if len(line.plain) >= width - 2 and last_space > width // 2:
        line.right_crop(len(line.plain) - last_space)
    line.rstrip()
    line.append(" …")


def as_page(cleaned: Cleaned, path: str) -> str:
    """The same as a page to be opened in a browser."""
    import jinja2

    environment = jinja2.Environment(loader=jinja2.PackageLoader("cleaner"), autoescape=True, trim_blocks=True)
    return environment.get_template("explain.html.j2").render(
        name=shown(path), facts=facts_of(cleaned), refused=cleaned.refused, blocks=views(cleaned)
    )
