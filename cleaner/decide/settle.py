"""Whether what is left of a document would be cleaned further, were it a text: mostly told without reading it again."""

from __future__ import annotations

import numpy as np

from cleaner.decide.breaks import Gaps
from cleaner.decide.copies import SAME
from cleaner.decide.decision import Decision
from cleaner.decide.lead import name_under
from cleaner.decide.tail import SHARED_IN_TAIL
from cleaner.decide.turns import find_turns
from cleaner.rules.match import may_be_noise
from cleaner.rules.ruleset import RuleSet
from cleaner.weigh.notices import may_be_notice
from cleaner.weigh.view import View
from cleaner.weigh.weights import SHARED_AT_END, shared_at_end


def is_settled(view: View, decision: Decision, rules: RuleSet, language: str | None, site: str | None) -> bool:
    """Whether nothing more would go for sure: a closer look would weigh what may be a tail, but no line by itself."""
    blocks = view.document.blocks
    left = decision.kept.copy()
    if decision.headline is not None:
        left[decision.headline] = True
    order = np.flatnonzero(left)
    if decision.headline is None and not view.is_sentence[order[:2]].any():
        return False  # its second line may be taken for a headline, and the first for a label over it
    if decision.headline is not None and name_under(view, order[order > decision.headline]) is not None:
        return False
    if may_be_notice(view, left) or any(
        cut.label != "space" for index in order.tolist() for cut in decision.cuts.get(index, ())
    ):
        return False
    if "copy" in decision.reason.values():
        return False  # what is left of several may be seen to be another's copy
    texts = [blocks[index].text for index in order.tolist()]
    if view.structure is not None:
        texts = [line for text in texts for line in text.split("\n") if line]
    long = [text for text in texts if len(text) >= SAME]
    if len(set(long)) < len(long) or texts[0] in texts[1:] or view.cut_short[order].any():
        return False
    shared = shared_at_end(view, left)
    if shared < SHARED_AT_END or find_turns(view, order) or may_be_noise(rules, texts, language, site):
        return False
    return shared >= SHARED_IN_TAIL or not Gaps(view, order, decision.label, decision.points).usable.any()
