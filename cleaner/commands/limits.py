"""What one document may take of time and memory."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple


class Limits(NamedTuple):
    """What one document may take."""

    seconds: float = 5.0
    seconds_per_megabyte: float = 1.0
    """Added for each million bytes of the document."""
    memory: int = 500_000_000
    """Bytes above what the worker holds before the document."""


@contextlib.contextmanager
def memory_limit(size: int) -> Iterator[None]:
    """Let the process grow by at most `size` bytes: beyond that, allocations fail (on Linux)."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    with open("/proc/self/statm", "rb") as file:
        now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = [limit for limit in (now + size, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
