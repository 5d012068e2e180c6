"""Signals to points: the scorecard in `rules/scorecard.toml`, compiled to tables.

A card adds up points: each signal's value falls into a bin, each bin is worth its points, and a few pairs of
signals are worth points together. Above zero speaks for noise, below zero for story. Two passes: a block by
itself, then with what its surroundings got (the card that is shipped does so for texts alone).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.facts import Floats
from cleaner.rules.ruleset import builtin_directory
from cleaner.weigh.names import Names
from cleaner.weigh.wording import Worded, Wording, builtin_wording

_NOISY = 40
"""Blocks of noise that only a whole page's furniture makes."""
_AT_ONCE = 1 << 14
"""Entries whose points are looked up together."""


class Term(NamedTuple):
    """One signal, or a pair of signals, and the points of each bin (row-major for a pair)."""

    signals: tuple[str, ...]
    edges: tuple[NDArray[np.float64], ...]
    points: NDArray[np.float64]


class _Tables(NamedTuple):
    """The terms of a pass as arrays."""

    edges: NDArray[np.float64]
    """The first edge of each signal, then the second of each, and so on; endless where it has no more."""
    bin_type: np.dtype[Any]
    """Holds the number of any signal's edges."""
    points: NDArray[np.float64]
    begin: NDArray[np.int64]
    step: NDArray[np.int64]
    first: NDArray[np.int64]
    """The first signal of each term."""
    second: NDArray[np.int64]


class Pass:
    """One pass of a card: its terms as one table, made when first used, to be looked up for all blocks at once."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self.signals = tuple(dict.fromkeys(name for term in terms for name in term.signals))

    @cached_property
    def _tables(self) -> _Tables:
        edges: dict[str, set[float]] = {name: set() for name in self.signals}
        for term in self.terms:
            for name, own in zip(term.signals, term.edges, strict=True):
                edges[name].update(own.tolist())
        every = {name: np.array(sorted(values)) for name, values in edges.items()}
        counts = np.array([len(values) for values in edges.values()], dtype=np.int64)
        at = {name: row for row, name in enumerate(edges)}
        tables = [self._spread(term, [every[name] for name in term.signals]) for term in self.terms]
        sizes = np.array([table.size for table in tables], dtype=np.int64)
        # The last row of bins, all zero, stands in for the signal that a single one is not paired with.
        second = [at[term.signals[1]] if len(term.signals) == 2 else len(at) for term in self.terms]
        most = counts.max(initial=0)
        padded = [np.append(values, np.full(most - len(values), np.inf)) for values in every.values()]
        return _Tables(
            np.array(padded).reshape(len(edges), most).T[:, :, None],
            np.min_scalar_type(most),
            np.concatenate([*(table.reshape(-1) for table in tables), []]),
            (np.cumsum(sizes) - sizes)[:, None],
            np.array([table.shape[1] for table in tables], dtype=np.int64)[:, None],
            np.array([at[term.signals[0]] for term in self.terms], dtype=np.int64),
            np.array(second, dtype=np.int64),
        )

    @staticmethod
    def _spread(term: Term, edges: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """The term's points on the bins of the pass: a row a bin of its first signal, a column a bin of its second."""
        at = [np.searchsorted(own, np.append(all_, np.inf)) for own, all_ in zip(term.edges, edges, strict=True)]
        table = term.points.reshape([len(own) + 1 for own in term.edges])[np.ix_(*at)]
        return table.reshape(len(at[0]), -1)

    def points(self, values: Mapping[str, Floats], size: int) -> Floats:
        """A row for each term, a column for each of `size` entries; a term one of whose signals is absent gives 0."""
        measured = np.zeros((len(self.signals), size))
        absent = set()
        for row, name in enumerate(self.signals):
            if name in values:
                measured[row] = values[name]
            else:
                absent.add(name)
        tables = self._tables
        bins = np.zeros((len(self.signals) + 1, size), dtype=np.int64)
        bins[:-1] = (measured > tables.edges).sum(axis=0, dtype=tables.bin_type)
        cells = tables.begin + bins.take(tables.first, axis=0) * tables.step + bins.take(tables.second, axis=0)
        found = tables.points.take(cells)
        if absent:
            found[[not absent.isdisjoint(term.signals) for term in self.terms]] = 0.0
        return found

    def total(self, values: Mapping[str, Floats], size: int) -> Floats:
        """The points of the pass for each of `size` entries."""
        total = np.zeros(size)
        for start in range(0, size, _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            rows = self.points({name: column[part] for name, column in values.items()}, len(total[part]))
            rows.sum(axis=0, out=total[part])
        return total


PASSES = ("first", "second", "tail", "edge")
_THRESHOLDS = ("drop_above", "tail_above", "noisy_drop_above", "least_drop_above")


class Card:
    """The two passes for documents with markup or for those without, and what is known of tails.

    Blocks with more points than `threshold` says are noise. `tail` weighs whether a gap between two blocks divides the
    story from a tail of teasers (above `tail_above`: there is one), `edge` which of the gaps it is.
    """

    def __init__(
        self,
        passes: Mapping[str, Sequence[Term]],
        drop_above: float = 0.0,
        tail_above: float = 99.0,
        noisy_drop_above: float | None = None,
        least_drop_above: float | None = None,
    ) -> None:
        self.first, self.second, self.tail, self.edge = (Pass(passes.get(name, ())) for name in PASSES)
        self.drop_above = drop_above
        self.tail_above = tail_above
        self.noisy_drop_above = drop_above if noisy_drop_above is None else noisy_drop_above
        self.least_drop_above = drop_above if least_drop_above is None else least_drop_above

    def threshold(self, points: Floats, words: Floats) -> float:
        """The points above which a block is noise in a document whose blocks have these points and words.

        Taking points for log-odds, it is where what is kept has the best F1 to be expected, but no less than
        `least_drop_above` and no more than `drop_above`; where these are the same, `noisy_drop_above` is for texts
        with all of a page's furniture.
        """
        if self.least_drop_above == self.drop_above:
            noisy = np.count_nonzero(points > self.drop_above) >= _NOISY
            return self.noisy_drop_above if noisy else self.drop_above
        order = np.argsort(points, kind="stable")
        kept = words[order]
        story = kept / (1.0 + np.exp(points[order]))
        best = order[np.argmax(story.cumsum() / np.maximum(kept.cumsum() + story.sum(), 1e-9))]
        return float(min(max(points[best], self.least_drop_above), self.drop_above))


class Scorecard:
    """The card for pages, the card for texts, and what names in markup and words are worth."""

    def __init__(self, page: Card, text: Card, names: Names, wording: Wording | None = None) -> None:
        self.page = page
        self.text = text
        self.names = names
        self.wording = wording or Wording(Worded())


def read_scorecard(path: Path, wording: Wording | None = None) -> Scorecard:
    """Read a scorecard file; without `wording` no words are worth anything."""
    raw = path.read_bytes()
    data = remembered("scorecard", [raw], dict[str, Any], lambda: tomllib.loads(raw.decode()))
    return Scorecard(_card(data["page"]), _card(data["text"]), Names(data["names"]), wording)


@lru_cache(maxsize=1)
def builtin_scorecard() -> Scorecard:
    return read_scorecard(builtin_directory() / "scorecard.toml", builtin_wording())


def _card(data: Mapping[str, Any]) -> Card:
    passes = {name: _terms(data.get(name, {})) for name in PASSES}
    return Card(passes, *(float(data[name]) for name in _THRESHOLDS))


def _terms(data: Mapping[str, Any]) -> list[Term]:
    terms: list[Term] = []
    for key, entry in data.items():
        names = tuple(key.split(" & "))
        edges = [np.array(entry["up_to"], dtype=np.float64)]
        if len(names) == 2:
            edges.append(np.array(entry["and_up_to"], dtype=np.float64))
        terms.append(Term(names, tuple(edges), np.array(entry["points"], dtype=np.float64).reshape(-1)))
    return terms


_HEAD = """\
# What each signal is worth. Points above zero speak for noise, below zero for story; a block's points add up.
# `up_to` are the upper edges of the bins and `points` has one entry more: the last is for all that is greater.
# `A & B` are pairs of signals: a row for each bin of A, in it a column for each bin of B.
# `first` weighs a block by itself, `second` starts anew with what its surroundings got in the first pass.
# `tail` weighs a gap between two blocks: is it the end of the story? `edge`: which gap is it?
# A block with more points than `drop_above` is noise; in a text with all of a page's furniture, with more than
# `noisy_drop_above`. Where `least_drop_above` is less, each document has its own threshold between the two: the one at
# which what is kept has the best F1 to be expected, points taken for log-odds.
# `page` serves documents with markup, `text` those without. What signals measure: signals.py and context.py in
# cleaner/weigh, for gaps cleaner/decide/breaks.py. Fitted by `cleaner fit`; every number may be edited by hand.
"""


def write_scorecard(path: Path, scorecard: Scorecard) -> None:
    """Write a scorecard, but for what words are worth, as a file that `read_scorecard` reads."""
    lines = [_HEAD, "[names]"]
    lines += [
        f'"{name}" = {points:.2f}' for name, points in sorted(scorecard.names.points.items()) if abs(points) >= 0.005
    ]
    for title, card in (("page", scorecard.page), ("text", scorecard.text)):
        lines += ["", f"[{title}]", *(f"{name} = {getattr(card, name):.2f}" for name in _THRESHOLDS)]
        for part in PASSES:
            for term in getattr(card, part).terms:
                lines += ["", f'[{title}.{part}."{" & ".join(term.signals)}"]', *_term_lines(term)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _term_lines(term: Term) -> list[str]:
    lines = [f"up_to = [{', '.join(f'{edge:.6g}' for edge in term.edges[0])}]"]
    if len(term.signals) == 1:
        return [*lines, f"points = [{_row(term.points)}]"]
    lines.append(f"and_up_to = [{', '.join(f'{edge:.6g}' for edge in term.edges[1])}]")
    rows = term.points.reshape(len(term.edges[0]) + 1, -1)
    return [*lines, "points = [", *(f"  [{_row(row)}]," for row in rows), "]"]


def _row(points: NDArray[np.float64]) -> str:
    return ", ".join(f"{value:.2f}" for value in points)
