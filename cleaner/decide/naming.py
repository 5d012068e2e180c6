"""A class for each block that no rule has named."""

from __future__ import annotations

import numpy as np

from cleaner.decide.decision import Decision, extent
from cleaner.decide.headline import HEADLINE_WORDS, repeats
from cleaner.facts import DIGIT, LETTER, Bools
from cleaner.weigh.view import View


def name_classes(view: View, decision: Decision) -> None:
    """Give each block that no rule has named its class."""
    first, last = extent(view, decision)
    _drop_doubled_headline(view, decision)
    digits = view.facts.count(DIGIT) > 0
    noise = decision.noise.tolist()
    for index, label in enumerate(decision.label):
        if index == decision.headline:
            decision.label[index] = "headline"
        elif label == "story":
            if noise[index]:
                decision.label[index] = _noise_class(view, index, first, last, digits)
            else:
                decision.label[index] = _story_class(view, index)


def _drop_doubled_headline(view: View, decision: Decision) -> None:
    """Drop what repeats the headline."""
    if decision.headline is None:
        return
    blocks = view.document.blocks
    title = blocks[decision.headline].text
    letters = view.facts.count(LETTER | DIGIT)
    same = letters == letters[decision.headline]
    longer = (letters > letters[decision.headline]) & (view.words <= 2 * HEADLINE_WORDS)
    longer[[index for index in np.flatnonzero(longer).tolist() if not blocks[index].text.startswith(title)]] = False
    for index in np.flatnonzero(same | longer).tolist():
        if index != decision.headline and repeats(title, blocks[index].text):
            decision.drop(index, "duplicate", "headline")


def _story_class(view: View, index: int) -> str:
    block = view.document.blocks[index]
    short = view.words[index] <= 12 and not view.ends_sentence[index] and block.kind == "paragraph"
    return "subheading" if short or block.kind == "heading" else "story"


def _noise_class(view: View, index: int, first: int, last: int, digits: Bools) -> str:
    block = view.document.blocks[index]
    if block.kind == "caption":
        return "caption"
    words = view.words[index]
    if words <= 3:
        linked = view.structure is not None and view.all_link[index]
        return "timestamp" if digits[index] else "nav" if linked else "ui"
    if index > last:
        return "tail" if words >= 5 else "nav"
    if index < first:
        return "related" if words >= 5 else "nav"
    return "related"
