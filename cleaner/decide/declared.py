"""What a page itself declares as its article: as structured data, and by the names of elements."""

from __future__ import annotations

import re

import numpy as np

from cleaner.decide.decision import MOST_POINTS, Decision
from cleaner.weigh.view import View

_ARTICLE_WORDS = 6
_IN_ARTICLE = 0.7
_NOT_IN_ARTICLE = 0.2
_WHOLE_ARTICLE = 0.7
_BODY = re.compile(r"(?:^|\s)(?:e(?:ntry)?-content(?:\s|$)|itemprop=(?:\S+ )?articleBody)")
"""Names that schema.org, hAtom and h-entry give the element that holds the story."""
_LEAST_BODY = 0.25
"""Share of what would be kept that must stand in it; elements that hold less are teasers."""


def follow_article(view: View, decision: Decision) -> None:
    """Let the article text that a page carries as structured data settle what the points leave open.

    Only where it is the whole story: most of what would be kept must be in it.
    """
    share = view.article_share
    if share is None or view.document.live:
        return
    sized = view.words >= _ARTICLE_WORDS
    kept = ~decision.noise & sized
    found = kept & (share >= _IN_ARTICLE)
    if not found.any() or view.words[found].sum() < _WHOLE_ARTICLE * view.words[kept].sum():
        return
    ruled = set(decision.rules)
    back = sized & (share >= _IN_ARTICLE) & decision.noise & (decision.points < MOST_POINTS)
    for block in np.flatnonzero(back).tolist():
        if block not in ruled:
            decision.noise[block] = False
            decision.reason[block] = "article"
    first, last = np.flatnonzero(found)[[0, -1]].tolist()
    apart = sized & (share <= _NOT_IN_ARTICLE)
    outside = (view.index < first) | (view.index > last)
    keeping = decision.protected
    for block in np.flatnonzero(kept & (apart | outside) & (share < _IN_ARTICLE)).tolist():
        if block not in keeping:
            decision.drop(block, "story", "article")


def end_with_body(view: View, decision: Decision) -> None:
    """Keep nothing below the elements that a page names as those that hold its story."""
    if view.structure is None:
        return
    around = view.around
    bodies = [bool(_BODY.search(name)) for name in around.markup.names]
    if not any(bodies):
        return
    inside = around.gathered(np.array(bodies, dtype=np.int64), np.maximum)[around.holder] > 0
    kept = ~decision.noise
    if view.words[kept & inside].sum() < max(1.0, _LEAST_BODY * view.words[kept].sum()):
        return
    last = np.flatnonzero(inside & kept)[-1]
    for block in np.flatnonzero(kept & (view.index > last)).tolist():
        if block not in decision.protected:
            decision.drop(block, "tail", "below_body")
