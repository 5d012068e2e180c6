"""What is made of a file's content, kept in the user's cache folder until the content changes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

Made = TypeVar("Made")
_KEPT = 12
"""Files of a kind that are kept, those used last: compiled rules are 11 MB, and each edit of a rule makes new ones."""


def remembered(kind: str, content: Iterable[bytes], made: type[Made], make: Callable[[], Made]) -> Made:
    """`make()`, or what it gave for the same `kind` and `content` before.

    `made` is its type, as msgspec reads it. Where there is no folder to keep it in, or what is kept there cannot be
    read, it is made anew.
    """
    path = _path(kind, content)
    found = _read(path, made)
    if found is None:
        found = make()
        _write(path, found)
        _forget(path, kind)
    return found


def _path(kind: str, content: Iterable[bytes]) -> Path | None:
    import platformdirs

    digest = hashlib.sha256()
    for piece in content:
        digest.update(f"{len(piece)}\0".encode() + piece)
    try:
        return Path(platformdirs.user_cache_dir("cleaner", appauthor=False)) / f"{kind}-{digest.hexdigest()[:32]}"
    except (OSError, RuntimeError):
        return None


def _read(path: Path | None, made: type[Made]) -> Made | None:
    if path is None:
        return None
    try:
        found = msgspec.msgpack.decode(path.read_bytes(), type=made)
    except (OSError, msgspec.MsgspecError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return found


def _write(path: Path | None, value: object) -> None:
    if path is None:
        return
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(msgspec.msgpack.encode(value))
        os.replace(file.name, path)
    except OSError:
        return


def _forget(path: Path | None, kind: str) -> None:
    """Remove all but the files of this kind that were used last."""
    if path is None:
        return
    with contextlib.suppress(OSError):
        for old in sorted(path.parent.glob(f"{kind}-*"), key=lambda file: -file.stat().st_mtime)[_KEPT:]:
            old.unlink(missing_ok=True)
