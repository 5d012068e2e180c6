"""CSS selectors of rules on a page: only those are tried whose rarest part its elements have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

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


def needed(selector: str) -> tuple[str, str]:
    """What the elements of a page must have where there is such an element: a word, or a part of a value.

    Words are tags in angle brackets, the names of attributes and what stands in their values between spaces.

    >>> needed("div.share-bar > a"), needed("form[action*='newsletter']:not(:has(h1))"), needed(":is(p, div)")
    (('share-bar', ''), ('', 'newsletter'), ('', ''))
    """
    if "\\" in selector or "/*" in selector:
        return "", ""
    words: list[str] = []
    parts: list[str] = []
    keys: list[str] = []
    tags: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(selector):
        if token["bracket"]:
            depth += 1 if token["bracket"] == "(" else -1
        elif not depth and token["key"]:
            value = token["double"] or token["single"] or token["bare"] or ""
            whole = token["operator"] in ("=", "~=") and value.split() == [value]
            (words if whole else parts).append(value)
            (words if whole else keys).append(token["key"])
        elif not depth:
            words += [token["name"]] if token["name"] else []
            tags += [f"<{token['tag']}>"] if token["tag"] else []
    longest = max((*words, *parts), key=len, default="") or max(keys or tags, key=len, default="")
    return ("", longest) if longest in parts else (longest, "")


Asked = dict[bytes, list[tuple[str, str]]]
"""Selectors with the ids of their rules, by what is needed for them."""


class Selectors:
    """Selectors with the ids of their rules, ready to be found in pages."""

    def __init__(self, selectors: Iterable[tuple[str, str]]) -> None:
        self._always: list[tuple[str, str]] = []
        self._by_word: Asked = {}
        self._by_part: Asked = {}
        for selector, rule in selectors:
            for alternative in split_selector(selector):
                word, part = needed(alternative)
                if word:
                    self._by_word.setdefault(word.encode().lower(), []).append((alternative, rule))
                elif part:
                    self._by_part.setdefault(part.encode().lower(), []).append((alternative, rule))
                else:
                    self._always.append((alternative, rule))

    @cached_property
    def _parts(self) -> BytesAhoCorasick:
        from ahocorasick_rs import BytesAhoCorasick

        return BytesAhoCorasick(list(self._by_part))

    def find(self, tree: LexborHTMLParser, attributes: bytes) -> Iterator[tuple[LexborNode, str]]:
        """Each element that a selector finds, with the id of its rule.

        `attributes` are the tags, in angle brackets, and the attributes and their values of the page's elements, one
        a line, in lower case.
        """
        found = [self._by_word[word] for word in self._by_word.keys() & set(attributes.split())]
        parts = {match[0] for match in self._parts.find_matches_as_indexes(attributes, overlapping=True)}
        found += [selectors for number, selectors in enumerate(self._by_part.values()) if number in parts]
        by_rule: dict[str, list[str]] = {}
        for selector, rule in chain.from_iterable(found):
            by_rule.setdefault(rule, []).append(selector)
        together = [(", ".join(selectors), rule) for rule, selectors in by_rule.items()]
        for selector, rule in [*self._always, *together]:
            for node in tree.css(selector):
                yield node, rule
