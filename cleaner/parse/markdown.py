"""Markdown in plain text: what a reader sees of it, and what is a link."""

from __future__ import annotations

import re
from typing import NamedTuple

_TARGET = r"(?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[\d{1,4}\])"
_IMAGE = re.compile(rf"!\[[^\[\]]*\]{_TARGET}")
_LINK = re.compile(rf"\[([^\[\]]*)\]{_TARGET}")
_HEADING = re.compile(r"^#{1,6}(?=[ \t]+\S)", re.M)
_STRONG = re.compile(r"\*\*(?=[^\s*])([^*]*)(?<=[^\s*])\*\*")
_MARKED_LINE = re.compile(r"^.*\S.*$", re.M)


class Plain(NamedTuple):
    """A text with its marks blanked out, at equal length, and where its links stand, marks and all, in order."""

    text: str
    links: tuple[tuple[int, int], ...]


def plain(text: str) -> Plain:
    """Blank out what Markdown writes around words: marks of headings, strong words and links, targets, images.

    A line of which nothing would be left stays as it is.

    >>> plain("## [Ferry](/f) **sinks** now").text
    '    Ferry        sinks   now'
    """
    links: list[tuple[int, int]] = []
    shown = text
    if "](" in text or "][" in text:
        shown = _IMAGE.sub(_blank, shown)
        links = [found.span() for found in _LINK.finditer(shown)]
        shown = _LINK.sub(_words, shown)
    if shown.startswith("#") or "\n#" in shown:
        shown = _HEADING.sub(_blank, shown)
    if "**" in shown:
        shown = _STRONG.sub(_words, shown)
    if shown == text:
        return Plain(text, ())
    return Plain(_MARKED_LINE.sub(lambda line: _left(line, shown), text), tuple(links))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"\S", " ", found[0])


def _words(found: re.Match[str]) -> str:
    before, after = found.start(1) - found.start(), found.end() - found.end(1)
    return " " * before + found[1] + " " * after


def _left(line: re.Match[str], shown: str) -> str:
    left = shown[line.start() : line.end()]
    return left if left.strip() else line[0]
