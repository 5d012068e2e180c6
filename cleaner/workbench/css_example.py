"""A piece of a page that a CSS selector finds: the proof of a rule that nobody wrote by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from cleaner.parse.html import UNSEEN, parse_html
from cleaner.parse.selectors import split_selector
from cleaner.rules.text import collapse

STORY = "The council voted on Tuesday to keep the harbour library open until the spring."
FOUND = "An example."
_PIECE = re.compile(
    r"""(?P<attribute>\[\s*(?P<name>[^\s~|^$*=\]]+)\s*(?:(?P<sign>[~|^$*]?=)\s*
        (?P<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s\]]+)\s*[is]?\s*)?\])
      | \#(?P<id>(?:\\.|[\w-])+) | \.(?P<class>(?:\\.|[\w-])+)
      | ::?(?P<pseudo>[\w-]+)(?P<open>\()?
      | (?P<tag>(?:\\.|[\w|-])+|\*)
      | \s*(?P<joint>[>+~]|\s)\s*""",
    re.X,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.S)
_WRAP = {"td": "tr", "th": "tr", "tr": "tbody", "tbody": "table", "thead": "table", "tfoot": "table"}
_TABLE = frozenset(_WRAP) | {"table"}
_VOID_TAGS = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_TAGS.split())
_TEXTLESS = _VOID | frozenset(UNSEEN) | {"audio", "head", "path", "video"}
_PHRASING_TAGS = "a abbr b cite code em h1 h2 h3 h4 h5 h6 i label mark p s small span strong sub sup time u"
_PHRASING = frozenset(_PHRASING_TAGS.split())
_SOME_STEPS = 20


class _Unfit(Exception):
    """A selector that no example is made for."""


class _Element:
    def __init__(self, tag: str = "") -> None:
        self.tag = tag
        self.attributes: dict[str, str] = {}
        self.children: list[_Element] = []
        self.before: list[_Element] = []
        self.after: list[_Element] = []
        self.text = ""

    def add(self, name: str, value: str) -> None:
        """Give an attribute one more value; what it has already must not say otherwise."""
        held = self.attributes.get(name, "")
        self.attributes[name] = held if held and value in held else f"{held} {value}" if held else value

    def render(self, parent: str = "") -> str:
        """HTML, with what its place in a page asks for: phrases in paragraphs, rows and cells in tables."""
        tag = self.tag or ("span" if parent in _PHRASING else "div")
        attributes = "".join(f" {name}='{escape(value)}'" for name, value in self.attributes.items())
        text = escape(self.text)
        inner = (_in_table(text, "", tag) if text else "") + "".join(child.render(tag) for child in self.children)
        html = f"<{tag}{attributes}>" + ("" if tag in _VOID else f"{inner}</{tag}>")
        html = "".join(one.render(parent) for one in self.before) + html
        html += "".join(one.render(parent) for one in self.after)
        return _in_table(html, tag, parent)

    @property
    def deepest(self) -> _Element:
        return self.children[-1].deepest if self.children else self


def _in_table(html: str, tag: str, parent: str) -> str:
    """What stands between a part of a table and the part that holds it."""
    if parent in _TABLE - {"td", "th"} and tag not in _TABLE:
        tag, html = "td", f"<td>{html}</td>"
    while tag in _WRAP and _WRAP[tag] != parent and not (tag == "tr" and parent in ("thead", "tfoot")):
        tag = _WRAP[tag]
        html = f"<{tag}>{html}</{tag}>"
    return html


@lru_cache(maxsize=4096)
def matching(selector: str) -> str | None:
    """HTML all of whose text the selector finds; None where none could be made, as where no page can have such.

    >>> matching("div[class='share']")
    "<div class='share'>An example.</div>"
    """
    return next((html for html in _candidates(split_selector(selector)[0]) if _is_found(selector, html)), None)


@lru_cache(maxsize=4096)
def sparing(selector: str) -> str | None:
    """HTML with a sentence that the selector does not find; None where it finds what all pages have."""
    candidates = (f"<{tag}>{STORY}</{tag}>" for tag in ("p", "blockquote", "h2", "li"))
    return next((html for html in candidates if STORY not in _texts_found(selector, _page(html))), None)


def _page(html: str) -> str:
    return f"<!doctype html><body>{html}</body>"


def _texts_found(selector: str, page: str) -> list[str]:
    """The texts of the elements that the selector finds."""
    from selectolax.lexbor import LexborHTMLParser

    return [collapse(node.text()) for node in LexborHTMLParser(page).css(selector)]


def _is_found(selector: str, html: str) -> bool:
    """Whether all the text of a page stands in elements that the selector finds."""
    texts = _texts_found(selector, _page(html))
    blocks = parse_html(_page(html)).blocks if texts else ()
    return bool(blocks) and all(any(collapse(block.text) in text for text in texts) for block in blocks)


def _candidates(selector: str) -> Iterator[str]:
    """HTML that the selector may find, with text in the element itself or in the innermost one."""
    for innermost in (False, True):
        try:
            reader = _Reader(selector)
            roots = reader.chain()
        except _Unfit:
            return
        while len(roots) == 1 and roots[0].tag in ("html", "body") and not roots[0].attributes:
            roots = roots[0].children
        subject = reader.subject.deepest if innermost else reader.subject
        subject.text = reader.words or FOUND
        yield "".join(root.render() for root in roots)


def subject_tag(selector: str) -> str:
    """The name of the elements that a selector finds; empty where it finds any."""
    reader = _Reader(split_selector(selector)[0])
    try:
        reader.chain()
    except _Unfit:
        return ""
    return reader.subject.tag


def holds_text(selector: str) -> bool:
    """Whether the elements that a selector finds can hold text that is shown."""
    return subject_tag(selector) not in _TEXTLESS


def _plain(text: str) -> str:
    """A CSS string or name without quotes and escapes."""
    if text[:1] in ("'", '"'):
        text = text[1:-1]
    return _ESCAPE.sub(lambda m: _character(int(m[1], 16)) if m[1] else m[2], text)


def _character(code: int) -> str:
    """The character of a number; a replacement where there is none."""
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


class _Reader:
    """Reads a selector and makes an element of each of its compounds."""

    def __init__(self, selector: str) -> None:
        self._text = selector
        self._at = 0
        self.subject = _Element()
        self.words = ""
        """What an element must say."""

    def chain(self) -> list[_Element]:
        """The outermost elements of what the selector describes; `subject` is the one it finds."""
        roots: list[_Element] = []
        level = roots
        level.append(self.subject)
        steps = 0
        while self._at < len(self._text):
            found = _PIECE.match(self._text, self._at)
            if not found:
                raise _Unfit
            self._at = found.end()
            if found["joint"]:
                steps += 1
                level = level if found["joint"] in "+~" else self.subject.children
                self.subject = _Element()
                level.append(self.subject)
            elif found["pseudo"]:
                level = self._pseudo(found["pseudo"], self._argument() if found["open"] else "", level)
            else:
                self._simple(found)
            if steps > _SOME_STEPS:
                raise _Unfit
        return roots

    def _simple(self, found: re.Match[str]) -> None:
        if found["tag"]:
            self.subject.tag = "" if found["tag"] == "*" else _plain(found["tag"])
        elif found["id"]:
            self.subject.add("id", _plain(found["id"]))
        elif found["class"]:
            self.subject.add("class", _plain(found["class"]))
        else:
            self.subject.add(_plain(found["name"]), _plain(found["value"] or ""))

    def _argument(self) -> str:
        """What stands in the brackets that were just opened."""
        start, depth, quote = self._at, 1, ""
        while depth and self._at < len(self._text):
            sign = self._text[self._at]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "'\"":
                quote = sign
            else:
                depth += (sign == "(") - (sign == ")")
            self._at += 1
        return self._text[start : self._at - 1].strip()

    def _pseudo(self, name: str, argument: str, level: list[_Element]) -> list[_Element]:
        """Make the element fit a pseudo-class; returns the elements that it stands among."""
        subject = self.subject
        if name == "lexbor-contains":
            words = _plain(re.sub(r"\s+i$", "", argument))
            subject.text = self.words = f"{self.words} {words}" if self.words else words
        elif name == "not":
            subject.tag = subject.tag or ("span" if argument == "div" else "")
        elif name == "has":
            self._has(split_selector(argument)[0])
        elif name in ("is", "where", "matches", "any"):
            return self._is(split_selector(argument)[0], level)
        elif name.startswith("nth-"):
            return self._nth(name, argument, level)
        elif name == "root":
            subject.tag = "html"
        return level

    def _nth(self, name: str, argument: str, level: list[_Element]) -> list[_Element]:
        """Put as many elements before the one at hand, or behind it, as its position asks for."""
        formula, _, like = argument.partition(" of ")
        if like:
            level = self._is(split_selector(like)[0], level)
        count = re.fullmatch(r"(?:-?\d*n\s*\+\s*)?(\d+)", formula.strip())
        for _ in range(min(int(count[1]), 50) - 1 if count else 0):
            other = _Element(self.subject.tag if like or "of-type" in name else "")
            other.attributes = dict(self.subject.attributes) if like else {}
            (self.subject.after if "last" in name else self.subject.before).append(other)
        return level

    def _has(self, argument: str) -> None:
        joint = argument[:1] if argument[:1] in "+~>" else ">"
        inner = _Reader(argument.lstrip("+~> "))
        roots = inner.chain()
        (self.subject.children if joint == ">" else self.subject.after).extend(roots)
        self.words = self.words or inner.words

    def _is(self, argument: str, level: list[_Element]) -> list[_Element]:
        """Let the element be what the argument describes, in the elements that this stands in."""
        inner = _Reader(argument)
        roots = inner.chain()
        other, mine = inner.subject, self.subject
        self.words = self.words or inner.words
        mine.tag = mine.tag or other.tag
        for name, value in other.attributes.items():
            mine.add(name, value)
        mine.children += other.children
        mine.before += other.before
        mine.after += other.after
        mine.text = mine.text or other.text
        if other in roots and len(roots) == 1:
            return level
        holder = roots if other in roots else next(e.children for e in _below(roots) if other in e.children)
        holder[holder.index(other)] = mine
        at = level.index(mine)
        level[at : at + 1] = roots
        return holder


def _below(elements: list[_Element]) -> Iterator[_Element]:
    for element in elements:
        yield element
        yield from _below(element.children)
