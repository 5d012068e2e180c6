"""How fast: process time, with every tool run on one page before any is run on the next.

So a slow moment of a shared machine hits all tools alike, and ratios hold where milliseconds do not. The
tools take turns in being first. Nothing is read from a cache, and reading the file is not timed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from html import escape
from importlib import import_module
from typing import Any

from bench import ours
from bench.data import Data
from bench.lines import c4_lines
from bench.peers import PARSE_ONLY, PEERS, safely
from cleaner.fitting.evaluate import table

Record = dict[str, Any]
Task = Callable[[], object]
WARM_UP = 5
BASE_PAGES = "trafilatura fast"
BASE_TEXT = "str.split"


def page_speed(data: Data, rounds: int) -> list[Record]:
    """Milliseconds a page and megabytes a second from bytes to text, one record for each tool."""
    pages = _sources(data)
    cleaner = ours.shipped()
    tools: dict[str, Callable[[bytes], object]] = {ours.NAME: lambda page: cleaner.clean(page, "html")}
    tools |= {peer.name: safely(peer.load()) for peer in (*PEERS, PARSE_ONLY) if peer.version}
    return _records(tools, pages, rounds, BASE_PAGES)


def text_speed(data: Data, rounds: int) -> list[Record]:
    """The same from string to story, beside simple passes over the same text."""
    texts = [page.decode("utf-8", "replace") for page in _sources(data)]
    cleaner = ours.shipped()
    tools: dict[str, Callable[[str], object]] = {
        ours.NAME: lambda text: cleaner.clean(text, "text"),
        "C4 line rules": c4_lines,
        BASE_TEXT: str.split,
    }
    words = import_module("re").compile(r"\w+").findall
    tools["words (re)"] = words
    records = _records(tools, texts, rounds, BASE_TEXT)
    if any(peer.name == "jusText" and peer.version for peer in PEERS):
        justext = import_module("justext")
        stoplist = justext.get_stoplist("English")
        wrapped = [_as_page(text) for text in texts]
        tool = {"jusText, lines as paragraphs": lambda page: justext.justext(page, stoplist)}
        slow = _records(tool, wrapped, 1, "")[0]
        slow["mb_per_s"] = round(sum(len(text.encode()) for text in texts) / 1e6 / slow["seconds"], 3)
        base = next(record for record in records if record["tool"] == BASE_TEXT)
        slow["ratio"] = round(slow["seconds"] / base["seconds"], 3)
        records.append(slow)
    return records


def _as_page(text: str) -> str:
    return "<html><body>" + "".join(f"<p>{escape(line)}</p>" for line in text.split("\n")) + "</body></html>"


def _sources(data: Data) -> list[bytes]:
    sources = (case.read() for gold in data.sets for case in gold.cases)
    return [source if isinstance(source, bytes) else source.encode() for source in sources]


def _records(
    tools: dict[str, Callable[[Any], object]], sources: Sequence[str | bytes], rounds: int, base: str
) -> list[Record]:
    if not sources:
        return []
    seconds = dict.fromkeys(tools, 0.0)
    for run in tools.values():
        for source in sources[:WARM_UP]:
            run(source)
    gc.collect()
    gc.freeze()  # the modules of one tool should not be walked by the collector on another's time
    for at, source in enumerate(sources):
        best = interleaved({name: _task(run, source) for name, run in tools.items()}, rounds, at)
        for name in tools:
            seconds[name] += best[name]
    gc.unfreeze()
    size = sum(len(source if isinstance(source, bytes) else source.encode()) for source in sources)
    return [
        {
            "tool": name,
            "documents": len(sources),
            "seconds": seconds[name],
            "ms": round(1000 * seconds[name] / len(sources), 3),
            "mb_per_s": round(size / 1e6 / seconds[name], 3),
            "ratio": round(seconds[name] / seconds[base], 3) if base in seconds else None,
        }
        for name in tools
    ]


def _task(run: Callable[[Any], object], source: str | bytes) -> Task:
    return lambda: run(source)


def interleaved(tasks: dict[str, Task], rounds: int, turn: int = 0) -> dict[str, float]:
    """The least process time of each task in seconds over some rounds; `turn` says which is first."""
    order = list(tasks)
    least = dict.fromkeys(order, float("inf"))
    for round_ in range(rounds):
        first = (turn + round_) % len(order)
        for name in order[first:] + order[:first]:
            begin = time.process_time()
            tasks[name]()
            least[name] = min(least[name], time.process_time() - begin)
    return least


def render_speed(title: str, records: Sequence[Record], base: str) -> str:
    rows = [(r["tool"], r["ms"], r["mb_per_s"], r["ratio"]) for r in records]
    documents = records[0]["documents"] if records else 0
    return table((f"{title} ({documents})", "ms each", "MB/s", f"time : {base}"), rows)
