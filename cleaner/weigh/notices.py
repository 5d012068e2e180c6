"""Which blocks speak to the reader of something else than the story: brief, without speech, off its topic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from cleaner.facts import DIGIT, LETTER, QUOTE, UNSPACED, Bools, Floats, fold
from cleaner.model import STORY_CLASSES
from cleaner.rules.files import Rule
from cleaner.rules.match import Hit, class_of, is_certain
from cleaner.weigh.view import View
from cleaner.weigh.wording import UNNAMED

MOST_WORDS = 24
"""Words of a notice; what a story says about one is longer, for it tells who put it where."""
_LEAST_PARAGRAPH = 8
_LEAST_WORDS = 3
_SENTENCE_WORDS = 6
_PARAGRAPH_WORDS = 15
_MOST_NOTICES = 4
"""Notices that only their words tell: where there are more, it is the story that speaks so."""
_BAR = 1.9
"""Points of its words from which a line is a notice, though no rule has its phrase."""
_BAR_AT_END = 1.3
_BAR_BESIDE_NOISE = 0.9
_BAR_OF_SENTENCE = 1.0
_SCORES = 4
"""Numbers of a line that tells results."""
_FEW_WORDS = 5
_MORE_FOR_CREDIT = 1.0
"""What a line needs more that would tell of the story itself: its source, its author."""
_MORE_FOR_FEW = 0.6
"""What fewer words need more of."""
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
_LIKELY = Rule(id="words:")
_CODE = re.compile(r"[{}<>=|\[\]\t]|^https?:|[\w]\(\)")
"""Code, the cells of a table, a reference."""
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


def with_wording(view: View, hits: list[Hit]) -> list[Hit]:
    """The hits of a text, and hits for notices in it that no rule finds, by what their words are worth."""
    found = [] if view.structure is not None else _by_wording(view, hits)
    return sorted([*hits, *found], key=lambda hit: hit.block) if found else hits


def may_be_notice(view: View, left: Bools) -> bool:
    """Whether a line of what is `left` of a page may be a notice by its words, once it stands in a text."""
    if view.structure is None:
        return False
    brief = left & (view.words >= _LEAST_WORDS) & (view.words <= MOST_WORDS)
    return bool((view.wording.points(view.facts, brief)[brief] >= _bars(view, ())[brief]).any())


def _by_wording(view: View, hits: Sequence[Hit]) -> list[Hit]:
    likely = (view.words >= _LEAST_WORDS) & (view.words <= MOST_WORDS)
    likely[[hit.block for hit in hits if hit.rule.action != "cut"]] = False
    points = view.wording.points(view.facts, likely)
    bars = _bars(view, hits)
    blocks = view.document.blocks
    found = [
        Hit(block, _LIKELY, blocks[block].start, blocks[block].end)
        for block in np.flatnonzero(likely & (points >= bars)).tolist()
        if not (_CODE.search(text := blocks[block].text) or text.lstrip()[:1].islower())
    ]
    if not found:
        return found
    notices = are_notices(view, [*hits, *found])
    found = [hit for hit in found if notices[hit.block]]
    if len(found) > _MOST_NOTICES:
        return []
    named = [Hit(hit.block, _rule_of(view, hit.block), hit.start, hit.end) for hit in found]
    more = {hit.block: _MORE_FOR_CREDIT * (class_of(hit.rule) in STORY_CLASSES) for hit in named}
    return [hit for hit in named if points[hit.block] >= bars[hit.block] + more[hit.block]]


def _rule_of(view: View, block: int) -> Rule:
    name = view.wording.name(view.facts, block)
    told = view.wording.told(view.facts, block)
    return Rule(id=f"words:{told}", class_="ui" if name == UNNAMED else name)


def _bars(view: View, hits: Sequence[Hit]) -> Floats:
    """The points that the words of each block need: a sentence is no heading, and noise stands with noise."""
    noise = np.zeros(view.size, dtype=bool)
    noise[[hit.block for hit in hits if is_certain(hit.rule)]] = True
    before, after = np.append(False, noise[:-1]), np.append(noise[1:], False)
    paragraphs = view.ends_sentence & (view.words >= _PARAGRAPH_WORDS) & ~noise
    last = np.flatnonzero(paragraphs).max(initial=-1)
    first = np.flatnonzero(paragraphs).min(initial=view.size)
    bars = np.where((view.index > last) & (last >= 0), _BAR_AT_END, _BAR)
    bars[before | after] = _BAR_BESIDE_NOISE
    bars[view.words < _FEW_WORDS] += _MORE_FOR_FEW
    bars[view.ends_sentence & (view.words >= _SENTENCE_WORDS)] = _BAR_OF_SENTENCE
    numbers = view.facts.per_block((view.facts.classes[view.facts.word_starts] & DIGIT) != 0)
    bars[numbers >= _SCORES] = np.inf
    # A title or a standfirst over the story, an item of a list, or the rest of a sentence that the line before begins.
    bars[:1] = np.inf
    bars[(view.index < first) & ~view.ends_sentence] = np.inf
    bars[(view.first_class & (LETTER | QUOTE)) == 0] = np.inf
    bars[1:][~view.ends_sentence[:-1] & (view.words[:-1] >= _LEAST_PARAGRAPH)] = np.inf
    return bars


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
