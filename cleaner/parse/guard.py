"""Pages made to exhaust the parser: found by a linear scan before they are parsed."""

from __future__ import annotations

import re

import numpy as np

DEEPEST = 3_000
"""Open elements inside each other; real pages have up to about 700."""
MOST_FORMATTING = 500
"""Formatting elements open at once; real pages have up to about 75. The parser's cost grows with their square."""
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>?")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_CLOSED_BY_THE_NEXT = frozenset(b"p li dt dd tr td th thead tbody tfoot option optgroup colgroup".split())
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
_OPEN, _SLASH = ord("<"), ord("/")


class Bomb(ValueError):
    """The page nests more elements than any page does."""


def check_nesting(page: bytes) -> None:
    """Raise `Bomb` where the parser would run away on `page`."""
    if page.count(b"<") - page.count(b"</") > DEEPEST and _most_open(page) > DEEPEST:
        _scan(page)


def _most_open(page: bytes) -> int:
    """A quick upper bound on the depth: void elements and unclosed paragraphs count as open."""
    raw = np.frombuffer(page, dtype=np.uint8)
    following = raw[np.minimum(np.flatnonzero(raw == _OPEN) + 1, len(raw) - 1)]
    letter = ((following | 0x20) >= ord("a")) & ((following | 0x20) <= ord("z"))
    depth = np.cumsum(letter.astype(np.int64) - (following == _SLASH))
    return int((depth - np.minimum.accumulate(depth)).max(initial=0))


def _scan(page: bytes) -> None:
    depth = formatting = 0
    for tag in _TAG.finditer(page):
        name = tag[2].lower()
        if name in _VOID or name in _CLOSED_BY_THE_NEXT or tag[3].endswith(b"/"):
            continue
        step = -1 if tag[1] else 1
        depth = max(0, depth + step)
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
        if formatting > MOST_FORMATTING:
            raise Bomb(f"more than {MOST_FORMATTING} formatting elements are open at once")
        if depth > 2 * DEEPEST:
            raise Bomb(f"more than {2 * DEEPEST} elements inside each other")
