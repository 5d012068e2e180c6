"""`cleaner restore`: give documents their originals back, one line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from cleaner import faults
from cleaner.faults import Fault, shown
from cleaner.files import record


def run(paths: Sequence[str], folder: str | None, restore: Callable[[str, str | None], record.Restored]) -> int:
    """Restore every document that `paths` mean; returns the exit code."""
    failed = done = 0
    for path in paths:
        for document in _documents(path, folder):
            try:
                print(_told(document, restore(document, folder)))
                done += 1
            except Fault as fault:
                print(f"cleaner: {fault}", file=sys.stderr)
                failed += 1
    if not done and not failed:
        print("cleaner: nothing to restore: no record tells of a document there", file=sys.stderr)
        return faults.FAILED
    return faults.FAILED if failed else faults.DONE


def _documents(path: str, folder: str | None) -> list[str]:
    try:
        # Read before anything is restored, as restoring must not change what is walked.
        return list(record.documents(path, folder))
    except Fault as fault:
        print(f"cleaner: {fault}", file=sys.stderr)
        return []


def _told(document: str, restored: record.Restored) -> str:
    if restored.lines is None:
        return f"{shown(document)}: is the original already"
    where = "" if restored.path == document else f" as {shown(os.path.abspath(restored.path))}"
    back = f"{restored.lines} removed line{'' if restored.lines == 1 else 's'} back"
    return f"{shown(document)}: original restored{where} ({back})"
