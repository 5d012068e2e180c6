"""What is to be done with the documents of a batch, and what became of each."""

from __future__ import annotations

import os
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

from cleaner.commands.config import Settings
from cleaner.files import record
from cleaner.files.sources import Form, Source, output_name

if TYPE_CHECKING:
    from cleaner.parse.read import SourceKind

State = Literal["clean", "cleaned", "refused", "failed"]


class Mode(Enum):
    """What is done with a result."""

    OUTPUT = "written to the output folder"
    IN_PLACE = "written over its source"
    CHECK = "reported"
    DRY_RUN = "reported as if it were written"
    DIFF = "shown as a difference"
    PRINT = "printed"


class Job(NamedTuple):
    """What is to be done with each document of a batch."""

    settings: Settings
    mode: Mode
    form: Form = Form.TEXT
    output: str | None = None
    record: str | None = None
    """The record's folder; None: none for an output folder, and for files in place where they belong."""
    kind: SourceKind | None = None
    url: str | None = None
    site: str | None = None


class Outcome(NamedTuple):
    """What became of one document, small enough to be sent from a worker."""

    path: str
    state: State
    kind: Literal["text", "html", "empty", ""] = ""
    kept_words: int = 0
    removed_words: int = 0
    classes: tuple[tuple[str, int], ...] = ()
    rules: tuple[tuple[str, int], ...] = ()
    message: str | None = None
    """Why it was refused, or the line that tells the fault."""
    printed: bytes = b""
    wrote: bool = False

    @property
    def pieces(self) -> int:
        return sum(count for _, count in self.classes)


class Tally:
    """The sums over a batch; its size does not depend on the number of documents."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.kept_words = self.removed_words = self.written = 0

    def add(self, outcome: Outcome) -> None:
        self.states[outcome.state] += 1
        self.classes.update(dict(outcome.classes))
        self.rules.update(dict(outcome.rules))
        self.kept_words += outcome.kept_words
        self.removed_words += outcome.removed_words
        self.written += outcome.wrote

    @property
    def documents(self) -> int:
        return sum(self.states.values())


def target_of(job: Job, source: Source) -> str:
    """The file in the output folder that a source's story goes to."""
    return os.path.join(job.output or "", output_name(source.name, job.form))


def record_folder(job: Job, source: Source) -> str | None:
    """The record that a source's removals are told to."""
    if job.record is None and job.mode is Mode.IN_PLACE:
        return record.folder_for(source.path, job.settings.home)
    return job.record
