"""The five scrapes that the project came from, line by line; they stay outside the repository."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaner.cleaned import Cleaned
from cleaner.model import STORY_CLASSES
from cleaner.pipeline import Cleaner

SEEDS = Path(__file__).parent.parent.parent / "shared" / "seeds"
NAMES = sorted(path.name.removesuffix(".labels.json") for path in SEEDS.glob("*.labels.json"))
BODY = ("story", "standfirst", "subheading", "correction")
SAME = {"tail": "related", "standfirst": "story"}
"""Classes that may stand for each other."""

pytestmark = pytest.mark.skipif(not NAMES, reason=f"the seeds are not part of the repository: none in {SEEDS}")
each_seed = pytest.mark.parametrize("name", NAMES)


class Line(NamedTuple):
    """A labelled line and where it stands in the scrape."""

    label: str
    text: str
    start: int


class Fate(NamedTuple):
    """What became of a line: the characters of it that stay, and the classes of the blocks and cuts it lies in."""

    stays: str
    labels: set[str]


def read(name: str, suffix: str) -> str:
    return (SEEDS / f"{name}{suffix}").read_text("utf-8")


@cache
def cleaned(name: str) -> Cleaned:
    return Cleaner().clean((SEEDS / f"{name}.txt").read_bytes())


def labelled_lines(name: str) -> list[Line]:
    """The lines that hold text."""
    lines, position = [], 0
    for label, text in json.loads(read(name, ".labels.json")):
        lines.append(Line(label, text, position))
        position += len(text) + 1
    assert read(name, ".txt").rstrip("\n") == "\n".join(line.text for line in lines).rstrip("\n")
    return [line for line in lines if line.text.strip()]


def fate(result: Cleaned, line: Line) -> Fate:
    stop = line.start + len(line.text)
    stays = bytearray(len(line.text))
    labels: set[str] = set()
    for verdict in result.verdicts:
        if verdict.end <= line.start or verdict.start >= stop:
            continue
        labels.add(SAME.get(verdict.label, verdict.label))
        if not verdict.kept:
            continue
        for at in range(max(verdict.start, line.start), min(verdict.end, stop)):
            stays[at - line.start] = 1
        for cut in verdict.cuts:
            inside = range(max(cut.start, line.start), min(cut.end, stop))
            for at in inside:
                stays[at - line.start] = 0
            if inside and cut.label != "space":
                labels.add(SAME.get(cut.label, cut.label))
    text = "".join(char for char, there in zip(line.text, stays, strict=True) if there)
    return Fate(squeeze(text), labels)


def squeeze(text: str) -> str:
    return "".join(text.split())


@each_seed
def test_the_body(name: str) -> None:
    assert squeeze(cleaned(name).body) == squeeze(read(name, ".body.txt"))


@each_seed
def test_the_headline(name: str) -> None:
    path = SEEDS / f"{name}.headline.txt"
    expected = path.read_text("utf-8").strip() if path.exists() else None
    assert cleaned(name).headline == expected


@each_seed
def test_the_page_is_a_story(name: str) -> None:
    assert (cleaned(name).page, cleaned(name).refused) == ("story", None)


@each_seed
def test_each_line_is_kept_or_dropped(name: str) -> None:
    wrong = []
    for line in labelled_lines(name):
        expected = squeeze(line.text) if line.label in BODY else ""
        found = fate(cleaned(name), line).stays
        if found != expected:
            wrong.append((line.label, line.text[:80], found[:80]))
    assert wrong == []


@each_seed
def test_each_line_has_its_class(name: str) -> None:
    """A noise line that is cut out of a wrapped paragraph lies in a story block, too."""
    wrong = []
    for line in labelled_lines(name):
        labels = fate(cleaned(name), line).labels
        expected = SAME.get(line.label, line.label)
        allowed = {expected} if line.label in STORY_CLASSES else {expected, "story"}
        if expected not in labels or (line.label not in BODY and not labels <= allowed):
            wrong.append((line.label, sorted(labels), line.text[:80]))
    assert wrong == []
