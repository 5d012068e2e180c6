"""Signals to points: the scorecard in `rules/scorecard.toml`, compiled to tables.

A card adds up points: each signal's value falls into a bin, each bin is worth its points, and a few pairs of
signals are worth points together. Above zero speaks for noise, below zero for story. Two passes: a block by
itself, then with what its surroundings got.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.context import CONTEXT, MARKUP_CONTEXT
from cleaner.facts import Floats
from cleaner.signals import MARKUP_SIGNALS, SIGNALS
from cleaner.view import View

_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
_NAME_LIMIT = 6.0


class Names:
    """What the words in an element's class, id, role and itemprop are worth."""

    def __init__(self, points: Mapping[str, float]) -> None:
        self.points = dict(points)
        self._known: dict[str, float] = {"": 0.0}

    def of(self, name: str) -> float:
        known = self._known.get(name)
        if known is None:
            words = {word.lower() for word in _NAME_WORD.findall(name[:400])}
            known = sum(self.points.get(word, 0.0) for word in words)
            if len(self._known) > 50_000:
                self._known = {"": 0.0}
            self._known[name] = known
        return known


class Term(NamedTuple):
    """One signal, or a pair of signals, and the points of each bin (row-major for a pair)."""

    signals: tuple[str, ...]
    edges: tuple[NDArray[np.float64], ...]
    points: NDArray[np.float64]


class Pass:
    """One pass of a card: its terms over a matrix of signals."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self.signals = tuple(dict.fromkeys(name for term in terms for name in term.signals))

    def points_of(self, values: Mapping[str, Floats], size: int) -> Floats:
        total = np.zeros(size)
        for term in self.terms:
            total += self.term_points(term, values)
        return total

    @staticmethod
    def term_points(term: Term, values: Mapping[str, Floats]) -> Floats:
        place = np.searchsorted(term.edges[0], values[term.signals[0]])
        if len(term.signals) == 2:
            place = place * (len(term.edges[1]) + 1) + np.searchsorted(term.edges[1], values[term.signals[1]])
        return term.points[place]


class Card:
    """The two passes for documents with markup, or for those without."""

    def __init__(self, first: Sequence[Term], second: Sequence[Term], drop_above: float) -> None:
        self.first = Pass(first)
        self.second = Pass(second)
        self.drop_above = drop_above


def measure(view: View, names: Sequence[str]) -> dict[str, Floats]:
    """The named first-pass signals of a document."""
    values: dict[str, Floats] = {}
    for name in names:
        function = SIGNALS.get(name) or MARKUP_SIGNALS[name]
        values[name] = function(view)
    return values


def measure_context(view: View, points: Floats, names: Sequence[str]) -> dict[str, Floats]:
    """The named second-pass signals of a document, given its first-pass points."""
    values: dict[str, Floats] = {}
    for name in names:
        function = CONTEXT.get(name) or MARKUP_CONTEXT.get(name)
        if function is not None:
            values[name] = function(view, points)
    return values
