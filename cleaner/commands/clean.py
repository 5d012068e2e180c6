"""`cleaner clean`: from options to a batch, and from its outcomes to lines, a summary and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, NamedTuple

from cleaner import faults
from cleaner.commands import batch
from cleaner.commands.config import Settings
from cleaner.commands.job import Job, Mode, Outcome, Tally
from cleaner.commands.limits import Limits
from cleaner.commands.report import line_of, summary, summary_json
from cleaner.faults import Fault, Unusable, shown
from cleaner.files import record, sources, write
from cleaner.files.sources import Form, Selection

if TYPE_CHECKING:
    from cleaner.parse.read import SourceKind

STANDARD_INPUT = "-"
JSONL_NAME = "stories.jsonl"


class Told(NamedTuple):
    """What is said about a batch, and where."""

    summary: str = "text"
    """text, json, or none."""
    lines: bool = True


class Request(NamedTuple):
    """What `cleaner clean` was asked to do."""

    paths: Sequence[str]
    settings: Settings
    form: Form
    output: str | None
    report: Mode | None
    """CHECK, DRY_RUN or DIFF where nothing is to be written; IN_PLACE where sources are written over."""
    fail_on_noise: bool
    selection: Selection
    kind: SourceKind | None
    url: str | None
    site: str | None
    record: str | None
    """The record's folder; empty for none."""
    jobs: int
    limits: Limits
    told: Told


def run(request: Request) -> int:
    """Carry out a request; returns the exit code."""
    if STANDARD_INPUT in request.paths:
        return _clean_stream(request)
    job = _job(request)
    tally = Tally()
    started = time.monotonic()
    selection = request.selection._replace(leave_out=_left_out(job))
    sources.check_patterns(selection)
    failed_before = _check_output(request, job)
    if failed_before:
        raise failed_before
    with _documents_file(request, job) as out, _progress(request, selection) as (advance, say):
        for outcome in batch.run(sources.find(request.paths, selection), job, request.jobs, request.limits):
            _tell(outcome, job.mode, request.told, say)
            if isinstance(outcome, Outcome):
                tally.add(outcome)
                out.write(outcome.printed)
                advance()
        out.flush()
    if not tally.documents:
        names = ", ".join(shown(path) for path in request.paths)
        raise Unusable("", f"no document in {names}", "name .txt or .html files, or choose with --include")
    _tell_summary(request, job, tally, time.monotonic() - started)
    return _exit_code(request, tally)


def _job(request: Request) -> Job:
    mode = request.report or (Mode.OUTPUT if request.output else Mode.PRINT)
    if mode is Mode.IN_PLACE and request.output:
        raise Unusable("--in-place", "excludes -o", "choose one")
    if mode is Mode.IN_PLACE and request.form is not Form.TEXT:
        raise Unusable("--in-place", f"cannot write {request.form}", "give -o DIR")
    if mode is Mode.PRINT and request.form is not Form.JSONL and not _is_one_file(request.paths):
        advice = "give -o DIR, or --in-place, --check, --diff or --dry-run"
        raise Unusable("", "nothing says where the stories of several files go", advice)
    if request.form is Form.JSONL and mode is Mode.OUTPUT:
        mode = Mode.PRINT
    output = os.path.abspath(request.output) if request.output else None
    kept = _record(request, mode, output)
    return Job(request.settings, mode, request.form, output, kept, request.kind, request.url, request.site)


def _is_one_file(paths: Sequence[str]) -> bool:
    return len(paths) == 1 and not os.path.isdir(paths[0])


def _record(request: Request, mode: Mode, output: str | None) -> str | None:
    """Where removals are told: at the root of the tree that is written."""
    if mode not in (Mode.OUTPUT, Mode.IN_PLACE) or request.form not in (Form.TEXT, Form.HTML):
        return None
    if mode is Mode.IN_PLACE and request.record == "":
        raise Unusable("--no-record", "excludes --in-place: the originals would be lost", "leave one out")
    if request.record is not None:
        return os.path.abspath(request.record) if request.record else None
    if mode is Mode.OUTPUT:
        return os.path.join(output or "", record.FOLDER)
    folders = [path for path in request.paths if os.path.isdir(path)]
    return os.path.join(sources.base_of(request.paths), record.FOLDER) if folders else None


def _left_out(job: Job) -> frozenset[str]:
    return frozenset(os.path.realpath(path) for path in (job.output, job.record) if path)


def _check_output(request: Request, job: Job) -> Fault | None:
    """Why the output folder cannot be used, before anything is done."""
    if not job.output or job.mode is not Mode.OUTPUT:
        return None
    base = os.path.realpath(sources.base_of(request.paths))
    output = os.path.realpath(job.output)
    if base == output or base.startswith(output.rstrip(os.sep) + os.sep):
        what = "is the folder that is read, or one that holds it: stories could replace sources"
        return Unusable(job.output, what, "give another folder, or use --in-place")
    if os.path.exists(output) and not os.path.isdir(output):
        return Unusable(job.output, "is no folder", "give a folder for the stories")
    return None


@contextlib.contextmanager
def _documents_file(request: Request, job: Job) -> Iterator[IO[bytes]]:
    """Where printed documents go: standard output, or the JSON lines file, which appears when whole."""
    if not (job.output and request.form is Form.JSONL):
        yield sys.stdout.buffer
        return
    path = job.output if job.output.endswith(".jsonl") else os.path.join(job.output, JSONL_NAME)
    temporary = write.temporary_beside(path)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise faults.of_system(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _clean_stream(request: Request) -> int:
    """Clean the standard input to the standard output."""
    from cleaner.commands.deliver import Processor
    from cleaner.commands.limits import memory_limit

    if list(request.paths) != [STANDARD_INPUT] or request.output or request.report is Mode.IN_PLACE:
        raise Unusable(STANDARD_INPUT, "the standard input goes to the standard output", "give it alone")
    job = Job(
        request.settings,
        request.report or Mode.PRINT,
        request.form,
        kind=request.kind,
        url=request.url,
        site=request.site,
    )
    started = time.monotonic()
    processor = Processor(job)
    try:
        with memory_limit(request.limits.memory):
            outcome = processor.printed(STANDARD_INPUT, sys.stdin.buffer.read())
    except MemoryError:
        raise Fault("standard input", "needs more memory than one document may", "raise --memory") from None
    sys.stdout.buffer.write(outcome.printed)
    tally = Tally()
    tally.add(outcome)
    _tell(outcome, job.mode, request.told, _say)
    if request.told.summary == "json":
        _tell_summary(request, job, tally, time.monotonic() - started)
    return _exit_code(request, tally)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _tell(outcome: Outcome | Fault, mode: Mode, told: Told, say: Callable[[str], None]) -> None:
    if isinstance(outcome, Fault):
        say(f"cleaner: note: {outcome}")
        return
    line = line_of(outcome, mode)
    if line and (told.lines or outcome.state == "failed"):
        say(line)


def _tell_summary(request: Request, job: Job, tally: Tally, seconds: float) -> None:
    if request.told.summary == "json":
        # The standard output is for documents where there are any, and for this line otherwise.
        documents_there = job.mode is Mode.DIFF or (job.mode is Mode.PRINT and not job.output)
        print(summary_json(tally, seconds), file=sys.stderr if documents_there else sys.stdout)
    elif request.told.summary == "text" and not (job.mode is Mode.PRINT and request.form is not Form.JSONL):
        for line in summary(tally, job.mode, seconds):
            _say(line)


def _exit_code(request: Request, tally: Tally) -> int:
    if tally.states["failed"]:
        return faults.FAILED
    return faults.FOUND if request.fail_on_noise and tally.states["cleaned"] else faults.DONE


Progress = tuple[Callable[[], None], Callable[[str], None]]


@contextlib.contextmanager
def _progress(request: Request, selection: Selection) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere; gives what moves it and what prints a line above it."""
    if not sys.stderr.isatty() or request.told.summary != "text" or _is_one_file(request.paths):
        yield (lambda: None), _say
        return
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    columns = (
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TaskProgressColumn(show_speed=True),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("cleaning", total=None)

        def count() -> None:
            bar.update(task, total=sum(1 for _ in sources.find(request.paths, selection)))

        threading.Thread(target=count, daemon=True).start()
        yield (
            lambda: bar.advance(task),
            lambda line: console.print(line, markup=False, soft_wrap=True),
        )
