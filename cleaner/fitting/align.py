"""Which blocks of a document are in its gold body: labels for fitting.

Blocks are matched to the gold text in order, so that a menu entry does not count as story only because its
word occurs there, and a hidden copy of the story counts once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cleaner.fitting.evaluate import tokens

_GRAM = 4
_SURE_WORDS = 6
_SURE_SHARE = 0.6
_NEAR = 12
_REACH = 400


class _Match(NamedTuple):
    block: int
    place: int
    length: int


def label_blocks(texts: Sequence[str], gold: str) -> list[bool | None]:
    """For each block, whether it is part of the gold body; None for one without words.

    >>> label_blocks(["Menu", "The harbour vote was delayed again.", "Menu"], "The harbour vote was delayed again.")
    [False, True, False]
    """
    wanted = tokens(gold)
    blocks = [tokens(text) for text in texts]
    chain = _longest_chain(_sure_matches(blocks, wanted))
    labels: list[bool | None] = [False if words else None for words in blocks]
    for match in chain:
        labels[match.block] = True
    edges = [_Match(-1, 0, 0), *chain, _Match(len(blocks), len(wanted), 0)]
    for before, after in pairwise(edges):
        begin = max(0, before.place) + before.length
        gap = wanted[begin : max(after.place, begin)]
        between = range(before.block + 1, after.block)
        for index in _short_matches(blocks, between, gap, backwards=before.block < 0):
            labels[index] = True
    return labels


def _sure_matches(blocks: Sequence[Sequence[str]], wanted: Sequence[str]) -> list[_Match]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(wanted) - _GRAM + 1):
        places[tuple(wanted[place : place + _GRAM])].append(place)
    found: list[_Match] = []
    for index, words in enumerate(blocks):
        if len(words) < _SURE_WORDS:
            continue
        grams = [tuple(words[at : at + _GRAM]) for at in range(len(words) - _GRAM + 1)]
        hits = [(at, places[gram]) for at, gram in enumerate(grams) if gram in places]
        if len(hits) < _SURE_SHARE * len(grams):
            continue
        votes = Counter(place - at for at, where in hits if len(where) <= 20 for place in where)
        best = votes.most_common(4)
        strong = [offset for offset, count in best if count >= 0.3 * len(grams)]
        found += [_Match(index, offset, len(words)) for offset in strong or [offset for offset, _ in best[:1]]]
    return found


def _longest_chain(matches: Sequence[_Match]) -> list[_Match]:
    """The matches that are in order in both texts and hold the most words."""
    best: list[tuple[int, int]] = []
    for number, match in enumerate(matches):
        words, link = 0, -1
        for earlier in range(max(0, number - _REACH), number):
            other = matches[earlier]
            if other.block < match.block and other.place + other.length / 2 <= match.place and best[earlier][0] > words:
                words, link = best[earlier][0], earlier
        best.append((words + match.length, link))
    chain: list[_Match] = []
    at = max(range(len(best)), key=lambda number: best[number][0]) if best else -1
    while at >= 0:
        chain.append(matches[at])
        at = best[at][1]
    return chain[::-1]


def _short_matches(
    blocks: Sequence[Sequence[str]], between: range, gap: Sequence[str], *, backwards: bool
) -> list[int]:
    """Blocks between two sure ones that occur, in order, in the stretch of gold between these."""
    found: list[int] = []
    low, high = 0, len(gap)
    for index in reversed(between) if backwards else between:
        words = list(blocks[index])
        starts = range(low, high - len(words) + 1)
        for at in reversed(starts) if backwards else starts:
            if words and list(gap[at : at + len(words)]) == words:
                distance = high - at - len(words) if backwards else at - low
                if len(words) >= _SURE_WORDS or distance <= _NEAR:
                    found.append(index)
                    low, high = (low, at) if backwards else (at + len(words), high)
                break
    return found
