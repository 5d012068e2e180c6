"""Many documents: hand them to worker processes and add up what was done with them."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from cleaner.commands import workers
from cleaner.commands.job import Job, Outcome, record_folder, target_of
from cleaner.commands.limits import Limits
from cleaner.faults import Fault
from cleaner.files import record, write
from cleaner.files.sources import Found, Noted, Skipped, Source

if TYPE_CHECKING:
    from cleaner.commands.deliver import Processor


def run(found: Iterator[Found], job: Job, jobs: int, limits: Limits) -> Iterator[Outcome | Fault]:
    """Clean what was found; yields in the order of `found`. A `Fault` is a note on something left aside."""
    notes: dict[int, list[Found]] = {}
    sources = _only_sources(found, notes)
    work = workers.Jobs(prepare=partial(_prepare, job), size=_size, lost=_lost, sweep=partial(_sweep, job))
    for number, outcome in enumerate(workers.run(sources, work, jobs, limits)):
        yield from _told(notes.pop(number, []))
        yield outcome
    for left in notes.values():
        yield from _told(left)


def _only_sources(found: Iterator[Found], notes: dict[int, list[Found]]) -> Iterator[Source]:
    """The sources; the rest goes to `notes`, under the number of the source that it stood before."""
    number = 0
    for one in found:
        if isinstance(one, Source):
            yield one
            number += 1
        else:
            notes.setdefault(number, []).append(one)


def _told(notes: list[Found]) -> Iterator[Outcome | Fault]:
    for note in notes:
        if isinstance(note, Skipped):
            yield Outcome(note.fault.place, "failed", message=str(note.fault))
        elif isinstance(note, Noted):
            yield note.fault


def _prepare(job: Job) -> Processor:
    from cleaner.commands.deliver import Processor  # only the workers need what cleaning needs

    return Processor(job)


def _size(source: Source) -> int:
    try:
        return os.stat(source.path).st_size
    except OSError:
        return 0


def _lost(source: Source, reason: str) -> Outcome:
    fault = Fault(source.path, reason, "give it more with --timeout or --memory, or --exclude it")
    return Outcome(source.path, "failed", message=str(fault))


def _sweep(job: Job, source: Source, token: str) -> None:
    """Remove the temporary files that a stopped worker may have left for this source."""
    folders = {os.path.dirname(os.path.realpath(source.path))}
    if job.output:
        folders.add(os.path.dirname(target_of(job, source)))
    if kept := record_folder(job, source):
        folders |= {kept, os.path.dirname(record.path_of(kept, source.path))}
        folders |= {os.path.dirname(record.path_of(kept, target_of(job, source)))} if job.output else set()
        folders |= set(glob.glob(os.path.join(glob.escape(kept), "originals", "*")))
    for folder in folders:
        with contextlib.suppress(OSError):
            os.unlink(write.temporary_beside(os.path.join(folder, "x"), token))
