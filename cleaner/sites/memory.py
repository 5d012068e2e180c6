"""What is known of sites: lines that recur in many of a site's documents are its template. `learn` writes it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import urlsplit

from cleaner.facts import fold
from cleaner.faults import Fault, Unusable, of_system
from cleaner.model import Document
from cleaner.rules.lines import count_words
from cleaner.rules.text import GONE, collapse, seen
from cleaner.sites.domain import registered_domain

FORMAT = 1
SHORT_DOCUMENTS = 3
"""Documents in which a line must be seen."""
SENTENCE_DOCUMENTS = 5
"""Documents in which a sentence must be seen, and a share of all: running stories repeat their background."""
SENTENCE_SHARE = 0.1
AMID_SHARE = 1 / 3
"""Share of all documents for lines amid the story, where subheadings and tables recur too."""
AMID_RUN = 3
"""Short lines that must stand side by side there."""
LONELY_DOCUMENTS, LONELY_SHARE = 10, 0.5
"""The same for short lines that do not."""
_UNDER = 3
_SENTENCE_WORDS = 8
_LONG_WORDS = 25
_ENDS = re.compile(r"[.!?…。！？؟।۔॥։።｡][\"'”’»›)\]」』》]{0,2}$")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}")
_SITES_KEPT = 64


@lru_cache(maxsize=4096)
def site_name(address: str) -> str:
    """The name that a site is remembered under: its registered domain, subdomains together.

    >>> site_name("https://www.sport.example.co.uk/a"), site_name("Example.com")
    ('example.co.uk', 'example.com')
    """
    return registered_domain(address)


def site_of_page(page: str) -> str | None:
    """The site that a page says it is on: the host of its canonical address or `og:url`.

    >>> site_of_page("<link rel=canonical href='https://gull.example/pier'>")
    'gull.example'
    """
    from selectolax.lexbor import LexborHTMLParser

    from cleaner.parse.guard import Bomb, check_nesting
    from cleaner.parse.metadata import read_metadata

    try:
        check_nesting(page.encode("utf-8", "ignore"))
    except Bomb:
        return None
    canonical = read_metadata(LexborHTMLParser(page)).canonical
    return urlsplit(canonical.value).hostname if canonical else None


def site_of_path(path: str) -> str | None:
    """The site that a folder in `path` is named after, the innermost if several are.

    >>> site_of_path("scrapes/www.gull.example/2024/pier.txt"), site_of_path("scrapes/pier.v2/example.txt")
    ('www.gull.example', None)
    """
    folders = PurePath(path).parts[:-1]
    return next((folder.lower() for folder in reversed(folders) if _DOMAIN.fullmatch(folder)), None)


def folded_lines(document: Document) -> list[str]:
    """The text of each block as lines are compared: folded as rules see it, with single spaces."""
    low = seen(fold(document.shown))
    lines = [low[block.start : block.end] for block in document.blocks]
    if GONE in low or "  " in low:
        return [collapse(line) for line in lines]
    return [collapse(line) if "\n" in line else line for line in lines]


def is_sentence(line: str) -> bool:
    """Whether a folded line reads like a full sentence or more: eight words and an end mark, or 25 words.

    >>> is_sentence("the crane fell on a ferry at noon on sunday."), is_sentence("read more about this story")
    (True, False)
    """
    if len(line) < 2 * _SENTENCE_WORDS:
        return False
    words = count_words(line)
    return words >= _LONG_WORDS or (words >= _SENTENCE_WORDS and _ENDS.search(line) is not None)


class Template(NamedTuple):
    """The lines of one site that may be template, with the documents each was seen in."""

    lines: dict[str, int]
    amid: float
    """Documents that a line amid the story must be seen in."""
    lonely: float
    """The same for a short line that stands there without others of its kind."""


class SiteMemory:
    """The templates of sites, read from the file that `cleaner learn` keeps.

    May be shared by threads, and is pickled as its path. A site's lines are read when its first document comes.
    Raises `Unusable` where the file is missing or no site memory.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._sites = self._read_sites()
        self._templates: dict[str, Template] = {}

    def __reduce__(self) -> tuple[type[SiteMemory], tuple[str]]:
        return SiteMemory, (self.path,)

    def recurring(self, site: str | None, document: Document) -> list[tuple[int, int]]:
        """The blocks of a document of `site` that are its template: (block, documents it was seen in).

        `site` is a domain or an address; nothing is known of a site that was never learnt. A line counts from 3
        documents, a sentence from 5 and a tenth of the site's; between the story's own sentences from a third of
        them, and a short line that stands there alone from 10 documents and half of the site's. Sentences that
        other sites have too are nobody's template, and neither is the headline, nor a sentence right under it.
        """
        template = self._template(site_name(site)) if site else None
        if template is None:
            return []
        lines = folded_lines(document)
        found = [block for block, line in enumerate(lines) if line in template.lines]
        if not found:
            return []
        protected = _opening(lines, document, template) | _amid(lines, found, template)
        return [(block, template.lines[lines[block]]) for block in found if block not in protected]

    def _template(self, name: str) -> Template | None:
        known = self._templates.get(name)
        if known is None and name in self._sites:
            if len(self._templates) >= _SITES_KEPT:
                self._templates.clear()
            known = self._templates[name] = self._read_template(*self._sites[name])
        return known

    def _read_sites(self) -> dict[str, tuple[int, int]]:
        """Each site's number and its different documents."""
        if not Path(self.path).is_file():
            raise Unusable(self.path, "there is no such site memory", "make it with: cleaner learn DIR --sites FILE")
        try:
            with closing(connect(self.path, "ro")) as base:
                check_format(base, self.path)
                return {name: (number, documents) for number, name, documents in base.execute("SELECT * FROM sites")}
        except sqlite3.Error as error:
            raise fault_of(self.path, error) from None

    def _read_template(self, number: int, documents: int) -> Template:
        query = """SELECT text, documents FROM lines WHERE site = ? AND documents >= ?
                   AND (sentence = 0 OR (documents >= ? AND documents >= ? AND sites = 1))"""
        least = (SHORT_DOCUMENTS, SENTENCE_DOCUMENTS, SENTENCE_SHARE * documents)
        try:
            with closing(connect(self.path, "ro")) as base:
                lines = dict(base.execute(query, (number, *least)))
        except sqlite3.Error as error:
            raise fault_of(self.path, error) from None
        return Template(lines, AMID_SHARE * documents, max(LONELY_DOCUMENTS, LONELY_SHARE * documents))


def _opening(lines: list[str], document: Document, template: Template) -> set[int]:
    """The headline, and sentences right under it: other pages of the site advertise the story with them."""
    titles = {collapse(seen(fold(title))) for title in document.headlines}
    headlines = [block for block, line in enumerate(lines) if line in titles or (block == 0 and not document.markup)]
    opening = set(headlines)
    for headline in headlines:
        for block in range(headline + 1, min(headline + 1 + _UNDER, len(lines))):
            if is_sentence(lines[block]):
                if lines[block] not in template.lines:
                    break
                opening.add(block)
    return opening


def _amid(lines: list[str], found: list[int], template: Template) -> set[int]:
    """The recurring lines between the story's own sentences that are too rare for template there."""
    first, last = _first_own(lines, range(len(lines)), template), _first_own(lines, range(len(lines))[::-1], template)
    runs = _run_lengths(found)
    rare = set()
    for block in found:
        if first < block < last:
            lonely = runs[block] < AMID_RUN and not is_sentence(lines[block])
            if template.lines[lines[block]] < (template.lonely if lonely else template.amid):
                rare.add(block)
    return rare


def _first_own(lines: list[str], order: range, template: Template) -> int:
    """The first sentence in `order` that is no template; 0 if there is none: then nothing stands amid a story."""
    return next((block for block in order if lines[block] not in template.lines and is_sentence(lines[block])), 0)


def _run_lengths(blocks: list[int]) -> dict[int, int]:
    """For each of `blocks`, in order, how many of them stand side by side around it.

    >>> _run_lengths([1, 2, 5])
    {1: 2, 2: 2, 5: 1}
    """
    runs: dict[int, list[int]] = {}
    for place, block in enumerate(blocks):
        runs.setdefault(block - place, []).append(block)
    return {block: len(run) for run in runs.values() for block in run}


def connect(path: str, mode: str) -> sqlite3.Connection:
    """Open a memory's file; `mode` is SQLite's: `ro`, or `rwc` to write it."""
    return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode={mode}", uri=True, timeout=60, isolation_level=None)


def check_format(base: sqlite3.Connection, path: str) -> None:
    """Raise `Unusable` where the file is no site memory of this version."""
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version != FORMAT or not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'lines'").fetchone():
        raise Unusable(path, "is no site memory of this version", "remove it and run `cleaner learn` again")


def fault_of(path: str, error: sqlite3.Error) -> Fault:
    """The fault behind an error of SQLite."""
    if isinstance(error, sqlite3.OperationalError):
        try:
            with open(path, "rb"):
                pass
        except OSError as cause:
            return of_system(path, cause)
        return Unusable(path, f"cannot be used ({error})", "wait until nobody writes it, and check its folder and disk")
    return Unusable(path, f"is no site memory ({error})", "remove it and run `cleaner learn` again")
