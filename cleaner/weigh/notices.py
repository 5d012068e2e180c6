"""Which blocks speak to the reader of something else than the story: brief, without speech, off its topic."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cleaner.facts import UNSPACED, Bools
from cleaner.rules.match import Hit
from cleaner.weigh.view import View

MOST_WORDS = 24
"""Words of a notice; what a story says about one is longer, for it tells who put it where."""
_LEAST_PARAGRAPH = 8
_MOST_SHARED = 0.3
"""Share of its content words that a notice has in common with the rest of the text, at most."""
_FEW_SHARED = 3
"""Words that it may share even where the paragraphs have less in common: several stories in one text."""
_UNSPACED_SHARED = 5
"""The same in scripts without spaces, where each two characters count as a word."""
_NO_MARK = '[^"“”„«»‹›「」『』]'
_QUOTATION = re.compile(
    """^(?:["“”„«‹「『]|[–—] ?\\w)"""
    rf"""|["“”„«‹「『]\s?(?={_NO_MARK}*(?:\S\s\S|[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff])){_NO_MARK}{{14,}}["“”»›」』]"""
)
"""Somebody's words, also behind a dash; a name in quotation marks is shorter, and nothing begins with it."""


def are_notices(view: View, hits: Sequence[Hit]) -> Bools:
    """Of the blocks that rules hit, those that quote nobody and share hardly a word with other paragraphs."""
    paragraphs = view.words >= _LEAST_PARAGRAPH
    paragraphs[[hit.block for hit in hits if hit.rule.action == "drop"]] = False
    shared = view.shared_terms(paragraphs, 1)
    usual = float(shared[paragraphs].mean()) if paragraphs.any() else 0.0
    found: Bools = (view.speech_verbs == 0) & (shared <= _MOST_SHARED)
    few = np.where(view.facts.count(UNSPACED) > 0, _UNSPACED_SHARED, _FEW_SHARED)
    found &= (shared * view.term_count <= few) | (shared <= usual)
    for block in {hit.block for hit in hits if found[hit.block]}:
        found[block] = not _QUOTATION.search(view.document.blocks[block].text)
    return found


def of_notices(view: View, hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those of rules for notices (`apart`) in blocks that are none."""
    if all(hit.rule.apart is None for hit in hits):
        return list(hits)
    found = are_notices(view, hits)
    return [
        hit for hit in hits if hit.rule.apart is None or (found[hit.block] and view.words[hit.block] <= hit.rule.apart)
    ]
