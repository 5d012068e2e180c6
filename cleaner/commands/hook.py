"""`cleaner-hook`: rewrites noisy scrapes in place for pre-commit. Starts fast: has its own parser."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from cleaner import faults
from cleaner.commands import config
from cleaner.commands.job import Job, Mode, Outcome
from cleaner.commands.limits import Limits, memory_limit
from cleaner.commands.report import line_of
from cleaner.faults import Fault, Unusable, shown
from cleaner.files.sources import Selection, Source, ignored


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the hook and end the process with its exit code."""
    # numpy's linear algebra is not used: without this it starts a thread for each core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = main(sys.argv[1:] if arguments is None else arguments)
    sys.stdout.flush()
    raise SystemExit(code)


def main(arguments: Sequence[str]) -> int:
    """Clean the files named in `arguments` in place; returns the exit code.

    0: nothing to do. 1: files were changed, or with --check would be. 2: wrong options, config or rules.
    3: a file could not be cleaned.
    """
    options = _parser().parse_args(arguments)
    try:
        settings = config.load(os.getcwd())
        settings = config.merged(settings, options.policy, options.overrides, options.rules)
        job = Job(
            settings,
            Mode.CHECK if options.check else Mode.IN_PLACE,
            record=os.path.abspath(options.record) if options.record else None,
        )
        return _clean(_wanted(options.files, settings), job)
    except Unusable as fault:
        print(f"cleaner: {fault}", file=sys.stderr)
        return faults.UNUSABLE
    except KeyboardInterrupt:
        return faults.INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cleaner hook",
        description="Rewrite noisy texts in place. Exit code 1 when one was changed, 0 when all are clean.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--check", action="store_true", help="only report what would be removed")
    parser.add_argument("--policy", help="a policy's name, in place of the config's")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="overrides",
        metavar="CLASS=CHOICE",
        help="keep, drop or metadata",
    )
    parser.add_argument("--rules", action="append", default=[], metavar="DIR", help="a folder of your own rules")
    parser.add_argument("--record", metavar="DIR", help="where removals are recorded (default: .cleaner)")
    return parser


def _wanted(files: Sequence[str], settings: config.Settings) -> list[str]:
    selection = Selection(ignore=settings.ignore, home=settings.home)
    try:
        return [path for path in files if not ignored(path, selection, os.getcwd())]
    except ValueError as error:
        raise Unusable("", f"an ignore pattern cannot be read: {error}", "see docs/config.md") from None


def _clean(files: Sequence[str], job: Job) -> int:
    if not files:
        return faults.DONE
    from cleaner.commands.deliver import Processor

    processor = Processor(job)
    return max(_told(_limited(processor, path), job.mode) for path in files)


def _limited(clean: Callable[[Source], Outcome], path: str) -> Outcome:
    try:
        with memory_limit(Limits().memory):
            return clean(Source(os.path.abspath(path), path))
    except MemoryError:
        fault = Fault(path, "needs more memory than one document may", "leave it out of the hook")
        return Outcome(path, "failed", message=str(fault))


def _told(outcome: Outcome, mode: Mode) -> int:
    """Say what became of a file; returns its exit code."""
    if outcome.kind == "html":
        print(f"{shown(outcome.path)}: skipped: a page, and the hook rewrites texts only")
        return faults.DONE
    line = line_of(outcome, mode)
    if line:
        print(line, file=sys.stderr if outcome.state == "failed" else sys.stdout)
    if outcome.state == "failed":
        return faults.DONE if outcome.kind == "empty" else faults.FAILED
    return faults.FOUND if outcome.state == "cleaned" else faults.DONE
