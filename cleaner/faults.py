"""What a user can put right: one line that names the file, the fault and the next step."""

from __future__ import annotations

import errno
import os

DONE, FOUND, UNUSABLE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: done; noise found or files changed (check, hook); bad options, config, rules; failed inputs."""

_NEXT_STEP = {
    errno.ENOENT: ("does not exist", "check the path"),
    errno.EACCES: ("permission denied", "change its permissions, or those of its folder"),
    errno.EPERM: ("operation not permitted", "change its permissions, or those of its folder"),
    errno.EISDIR: ("is a folder", "give a file"),
    errno.ENOTDIR: ("a part of the path is no folder", "check the path"),
    errno.ELOOP: ("is a link that leads back to itself", "remove the link"),
    errno.ENOSPC: ("no space left on the device", "free some space and run again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run again"),
    errno.EROFS: ("the file system is read-only", "write to another folder with -o"),
    errno.ENAMETOOLONG: ("the name is too long", "rename it"),
    errno.EFBIG: ("the file would be too large", "write to another file system"),
    errno.EIO: ("the device reports an error", "check the disk"),
}


class Fault(Exception):
    """Something that a user can put right; `str()` is one line."""

    def __init__(self, place: str, what: str, advice: str) -> None:
        self.place, self.what, self.advice = place, what, advice
        super().__init__(f"{shown(place)}: {what}; {advice}" if place else f"{what}; {advice}")


class Unusable(Fault):
    """Nothing can be done at all: wrong options, a broken config or rule file."""


class BrokenRules(Unusable):
    """A fault in a rule file, told by the reader of rule files: one line, then the lines around the place."""

    def __init__(self, told: str) -> None:
        super().__init__("", "", "")
        self.args = (told,)


def shown(path: str) -> str:
    """A path as one printable line, from the working folder; odd characters and bytes are escaped.

    >>> shown("a\\nb")
    'a\\\\nb'
    """
    if os.path.isabs(path):
        path = path.removeprefix(os.getcwd().rstrip(os.sep) + os.sep)
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def of_system(path: str, error: OSError) -> Fault:
    """The fault behind an operating system's error."""
    what, advice = _NEXT_STEP.get(error.errno or 0, ((error.strerror or str(error)).lower(), "check the file"))
    return Fault(path, what, advice)
