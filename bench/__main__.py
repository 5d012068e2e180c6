"""`python -m bench`: all figures in one run. `--help` lists the options; README.md says what is measured."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import accuracy, cache, data, memory, ours, peers, speed, startup
from bench.accuracy import Contest
from cleaner import __version__
from cleaner.fitting.evaluate import evaluate_by_site

Found = tuple[object, str]
"""What a section found: for the JSON, and as text."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    peers.quiet()
    if not options.data.is_dir():
        print(f"{options.data}: no such folder; give the data folder with --data.", file=sys.stderr)
    whole: dict[str, Any] = {"version": 1, "cleaner": __version__, "machine": _machine()}
    print(f"cleaner {__version__}; {whole['machine']}; peers: {_peers()}")
    for name in options.sections:
        try:
            found, text = SECTIONS[name](options)
        except ours.NoFolds as reason:
            found, text = {"skipped": str(reason)}, str(reason)
        whole[name] = found
        print(f"\n== {name}\n\n{text}", flush=True)
        if options.json:
            options.json.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Our figures and the peers', side by side.")
    parser.add_argument("sections", nargs="*", help=f"any of {', '.join(SECTIONS)}; all by default")
    parser.add_argument("--data", type=Path, default=data.DEFAULT, help="the data folder (default: ../shared/data)")
    parser.add_argument("--limit", type=_count, help="at most N documents of each set, spread evenly")
    parser.add_argument("--rounds", type=_count, default=1, help="rounds for each timing; the least counts")
    parser.add_argument("--folds", action="store_true", help="our accuracy with scorecards fitted on other sites")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    parser.add_argument("--cache", type=Path, default=cache.default_folder(), help="where peers' outputs are kept")
    parser.add_argument("--no-cache", dest="cache", action="store_const", const=None, help="keep none, use none")
    options = parser.parse_args(arguments)
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    options.sections = options.sections or list(SECTIONS)
    return options


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {system}, {os.cpu_count()} cores"


def _peers() -> str:
    versions = {peer.distribution: peer.version or "not installed" for peer in peers.PEERS}
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _contest(options: argparse.Namespace) -> Contest:
    if options.folds:
        return Contest(ours.cleaner_for, ours.FOLD_NAME, options.cache)
    return Contest(lambda _site: ours.shipped(), ours.NAME, options.cache)


def _with_remarks(text: str, found: data.Data) -> str:
    return "\n\n".join(part for part in (text, "\n".join(found.remarks)) if part)


def _pages(options: argparse.Namespace) -> Found:
    found = data.page_sets(options.data, options.limit)
    records = accuracy.page_accuracy(found, _contest(options))
    return records, _with_remarks(accuracy.render_pages(records), found)


def _texts(options: argparse.Namespace) -> Found:
    found = data.text_sets(options.data, options.limit)
    contest = _contest(options)
    records = accuracy.text_accuracy(found, contest)
    return records, _with_remarks(accuracy.render_texts(records, contest.name), found)


def _harmless(options: argparse.Namespace) -> Found:
    found = data.page_sets(options.data, options.limit)
    records = accuracy.harmless(found, _contest(options))
    return records, _with_remarks(accuracy.render_harmless(records), found)


def _corpus(options: argparse.Namespace) -> Found:
    folder = data.ROOT / "corpus"
    if not folder.is_dir():
        return {}, f"{folder}: not there; left out."
    report = evaluate_by_site([folder], _contest(options).cleaner_for)
    return json.loads(report.to_json()), report.render()


def _page_speed(options: argparse.Namespace) -> Found:
    found = data.one_set(options.data, data.SPEED_PAGES, options.limit)
    records = speed.page_speed(found, options.rounds)
    text = speed.render_speed("wcxb-dev pages", records, speed.BASE_PAGES)
    return records, _with_remarks(text, found)


def _text_speed(options: argparse.Namespace) -> Found:
    found = data.one_set(options.data, data.SPEED_TEXT, options.limit)
    records = speed.text_speed(found, options.rounds)
    return records, _with_remarks(speed.render_speed("page-text", records, speed.BASE_TEXT), found)


def _memory(options: argparse.Namespace) -> Found:
    found = data.one_set(options.data, data.SPEED_PAGES, options.limit or memory.PAGES)
    records = memory.memory(found)
    return records, _with_remarks(memory.render_memory(records), found)


def _startup(_options: argparse.Namespace) -> Found:
    records = startup.startup()
    return records, startup.render_startup(records)


SECTIONS: dict[str, Callable[[argparse.Namespace], Found]] = {
    "pages": _pages,
    "texts": _texts,
    "harmless": _harmless,
    "corpus": _corpus,
    "page-speed": _page_speed,
    "text-speed": _text_speed,
    "memory": _memory,
    "startup": _startup,
}


if __name__ == "__main__":
    raise SystemExit(main())
