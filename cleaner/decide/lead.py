"""What stands between the headline and the story: times and names, the standfirst, the story's begin."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.decide.breaks import LONG_PARAGRAPH
from cleaner.decide.decision import Decision, extent, only_doubted
from cleaner.decide.headline import META, REACH, is_name, is_time, is_title, is_told
from cleaner.weigh.view import View

_UNDER_HEADLINE = 4
_LEAST_LEAD = 6
"""Words of a line under the headline from which on it is no name, date or counter: of these there may be many."""
_FEW_SENTENCES = 3
_NAME_WORDS = (2, 3)
_STANDFIRST_WORDS = 4
_UNDER_WORDS = 8
"""Words from which on what stands right under the headline, over the author or the time, is the standfirst."""
_SAME_WORDS = 0.8
_WORD = re.compile(r"\w+")
_STORY_PARAGRAPHS = 3
_NOTE_WORDS = 60


def clear_under_headline(view: View, decision: Decision) -> None:
    """Drop times and the author's name between the headline and the story."""
    if decision.headline is None:
        return
    _drop_times_and_names(view, decision, decision.headline)
    start = decision.headline + 1
    name = name_under(view, start + np.flatnonzero(~decision.noise[start:]))
    if name is not None and name not in decision.protected:
        decision.drop(name, "byline", "headline")


def _drop_times_and_names(view: View, decision: Decision, headline: int) -> None:
    """Drop what is a time by its look, and names right over a time or another name."""
    zone: list[int] = []
    for index in range(headline + 1, min(view.size, headline + REACH)):
        told = not decision.noise[index] and view.is_sentence[index]
        if told and view.is_sentence[zone].any():
            break
        zone.append(index)
    over_meta = False
    for index in reversed(zone):
        meta = decision.noise[index] and (decision.label[index] in META or is_time(view, index))
        if not decision.noise[index] and index not in decision.protected:
            label = "timestamp" if is_time(view, index) else "byline" if over_meta and is_name(view, index) else None
            if label is not None:
                decision.drop(index, label, "headline")
                meta = True
        over_meta = meta


def drop_author_note(view: View, decision: Decision) -> None:
    """Drop a paragraph near the end that begins with the name which stands above the story: who wrote it."""
    prose = np.flatnonzero(~decision.noise & view.is_sentence)
    if len(prose) < _STORY_PARAGRAPHS:
        return
    blocks, half = view.document.blocks, int(prose[len(prose) // 2])
    meta = [bool(decision.noise[at]) and decision.label[at] in META for at in range(min(half, REACH) + 1)]
    above = [
        at
        for at in range(1, len(meta) - 1)
        if (meta[at] and decision.label[at] == "byline") or (is_name(view, at) and (meta[at - 1] or meta[at + 1]))
    ]
    if not above:
        return
    told = Counter(chain.from_iterable({*pairwise(_bare_words(blocks[index].text))} for index in prose.tolist()))
    names = {name for at in above for name in pairwise(_bare_words(blocks[at].text)) if told[name] == 1}
    for index in prose[max(_STORY_PARAGRAPHS, len(prose) // 2) :].tolist():
        begin = tuple(_bare_words(blocks[index].text)[:2])
        note = begin in names and not any(word[0].islower() for word in begin)
        if note and view.words[index] <= _NOTE_WORDS and index not in decision.protected:
            decision.drop(index, "byline", "author")


def _bare_words(text: str) -> list[str]:
    """Its words without the marks at their ends, but for those of speech."""
    return [bare for word in text.split() if (bare := word.strip(",.:;|()[]·•"))]


def name_under(view: View, left: NDArray[np.int64]) -> int | None:
    """Of the blocks left under a headline, the line of two or three words with capitals right over a paragraph."""
    left = left[: _UNDER_HEADLINE + 1]
    prose = np.flatnonzero(view.is_sentence[left])
    if not len(prose) or prose[0] == 0:
        return None
    name = int(left[prose[0] - 1])
    named = _NAME_WORDS[0] <= view.words[name] <= _NAME_WORDS[1] and view.capitalised[name] == 1
    return name if named and view.function_share[name] == 0 and is_title(view, name) else None


def keep_standfirst(view: View, decision: Decision, named: set[int]) -> None:
    """Between the headline and the story, what rules name so or what the page says about itself is its standfirst."""
    if decision.headline is None:
        return
    first, _ = extent(view, decision)
    alike, covered = view.description_terms
    same = (alike >= _SAME_WORDS) & (covered >= _SAME_WORDS) & (view.words >= _STANDFIRST_WORDS)
    found = {*np.flatnonzero(same[:first]).tolist(), *(index for index in named if index < first)}
    below = decision.headline + 1
    if below < first and _is_under(view, decision, below):
        found.add(below)
    for index in sorted(found):
        if index > decision.headline and view.document.blocks[index].kind != "caption":
            decision.noise[index] = False
            decision.label[index] = "standfirst"


def _is_under(view: View, decision: Decision, index: int) -> bool:
    """Whether a block right under the page's headline is no link and has the author or the time right below it."""
    block = view.document.blocks[index]
    plain = block.kind in ("paragraph", "heading") and not block.link_chars and view.words[index] >= _UNDER_WORDS
    if not plain or index in decision.rules or not is_told(view, index - 1):
        return False
    return any(decision.noise[at] and decision.label[at] in META for at in range(index + 1, min(index + 3, view.size)))


def keep_begin(view: View, decision: Decision) -> None:
    """The first paragraph right under the headline that the page gives is the story's begin, if only doubted."""
    headline = decision.headline
    if headline is None or not is_told(view, headline):
        return
    below = np.flatnonzero(view.words[headline + 1 :] >= _LEAST_LEAD)[:_UNDER_HEADLINE] + headline + 1
    for index in below[below <= headline + REACH].tolist():
        if view.full[index] or (view.words[index] >= LONG_PARAGRAPH and view.sentences[index] >= _FEW_SENTENCES):
            block = view.document.blocks[index]
            plain = block.kind == "paragraph" and 2 * (block.link_chars or 0) < len(block.text)
            if plain and decision.noise[index] and only_doubted(decision, index):
                decision.noise[index] = False
                decision.label[index] = "story"
            return
