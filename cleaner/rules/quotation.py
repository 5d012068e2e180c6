"""What a line has within quotation marks: somebody's words, in which a phrase of notices is no notice."""

from __future__ import annotations

import re
from functools import lru_cache

_MARK = re.compile("[\"'«»‹›「『]")
_QUOTATION = re.compile(
    r"""
    "[^"]+"? | «[^«»]+»? | »[^\s«»][^«»]*[«»] | ‹[^‹›]+›? | ›[^\s‹›][^‹›]*[‹›] | 「[^」]+」? | 『[^』]+』?
    | (?<!\w)'(?=\w).{0,200}?(?<=[\w.,!?…])'(?!\w)
    """,
    re.VERBOSE,
)
"""In texts as rules see them, where most marks are alike. Speech may go on in the next block; a bare » is an arrow."""
_FRAME = re.compile(r"^\W+|\W+$")

Span = tuple[int, int]


@lru_cache(maxsize=1)
def quotations(text: str) -> tuple[Span, ...]:
    """Where the quotations of a line in its `seen` form begin and end, their marks included."""
    return tuple([found.span() for found in _QUOTATION.finditer(text)]) if _MARK.search(text) else ()


def is_quoted(text: str, span: Span, quoted: tuple[Span, ...]) -> bool:
    """Whether the words of a span stand within one of the quotations; marks at its ends do not count."""
    words = _FRAME.sub("", text[slice(*span)])
    begin = text.find(words, span[0])
    inside = (start < begin and begin + len(words) < end for start, end in quoted)
    return any(map(str.isalpha, words)) and any(inside)
