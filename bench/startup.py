"""How soon: process time of short commands, as ratios to a Python that does nothing."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench.data import ROOT
from cleaner.fitting.evaluate import table

Record = dict[str, Any]
ROUNDS = 15
BASE = "python -c pass"
SMALL_FILES = 5


def startup() -> list[Record]:
    """Milliseconds of user and system time: the median and the least of some rounds, all commands in turn."""
    times: dict[str, list[float]] = {}
    notes: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        scrapes = _small_scrapes(Path(folder))
        commands = _commands([str(Path(folder) / name) for name in scrapes])
        for round_ in range(ROUNDS + 1):
            for name, command in commands.items():
                for file, text in scrapes.items():
                    (Path(folder) / file).write_text(text, "utf-8")
                spent, code = _process_time(command)
                changed = [file for file, text in scrapes.items() if (Path(folder) / file).read_text("utf-8") != text]
                hook = "hook" in name  # it exits 1 and changes all of them, the others change none
                if code != int(hook) or len(changed) != hook * len(scrapes):
                    notes[name] = f"exit code {code}, {len(changed)} files changed"
                if round_:  # the first fills the disk caches
                    times.setdefault(name, []).append(spent)
    base = statistics.median(times[BASE])
    return [_record(name, times[name], base, notes.get(name)) for name in commands]


def _record(name: str, times: Sequence[float], base: float, note: str | None) -> Record:
    median = statistics.median(times)
    ratio = round(median / base, 2) if base else None
    return {
        "command": name,
        "median_ms": round(1000 * median, 1),
        "least_ms": round(1000 * min(times), 1),
        "ratio": ratio,
        "note": note,
    }


def _commands(files: Sequence[str]) -> dict[str, list[str]]:
    return {
        BASE: [sys.executable, "-c", "pass"],
        "python -c 'import typer'": [sys.executable, "-c", "import typer"],
        "cleaner --version": [*_script("cleaner", "cleaner"), "--version"],
        f"cleaner-hook on {SMALL_FILES} small files": [*_script("cleaner-hook", "cleaner.commands.hook"), *files],
        "trafilatura --version": [*_script("trafilatura", "trafilatura.cli"), "--version"],
    }


def _script(name: str, module: str) -> list[str]:
    """The console script beside this Python, or the module where it is not installed."""
    script = Path(sys.executable).with_name(name)
    return [str(script)] if script.exists() else [sys.executable, "-m", module]


def _small_scrapes(folder: Path) -> dict[str, str]:
    """The smallest noisy texts of the corpus, or made-up ones in a checkout that has none."""
    files = sorted((ROOT / "corpus" / "text").glob("*.txt"), key=lambda file: (file.stat().st_size, file.name))
    noisy = (file for file in files if tomllib.loads(file.with_suffix(".toml").read_text("utf-8")).get("noise"))
    found = {file.name: file.read_text("utf-8", "replace") for file in islice(noisy, SMALL_FILES)}
    made_up = "The council of Elm met on Monday.\n\nIt closed the bridge, the mayor said.\n\nRead next\n"
    return found or {f"scrape-{number}.txt": made_up for number in range(SMALL_FILES)}


def _process_time(command: Sequence[str]) -> tuple[float, int]:
    """User and system time of one child in seconds, and its exit code; with bytecode kept, as is usual."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, process.returncode


def render_startup(records: Sequence[Record]) -> str:
    rows = [(r["command"], r["median_ms"], r["least_ms"], r["ratio"], r["note"] or "") for r in records]
    return table(("start-up, process time", "median ms", "least ms", f"time : {BASE}", ""), rows)
