"""Where the story ends and teasers of others go on without a header."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleaner.decide.breaks import Gaps, measure_breaks
from cleaner.decide.decision import Decision
from cleaner.facts import UNSPACED, Bools
from cleaner.rules.match import is_certain
from cleaner.weigh.view import View
from cleaner.weigh.weights import Weights, shared_at_end

_NEARLY_BEST = 1.0
"""Points by which gaps may differ and still be equally good; the latest of them leaves most of the story."""
_CLOSING = frozenset({"source", "byline", "comment", "label", "legal", "share", "donation", "app", "newsletter"})
_CLOSED = 2.0
"""Points for a gap in which such a line was dropped."""
_UNSPACED_MORE = 1.5
"""Points more that a gap needs where words stand together: what links sentences is less sure there."""
SHARED_IN_TAIL = 0.4
"""Share of their content words that a tail's last paragraphs may have from before: more costs the time to look."""


def drop_tail(view: View, weights: Weights, decision: Decision, anchors: Sequence[int]) -> None:
    """Drop a tail of teasers: found by a gap that looks like one, or by a block in it that is known for one."""
    card = weights.card
    left = ~decision.noise
    if not card.tail.terms or not (anchors or shared_at_end(view, left) < SHARED_IN_TAIL):
        return
    gaps = gaps_left(view, decision)
    may = gaps.usable
    anchor = max(anchors, default=0)
    if anchor > view.size // 3:
        may = may & (gaps.left[1:] <= anchor)
    if not may.any():
        return
    if anchor <= view.size // 3:
        points = card.tail.total(measure_breaks(gaps, card.tail.signals), len(gaps.at))
        points += _CLOSED * gaps.dropped_before(_closing(view, decision))[1:].astype(bool)
        unspaced = 2 * view.facts.count(UNSPACED).sum() > view.facts.chars.sum()
        if points[may].max() <= card.tail_above + _UNSPACED_MORE * unspaced:
            return
    edge = np.where(may, card.edge.total(measure_breaks(gaps, card.edge.signals), len(gaps.at)), -np.inf)
    keeping = decision.protected
    latest = int(np.flatnonzero(edge >= edge.max() - _NEARLY_BEST)[-1])
    if not anchors and gaps.goes_on(latest + 1):
        return
    for block in range(int(gaps.left[latest + 1]), view.size):
        if (decision.is_hinted(block) or not decision.noise[block]) and block not in keeping:
            decision.drop(block, "tail", "tail")


def _closing(view: View, decision: Decision) -> Bools:
    """The lines that a rule by itself dropped and that stand at stories' ends."""
    found = np.zeros(view.size, dtype=bool)
    for block, hits in decision.rules.items():
        found[block] = decision.label[block] in _CLOSING and any(is_certain(hit.rule) for hit in hits)
    return found


def gaps_left(view: View, decision: Decision) -> Gaps:
    """The gaps between the blocks that nothing has dropped so far."""
    return Gaps(view, np.flatnonzero(~decision.noise), decision.label, decision.points)
