"""Writing without harm: a file is replaced whole or not at all, and only when its bytes would differ."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable

from cleaner.faults import of_system

_token = f"{os.getpid():x}{os.urandom(3).hex()}"


def name_temporary_files(token: str) -> None:
    """Set the token in this process's temporary names, so that another process can remove what it left."""
    global _token  # noqa: PLW0603  one name for the whole process is the point
    _token = token


def temporary_beside(path: str, token: str | None = None) -> str:
    """Where `path` is written before it takes its place: hidden, in the same folder, one for each process."""
    return os.path.join(os.path.dirname(path), f".cleaner-{token or _token}.tmp")


def replace(path: str, data: bytes, mode: int | None = None) -> None:
    """Write `data` to `path` in one step, on the disk when this returns.

    The permission bits are those of the file that is there, else `mode`, else the usual ones.
    A link is not followed: it is replaced. Raises `Fault`.
    """
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise of_system(path, error) from None
    else:
        if stat.S_ISREG(status.st_mode):
            mode = stat.S_IMODE(status.st_mode)
    _swap_in(path, data, mode, os.fsync)


def put(path: str, data: bytes, mode: int | None = None) -> bool:
    """Make sure that `path` holds `data`; returns False where it did already, and was not touched.

    A new file may be lost when the machine stops in the next seconds; what is written over is safe.
    """
    return _put(path, data, mode, _leave_to_the_system)


def put_safely(path: str, data: bytes) -> bool:
    """Like `put`, and a new file is on the disk when this returns."""
    return _put(path, data, None, os.fsync)


Sync = Callable[[int], None]


def _leave_to_the_system(descriptor: int) -> None:
    """Syncing each of a million new files would take most of the time."""


def _put(path: str, data: bytes, mode: int | None, sync: Sync) -> bool:
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == len(data) and file.read() == data:
                return False
    except FileNotFoundError:
        _swap_in(path, data, mode, sync)
        return True
    except OSError as error:
        if not os.path.islink(path):
            raise of_system(path, error) from None
    replace(path, data, mode)
    return True


def _swap_in(path: str, data: bytes, mode: int | None, sync: Sync) -> None:
    temporary = temporary_beside(path)
    try:
        _write(temporary, data, mode, sync)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise of_system(path, error) from None
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _write(path: str, data: bytes, mode: int | None, sync: Sync) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, flags, 0o666)
    with open(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        sync(descriptor)
