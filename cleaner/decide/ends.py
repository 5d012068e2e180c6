"""What is left at a story's end and is no part of it: its neighbours, or nothing below it, show what it is."""

from __future__ import annotations

import re

import numpy as np

from cleaner.decide.decision import PARAGRAPH_WORDS, Decision
from cleaner.facts import QUOTE, runs
from cleaner.rules.match import is_certain
from cleaner.weigh.view import View

_BARE_HEADINGS = 2
_DIVIDER = re.compile(r"[_*=~•·–—-]{1,40}(?: [_*=~•·–—-]{1,40}){0,20}")
_NOTES = 2
"""Closing notes that stand below the last line of marks."""
_LAST_WORDS = 12
_LAST_LINES = 2
"""Short lines in a row that may go for what they stand beside; more are a list."""


def drop_beside_noise(view: View, decision: Decision) -> None:
    """Drop a line or two of a text that are no sentences, below its last paragraph and beside what was dropped."""
    if view.structure is not None:
        return
    paragraphs = np.flatnonzero(~decision.noise & view.ends_sentence & (view.words >= PARAGRAPH_WORDS))
    if not len(paragraphs):
        return
    short = ~decision.noise & ~view.ends_sentence & (view.words <= _LAST_WORDS) & (view.index > paragraphs[-1])
    short &= (view.last_class & QUOTE) == 0
    lines = runs(short)
    if any(stop - start > _LAST_LINES for start, stop in lines):
        return
    for start, stop in lines:
        plain = all(view.document.blocks[line].kind == "paragraph" for line in range(start, stop))
        if plain and not view.announces[stop - 1] and (_is_sure(decision, start - 1) or _is_sure(decision, stop)):
            for line in set(range(start, stop)) - decision.protected:
                decision.drop(line, "ui", "beside")


def _is_sure(decision: Decision, block: int) -> bool:
    """Whether a rule by itself dropped the block."""
    return any(is_certain(hit.rule) for hit in decision.rules.get(block, ()))


def drop_bare_headings(view: View, decision: Decision) -> None:
    """Drop a heading or two at the end with nothing below them: what they led to was noise, or is elsewhere."""
    left = np.flatnonzero(~decision.noise)[-_BARE_HEADINGS - 1 :].tolist()
    headings = [block for block in left if view.document.blocks[block].kind == "heading"]
    if len(headings) > _BARE_HEADINGS or not decision.protected.isdisjoint(headings):
        return
    for block in headings if left[len(left) - len(headings) :] == headings else ():
        decision.drop(block, "related", "bare")


def drop_last_divider(view: View, decision: Decision) -> None:
    """Drop a line of marks that divides nothing: no more than a closing note stands below it."""
    left = np.flatnonzero(~decision.noise)[-_NOTES - 1 :].tolist()
    for block in left:
        if _DIVIDER.fullmatch(view.document.blocks[block].text) and block not in decision.protected:
            decision.drop(block, "ui", "bare")
