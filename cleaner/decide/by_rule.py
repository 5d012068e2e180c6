"""What rules find becomes noise, but for what stands amid the story or in what a rule keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

import numpy as np

from cleaner.decide.decision import MOST_POINTS, PARAGRAPH_WORDS, Decision, extent, tells
from cleaner.decide.headline import is_title
from cleaner.model import Cut, Evidence
from cleaner.rules.match import Hit, applies, class_of, is_certain
from cleaner.weigh.notices import MOST_WORDS, are_notices
from cleaner.weigh.view import View
from cleaner.weigh.weights import CERTAIN

_SURELY_STORY = -0.4
_MOST_OF_STORY = 0.3
_LEAST_UNMARKED = 80
"""Characters of a sentence in scripts that do not mark its end."""
_TITLE_WORDS = 8
_LEAST_PARTS = 4
_MOST_PARTS = 0.8
"""Share of the blocks that the parts of a text with titles make up."""
_FEW_LABELS = 0.35
_MUCH = 100
"""Words below which nothing that a selector takes is too much."""


def is_bound(hit: Hit) -> bool:
    """Whether its rule asks where the story is or what stands before the block."""
    rule = hit.rule
    return (rule.place is not None or bool(rule.follows)) and rule.action != "body" and rule.class_ != "standfirst"


def apply_rules(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Rules that need nothing but the block."""
    keeping = {hit.block for hit in hits if hit.rule.action == "keep"}
    amid = keeping | _amid_story(view, decision, hits) | _part_titles(view, hits)
    excessive = _excessive(view, decision, hits)
    for hit in hits:
        if hit.rule.id not in excessive:
            _apply_one(decision, hit, keeping if hit.rule.css else amid)
    for block in amid - keeping:
        if not decision.noise[block]:
            decision.reason[block] = "amid"  # a sentence amid the story outranks the rules


def is_by_words(hit: Hit) -> bool:
    """Whether no rule finds it, but what its words are worth."""
    return ":" in hit.rule.id


def apply_wording(decision: Decision, hits: Sequence[Hit]) -> None:
    """Notices that only their words tell, once all else is decided: nothing is taken for noise because of them."""
    for hit in hits:
        if not decision.noise[hit.block] and hit.block not in decision.protected:
            _apply_one(decision, hit, set())


def _excessive(view: View, decision: Decision, hits: Sequence[Hit]) -> set[str]:
    """Rules whose selectors take much of what looks like the story: the site uses the name for something else."""
    blocks: dict[str, set[int]] = defaultdict(set)
    for hit in hits:
        if hit.rule.css and hit.rule.action == "drop":
            blocks[hit.rule.id].add(hit.block)
    if not blocks:
        return set()
    prose = np.where(decision.noise, 0.0, view.prose)
    most = max(_MUCH, _MOST_OF_STORY * float(prose.sum()))
    return {name for name, taken in blocks.items() if float(prose[sorted(taken)].sum()) > most}


def _amid_story(view: View, decision: Decision, hits: Sequence[Hit]) -> set[int]:
    """Full sentences between paragraphs of the story that the scorecard takes for story, whatever a rule says.

    A story about newsletters or cookie banners quotes them; its quotation reads on where a notice ends.
    """
    dropped = {hit.block for hit in hits if hit.rule.action == "drop"}
    dropped -= {hit.block for hit in hits if hit.rule.amid}
    sentence = view.is_sentence & (decision.points <= _SURELY_STORY)
    sentence &= ~view.unmarked | (view.facts.chars >= _LEAST_UNMARKED)
    prose = view.ends_sentence & (view.words >= PARAGRAPH_WORDS)
    prose[sorted(dropped)] = False
    prose |= sentence
    prose[:1] |= ~view.ends_sentence[:1]  # a headline
    edge = np.array([True])
    between = np.concatenate((edge, prose[:-1])) & np.concatenate((prose[1:], edge))
    sure = between & sentence
    if view.size > 1 and prose[1] and 0 in dropped and decision.points[0] <= _SURELY_STORY:
        sure[0] |= is_title(view, 0)
    found = {block for block in dropped if sure[block]}
    if not found:
        return found
    notices = are_notices(view, hits) & (view.words <= MOST_WORDS)
    certain = {hit.block for hit in hits if hit.rule.action == "drop" and is_certain(hit.rule)}
    return {block for block in found if not (notices[block] and block in certain)}


def _apply_one(decision: Decision, hit: Hit, keeping: set[int]) -> None:
    rule, block = hit.rule, hit.block
    label = class_of(rule)
    if rule.action == "cut":
        cut = Cut(hit.start, hit.end, "", label, (Evidence(f"rule:{rule.id}", CERTAIN),))
        decision.cuts[block] = _with(decision.cuts.get(block, ()), cut)
        return
    decision.rules.setdefault(block, []).append(hit)
    if rule.action == "keep":
        decision.protected.add(block)
        decision.noise[block] = False
        decision.label[block] = label if label == "correction" else "story"
    elif block not in keeping:
        if rule.weight is not None:
            decision.points[block] += rule.weight
        if rule.weight is None or decision.points[block] > 0:
            decision.noise[block] = True
        # A hint gives no other class to what a rule is sure of.
        if decision.noise[block] and (rule.weight is None or not decision.is_surely_noise(block)):
            decision.label[block] = label


def _with(cuts: Sequence[Cut], cut: Cut) -> list[Cut]:
    """The cuts and one more: those that overlap with it become one, which keeps the first one's class."""
    met = [one for one in cuts if one.meets(cut.start, cut.end)]
    if met:
        start, end = min(one.start for one in (*met, cut)), max(one.end for one in (*met, cut))
        evidence = tuple(chain.from_iterable(one.evidence for one in (*met, cut)))
        cut = Cut(start, end, "", met[0].label, evidence)
    return [*(one for one in cuts if one not in met), cut]


def _part_titles(view: View, hits: Sequence[Hit]) -> set[int]:
    """The titles of a text that is brief pieces under a title each: one of them may read like a label."""
    dropped = {hit.block for hit in hits if hit.rule.action == "drop"}
    if view.structure is not None or not dropped:
        return set()
    piece = view.ends_sentence & (view.words >= PARAGRAPH_WORDS)
    title = ~view.ends_sentence & (view.words <= _TITLE_WORDS)
    title[:-1] &= piece[1:]
    title[-1:] = False
    title[1:] &= piece[:-1] | (view.index[1:] == 1)
    titles = np.flatnonzero(title).tolist()
    texts = {view.document.blocks[index].text for index in titles}
    if len(texts) < max(_LEAST_PARTS, len(titles)) or 2 * len(titles) < _MOST_PARTS * view.size:
        return set()
    found = dropped.intersection(titles)
    return found if len(found) <= _FEW_LABELS * len(titles) else set()


def apply_bound_rules(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Rules that ask where the story is or what stands before the block."""
    if not hits:
        return
    first, last = extent(view, decision)
    keeping = decision.protected
    for hit in sorted(hits, key=lambda found: found.block):
        place = "before" if hit.block < first else "after" if hit.block > last else "inside"
        before = [decision.label[b] if decision.noise[b] else None for b in range(max(0, hit.block - 2), hit.block)]
        if applies(hit, before, place):
            _apply_one(decision, hit, keeping)


def stay_in_body(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Keep to the elements that hold the story by rule: the first such rule that finds one counts."""
    inside: dict[str, list[Hit]] = {}
    for hit in hits:
        inside.setdefault(hit.rule.id, []).append(hit)
    for name, own in sorted(inside.items(), key=lambda entry: entry[1][0].rule.line):
        blocks = np.zeros(view.size, dtype=bool)
        blocks[[hit.block for hit in own]] = True
        doubtful = decision.noise & (decision.points < MOST_POINTS)
        doubtful[list(decision.rules)] = False
        if not tells(view, blocks & (doubtful | ~decision.noise)):
            continue
        for index in np.flatnonzero(blocks & doubtful).tolist():
            decision.noise[index] = False
            decision.reason[index] = f"inside {name}"
        keeping = decision.protected
        for index in np.flatnonzero(~blocks & ~decision.noise).tolist():
            if index not in keeping:
                decision.drop(index, "story", f"outside {name}")
        return
