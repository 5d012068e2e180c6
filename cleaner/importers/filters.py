"""Cosmetic filters of EasyList, AdGuard and uBlock Origin lists, line by line.

The format: https://help.adblockplus.org/hc/en-us/articles/360062733293. Only filters that hide elements by plain CSS
are carried over; network filters block requests, of which a stored page makes none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.importers.imported import DOMAIN, Lifted, Line, Needless, Outcome, Selected, Unsaid

COSMETIC = re.compile(r"(?P<sites>[^#/|@\"'=?]*?)(?P<sign>#@?(?:\$\?|[?$%])?#|\$@?\$)(?P<what>\S.*)")
_PATTERN_SITES = re.compile(r"(?:/.*/|\[\$.*\])[^#]*(?P<sign>#@?(?:\$\?|[?$%])?#)(?P<what>\S.*)")
_REFUSED_SIGNS = {
    "?": "a filter for elements that CSS alone cannot find",
    "$": "a style or a source edit, not a selector",
    "%": "a script, not a selector",
}
_PROCEDURAL = re.compile(
    r":(?P<name>-abp-[\w-]+|contains|has-text|if|if-not|matches-[\w-]+|min-text-length|nth-ancestor|others|properties|"
    r"remove|remove-attr|remove-class|shadow|style|upward|watch-attr|xpath)\("
)
_LONE_PSEUDO = re.compile(r"\"[^\"]*\"|'[^']*'|\[[^\]]*\]|(?<=[\s(,>+~]):(?=[a-z])")
"""Where a `*` is left out before a pseudo-class: in `:has()` lexbor needs it."""
_TITLE = re.compile(r"\[.*\]")


def read_filters(name: str, text: str) -> Iterator[Outcome]:
    """What becomes of each line of the filter list `name`; empty lines are left out.

    >>> [(found.css, found.sites) for found in read_filters("list.txt", "news.test##.advert")]
    [(('.advert',), ('news.test',))]
    """
    conditions = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = Line(name, number, raw.strip())
        if not line.text:
            continue
        if line.text.startswith("!#"):
            conditions += line.text.startswith("!#if") - line.text.startswith("!#endif")
            yield Unsaid(line, "!#", "a condition or an include of the filter list, which is not followed")
            continue
        found = _outcome(line)
        if conditions and isinstance(found, Selected | Lifted):
            found = Unsaid(line, found.kind, "stands under an `!#if`")
        yield found


def _outcome(line: Line) -> Outcome:
    if line.text.startswith("!") or line.text.startswith("# ") or line.text == "#" or _TITLE.fullmatch(line.text):
        return Needless(line, "comments")
    found = COSMETIC.fullmatch(line.text)
    if found is not None:
        return _cosmetic(line, found["sign"], found["sites"], found["what"].strip())
    if by_pattern := _PATTERN_SITES.fullmatch(line.text):
        return Unsaid(line, by_pattern["sign"], "is for sites that a pattern names")
    return Needless(line, "network filters")


def _cosmetic(line: Line, sign: str, names: str, what: str) -> Outcome:
    if why := _refusal(sign, what):
        return Unsaid(line, sign, why)
    domains = [name.strip().lower() for name in names.split(",") if name.strip()]
    for domain in domains:
        if not re.fullmatch(DOMAIN, domain.removeprefix("~")):
            return Unsaid(line, sign, f"`{domain}` is no domain")
    sites = tuple(domain for domain in domains if not domain.startswith("~"))
    spared = tuple(domain[1:] for domain in domains if domain.startswith("~"))
    css = _LONE_PSEUDO.sub(lambda m: m[0] if m[0] != ":" else "*:", what)
    if sign == "##":
        return Selected(line, sign, "drop", (css,), sites, spared)
    if spared:
        return Unsaid(line, sign, "an exception with exceptions")
    return Lifted(line, sign, css, sites)


def _refusal(sign: str, what: str) -> str:
    """Why a filter is no plain selector; empty where it may be one."""
    if sign not in ("##", "#@#"):
        mark = next((mark for mark in "%$?" if mark in sign), "$")
        return _REFUSED_SIGNS[mark]
    if what.startswith(("+js(", "script:inject(")):
        return "a script, not a selector"
    if what.startswith("^"):
        return "edits the page's source before it is read"
    if found := _PROCEDURAL.search(what):
        return f"`:{found['name']}()` is not CSS"
    return ""
