"""Fit the scorecard to labelled documents.

Each pass is a boosted ensemble of trees that look at one signal or at a pair of signals, which is then written
out as what it is: a table of points by bin. The second pass is fitted on first-pass points that come from
cards fitted without the document's site, as it will meet them in use.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.decide.breaks import BREAKS
from cleaner.decide.steps import decide_but_tail
from cleaner.decide.tail import gaps_left
from cleaner.facts import Floats
from cleaner.fitting.evaluate import fold_of
from cleaner.fitting.labelled import Example, Tail, page_examples, tail_examples, text_examples
from cleaner.fitting.wording import example_lines, fit_wording, list_lines, written_lines
from cleaner.pipeline import Cleaner
from cleaner.rules.ruleset import builtin_directory
from cleaner.weigh.context import CONTEXT
from cleaner.weigh.names import Names, name_words
from cleaner.weigh.scorecard import Card, Pass, Scorecard, Term, builtin_scorecard, write_scorecard
from cleaner.weigh.signals import MARKUP_SIGNALS, SIGNALS
from cleaner.weigh.weights import Weights, measure, measure_context
from cleaner.weigh.wording import write_wording

FOLDS = 5
BINS = 20
PAGE_DROP_ABOVE = 1.5
PAGE_LEAST_DROP_ABOVE = 0.0
TEXT_DROP_ABOVE = 2.5
TEXT_NOISY_DROP_ABOVE = 1.2
TAIL_ABOVE = 2.1
TAILS = 14000
PAIRS = 60


@dataclass(frozen=True)
class Settings:
    """How an ensemble is grown."""

    rounds: int
    rate: float


PAGE = Settings(rounds=300, rate=0.2)
TEXT = Settings(rounds=600, rate=0.1)
SECOND = Settings(rounds=300, rate=0.15)
TAIL = Settings(rounds=2000, rate=0.08)


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


def _halves(root: Any) -> list[Any]:
    """A tree of depth two as trees that look at two signals at most: its left half and its right half."""
    if "split_feature" not in root:
        return [root]
    nothing = {"leaf_value": 0.0}
    return [{**root, "right_child": nothing}, {**root, "left_child": nothing}]


def terms_of(trees: Sequence[Any], names: Sequence[str]) -> list[Term]:
    """Add up all trees over the same signals into one table of points a term."""
    groups: dict[tuple[int, ...], list[Any]] = defaultdict(list)
    for tree in trees:
        for half in _halves(tree["tree_structure"]):
            groups[tuple(sorted({feature for feature, _ in _splits(half)}))].append(half)
    constant = sum(float(root["leaf_value"]) for root in groups.pop((), ()))
    terms: list[Term] = []
    for features, roots in sorted(groups.items()):
        edges = [
            np.array(sorted({at for root in roots for feature, at in _splits(root) if feature == wanted}))
            for wanted in features
        ]
        cells = np.array(np.meshgrid(*[np.append(edge, np.inf) for edge in edges], indexing="ij"))
        points = [
            constant + sum(_leaf(root, dict(zip(features, cell, strict=True))) for root in roots)
            for cell in cells.reshape(len(features), -1).T.tolist()
        ]
        constant = 0.0
        terms.append(Term(tuple(names[f] for f in features), tuple(edges), np.array(points)))
    return terms


def _stack(examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.float32]:
    rows = []
    for example in examples:
        values = measure(example.view, names)
        absent = np.zeros(example.view.size)
        rows.append(np.column_stack([values.get(name, absent) for name in names]).astype(np.float32))
    return np.vstack(rows)


def _stack_context(examples: Sequence[Example], points: Floats, names: Sequence[str]) -> NDArray[np.float32]:
    rows, at = [], 0
    for example in examples:
        own = points[at : at + example.view.size]
        at += example.view.size
        values = measure_context(example.view, own, names)
        rows.append(np.column_stack([values[name] for name in names]).astype(np.float32))
    return np.vstack(rows)


def fit_names(examples: Sequence[Example], least_sites: int = 8, most: int = 500) -> dict[str, float]:
    """Points for the words in classes and ids, by a logistic regression on those of many sites."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    sites: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in set(example.view.around.markup.names):
            for word in name_words(name):
                sites[word].add(example.site)
    known = sorted(
        (word for word in sites if len(sites[word]) >= least_sites),
        key=lambda word: (-len(sites[word]), word),
    )
    column = {word: number for number, word in enumerate(known[:most])}
    rows, columns, noise, weight = [], [], [], []
    row = 0
    for example in examples:
        markup = example.view.around.markup
        own = [[column[word] for word in name_words(name) if word in column] for name in markup.names]
        path: list[list[int]] = []
        for container, words in enumerate(own):
            path.append((path[markup.parent[container]] if container else []) + words)
        for block, label in enumerate(example.labels):
            if label is None:
                continue
            for number in path[markup.holder[block]]:
                rows.append(row)
                columns.append(number)
            noise.append(not label)
            weight.append(np.log2(example.view.words[block] + 2))
            row += 1
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(row, len(column)))
    model = LogisticRegression(C=0.02, max_iter=200).fit(matrix, noise, sample_weight=weight)
    return {word: round(float(points), 2) for word, points in zip(column, model.coef_[0], strict=True)}


def fit_passes(
    examples: Sequence[Example], first: Sequence[str], second: Sequence[str], settings: Settings
) -> dict[str, list[Term]]:
    """Fit the passes of a card; `first` and `second` name the signals that each may use: none, no second pass."""
    size = sum(example.view.size for example in examples)
    labels = np.array([label for example in examples for label in example.labels], dtype=object)
    known = np.array([label is not None for label in labels])
    noise = np.array([label is False for label in labels])
    weight = np.concatenate([np.log2(example.view.words + 2) * example.worth for example in examples])
    fold = np.concatenate([np.full(example.view.size, fold_of(example.site, FOLDS)) for example in examples])
    values = _stack(examples, first)
    if not second:
        return {"first": fit_terms(Table(tuple(first), values[known]), noise[known], weight[known], settings)}
    points = np.zeros(size)
    for number in range(FOLDS):
        train = known & (fold != number)
        terms = fit_terms(Table(tuple(first), values[train]), noise[train], weight[train], settings)
        test = fold == number
        points[test] = _points(terms, first, values[test])
    terms = fit_terms(Table(tuple(first), values[known]), noise[known], weight[known], settings)
    both = np.hstack([values, _stack_context(examples, points, second)])
    names = (*first, *second)
    second_terms = fit_terms(Table(names, both[known]), noise[known], weight[known], SECOND)
    return {"first": terms, "second": second_terms}


def fit_tails(examples: Sequence[Tail], card: Card) -> dict[str, list[Term]]:
    """Fit what tells a gap before a tail from all other gaps, and from the gaps inside the tail."""
    rows, kinds, worths = [], [], []
    for example in examples:
        decision = decide_but_tail(example.view, Weights(example.view, card), example.hits, card.drop_above)
        gaps = gaps_left(example.view, decision)
        kind = _kinds(gaps.left[1:], example)
        counts = gaps.usable & (kind != _UNCLEAR)
        rows.append(np.column_stack([function(gaps) for function in BREAKS.values()]).astype(np.float32)[counts])
        kinds.append(kind[counts])
        worths.append(np.full(int(counts.sum()), example.worth))
    values, kind = np.vstack(rows), np.concatenate(kinds)
    table = Table(tuple(BREAKS), values)
    early = kind != _LATE
    weight = np.where(kind == _EDGE, 4.0, np.where(kind == _LATE, 0.3, 1.0)) * np.concatenate(worths)
    tail = fit_terms(Table(table.names, values[early]), kind[early] == _EDGE, weight[early], TAIL)
    return {"tail": tail, "edge": fit_terms(table, kind == _EDGE, weight, TAIL)}


_INSIDE, _EDGE, _LATE, _UNCLEAR = 0, 1, 2, 3


def _kinds(following: NDArray[np.int64], example: Tail) -> NDArray[np.int64]:
    """What each gap is, given the block after it: inside the story, the tail's begin, inside the tail, or unclear."""
    kinds = np.where(following < example.ends, _INSIDE, _UNCLEAR)
    if example.starts is not None:
        tail = np.flatnonzero(following >= example.starts)
        kinds[tail] = _LATE
        kinds[tail[:1]] = _EDGE
    return kinds


def _points(terms: Sequence[Term], names: Sequence[str], values: NDArray[np.float32]) -> Floats:
    columns = {name: values[:, number].astype(np.float64) for number, name in enumerate(names)}
    return Pass(terms).total(columns, len(values))


def fit_scorecard(gold: Sequence[Path], target: Path, stories: Sequence[Path] = (), without: int | None = None) -> None:
    """Fit both cards to the gold in `gold` and write them to `target`; `stories` are more to make tails of.

    `without` leaves out the sites of one of the five folds, so that what is fitted can be read on them.
    """
    blank = Cleaner(scorecard=Scorecard(Card({}), Card({}), Names({})))
    pages = [e for e in page_examples(gold, blank) if without is None or fold_of(e.site) != without]
    _name_out_of_fold(pages)
    page = _fit_page(pages)
    names = fit_names(pages)
    del pages
    by_language = list_headers()
    headers = by_language.get("en", [])
    texts = [e for e in text_examples(gold, blank, headers) if without is None or fold_of(e.site) != without]
    passes = fit_passes(texts, list(SIGNALS), list(CONTEXT), TEXT)
    tails = [
        e
        for e in tail_examples([*gold, *stories], blank, by_language, TAILS)
        if without is None or fold_of(e.site) != without
    ]
    passes |= fit_tails(tails, Card(passes, TEXT_DROP_ABOVE))
    text = Card(passes, TEXT_DROP_ABOVE, TAIL_ABOVE, TEXT_NOISY_DROP_ABOVE)
    write_scorecard(target, Scorecard(page, text, Names(names)))


def fit_words(gold: Sequence[Path], target: Path, stories: Sequence[Path] = (), lines: Sequence[Path] = ()) -> None:
    """Fit what words are worth to the brief lines of the pages in `gold`, of rules, `stories` and files of `lines`."""
    pages = page_examples(gold, Cleaner(scorecard=Scorecard(Card({}), Card({}), Names({}))))
    listed = [line for path in lines for line in list_lines(path)]
    write_wording(target, fit_wording([*example_lines(pages), *written_lines(stories), *listed]))


def _fit_page(examples: Sequence[Example]) -> Card:
    passes = fit_passes(examples, [*SIGNALS, *MARKUP_SIGNALS], [], PAGE)
    return Card(passes, PAGE_DROP_ABOVE, least_drop_above=PAGE_LEAST_DROP_ABOVE)


def fit_folds(gold: Sequence[Path], folder: Path) -> None:
    """For each of the five folds, fit the card for pages on the other sites' pages and write it to `fold-N.toml`.

    Such a scorecard has not seen the sites of its fold: with it their pages are read as those of other sites will be.
    The card for texts is the one that is shipped.
    """
    blank = Cleaner(scorecard=Scorecard(Card({}), Card({}), Names({})))
    pages = list(page_examples(gold, blank))
    for number in range(FOLDS):
        others = [example for example in pages if fold_of(example.site) != number]
        _name_out_of_fold(others)
        page, names = _fit_page(others), Names(fit_names(others))
        fitted = Scorecard(page, builtin_scorecard().text, names)
        write_scorecard(folder / f"fold-{number}.toml", fitted)


def list_headers() -> dict[str, list[str]]:
    """The headers of lists of other stories that the rules know, by language."""
    words = tomllib.loads((builtin_directory() / "related.toml").read_text(encoding="utf-8"))["words"]
    return {language: list(phrases) for language, phrases in words["related_header"].items()}


def _name_out_of_fold(examples: Sequence[Example]) -> None:
    """Give each example points for names that were fitted without its site, as pages of other sites will have them."""
    for number in range(FOLDS):
        names = Names(fit_names([example for example in examples if fold_of(example.site) != number]))
        for example in examples:
            if fold_of(example.site) == number:
                example.view.names = names
                example.view.__dict__.pop("name_points", None)
