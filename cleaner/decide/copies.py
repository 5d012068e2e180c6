"""What says again what other blocks say: copies, the story once more in one piece, teasers that begin like it."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from cleaner.decide.decision import PARAGRAPH_WORDS, Decision, story_prose
from cleaner.decide.headline import HEADLINE_WORDS, is_title
from cleaner.facts import LETTER, QUOTE, Bools, tally
from cleaner.weigh.structure import REGION_BIT
from cleaner.weigh.view import View, word_triples

SAME = 80
"""Characters from which on a second copy of a block counts as a duplicate."""
_BESIDE = 2
_LONG_COPY = 40
"""Words of a block from which on it may be others over again."""
_MANY_SHARE = 2
"""A block that says others over again shares words with more blocks than this, itself counted."""
_COPIED = 0.85
"""Share of its word triples that they must have."""
_PULLED_WORDS = (4, 45)
_PULLED_FROM = 8
"""Blocks above a pull quote among which the paragraph stands that it was lifted out of."""
_APART_WORDS = 7
_WORD = re.compile(r"\w+")
_SAID_TWICE = 4
"""Words from which on a line may be a title that is said twice."""
_CELLS = re.compile(r"[\t|]")
_TEASER_START = 40
_STORY_BETWEEN = 3
"""Paragraphs between a teaser and the longer text it was cut from."""


def drop_copies(view: View, decision: Decision) -> None:
    """Of copies of the same long text, side by side or in a run of copies, keep the one that looks most like story."""
    blocks = view.document.blocks
    places: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if not decision.noise[index] and len(block.text) >= SAME:
            places[block.text].append(index)
    for copies in places.values():
        best = min(copies, key=lambda copy: (decision.points[copy], copy))
        for copy in copies:
            if copy != best and _is_doubled(view, best, copy):
                decision.drop(copy, "duplicate", "copy")


def _is_doubled(view: View, first: int, second: int) -> bool:
    """Whether two equal blocks are so by mistake: they are neighbours, or so are the blocks beside them equal."""
    blocks = view.document.blocks
    if abs(first - second) <= _BESIDE:
        return True
    beside = ((first + step, second + step) for step in (-1, 1))
    return any(0 <= a < view.size and 0 <= b < view.size and blocks[a].text == blocks[b].text for a, b in beside)


def drop_said_twice(view: View, decision: Decision) -> None:
    """Drop lines below the story's first paragraph that say the same twice in a row: a link's text and its label.

    A sentence may do so by mistake, and is taken for a title only among others.
    """
    facts = view.facts
    words = facts.word_to - facts.word_from
    half = words // 2
    twice = (view.words >= 2 * _SAID_TWICE) & (words == 2 * half) & (half > 0) & ~decision.noise
    twice &= (facts.count(LETTER) > facts.chars / 2) & (story_prose(view, decision).cumsum() > 0)
    if not twice.any():
        return
    twice[twice] = facts.words[facts.word_from[twice]] == facts.words[(facts.word_from + half)[twice]]
    found = [index for index in np.flatnonzero(twice).tolist() if _has_two_halves(view.document.blocks[index].text)]
    titles = [index for index in found if not view.ends_sentence[index]]
    for index in set(found if len(titles) > 1 else titles) - decision.protected:
        decision.drop(index, "related", "said twice")


def _has_two_halves(text: str) -> bool:
    text = text.strip()
    middle = len(text) // 2
    return text[:middle].rstrip() == text[middle:].lstrip() and not _CELLS.search(text)


def drop_pull_quotes(view: View, decision: Decision) -> None:
    """Drop what stands alone word for word as a paragraph has it: a quotation shortly below the paragraph.

    On a page it may stand anywhere and without quotation marks where an element sets it apart.
    """
    quoted = ((view.first_class & QUOTE) != 0) & ((view.last_class & QUOTE) != 0)
    least, most = _PULLED_WORDS
    quoted &= (view.words >= least) & (view.words <= most)
    apart = _set_apart(view) & (view.words >= _APART_WORDS) & (view.words <= most)
    left = np.flatnonzero(~decision.noise).tolist()
    told = view.ends_sentence | (view.words > HEADLINE_WORDS)
    said = {index: _bare(view.document.blocks[index].text) for index in left} if (quoted | apart)[left].any() else {}
    for order, index in enumerate(left):
        if index in decision.protected or not (quoted[index] or apart[index]):
            continue
        above = left[max(0, order - _PULLED_FROM) : order] if quoted[index] else []
        others = [other for other in left if not apart[other]] if apart[index] else []
        if any(told[other] and said[index] in said[other] != said[index] for other in (*above, *others)):
            decision.drop(index, "duplicate", "copy")


def _set_apart(view: View) -> Bools:
    """The blocks of a page inside an element for quotations or for what stands beside the text."""
    if view.structure is None:
        return np.zeros(view.size, dtype=bool)
    around = view.around
    apart: Bools = (around.nearest("blockquote") > 0)[around.holder]
    apart |= (around.block_regions & REGION_BIT["aside"]) != 0
    return apart


def _bare(text: str) -> str:
    """Its words between spaces, without case and marks."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def drop_contained(view: View, decision: Decision) -> None:
    """Drop a long block that says again what two or more others say: the story once more, in one piece."""
    kept = ~decision.noise[view.facts.block_of]
    words, block = view.facts.words_inside[kept], view.facts.block_of[kept]
    if len(words) < 2 * _LONG_COPY:
        return
    triples = word_triples(words)
    order = np.argsort(triples, kind="stable")
    triples, block = triples[order], block[:-2][order]
    begins = np.flatnonzero(np.append(True, triples[1:] != triples[:-1]))
    if len(triples) - len(begins) < _COPIED * _LONG_COPY - 1:
        return
    ends = np.append(begins[1:], len(triples))
    group = np.repeat(np.arange(len(begins)), ends - begins)
    size = np.bincount(block, minlength=view.size)
    told = tally(block, (block[begins] != block[ends - 1])[group], view.size)
    single = _single_largest(size[block], block, begins)[group]
    beaten = tally(block, single != block, view.size)
    long = np.flatnonzero((size >= _LONG_COPY) & (told >= _COPIED * size) & (beaten == 0))
    by_block = np.argsort(block, kind="stable")
    bounds = np.searchsorted(block[by_block], (long, long + 1)).T.tolist() if len(long) else []
    for index, (start, stop) in zip(long.tolist(), bounds, strict=True):
        shared = {
            one for own in group[by_block[start:stop]].tolist() for one in block[begins[own] : ends[own]].tolist()
        }
        if len(shared) > _MANY_SHARE and index not in decision.protected:
            decision.drop(index, "duplicate", "copy")


def _single_largest(size: NDArray[np.int64], block: NDArray[np.int64], begins: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each group of entries, given by where it begins, the block of the largest size; -1 where several have it."""
    most = np.maximum.reduceat(size, begins)
    largest = size == np.repeat(most, np.diff(begins, append=len(size)))
    lowest = np.minimum.reduceat(np.where(largest, block, len(size)), begins)
    highest = np.maximum.reduceat(np.where(largest, block, -1), begins)
    return np.where(lowest == highest, lowest, -1)


def drop_repeated_teasers(view: View, decision: Decision) -> list[int]:
    """Drop a text cut short and, with a story between, the longer text that begins with it: both lead elsewhere.

    Without a story between, the longer text is the story's own begin. Returns the blocks with the longer texts.
    """
    blocks = view.document.blocks
    short = {}
    for index in np.flatnonzero(view.cut_short).tolist():
        bare = blocks[index].text.rstrip(".… ")
        if len(bare) >= _TEASER_START:
            short[bare[:_TEASER_START]] = (index, bare)
    if not short:
        return []
    anchors = []
    paragraphs = (view.ends_sentence & (view.words >= PARAGRAPH_WORDS)).cumsum()
    for index, block in enumerate(blocks):
        teaser, bare = short.get(block.text[:_TEASER_START], (index, ""))
        if teaser == index or not block.text.startswith(bare) or len(block.text) <= len(bare) + 3:
            continue
        decision.drop(teaser, "related", "teaser")
        if index > teaser and paragraphs[index - 1] - paragraphs[teaser] >= _STORY_BETWEEN:
            decision.drop(index, "tail", "teaser")
            _drop_title_over(view, decision, teaser)
            anchors.append(index)
    return anchors


def _drop_title_over(view: View, decision: Decision, teaser: int) -> None:
    """The line over a teaser is its headline."""
    if teaser > 0 and is_title(view, teaser - 1):
        decision.drop(teaser - 1, "related", "teaser")
