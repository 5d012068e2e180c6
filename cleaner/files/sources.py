"""Which files are meant: folders are walked in order of name, each file is paired with its output's name."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from cleaner.faults import Fault, Unusable, of_system, shown

IGNORE_FILE = ".cleanerignore"
PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
SUFFIXES = (".txt", *PAGE_SUFFIXES)
"""What is taken from a folder, best first: of `a.txt` and `a.html`, the first would give `a.txt`."""

Matcher = Callable[[str], bool]


class Source(NamedTuple):
    """A file to read, and its path below `base`, the deepest folder that holds everything given."""

    path: str
    name: str


class Skipped(NamedTuple):
    """Something that was meant but cannot be read, and why: a failed input."""

    fault: Fault


class Noted(NamedTuple):
    """Something that is not read, with nothing lost by it."""

    fault: Fault


Found = Source | Skipped | Noted


class Selection(NamedTuple):
    """Which files of a folder are wanted. Patterns are those of .gitignore."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    home: str | None = None
    """The folder that `ignore` is relative to."""
    leave_out: frozenset[str] = frozenset()
    """Folders (real paths) never to be read: the output, the record."""


def is_page(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in PAGE_SUFFIXES


class Form(StrEnum):
    """The forms that a story can be written in."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"


def output_name(name: str, form: Form) -> str:
    """The output's path below the output folder for a source's path.

    >>> output_name("news/a.html", Form.TEXT), output_name("b.txt", Form.JSON)
    ('news/a.txt', 'b.json')
    """
    stem, suffix = os.path.splitext(name)
    if form is Form.TEXT:
        return stem + ".txt" if is_page(name) else name
    known = is_page(name) or suffix.lower() == ".txt"
    return (stem if known else name) + (".html" if form is Form.HTML else ".json")


def base_of(paths: Sequence[str]) -> str:
    """The deepest folder that holds all `paths`; outputs are laid out as below it."""
    folders = [p if os.path.isdir(p) else os.path.dirname(p) for p in map(os.path.abspath, paths)]
    return os.path.commonpath(folders) if folders else os.getcwd()


def find(paths: Sequence[str], selection: Selection) -> Iterator[Found]:
    """The files that `paths` mean, each once, and what had to be left out.

    A file named by itself is always taken. Inside a folder links are not followed out of it, hidden files and
    folders are left alone, and so is what `.cleanerignore` files and the selection name.
    """
    base = base_of(paths)
    wanted = _outermost(paths)
    files = [path for path in wanted if not os.path.isdir(path)]
    files.sort(key=_stem_and_rank)
    yield from _unclashed(Source(path, os.path.relpath(path, base)) for path in files)
    for path in wanted:
        if os.path.isdir(path):
            yield from _walk(path, base, selection)


def _outermost(paths: Sequence[str]) -> list[str]:
    """`paths` without repetitions and without what lies in another of them."""
    unique = list(dict.fromkeys(map(os.path.abspath, paths)))
    folders = {path for path in unique if os.path.isdir(path)}
    return [path for path in unique if not any(parent in folders for parent in _parents(path))]


def _parents(path: str) -> Iterator[str]:
    above = os.path.dirname(path)
    while above != path:
        yield above
        path, above = above, os.path.dirname(above)


def _stem_and_rank(name: str) -> tuple[str, int, str]:
    stem, suffix = os.path.splitext(name)
    low = suffix.lower()
    return (stem, SUFFIXES.index(low), name) if low in SUFFIXES else (name, -1, name)


def _unclashed(found: Iterable[Source]) -> Iterator[Found]:
    """Report files whose outputs would have the name of the one before them; `found` is in order of stems."""
    before = None
    for source in found:
        stem = _stem_and_rank(source.path)[0]
        if before is not None and stem == _stem_and_rank(before)[0]:
            what = f"would give the same output as {shown(os.path.basename(before))}"
            yield Skipped(Fault(source.path, what, "clean it by itself, or rename one of them"))
            continue
        before = source.path
        yield source


class _Folder(NamedTuple):
    path: str
    ignored: tuple[tuple[str, Matcher], ...]
    """Ignore files met so far: the folder each belongs to, and what it matches."""


def _walk(top: str, base: str, selection: Selection) -> Iterator[Found]:
    chosen = _Chosen(top, selection)
    real_top = os.path.realpath(top)
    pending = [_Folder(top, ())]
    while pending:
        folder = pending.pop()
        try:
            folder, files, folders, links = _list(folder, chosen)
        except OSError as error:
            yield Skipped(of_system(folder.path, error))
            continue
        except ValueError as error:
            place = os.path.join(folder.path, IGNORE_FILE)
            yield Skipped(Fault(place, f"has a pattern that cannot be read: {error}", "correct it"))
            continue
        yield from (notice for link in links if (notice := _notice(link, real_top)))
        files += [link for link in links if chosen.file(link, folder) and _leads_to_file_in(link, real_top)]
        yield from _unclashed(Source(p, os.path.relpath(p, base)) for p in sorted(files, key=_stem_and_rank))
        pending += (_Folder(path, folder.ignored) for path in sorted(folders, reverse=True))


def _list(folder: _Folder, chosen: _Chosen) -> tuple[_Folder, list[str], list[str], list[str]]:
    """The folder with its own ignore file read, and the files, folders and links in it that are wanted."""
    files: list[str] = []
    folders: list[str] = []
    links: list[str] = []
    ignore_file = os.path.join(folder.path, IGNORE_FILE)
    if os.path.isfile(ignore_file):
        with open(ignore_file, encoding="utf-8", errors="replace") as lines:
            folder = _Folder(folder.path, (*folder.ignored, (folder.path, matcher(lines))))
    with os.scandir(folder.path) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = entry.path
            if entry.is_symlink():
                if chosen.link(path, folder):
                    links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                if chosen.folder(path, folder):
                    folders.append(path)
            elif chosen.file(path, folder):
                files.append(path)
    return folder, files, folders, links


def _notice(link: str, real_top: str) -> Skipped | Noted | None:
    """What to say of a link that is not followed; None for one to a file inside the folder."""
    try:
        status = os.stat(link)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            return Skipped(Fault(link, "is a link to nothing", "remove the link, or --exclude it"))
        return Skipped(of_system(link, error))
    inside = _inside(os.path.realpath(link), real_top)
    if not inside:
        return Skipped(Fault(link, "is a link out of the folder", "name its target as a PATH, or --exclude it"))
    if stat.S_ISDIR(status.st_mode):
        return Noted(Fault(link, "is a link to a folder that is read at its own place", "nothing to do"))
    return None


def _leads_to_file_in(link: str, real_top: str) -> bool:
    return os.path.isfile(link) and _inside(os.path.realpath(link), real_top)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class _Chosen:
    """Says of each path below `top` whether the selection wants it."""

    def __init__(self, top: str, selection: Selection) -> None:
        self.top = top
        self.include = matcher(selection.include) if selection.include else _known_suffix
        self.exclude = matcher(selection.exclude) if selection.exclude else None
        self.config: tuple[tuple[str, Matcher], ...] = ()
        if selection.home and selection.ignore:
            self.config = ((selection.home, matcher(selection.ignore)),)
        self.leave_out = selection.leave_out

    def file(self, path: str, folder: _Folder) -> bool:
        return self.include(os.path.relpath(path, self.top)) and not self._unwanted(path, "", folder)

    def folder(self, path: str, folder: _Folder) -> bool:
        if self.leave_out and os.path.realpath(path) in self.leave_out:
            return False
        return not self._unwanted(path, "/", folder)

    def link(self, path: str, folder: _Folder) -> bool:
        """Links to folders, and to files that would be wanted."""
        if self._unwanted(path, "", folder) or self._unwanted(path, "/", folder):
            return False
        return os.path.isdir(path) or self.include(os.path.relpath(path, self.top))

    def _unwanted(self, path: str, end: str, folder: _Folder) -> bool:
        if self.exclude and self.exclude(os.path.relpath(path, self.top) + end):
            return True
        lists = (*folder.ignored, *self.config)
        return any(told(os.path.relpath(path, home) + end) for home, told in lists if _inside(path, home))


def _known_suffix(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES


def matcher(patterns: Iterable[str]) -> Matcher:
    """A test of relative paths against patterns as in .gitignore; raises `ValueError` for a bad one."""
    import pathspec

    spec = pathspec.GitIgnoreSpec.from_lines(patterns)
    return lambda path: spec.match_file(_decodable(path))


def check_patterns(selection: Selection) -> None:
    """Raise `Unusable` for a pattern that cannot be read."""
    for option, patterns in (
        ("--include", selection.include),
        ("--exclude", selection.exclude),
        ("ignore in the config", selection.ignore),
    ):
        try:
            if patterns:
                matcher(patterns)
        except ValueError as error:
            raise Unusable(option, f"has a pattern that cannot be read: {error}", "correct it") from None


def _decodable(path: str) -> str:
    return path if path.isprintable() else os.fsencode(path).decode("utf-8", "replace")


def ignored(path: str, selection: Selection, start: str) -> bool:
    """Whether the config or `start`/.cleanerignore leaves alone a file that was named by itself."""
    path = os.path.abspath(path)
    lists: list[tuple[str, Sequence[str]]] = []
    if selection.home and selection.ignore:
        lists.append((selection.home, selection.ignore))
    ignore_file = os.path.join(start, IGNORE_FILE)
    if os.path.isfile(ignore_file):
        with open(ignore_file, encoding="utf-8", errors="replace") as lines:
            lists.append((os.path.abspath(start), lines.read().splitlines()))
    return any(_inside(path, home) and matcher(lines)(os.path.relpath(path, home)) for home, lines in lists)
