"""What a page itself declares as its article: as structured data, and by the names of elements."""

from __future__ import annotations

import re

import numpy as np

from cleaner.decide.decision import MOST_POINTS, Decision
from cleaner.facts import Bools, Floats
from cleaner.weigh.structure import REGION_BIT
from cleaner.weigh.view import View

_ARTICLE_WORDS = 6
_IN_ARTICLE = 0.7
_NOT_IN_ARTICLE = 0.2
_WHOLE_ARTICLE = 0.7
_BODY = re.compile(r"(?:^|\s)(?:e(?:ntry)?-content(?:\s|$)|itemprop=(?:\S+ )?articleBody)")
"""Names that schema.org, hAtom and h-entry give the element that holds the story."""
_BENEFIT = 0.5
"""Points by which less speaks against what stands in it."""
_MOST_BELOW = 1.0
"""Words below it, as a share of its own, up to which they are none of the story; more may be what it only begins."""


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


def favour_body(view: View, points: Floats) -> Floats:
    """The points, with the benefit of the doubt for what stands in the elements that a page names as its story's."""
    inside = _in_body(view)
    return points if inside is None else points - _BENEFIT * (inside & (2 * view.link_chars < view.facts.chars))


def end_with_body(view: View, decision: Decision) -> None:
    """Keep nothing below those elements."""
    inside = _in_body(view)
    if inside is None:
        return
    kept = ~decision.noise
    below = kept & (view.index > np.flatnonzero(inside).max(initial=-1))
    beside = (view.around.block_regions & REGION_BIT["aside"]) != 0
    if view.words[below & ~beside].sum() > _MOST_BELOW * view.words[kept & inside].sum():
        return
    for block in np.flatnonzero(below).tolist():
        if block not in decision.protected:
            decision.drop(block, "tail", "below_body")


def _in_body(view: View) -> Bools | None:
    """The blocks that stand in elements which a page names as its story's; None where it names none."""
    if view.structure is None:
        return None
    around = view.around
    names = around.markup.names
    if not _BODY.search("\n".join(names)):
        return None
    bodies = [_BODY.search(name) is not None for name in names]
    inside: Bools = around.gathered(np.array(bodies), np.logical_or)[around.holder]
    return inside
