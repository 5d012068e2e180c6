"""`cleaner learn`: go through scrapes of sites and remember what recurs on each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cleaner import faults
from cleaner.commands.config import Settings
from cleaner.commands.limits import Limits, memory_limit
from cleaner.faults import Fault, Unusable, shown
from cleaner.files import sources
from cleaner.files.sources import Noted, Selection, Source
from cleaner.sites.memory import site_name

if TYPE_CHECKING:
    from cleaner.parse.read import SourceKind
    from cleaner.sites.learn import Learner

FILE = "sites.db"
_MEMORY = Limits().memory


class Request(NamedTuple):
    """Which documents are meant, and their site where one is given for all."""

    paths: Sequence[str]
    settings: Settings
    site: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Scrape(NamedTuple):
    """A scraped page or text, decoded, and the site it is from where that is known."""

    path: str
    text: str
    kind: SourceKind
    site: str | None


class Tally:
    """What became of the documents."""

    def __init__(self) -> None:
        self.read = self.new = self.failed = self.without_site = 0
        self.sites: set[str] = set()


def run(request: Request, file: str | None) -> int:
    """Learn from the documents that are meant; `file` is the memory, that of the settings or the user's own if None."""
    from cleaner.sites.learn import Learner

    path = os.path.abspath(file) if file else request.settings.sites or default_file()
    tally = Tally()
    with Learner(path) as learner:
        for scrape in scrapes(request):
            if isinstance(scrape, Scrape):
                _learn(learner, scrape, tally)
            else:
                tally.failed += tell_fault(scrape)
        if not tally.read and not tally.failed:
            raise no_document(request.paths)
    _tell(tally, path, request.settings)
    return faults.FAILED if tally.failed or tally.without_site else faults.DONE


def tell_fault(found: Fault | Noted) -> bool:
    """Say what could not be read; whether that is a failed input."""
    _say(f"note: {found.fault}" if isinstance(found, Noted) else str(found))
    return isinstance(found, Fault)


def default_file() -> str:
    """The site memory in the user's data folder."""
    import platformdirs

    return os.path.join(platformdirs.user_data_dir("cleaner", appauthor=False), FILE)


def no_document(paths: Sequence[str]) -> Unusable:
    names = ", ".join(shown(path) for path in paths)
    return Unusable("", f"no document in {names}", "name .txt or .html files, or folders that hold such")


def scrapes(request: Request) -> Iterator[Scrape | Fault | Noted]:
    """Read the documents that are meant, in order of their names; what cannot be read is told by a `Fault`.

    A document is of the site that is given, or else of the one that the page names, or else of the one that its
    folder is named after.
    """
    settings = request.settings
    selection = Selection(request.include, request.exclude, settings.ignore, settings.home)
    sources.check_patterns(selection)
    for found in sources.find(request.paths, selection):
        if isinstance(found, Source):
            yield _scrape_or_fault(found, request.site)
        else:
            yield found if isinstance(found, Noted) else found.fault


def _scrape_or_fault(source: Source, site: str | None) -> Scrape | Fault:
    try:
        with memory_limit(_MEMORY):
            return _scrape(source, site)
    except Fault as fault:
        return fault
    except MemoryError:
        return Fault(source.path, "needs more memory than one document may", "split it, or leave it out")


def _scrape(source: Source, site: str | None) -> Scrape:
    from cleaner.commands.deliver import read, site_of

    document = read(source, None)
    return Scrape(source.path, document.encoded.text, document.kind, site or site_of(document))


def _learn(learner: Learner, scrape: Scrape, tally: Tally) -> None:
    from cleaner.parse.guard import Bomb
    from cleaner.pipeline import parse

    tally.read += 1
    if scrape.site is None:
        tally.without_site += 1
        return
    try:
        with memory_limit(_MEMORY):
            document = parse(scrape.text, scrape.kind)
    except (Bomb, MemoryError) as error:
        _say(str(Fault(scrape.path, f"cannot be read: {str(error) or 'needs too much memory'}", "leave it out")))
        tally.failed += 1
        return
    tally.new += learner.add(scrape.site, document)
    tally.sites.add(site_name(scrape.site))


def _tell(tally: Tally, path: str, settings: Settings) -> None:
    counted = f"documents read: {tally.read}, sites: {len(tally.sites)}, new to {shown(path)}: {tally.new}"
    print(counted, file=sys.stderr)
    if tally.without_site:
        what = f"documents of no known site, left out: {tally.without_site}"
        _say(str(Fault("", what, "give --site DOMAIN, or keep them in folders named by their domain")))
    if tally.sites and os.path.realpath(path) != os.path.realpath(settings.sites or ""):
        print(f"to clean with it, put this into cleaner.toml: sites = {_quoted(path)}", file=sys.stderr)


def _quoted(path: str) -> str:
    return f"'{path}'" if "'" not in path else '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _say(line: str) -> None:
    print(f"cleaner: {line}", file=sys.stderr)
