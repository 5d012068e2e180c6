"""Our side: the cleaner as it is shipped, or one that has not seen the site it is read on."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from cleaner import Cleaner
from cleaner.evaluate import Case, fold_of

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
    """THE SEAM for `cleaner.fit`: make the cleaner for one fold, from `folds/fold-N.toml` or by fitting now.

    `cleaner.fit` is expected to offer `fold_cleaner(scorecard: Path) -> Cleaner` for scorecards that were
    fitted before, and `fit_fold(fold: int) -> Cleaner` to fit one.
    """
    if find_spec("cleaner.fit") is None:
        raise NoFolds("--folds needs cleaner.fit, which is not there. Run without --folds.")
    fit = import_module("cleaner.fit")
    scorecard = FOLDS / f"fold-{fold}.toml"
    offered = "fold_cleaner" if scorecard.exists() else "fit_fold"
    if not hasattr(fit, offered):
        raise NoFolds(f"--folds needs cleaner.fit.{offered}, which is not there. Run without --folds.")
    cleaner: Cleaner = fit.fold_cleaner(scorecard) if scorecard.exists() else fit.fit_fold(fold)
    return cleaner


def clean_case(case: Case, cleaner: Cleaner) -> str:
    """The body that we make of a case."""
    return cleaner.clean(case.read(), case.kind, case.url, case.site if "." in case.site else None).body
