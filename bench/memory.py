"""How much memory: each tool in a process of its own, on the same pages.

`python -m bench.memory TOOL DATA LIMIT` is that process; it prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import data, ours, peers
from bench.data import ROOT
from cleaner.evaluate import table

Record = dict[str, Any]
PAGES = 200
NOTHING = "reading the pages only"
TIMEOUT = 1800


def peak_bytes() -> int:
    """The most memory this process has held.

    Linux keeps it since the program was started; `getrusage` would count what the parent held at the fork.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def memory(folder: Path, limit: int | None) -> list[Record]:
    """Peak memory of each tool over the pages of wcxb-dev, measured in a process for each."""
    tools = [NOTHING, ours.NAME, *(peer.name for peer in peers.PEERS if peer.version)]
    return [_in_process(tool, folder, limit or PAGES) for tool in tools]


def _in_process(tool: str, folder: Path, limit: int) -> Record:
    command = [sys.executable, "-m", "bench.memory", tool, str(folder.resolve()), str(limit)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return {"tool": tool, "failed": f"not done in {TIMEOUT} s"}
    if done.returncode:
        return {"tool": tool, "failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    measured: Record = json.loads(done.stdout.splitlines()[-1])
    return {"tool": tool, **measured}


def _tool(name: str) -> Callable[[bytes], object]:
    if name == NOTHING:
        return len
    if name == ours.NAME:
        cleaner = ours.shipped()
        return lambda page: cleaner.clean(page, "html")
    return peers.safely(next(peer for peer in peers.PEERS if peer.name == name).load())


def main(arguments: Sequence[str]) -> int:
    name, folder, limit = arguments
    peers.quiet()
    before = peak_bytes()
    run = _tool(name)
    loaded = peak_bytes()
    cases = [
        case for gold in data.one_set(Path(folder), data.SPEED_PAGES, int(limit)).sets for case in gold.cases
    ]
    half = loaded
    for at, case in enumerate(cases, 1):
        source = case.read()
        run(source if isinstance(source, bytes) else source.encode())
        if at == len(cases) // 2:
            half = peak_bytes()
    print(
        json.dumps(
            {"documents": len(cases), "start": before, "loaded": loaded, "half": half, "peak": peak_bytes()}
        )
    )
    return 0


def render_memory(records: Sequence[Record]) -> str:
    """Megabytes: with the tool loaded, after half of the pages and after all."""
    rows = [
        (r["tool"], *(round(r[key] / 1e6) for key in ("loaded", "half", "peak")))
        if "peak" in r
        else (r["tool"], None, None, r["failed"])
        for r in records
    ]
    documents = max((r.get("documents", 0) for r in records), default=0)
    return table((f"peak memory, MB ({documents} pages)", "loaded", "half-way", "at the end"), rows)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
