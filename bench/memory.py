"""How much memory: each tool in a process of its own, on the same pages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.data import ROOT, Data
from bench.memory_worker import NOTHING, OURS
from bench.peers import PEERS
from cleaner.fitting.evaluate import table

Record = dict[str, Any]
PAGES = 200
TIMEOUT = 1800


def memory(data: Data) -> list[Record]:
    """Peak memory of each tool over the pages of `data`, measured in a process for each."""
    pages = [str(case.source.resolve()) for gold in data.sets for case in gold.cases if isinstance(case.source, Path)]
    tools = [NOTHING, OURS, *(peer.name for peer in PEERS if peer.version)]
    return [_in_process(tool, pages) for tool in tools] if pages else []


def _in_process(tool: str, pages: Sequence[str]) -> Record:
    command = [sys.executable, "-m", "bench.memory_worker", tool, *pages]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return {"tool": tool, "failed": f"not done in {TIMEOUT} s"}
    if done.returncode:
        return {"tool": tool, "failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    measured: Record = json.loads(done.stdout.splitlines()[-1])
    return {"tool": tool, **measured}


def render_memory(records: Sequence[Record]) -> str:
    """Megabytes: of Python alone, with the tool loaded, after half of the pages and after all."""
    rows = [
        (r["tool"], *(round(r[key] / 1e6) for key in ("start", "loaded", "half", "peak")))
        if "peak" in r
        else (r["tool"], None, None, None, r["failed"])
        for r in records
    ]
    documents = max((r.get("documents", 0) for r in records), default=0)
    return table((f"peak memory, MB ({documents} pages)", "Python", "loaded", "half-way", "at the end"), rows)
