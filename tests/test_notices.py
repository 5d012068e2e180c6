"""What sites print around stories, and journalism in the same words: each line put into and below a clean story."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cleaner import Cleaner
from tests.test_corpus import cases

LINES = tomllib.loads(Path(__file__).with_name("notices.toml").read_text())
LEAST_GONE = 0.88
"""Share of the noise that must go."""
LEAST_PARAGRAPHS = 6


@cache
def clean_stories() -> dict[str, list[str]]:
    """The paragraphs of a clean story, by language."""
    found: dict[str, list[str]] = {}
    for part, case in cases():
        paragraphs = [line for line in (case.body or "").split("\n") if line.strip()]
        if part == "clean" and len(paragraphs) >= LEAST_PARAGRAPHS:
            found.setdefault(case.name.partition("-")[0], paragraphs)
    return found


def placed(language: str, line: str) -> Iterator[str]:
    story = clean_stories().get(language, clean_stories()["en"])
    middle = len(story) // 2
    yield "\n\n".join([*story[:middle], line, *story[middle:]])
    yield "\n\n".join([*story, line])


@pytest.mark.parametrize(("language", "line"), [(language, line) for language, _, line in LINES["story"]])
def test_journalism_in_their_words_stays(cleaner: Cleaner, language: str, line: str) -> None:
    for text in placed(language, line):
        assert line in cleaner.clean(text, "text").body.split("\n")


def test_most_of_them_go(cleaner: Cleaner) -> None:
    kept = [
        (language, line)
        for language, _, line in LINES["noise"]
        for text in placed(language, line)
        if line in cleaner.clean(text, "text").body.split("\n")
    ]
    assert len(kept) <= (1 - LEAST_GONE) * 2 * len(LINES["noise"]), kept
