"""From points to verdicts: the story as a run of blocks, its headline, and a class for all that is not story."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Sequence

import numpy as np

from cleaner.facts import Bools, Floats, fold
from cleaner.match import Hit, applies
from cleaner.view import View
from cleaner.weigh import Weights

_SAME = 40
"""Characters from which on a second copy of a block counts as a duplicate."""
_LEAST_WORDS = 20
_HEADLINE_WORDS = 30
_HEADLINE_REACH = 12


@dataclass
class Decision:
    """What becomes of each block."""

    label: list[str]
    kept: Bools
    points: Floats
    rules: dict[int, list[Hit]] = field(default_factory=dict)
    cuts: dict[int, list[Hit]] = field(default_factory=dict)
    headline: int | None = None
    refused: str | None = None


def decide(view: View, weights: Weights, hits: Sequence[Hit]) -> Decision:
    points = weights.points + view.rule_points - weights.card.drop_above
    decision = Decision(["story"] * view.size, points <= 0, points)
    free: list[Hit] = []
    bound: list[Hit] = []
    for hit in hits:
        (bound if hit.rule.place is not None or hit.rule.follows else free).append(hit)
    _apply(decision, free)
    _drop_copies(view, decision)
    if not _has_story(view, decision):
        return _refuse(view, decision, "no story found: no run of full sentences")
    decision.headline = find_headline(view, decision)
    _apply_bound(view, decision, bound)
    _name(view, decision)
    if not _has_story(view, decision):
        return _refuse(view, decision, "nothing would be left of it")
    return decision


def _apply(decision: Decision, hits: Sequence[Hit]) -> None:
    protected = {hit.block for hit in hits if hit.rule.action == "keep"}
    for hit in hits:
        _apply_one(decision, hit, protected)


def _apply_one(decision: Decision, hit: Hit, protected: set[int]) -> None:
    rule, block = hit.rule, hit.block
    if rule.action == "cut":
        decision.cuts.setdefault(block, []).append(hit)
        return
    decision.rules.setdefault(block, []).append(hit)
    if rule.action == "keep":
        decision.kept[block] = True
        decision.label[block] = rule.class_ or "story"
    elif block not in protected:
        if rule.weight is None:
            decision.kept[block] = False
        if not decision.kept[block]:
            decision.label[block] = rule.class_ or "template"


def _apply_bound(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Rules that ask where the story is or what stands before the block."""
    if not hits:
        return
    first, last = _extent(view, decision)
    protected = {block for block, found in decision.rules.items() if any(h.rule.action == "keep" for h in found)}
    for hit in sorted(hits, key=lambda found: found.block):
        place = "before" if hit.block < first else "after" if hit.block > last else "inside"
        before = [None if decision.kept[b] else decision.label[b] for b in range(max(0, hit.block - 2), hit.block)]
        if applies(hit, before, place):
            if hit.rule.weight is not None and hit.rule.action == "drop":
                decision.points[hit.block] += hit.rule.weight
                if decision.points[hit.block] > 0 and hit.block not in protected:
                    decision.kept[hit.block] = False
            _apply_one(decision, hit, protected)


def _extent(view: View, decision: Decision) -> tuple[int, int]:
    """The first and the last block of the story's prose."""
    prose = np.flatnonzero(decision.kept & view.ends_sentence & (view.words >= 12))
    if not len(prose):
        prose = np.flatnonzero(decision.kept)
    return (int(prose[0]), int(prose[-1])) if len(prose) else (0, view.size)


def _drop_copies(view: View, decision: Decision) -> None:
    """Of several copies of the same long text, keep the one that stands among most story."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(view.document.blocks):
        if decision.kept[index] and len(block.text) >= _SAME:
            places[block.text].append(index)
    for copies in places.values():
        if len(copies) > 1:
            for copy in copies[1:]:
                decision.kept[copy] = False
                decision.label[copy] = "duplicate"


def _has_story(view: View, decision: Decision) -> bool:
    kept = decision.kept
    return bool((kept & view.ends_sentence & (view.words >= 8)).any()) and float(view.words[kept].sum()) >= _LEAST_WORDS


def _refuse(view: View, decision: Decision, reason: str) -> Decision:
    decision.refused = reason
    decision.kept[:] = True
    decision.cuts.clear()
    decision.headline = None
    return decision


def find_headline(view: View, decision: Decision) -> int | None:
    """The block that is the headline: what the page says it is, or a title-like line over the story."""
    kept = np.flatnonzero(decision.kept & view.ends_sentence & (view.words >= 12))
    if not len(kept):
        return None
    first = int(kept[0])
    named = _named_headline(view, first)
    if named is not None:
        return named
    blocks = view.document.blocks
    for index in range(max(0, first - _HEADLINE_REACH), first):
        if decision.kept[index] and _is_title(view, index) and blocks[index].kind in ("paragraph", "heading"):
            return index
        if decision.kept[index]:
            return None
    return None


def _is_title(view: View, index: int) -> bool:
    text = view.document.blocks[index].text
    words = view.words[index]
    return 2 <= words <= _HEADLINE_WORDS and text[-1] not in ".…:;,。" and "\n" not in text


def _named_headline(view: View, first: int) -> int | None:
    wanted = [_bare(title) for title in view.document.headlines]
    best: tuple[int, int] | None = None
    for index, block in enumerate(view.document.blocks[: first + 1]):
        bare = _bare(block.text) if view.words[index] <= 2 * _HEADLINE_WORDS else ""
        if bare and bare in wanted:
            rank = (0 if block.kind == "heading" else 1, wanted.index(bare))
            if best is None or rank < best[1:]:
                best = (index, *rank)  # type: ignore[assignment]
    return best[0] if best else None


def _bare(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _name(view: View, decision: Decision) -> None:
    """Give each block that no rule has named its class."""
    first, last = _extent(view, decision)
    blocks = view.document.blocks
    title = _bare(blocks[decision.headline].text) if decision.headline is not None else None
    for index, block in enumerate(blocks):
        if index == decision.headline:
            decision.label[index] = "headline"
            decision.kept[index] = False
        elif title and view.words[index] <= 2 * _HEADLINE_WORDS and _bare(block.text) == title and not decision.rules.get(index):
            decision.label[index] = "duplicate"
            decision.kept[index] = False
        elif decision.kept[index]:
            if decision.label[index] == "story":
                decision.label[index] = _story_class(view, index, first)
        elif decision.label[index] == "story":
            decision.label[index] = _noise_class(view, index, first, last)


def _story_class(view: View, index: int, first: int) -> str:
    block = view.document.blocks[index]
    if block.kind == "heading" or (view.words[index] <= 12 and not view.ends_sentence[index] and block.kind == "paragraph"):
        return "subheading"
    return "story"


def _noise_class(view: View, index: int, first: int, last: int) -> str:
    block = view.document.blocks[index]
    if block.kind == "caption":
        return "caption"
    words = view.words[index]
    if words <= 3:
        return "timestamp" if any(char.isdigit() for char in block.text) else "ui"
    if index > last:
        return "tail" if words >= 5 else "nav"
    if index < first:
        return "related" if words >= 5 else "nav"
    return "related"
