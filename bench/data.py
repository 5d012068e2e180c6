"""The data folder: which sets are there, as pages and as text. What is missing is reported, not an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.faults import Fault
from cleaner.fitting.gold import Case, GoldSet, read_gold

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT.parent / "shared" / "data"
PAGE_GOLD = ("wcxb-dev/gold.jsonl.gz", "news/gold.jsonl.gz", "snippets/snippets.jsonl.gz")
TEXT_FOLDERS = ("residue", "news/residue")
SPEED_PAGES = "wcxb-dev/gold.jsonl.gz"
SPEED_TEXT = "residue/page-text.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Data:
    """Sets of cases, at most `limit` of each, and what to tell about those that could not be read whole."""

    sets: tuple[GoldSet, ...]
    missing: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        found = (text for part in self.sets for text in part.complaints)
        return tuple(dict.fromkeys((*self.missing, *found)))


def page_sets(folder: Path, limit: int | None) -> Data:
    """The sets of pages: wcxb-dev, news (by origin) and snippets."""
    return _read([folder / name for name in PAGE_GOLD], limit)


def text_sets(folder: Path, limit: int | None) -> Data:
    """The residue sets: the text that each of several extractors left."""
    files = [file for name in TEXT_FOLDERS for file in sorted((folder / name).glob("*.jsonl.gz"))]
    absent = tuple(f"{folder / name}: not there; left out." for name in TEXT_FOLDERS if not (folder / name).is_dir())
    read = _read(files, limit)
    return replace(read, missing=absent + read.missing)


def one_set(folder: Path, name: str, limit: int | None) -> Data:
    """The set that the speed is measured on."""
    return _read([folder / name], limit)


def _read(files: Sequence[Path], limit: int | None) -> Data:
    sets: list[GoldSet] = []
    missing: list[str] = []
    for file in files:
        if not file.exists():
            missing.append(f"{file}: not there; left out.")
            continue
        try:
            sets += [replace(gold, cases=evenly(gold.cases, limit)) for gold in read_gold(file)]
        except Fault as error:
            missing.append(str(error))
    return Data(tuple(sets), tuple(missing))


def evenly(cases: Sequence[Case], limit: int | None) -> tuple[Case, ...]:
    """At most `limit` cases, spread over the whole set (pages of one site stand together)."""
    if limit is None or limit >= len(cases):
        return tuple(cases)
    return tuple(cases[at * len(cases) // limit] for at in range(limit))
