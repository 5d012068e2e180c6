r"""Unicode classes in patterns, written so that RE2 compiles them in a fraction of the time.

`\p{L}` has 648 ranges, and `[^\p{L}]{0,6}` compiles them six times over. Most of these ranges only step around
code points that no text has, so ranges are joined across those; and a class that has each letter in
both cases is told so, which spares RE2 finding out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

_PRINTED = (
    (0x0000, 0x024F), (0x0250, 0x052F), (0x0530, 0x06FF), (0x0750, 0x077F), (0x0900, 0x0EFF), (0x1000, 0x137F),
    (0x1780, 0x17FF), (0x1E00, 0x2BFF), (0x3000, 0xA4CF), (0xAC00, 0xD7FF), (0xE000, 0xF8FF), (0xFB00, 0xFFFF),
    (0x1F000, 0x1FAFF), (0x20000, 0x323AF),
)  # fmt: skip
"""Code points that news is printed in; what a class says of others is not minded."""
_CATEGORIES = (
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
    "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
)  # fmt: skip
_UNMINDED = _CATEGORIES.index("Cn")
_BOTH_CASES = frozenset({"Lu", "Ll", "Lt"})

TOKEN = re.compile(
    r"\\[pP](?:\{\^?\w+\}|\w)|\\.|\[\^?\]?(?:\\[pP]\{[^}]*\}|\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.S
)
_PROPERTY = re.compile(r"\\([pP])(?:\{(\^?)(\w+)\}|(\w))")


@cache
def _categories() -> NDArray[np.uint8]:
    number = {name: index for index, name in enumerate(_CATEGORIES)}
    found = np.full(0x110000, _UNMINDED, dtype=np.uint8)
    for first, last in _PRINTED:
        codes = range(first, min(last, 0x20000) + 1)
        found[first : codes.stop] = [number[unicodedata.category(chr(code))] for code in codes]
    found[0x20000:0x323B0] = number["Lo"]
    return found


@cache
def _ranges(categories: frozenset[str]) -> str:
    """The members of a class that has these categories, as ranges for a pattern."""
    found = _categories()
    minded = np.flatnonzero(found != _UNMINDED)
    member = np.isin(found[minded], [_CATEGORIES.index(name) for name in categories])
    edges = np.flatnonzero(np.diff(member, prepend=False, append=False))
    pairs = ((minded[a], minded[b - 1]) for a, b in zip(edges[::2], edges[1::2], strict=True))
    return "".join(rf"\x{{{a:x}}}-\x{{{b:x}}}" if a < b else rf"\x{{{a:x}}}" for a, b in pairs)


def _named(found: re.Match[str]) -> frozenset[str] | None:
    """The categories that `\\p{…}` or `\\P{…}` names; None for a script, which RE2 writes briefly itself."""
    name = found[3] or found[4]
    categories = frozenset(category for category in _CATEGORIES if category.startswith(name))
    if not categories:
        return None
    if (found[1] == "P") != bool(found[2]):
        return frozenset(_CATEGORIES) - categories
    return categories


def brief_classes(pattern: str) -> str:
    """`pattern` with the general categories in it written as few ranges.

    >>> brief_classes(r"^\\p{Greek}a")
    '^\\\\p{Greek}a'
    >>> brief_classes(r"^\\p{Zs}$")
    '^(?-i:[\\\\x{20}\\\\x{a0}\\\\x{2000}-\\\\x{200a}\\\\x{202f}\\\\x{205f}\\\\x{3000}])$'
    """
    return TOKEN.sub(_brief, pattern)


def _brief(token: re.Match[str]) -> str:
    text = token[0]
    if text[0] == "[":
        return _brief_set(text)
    found = _PROPERTY.fullmatch(text)
    categories = _named(found) if found else None
    if categories is None:
        return text
    return _whole(f"[{_ranges(categories)}]", categories)


def _brief_set(text: str) -> str:
    categories: set[str] = set()

    def collect(found: re.Match[str]) -> str:
        named = _named(found)
        if named is None:
            return found[0]
        categories.update(named)
        return ""

    opening = "[^" if text.startswith("[^") else "["
    rest = _PROPERTY.sub(collect, text[len(opening) : -1])
    if not categories:
        return text
    if rest[:1] in ("-", "]"):
        rest = "\\" + rest
    brief = opening + _ranges(frozenset(categories)) + rest + "]"
    return brief if re.search(r"[^\W\d_]", rest) else _whole(brief, frozenset(categories))


def _whole(brief: str, categories: frozenset[str]) -> str:
    """Spare RE2 looking for the other case of what is in the class in both."""
    return f"(?-i:{brief})" if len(_BOTH_CASES & categories) in (0, 3) else brief
