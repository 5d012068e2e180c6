"""Our side: the cleaner as it is shipped, or one that has not seen the site it is read on."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cleaner import Cleaner
from cleaner.fitting.gold import Case
from cleaner.fitting.metrics import fold_of
from cleaner.weigh.scorecard import read_scorecard

NAME = "cleaner"
FOLD_NAME = "cleaner, out of site"
FOLDS = Path(__file__).with_name("folds")

CleanerFor = Callable[[str], Cleaner]


class NoFolds(Exception):
    """Out-of-site figures were asked for and there is nothing to make them with."""


@lru_cache(maxsize=1)
def shipped() -> Cleaner:
    """The cleaner with the rules and the scorecard of this checkout."""
    return Cleaner()


def cleaner_for(url: str) -> Cleaner:
    """A cleaner whose scorecard was fitted without any page of the fold that this site is in."""
    return _fitted_without(fold_of(url))


@lru_cache(maxsize=8)
def _fitted_without(fold: int) -> Cleaner:
    """The cleaner with the scorecard in `folds/fold-N.toml`, which `cleaner fit GOLD -o bench/folds --folds` writes."""
    file = FOLDS / f"fold-{fold}.toml"
    if not file.exists():
        raise NoFolds(f"--folds needs {file}: make it with `cleaner fit GOLD -o {FOLDS} --folds`, or run without.")
    return Cleaner(scorecard=read_scorecard(file))


def clean_case(case: Case, cleaner: Cleaner) -> str:
    """The body that we make of a case."""
    return cleaner.clean(case.read(), case.kind, case.url, case.site if "." in case.site else None).body
