"""Which blocks speak to the reader of something else than the story: brief, without speech, off its topic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from cleaner.facts import UNSPACED, Bools, fold
from cleaner.rules.match import Hit, class_of
from cleaner.weigh.view import View

MOST_WORDS = 24
"""Words of a notice; what a story says about one is longer, for it tells who put it where."""
_LEAST_PARAGRAPH = 8
_MOST_SHARED = 0.3
"""Share of its content words that a notice has in common with the rest of the text, at most."""
_ANY_SHARED = 1
"""Words that any line may share by chance."""
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
_OPENING = re.compile(r"\W{0,4}[^\W\d_a-z][\w.'’-]*(?:[ \u00a0](?:[a-z]{1,4} ){0,2}[^\W\d_a-z][\w.'’-]*){0,3}")
_NAME = re.compile(r"[^\W\d_a-z][\w'’-]{2,}")


def are_notices(view: View, hits: Sequence[Hit]) -> Bools:
    """Of the blocks that rules hit, those that quote nobody and share hardly a word with other paragraphs."""
    paragraphs = view.words >= _LEAST_PARAGRAPH
    paragraphs[[hit.block for hit in hits if hit.rule.action == "drop"]] = False
    shared = view.shared_terms(paragraphs, 1)
    usual = float(shared[paragraphs].mean()) if paragraphs.any() else 0.0
    found: Bools = (view.speech_verbs == 0) & ((shared <= _MOST_SHARED) | (shared * view.term_count <= _ANY_SHARED))
    few = np.where(view.facts.count(UNSPACED) > 0, _UNSPACED_SHARED, _FEW_SHARED)
    found &= (shared * view.term_count <= few) | (shared <= usual)
    for block in {hit.block for hit in hits if found[hit.block]}:
        found[block] = not _QUOTATION.search(view.document.blocks[block].text)
    return found


def of_notices(view: View, hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those of rules for notices (`apart`) in blocks that are none, or that find too much (`most`)."""
    bounded = [hit for hit in hits if hit.rule.apart is not None or hit.rule.most is not None]
    if not bounded:
        return list(hits)
    found = are_notices(view, hits)
    times = Counter(hit.rule.id for hit in bounded)
    return [
        hit
        for hit in hits
        if (hit.rule.most is None or times[hit.rule.id] <= hit.rule.most)
        and (hit.rule.apart is None or (found[hit.block] and view.words[hit.block] <= hit.rule.apart))
        and not (hit.rule.apart is not None and class_of(hit.rule) == "byline" and _names_known(view, hit.block))
    ]


def _names_known(view: View, block: int) -> bool:
    """Whether a paragraph elsewhere has one of the names that the block begins with: it is about that person."""
    opening = _OPENING.match(view.document.blocks[block].text)
    names = [] if opening is None else [fold(name) for name in _NAME.findall(opening[0])]
    facts = view.facts
    places = [at for name in names for at in _places(facts.folded, name)]
    of = np.searchsorted(facts.start, np.array(places, dtype=np.int64), side="right") - 1
    return bool(((of != block) & (view.words[of] >= _LEAST_PARAGRAPH)).any())


def _places(text: str, word: str) -> list[int]:
    return [found.start() for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
