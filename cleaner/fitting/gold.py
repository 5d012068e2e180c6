"""Gold: documents with what is known of them, from `.jsonl` files and from the project's own corpus."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.faults import Unusable, of_system
from cleaner.parse.read import SourceKind
from cleaner.sites.domain import registered_domain


class GoldError(Unusable):
    """A gold file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Case:
    """One document with what is known of it. `None` is what the gold does not say."""

    name: str
    kind: SourceKind
    source: str | Path
    """A text itself, or the file that holds it (gzip where its name ends in `.gz`)."""
    site: str
    url: str | None = None
    body: str | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    page: str | None = None
    flags: frozenset[str] | None = None
    noise: tuple[tuple[str, str], ...] = ()
    headline: str | None = None

    def read(self) -> str | bytes:
        if isinstance(self.source, str):
            return self.source
        raw = self.source.read_bytes()
        return gzip.decompress(raw) if self.source.suffix == ".gz" else raw


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Cases that are reported together, and what was wrong with the file they come from."""

    name: str
    cases: tuple[Case, ...]
    complaints: tuple[str, ...] = ()


def read_gold(path: Path) -> list[GoldSet]:
    """Read the gold at `path`: a `.jsonl` or `.jsonl.gz`, one corpus case (`.toml`), or a folder of either.

    A line with `text` is a text case; one without is a page, in `html/ID.html.gz` (or `.html`) beside it.
    Lines with an `origin` are split into sets by it. A corpus folder is a set for each of its sub-folders.
    A gzip that was cut short gives the lines that could be read, and a complaint that says so.

    Raises a `Fault` (`GoldError` for what is in the file) where nothing can be read.
    """
    if path.is_dir():
        files = sorted(path.rglob("*.jsonl")) + sorted(path.rglob("*.jsonl.gz"))
        folders = sorted({file.parent for file in path.rglob("*.toml")})
        sets = [gold for file in files for gold in _read_lines(file)]
        sets += [_corpus_set(folder.name, sorted(folder.glob("*.toml"))) for folder in folders]
        if not sets:
            raise GoldError(str(path), "no .jsonl, .jsonl.gz or .toml file in it", "give a folder of gold")
        return sets
    if path.suffix == ".toml":
        return [_corpus_set(path.parent.name, [path])]
    return _read_lines(path)


def read_records(path: Path) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The objects of a `.jsonl` or `.jsonl.gz` file, and a complaint where the gzip was cut short."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise of_system(str(path), error) from None
    whole = True
    if raw[:2] == b"\x1f\x8b":
        raw, whole = _unpack(raw, path)
    lines = raw.decode("utf-8", "replace").split("\n")
    if not whole:
        lines.pop()  # cut in the middle
    records = [_read_object(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    cut_short = f"{path}: the gzip is cut short; used the {len(records)} records that could be read."
    return records, () if whole else (cut_short,)


def _unpack(raw: bytes, path: Path) -> tuple[bytes, bool]:
    """Unpack as far as it goes (gzip may have several members); False where the end is missing."""
    pieces = []
    while raw:
        member = zlib.decompressobj(31)
        try:
            pieces.append(member.decompress(raw))
        except zlib.error as error:
            if not pieces:
                raise GoldError(str(path), f"not a sound gzip ({error})", "fetch the file again") from None
            return b"".join(pieces), False
        if not member.eof:
            return b"".join(pieces), False
        raw = member.unused_data.lstrip(b"\0")
    return b"".join(pieces), True


def _read_object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise GoldError(f"{path}:{number}", f"not JSON ({error})", "put one JSON object on each line") from None
    if not isinstance(found, dict):
        raise GoldError(f"{path}:{number}", "not a JSON object", "put one JSON object on each line")
    return found


def _read_lines(path: Path) -> list[GoldSet]:
    records, complaints = read_records(path)
    stem = path.name.removesuffix(".gz").removesuffix(".jsonl")
    folder = path.resolve().parent
    name = folder.name if stem in ("gold", folder.name) else f"{folder.name}/{stem}"
    if (folder.parent / "gold.jsonl.gz").exists():
        name = f"{folder.parent.name}/{name}"
    groups: dict[str, list[Case]] = {}
    for number, record in enumerate(records, 1):
        group = f"{name}:{record['origin']}" if record.get("origin") else name
        groups.setdefault(group, []).append(_case(path, number, record))
    return [GoldSet(group, tuple(cases), complaints) for group, cases in groups.items()]


def _case(path: Path, number: int, record: dict[str, Any]) -> Case:
    place = f"{path}:{number}"
    if "id" not in record or not {"body", "must"} & set(record):
        raise GoldError(place, "a gold record needs an id, and a body or must", "add what is missing")
    name = str(record["id"])
    url = record.get("url")
    text = record.get("text")
    page = path.parent / "html" / f"{name}.html.gz"
    if text is None and not page.exists():
        page = page.with_suffix("")
        if not page.exists():
            raise GoldError(place, f"no text, and no page at {page}", "put the page there")
    return Case(
        name,
        "html" if text is None else "text",
        page if text is None else str(text),
        _site_name(url or record.get("site") or name),
        url if url and url.startswith("http") else None,
        record.get("body"),
        tuple(record.get("must") or ()),
        tuple(record.get("must_not") or ()),
    )


def _site_name(address: str) -> str:
    # trafilatura's evaluation names some pages "hard::HOST-word.html".
    return registered_domain(re.sub(r"^hard::|(?:-\w+)?\.html?$", "", address))


FORMAT = "see corpus/README.md for the format"


def _corpus_set(name: str, files: list[Path]) -> GoldSet:
    return GoldSet(f"corpus/{name}", tuple(_corpus_case(file) for file in files))


def _corpus_case(path: Path) -> Case:
    try:
        wanted = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GoldError(str(path), str(error), FORMAT) from None
    sources = [file for suffix in (".txt", ".html") if (file := path.with_suffix(suffix)).exists()]
    if len(sources) != 1:
        raise GoldError(str(path), f"needs one .txt or .html beside it, has {len(sources)}", "add or remove one")
    if not isinstance(wanted.get("body"), str) or not wanted.get("site"):
        raise GoldError(str(path), "a case needs a site and a body", FORMAT)
    return Case(
        path.stem,
        "html" if sources[0].suffix == ".html" else "text",
        sources[0],
        str(wanted["site"]),
        None,
        wanted["body"].strip("\n"),
        page=wanted.get("page", "story"),
        flags=frozenset(wanted.get("flags", ())),
        noise=tuple((str(label), str(text)) for label, text in wanted.get("noise", ())),
        headline=wanted.get("headline"),
    )
