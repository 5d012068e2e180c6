"""What a page carries as structured data: JSON-LD, and the titles that it gives itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from typing import Literal

import msgspec
from selectolax.lexbor import LexborHTMLParser

from cleaner.parse.loose_json import JSON, MOST_NODES, decode_json
from cleaner.parse.rich_text import paragraphs_of, plain

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
    """The scripts about articles, decoded: `cleaner.parse.metadata` may come when the tree has lost them."""


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
    return max(works, key=lambda work: (has_title(work.get("headline"), titles), bool(work.get("articleBody"))))


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


def has_title(value: JSON, titles: list[Title]) -> bool:
    if not isinstance(value, str) or not 2 < len(value) < 500:
        return False
    own = title_of(value)
    return any(same_title(own, title) for title in titles)
