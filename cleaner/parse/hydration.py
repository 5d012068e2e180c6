"""The story in the state that an application page was rendered from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import msgspec
from selectolax.lexbor import LexborHTMLParser

from cleaner.parse.loose_json import DEEPEST, JSON, MOST_NODES, json_values
from cleaner.parse.rich_text import TAG, paragraphs_of
from cleaner.parse.states import STREAM, read_states
from cleaner.parse.structured import Title, has_title, page_titles

LEAST_STORY = 250
"""Weight below which paragraphs are no story, see `prose_weight`."""
_ELSEWHERE = re.compile(
    r"comment|related|recommend|promo|teaser|trending|popular|most_?(?:read|viewed)|latest|footer|nav(?:igation)?$|menu"
    r"|sidebar|newsletter|cookie|consent|translation|i18n|locale|messages|dictionar|disclaimer|disclosure|paywall"
    r"|subscri|sponsor|advert|author|contributor|byline|bio$|seo|config|settings|feature_?flags|carousel|suggest|upsell",
    re.I,
)
_BODY_KEY = re.compile(r"body|content|html|text|article|paragraph|story|rendered|markdown|^copy$|^value$", re.I)
_SUMMARY_KEY = re.compile(r"descr|excerpt|summary|title|caption|alt|teaser|meta|intro", re.I)
_TITLE_KEYS = ("headline", "title", "headlines", "name", "heading")
_ADDRESS_KEYS = (
    "url", "href", "slug", "link", "permalink", "canonical_url", "canonicalUrl", "uri", "path", "author",
    "authors", "date", "publishedAt", "published_at", "datePublished", "createdAt", "created_at",
)  # fmt: skip
_TEXT_KEYS = (
    "text", "html", "content", "value", "body", "children", "nodes", "elements", "blocks", "model",
    "textData", "content_elements", "contentElements", "components", "paragraphs", "modules", "data",
    "attributes", "attrs", "props", "fields", "items", "innerHTML", "rendered", "__html",
    "dangerouslySetInnerHTML", "markdown", "copy", "json", "document", "root", "parts", "sections",
)  # fmt: skip
_TYPE_KEYS = (
    "type", "_type", "nodeType", "__typename", "__component", "blockType", "tagName", "tag", "kind", "name",
)  # fmt: skip
_INLINE = frozenset({
    "text", "span", "link", "hyperlink", "entity-hyperlink", "urllink", "internallink", "autolink", "a",
    "strong", "em", "b", "i", "u", "s", "mark", "bold", "italic", "underline", "strikethrough", "code",
    "inlinecode", "sub", "sup", "small", "fragment", "linebreak", "br", "abbr", "time", "cite", "q",
    "textnode", "plain",
})  # fmt: skip
_BLOCKS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "article", "main", "ul", "ol", "li",
    "blockquote", "pre", "table", "tbody", "tr", "td", "body",
})  # fmt: skip
_NO_TEXT = re.compile(
    r"(?:[\w.]*[./])?(?:core|block|inline|element)?[-_:]?(?:image|photo|picture|figure|figcaption|caption|video|audio|podcast"
    r"|gallery|slideshow|carousel|embed|oembed|iframe|ad(?![a-z])|ads|advert|promo|related|recommend|newsletter|interstitial"
    r"|teaser|aside|script|style|button|form|input|nav|menu|footer|svg|poll|quiz|share|social|tweet|raw_?html|custom_?embed"
    r"|author|byline|tag(?:s|_?list)$|reference)",
    re.I,
)


class _Found(msgspec.Struct, frozen=True):
    lines: list[str]
    weight: int
    size: int
    """Characters of all lines, prose or not."""
    ours: bool
    """Whether what it belongs to bears the page's title."""


def hydration_text(tree: LexborHTMLParser) -> str | None:
    """Find the story's paragraphs in the state that an application page was rendered from, one a line.

    For pages that show no story: it reads all scripts and takes milliseconds. The story is the list or the
    body-like string with the most prose, preferably in an object with the page's title; teasers are left out.

    >>> import json
    >>> story = [f"Pier {n} will open in May, the harbour board said on Monday." for n in "12345"]
    >>> state = {"page": {"title": "Five piers to open", "body": story}, "popular": [story[0] * 2] * 9}
    >>> state = json.dumps(state)
    >>> page = f"<title>Five piers to open - The Gull</title><script>window.__NUXT__ = {state};</script>"
    >>> text = hydration_text(LexborHTMLParser(page))
    >>> text == "\\n".join(story)
    True
    """
    titles = page_titles(tree)
    found: list[_Found] = []
    for state, entities in read_states(tree):
        reader = _Reader(entities)
        for value, place in _places(state, reader, titles):
            lines = reader.paragraphs(value)
            weight, size = sum(map(reader.weight, lines)), sum(map(len, lines))
            surer = place == "ours" and len(lines) > 1
            least = LEAST_STORY if surer else 2 * LEAST_STORY
            if place != "another" and weight >= least and weight * 2 >= size:
                found.append(_Found(lines, weight, size, place == "ours"))
    story = _best(found)
    return "\n".join(story.lines) if story else None


def hydration_text_of(page: str) -> str | None:
    """The same for a page in source form, one that the parser is known to bear."""
    return hydration_text(LexborHTMLParser(page))


def _best(found: list[_Found]) -> _Found | None:
    """The candidate with most prose, or a tighter one with nearly all of it."""
    best = max((f.weight for f in found), default=0)
    ours = [f for f in found if f.ours and f.weight >= 0.4 * best]
    choice = ours or found
    most = max((f.weight for f in choice), default=0)
    return min((f for f in choice if f.weight >= 0.95 * most), key=lambda f: f.size, default=None)


_Place = Literal["ours", "unknown", "another"]


def _places(state: JSON, reader: _Reader, titles: list[Title]) -> Iterator[tuple[JSON, _Place]]:
    """Everything in a state that could be a story: lists, and strings under the name of a body."""
    stack: list[tuple[JSON, _Place, int]] = [(state, "unknown", 0)]
    visited: set[int] = set()
    while stack and len(visited) < MOST_NODES:
        value, place, depth = stack.pop()
        if isinstance(value, str):
            yield value, place
        elif id(value) not in visited and depth <= DEEPEST:
            visited.add(id(value))
            if isinstance(value, list):
                if _is_mute(value):
                    continue
                if depth:
                    yield value, place
                stack.extend((item, place, depth + 1) for item in value if isinstance(item, (dict, list)))
            elif isinstance(value, dict):
                place = _place(value, place, titles)
                stack.extend((item, place, depth + 1) for item in _rooms(value, reader))


def _place(node: dict[str, JSON], above: _Place, titles: list[Title]) -> _Place:
    """Whether an object bears the page's title, or stands in one that does and has no title of its own."""
    own = [node.get(key) for key in _TITLE_KEYS]
    own += [text for value in own if isinstance(value, dict) for text in list(value.values())[:6]]
    if any(has_title(value, titles) for value in own):
        return "ours"
    if titles and is_teaser(node):
        return "another"
    entitled = any(isinstance(value, str) and " " in value.strip() for value in own[:3])
    return "unknown" if entitled and above == "ours" else above


def _rooms(node: dict[str, JSON], reader: _Reader) -> Iterator[JSON]:
    """The values of an object in which a story may be found."""
    if _NO_TEXT.match(_kind(node)):
        return
    for key, content in node.items():
        value = reader.resolve(content)
        if not value or _ELSEWHERE.search(key):
            continue
        if isinstance(value, (dict, list)):
            yield value
        elif isinstance(value, str) and len(value) >= 80:
            if value[0] in "{[":
                yield from json_values(value)
            elif _BODY_KEY.search(key) and not _SUMMARY_KEY.search(key):
                yield value


def _may_wrap(key: str) -> bool:
    return key not in _TEXT_KEYS and not _ELSEWHERE.search(key) and not _SUMMARY_KEY.search(key)


def is_teaser(node: dict[str, JSON]) -> bool:
    """Whether an object is a work of its own: it has a title, and an address, an author or a date.

    >>> is_teaser({"title": "Storm ahead", "slug": "storm-ahead", "text": "Wind is expected."})
    True
    >>> is_teaser({"type": "paragraph", "text": "Wind is expected."})
    False
    """
    return any(node.get(key) for key in _TITLE_KEYS[:3]) and any(node.get(key) for key in _ADDRESS_KEYS)


_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SIGNS = re.compile(r"[{}<>=;\\_|#$@^~\[\]%*]")


def prose_weight(line: str) -> int:
    """How much a line of running text weighs; 0 for what is too short, an address, code or a list of keys.

    >>> prose_weight("The pier will open in May, the harbour board said on Monday.")
    60
    >>> prose_weight("window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}")
    0
    """
    unspaced = len(_UNSPACED.findall(line))
    weight = len(line) + 2 * unspaced
    if weight < 50 or (not unspaced and line.count(" ") * 25 < len(line)):
        return 0
    return 0 if len(_SIGNS.findall(line)) * 20 > len(line) else weight


class _Reader:
    """Reads paragraphs from rich text in JSON of any shape: blocks with spans, HTML, elements as lists.

    `entities` are the values that others refer to by name: Apollo's `__ref`, the rows of React's stream.
    """

    def __init__(self, entities: dict[str, JSON]) -> None:
        self.entities = entities
        self.known: dict[int, list[str]] = {}
        self.weights: dict[str, int] = {}

    def weight(self, line: str) -> int:
        if line not in self.weights:
            self.weights[line] = prose_weight(line)
        return self.weights[line]

    def paragraphs(self, value: JSON, depth: int = 0) -> list[str]:
        """The paragraphs of a value; [] for what is no text or a work of its own."""
        value = self.resolve(value)
        if isinstance(value, str):
            return [] if _is_data(value) else paragraphs_of(value)
        if depth > DEEPEST or not isinstance(value, (dict, list)):
            return []
        if id(value) not in self.known:
            self.known[id(value)] = []  # what a value that contains itself finds
            if isinstance(value, dict):
                self.known[id(value)] = self._node(value, _kind(value), depth)
            else:
                self.known[id(value)] = self._list(value, depth)
        return self.known[id(value)]

    def _node(self, node: dict[str, JSON], kind: str, depth: int) -> list[str]:
        if _NO_TEXT.match(kind) or is_teaser(node) or any(node.get(key) for key in ("url", "href", "link")):
            return []
        for key in _TEXT_KEYS:
            child = self.resolve(node.get(key))
            if isinstance(child, dict) and child:
                lines = self._node(child, _kind(child) or kind, depth + 1) if depth < DEEPEST else []
            elif isinstance(child, list) and not _element(child):
                lines = self._sequence(child, kind, depth + 1)
            else:
                lines = self.paragraphs(child, depth + 1) if child else []
            if lines:
                return lines
        wraps = [v for key, v in node.items() if isinstance(v, (dict, list)) and _may_wrap(key)]
        return [line for wrap in wraps for line in self.paragraphs(wrap, depth + 1)]

    def _list(self, items: list[JSON], depth: int) -> list[str]:
        element = _element(items)
        if element is None:
            return self._sequence(items, "", depth)
        tag, children = element
        if _is_mute(items):
            return []
        if isinstance(children, list) and not _element(children):
            return self._sequence(children, tag, depth + 1)
        return self.paragraphs(children, depth + 1)

    def _sequence(self, items: list[JSON], kind: str, depth: int) -> list[str]:
        """The paragraphs of a list in a holder of some kind: in a paragraph, the spans make one text."""
        if depth > DEEPEST:
            return []
        lines: list[str] = []
        spans: list[str] = []
        for item in [*items, None]:
            span = self._span(item, depth)
            if span is not None:
                spans.append(span)
                continue
            lines += _joined(spans) if _PARAGRAPH.search(kind) else _joined_if_split(spans)
            spans = []
            lines += self.paragraphs(item, depth + 1)
        return lines

    def _span(self, item: JSON, depth: int) -> str | None:
        """The text of a piece of a paragraph; None for what is a block."""
        item = self.resolve(item)
        if isinstance(item, str):
            return item
        if isinstance(item, dict):
            kind = _kind(item)
            if (kind and kind not in _INLINE) or is_teaser(item):
                return None
            texts = [item.get("text"), item.get("value"), _inner(item, "textData", "text")]
            text = next((t for t in texts if isinstance(t, str)), None)
            if text is not None or not kind:
                return text
            if kind in ("br", "linebreak"):
                return "\n"
            children = item.get("children") or item.get("content")
            return self._spans(children, depth) if children else None
        element = _element(item) if isinstance(item, list) else None
        if element is None or element[0] not in _INLINE:
            return None
        return "\n" if element[0] == "br" else self._spans(element[1], depth)

    def _spans(self, children: JSON, depth: int) -> str | None:
        if depth > DEEPEST:
            return None
        inner = children if isinstance(children, list) and not _element(children) else [children]
        pieces = [self._span(child, depth + 1) for child in inner if child is not None]
        return None if None in pieces else "".join(piece for piece in pieces if piece)

    def resolve(self, value: JSON) -> JSON:
        """What a reference stands for; other values as they are."""
        if isinstance(value, str) and value[:1] == "$" and STREAM in self.entities:
            if value[1:2] == "$":
                return value[1:]
            return self.entities.get("$" + value[1:].lstrip("L@"), "" if _REFERENCE.match(value) else value)
        if isinstance(value, dict):
            name = value.get("__ref") or (value.get("id") if value.get("type") == "id" else None)
            if isinstance(name, str):
                return self.entities.get(name, value)
        return value


_DATA = re.compile(r"\s*(?:\{|\[[\[{\"]|/[*/]|[Mm]\s*-?\d|[\w-]+:\S+\Z|@(?:media|font|import|charset))")
_CODE = re.compile(r"[{}=]|;\s*\n")


def _is_data(text: str) -> bool:
    """Whether a string is no text: a program, a style sheet, a drawing, an address or JSON."""
    return bool(_DATA.match(text)) or (len(_CODE.findall(text)) * 60 > len(text) > 100 and not TAG.search(text))


_REFERENCE = re.compile(r"\$(?:[L@]?[0-9a-f]+|undefined)$")
_PARAGRAPH = re.compile(r"paragraph|^p$|^h[1-6]$|head(?:er|ing)|list[-_]?item|^li$|quote|^block$|unstyled|^text$")


def _kind(node: dict[str, JSON]) -> str:
    """What an object says it is, in lower case; "" where it does not say."""
    for key in _TYPE_KEYS:
        kind = node.get(key)
        if isinstance(kind, str):
            return kind.lower()
    return ""


def _inner(node: dict[str, JSON], *path: str) -> JSON:
    value: JSON = node
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _element(value: list[JSON]) -> tuple[str, JSON] | None:
    """The tag and children of an element that React's stream or JsonML wrote as a list; None for other lists.

    >>> _element(["$", "p", None, {"children": "Text."}])
    ('p', 'Text.')
    >>> _element(["p", {"class": "lead"}, "Text."])
    ('p', ['Text.'])
    """
    if len(value) < 2 or not isinstance(value[0], str):
        return None
    if value[0] == "$":
        if len(value) < 4 or not isinstance(value[1], str) or not isinstance(value[3], dict):
            return None
        return value[1], value[3].get("children") or _inner(value[3], "dangerouslySetInnerHTML", "__html")
    if isinstance(value[1], dict) and len(value[0]) < 20:
        return value[0], value[2:]
    return (value[0], value[1:]) if value[0] in _BLOCKS else None


def _is_mute(items: list[JSON]) -> bool:
    """Whether a list is an element without text of its own: a script, a picture, a menu."""
    element = _element(items)
    if element is None:
        return False
    return bool(_NO_TEXT.match(element[0])) or (items[0] == "$" and "json" in str(items[3].get("type")))


def _joined(spans: list[str]) -> list[str]:
    return paragraphs_of("".join(spans)) if spans else []


def _joined_if_split(spans: list[str]) -> list[str]:
    """Join strings that are pieces of one text, as their edges tell; else each is a paragraph.

    >>> _joined_if_split(["It opened in ", "May", " after a vote."])
    ['It opened in May after a vote.']
    >>> _joined_if_split(["It opened. ", "They voted."])
    ['It opened.', 'They voted.']
    """
    if any(_continues(left, right) for left, right in pairwise(spans)):
        return _joined(spans)
    return [line for span in spans for line in paragraphs_of(span)]


def _continues(left: str, right: str) -> bool:
    """Whether two strings are one text: white space where they meet, and no sentence ends there."""
    if not (left[-1:].isspace() or right[:1].isspace()):
        return False
    end, start = left.rstrip()[-1:], right.lstrip()[:1]
    return bool(end and start) and (start.islower() or start in ",;:.!?)" or end.isalnum() or end in ",;(")
