"""Fit the scorecard to labelled documents.

Each pass is a boosted ensemble of trees that look at one signal or at a pair of signals, which is then written
out as what it is: a table of points by bin. The second pass is fitted on first-pass points that come from
cards fitted without the document's site, as it will meet them in use.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import Floats
from cleaner.scorecard import Card, Names, Pass, Term, name_words

FOLDS = 5
BINS = 20
PAIRS = 30


@dataclass(frozen=True)
class Settings:
    """How an ensemble is grown."""

    rounds: int
    rate: float
    single_rounds: int = 150


FIRST = Settings(rounds=300, rate=0.2)
SECOND = Settings(rounds=300, rate=0.15)


@dataclass(frozen=True)
class Table:
    """One pass's signals over many blocks: a column a signal."""

    names: tuple[str, ...]
    values: NDArray[np.float32]


def _parameters(depth: int, rate: float) -> dict[str, Any]:
    return {
        "objective": "binary",
        "learning_rate": rate,
        "num_leaves": 2**depth,
        "max_depth": depth,
        "min_data_in_leaf": 80,
        "feature_fraction": 0.4,
        "bagging_fraction": 0.6,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "max_bin": BINS,
        "verbose": -1,
        "num_threads": 1,
        "seed": 7,
        "deterministic": True,
        "force_row_wise": True,
    }


def fit_terms(table: Table, noise: NDArray[np.bool_], weight: Floats, settings: Settings) -> list[Term]:
    """Boost trees of depth two, keep the pairs that gain most, boost again on these and write them as tables."""
    import lightgbm

    data = lightgbm.Dataset(table.values, noise, weight=weight, params={"max_bin": BINS, "verbose": -1})
    trial = lightgbm.train(_parameters(2, settings.rate), data, max(40, settings.rounds // 4))
    pairs = _best_pairs(trial.dump_model()["tree_info"])
    allowed = [[a, b] for a, b in pairs] + [[a] for a in range(len(table.names))]
    parameters = _parameters(2, settings.rate) | {"interaction_constraints": allowed}
    model = lightgbm.train(parameters, data, settings.rounds)
    return terms_of(model.dump_model()["tree_info"], table.names)


def _best_pairs(trees: Sequence[Any]) -> list[tuple[int, int]]:
    gain: Counter[tuple[int, int]] = Counter()
    for tree in trees:
        root = tree["tree_structure"]
        for side in ("left_child", "right_child"):
            child = root.get(side, {})
            if "split_feature" in child and child["split_feature"] != root["split_feature"]:
                a, b = sorted((root["split_feature"], child["split_feature"]))
                gain[a, b] += child["split_gain"]
    return [pair for pair, _ in gain.most_common(PAIRS)]


def _splits(node: Any) -> Iterable[tuple[int, float]]:
    if "split_feature" in node:
        yield node["split_feature"], node["threshold"]
        yield from _splits(node["left_child"])
        yield from _splits(node["right_child"])


def _leaf(node: Any, value: dict[int, float]) -> float:
    while "split_feature" in node:
        left = value[node["split_feature"]] <= node["threshold"]
        node = node["left_child"] if left else node["right_child"]
    return float(node["leaf_value"])


def terms_of(trees: Sequence[Any], names: Sequence[str]) -> list[Term]:
    """Add up all trees over the same signals into one table of points a term."""
    groups: dict[tuple[int, ...], list[Any]] = defaultdict(list)
    for tree in trees:
        root = tree["tree_structure"]
        groups[tuple(sorted({feature for feature, _ in _splits(root)}))].append(root)
    terms: list[Term] = []
    for features, roots in sorted(groups.items()):
        edges = [
            np.array(sorted({at for root in roots for feature, at in _splits(root) if feature == wanted}))
            for wanted in features
        ]
        centres = [np.append(edge, np.inf) for edge in edges]
        grid = np.array(np.meshgrid(*centres, indexing="ij")).reshape(len(features), -1).T
        points = np.array(
            [sum(_leaf(root, dict(zip(features, cell))) for root in roots) for cell in grid.tolist()]
        ) if features else np.array([sum(float(root["leaf_value"]) for root in roots)])
        terms.append(Term(tuple(names[f] for f in features), tuple(edges), points))
    return terms
