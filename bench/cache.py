"""What peers made of pages, kept between runs: it only changes with the peer, its settings and the pages.

Accuracy alone is read from here; nothing that is timed ever is, and our own outputs are never kept.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import peers
from bench.peers import Peer
from cleaner.fitting.gold import Case, GoldSet

Output = tuple[str, bool]
"""The text and whether the tool failed."""


def default_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"cleaner-bench-{os.getuid()}"


def peer_outputs(peer: Peer, gold: GoldSet, folder: Path | None) -> list[Output]:
    """One output for each case of `gold`, from the cache in `folder` if it has them; None keeps nothing."""
    file = folder / _key(peer, gold.cases) if folder else None
    if file and file.exists():
        return [(text, failed) for text, failed in json.loads(gzip.decompress(file.read_bytes()))]
    run = peers.safely(peer.load())
    outputs = [run(_page(case)) for case in gold.cases]
    if file:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}")
        partial.write_bytes(gzip.compress(json.dumps(outputs).encode(), 3))
        partial.replace(file)
    return outputs


def _page(case: Case) -> bytes:
    source = case.read()
    return source if isinstance(source, bytes) else source.encode()


def _key(peer: Peer, cases: Sequence[Case]) -> str:
    made_by = [peer.name, peer.version, Path(peers.__file__).read_text("utf-8")]
    made_from = [(case.name, case.source.stat().st_size) for case in cases if isinstance(case.source, Path)]
    digest = hashlib.sha256(json.dumps([made_by, made_from]).encode()).hexdigest()
    return f"{digest[:24]}.json.gz"
