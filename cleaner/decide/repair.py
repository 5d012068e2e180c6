"""White space put right: wrapped lines joined, a space after a glued full stop, stray zero-width spaces.

A repair never adds or takes a visible character, with one exception: the hyphen of a word that was broken at a
line's end goes where the document has the unbroken word elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np

from cleaner.facts import DIGIT, LETTER, STOP, UNSPACED, UPPER
from cleaner.model import Cut, Document, Evidence
from cleaner.weigh.view import View

_WRAP = re.compile(r"[ \t]*\r?\n[ \t]*")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]+|[ \u00a0]{2,}")
_WORD_END = re.compile(r"[^\W\d_]+$")
_CODE = re.compile(r"\w+(?:[(\[{<=]|\.\w)")
_WORD_START = re.compile(r"[^\W\d_]+")


def find_repairs(view: View, repairs: frozenset[str]) -> list[tuple[int, Cut]]:
    """The white space to put right, with the block that it is in, in order."""
    found: list[tuple[int, Cut]] = []
    if view.structure is None and "wraps" in repairs:
        for index, block in enumerate(view.document.blocks):
            if "\n" in block.text:
                raw = view.document.text[block.start : block.end]
                found += [(index, cut) for cut in _wraps(view, block.start, raw)]
    if "glued" in repairs:
        found += _by_block(view, _glued(view))
    if "invisible" in repairs and (
        "\u200b" in view.document.text or "\u00a0" in view.document.text or "\ufeff" in view.document.text
    ):
        found += _by_block(view, _invisible(view))
    found.sort(key=lambda entry: entry[1].start)
    return _apart(found)


def take_marks(document: Document, cuts: Iterable[list[Cut]]) -> None:
    """Let cuts take Markdown's marks around their words: those of links that they have whole, and of strong words."""
    text, shown = document.text, document.shown
    starts, ends = zip(*document.links, strict=True) if document.links else ((), ())
    edges = {*starts, *ends}
    for of_block in cuts:
        for at, cut in enumerate(of_block):
            start, end = cut.start, cut.end
            for first, last in document.links[bisect_right(ends, start) : bisect_left(starts, end)]:
                inside = shown[max(first, cut.start) : min(last, cut.end)].strip()
                if inside and inside == shown[first:last].strip():
                    start, end = min(start, first), max(end, last)
            while start > 0 and start not in edges and shown[start - 1].isspace() and not text[start - 1].isspace():
                start -= 1
            while end < len(text) and end not in edges and shown[end].isspace() and not text[end].isspace():
                end += 1
            of_block[at] = msgspec.structs.replace(cut, start=start, end=end)


def _space(start: int, end: int, replacement: str, name: str) -> Cut:
    return Cut(start, end, replacement, "space", (Evidence(f"repair:{name}", 0.0),))


def _wraps(view: View, start: int, text: str) -> Iterator[Cut]:
    classes = view.facts.classes
    for gap in _WRAP.finditer(text):
        begin, end = start + gap.start(), start + gap.end()
        if classes[begin - 1] & UNSPACED and classes[end] & UNSPACED:
            yield _space(begin, end, "", "wraps")
        elif text[gap.start() - 1] == "-" and (left := _WORD_END.search(text, 0, gap.start() - 1)):
            right = _WORD_START.match(text, gap.end())
            whole = (left[0] + right[0]).lower() if right else ""
            if whole and whole in view.facts.folded:
                yield _space(begin - 1, end, "", "wraps")
            else:
                yield _space(begin, end, "" if right and right[0][0].islower() else " ", "wraps")
        else:
            yield _space(begin, end, " ", "wraps")


def _glued(view: View) -> Iterator[Cut]:
    """A full stop between a word and a capitalised word: `Monday.Rare`, not `U.S.`, `Mining.com` or `log.Print(x)`."""
    classes = view.facts.classes
    if len(classes) < 5:
        return
    stop = ((classes[2:-2] & STOP) != 0) & ((classes[3:-1] & UPPER) != 0)
    for place in (np.flatnonzero(stop) + 2).tolist():
        before, far, after = int(classes[place - 1]), int(classes[place - 2]), int(classes[place + 2])
        small = bool(before & LETTER and not before & UPPER and far & LETTER) or bool(before & DIGIT and far & DIGIT)
        if small and after & LETTER and not after & UPPER and not _CODE.match(view.document.text, place + 1):
            yield _space(place + 1, place + 1, " ", "glued")


def _invisible(view: View) -> Iterator[Cut]:
    """Zero-width spaces outside scripts that need them, and runs of spaces with a no-break space among them."""
    text, classes = view.document.text, view.facts.classes
    for found in _INVISIBLE.finditer(text):
        start, end = found.span()
        if found[0][0] in "\u200b\u2060\ufeff":
            beside = classes[max(0, start - 1)] | classes[min(end, len(classes) - 1)]
            if not beside & UNSPACED:
                yield _space(start, end, "", "invisible")
        elif "\u00a0" in found[0]:
            yield _space(start, end, " ", "invisible")


def _by_block(view: View, cuts: Iterator[Cut]) -> Iterator[tuple[int, Cut]]:
    starts, ends = view.facts.start, view.facts.end
    for cut in cuts:
        block = int(np.searchsorted(starts, cut.start, side="right")) - 1
        if block >= 0 and cut.end <= ends[block]:
            yield block, cut


def _apart(found: list[tuple[int, Cut]]) -> list[tuple[int, Cut]]:
    """Leave out what overlaps an earlier one."""
    kept: list[tuple[int, Cut]] = []
    for entry in found:
        if not kept or entry[1].start >= kept[-1][1].end:
            kept.append(entry)
    return kept
