"""The process whose memory is measured: `python -m bench.memory_worker TOOL PAGE…` prints one JSON object.

It imports nothing but the tool, and holds one page at a time.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

NOTHING = "reading the pages only"
OURS = "cleaner"


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


def _tool(name: str) -> Callable[[bytes], object]:
    if name == NOTHING:
        return len
    if name == OURS:
        cleaner = import_module("cleaner").Cleaner()
        return lambda page: cleaner.clean(page, "html")
    peers = import_module("bench.peers")
    peers.quiet()
    peer = next(peer for peer in peers.PEERS if peer.name == name)
    run: Callable[[bytes], object] = peers.safely(peer.load())
    return run


def main(arguments: Sequence[str]) -> int:
    name, *pages = arguments
    start = peak_bytes()
    run = _tool(name)
    loaded = half = peak_bytes()
    for at, page in enumerate(pages, 1):
        raw = Path(page).read_bytes()
        run(gzip.decompress(raw) if page.endswith(".gz") else raw)
        if at == len(pages) // 2:
            half = peak_bytes()
    found = {"documents": len(pages), "start": start, "loaded": loaded, "half": half, "peak": peak_bytes()}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
