"""Settings: where they are found, what they may say, and how a mistake is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleaner.commands import config
from cleaner.commands.config import Settings
from cleaner.faults import Unusable


def _load(start: Path) -> Settings:
    return config.load(str(start))


def test_no_file_gives_the_defaults(place: Path) -> None:
    assert _load(place) == Settings()


def test_every_key(place: Path) -> None:
    Path("cleaner.toml").write_text(
        'policy = "core"\nset = { caption = "keep", byline = "drop" }\nrules = ["mine", "/abs"]\n'
        'sites = "sites.db"\nignore = ["drafts/"]\njobs = 3\n'
    )
    assert _load(place) == Settings(
        policy="core",
        overrides=(("caption", "keep"), ("byline", "drop")),
        rules=(str(place / "mine"), "/abs"),
        sites=str(place / "sites.db"),
        ignore=("drafts/",),
        jobs=3,
        home=str(place),
    )


def test_pyproject_is_found_upwards_and_without_our_table_passed_over(place: Path) -> None:
    Path("pyproject.toml").write_text('[tool.cleaner]\njobs = 2\n\n[tool.cleaner.set]\ncaption = "keep"\n')
    Path("a/b").mkdir(parents=True)
    Path("a/pyproject.toml").write_text("[tool.other]\nx = 1\n")
    found = _load(place / "a" / "b")
    assert (found.jobs, found.overrides, found.home) == (2, (("caption", "keep"),), str(place))


def test_the_own_file_comes_before_pyproject(place: Path) -> None:
    Path("pyproject.toml").write_text("[tool.cleaner]\njobs = 2\n")
    Path("cleaner.toml").write_text("jobs = 5\n")
    assert _load(place).jobs == 5


def test_somebody_elses_broken_pyproject_is_none_of_ours(place: Path) -> None:
    Path("pyproject.toml").write_text("[tool.other\n")
    assert _load(place) == Settings()


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("jobs = 2\nnonsense = 1\n", 2, "unknown key `nonsense`; use one of: policy set rules sites"),
        ("jobs = [\n", 2, "is no valid TOML: "),
        ("policy = 3\n", 1, "`policy` is no name of a policy"),
        ("\n\njobs = 0\n", 3, "`jobs` is no number of processes"),
        ("jobs = true\n", 1, "`jobs` is no number of processes"),
        ('rules = "mine"\n', 1, "`rules` is no list of strings"),
        ("sites = 1\n", 1, "`sites` is no path"),
        ('ignore = ["a", 2]\n', 1, "`ignore` is no list of strings"),
        ('set = "caption"\n', 1, "`set` is no table"),
        ('\n[set]\nnonsense = "keep"\n', 2, "`set` names `nonsense`, which is no class"),
        ('[set]\ncaption = "burn"\n', 1, "`set` says `burn` for caption"),
    ],
)
def test_a_mistake_is_told_with_its_line(place: Path, text: str, line: int, told: str) -> None:
    Path("cleaner.toml").write_text(text)
    with pytest.raises(Unusable) as caught:
        _load(place)
    message = str(caught.value)
    assert message.startswith(f"cleaner.toml:{line}")
    assert told in message
    assert "; " in message
    assert "\n" not in message


def test_what_the_command_line_says_comes_last(place: Path) -> None:
    settings = Settings(policy="a", overrides=(("caption", "keep"), ("byline", "drop")), rules=("/one",))
    merged = config.merged(settings, "b", ["caption=drop", " audio = keep "], ["two"])
    assert merged.policy == "b"
    assert dict(merged.overrides) == {"caption": "drop", "byline": "drop", "audio": "keep"}
    assert merged.rules == ("/one", os.path.join(str(place), "two"))
