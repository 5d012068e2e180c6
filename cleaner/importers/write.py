"""Rule files from imported selectors: grouped by class of noise, each with an example that proves it."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cleaner.importers.imported import Selected
from cleaner.rules.files import RuleError, parse
from cleaner.workbench.css_example import matching, sparing

GENERIC = "imported"
"""The file for all sites."""
HEADER = "# Written by `cleaner rules import`; the next import into this folder replaces it."
GROUP = 50
"""Selectors of a rule: the proof tries each of them on each example."""
MAX_TEXT = 1_500_000
"""Characters of a file for all sites, above which the next is begun."""
_WORDS = {
    "newsletter": "newsletter newsletters signup mailing optin",
    "paywall": "paywall piano regwall subscribe subscription subscriptions abo",
    "cookie": "cookie cookies consent gdpr onetrust cmp",
    "comment": "comment comments commenting disqus respond kommentar kommentare discussion reactions",
    "share": "share sharing shares shared social socials sharedaddy addthis facebook twitter whatsapp tweet like likes",
    "related": "related relateds recommended recommendation recommendations readmore recirc teaser teasers popular "
    "trending mostread similar more also outbrain taboola recent latest promo",
    "donation": "donate donation donations donorbox patreon",
    "poll": "poll polls quiz survey",
    "affiliate": "affiliate affiliates amazon coupon coupons",
    "advert": "ad ads adv advert adverts advertisement advertising advertisment adslot adbox adunit sponsor sponsored "
    "sponsors banner banners dfp gpt pub publicidad publicite werbung anzeige anzeigen reklama commercial promoted",
    "audio": "audio podcast podcasts listen spotify",
    "byline": "byline bylines author authors autor auteur contributor",
    "timestamp": "date dates time timestamp pubdate published datetime datum",
    "caption": "caption captions figcaption legend",
    "legal": "copyright legal disclaimer terms",
    "app": "app apps appstore googleplay",
    "embed": "embed embeds embedded iframe video videos gallery slideshow player carousel",
    "nav": "nav navigation navbar menu menus breadcrumb breadcrumbs pagination pager header footer sidebar toc tags "
    "tag category categories topics skip search toolbar",
}
_CLASS_OF = {word: name for name, words in _WORDS.items() for word in words.split()}
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_]+")


class Proven(NamedTuple):
    """A selector that can be used, with HTML that it finds: None where only another of its line has some."""

    css: str
    match: str | None


class Rejected(NamedTuple):
    """Why a selector cannot be used."""

    why: str


class Draft(NamedTuple):
    """A line's selectors on their way into a rule."""

    selected: Selected
    proven: tuple[Proven, ...]
    noise: str
    spare: str
    """HTML that none of the selectors finds."""


class File(NamedTuple):
    """A rule file to write, below the rules folder."""

    path: Path
    text: str


def class_of(selector: str, default: str) -> str:
    """The class of noise that the words of a selector tell.

    >>> class_of("div[class*='story-share-bar']", "ui"), class_of("#adSlot2", "ui"), class_of("div.x", "ui")
    ('share', 'advert', 'ui')
    """
    found = [_CLASS_OF.get(word.lower()) for word in _HUMP.findall(selector)]
    named = [name for name in found if name]
    return min(named, key=list(_WORDS).index) if named else default


@lru_cache(maxsize=8192)
def fault_of(selector: str) -> str:
    """Why a rule may not use a selector; empty where it may."""
    text = _rule(_Head("x.a", "drop", "ui", "-"), [Proven(selector, "-")], "-")
    try:
        parse(text, Path("x.toml"), "x")
    except RuleError as error:
        return error.fault.removeprefix("x.a: ")
    return ""


def draft(selected: Selected, default: str) -> Draft | Rejected:
    """Prove a line's selectors: all must be within the limits, one at least must have an example."""
    for selector in selected.css:
        if fault := fault_of(selector):
            return Rejected(fault)
    proven = tuple(Proven(selector, matching(selector)) for selector in selected.css)
    spare = sparing(", ".join(selected.css))
    if spare is None or not any(one.match for one in proven):
        return Rejected("no page was found that has such an element and others too")
    noise = "story" if selected.action == "body" else class_of(" ".join(selected.css), default)
    return Draft(selected, proven, noise, spare)


def files(drafts: Sequence[Draft]) -> Iterator[File]:
    """The rule files for all drafts: one a site, and as many as are needed for all sites."""
    generic = _generic_pages([one for one in drafts if not one.selected.sites])
    sites: dict[str, _Page] = {}
    for one in drafts:
        for site in one.selected.sites:
            if not any(_belongs(site, spared) for spared in one.selected.spared):
                sites.setdefault(site, _Page(site)).add(one)
    off: dict[str, list[str]] = {}
    for spared, identifier in [pair for page in generic for pair in page.spared()]:
        off.setdefault(spared, []).append(identifier)
    for site, page in sites.items():
        for spared, identifier in page.spared():
            if _belongs(spared, site):
                off.setdefault(spared, []).append(identifier)
    yield from (_file(f"{page.prefix}.toml", page.rules()) for page in generic)
    for site in sorted(sites.keys() | off.keys()):
        rules = sites[site].rules() if site in sites else []
        rules += [f"[[rule]]\nid = {_toml(identifier)}\noff = true\n" for identifier in off.get(site, ())]
        yield _file(f"sites/{site}.toml", rules)


def _generic_pages(drafts: Sequence[Draft]) -> list[_Page]:
    pages: list[_Page] = []
    for one in drafts:
        if not pages or pages[-1].size > MAX_TEXT:
            pages.append(_Page(f"{GENERIC}-{len(pages) + 1}" if pages else GENERIC))
        pages[-1].add(one)
    return pages


def _file(name: str, rules: Sequence[str]) -> File:
    return File(Path(name), "\n".join([HEADER + "\n", *rules]))


def _belongs(site: str, domain: str) -> bool:
    return site == domain or site.endswith("." + domain)


class _Group:
    """Selectors that make one rule."""

    def __init__(self, identifier: str, first: Draft) -> None:
        self.id = identifier
        self.first = first
        self.drafts: list[Draft] = []

    @property
    def size(self) -> int:
        return sum(len(one.proven) for one in self.drafts)

    def toml(self) -> str:
        proven = list({p.css: p for one in self.drafts for p in one.proven}.values())
        why = _why([one.selected for one in self.drafts])
        return _rule(_Head(self.id, self.first.selected.action, self.first.noise, why), proven, self.first.spare)


class _Page:
    """The rules for one site, or for all."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.size = 0
        """About how many characters the file will have."""
        self._groups: list[_Group] = []
        self._open: dict[tuple[str, str], _Group] = {}
        self._names: Counter[str] = Counter()
        self._seen: set[tuple[str, tuple[str, ...]]] = set()

    def add(self, one: Draft) -> None:
        """Add a draft to the rule of its class; a line of story elements, or with exceptions, is a rule by itself."""
        key = (one.selected.action, one.selected.css)
        if key in self._seen:
            return
        self._seen.add(key)
        self.size += 100 + sum(len(p.css) + len(p.match or "") + 30 for p in one.proven)
        if one.selected.action == "body" or one.selected.spared:
            self._new(one).drafts.append(one)
            return
        group = self._open.get((one.noise, one.spare))
        if group is None or group.size + len(one.proven) > GROUP:
            group = self._open[one.noise, one.spare] = self._new(one)
        group.drafts.append(one)

    def _new(self, one: Draft) -> _Group:
        name = "body" if one.selected.action == "body" else one.noise
        self._names[name] += 1
        count = self._names[name]
        group = _Group(f"{self.prefix}.{name}" + (f"-{count}" if count > 1 else ""), one)
        self._groups.append(group)
        return group

    def rules(self) -> list[str]:
        """The rules as TOML, those for the story first."""
        ordered = sorted(self._groups, key=lambda group: group.first.selected.action != "body")
        return [group.toml() for group in ordered]

    def spared(self) -> Iterator[tuple[str, str]]:
        """The sites that rules are not for, with the rules' ids."""
        for group in self._groups:
            for site in dict.fromkeys(group.first.selected.spared):
                yield site, group.id


def _why(lines: Sequence[Selected]) -> str:
    places = [f"{os.path.basename(one.line.file)}:{one.line.number}" for one in lines]
    kinds = " and ".join(dict.fromkeys(f"`{one.kind}`" for one in lines))
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    return f"Imported {kinds}: {', '.join(places[:5])}{more}."


def _toml(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Head(NamedTuple):
    """What a rule says of itself."""

    id: str
    action: str
    noise: str
    why: str


def _rule(head: _Head, proven: Sequence[Proven], spare: str) -> str:
    lines = [
        "[[rule]]",
        f"id = {_toml(head.id)}",
        f"class = {_toml(head.noise)}",
        f"action = {_toml(head.action)}",
        f"why = {_toml(head.why)}",
        *_list("css", (_toml(one.css) for one in proven)),
        *_list("match", (f"{{ html = {_toml(one.match)} }}" for one in proven if one.match)),
        f"spare = [{{ html = {_toml(spare)} }}]",
    ]
    return "\n".join(lines) + "\n"


def _list(key: str, items: Iterable[str]) -> list[str]:
    return [f"{key} = [", *(f"  {item}," for item in items), "]"]
