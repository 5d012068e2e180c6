r"""An alphabet in which Unicode's categories are whole ranges, for texts and patterns alike.

`\p{L}` is 648 ranges of code points, and patterns with `\p{Lu}[\p{L}\p{M}]*` repeated a few times become
programs of 100,000 instructions that take RE2 a tenth of a second to make. So texts are recoded before they
are searched, and patterns before they are compiled: every character beyond ASCII moves to a private code
point, in order of its category. A category is then one range, whatever RE2 does with it is short, and the
answer is the same. Letters of both cases are named in the recoded pattern, as RE2 knows no case there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.facts import distinct
from cleaner.rules.search import EVERY_GROUP, Groups
from cleaner.rules.text import SEEN, seen

Case = Literal["minded", "ignored"]
Span = tuple[int, int]

_CATEGORIES = (
    *(
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "Mn",
        "Mc",
        "Me",
        "Nd",
        "Nl",
        "No",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
    ),
    *("Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"),
)
_PRINTED = ((0x80, 0xFFFF), (0x1D400, 0x1D7FF), (0x1F000, 0x1FAFF))
"""Code points beyond ASCII that texts are printed in; the rest is one unknown character."""
_SCRIPT_GROUPS = {
    **dict.fromkeys(("Greek", "Cyrillic", "Armenian"), 2),
    **dict.fromkeys(("Hebrew", "Arabic"), 3),
    **dict.fromkeys(("Devanagari", "Bengali", "Thai", "Tamil", "Georgian"), 4),
    **dict.fromkeys(("Han", "Hiragana", "Katakana", "Hangul"), 5),
}
"""The group (see search) of scripts that stand in one group only."""
_SCRIPTS = ("Latin", *_SCRIPT_GROUPS)
_ASCII = (0,)
_FIRST = 0xF0000
_LAST = 0x10FFFF
NOTHING = r"[^\x{0}-\x{10ffff}]"
"""A pattern that nothing matches."""


class _Alphabet(NamedTuple):
    codes: NDArray[np.uint32]
    """The new code point of each old one."""
    spans: dict[str, Span]
    """The new code points of each category, those in ASCII apart."""


class _Characters(msgspec.Struct, frozen=True):
    """What Python knows of characters, looked up once a machine."""

    categories: bytes
    """The number of the category of each character that texts are printed in."""
    scripts: dict[str, list[Span]]
    """The letters of scripts, told by what they are called, as code points."""


@cache
def _characters() -> _Characters:
    version = unicodedata.unidata_version.encode()
    return remembered(
        "characters", [version, *map(str.encode, _CATEGORIES), *map(str.encode, _SCRIPTS)], _Characters, _look_up
    )


def _look_up() -> _Characters:
    number = {name: index for index, name in enumerate(_CATEGORIES)}
    codes = (code for first, last in _PRINTED for code in range(first, last + 1))
    return _Characters(
        bytes(number[unicodedata.category(chr(code))] for code in codes),
        {name: _letters_of(name) for name in _SCRIPTS},
    )


def _letters_of(script: str) -> list[Span]:
    prefix = {"HAN": "CJK"}.get(script.upper(), script.upper())
    codes = [code for code in range(0x10000) if unicodedata.name(chr(code), "").startswith(prefix)]
    return _joined((code, code) for code in codes)


@cache
def _alphabet() -> _Alphabet:
    old = np.concatenate([np.arange(first, last + 1) for first, last in _PRINTED])
    category = np.frombuffer(_characters().categories, dtype=np.uint8)
    codes = np.full(_LAST + 1, 0, dtype=np.uint32)
    codes[:0x80] = np.arange(0x80)
    spans: dict[str, Span] = {}
    first = _FIRST
    for index, name in enumerate(_CATEGORIES):
        members = old[category == index] if name != "Cn" else old[:0]
        if index and name[0] != _CATEGORIES[index - 1][0]:
            first = -(-first // 4096) * 4096
        codes[members] = first + np.arange(len(members))
        spans[name] = first, first + len(members)
        first = -(-(first + len(members) + 1) // 64) * 64
    codes[0x80:][codes[0x80:] == 0] = spans["Cn"][0]
    return _Alphabet(codes, _without_gaps(spans))


def _without_gaps(spans: dict[str, Span]) -> dict[str, Span]:
    """Each category up to where the next begins, so that neighbours join into one range."""
    firsts = [first for first, _ in spans.values()]
    return dict(zip(spans, zip(firsts, [*(first - 1 for first in firsts[1:]), _LAST], strict=True), strict=True))


@cache
def _table() -> NDArray[np.uint32]:
    """From the code points of a text to those of its recoded `seen` form."""
    table = _alphabet().codes.copy()
    table[:0x10000] = table[SEEN[:0x10000]]
    return table


def recode(text: str) -> str:
    """The `seen` form of `text`, at equal length, in this alphabet."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _table().take(codes).tobytes().decode("utf-32-le")


# --- patterns -------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?P<property>\\[pP](?:\{\^?\w+\}|\w))
    |(?P<hex>\\x(?:\{[0-9a-fA-F]+\}|[0-9a-fA-F]{2}))
    |(?P<escape>\\.)
    |(?P<set>\[\^?\]?(?:\\[pPx]\{[^}]*\}|\\.|\[:\^?\w+:\]|[^\]\\])*\])
    |(?P<flags>\(\?[imsU-]+[:)])
    |(?P<open>\()
    |(?P<close>\))
    |(?P<beyond>[^\x00-\x7f])""",
    re.S | re.X,
)


def recode_pattern(pattern: str, case: Case, groups: Groups = EVERY_GROUP) -> str:
    r"""`pattern` for texts in this alphabet that use these groups of scripts only.

    `\p{Lu}` is a capital, also where the pattern minds no case.

    >>> recode_pattern(r"^a+(?-i:b)\p{Lu}", "ignored", (0,))
    '^a+(?-i:b)(?-i:[\\x{41}-\\x{5a}])'
    """
    return _TOKEN.sub(_Recoder(case, groups).token, pattern)


class _Recoder:
    """Replaces the tokens of one pattern, and knows where case is minded."""

    def __init__(self, case: Case, groups: Groups) -> None:
        self.case = case
        self.groups = groups
        self.outside: list[Case] = []

    def token(self, found: re.Match[str]) -> str:
        text = found[0]
        kind = found.lastgroup
        if kind == "beyond":
            return _char(text, self.case)
        if kind == "set":
            return _set(text, self.case, self.groups)
        if kind == "property":
            return _written(_within(_property(text, self.groups), self.groups))
        if kind == "hex":
            return _escaped(_char(_of_hex(text), self.case))
        if kind in ("flags", "open", "close"):
            self.group(text)
        return text

    def group(self, text: str) -> None:
        """Follow the flag `i` into groups and out of them."""
        if text == ")":
            self.case = self.outside.pop() if self.outside else self.case
            return
        if not text.endswith(")"):
            self.outside.append(self.case)
        on, _, off = text.strip("(?:)").partition("-")
        if "i" in off:
            self.case = "minded"
        elif "i" in on:
            self.case = "ignored"


def _of_hex(text: str) -> str:
    return seen(chr(int(text[2:].strip("{}"), 16)))


def _escaped(char: str) -> str:
    return rf"\x{{{ord(char):x}}}" if len(char) == 1 and char.isascii() else char


@cache
def _char(char: str, case: Case) -> str:
    """A character, or where case is ignored a set of its forms."""
    if char.isascii():
        return char
    codes = sorted({int(_alphabet().codes[ord(form)]) for form in _forms(char, case)})
    return chr(codes[0]) if len(codes) == 1 else _written([(code, code) for code in codes])


def _forms(char: str, case: Case) -> set[str]:
    if case == "minded":
        return {char}
    return {seen(form) for form in (char, char.lower(), char.upper(), char.title()) if len(form) == 1}


def _written(spans: Sequence[Span]) -> str:
    """A set of code points as RE2 reads it, case and all."""
    ranges = (rf"\x{{{a:x}}}-\x{{{b:x}}}" if a < b else rf"\x{{{a:x}}}" for a, b in _joined(spans))
    return f"(?-i:[{''.join(ranges)}])" if spans else NOTHING


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


def _others(spans: Iterable[Span]) -> list[Span]:
    """All code points but these."""
    gaps: list[Span] = []
    free = 0
    for first, last in _joined(spans):
        if first > free:
            gaps.append((free, first - 1))
        free = last + 1
    return [*gaps, (free, _LAST)] if free <= _LAST else gaps


# --- classes --------------------------------------------------------------------------------------

_MEMBER = re.compile(
    r"(?P<property>\\[pP](?:\{\^?\w+\}|\w))|(?P<posix>\[:\^?\w+:\])|(?P<perl>\\[dDsSwW])"
    r"|(?P<one>\\x(?:\{[0-9a-fA-F]+\}|[0-9a-fA-F]{2})|\\.|.)"
    r"(?:-(?P<other>\\x(?:\{[0-9a-fA-F]+\}|[0-9a-fA-F]{2})|\\[^dDsSwWpP]|[^\]\\]))?",
    re.S,
)
_PERL: dict[str, list[Span]] = {
    "d": [(0x30, 0x39)],
    "s": [(0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)],
    "w": [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)],
}
_POSIX = {
    "alpha": r"A-Za-z", "digit": r"0-9", "alnum": r"0-9A-Za-z", "upper": r"A-Z", "lower": r"a-z",
    "punct": r"!-/:-@\[-`{-~", "space": r"\s", "word": r"\w", "xdigit": r"0-9A-Fa-f",
}  # fmt: skip
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}


@cache
def _set(text: str, case: Case, groups: Groups) -> str:
    """A set in brackets."""
    negated = text.startswith("[^")
    try:
        spans = _members(text[2 if negated else 1 : -1], case, groups)
    except ValueError:
        return text
    return _written(_within(_others(spans) if negated else spans, groups))


def _within(spans: Sequence[Span], groups: Groups) -> Sequence[Span]:
    """What is left of a set for texts of these groups."""
    if groups != _ASCII:
        return spans
    return [(first, min(last, 0x7F)) for first, last in spans if first <= 0x7F]


def _members(text: str, case: Case, groups: Groups) -> list[Span]:
    spans: list[Span] = []
    for found in _MEMBER.finditer(text):
        if found["property"]:
            spans += _property(found[0], groups)
        elif found["posix"]:
            inner = _members(_POSIX[found[0].strip("[:^]")], "minded", groups)
            spans += _others(inner) if "^" in found[0] else inner
        elif found["perl"]:
            inner = _PERL[found[0][1].lower()]
            spans += inner if found[0][1].islower() else _others(inner)
        else:
            first = ord(_one(found["one"]))
            last = ord(_one(found["other"])) if found["other"] else first
            if last < first:
                raise ValueError(found[0])
            spans += _range(first, last, case)
    return spans


def _one(text: str) -> str:
    if text.startswith("\\x") and len(text) > 2:
        return _of_hex(text)
    return _CONTROLS.get(text[1:], text[1:]) if text.startswith("\\") else text


def _range(first: int, last: int, case: Case) -> list[Span]:
    """The code points of a range, and where case is ignored those of its letters' other forms."""
    if last == _LAST:
        return [(first, last)] if first < 0x80 else _others([(0, 0x7F), *_range(0x80, first - 1, "minded")])
    codes = _alphabet().codes
    spans = _runs(codes[first : last + 1])
    if case == "ignored":
        forms = {form for code in range(first, min(last, 0xFFFF) + 1) for form in _forms_of(code)}
        spans += _runs(codes[sorted(forms)])
    return spans


@cache
def _forms_of(code: int) -> tuple[int, ...]:
    char = chr(code)
    if char.lower() == char.upper():
        return ()
    return tuple(ord(form) for form in _forms(char, "ignored"))


def _runs(codes: NDArray[np.uint32]) -> list[Span]:
    """Neighbouring code points as spans."""
    if not len(codes):
        return []
    ordered = distinct(codes)
    breaks = np.flatnonzero(np.diff(ordered) > 1)
    firsts = ordered[np.concatenate(([0], breaks + 1))]
    lasts = ordered[np.concatenate((breaks, [len(ordered) - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


@cache
def _property(text: str, groups: Groups) -> list[Span]:
    r"""The members of `\p{…}`: a category, or a script."""
    name = text[2:].strip("{}^")
    spans = _category(name) or _script(name)
    if name in _SCRIPT_GROUPS and _SCRIPT_GROUPS[name] not in groups:
        spans = []
    return _others(spans) if (text[1] == "P") != ("^" in text) else spans


def _category(name: str) -> list[Span]:
    categories = [category for category in _CATEGORIES if category.startswith(name)]
    ascii_codes = [code for code in range(0x80) if unicodedata.category(chr(code)) in categories]
    return [(code, code) for code in ascii_codes] + [_alphabet().spans[category] for category in categories]


@cache
def _script(name: str) -> list[Span]:
    """A script, told by what its letters are called."""
    codes = [
        code for first, last in _characters().scripts.get(name) or _letters_of(name) for code in range(first, last + 1)
    ]
    if not codes:
        raise LookupError(f"no class \\p{{{name}}}")
    return _runs(_alphabet().codes[codes])
