"""A plain text or Markdown as blocks: a line is a paragraph, unless the text is wrapped at a fixed width."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

from cleaner.model import Block, Document, Kind
from cleaner.parse.markdown import Plain, plain

_ITEM = re.compile(r"(?:[-*•‣▪◦·–—]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")
_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_ENDS = ".!?…:;。！？؟।۔\"'”’»)]"
_LONGEST_TITLE = 200
_NO_LETTER = re.compile(r"[\W_]+")
_PROSE_CHARS = 100
NARROWEST, WIDEST = 30, 160
_MOST_FRESH = 0.65
"""Share of lines that may begin with a capital, a digit or a mark where they are wrapped prose."""


def parse_text(text: str) -> Document:
    """Cut `text` into blocks. Offsets are those of `text`; a wrapped paragraph keeps its line breaks inside."""
    lines: list[tuple[int, int]] = []
    position = 0
    for line in text.split("\n"):
        body = line.strip()
        if body:
            start = position + line.find(body[0])
            lines.append((start, start + len(body)))
        position += len(line) + 1
    shown = plain(text)
    spans = _unwrap(text, lines)
    linked = _linked(shown, spans)
    blocks = tuple(
        [
            Block(shown.text[start:end], _kind(text, start), start, end, chars)
            for (start, end), chars in zip(spans, linked, strict=True)
        ]
    )
    return Document(
        text,
        blocks,
        headlines=_marked_title(text, blocks) or _title_over(text, blocks),
        plain=None if shown.text == text else shown.text,
        links=shown.links,
    )


def _linked(shown: Plain, spans: list[tuple[int, int]]) -> list[int | None]:
    """Characters of links in each span, by their share of its letters; None where the text has no links."""
    if not shown.links:
        return [None] * len(spans)
    starts, ends = zip(*shown.links, strict=True)
    found: list[int | None] = []
    for start, end in spans:
        met = shown.links[bisect_right(ends, start) : bisect_left(starts, end)]
        linked = sum(_letters(shown.text[max(start, first) : min(end, last)]) for first, last in met)
        share = linked / _letters(shown.text[start:end]) if linked else 0.0
        found.append(round((end - start) * share))
    return found


def _letters(text: str) -> int:
    return len(_NO_LETTER.sub("", text))


def _marked_title(text: str, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The heading of the first level, where Markdown has one and no more, and no prose above it."""
    if not (text.startswith("# ") or "\n# " in text):
        return ()
    found = [index for index, block in enumerate(blocks) if text.startswith("# ", block.start)]
    if len(found) != 1:
        return ()
    above = blocks[: found[0]]
    if any(len(block.text) >= _PROSE_CHARS and 2 * (block.link_chars or 0) < len(block.text) for block in above):
        return ()
    return (blocks[found[0]].text.strip(),)


def _title_over(text: str, blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The first line, where the only empty line stands below it and it reads like a title."""
    if len(blocks) < 3 or len(blocks[0].text) > _LONGEST_TITLE or blocks[0].text[-1] in _ENDS:
        return ()
    gaps = [text.count("\n", one.end, other.start) for one, other in pairwise(blocks)]
    return (blocks[0].text,) if gaps[0] == 2 and max(gaps[1:]) == 1 else ()


def _kind(text: str, start: int) -> Kind:
    if text[start] == "#" and _HEADING.match(text, start):
        return "heading"
    if text[start] in "-*•‣▪◦·–—(0123456789" and _ITEM.match(text, start):
        return "list_item"
    return "paragraph"


def _unwrap(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the lines of wrapped paragraphs."""
    width = wrap_width(text, lines)
    if width is None:
        return lines
    spans: list[tuple[int, int]] = []
    begin, stop = lines[0]
    for start, end in lines[1:]:
        if text.count("\n", stop, start) == 1 and _forced(
            text, stop - text.rfind("\n", 0, stop) - 1, start, end, width
        ):
            stop = end
        else:
            spans.append((begin, stop))
            begin, stop = start, end
    spans.append((begin, stop))
    return spans


def _forced(text: str, length: int, start: int, end: int, width: int) -> bool:
    """Whether the line's first word would not have fitted on the line before it."""
    if _kind(text, start) == "list_item":
        return False
    space = text.find(" ", start, end)
    word = (space if space >= 0 else end) - start
    if word > 30:
        word = 1
    return length + 1 + word > width


def wrap_width(text: str, lines: list[tuple[int, int]]) -> int | None:
    """The width that `text` is wrapped at, or None where its lines are whole paragraphs.

    In a wrapped text nearly every break between two lines of a paragraph is forced (the next word would not
    have fitted), and most of these breaks fall inside a sentence.
    """
    if len(lines) < 4:
        return None
    lengths = sorted(end - start for start, end in lines)
    width = lengths[-1]
    if width > WIDEST:
        width = lengths[int(len(lengths) * 0.9)]
        if width > WIDEST:
            return None
    if width < NARROWEST:
        return None
    forced = inside = adjacent = fresh = 0
    for (begin, stop), (start, end) in pairwise(lines):
        if text.count("\n", stop, start) != 1:
            continue
        adjacent += 1
        if stop - begin <= WIDEST and _forced(text, stop - begin, start, end, width):
            forced += 1
            inside += text[stop - 1] not in _ENDS
            fresh += text[start].isupper() or not text[start].isalpha()
    if forced < 3 or forced < 0.5 * adjacent or inside < 0.5 * forced or fresh > _MOST_FRESH * forced:
        return None
    return width
