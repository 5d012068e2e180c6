"""`cleaner rules import`: rules from files that other tools keep for sites and for adverts."""

from __future__ import annotations

import os
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cleaner import faults
from cleaner.faults import Fault, of_system
from cleaner.files.write import put
from cleaner.importers.filters import read_filters
from cleaner.importers.ftr import is_ftr, read_ftr
from cleaner.importers.imported import Format, Lifted, Line, Needless, Outcome, Selected, Unsaid
from cleaner.importers.write import HEADER, Draft, Rejected, draft, files

MAX_BYTES = 50_000_000
"""Of one source file: the longest filter lists have about 5 MB."""


_DEFAULT_CLASS = {Format.FTR: "ui", Format.COSMETIC: "advert"}


class SourceFile(NamedTuple):
    """A file of another tool: its name, and its text."""

    name: str
    text: str


def read_sources(paths: Sequence[str]) -> Iterator[SourceFile | Fault]:
    """The files, those in folders and tar archives that end in `.txt`, and what cannot be read."""
    for path in paths:
        if os.path.isdir(path):
            names = sorted(_texts_below(path))
            yield from map(_read, names)
            if not names:
                yield Fault(path, "holds no .txt files", "give the folder that they are in")
        elif path.endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")):
            yield from _read_archive(path)
        else:
            yield _read(path)


def _texts_below(top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(folder, name) for name in names if name.endswith(".txt"))


def _read(path: str) -> SourceFile | Fault:
    try:
        with open(path, "rb") as file:
            return _decoded(path, file.read(MAX_BYTES + 1))
    except OSError as error:
        return of_system(path, error)


def _read_archive(path: str) -> Iterator[SourceFile | Fault]:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() and member.name.endswith(".txt") else None
                if content is not None:
                    yield _decoded(member.name.removeprefix("./"), content.read(MAX_BYTES + 1))
    except OSError as error:
        yield of_system(path, error)
    except (tarfile.TarError, EOFError, ValueError):
        yield Fault(path, "is no tar archive that can be read to its end", "fetch it again, or give the unpacked files")


def _decoded(name: str, raw: bytes) -> SourceFile | Fault:
    if len(raw) > MAX_BYTES:
        return Fault(name, f"is larger than {MAX_BYTES // 1_000_000} MB", "split it")
    if b"\0" in raw:
        return Fault(name, "is binary", "give a text file")
    try:
        return SourceFile(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Fault(f"{name}:{line}", "is not UTF-8", "save the file as UTF-8")


class Imported(NamedTuple):
    """What became of all lines."""

    drafts: list[Draft]
    unsaid: list[Unsaid]
    tally: Counter[tuple[str, str]]
    """Lines by kind and by what became of them: `carried`, `needless` or `not carried`."""


def import_texts(sources: Sequence[SourceFile], form: Format | None = None) -> Imported:
    """Turn every line of the sources into rules, or say why not; the format is guessed where none is given."""
    outcomes: list[tuple[Outcome, str]] = []
    for source in sources:
        is_site_file = form is Format.FTR or (form is None and is_ftr(source.text))
        chosen = Format.FTR if is_site_file else Format.COSMETIC
        reader = read_ftr if is_site_file else read_filters
        outcomes += [(one, _DEFAULT_CLASS[chosen]) for one in reader(source.name, source.text)]
    taken_back = _TakenBack([one for one, _ in outcomes])
    result = Imported([], [], Counter())
    for one, default in outcomes:
        became = taken_back.settle(one)
        made = draft(became, default) if isinstance(became, Selected) else became
        if isinstance(made, Rejected):
            made = Unsaid(one.line, one.kind, made.why)
        if isinstance(made, Draft):
            result.drafts.append(made)
        elif isinstance(made, Unsaid):
            result.unsaid.append(made)
        what = {Needless: "needless", Unsaid: "not carried"}.get(type(made), "carried")
        result.tally[one.kind, what] += 1
    return result


class _TakenBack:
    """Which selectors some lines take back, and where."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        lifts = [one for one in outcomes if isinstance(one, Lifted)]
        self._asked = {css for one in outcomes if isinstance(one, Selected) for css in one.css}
        self._everywhere = {one.css for one in lifts if not one.sites}
        self._sites: dict[str, list[str]] = {}
        for one in lifts:
            self._sites.setdefault(one.css, []).extend(one.sites)

    def settle(self, one: Outcome) -> Outcome:
        """The line with the sites that it is taken back on, or why it comes to nothing."""
        if isinstance(one, Lifted) and one.css not in self._asked:
            return Unsaid(one.line, one.kind, "takes back what no line here asks for")
        if not isinstance(one, Selected):
            return one
        if self._everywhere.intersection(one.css):
            return Unsaid(one.line, one.kind, "another line takes it back on all sites")
        more = tuple(site for css in one.css for site in self._sites.get(css, ()))
        return one._replace(spared=(*one.spared, *more))


def import_rules(paths: Sequence[str], output: str, form: Format | None, report: str | None) -> int:
    """Write rules for all that `paths` hold to the folder `output`; returns the exit code."""
    try:
        os.makedirs(output, exist_ok=True)
    except OSError as error:
        raise of_system(output, error) from None
    sources: list[SourceFile] = []
    failed: list[Fault] = []
    for source in read_sources(paths):
        if isinstance(source, Fault):
            failed.append(source)
        else:
            sources.append(source)
    sources.sort(key=lambda source: (os.path.basename(source.name).startswith("."), source.name))
    result = import_texts(sources, form)
    written = 0
    for file in files(result.drafts):
        try:
            _write(Path(output, file.path), file.text)
            written += 1
        except Fault as fault:
            failed.append(fault)
    if report is not None:
        put(report, _report(result.unsaid).encode())
    sys.stdout.write(summary(len(sources), written, output, result.tally))
    for told in failed:
        print(f"cleaner: {told}", file=sys.stderr)
    return faults.FAILED if failed else faults.DONE


def _write(path: Path, text: str) -> None:
    """Write a rule file, but not over one that somebody wrote by hand."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        theirs = path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(HEADER)
    except OSError as error:
        raise of_system(str(path), error) from None
    if theirs:
        raise Fault(str(path), "was not written by an import, and is kept", "import into another folder")
    put(str(path), text.encode())


def _place(line: Line) -> str:
    return f"{faults.shown(line.file)}:{line.number}"


def _report(unsaid: Sequence[Unsaid]) -> str:
    """Every line that was not carried over: `file:line: text; why`."""
    return "".join(f"{_place(one.line)}: {one.line.text}; {one.why}\n" for one in unsaid)


def summary(read: int, written: int, output: str, tally: Counter[tuple[str, str]]) -> str:
    """A short table: what became of the lines of each kind."""
    columns = ("carried", "needless", "not carried")
    kinds = sorted({kind for kind, _ in tally}, key=lambda kind: -sum(tally[kind, column] for column in columns))
    width = max(map(len, [*kinds, "line"]))
    rows = [f"{'line':{width}}" + "".join(f"{column:>13}" for column in columns)]
    rows += [f"{kind:{width}}" + "".join(f"{tally[kind, column]:13,}" for column in columns) for kind in kinds]
    head = f"{read:,} file{'' if read == 1 else 's'} read, {written:,} written to {faults.shown(output)}"
    return "\n".join([head, *(rows if kinds else ())]) + "\n"
