"""What a page says about its story: headline, byline, dates, site, address, each with its origin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaner.parse.loose_json import JSON, decode_json
from cleaner.parse.rich_text import plain
from cleaner.parse.structured import (
    ARTICLES,
    Structured,
    linked_data,
    main_work,
    nodes_of,
    read_structured,
    same_title,
    title_of,
    types_of,
)


class Field(msgspec.Struct, frozen=True):
    """A value and where it came from: `json-ld`, `og:title`, `meta[name=author]`, `h1`, `url`, …"""

    value: str
    origin: str


class Metadata(msgspec.Struct, frozen=True):
    """What is known about a story; None is absent."""

    headline: Field | None = None
    byline: Field | None = None
    """The authors' names, joined by `, `."""
    published: Field | None = None
    """ISO 8601, as exact as the page gives it: `2024-02-29` or `2024-02-29T08:28:36-05:00`."""
    modified: Field | None = None
    site: Field | None = None
    canonical: Field | None = None
    language: Field | None = None
    """ISO 639-1, or 639-3 where there is no shorter code."""
    description: Field | None = None
    credit: Field | None = None
    """Whose the article's picture is, where the page has that as data."""


Candidates = Iterable[tuple[Any, str]]

# Names or properties of meta elements, in lower case, most trusted first.
PUBLISHED_METAS = (
    "article:published_time og:published_time og:article:published_time datepublished date dc.date "
    "dc.date.issued dcterms.created dcterms.date dcterms.issued publish-date publishdate publish_date "
    "published_time pubdate pub_date parsely-pub-date sailthru.date cxenseparse:recs:publishtime "
    "rnews:datepublished published_at article.published originalpublicationdate article_date_original "
    "og:pubdate"
)
MODIFIED_METAS = (
    "article:modified_time og:updated_time og:modified_time article:updated_time datemodified "
    "dc.date.modified dcterms.modified lastmod last-modified modified_time revised updated_time"
)
AUTHOR_METAS = (
    "author article:author byl parsely-author sailthru.author dc.creator dcterms.creator cxenseparse:author authors"
)
TITLE_METAS = "twitter:title dc.title parsely-title sailthru.title"
SITE_METAS = "application-name apple-mobile-web-app-title dc.publisher al:ios:app_name"
DESCRIPTION_METAS = "og:description description twitter:description dc.description sailthru.description"
LANGUAGE_METAS = "content-language language dc.language dcterms.language og:locale"
CREDIT_METAS = "image_credit image-credit og:image:credit dc.rights.image"
_AUTHOR_ELEMENTS = (
    "[itemprop~=author] [itemprop~=name]", "[itemprop~=author] a", "[itemprop~=author]", "[rel~=author]",
)  # fmt: skip


def read_metadata(tree: LexborHTMLParser, url: str | None = None, structured: Structured | None = None) -> Metadata:
    """Read what the page says about its story, most trusted source first.

    `structured` is what `read_structured` gave, for a tree whose scripts have been stripped since.

    >>> page = "<html lang=pt-BR><meta property='article:published_time' content='2024-2-9 8:30'>"
    >>> read_metadata(LexborHTMLParser(page), "https://gull.example/story").published
    Field(value='2024-02-09T08:30:00', origin='article:published_time')
    """
    page = _Page(tree, url, structured)
    site = _first(_sites(page), _name)
    return Metadata(
        headline=_headline(page, site),
        byline=_first(_bylines(page), _authors),
        published=_first(_published(page), page.date),
        modified=_first(_modified(page), page.date),
        site=site or _first([(_host(url or page.address), "url")], _name),
        canonical=_first(_addresses(page), page.absolute),
        language=_first(_languages(page), language_code),
        description=_first(_descriptions(page), _sentence),
        credit=_first(_credits(page), _sentence),
    )


def second_opinion(html: str | bytes, url: str | None, known: Metadata | None = None) -> Metadata:
    """Fill what is still missing in `known` with what trafilatura finds; costs far more than `read_metadata`.

    Nothing that is known is replaced. Origins are `trafilatura`.
    """
    from trafilatura.metadata import extract_metadata

    known = known or Metadata()
    try:
        found = extract_metadata(html, default_url=url)
    except Exception:  # a page that trafilatura or lxml fails on has no second opinion
        return known
    fresh = {
        "headline": _sentence(found.title),
        "byline": _authors([name.strip() for name in (found.author or "").split(";")]),
        "published": iso_date(found.date),
        "site": _name(found.sitename),
        "canonical": _web_address(found.url),
        "language": language_code(found.language),
        "description": _sentence(found.description),
    }
    missing = {key: Field(value, "trafilatura") for key, value in fresh.items() if value and not getattr(known, key)}
    return msgspec.structs.replace(known, **missing)


def _first(candidates: Candidates, normalise: Callable[[Any], str | None]) -> Field | None:
    """The first candidate that stands the normaliser's look."""
    for raw, origin in candidates:
        value = normalise(raw) if raw else None
        if value:
            return Field(value, origin)
    return None


# The page


class _Page:
    """What fields are chosen from: the tree, its meta elements by name, the JSON-LD of the article."""

    def __init__(self, tree: LexborHTMLParser, url: str | None, structured: Structured | None) -> None:
        self.tree = tree
        self.url = url
        data = [value for script in linked_data(tree) for value in decode_json(script)]
        data = data or list((structured or read_structured(tree)).data)
        self.nodes = list(nodes_of(data))
        works = [node for node in self.nodes if not ARTICLES.isdisjoint(types_of(node))]
        self.work: dict[str, JSON] = main_work(works, tree) or {}
        self.sheet = next((node for node in self.nodes if "webpage" in types_of(node)), {})
        self.named = _by_id(self.nodes)
        self.metas = _metas(tree)
        self.address = self.meta_value("og:url") or ""
        self.language = next((code for raw, _ in _languages(self) if (code := language_code(raw))), None)

    def meta_value(self, key: str) -> str | None:
        values = self.metas.get(key)
        return values[0] if values else None

    def meta(self, keys: str) -> Iterator[tuple[str, str]]:
        """The values of several meta elements, and how to say where they stand."""
        for key in keys.split():
            for value in self.metas.get(key, ()):
                yield (
                    value,
                    key if key.partition(":")[0] in ("og", "article", "twitter") else f"meta[name={key}]",
                )

    def linked(self, *keys: str) -> Iterator[tuple[JSON, str]]:
        """The values of the article's node in the JSON-LD, then of the page's."""
        for node in (self.work, self.sheet):
            for key in keys:
                yield node.get(key), "json-ld"

    def itemprops(self, name: str) -> Iterator[tuple[str, str]]:
        """The values of a microdata property, in the order of the page."""
        for node in self.tree.css(f"[itemprop~='{name}']"):
            yield _node_value(node), f"[itemprop={name}]"

    def resolve(self, value: JSON) -> list[JSON]:
        """A value or list of values of JSON-LD, with references to other nodes followed once."""
        values = value if isinstance(value, list) else [value]
        return [self.named.get(v["@id"], v) if isinstance(v, dict) and _is_reference(v) else v for v in values]

    def date(self, raw: JSON) -> str | None:
        return iso_date(raw) or _free_date(raw, self.language)

    def absolute(self, raw: JSON) -> str | None:
        """An address as a full one; None for the front page when the page is another one."""
        if not isinstance(raw, str):
            return None
        try:
            address = urljoin(self.url or self.address or "", raw.strip())
            elsewhere = urlsplit(address).path in ("", "/") and urlsplit(self.url or address).path not in (
                "",
                "/",
            )
        except ValueError:
            return None
        return None if elsewhere else _web_address(address)


def _by_id(nodes: list[dict[str, JSON]]) -> dict[str, dict[str, JSON]]:
    """Nodes by their `@id`, the fullest where several have the same."""
    named: dict[str, dict[str, JSON]] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(named.get(name, ())):
            named[name] = node
    return named


def _is_reference(node: dict[str, JSON]) -> bool:
    return isinstance(node.get("@id"), str) and "name" not in node


def _metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """The contents of all meta elements, by their lower-case name, property or the like."""
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        content = " ".join(unescape(attributes.get("content") or "").split())
        for naming in ("property", "name", "http-equiv"):
            key = attributes.get(naming)
            if key and content:
                found.setdefault(key.strip().lower(), []).append(content)
                break
    return found


def _node_value(node: LexborNode) -> str:
    """The value of an element with microdata: an attribute where there is one, else its text."""
    attributes = node.attributes
    for key in ("content", "datetime"):
        if attributes.get(key):
            return attributes[key] or ""
    return _text(node)


# Headline


def headline_candidates(tree: LexborHTMLParser) -> tuple[str, ...]:
    """What the page itself gives as its headline, most trusted first; in `title`, without the site's name.

    `og:title`, `h1`, `title`; but an `h1` that agrees with one of the others stands first: readers see it.

    >>> head = "<title>Pier opens | The Gull</title><meta property=og:title content='Pier opens'>"
    >>> headline_candidates(LexborHTMLParser(head + "<h1>The Gull</h1>"))
    ('Pier opens', 'The Gull')
    """
    return tuple(dict.fromkeys(field.value for field in _titles(tree)))


def description_of(tree: LexborHTMLParser) -> str:
    """What the page says about itself in a sentence or two: `og:description` or `description`; empty if nothing."""
    head = tree.head
    if head is None:
        return ""
    return max((_content(head, f"meta[{key}description']") for key in ("property='og:", "name='")), key=len)


def _titles(tree: LexborHTMLParser) -> list[Field]:
    """The candidates for the headline in the order of trust."""
    head = tree.head
    if head is None or head.css_first("meta[property='og:title']") is None:
        head = tree.root  # a stray element has ended the head before its time
    if head is None:
        return []
    site = _content(head, "meta[property='og:site_name']")
    names = site_names(site, _content(head, "meta[property='og:url']"))
    shared = without_site(_content(head, "meta[property='og:title']"), names)
    node = head.css_first("title")
    title = without_site(_text(node) if node else "", names)
    given = [text for text in (shared, title) if text]
    headings = [text for text in _headings(tree, given) if not _names_site(text, names)]
    agreeing = [text for other in given for text in headings if _agree(text, other)]
    shown = next(iter(agreeing or headings), "")
    title = next((known for known in (shared, shown) if known and title.startswith(known)), title)
    fields = [Field(shared, "og:title"), Field(shown, "h1"), Field(title, "title")]
    if agreeing or (len(headings) == 1 and len(title_of(shown).words) > 3):
        fields[:2] = fields[1::-1]
    return [field for field in fields if field.value]


def _headings(tree: LexborHTMLParser, given: list[str]) -> list[str]:
    """The texts of the first few `h1`; only the first is looked up where it is one of the given titles."""
    first = tree.css_first("h1")
    if first is None:
        return []
    text = _text(first)
    if text and text in given:
        return [text]
    return [text for text in map(_text, tree.css("h1")[:8]) if text]


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def _agree(one: str, other: str) -> bool:
    return one == other or same_title(title_of(one), title_of(other))


def _content(node: LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    return " ".join(unescape(found.attributes.get("content") or "").split()) if found else ""


_SIGN = re.compile(r"[|｜\-–—·•«»‹›:_]")
_SEPARATOR = re.compile(r"\s+[|\-–—·•«»‹›:]+\s+|\s*[|｜]\s*|\s+::\s+|_(?=[^\W\d_]{2,}$)| - ")


def without_site(title: str, names: Iterable[str]) -> str:
    """A title without the name of the site at its end or its beginning; `names` as `site_names` gives them.

    Where the site's name is not known, a short end after a vertical bar is taken for it.

    >>> without_site("Pier opens - The Gull", site_names("The Gull", ""))
    'Pier opens'
    >>> without_site("Pier opens after the storm | News | Gull", site_names("", "https://www.gull.example/"))
    'Pier opens after the storm'
    >>> without_site("Mbappé - the making of a striker", site_names("L'Écho", "https://echo.example"))
    'Mbappé - the making of a striker'
    """
    for _ in range(6):
        cuts = list(_SEPARATOR.finditer(title)) if _SIGN.search(title) and len(title) < 500 else []
        if not cuts:
            break
        last, first = cuts[-1], cuts[0]
        if _names_site(title[last.end() :], names) or _is_label(title, last):
            title = title[: last.start()].strip()
        elif _names_site(title[: first.start()], names):
            title = title[first.end() :].strip()
        else:
            break
    return title


def site_names(name: str, address: str) -> tuple[str, ...]:
    """What a site may be called: its name, its domain and the domain's parts, as letters and digits.

    >>> site_names("The Gull", "https://www.gull.co.example/pier")
    ('thegull', 'gullcoexample', 'gull')
    """
    host = _host(address)
    parts = [part for part in host.split(".")[:-1] if len(part) > 2 and part not in ("com", "org", "net", "gov")]
    return tuple(folded for known in (name, host, *parts) if (folded := _fold(known)))


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _names_site(part: str, names: Iterable[str]) -> bool:
    """Whether a text is a site's name, a little more, or its beginning or end."""
    own = _fold(part)
    return len(own) > 1 and any(
        own == name
        or (name in own and len(own) <= len(name) + min(12, 3 + len(name)))
        or (len(own) > 2 and (name.startswith(own) or name.endswith(own)))
        for name in names
    )


def _is_label(title: str, cut: re.Match[str]) -> bool:
    """Whether what follows a vertical bar is a section's or site's name by its length."""
    before, after = title[: cut.start()], title[cut.end() :]
    return "|" in cut[0] and len(after) <= 30 and len(after) * 2 <= len(before) and len(after.split()) <= 4


def _headline(page: _Page, site: Field | None) -> Field | None:
    """The heading shown, where it leads the candidates; else what JSON-LD says, or the next candidate."""
    found = _titles(page.tree)
    if found and found[0].origin == "h1":
        return found[0]
    stated = plain(page.work.get("headline") or page.work.get("name"))
    if stated:
        names = site_names(site.value if site else "", page.url or page.address)
        return Field(without_site(stated, names), "json-ld")
    others = [*page.meta(TITLE_METAS), *page.itemprops("headline")]
    return found[0] if found else _first(others, _sentence)


# Byline


def _bylines(page: _Page) -> Iterator[tuple[JSON, str]]:
    for key in ("author", "creator"):
        for node in (page.work, page.sheet):
            names = [name for person in page.resolve(node.get(key)) for name in _names(person)]
            yield names, "json-ld"
    for key in AUTHOR_METAS.split():
        for _, origin in list(page.meta(key))[:1]:
            yield page.metas[key], origin
    for selector in _AUTHOR_ELEMENTS:
        yield [_node_value(node) for node in page.tree.css(selector)[:6]], selector.replace("~", "")


def _names(person: JSON) -> list[str]:
    """The names in an author's node: a string, or a node whose name may be a list."""
    if isinstance(person, dict):
        name = person.get("name") or person.get("alternateName")
        return [n for n in (name if isinstance(name, list) else [name]) if isinstance(n, str)]
    return [person] if isinstance(person, str) else []


_ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\w+|^/|^@?\w+\.(?:com|org|net|txt|html?|php)\b", re.I)
_LABEL = re.compile(r"^[^\W\d_]+\s?[:：]\s*")
_ACCOUNTS = frozenset({"admin", "administrator", "root", "webmaster", "editor", "user", "undefined", "null", "none"})


def _authors(names: list[str]) -> str | None:
    """Names as one line, without addresses, accounts and doubles.

    >>> _authors(["Ana Lima", "https://gull.example/ana", "ana lima", "humans.txt", " Bo Ek "])
    'Ana Lima, Bo Ek'
    """
    kept: dict[str, str] = {}
    for raw in names:
        name = _LABEL.sub("", plain(raw)).strip(" ,;|·")
        if 2 <= len(name) <= 120 and not _ADDRESS.search(name) and name.casefold() not in _ACCOUNTS:
            kept.setdefault(name.casefold(), name)
    return ", ".join(list(kept.values())[:12]) or None


# Dates


def _published(page: _Page) -> Iterator[tuple[JSON, str]]:
    yield from page.linked("datePublished", "dateCreated", "uploadDate")
    yield from page.meta(PUBLISHED_METAS)
    yield from page.itemprops("datePublished")
    for selector in ("time[pubdate]", "article time[datetime]", "main time[datetime]", "time[datetime]"):
        for node in page.tree.css(selector)[:1]:
            yield _node_value(node), "time[datetime]"
    for address in (page.url, page.address):
        yield _date_in(address or ""), "url"


def _modified(page: _Page) -> Iterator[tuple[JSON, str]]:
    yield from page.linked("dateModified")
    yield from page.meta(MODIFIED_METAS)
    yield from page.itemprops("dateModified")


_ISO = re.compile(
    r"(?P<year>(?:19|20)\d\d)-?(?P<month>\d\d?)-?(?P<day>\d\d?)"
    r"(?:(?:[T\s]+|\s*,\s*)(?P<hour>\d\d?):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?(?:\[[\w/]+\])?",
    re.I,
)
_SLASHED = re.compile(r"(?P<year>(?:19|20)\d\d)([/.])(?P<month>\d\d?)\2(?P<day>\d\d?)(?!\d)")
_DAY_FIRST = re.compile(r"(?P<day>\d\d?)([/.-])(?P<month>\d\d?)\2(?P<year>(?:19|20)\d\d)(?!\d)")
_HAN = re.compile(r"(?P<year>(?:19|20)\d\d)\s*[年년]\s*(?P<month>\d\d?)\s*[月월]\s*(?P<day>\d\d?)\s*[日일]")
_IN_ADDRESS = re.compile(r"/(?P<year>(?:19|20)\d\d)([/-]?)(?P<month>\d\d)\2(?P<day>\d\d)(?=[/._-]|$)")


def iso_date(raw: JSON) -> str | None:
    """A date as ISO 8601, as exact as it is given; None where it is none or could be read in two ways.

    >>> [iso_date(d) for d in ("2024-02-29T08:28:36.000-0500", "Thu, 29 Feb 2024 13:28:36 GMT", "29.2.2024")]
    ['2024-02-29T08:28:36-05:00', '2024-02-29T13:28:36+00:00', '2024-02-29']
    >>> iso_date("03/04/2024") is None, iso_date("2024年2月29日"), iso_date(1709213316)
    (True, '2024-02-29', '2024-02-29T13:28:36+00:00')
    """
    if isinstance(raw, dict):
        raw = raw.get("@value")
    if isinstance(raw, list):
        raw = raw[0] if raw else None
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _epoch(raw)
    if not isinstance(raw, str):
        return None
    text = " ".join(raw[:80].split())
    whole = _ISO.fullmatch(text) or _ISO.match(text)
    if whole and (whole[0] == text or not text[whole.end()].isdigit()):
        return _assembled(whole.groupdict())
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _epoch(int(text))
    for pattern in (_SLASHED, _HAN, _DAY_FIRST):
        parts = pattern.match(text)
        if parts:
            return _unambiguous(parts)
    return _mail_date(text)


def _epoch(seconds: float) -> str | None:
    """Seconds, or milliseconds, since 1970."""
    if not 1e8 < seconds < 5e12:
        return None
    if seconds > 1e11:
        seconds /= 1000
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def _assembled(parts: dict[str, str | None]) -> str | None:
    """The parts of a date put together, None where there is no such day."""
    numbers = [int(parts.get(key) or 0) for key in ("year", "month", "day", "hour", "minute", "second")]
    timed = parts.get("hour") is not None
    try:
        moment = datetime(*numbers)  # type: ignore[arg-type]
    except ValueError:
        return _assembled({key: parts[key] for key in ("year", "month", "day")}) if timed else None
    if not timed:
        return moment.date().isoformat()
    return moment.isoformat() + _zone(parts.get("zone") or "")


def _zone(zone: str) -> str:
    if not zone:
        return ""
    if zone[0] not in "+-":
        return "+00:00"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    if digits[:2] > "14" or digits[2:] > "59":
        return ""
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"


def _unambiguous(parts: re.Match[str]) -> str | None:
    """A numeric date; with slashes, day and month can be told where one is over twelve or both are equal."""
    day, month = int(parts["day"]), int(parts["month"])
    fields = {"year": parts["year"], "month": parts["month"], "day": parts["day"]}
    if parts.start("year") > parts.start("day") and "." not in parts[0]:
        if month > 12:
            fields["month"], fields["day"] = parts["day"], parts["month"]
        elif day <= 12 and day != month:
            return None
    return _assembled(dict(fields))


def _mail_date(text: str) -> str | None:
    """A date as in mail: `Thu, 29 Feb 2024 08:28:36 +0100`."""
    if not re.match(r"(?:[A-Za-z]{3},? )?\d{1,2} [A-Za-z]{3} \d{4} \d", text):
        return None
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _free_date(raw: JSON, language: str | None) -> str | None:
    """A date in words, in the page's language: `29. Februar 2024`."""
    if not isinstance(raw, str) or len(raw) > 60 or not re.search(r"\b(?:19|20)\d\d\b", raw):
        return None
    if not re.search(r"[^\W\d_]{3}", raw):
        return None
    import dateparser  # type: ignore[import-untyped]

    settings = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
        "PARSERS": ["absolute-time"],
    }
    try:
        languages = [language] if language else None
        date: datetime | None = dateparser.parse(raw, languages=languages, settings=settings)
    except (ValueError, OverflowError, TypeError):
        return None
    if date is None or not 1900 < date.year < 2100:
        return None
    return date.isoformat(timespec="seconds") if re.search(r"\d:\d\d", raw) else date.date().isoformat()


def _date_in(address: str) -> str | None:
    """The day in an address: `/2024/02/29/`.

    >>> _date_in("https://gull.example/news/2024/02/29/pier-opens")
    '2024-02-29'
    """
    found = _IN_ADDRESS.search(address[:500])
    return _assembled(found.groupdict()) if found else None


# Site, address, language


def _sites(page: _Page) -> Iterator[tuple[JSON, str]]:
    yield from page.meta("og:site_name")
    for node in (page.work, page.sheet):
        for publisher in page.resolve(node.get("publisher")):
            yield from ((name, "json-ld") for name in _names(publisher))
    yield from page.meta(SITE_METAS)
    for node in page.nodes:
        if not {"website", "newsmediaorganization"}.isdisjoint(types_of(node)):
            yield from ((name, "json-ld") for name in _names(node))


def _addresses(page: _Page) -> Iterator[tuple[JSON, str]]:
    for node in page.tree.css("link[rel~='canonical' i]")[:2]:
        yield node.attributes.get("href"), "link[rel=canonical]"
    yield from page.meta("og:url")
    for key in ("url", "mainEntityOfPage"):
        for value in page.resolve(page.work.get(key)):
            yield (value.get("@id") if isinstance(value, dict) else value), "json-ld"
    yield page.url, "url"


def _languages(page: _Page) -> Iterator[tuple[JSON, str]]:
    for node in page.tree.css("html")[:1]:
        yield node.attributes.get("lang"), "html[lang]"
        yield node.attributes.get("xml:lang"), "html[xml:lang]"
    for node in page.tree.css("body[lang], article[lang], main[lang]")[:1]:
        yield node.attributes.get("lang"), f"{node.tag}[lang]"
    yield from page.linked("inLanguage")
    yield from page.meta(LANGUAGE_METAS)


_LONG_CODES = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it",
    "nld": "nl", "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "ara": "ar",
    "tur": "tr", "pol": "pl", "ukr": "uk", "swe": "sv", "hin": "hi", "cmn": "zh", "iw": "he", "in": "id",
    "ji": "yi",
}  # fmt: skip


def language_code(raw: JSON) -> str | None:
    """The ISO 639-1 code in a language tag, a locale or a JSON-LD language.

    >>> [language_code(tag) for tag in ("pt-BR", "zh_Hant_TW", "deu", {"alternateName": "es"}, "English")]
    ['pt', 'zh', 'de', 'es', None]
    """
    if isinstance(raw, list):
        raw = raw[0] if raw else None
    if isinstance(raw, dict):
        raw = raw.get("alternateName") or raw.get("name")
    if not isinstance(raw, str):
        return None
    code = re.match(r"\s*([A-Za-z]{2,3})(?=$|[\s,;_-])", raw)
    if code is None:
        return None
    short = code[1].lower()
    return _LONG_CODES.get(short, short)


_HOST = re.compile(r"\s*https?://(?:[^/?#@]*@)?(?:www\.)?([^/:?#\s]+)", re.I)


def _host(address: str) -> str:
    """The domain of an address without `www.`, "" where it has none."""
    found = _HOST.match(address)
    return found[1].lower() if found else ""


def _web_address(address: str | None) -> str | None:
    """An address of the web without its fragment; None for any other."""
    if not address or len(address) > 2000 or re.search(r"\s", address):
        return None
    try:
        bare = urldefrag(address).url
        parts = urlsplit(bare)
    except ValueError:
        return None
    return bare if parts.scheme in ("http", "https") and parts.hostname else None


# Description and credit


def _descriptions(page: _Page) -> Iterator[tuple[JSON, str]]:
    yield from page.meta(DESCRIPTION_METAS)
    yield from page.linked("description")
    yield from page.itemprops("description")


def _credits(page: _Page) -> Iterator[tuple[JSON, str]]:
    for image in page.resolve(page.work.get("image")):
        if isinstance(image, dict):
            for key in ("creditText", "copyrightNotice", "creator", "author", "copyrightHolder", "credit"):
                for holder in page.resolve(image.get(key)):
                    yield ", ".join(_names(holder)), "json-ld"
    yield from page.meta(CREDIT_METAS)
    yield from page.itemprops("copyrightHolder")


def _sentence(raw: JSON) -> str | None:
    return plain(raw)[:2000].strip() or None


def _name(raw: JSON) -> str | None:
    """A short name: of a site, a publisher."""
    name = plain(raw)
    return name if 1 < len(name) <= 80 and not name.startswith(("http://", "https://", "@")) else None
