"""Weigh each block: rules and signals to points, in one pass or two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.facts import Bools, Floats
from cleaner.model import Evidence
from cleaner.rules.files import Rule
from cleaner.rules.match import Hit, has_sure_noise
from cleaner.weigh.context import CONTEXT
from cleaner.weigh.scorecard import Card
from cleaner.weigh.signals import MARKUP_SIGNALS, SIGNALS
from cleaner.weigh.view import View

CERTAIN = 6.0
"""Points that a rule without a weight counts for where a neighbour asks what stands beside it."""

_PARAGRAPH_WORDS = 8
_LEAST_PARAGRAPHS = 5
_LAST_PARAGRAPHS = 3
SHARED_AT_END = 0.3
"""Share of their content words that a story's last paragraphs have from before: 93 of 100 stories have more."""


def worth(rule: Rule) -> float:
    """The points of a rule: above zero for noise, below for what it keeps."""
    points = CERTAIN if rule.weight is None else rule.weight
    return -points if rule.action == "keep" else points


def rule_points(hits: Sequence[Hit], size: int) -> Floats:
    """What rules give each block before anything is decided: only those that need no decision first count."""
    points = [0.0] * size
    for hit in hits:
        rule = hit.rule
        if rule.action in ("cut", "body") or rule.place is not None or rule.follows:
            continue
        points[hit.block] += worth(rule)
    return np.clip(points, -CERTAIN, CERTAIN)


def measure(view: View, names: Sequence[str]) -> dict[str, Floats]:
    """The named first-pass signals of a document; one that needs markup is absent where there is none."""
    markup = view.structure is not None
    values: dict[str, Floats] = {}
    for name in names:
        function = SIGNALS.get(name) or (MARKUP_SIGNALS.get(name) if markup else None)
        if function is not None:
            values[name] = function(view)
    return values


def measure_context(view: View, points: Floats, names: Sequence[str]) -> dict[str, Floats]:
    """The named second-pass signals of a document, given its first-pass points."""
    return {name: CONTEXT[name](view, points) for name in names if name in CONTEXT}


def is_suspect(view: View, hits: Sequence[Hit]) -> bool:
    """Whether anything speaks for noise: markup that was not read yet, a rule, or an end on another subject.

    A text of which nothing is known for noise is a story far more often than the card could tell.
    """
    if view.structure is not None:
        return True
    found: list[list[Rule]] = [[] for _ in range(view.size)]
    for hit in hits:
        found[hit.block].append(hit.rule)
    if has_sure_noise(found):
        return True
    return shared_at_end(view, np.ones(view.size, dtype=bool)) < SHARED_AT_END


def shared_at_end(view: View, left: Bools) -> float:
    """Mean share of content words that the last paragraphs of those `left` have from before; 1 where they are few."""
    paragraphs = np.flatnonzero(left & (view.words >= _PARAGRAPH_WORDS))
    if len(paragraphs) < _LEAST_PARAGRAPHS:
        return 1.0
    last = paragraphs[-_LAST_PARAGRAPHS:]
    shared = view.shared_terms(left & (view.index < last[0]), 1)
    return float(shared[last].mean())


class Weights:
    """The points of a document's blocks and what they are made of; none where it is not `suspect`."""

    def __init__(self, view: View, card: Card, *, suspect: bool = True) -> None:
        self.card = card
        self.suspect = suspect
        if not suspect:
            self.values: dict[str, Floats] = {}
            self.first = self.points = np.full(view.size, min(card.drop_above, card.noisy_drop_above) - CERTAIN)
            return
        self.values = measure(view, card.first.signals)
        self.first = card.first.total(self.values, view.size)
        more = [name for name in card.second.signals if name not in self.values]
        self.values |= measure(view, more)
        self.values |= measure_context(view, self.first, more)
        self.points = card.second.total(self.values, view.size) if card.second.terms else self.first

    def evidence(self, most: int = 4) -> list[tuple[Evidence, ...]]:
        """For each block the terms that weighed most for or against it."""
        last = self.card.second if self.card.second.terms else self.card.first
        if not last.terms or not self.suspect:
            return [()] * len(self.points)
        names = [" & ".join(term.signals) for term in last.terms]
        table = np.round(last.points(self.values, len(self.points)), 2)
        best = np.argsort(-np.abs(table), axis=0, kind="stable")[:most]
        weight = np.take_along_axis(table, best, axis=0)
        return [
            tuple([Evidence(names[term], points) for term, points in zip(terms, row, strict=True) if points])
            for terms, row in zip(best.T.tolist(), weight.T.tolist(), strict=True)
        ]
