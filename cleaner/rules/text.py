"""How rules see text: characters made alike, and phrases as patterns.

Typographic quotes, dashes, spaces and digits, and letters that are written in two ways, are replaced one
character for one, in texts, phrases and patterns alike, so a rule is written once and offsets stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import fold

GONE = "\0"
"""Stands in a 1:1 text for a character that readers do not see."""

_LETTERS = {
    **dict(zip("άέήίόύώ", "αεηιουω", strict=True)),
    **dict(zip("ΆΈΉΊΌΎΏ", "ΑΕΗΙΟΥΩ", strict=True)),
    **dict(zip("يىكأإآ", "ییکااا", strict=True)),
    "ς": "σ",
    "ı": "i",
    "İ": "I",
    "ſ": "s",
    "ẞ": "ß",
    "\u212a": "K",
    "\u212b": "Å",
}
"""Letters that publishers write in two ways: Greek capitals have no accents, Turkish i has two, Arabic and
Persian share letters that are coded twice."""
_SPACES = (
    "\t\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐０"
_MARKS = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "–": "-",
    "—": "-",
    "―": "-",
    "‑": "-",
    "‐": "-",
}
_INVISIBLE = (
    "\xad\u0640\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def _table() -> NDArray[np.uint32]:
    table = np.arange(0x110000, dtype=np.uint32)
    for source in (_LETTERS, _MARKS):
        for char, plain in source.items():
            table[ord(char)] = ord(plain)
    for zero in _ZEROS:
        table[ord(zero) : ord(zero) + 10] = np.arange(0x30, 0x3A)
    table[[ord(char) for char in _SPACES]] = 0x20
    table[[ord(char) for char in _INVISIBLE]] = 0
    table[0xD800:0xE000] = 0xFFFD
    return table


SEEN = _table()
_REWRITTEN: dict[int, str] = {
    **{ord(char): plain for char, plain in _LETTERS.items()},
    **{ord(char): "\\-" if plain == "-" else plain for char, plain in _MARKS.items()},
    **{ord(char): " " for char in _SPACES},
}


def seen(text: str) -> str:
    """`text` as patterns see it, at equal length: line feeds stay, unseen characters become `GONE`.

    >>> seen("“Read\\xa0more” – ١٢")
    '"Read more" - 12'
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return SEEN.take(codes).tobytes().decode("utf-32-le")


def collapse(text: str) -> str:
    """What is left of a `seen` text without invisible characters and with single spaces."""
    return " ".join(text.replace(GONE, "").split())


def kept_positions(text: str) -> list[int]:
    """For each character of `collapse(text)`, and for its end, the offset in `text` it stands for."""
    kept: list[int] = []
    gap = -1
    for index, char in enumerate(text):
        if char == GONE:
            continue
        if char.isspace():
            if kept and gap < 0:
                gap = index
            continue
        if gap >= 0:
            kept.append(gap)
            gap = -1
        kept.append(index)
    return [*kept, kept[-1] + 1 if kept else 0]


def literal(text: str) -> str:
    """A literal in the form it is sought in: seen, collapsed, lower case.

    >>> literal("Lire  aussi\\u202f:")
    'lire aussi :'
    """
    return seen(fold(collapse(seen(text))))


SITE_SLOT = "<site>"
_SITE_PATTERN = r"\S+(?: \S+){0,3}"
_NOTHING = r"[^\x00-\x{10FFFF}]"
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
LIST_NAME = re.compile(r"(?<!\\p)(?<!\\P)(?<!\\x)\{([a-z][a-z0-9_-]*)\}")


def phrase_pattern(phrase: str) -> str:
    """The RE2 pattern for a phrase of a word list in its `seen` form.

    >>> phrase_pattern("more from <site>:")
    'more from \\\\S+(?: \\\\S+){0,3}:'
    >>> phrase_pattern("kommentar*")
    'kommentar\\\\p{L}*'
    """
    core, left, right = stem(phrase)
    pieces = [_SPECIAL.sub(r"\\\g<0>", piece) for piece in core.split(SITE_SLOT)]
    return ("" if left else r"\p{L}*") + _SITE_PATTERN.join(pieces) + ("" if right else r"\p{L}*")


def stem(phrase: str) -> tuple[str, bool, bool]:
    """The phrase without `*` at its ends, and whether each end is a word's end."""
    core = phrase.strip("*")
    if not core:
        return phrase, True, True
    return core, not phrase.startswith("*"), not phrase.endswith("*")


def list_names(pattern: str) -> list[str]:
    """The word lists that a pattern names, in order, each once."""
    return list(dict.fromkeys(LIST_NAME.findall(pattern)))


def rewrite(pattern: str) -> str:
    """A pattern with the characters that texts never show replaced by those they show."""
    if pattern.isascii():
        return pattern
    return pattern.translate(_REWRITTEN)


def expand(pattern: str, lists: Mapping[str, Iterable[str]]) -> str:
    """`pattern` for RE2, each `{name}` replaced by the alternatives `lists[name]`, which are patterns.

    >>> expand("^{more}:", {"more": ["see also", "more"]})
    '^(?:see also|more):'
    """

    def alternatives(found: re.Match[str]) -> str:
        return "(?:" + ("|".join(lists[found[1]]) or _NOTHING) + ")"

    return LIST_NAME.sub(alternatives, rewrite(pattern))
