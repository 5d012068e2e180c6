"""Short lines whose neighbours, or nothing below them, show that they are no part of the story."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.decide.decision import PARAGRAPH_WORDS, Decision
from cleaner.decide.headline import is_name
from cleaner.facts import DIGIT, QUOTE, runs
from cleaner.weigh.view import View

_BARE_HEADINGS = 2
_DIVIDER = re.compile(r"[_*=~•·–—-]{1,40}(?: [_*=~•·–—-]{1,40}){0,20}")
_NOTES = 1
"""Closing notes that may stand below a line of marks that divides nothing."""
_GAP = re.compile(r" {2,}| [|·•/] |[\t\xa0]+ ?")
_ROW_WORDS = 14
_BUTTON_WORDS = 4
_CAPTION_WORDS = (4, 16)
_CAPTIONS = 2
_LAST_WORDS = 12
_TAG_WORDS = 3
_TAG_CHARS = 30
_TAGS_LAST, _TAGS_ABOVE, _MOST_TAGS = 2, 3, 8
_BELOW_WORDS = 4
_MOST_BELOW = 12
_AT_END = frozenset({"byline", "comment", "donation", "label", "legal", "share", "source"})
_AMID = frozenset({"advert", "caption", "credit", "duplicate", "embed", "headline", "poll", "tail"})
"""Classes of what stands amid stories as often: none of them shows an end."""
_LEAST_END = 3
_FEW_BELOW_END, _MOST_BELOW_END = 6, 25
"""Lines that may stand below it: whatever they say, and only if that is of something else."""
_STRANGE = 0.4
_BRIEF_PARAGRAPH = 8
_LEAST_STORY = 5
"""Lines of the story above its end."""
_TOLD_ABOVE = 2
"""Times as many words as below: a story may stand below what is said of it too, and teasers above that."""
_LAST_LINES = 2
"""Short lines in a row that may go for what they stand beside; more are a list."""
_LEAD_AWAY = ("link", "led", "said twice")


def drop_beside_noise(view: View, decision: Decision) -> None:
    """Drop a text's lines that are no sentences and stand beside sure noise: last ones, and rows of buttons.

    Three of the first kind in a row are a list, two rows are a table: both may be the story's.
    """
    if view.structure is not None:
        return
    lines = ~decision.noise & ~view.ends_sentence & ((view.last_class & QUOTE) == 0)
    lines[list(decision.protected)] = False
    rows = [run for start, stop in runs(lines & (view.words <= _ROW_WORDS)) for run in _rows(view, start, stop)]
    paragraphs = np.flatnonzero(~decision.noise & view.ends_sentence & (view.words >= PARAGRAPH_WORDS))
    below = view.index > paragraphs.max(initial=-1)
    last = runs(lines & below & (view.words <= _LAST_WORDS)) if len(paragraphs) else []
    if any(stop - start > _LAST_LINES for start, stop in last):
        last = []
    for start, stop in [*rows, *[run for run in last if _is_loose(view, *run)]]:
        if any(decision.is_surely_noise(at) or decision.reason.get(at) in _LEAD_AWAY for at in (start - 1, stop)):
            for line in range(start, stop):
                decision.drop(line, "ui", "beside")


def _rows(view: View, start: int, stop: int) -> list[tuple[int, int]]:
    """The row of a few words each, apart by spaces or bars, that is the only one in a run of lines."""
    parts = [_GAP.split(block.text.strip()) for block in view.document.blocks[start:stop]]
    rows = [start + at for at, some in enumerate(parts) if len(some) > 1 and _are_brief(some)]
    return [(rows[0], rows[0] + 1)] if len(rows) == 1 else []


def _are_brief(parts: Sequence[str]) -> bool:
    return all(len(part.split()) <= _BUTTON_WORDS for part in parts)


def _is_loose(view: View, start: int, stop: int) -> bool:
    """Whether a run of last lines is no list, and announces nothing."""
    return not view.announces[stop - 1] and all(
        view.document.blocks[at].kind == "paragraph" for at in range(start, stop)
    )


def drop_last_tags(view: View, decision: Decision) -> None:
    """Drop a text's last lines of a word or three each that the story above names: what it is about.

    Below them other stories may be announced, in lines that are longer. Lines that are all names may be who signed it.
    """
    if view.structure is not None:
        return
    left = np.flatnonzero(~decision.noise)
    tags = ~view.ends_sentence & (view.words <= _TAG_WORDS) & (view.facts.chars <= _TAG_CHARS)
    tags &= (view.facts.count(DIGIT) == 0) & ~view.announces
    found = runs(tags[left])
    if not found:
        return
    start, stop = found[-1]
    run, below = left[start:stop], left[stop:]
    least = _TAGS_ABOVE if len(below) else _TAGS_LAST
    if not (least <= len(run) <= _MOST_TAGS and start and view.ends_sentence[left[start - 1]]):
        return
    if len(below) > _MOST_BELOW or view.words[below].min(initial=_BELOW_WORDS) < _BELOW_WORDS:
        return
    story = np.zeros(view.size, dtype=bool)
    story[left[:start]] = True
    lines = run.tolist()
    plain = all(view.document.blocks[at].kind == "paragraph" for at in lines)
    signed = all(is_name(view, at) for at in lines)
    named = (view.shared_terms(story, 1)[run] > 0).sum()
    if plain and not signed and 2 * named >= len(lines) and decision.protected.isdisjoint(lines):
        for line in lines:
            decision.drop(line, "label", "tags")


def drop_below_end(view: View, decision: Decision) -> None:
    """Drop a text's few last lines that stand below three or more that show its end.

    Those say who wrote it or what it is about, or lead to comments: not only to what stands amid stories too.
    """
    if view.structure is not None:
        return
    left = np.flatnonzero(~decision.noise)
    counted = np.array([label not in _AMID for label in decision.label]) & decision.noise
    ends = counted & np.array([label in _AT_END for label in decision.label])
    for at in range(max(_LEAST_STORY, len(left) - _MOST_BELOW_END), len(left)):
        gap = slice(left[at - 1] + 1, left[at])
        below = left[at:].tolist()
        if counted[gap].sum() < _LEAST_END or not ends[gap].any() or not decision.protected.isdisjoint(below):
            continue
        if _TOLD_ABOVE * view.words[below].sum() > view.words[left[:at]].sum():
            continue
        if len(below) <= _FEW_BELOW_END or _is_strange(view, left[:at], left[at:]):
            for line in below:
                decision.drop(line, "tail", "end")
            return


def _is_strange(view: View, story: NDArray[np.int64], rest: NDArray[np.int64]) -> bool:
    """Whether the paragraphs of the rest have few of their words from the story."""
    told = np.zeros(view.size, dtype=bool)
    told[story] = True
    paragraphs = rest[view.words[rest] >= _BRIEF_PARAGRAPH]
    return len(paragraphs) == 0 or bool(view.shared_terms(told, 1)[paragraphs].mean() <= _STRANGE)


def drop_captions(view: View, decision: Decision) -> None:
    """Drop a text's one or two lines that are no sentences and stand right over a picture's credit.

    Where there are more they are headings over pictures, and right under the headline stands the standfirst.
    """
    if view.structure is not None:
        return
    least, most = _CAPTION_WORDS
    lines = ~decision.noise & ~view.ends_sentence & (view.words >= least) & (view.words <= most)
    lines &= (view.last_class & QUOTE) == 0
    if decision.headline is not None:
        lines[: decision.headline + 2] = False
    over = [
        line
        for line in np.flatnonzero(lines[:-1]).tolist()
        if decision.label[line + 1] == "credit" and decision.is_surely_noise(line + 1)
        if _is_loose(view, line, line + 1)
    ]
    if len(over) <= _CAPTIONS:
        for line in set(over) - decision.protected:
            decision.drop(line, "caption", "beside")


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
