"""The record of removals: what was taken out of each document, and how to get the original back.

A record is a folder, `.cleaner` at the root of the cleaned tree unless another is named. `removed/` mirrors
the tree with one file of JSON lines a document (docs/json.md); `originals/` holds the bytes of files that
were written over, compressed and named by their SHA-256. Nothing is shared between documents, so any number
of processes may write at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cleaner.faults import Fault, of_system, shown
from cleaner.files import write
from cleaner.model import Removed

FOLDER = ".cleaner"
VERSION = 1
_LONGEST_NAME = 240


class Cleaning(NamedTuple):
    """One cleaning of one document: from the bytes `before` to the bytes `after` (both SHA-256)."""

    document: str
    """Where the result was written, absolute."""
    before: str
    after: str
    original: str | None
    """The file that was read, where it is not the one written; None when its bytes are in the record."""
    folder: str
    """The record that tells of it."""


class Restored(NamedTuple):
    """What restoring one document did."""

    path: str
    """The file that holds the original now."""
    lines: int | None
    """How many removed pieces are back; None where the file was the original already."""


def digest(data: bytes) -> str:
    import hashlib  # the hook must start fast, and has no use for it where all is clean

    return hashlib.sha256(data).hexdigest()


def folder_for(path: str, home: str | None) -> str:
    """The record of a file named by itself: that of the config's folder, else of the working folder."""
    path = os.path.abspath(path)
    for folder in (home, os.getcwd()):
        if folder and path.startswith(folder.rstrip(os.sep) + os.sep):
            return os.path.join(folder, FOLDER)
    return os.path.join(os.path.dirname(path), FOLDER)


def keep_original(folder: str, raw: bytes) -> str:
    """Store bytes that are about to be written over, and make sure that they can be read back."""
    import zlib

    name = digest(raw)
    path = _original_path(folder, name)
    _make(folder)
    if _stored(path) != raw:
        write.put_safely(path, zlib.compress(raw, 6))
        if _stored(path) != raw:
            raise Fault(path, "the original cannot be read back", "check the disk")
    return name


def save(folder: str, cleaning: Cleaning, removed: Sequence[Removed]) -> None:
    """Add one cleaning to the document's record; the same cleaning is told once."""
    import json

    _make(folder)
    path = path_of(folder, cleaning.document)
    top = os.path.dirname(os.path.abspath(folder))
    head = {
        "cleaner": VERSION,
        "document": os.path.relpath(cleaning.document, top),
        "before": cleaning.before,
        "after": cleaning.after,
        "original": None if cleaning.original is None else os.path.relpath(cleaning.original, top),
        "removed": len(removed),
    }
    lines = [json.dumps(head), *(json.dumps(_removal(piece), ensure_ascii=False) for piece in removed)]
    added = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
    earlier = _read(path) or b""
    if not earlier.endswith(added):
        # Where the original's bytes are here, so must be the way to them when the file is written over.
        put = write.put_safely if cleaning.original is None else write.put
        put(path, earlier + added)


def _removal(piece: Removed) -> dict[str, Any]:
    return {
        "class": piece.label,
        "text": piece.text,
        "start": piece.start,
        "end": piece.end,
        "evidence": [{"name": e.name, "points": e.points} for e in piece.evidence],
    }


def _make(folder: str) -> None:
    """Create the record's folder, hidden from git, as it is no part of what it tells of."""
    marker = os.path.join(folder, ".gitignore")
    if not os.path.exists(marker):
        write.put(marker, b"*\n")


def _original_path(folder: str, name: str) -> str:
    return os.path.join(folder, "originals", name[:2], name[2:] + ".z")


def path_of(folder: str, document: str) -> str:
    name = os.path.relpath(document, os.path.dirname(os.path.abspath(folder)))
    if name.startswith(os.pardir + os.sep) or len(os.fsencode(os.path.basename(name))) > _LONGEST_NAME:
        name = os.path.join("by-hash", digest(os.fsencode(os.path.abspath(document))))
    return os.path.join(folder, "removed", name + ".jsonl")


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise of_system(path, error) from None


def _stored(path: str) -> bytes | None:
    import zlib

    raw = _read(path)
    try:
        return None if raw is None else zlib.decompress(raw)
    except zlib.error:
        return None


# --- back again --------------------------------------------------------------------------------------


def documents(path: str, folder: str | None) -> Iterator[str]:
    """The recorded documents that `path` means: itself, or all below it when it is a folder."""
    path = os.path.abspath(path)
    if not os.path.isdir(path):
        yield path
        return
    seen: set[str] = set()
    for record in [folder] if folder else [*_records_above(path), *_records_below(path)]:
        for cleaning in _all(record):
            if cleaning.document.startswith(path.rstrip(os.sep) + os.sep) and cleaning.document not in seen:
                seen.add(cleaning.document)
                yield cleaning.document


def restore(document: str, folder: str | None) -> Restored:
    """Give a document its original bytes back; raises `Fault` where it cannot, or would lose something.

    Goes back over successive cleanings to the very first.
    """
    told = _cleanings(document, folder)
    current = _read(document)
    first = _first(told, None if current is None else digest(current), document)
    if first is None:
        return Restored(document, None)
    return _put_back(document, first)


def restore_over(document: str, folder: str | None) -> Restored:
    """Like `restore`, but a file that was changed since it was cleaned is written over."""
    told = _cleanings(document, folder)
    return _put_back(document, _earliest(told, told[-1]))


def _cleanings(document: str, folder: str | None) -> list[Cleaning]:
    document = os.path.abspath(document)
    records = [folder] if folder else _records_above(os.path.dirname(document))
    told = [c for record in records for c in _told(path_of(record, document), record)]
    if not told:
        what = "no record of removals tells of it"
        raise Fault(document, what, f"name the record with --record, if it is not in a `{FOLDER}` folder above")
    return told


def _first(told: list[Cleaning], current: str | None, document: str) -> Cleaning | None:
    """The first of the cleanings that led to the `current` bytes; None where these are an original."""
    if current is None:
        return _earliest(told, told[-1])
    last = next((c for c in reversed(told) if c.after == current), None)
    if last is not None:
        return _earliest(told, last)
    if any(c.before == current for c in told):
        return None
    raise Fault(document, "was changed since it was cleaned", "keep your changes elsewhere, then use --force")


def _earliest(told: list[Cleaning], cleaning: Cleaning) -> Cleaning:
    seen = {cleaning.after}
    while cleaning.before not in seen:
        seen.add(cleaning.before)
        earlier = next((c for c in reversed(told) if c.after == cleaning.before), None)
        if earlier is None:
            break
        cleaning = earlier
    return cleaning


def _put_back(document: str, cleaning: Cleaning) -> Restored:
    raw = _original(cleaning)
    target = document
    if cleaning.original is not None:
        # The result stands in another tree than its source: the original goes beside it under its own name.
        target = os.path.join(os.path.dirname(document), os.path.basename(cleaning.original))
        if target != document and (there := _read(target)) is not None and there != raw:
            raise Fault(target, "stands where the original would go", "move it away")
    write.put(target, raw)
    return Restored(target, _pieces(cleaning))


def _original(cleaning: Cleaning) -> bytes:
    if cleaning.original is None:
        path = _original_path(cleaning.folder, cleaning.before)
        raw = _stored(path)
    else:
        path = cleaning.original
        raw = _read(path)
    if raw is None:
        raise Fault(path, "the original is not there any more", "look for a copy of it")
    if digest(raw) != cleaning.before:
        raise Fault(path, "is not the original that was cleaned", "look for a copy of it")
    return raw


def _pieces(cleaning: Cleaning) -> int:
    for head, count in _heads(path_of(cleaning.folder, cleaning.document)):
        if (head["before"], head["after"]) == (cleaning.before, cleaning.after):
            return count
    return 0


def _records_above(folder: str) -> list[str]:
    found = []
    folder = os.path.abspath(folder)
    while True:
        if os.path.isdir(os.path.join(folder, FOLDER)):
            found.append(os.path.join(folder, FOLDER))
        above = os.path.dirname(folder)
        if above == folder:
            return found
        folder = above


def _records_below(folder: str) -> Iterator[str]:
    for path, folders, _ in os.walk(folder):
        if FOLDER in folders and path != folder:
            yield os.path.join(path, FOLDER)
        folders[:] = sorted(name for name in folders if not name.startswith("."))


def _all(record: str) -> Iterator[Cleaning]:
    for path, folders, files in os.walk(os.path.join(record, "removed")):
        folders.sort()
        for name in sorted(files):
            yield from _told(os.path.join(path, name), record)


def _told(path: str, record: str) -> list[Cleaning]:
    """The cleanings that one document's record tells of, oldest first."""
    top = os.path.dirname(os.path.abspath(record))

    def at(name: str | None) -> str | None:
        return None if name is None else os.path.normpath(os.path.join(top, name))

    return [
        Cleaning(at(head["document"]) or "", head["before"], head["after"], at(head["original"]), record)
        for head, _ in _heads(path)
    ]


def _heads(path: str) -> Iterator[tuple[dict[str, Any], int]]:
    import json

    for number, line in enumerate((_read(path) or b"").splitlines(), 1):
        try:
            entry = json.loads(line)
            if "cleaner" not in entry:
                continue
            known = entry["cleaner"] == VERSION and all(key in entry for key in ("document", "before", "after"))
        except ValueError:
            known = False
        if not known:
            what = "is no record that this version can read"
            raise Fault(f"{shown(path)}:{number}", what, "restore with the version that wrote it")
        yield entry | {"original": entry.get("original")}, int(entry.get("removed", 0))
