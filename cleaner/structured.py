"""What a page carries as structured data: JSON-LD, and the state an application page was rendered from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import Any, Literal
from urllib.parse import unquote

import msgspec
from selectolax.lexbor import LexborHTMLParser

JSON = Any
"""A decoded JSON value."""

LARGEST = 8_000_000
"""Characters read at most, of one script of JSON-LD or of all application state of a page."""
DEEPEST = 60
"""Levels of nesting that a story is looked for in."""
MOST_NODES = 300_000

ARTICLES = frozenset({
    "article", "newsarticle", "analysisnewsarticle", "askpublicnewsarticle", "backgroundnewsarticle",
    "opinionnewsarticle", "reportagenewsarticle", "reviewnewsarticle", "advertisercontentarticle",
    "satiricalarticle", "scholarlyarticle", "medicalscholarlyarticle", "techarticle", "apireference",
    "report", "blogposting", "liveblogposting", "socialmediaposting", "discussionforumposting",
})  # fmt: skip
"""schema.org's Article and what is derived from it, in lower case."""


class Structured(msgspec.Struct, frozen=True):
    """What the JSON-LD of a page says about its article."""

    article: str | None = None
    """`articleBody`, one paragraph a line; None where it is only the beginning or the description."""
    headline: str | None = None
    type: str | None = None
    """The schema.org type of the article, as the page spells it: `NewsArticle`."""
    paywalled: bool | None = None
    """Whether `isAccessibleForFree` is denied, for all or a part; None where the page does not say."""
    live: bool = False
    data: tuple[JSON, ...] = ()
    """The scripts about articles, decoded: `cleaner.metadata` may come when the tree has lost them."""


NOTHING = Structured()
_HINTS = ("rticle", "osting", "eport")


def read_structured(tree: LexborHTMLParser) -> Structured:
    """Read the JSON-LD of a page, whatever its nesting; a broken script is read as far as it goes.

    >>> script = '{"@type": "Report", "articleBody": "One.\\\\nTwo."}'
    >>> read_structured(LexborHTMLParser(f"<script type='application/ld+json'>{script}</script>")).article
    'One.\\nTwo.'
    """
    data = [v for s in linked_data(tree) if any(hint in s for hint in _HINTS) for v in decode_json(s)]
    if not data:
        return NOTHING
    nodes = list(nodes_of(data))
    works = [node for node in nodes if _is_article(node)]
    if not works:
        works = [node for node in nodes if isinstance(node.get("articleBody"), str)]
    main = main_work(works, tree)
    if main is None:
        return Structured(data=tuple(data), paywalled=_paywalled(nodes))
    return Structured(
        article=_article(main, works),
        headline=plain(main.get("headline")) or None,
        type=_spelled_type(main),
        paywalled=_paywalled([main, *nodes]),
        live=any("liveblogposting" in types_of(work) for work in works),
        data=tuple(data),
    )


_NO_STORY = re.compile(r'"(?:https?://schema\.org/)?(?:\w*Gallery|(?:Collection|SearchResults|Profile)Page)"')
_OTHER_KINDS = ("profile", "video")


def declared_kind(tree: LexborHTMLParser, structured: Structured) -> Literal["story", "other"] | None:
    """Whether a page says that it is an article or something else; None where it says nothing, or no more than most.

    A page that search engines shall not list is `other`, unless it is an article.

    >>> declared_kind(LexborHTMLParser('<meta property="og:type" content="profile">'), NOTHING)
    'other'
    """
    metas = [node.attributes for node in tree.css("meta[content]")]
    meta = {(one.get("property") or one.get("name") or "").lower(): one.get("content") for one in metas}
    if structured.type or meta.get("article:published_time"):
        return "story"
    if any(_NO_STORY.search(script) for script in linked_data(tree)):
        return "other"
    kind = (meta.get("og:type") or "").strip().lower()
    if kind.startswith("article"):
        return "story"
    unlisted = "noindex" in (meta.get("robots") or "").lower()
    return "other" if unlisted or kind.startswith(_OTHER_KINDS) else None


def linked_data(tree: LexborHTMLParser) -> Iterator[str]:
    """The JSON-LD scripts of a page, as written."""
    for script in tree.css("script[type*='ld+json' i]"):
        yield script.text()


def types_of(node: dict[str, JSON]) -> tuple[str, ...]:
    """The schema.org types of a node, in lower case and without their address.

    >>> types_of({"@type": ["WebPage", "http://schema.org/NewsArticle"]})
    ('webpage', 'newsarticle')
    """
    kinds = node.get("@type")
    if isinstance(kinds, str):
        kinds = [kinds]
    elif not isinstance(kinds, list):
        return ()
    return tuple(_last_part(kind).lower() for kind in kinds if isinstance(kind, str))


def _last_part(name: str) -> str:
    return name.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2].rpartition("#")[2]


def _is_article(node: dict[str, JSON]) -> bool:
    return any(kind in ARTICLES for kind in types_of(node))


def _spelled_type(node: dict[str, JSON]) -> str | None:
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and _last_part(kind).lower() in ARTICLES:
            return _last_part(kind)
    return None


# Other works, people and pictures that an article's node mentions: an article inside them is not the page's.
_ASIDE = frozenset({
    "author", "creator", "contributor", "editor", "publisher", "image", "logo", "thumbnail", "video",
    "audio", "breadcrumb", "potentialAction", "comment", "review", "mentions", "citation", "isBasedOn",
    "isPartOf", "hasPart", "about", "itemListElement", "liveBlogUpdate", "relatedLink",
    "significantLink", "speakable", "associatedMedia",
})  # fmt: skip


def nodes_of(data: Iterable[JSON]) -> Iterator[dict[str, JSON]]:
    """All nodes that may describe the page, in the order of the page."""
    stack = list(data)[::-1]
    for _ in range(MOST_NODES):
        if not stack:
            return
        item = stack.pop()
        if type(item) is dict:
            yield item
            inner = [v for key, v in item.items() if type(v) in (dict, list) and key not in _ASIDE]
            stack.extend(inner[::-1])
        elif type(item) is list:
            stack.extend(item[::-1])


def main_work(works: list[dict[str, JSON]], tree: LexborHTMLParser) -> dict[str, JSON] | None:
    """The node of the page's own article: the one with the page's title, else the first that has a text."""
    if len(works) <= 1:
        return works[0] if works else None
    titles = page_titles(tree)
    return max(works, key=lambda work: (_has_title(work.get("headline"), titles), bool(work.get("articleBody"))))


def _article(main: dict[str, JSON], works: list[dict[str, JSON]]) -> str | None:
    """The text of the main node, or of another node with its headline."""
    text = _work_text(main)
    if text is None:
        twins = [work for work in works if work is not main and work.get("headline") == main.get("headline")]
        text = next(filter(None, map(_work_text, twins)), None)
    return text


def _work_text(work: dict[str, JSON]) -> str | None:
    """The article text of one node, and for a live blog that of its entries."""
    bodies = [work.get("articleBody")]
    updates = work.get("liveBlogUpdate")
    for update in updates if isinstance(updates, list) else [updates]:
        if isinstance(update, dict):
            bodies.append(update.get("articleBody"))
    lines = [line for body in bodies for text in _strings(body) for line in paragraphs_of(text)]
    text = "\n".join(lines)
    only_begun = len(text) < 1000 and text.endswith(("…", "..."))
    return None if only_begun or text == plain(work.get("description")) else text or None


def _strings(value: JSON) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return [value] if isinstance(value, str) else []


def _paywalled(nodes: list[dict[str, JSON]]) -> bool | None:
    """Whether the first node that speaks of it, or one of its parts, is not free to read."""
    for node in nodes:
        parts = node.get("hasPart")
        sayings = [_truth(node.get("isAccessibleForFree"))]
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict):
                sayings.append(_truth(part.get("isAccessibleForFree")))
        if False in sayings:
            return True
        if True in sayings:
            return False
    return None


def _truth(value: JSON) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(_last_part(value).lower())
    return bool(value) if isinstance(value, (bool, int)) else None


# Titles


class Title(msgspec.Struct, frozen=True):
    """A headline in a form that can be compared."""

    folded: str
    words: frozenset[str]


@lru_cache(maxsize=256)
def title_of(text: str) -> Title:
    """A headline by its letters and words, whatever their case and the signs between them.

    >>> title_of("Über  uns: »Neu«").folded
    'überunsneu'
    """
    words = re.findall(r"[^\W_]+", unescape(text).casefold())
    return Title("".join(words), frozenset(words))


def same_title(one: Title, other: Title) -> bool:
    """Whether two headlines are one story's: equal, one in the other, or most words of the shorter shared.

    >>> same_title(title_of("Pier opens after storm"), title_of("Pier opens after storm | The Gull"))
    True
    >>> same_title(title_of("Pier opens after storm"), title_of("Storm ahead"))
    False
    """
    short, long = sorted((one.folded, other.folded), key=len)
    if not short or short == long:
        return bool(short)
    if len(short) >= (4 if max(short) > "\u2e80" else 12) and short in long:
        return True
    least = min(len(one.words), len(other.words))
    return least >= 4 and len(one.words & other.words) >= 0.7 * least


def page_titles(tree: LexborHTMLParser) -> list[Title]:
    """What the page calls itself: `og:title`, `title` and its first few `h1`."""
    found = [node.attributes.get("content") or "" for node in tree.css("meta[property='og:title']")[:1]]
    found += [node.text() for node in [*tree.css("title")[:1], *tree.css("h1")[:4]]]
    return [title for title in map(title_of, found) if title.folded]


def _has_title(value: JSON, titles: list[Title]) -> bool:
    if not isinstance(value, str) or not 2 < len(value) < 500:
        return False
    own = title_of(value)
    return any(same_title(own, title) for title in titles)


# Text


_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|small|h[1-6]|ul|ol|li|img|figure|figcaption|blockquote|html|body|table|t[rdh]"
    r"|section|article|aside|iframe|script|style|pre|code|hr|sup|sub|center|font)(?:\s[^<>]*)?/?>",
    re.I,
)
_CLOSING = re.compile(r"</p>|<br|^\s*<", re.I)
_UNREAD = [
    "script", "style", "figure", "aside", "iframe", "noscript", "button", "form", "nav", "svg", "template",
]  # fmt: skip
_BREAKING = (
    "p,br,div,li,ul,ol,dl,dt,dd,h1,h2,h3,h4,h5,h6,blockquote,section,article,header,footer,pre,hr,center,table,tr,td,th"
)
_BREAK = "\v"


def plain(value: JSON) -> str:
    """A string of structured data as one line of text, "" where it is none.

    >>> plain("Fish &amp; <b>chips</b>\\n")
    'Fish & chips'
    """
    return " ".join(paragraphs_of(value)) if isinstance(value, str) else ""


def paragraphs_of(source: str) -> list[str]:
    """The paragraphs of a text that may be HTML, escaped HTML, Markdown or have entities in it.

    >>> paragraphs_of("<p>One &amp; <b>all</b>.</p><p>Two.</p>")
    ['One & all.', 'Two.']
    >>> paragraphs_of("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;")
    ['One.', 'Two.']
    >>> paragraphs_of("A line that was\\nwrapped.\\n\\nAnother&hellip;")
    ['A line that was wrapped.', 'Another…']
    """
    text = _CONTROLS.sub("", source)
    if "<" in text and _TAG.search(text) and (_CLOSING.search(text) or not _MARKDOWN.search(text)):
        return _markup_lines(text)
    for _ in range(2):
        if "&" not in text:
            break
        text = unescape(text)
        if _TAG.match(text.lstrip()):
            return _markup_lines(text)
    return _plain_lines(text)


def _markup_lines(html: str) -> list[str]:
    if _too_deep(html):
        text = unescape(re.sub("<[^<>]*>", _BREAK, html))
    else:
        tree = LexborHTMLParser(html)
        tree.strip_tags(_UNREAD)
        body = tree.body
        if body is None:
            return []
        for node in body.css(_BREAKING):
            node.insert_before(_BREAK)
            node.insert_after(_BREAK)
        text = _CONTROLS.sub("", body.text())
    return [line for part in text.split(_BREAK) if (line := " ".join(part.split()))]


def _too_deep(html: str) -> bool:
    """Whether tags may nest so deeply that parsing them takes quadratic time."""
    if html.count("<") < 1000:
        return False
    depth = 0
    for tag in re.finditer(r"<(/?)[a-zA-Z]", html):
        depth += -1 if tag[1] else 1
        if depth > 1000:
            return True
    return False


_MARKDOWN = re.compile(r"^#{1,6}\s|\]\((?:https?:|/)|\*\*\S|\[#\w+:", re.M)
_MARKDOWN_PARTS = (
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*\)|\[#\w+:[^\[\]\n]*\]|^#{1,6}\s+", re.M), ""),
    (re.compile(r"\[([^\[\]\n]*)\]\((?:https?:|/|mailto:)[^()\s]*\)"), r"\1"),
    (re.compile(r"\*\*(?=\S)([^*\n]+)\*\*"), r"\1"),
)


def _plain_lines(text: str) -> list[str]:
    """Cut into paragraphs; where empty lines do that, a line break before a small letter is only a wrap."""
    if _MARKDOWN.search(text):
        for pattern, left in _MARKDOWN_PARTS:
            text = pattern.sub(left, text)
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    if "" not in lines:
        return lines
    out: list[str] = []
    above = ""
    for line in lines:
        if above and line and line[0].islower() and above[-1] not in ".!?:…":
            out[-1] = f"{out[-1]} {line}"
        elif line:
            out.append(line)
        above = line
    return out


# Reading JSON that people wrote


_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\s*\*/)?|;)\s*$"
)
_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[,}\]])|\bundefined\b', re.S)
_LENIENT = json.JSONDecoder(strict=False)
_decode = msgspec.json.Decoder().decode


def decode_json(text: str) -> list[JSON]:
    """Decode a script of JSON, mending what is commonly wrong with it; [] where there is nothing to be had.

    Raw line breaks in strings, comments, surplus commas, wrong escapes, what follows after the end; where all
    that does not help, the fields of an article are picked out by name.

    >>> decode_json('<!-- {"headline": "It\\\\\\'s on",} -->')
    [{'headline': "It's on"}]
    >>> decode_json('{"headline": "The "new" pier", "articleBody": "Built in')
    [{'headline': 'The "new" pier'}]
    """
    if len(text) > LARGEST:
        return []
    try:
        return [_decode(text)]
    except msgspec.DecodeError:
        pass
    except RecursionError:
        return []
    text = _WRAPPING.sub("", _WRAPPING.sub("", text))
    if '"' not in text[:200] and "&quot;" in text[:200]:
        text = unescape(text)
    return _values(text) or _values(_PIECE.sub(_mend, text)) or _pick_out(text)


def _values(text: str) -> list[JSON]:
    """The values at the head of a text, one after the other."""
    found: list[JSON] = []
    position = 0
    while opening := _OPENING.match(text, position):
        try:
            value, position = _LENIENT.raw_decode(text, opening.end() - 1)
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


_OPENING = re.compile(r"[\s,;]*[{\[]")


def _mend(piece: re.Match[str]) -> str:
    token = piece[0]
    if token[0] == '"':
        return _mend_escapes(token)
    return "null" if token == "undefined" else ""


def _mend_escapes(token: str) -> str:
    """Drop the backslash of escapes that JSON does not know."""
    return _ANY_ESCAPE.sub(lambda e: e[0] if e[1] in _JSON_ESCAPES or len(e[1]) > 1 else e[1], token)


_ANY_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
_JSON_ESCAPES = frozenset('"\\/bfnrt')


_FIELD = re.compile(
    r'"(articleBody|headline|description|datePublished|dateModified|isAccessibleForFree|@type)"\s*:\s*"'
)
_FIELD_END = re.compile(r'"\s*(?:,\s*"[@\w]{1,60}"\s*:|\})')


def _pick_out(text: str) -> list[JSON]:
    """The fields of an article from JSON that cannot be mended: quotes not escaped, cut off."""
    node: dict[str, JSON] = {}
    for field in _FIELD.finditer(text):
        end = _FIELD_END.search(text, field.end())
        if end is None:
            break
        value = _string(text[field.end() : end.start()])
        if field[1] == "@type":
            node.setdefault("@type", []).append(value)
        else:
            node.setdefault(field[1], value)
    return [node] if "headline" in node or "articleBody" in node else []


def _string(inside: str) -> str:
    """What is between the quotes of a JSON string, whose own quotes may not be escaped."""
    mended = _mend_escapes(re.sub(r'\\.|"', lambda m: '\\"' if m[0] == '"' else m[0], inside, flags=re.S))
    try:
        return str(json.loads(f'"{mended}"', strict=False))
    except ValueError:
        return inside


# The state of an application page


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
    for state, entities in _states(tree):
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
    if any(_has_title(value, titles) for value in own):
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
                yield from _values(value)
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
        if isinstance(value, str) and value[:1] == "$" and _STREAM in self.entities:
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
    return bool(_DATA.match(text)) or (len(_CODE.findall(text)) * 60 > len(text) > 100 and not _TAG.search(text))


_STREAM = "$"
"""The entity that says: strings that begin with a dollar sign are references."""
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


# Where the state is


_States = Iterator[tuple[JSON, dict[str, JSON]]]
_ASSIGNED = re.compile(
    r"(?<![\w$.])(?:[A-Za-z_$][\w$]*(?:\.[\w$]+|\[\s*[\"'][^\"'\]]{1,80}[\"']\s*\])+|(?:var|let|const)\s+[\w$]+)"
    r"\s*=\s*(?=[{\[(\"'`JdO])"
)
_STATE_NAME = re.compile(r"window|self|globalThis|__|Fusion", re.I)
_SHORTEST = 300


def _states(tree: LexborHTMLParser) -> _States:
    """The decoded state in the scripts of a page, each with the values that it refers to by name."""
    room = LARGEST
    pushed: list[str] = []
    for script in tree.css("script"):
        text = script.text()
        room -= len(text)
        if room < 0:
            break
        kind = (script.attributes.get("type") or "").lower()
        if "__next_f" in text[:300]:
            pushed += _PUSHED.findall(text)
        elif len(text) < _SHORTEST or "ld+json" in kind:
            continue
        elif "json" in kind:
            for value in decode_json(text):
                yield _named(value)
        elif not kind or "javascript" in kind or kind == "module":
            for value in _assigned(text):
                yield _named(value)
    if pushed:
        yield _streamed(pushed)


def _named(value: JSON) -> tuple[JSON, dict[str, JSON]]:
    """A state and its entities: Apollo's cache of objects by name; flat lists of Nuxt's are revived."""
    if isinstance(value, list):
        return _revive(value), {}
    if isinstance(value, dict):
        halls = [value, *(hall for hall in value.values() if isinstance(hall, dict))]
        for cache in [*halls, *(room for hall in halls for room in hall.values())]:
            if isinstance(cache, dict) and "ROOT_QUERY" in cache:
                return value, cache
    return value, {}


def _revive(flat: list[JSON]) -> JSON:
    """Undo devalue's flattening, where numbers in lists and objects are places of values; else as it is.

    >>> _revive([{"body": 1}, [2, 3], "One.", "Two."])
    {'body': ['One.', 'Two.']}
    """
    head = flat[0] if flat else None
    places = head[1:] if isinstance(head, list) else list(head.values()) if isinstance(head, dict) else []
    if not places or not all(type(place) is int and place < len(flat) for place in places):
        return flat
    made: list[JSON] = [type(v)() if isinstance(v, (dict, list)) else v for v in flat]

    def at(place: JSON) -> JSON:
        return made[place] if type(place) is int and 0 <= place < len(made) else None

    for whole, shell in zip(flat, made, strict=True):
        if isinstance(whole, dict):
            shell.update((key, at(place)) for key, place in whole.items())
        elif isinstance(whole, list):
            shell.extend(at(place) for place in whole if type(place) is int)
    return made[0]


def _assigned(text: str) -> Iterator[JSON]:
    """The values that a script assigns to names, as far as they are data."""
    position = tries = 0
    while tries < 200 and (name := _ASSIGNED.search(text, position)):
        tries += 1
        position = name.end()
        try:
            value, end = _LENIENT.raw_decode(text, position) if text[position] in "{[" else (None, position)
        except (ValueError, RecursionError):
            value, end = None, position
        if value is None and _STATE_NAME.search(name[0]) and tries <= 20:
            value, end = _script_value(text, position)
        if end - position >= _SHORTEST:
            yield value
        position = end


def _script_value(text: str, start: int) -> tuple[JSON, int]:
    """A value written as JavaScript, and where it ends; (None, start) where it is not data."""
    try:
        factory = _FACTORY.match(text, start)
        if factory:
            return _made(text, factory)
        literal = _Literal(text, start, {})
        value = literal.value()
    except (ValueError, IndexError, RecursionError):
        return None, start
    if isinstance(value, str):
        value = next(iter(_values(unquote(value) if value[:1] == "%" else value)), None)
    return value, literal.position


_FACTORY = re.compile(r"\(?\s*(?:function\s*[\w$]*\s*\(([\w$,\s]*)\)\s*\{|\(([\w$,\s]*)\)\s*=>\s*[({])")
_RETURN = re.compile(r"(?<![\w$.])return\s*\(?(?=\{)|(?<=[({])\s*(?=\{)")
_CALL = re.compile(r"[\s;})]*\(")


def _made(text: str, factory: re.Match[str]) -> tuple[JSON, int]:
    """What `(function(a,b){return {…}}(1,2))` gives, Nuxt's way of saying each repeated value once."""
    start = _RETURN.search(text, factory.end() - 1)
    if start is None:
        raise ValueError("a function that returns no object")
    first = _Literal(text, start.end(), {})
    first.value()
    call = _CALL.match(text, first.position)
    if call is None:
        raise ValueError("a function that is not called")
    arguments = _Literal(text, call.end(), {})
    names = (factory[1] or factory[2] or "").replace(",", " ").split()
    values = dict(zip(names, arguments.values(")"), strict=False))
    return _Literal(text, start.end(), values).value(), arguments.position


_TOKEN = re.compile(
    r"(?:\s|//[^\n]*|/\*.*?\*/)*"
    r"(?:(\"[^\"\\]*(?:\\.[^\"\\]*)*\"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`)"
    r"|([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)|([-+]?(?:0x[\da-fA-F]+|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([\[\]{}(),:!]))",
    re.S,
)
_CONSTANTS: dict[str, JSON] = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}


class _Literal:
    """Reads a JavaScript literal: names without quotes, any quotes, `void 0`, `!0`, `JSON.parse("…")`.

    Raises `ValueError` at anything that computes.
    """

    def __init__(self, text: str, start: int, names: dict[str, JSON]) -> None:
        self.text = text
        self.position = start
        self.names = names

    def value(self, depth: int = 0) -> JSON:
        if depth > 2 * DEEPEST:
            raise ValueError("nested too deeply")
        string, name, number, mark = self._next()
        if string:
            return _script_string(string)
        if number:
            return int(number) if number.isdigit() and len(number) < 18 else number
        if name:
            return self._name(name, depth)
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self.values("]", depth)
        if mark == "(":
            return self.values(")", depth)[-1]
        if mark == "!":
            return not self.value(depth + 1)
        raise ValueError(f"no value at {self.position}")

    def values(self, closing: str, depth: int = 0) -> list[JSON]:
        """The values up to a closing bracket."""
        found: list[JSON] = []
        while not self._ends(closing):
            if not self._ends(","):
                found.append(self.value(depth + 1))
        return found

    def _object(self, depth: int) -> dict[str, JSON]:
        node: dict[str, JSON] = {}
        while not self._ends("}"):
            if self._ends(","):
                continue
            string, name, number, _ = self._next()
            if not self._ends(":"):
                raise ValueError("a method or a shorthand")
            key = _script_string(string) if string else name or number
            node[key] = self.value(depth + 1)
        return node

    def _name(self, name: str, depth: int) -> JSON:
        if name in self.names:
            return self.names[name]
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in ("function", "async", "class", "typeof"):
            raise ValueError("code")
        if name in ("void", "new"):
            value = self.value(depth + 1)
            return value if name == "new" else None
        return self._call(name, depth) if self._ends("(") else None

    def _call(self, name: str, depth: int) -> JSON:
        """What a call gives, for those that only wrap a value."""
        value = next(iter(self.values(")", depth)), None)
        if name == "decodeURIComponent" and isinstance(value, str):
            return unquote(value)
        if name == "JSON.parse" and isinstance(value, str):
            return next(iter(_values(value)), None)
        return value if name in ("Object.freeze", "String", "Date") else None

    def _ends(self, mark: str) -> bool:
        """Step over a mark if it comes next."""
        token = _TOKEN.match(self.text, self.position)
        if token is None:
            raise ValueError(f"no literal at {self.position}")
        if token[4] != mark:
            return False
        self.position = token.end()
        return True

    def _next(self) -> tuple[str, str, str, str]:
        token = _TOKEN.match(self.text, self.position)
        if token is None:
            raise ValueError(f"no literal at {self.position}")
        self.position = token.end()
        return token[1], token[2], token[3], token[4]


_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "", "\n": "", "\r\n": ""}


def _script_string(token: str) -> str:
    r"""What a JavaScript string stands for.

    >>> _script_string(r"'It\'s 5\u00a0\x25'")
    "It's 5\xa0%"
    """
    inside = token[1:-1]
    if "\\" not in inside:
        return inside
    text = _ESCAPE.sub(_unescape, inside)
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_SURROGATES = re.compile("[\ud800-\udfff]")


def _unescape(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) > 2 and code[0] in "ux":
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else ""
    return _ESCAPED.get(code, code)


# React's stream


_PUSHED = re.compile(r'__next_f\.push\(\s*\[\s*1\s*,\s*("[^"\\]*(?:\\.[^"\\]*)*")')
_ROW = re.compile(rb"([0-9a-f]*):(?:T([0-9a-f]{1,8}),)?")


def _streamed(pushed: list[str]) -> tuple[JSON, dict[str, JSON]]:
    """The rows of React's stream, as a list and by name; a row of text gives its length in bytes."""
    raw = "".join(map(_script_string, pushed)).encode("utf-8", "replace")
    rows: dict[str, JSON] = {_STREAM: ""}
    position = 0
    while position < len(raw):
        row = _ROW.match(raw, position)
        if row and row[2]:
            position = row.end() + int(row[2], 16)
            rows["$" + row[1].decode()] = raw[row.end() : position].decode("utf-8", "replace")
            continue
        end = raw.find(b"\n", position)
        end = len(raw) if end < 0 else end
        if row and raw[row.end() : row.end() + 1] in (b"{", b"[", b'"'):
            values = _values(raw[row.end() : end].decode("utf-8", "replace"))
            if values:
                rows["$" + row[1].decode()] = values[0]
        position = end + 1
    return [row for row in rows.values() if isinstance(row, (dict, list))], rows
