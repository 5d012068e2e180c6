"""CSS selectors of rules on a page: only those are tried whose rarest part occurs in the page's source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NAME = r"[^\s.#:>+~,()\[\]=*^$|\"']+"
_TOKEN = re.compile(
    rf"""\[\s*(?P<key>[\w-]+)\s*(?:[*^$~|]?=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\]\s]*)))?[^\]]*\]
    |::?[\w-]+|[.#](?P<name>{_NAME})|(?P<bracket>[()])|(?P<tag>{_NAME})|.""",
    re.S | re.X,
)
_NAMING = ("class", "id", "role", "itemprop")
_SURE = re.compile(r"[\w/.:?=;,+ -]{4,}", re.ASCII)
"""Values that stand in a page's source just as in the attribute."""


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
    (('share-bar', ''), ('', 'newsletter'), ('', ''))
    """
    if "\\" in selector:
        return "", ""
    names: list[str] = []
    values: list[str] = []
    keys: list[str] = []
    tags: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(selector):
        if token["bracket"]:
            depth += 1 if token["bracket"] == "(" else -1
        elif not depth and token["key"]:
            value = token["double"] or token["single"] or token["bare"] or ""
            keys.append(token["key"])
            (names if token["key"] in _NAMING else values).append(value.strip())
        elif not depth:
            names += [token["name"]] if token["name"] else []
            tags += [f"<{token['tag']}>"] if token["tag"] else []
    names = [name for name in names if name and name.isascii()]
    values = [value for value in values if _SURE.fullmatch(value)]
    if names or (tags and not values):
        return max(names or tags, key=len).lower(), ""
    return "", max(values or keys, key=len, default="")


class Literals:
    """Selectors by a literal each, of which those are asked for whose literal occurs."""

    def __init__(self, selectors: Mapping[Any, list[tuple[str, str]]], automaton: str) -> None:
        import ahocorasick_rs

        self._selectors = list(selectors.values())
        make = getattr(ahocorasick_rs, automaton)
        self._automaton = make(list(selectors)) if selectors else None

    def found(self, text: Any) -> list[tuple[str, str]]:
        if self._automaton is None:
            return []
        numbers = {match[0] for match in self._automaton.find_matches_as_indexes(text, overlapping=True)}
        return [one for number in sorted(numbers) for one in self._selectors[number]]


class Selectors:
    """Selectors with the ids of their rules, ready to be found in pages."""

    def __init__(self, selectors: Iterable[tuple[str, str]]) -> None:
        self._always: list[tuple[str, str]] = []
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        self._by_source: dict[bytes, list[tuple[str, str]]] = {}
        for selector, rule in selectors:
            for part in split_selector(selector):
                name, other = needed(part)
                if name:
                    self._by_name.setdefault(name, []).append((part, rule))
                elif other:
                    self._by_source.setdefault(other.encode(), []).append((part, rule))
                else:
                    self._always.append((part, rule))

    @cached_property
    def _in_names(self) -> Literals:
        return Literals(self._by_name, "AhoCorasick")

    @cached_property
    def _in_source(self) -> Literals:
        return Literals(self._by_source, "BytesAhoCorasick")

    def find(self, tree: LexborHTMLParser, names: str, source: bytes) -> Iterator[tuple[LexborNode, str]]:
        """Each element that a selector finds, with the id of its rule.

        `names` are the tags, in angle brackets, and the classes, ids, roles and item properties of the page's elements;
        `source` is the page itself.
        """
        asked = [*self._always, *self._in_names.found(names.lower()), *self._in_source.found(source)]
        for selector, rule in asked:
            for node in tree.css(selector):
                yield node, rule
