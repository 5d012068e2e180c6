"""CSS selectors of rules on a page: only those are tried whose rarest part its elements have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NAME = r"[^\s.#:>+~,()\[\]=*^$|\"']+"
_TOKEN = re.compile(
    rf"""\[\s*(?P<key>[\w-]+)\s*(?:(?P<operator>[*^$~|]?=)\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\]\s]*)))?[^\]]*\]
    |::?[\w-]+|[.#](?P<name>{_NAME})|(?P<bracket>[()])|(?P<tag>{_NAME})|.""",
    re.S | re.X,
)


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


class Needed(NamedTuple):
    """What the elements of a page must have where there is such an element, all in lower case.

    Words are tags in angle brackets, the names of attributes and what stands in their values between spaces.
    """

    words: frozenset[bytes]
    parts: frozenset[bytes]
    """What stands somewhere in a value."""


def needed(selector: str) -> Needed:
    """What a page cannot do without.

    >>> sorted(needed("div.share-bar > a").words), needed("[action*='newsletter']:not(:has(h1))").parts
    ([b'<a>', b'<div>', b'share-bar'], frozenset({b'newsletter'}))
    >>> needed(":is(p, div)")
    Needed(words=frozenset(), parts=frozenset())
    """
    if "\\" in selector or "/*" in selector:
        return Needed(frozenset(), frozenset())
    words: set[str] = set()
    parts: set[str] = set()
    depth = 0
    for token in _TOKEN.finditer(selector):
        if token["bracket"]:
            depth += 1 if token["bracket"] == "(" else -1
        elif not depth and token["key"]:
            value = token["double"] or token["single"] or token["bare"] or ""
            whole = token["operator"] in ("=", "~=") and value.split() == [value]
            (words if whole else parts).add(value)
            words.add(token["key"])
        elif not depth and token["name"]:
            words.add(token["name"])
        elif not depth and token["tag"]:
            words.add(f"<{token['tag']}>")
    return Needed(*(frozenset(text.encode().lower() for text in texts if text) for texts in (words, parts)))


def _rarest(words: Iterable[bytes]) -> bytes:
    """The word that fewest pages have, by its looks; empty where there is none."""
    return max(words, key=lambda word: (not word.startswith(b"<"), len(word), word), default=b"")


class Selectors:
    """Selectors with the ids of their rules, ready to be found in pages."""

    def __init__(self, selectors: Iterable[tuple[str, str]]) -> None:
        self._asked: dict[bytes, list[tuple[Needed, str, str]]] = {}
        for selector, rule in selectors:
            for alternative in split_selector(selector):
                need = needed(alternative)
                self._asked.setdefault(_rarest(need.words), []).append((need, alternative, rule))

    @cached_property
    def _parts(self) -> list[bytes]:
        every = chain.from_iterable(self._asked.values())
        return sorted(frozenset[bytes]().union(*(need.parts for need, _, _ in every)))

    @cached_property
    def _parts_finder(self) -> BytesAhoCorasick:
        from ahocorasick_rs import BytesAhoCorasick

        return BytesAhoCorasick(self._parts)

    def find(self, tree: LexborHTMLParser, attributes: bytes) -> Iterator[tuple[LexborNode, str]]:
        """Each element that a selector finds, with the id of its rule.

        `attributes` are the tags, in angle brackets, and the attributes and their values of the page's elements, one
        a line, in lower case.
        """
        words = {b"", *attributes.split()}
        places = self._parts_finder.find_matches_as_indexes(attributes, overlapping=True)
        parts = {self._parts[number] for number in {place[0] for place in places}}
        together: dict[tuple[str, str], list[str]] = {}
        for need, selector, rule in chain.from_iterable(map(self._asked.__getitem__, self._asked.keys() & words)):
            if need.words <= words and need.parts <= parts:
                # One that is not understood may swallow what stands behind it.
                together.setdefault((rule, "" if any(need) else selector), []).append(selector)
        for (rule, _), selectors in together.items():
            for node in tree.css(", ".join(selectors)):
                yield node, rule
