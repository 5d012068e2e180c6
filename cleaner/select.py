"""CSS selectors of rules on a page: only those are tried whose rarest part occurs in the page's source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NAME = r"[^\s.#:>+~,()\[\]=*^$|\"']+"
_PSEUDO = re.compile(r":[\w-]+(?:\((?:[^()]|\([^()]*\))*\))?")
_IN_NAMES = re.compile(
    rf"[.#]({_NAME})|\[\s*(?:class|id|role|itemprop)\s*[*^$~|]?=\s*(?:\"([^\"]*)\"|'([^']*)'|({_NAME}))[^\]]*\]"
)
_IN_SOURCE = re.compile(rf"\[\s*({_NAME})|({_NAME})")


def split_selector(selector: str) -> list[str]:
    """The alternatives of a selector list.

    >>> split_selector(":is(div, p).a, [title='x, y']")
    [':is(div, p).a', "[title='x, y']"]
    """
    parts = [""]
    depth, quote = 0, ""
    for char in selector:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char in "([") - (char in ")]")
        if char == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]


def needed(selector: str) -> tuple[str, str]:
    """What must occur where there is such an element: in elements' tags and names, or in the page's source.

    >>> needed("div.share-bar > a"), needed("form[action*='newsletter']:not(:has(h1))"), needed(":is(p, div)")
    (('share-bar', ''), ('<form>', ''), ('', ''))
    """
    if "\\" in selector:
        return "", ""
    plain = _PSEUDO.sub(" ", selector)
    names = [part for groups in _IN_NAMES.findall(plain) for part in groups if part.isascii()]
    if names:
        return max(names, key=len).lower(), ""
    found = _IN_SOURCE.findall(re.sub(r"=[^\]]*\]", "]", plain))
    tags = [f"<{tag}>" for _, tag in found if tag]
    return max(tags, key=len, default="").lower(), "" if tags else max((one for one, _ in found), key=len, default="")


class Selectors:
    """Selectors with the ids of their rules, ready to be found in pages."""

    def __init__(self, selectors: Iterable[tuple[str, str]]) -> None:
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        self._by_source: dict[bytes, list[tuple[str, str]]] = {}
        for selector, rule in selectors:
            for part in split_selector(selector):
                name, other = needed(part)
                if name:
                    self._by_name.setdefault(name, []).append((part, rule))
                else:
                    self._by_source.setdefault(other.encode(), []).append((part, rule))

    @cached_property
    def _names(self) -> list[str]:
        return list(self._by_name)

    @cached_property
    def _automaton(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.AhoCorasick(self._names, store_patterns=False)

    def find(self, tree: LexborHTMLParser, names: str, source: bytes) -> Iterator[tuple[LexborNode, str]]:
        """Each element that a selector finds, with the id of its rule.

        `names` are the tags, in angle brackets, and the classes, ids, roles and item properties of the page's elements;
        `source` is the page itself.
        """
        asked = [one for literal, some in self._by_source.items() if literal in source for one in some]
        if self._by_name:
            found = self._automaton.find_matches_as_indexes(names.lower(), overlapping=True)
            for number in sorted({match[0] for match in found}):
                asked += self._by_name[self._names[number]]
        for selector, rule in asked:
            for node in tree.css(selector):
                yield node, rule
