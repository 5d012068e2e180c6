"""How the cost grows: `python -m bench.scaling`. Time over size, odd shapes, and memory over many documents.

All input is made here, in ASCII, so no data folder is needed. Time is process time; the column to read is
nanoseconds a byte, which must stay level, and its ratio to a plain pass over the same input.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bench import ours, peers
from bench.data import ROOT
from bench.memory_worker import peak_bytes
from cleaner.fitting.evaluate import table
from cleaner.parse.read import SourceKind

Record = dict[str, Any]
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
ROUNDS = 3
DOCUMENTS = 20_000
TIMEOUT = 600
_SYLLABLES = re.findall("..", "bacodeenfigahoisjukelominoorpaqurestotuvewaxeylzo")


# --- made-up input -------------------------------------------------------------------------------


def words(seed: int) -> Iterator[str]:
    """Endless invented words, the same for the same seed."""
    dice = random.Random(seed)
    while True:
        yield "".join(dice.choices(_SYLLABLES, k=dice.randint(1, 3)))


def paragraphs(seed: int) -> Iterator[str]:
    """Endless paragraphs of invented sentences; each ninth is a line as noise is: short, without a stop."""
    dice = random.Random(seed)
    source = words(seed)
    while True:
        if dice.random() < 1 / 9:
            yield " ".join(next(source) for _ in range(dice.randint(1, 5))).title()
            continue
        sentences = (" ".join(next(source) for _ in range(dice.randint(6, 22))) for _ in range(dice.randint(1, 5)))
        yield " ".join(f"The {sentence}." for sentence in sentences)


def text_of(size: int, seed: int = 1) -> str:
    """About `size` bytes of text, a paragraph a line."""
    return _collect(size, paragraphs(seed), "\n\n")


def page_of(size: int, seed: int = 1) -> str:
    """About `size` bytes of a page: paragraphs and teaser cards in containers, with links and attributes."""
    dice = random.Random(seed)

    def cards() -> Iterator[str]:
        for paragraph in paragraphs(seed):
            if paragraph.endswith("."):
                yield f'<div class="text"><p id="p{dice.randrange(10**6)}">{paragraph}</p></div>'
            else:
                address = f"/story/{dice.randrange(10**6)}"
                yield f'<div class="card"><a href="{address}"><h3>{paragraph}</h3></a></div>'

    return f"<!doctype html><html><body><main>{_collect(size, cards(), chr(10))}</main></body></html>"


def _collect(size: int, pieces: Iterator[str], joint: str) -> str:
    parts: list[str] = []
    length = 0
    while length < size:
        part = next(pieces)
        parts.append(part)
        length += len(part) + len(joint)
    return joint.join(parts)


def one_line(size: int) -> str:
    """A single line without a break."""
    return _collect(size, (part for part in paragraphs(3) if part.endswith(".")), " ")


def one_word_lines(count: int) -> str:
    """`count` lines of a word each."""
    source = words(4)
    return "\n".join(next(source) for _ in range(count))


def nested(depth: int) -> str:
    """A page of `depth` containers, each inside the last."""
    return "<html><body>" + "<div><b>" * depth + "The mayor of Elm resigned." + "</b></div>" * depth


ODD: dict[str, tuple[SourceKind, Callable[[], str]]] = {
    "one line of 50 MB": ("text", lambda: one_line(50_000_000)),
    "a million one-word lines": ("text", lambda: one_word_lines(1_000_000)),
    "a line of 60 words, 10,000 times": ("text", lambda: "\n".join([" ".join(islice(words(1), 60)) + "."] * 10_000)),
    "a page of 20 MB": ("html", lambda: page_of(20_000_000)),
    "a page that is one 5 MB paragraph": ("html", lambda: f"<p>{one_line(5_000_000)}</p>"),
    "a page of 100,000 nested tags": ("html", lambda: nested(50_000)),
    "a page of 500,000 links": ("html", lambda: "<p>" + "<a href='/a'>Go</a> " * 500_000),
}


# --- measuring -----------------------------------------------------------------------------------


def over_size(kind: SourceKind, sizes: Sequence[int]) -> list[Record]:
    """Nanoseconds a byte at each size, and the ratio to a plain pass (`str.split`, or lexbor's tree)."""
    cleaner = ours.shipped()
    make = page_of if kind == "html" else text_of
    plain: Callable[[str], object] = _parse if kind == "html" else str.split
    cleaner.clean(make(SIZES[0]), kind)
    records = []
    for size in sizes:
        source = make(size)
        seconds = _least(partial(cleaner.clean, source, kind))
        ratio = seconds / _least(partial(plain, source))
        record = {"kind": kind, "bytes": len(source), "ms": 1000 * seconds}
        records.append(record | {"ns_per_byte": 1e9 * seconds / len(source), "ratio": ratio})
    return records


def _parse(page: str) -> object:
    return peers.PARSE_ONLY.load()(page.encode())


def _least(task: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        task()
        times.append(time.process_time() - begin)
    return min(times)


def odd_shapes() -> list[Record]:
    """Each odd input in a process of its own: time, peak memory, and how it ended."""
    return [{"shape": name, **_alone("odd", name)} for name in ODD]


def many_documents(count: int) -> list[Record]:
    """Memory of one process over many different documents, told at each tenth; it must stay level."""
    found = _alone("many", str(count))
    return list(found["steps"]) if "steps" in found else [found]


def _alone(*arguments: str) -> Record:
    command = [sys.executable, "-m", "bench.scaling", "--inside", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"not done in {TIMEOUT} s"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]}
    measured: Record = json.loads(done.stdout.splitlines()[-1])
    return measured


def _inside_odd(name: str) -> Record:
    kind, make = ODD[name]
    source = make()
    cleaner = ours.shipped()
    cleaner.clean("The mayor of Elm resigned.", "text")
    before = peak_bytes()
    begin = time.process_time()
    cleaned = cleaner.clean(source, kind)
    seconds = time.process_time() - begin
    grown = peak_bytes() - before
    return {"bytes": len(source), "seconds": seconds, "grown": grown, "refused": cleaned.refused}


def _inside_many(count: int) -> Record:
    cleaner = ours.shipped()
    steps = []
    for number in range(count):
        make = page_of if number % 2 else text_of
        cleaner.clean(make(4_000, number), "html" if number % 2 else "text", site=f"site-{number % 500}.test")
        if (number + 1) % max(1, count // 10) == 0:
            steps.append({"documents": number + 1, "resident": _resident(), "peak": peak_bytes()})
    return {"steps": steps}


def _resident() -> int:
    """Bytes held now, where the system tells."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return int(status.split("VmRSS:")[1].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        return peak_bytes()


# --- the command ---------------------------------------------------------------------------------


def _size_table(records: Sequence[Record]) -> str:
    kind = records[0]["kind"]
    base = "lexbor alone" if kind == "html" else "str.split"
    rows = [(f"{r['bytes'] / 1000:.0f} KB", r["ms"], r["ns_per_byte"], r["ratio"]) for r in records]
    growth = records[-1]["ns_per_byte"] / min(record["ns_per_byte"] for record in records)
    note = f"the largest costs {growth:.2f} times as much a byte as the cheapest"
    return table((kind, "ms", "ns a byte", f"time : {base}"), rows) + f"\n{note}"


def _odd_table(records: Sequence[Record]) -> str:
    rows = [
        (r["shape"], None, None, None, r["failed"])
        if "failed" in r
        else (
            r["shape"],
            r["seconds"],
            r["bytes"] / 1e6 / r["seconds"],
            round(r["grown"] / 1e6),
            "refused" if r["refused"] else "",
        )
        for r in records
    ]
    return table(("odd shapes", "seconds", "MB/s", "memory grown, MB", ""), rows)


def _many_table(records: Sequence[Record]) -> str:
    if "failed" in records[0]:
        return f"many documents: {records[0]['failed']}"
    rows = [(r["documents"], round(r["resident"] / 1e6), round(r["peak"] / 1e6)) for r in records]
    return table(("documents", "resident, MB", "peak, MB"), rows)


Part = tuple[str, Callable[[], list[Record]], Callable[[Sequence[Record]], str]]


def _parts(sizes: Sequence[int], documents: int) -> list[Part]:
    return [
        ("text", partial(over_size, "text", sizes), _size_table),
        ("html", partial(over_size, "html", sizes), _size_table),
        ("odd", odd_shapes, _odd_table),
        ("many", partial(many_documents, documents), _many_table),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description="How the cost grows with size.")
    parser.add_argument("parts", nargs="*", help="any of text, html, odd, many; all by default")
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="BYTES", help="largest size to try")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="how many for memory over documents")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        what, argument = options.inside
        print(json.dumps(_inside_odd(argument) if what == "odd" else _inside_many(int(argument))))
        return 0
    sizes = [size for size in SIZES if size <= options.largest] or list(SIZES[:1])
    whole: dict[str, list[Record]] = {}
    for name, measure, render in _parts(sizes, options.documents):
        if options.parts and name not in options.parts:
            continue
        whole[name] = measure()
        print(f"{render(whole[name])}\n", flush=True)
    if options.json:
        options.json.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
