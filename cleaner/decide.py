"""From points to verdicts: the story as a run of blocks, its headline, and a class for all that is not story."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.breaks import HEADER_WORDS, LONG_PARAGRAPH, Gaps, measure_breaks
from cleaner.facts import BUCKETS, COLON, DIGIT, LETTER, QUESTION, Bools, Floats, tally
from cleaner.match import Hit, applies, class_of, is_certain
from cleaner.model import Cut, Evidence
from cleaner.page_verdict import is_cut_off, is_live_blog, why_no_story
from cleaner.policy import Policy
from cleaner.repair import find_repairs
from cleaner.view import View, bare_text, word_triples
from cleaner.weigh import CERTAIN, Weights, shared_at_end

_NEARLY_BEST = 1.0
"""Points by which gaps may differ and still be equally good; the latest of them leaves most of the story."""
SAME = 80
"""Characters from which on a second copy of a block counts as a duplicate."""
_BESIDE = 2
_LONG_COPY = 40
"""Words of a block from which on it may be others over again."""
_MANY_SHARE = 2
"""A block that says others over again shares words with more blocks than this, itself counted."""
_COPIED = 0.85
"""Share of its word triples that they must have."""
_LEAST_WORDS = 20
_HEADLINE_WORDS = 30
_LONGEST_TITLE = 24
"""Words of a line from which on it is a paragraph, where no page says that it is the headline."""
_HEADLINE_REACH = 12
_MOST_KICKERS = 3
_KICKER_WORDS = 12
_MOST_ABOVE = 0.15
"""Share of the story that may seem to stand above the headline that the page gives."""
_UNDER_HEADLINE = 4
_FEW_SENTENCES = 3
_LEAD = 4
"""Paragraphs at the story's begin that a headline shares words with."""
_TEASER_START = 40
_STORY_BETWEEN = 3
"""Paragraphs between a teaser and the longer text it was cut from."""
SHARED_IN_TAIL = 0.4
"""Share of their content words that a tail's last paragraphs may have from before: more costs the time to look."""
_TABLE_ROWS = 3
_NAME_WORDS = (2, 3)
_BEGUN = 2
"""Paragraphs from which on the story has begun."""
_LISTS = ("related", "tail")
_LONGEST_LIST = 12
_TWO_SENTENCES = 2
_SUBHEADING_WORDS = 4
_TIMES = 2
_MOST_BETWEEN = 3
"""Lines from one time of a list to the next."""
_ARTICLE_WORDS = 6
_SHORT_SENTENCE = 4
_PARAGRAPH_WORDS = 12
_SURELY_STORY = -0.4
_IN_ARTICLE = 0.7
_NOT_IN_ARTICLE = 0.2
_WHOLE_ARTICLE = 0.7
_MOST_POINTS = 4.0
_MOST_OF_STORY = 0.3
_MUCH = 100
"""Words below which nothing that a selector takes is too much."""
_SAME_WORDS = 0.8
_MOST_DOUBT = 2.0
_BESIDE_BEST = 0.8


@dataclass
class Decision:
    """What becomes of each block."""

    label: list[str]
    noise: Bools
    kept: Bools
    points: Floats
    rules: dict[int, list[Hit]] = field(default_factory=dict)
    protected: set[int] = field(default_factory=set)
    """The blocks that a rule keeps."""
    reason: dict[int, str] = field(default_factory=dict)
    """Why a block was decided other than by its points or a rule: the name of the step."""
    cuts: dict[int, list[Cut]] = field(default_factory=dict)
    noted: list[int] = field(default_factory=list)
    headline: int | None = None
    flags: tuple[str, ...] = ()
    refused: str | None = None

    def is_hinted(self, block: int) -> bool:
        """Whether it is a time or a label by no more than hints, as also the lines over teasers are."""
        found = self.rules.get(block, ())
        return self.label[block] in ("timestamp", "label") and all(hit.rule.weight is not None for hit in found)

    def drop(self, block: int, label: str, reason: str) -> None:
        self.noise[block] = True
        self.label[block] = label
        self.reason[block] = reason

    def give_up(self, block: int, label: str, hits: Sequence[Hit]) -> None:
        """Drop a block after all: what is left around it shows what it is."""
        self.drop(block, label, "again")
        self.kept[block] = False
        self.rules.setdefault(block, []).extend(hits)
        if block == self.headline:
            self.headline = None

    def name_tail(self) -> None:
        """Where a tail was found after all, what only hints had named in it belongs to it."""
        tail = [block for block, reason in self.reason.items() if reason == "again" and self.label[block] == "tail"]
        for block in range(min(tail, default=0), max(tail, default=0)):
            if self.noise[block] and self.is_hinted(block):
                self.label[block] = "tail"

    def cut_line(self, view: View, block: int, line: str, label: str) -> bool:
        """Cut one line out of a block of several; False where it is not found or already cut."""
        at = view.document.blocks[block].text.find(line)
        start = view.document.blocks[block].start + at
        cuts = self.cuts.setdefault(block, [])
        if at < 0 or any(cut.start < start + len(line) and start < cut.end for cut in cuts):
            return False
        cuts.append(Cut(start, start + len(line), "", label, (Evidence("step:again", 0.0),)))
        cuts.sort(key=lambda cut: (cut.start, cut.end))
        return True


def decide(view: View, weights: Weights, hits: Sequence[Hit], policy: Policy) -> Decision:
    """Decide on every block of a document."""
    decision = _decide_or_again(view, weights, hits, policy)
    if decision.refused is None and not any(hit.rule.action == "body" for hit in hits):
        story = ~decision.noise & decision.kept
        reason = why_no_story(view, story, decision.label, decision.headline)
        return decision if reason is None else _refuse(decision, reason)
    return decision


def _decide_or_again(view: View, weights: Weights, hits: Sequence[Hit], policy: Policy) -> Decision:
    """Where a page shows no story by the card's measure, take its best sentences for one if no worse than doubtful."""
    decision = _decide(view, weights, hits, policy, weights.card.threshold(weights.points, view.words))
    if decision.refused is None or view.structure is None:
        return decision
    best = float(weights.points[view.is_sentence].min(initial=np.inf))
    if best > _MOST_DOUBT:
        return decision
    again = _decide(view, weights, hits, policy, best + _BESIDE_BEST)
    return again if again.refused is None else decision


def _decide(view: View, weights: Weights, hits: Sequence[Hit], policy: Policy, drop_above: float) -> Decision:
    decision = decide_but_tail(view, weights, hits, drop_above)
    _drop_tail(view, weights, decision, _drop_repeated_teasers(view, decision))
    if not _has_story(view, decision):
        return _refuse(decision, "no story found in it: no run of full sentences")
    _apply_bound(view, decision, [hit for hit in hits if _is_bound(hit)])
    decision.headline = find_headline(view, decision)
    _clear_above_headline(view, decision)
    _drop_name_under_headline(view, decision)
    _keep_standfirst(view, decision, {hit.block for hit in hits if hit.rule.class_ == "standfirst"})
    _keep_begin(view, decision)
    _name(view, decision)
    fates = {label: policy.fate(label) for label in set(decision.label)}
    for index, label in enumerate(decision.label):
        decision.kept[index] = fates[label] == "keep"
        if fates[label] == "metadata" and index != decision.headline:
            decision.noted.append(index)
    if not _has_story(view, decision):
        return _refuse(decision, "nothing of it would be left")
    decision.flags = _flags(view, decision)
    _repair(view, decision, policy.repairs)
    return decision


def decide_but_tail(view: View, weights: Weights, hits: Sequence[Hit], drop_above: float) -> Decision:
    """What is noise by points, by rules that need nothing but the block, as a copy, or in a list."""
    points = _of_tables(view, weights.points) - drop_above
    decision = Decision(["story"] * view.size, points > 0, np.ones(view.size, dtype=bool), points)
    bodies = [hit for hit in hits if hit.rule.action == "body"]
    named = [hit for hit in hits if hit.rule.action != "body" and hit.rule.class_ != "standfirst"]
    _apply(view, decision, [hit for hit in named if not _is_bound(hit)])
    _stay_in_body(view, decision, bodies)
    _follow_article(view, decision)
    _drop_copies(view, decision)
    _drop_contained(view, decision)
    _drop_links(view, decision)
    _drop_listed(view, decision)
    return decision


def _of_tables(view: View, points: Floats) -> Floats:
    """The points, with the mean for each row of a table of data: its rows stay or go together."""
    if view.structure is None:
        return points
    rows = [index for index, block in enumerate(view.document.blocks) if "\t" in block.text]
    if len(rows) < _TABLE_ROWS:
        return points
    table = view.around.nearest("table")[view.around.holder[rows]]
    total = np.bincount(table, weights=points[rows])
    points = points.copy()
    points[rows] = (total / np.maximum(np.bincount(table), 1))[table]
    return points


def _is_bound(hit: Hit) -> bool:
    """Whether its rule asks where the story is or what stands before the block."""
    rule = hit.rule
    return (rule.place is not None or bool(rule.follows)) and rule.action != "body" and rule.class_ != "standfirst"


def _repair(view: View, decision: Decision, repairs: frozenset[str]) -> None:
    """Put white space right in what is kept, where no cut is in the way."""
    for block, repair in find_repairs(view, repairs):
        if decision.kept[block]:
            cuts = decision.cuts.setdefault(block, [])
            if all(repair.end <= cut.start or repair.start >= cut.end for cut in cuts):
                cuts.append(repair)
    for cuts in decision.cuts.values():
        cuts.sort(key=lambda cut: (cut.start, cut.end))


# Rules


def _apply(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Rules that need nothing but the block."""
    keeping = {hit.block for hit in hits if hit.rule.action == "keep"}
    amid = keeping | _amid_story(view, decision, hits)
    excessive = _excessive(view, decision, hits)
    for hit in hits:
        if hit.rule.id not in excessive:
            _apply_one(decision, hit, keeping if hit.rule.css else amid)
    for block in amid - keeping:
        if not decision.noise[block]:
            decision.reason[block] = "amid"  # a sentence amid the story outranks the rules


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
    sentence = view.is_sentence & (decision.points <= _SURELY_STORY)
    prose = view.ends_sentence & (view.words >= _PARAGRAPH_WORDS)
    prose[sorted(dropped)] = False
    prose |= sentence
    prose[:1] |= ~view.ends_sentence[:1]  # a headline
    edge = np.array([True])
    between = np.concatenate((edge, prose[:-1])) & np.concatenate((prose[1:], edge))
    sure = between & sentence
    if view.size > 1 and prose[1] and 0 in dropped and decision.points[0] <= _SURELY_STORY:
        sure[0] |= _is_title(view, 0)
    return {block for block in dropped if sure[block]}


def _apply_one(decision: Decision, hit: Hit, keeping: set[int]) -> None:
    rule, block = hit.rule, hit.block
    label = class_of(rule)
    if rule.action == "cut":
        cut = Cut(hit.start, hit.end, "", label, (Evidence(f"rule:{rule.id}", CERTAIN),))
        decision.cuts.setdefault(block, []).append(cut)
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
        if decision.noise[block] and (rule.weight is None or not _is_named(decision, block)):
            decision.label[block] = label


def _is_named(decision: Decision, block: int) -> bool:
    """Whether a rule that is sure gave the block its class: a hint does not give it another."""
    return any(is_certain(hit.rule) for hit in decision.rules[block])


def _apply_bound(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Rules that ask where the story is or what stands before the block."""
    if not hits:
        return
    first, last = _extent(view, decision)
    keeping = decision.protected
    for hit in sorted(hits, key=lambda found: found.block):
        place = "before" if hit.block < first else "after" if hit.block > last else "inside"
        before = [decision.label[b] if decision.noise[b] else None for b in range(max(0, hit.block - 2), hit.block)]
        if applies(hit, before, place):
            _apply_one(decision, hit, keeping)


def _stay_in_body(view: View, decision: Decision, hits: Sequence[Hit]) -> None:
    """Keep to the elements that hold the story by rule: the first such rule that finds one counts."""
    inside: dict[str, list[Hit]] = {}
    for hit in hits:
        inside.setdefault(hit.rule.id, []).append(hit)
    for name, own in sorted(inside.items(), key=lambda entry: entry[1][0].rule.line):
        blocks = np.zeros(view.size, dtype=bool)
        blocks[[hit.block for hit in own]] = True
        doubtful = decision.noise & (decision.points < _MOST_POINTS)
        doubtful[list(decision.rules)] = False
        if not _tells(view, blocks & (doubtful | ~decision.noise)):
            continue
        for index in np.flatnonzero(blocks & doubtful).tolist():
            decision.noise[index] = False
            decision.reason[index] = f"inside {name}"
        keeping = decision.protected
        for index in np.flatnonzero(~blocks & ~decision.noise).tolist():
            if index not in keeping:
                decision.drop(index, "story", f"outside {name}")
        return


# The run of blocks


def _prose(view: View, decision: Decision) -> Bools:
    return ~decision.noise & view.is_sentence


def _extent(view: View, decision: Decision) -> tuple[int, int]:
    """The first and the last block of the story's prose."""
    prose = np.flatnonzero(_prose(view, decision))
    if not len(prose):
        prose = np.flatnonzero(~decision.noise)
    return (int(prose[0]), int(prose[-1])) if len(prose) else (0, view.size - 1)


def _follow_article(view: View, decision: Decision) -> None:
    """Let the article text that a page carries as structured data settle what the points leave open.

    Only where it is the whole story: most of what would be kept must be in it.
    """
    share = view.article_share
    if share is None or view.document.live:
        return
    sized = view.words >= _ARTICLE_WORDS
    kept = ~decision.noise & sized
    found = kept & (share >= _IN_ARTICLE)
    if not found.any() or view.words[found].sum() < _WHOLE_ARTICLE * view.words[kept].sum():
        return
    ruled = set(decision.rules)
    back = sized & (share >= _IN_ARTICLE) & decision.noise & (decision.points < _MOST_POINTS)
    for block in np.flatnonzero(back).tolist():
        if block not in ruled:
            decision.noise[block] = False
            decision.reason[block] = "article"
    first, last = np.flatnonzero(found)[[0, -1]].tolist()
    apart = sized & (share <= _NOT_IN_ARTICLE)
    outside = (view.index < first) | (view.index > last)
    keeping = decision.protected
    for block in np.flatnonzero(kept & (apart | outside) & (share < _IN_ARTICLE)).tolist():
        if block not in keeping:
            decision.drop(block, "story", "article")


def _drop_copies(view: View, decision: Decision) -> None:
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


def _drop_contained(view: View, decision: Decision) -> None:
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


def _drop_links(view: View, decision: Decision) -> None:
    """Drop paragraphs that are a link and no sentence: they lead to another story."""
    if view.structure is None:
        return
    keeping = decision.protected
    linked = view.all_link & ~view.ends_sentence & ~decision.noise
    for index in np.flatnonzero(linked).tolist():
        if view.document.blocks[index].kind == "paragraph" and index not in keeping:
            decision.drop(index, "related", "link")


def _drop_repeated_teasers(view: View, decision: Decision) -> list[int]:
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
    paragraphs = (view.ends_sentence & (view.words >= _PARAGRAPH_WORDS)).cumsum()
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


def _drop_listed(view: View, decision: Decision) -> None:
    """Drop the titles under a header of other stories, and those that stand in turns with times.

    Only below the story's first paragraphs: above them the last such title may be the story's own. A sentence ends
    the list, but where titles and sentences stand in turns from a header to the end.
    """
    headers = {
        index
        for index in _ruled(decision, _LISTS)
        if decision.noise[index] and decision.label[index] in _LISTS and _is_header(view, index)
    }
    times = _ruled(decision, ("timestamp",))
    begun = np.flatnonzero(_prose(view, decision).cumsum() >= _BEGUN)
    if not len(begun) or not (headers or len(times) >= _TIMES):
        return
    titles = (~view.ends_sentence | ((view.last_class & QUESTION) != 0)) & (view.words <= _LONGEST_TITLE)
    titles &= (((view.last_class & COLON) == 0) | decision.noise) & (view.index > begun[0])
    titles &= view.sentences < _TWO_SENTENCES
    titles[list(decision.protected)] = False
    marks = sorted(headers | times)
    for start, stop in _runs(titles):
        inside = marks[bisect_left(marks, start) : bisect_left(marks, stop)]
        if not inside:
            continue
        header = next((index for index in inside if index in headers), stop)
        beside = _beside([index for index in inside if index in times], range(start, stop))
        for index in [*_under(view, decision, titles, header, stop), *beside]:
            if not decision.noise[index] or decision.is_hinted(index):
                decision.drop(index, "related", "listed")


def _is_header(view: View, index: int) -> bool:
    """Whether a line that leads away from the story stands over others, and does not name one itself."""
    text = view.document.blocks[index].text
    return bool(view.words[index] <= HEADER_WORDS) and ": " not in text and "：" not in text[:-1]


def _ruled(decision: Decision, classes: tuple[str, ...]) -> set[int]:
    """The blocks that a rule of one of the classes speaks of."""
    return {index for index, hits in decision.rules.items() for hit in hits if hit.rule.class_ in classes}


def _runs(marked: Bools) -> list[tuple[int, int]]:
    """The runs of marked blocks, as (from, to)."""
    change = np.flatnonzero(np.diff(marked.astype(np.int8), prepend=0, append=0))
    return list(zip(change[::2].tolist(), change[1::2].tolist(), strict=True))


def _under(view: View, decision: Decision, titles: Bools, header: int, stop: int) -> range:
    """The lines that stand under the header of other stories, in a run of titles up to `stop`."""
    if header == stop:
        return range(0)
    if _in_turns(view, decision, titles, header + 1):
        return range(header + 1, view.size)
    stop = _end_of_list(view, header + 1, stop)
    if stop < view.size and _heads_next(view, stop - 1):
        stop -= 1
    return range(header + 1, min(stop, header + 1 + _LONGEST_LIST))


def _end_of_list(view: View, start: int, stop: int) -> int:
    """Where a heading stands, or the line over a list of another kind: what follows is the story's; else `stop`."""
    kinds = [block.kind for block in view.document.blocks[start:stop]]
    for offset, kind in enumerate(kinds):
        if kind != kinds[0] and kind in ("heading", "list_item"):
            return start + offset - (kind == "list_item")
    return stop


def _in_turns(view: View, decision: Decision, titles: Bools, start: int) -> bool:
    """Whether from a block on titles and short paragraphs stand in turns: each with what its story begins with."""
    left = start + np.flatnonzero(~decision.noise[start:])
    if not 3 <= len(left) <= 2 * _LONGEST_LIST or not decision.protected.isdisjoint(left.tolist()):
        return False
    turns = titles[left] == (np.arange(len(left)) % 2 == 0)
    return bool(turns.all() and (view.words[left] < LONG_PARAGRAPH).all())


def _heads_next(view: View, index: int) -> bool:
    """Whether a line before a sentence is more likely its subheading than a title in a list."""
    return bool(view.words[index] <= _SUBHEADING_WORDS) or view.document.blocks[index].kind == "heading"


def _beside(times: Sequence[int], run: range) -> range:
    """The lines of a run from the first to the last of several times that stand close to each other."""
    reach = max([after - before for before, after in pairwise(times)], default=0)
    if not 2 <= reach <= _MOST_BETWEEN:
        return range(0)
    return range(max(run.start, times[0] - reach + 1), min(run.stop, times[-1] + reach))


def _drop_title_over(view: View, decision: Decision, teaser: int) -> None:
    """The line over a teaser is its headline."""
    if teaser > 0 and _is_title(view, teaser - 1):
        decision.drop(teaser - 1, "related", "teaser")


def _drop_tail(view: View, weights: Weights, decision: Decision, anchors: Sequence[int]) -> None:
    """Drop a tail of teasers: found by a gap that looks like one, or by a block in it that is known for one."""
    card = weights.card
    left = ~decision.noise
    if not card.tail.terms or not (anchors or shared_at_end(view, left) < SHARED_IN_TAIL):
        return
    gaps = gaps_left(view, decision)
    may = gaps.usable
    anchor = max(anchors, default=0)
    if anchor > view.size // 3:
        may = may & (gaps.left[1:] <= anchor)
    if not may.any():
        return
    if anchor <= view.size // 3:
        points = card.tail.total(measure_breaks(gaps, card.tail.signals), len(gaps.at))
        if points[may].max() <= card.tail_above:
            return
    edge = np.where(may, card.edge.total(measure_breaks(gaps, card.edge.signals), len(gaps.at)), -np.inf)
    keeping = decision.protected
    latest = int(np.flatnonzero(edge >= edge.max() - _NEARLY_BEST)[-1])
    if not anchors and gaps.goes_on(latest + 1):
        return
    for block in range(int(gaps.left[latest + 1]), view.size):
        if (decision.is_hinted(block) or not decision.noise[block]) and block not in keeping:
            decision.drop(block, "tail", "tail")


def gaps_left(view: View, decision: Decision) -> Gaps:
    """The gaps between the blocks that nothing has dropped so far."""
    return Gaps(view, np.flatnonzero(~decision.noise), decision.label, decision.points)


def _has_story(view: View, decision: Decision) -> bool:
    return _tells(view, ~decision.noise & decision.kept)


def _tells(view: View, kept: Bools) -> bool:
    """Whether these blocks are a story: a sentence among them, and words enough."""
    return bool((kept & view.is_sentence).any()) and float(view.words[kept].sum()) >= _LEAST_WORDS


def _refuse(decision: Decision, reason: str) -> Decision:
    decision.refused = reason
    decision.kept[:] = True
    decision.cuts.clear()
    decision.noted.clear()
    decision.headline = None
    decision.flags = ()
    return decision


# The headline


def find_headline(view: View, decision: Decision) -> int | None:
    """The block that is the headline: what the page says it is, or a title-like line over the story."""
    prose = np.flatnonzero(_prose(view, decision))
    if not len(prose):
        return None
    first = int(prose[0])
    named = _named_headline(view, prose)
    if named is not None:
        return named
    long = np.flatnonzero(~decision.noise[:first] & (view.words[:first] > _LONGEST_TITLE))
    first = int(long[0]) if len(long) else first
    titles = [index for index in range(max(0, first - _HEADLINE_REACH), first) if _is_title(view, index)]
    titles = [index for index in titles if _only_doubted(decision, index)]
    if not titles:
        return None
    shared = _shared_with(view, prose[:_LEAD].tolist())
    told = [index for enough in (2, 1) for index in titles if shared[index] >= enough]
    told += [index for index in titles if not decision.noise[index]]
    return told[0] if told else None


def _only_doubted(decision: Decision, index: int) -> bool:
    """Whether it is no noise, or only the card doubts it."""
    if not decision.noise[index]:
        return True
    certain = any(is_certain(hit.rule) for hit in decision.rules.get(index, ()))
    return not certain and index not in decision.reason and bool(decision.points[index] < _MOST_DOUBT)


def _shared_with(view: View, lead: Sequence[int]) -> Floats:
    """How many of each block's content words the story's first paragraphs have."""
    block, word = view.terms
    known = np.zeros(BUCKETS, dtype=bool)
    known[word[np.bincount(lead, minlength=view.size).take(block) > 0]] = True
    return view.count_terms(known[word])


def _clear_above_headline(view: View, decision: Decision) -> None:
    """The headline comes first: a few lines over it are kickers; under more, or a paragraph, it is none."""
    if decision.headline is None:
        return
    above = np.flatnonzero(~decision.noise[: decision.headline])
    stops = view.ends_sentence | (view.words > _KICKER_WORDS) | view.goes_on
    text = (view.words[above] >= _SHORT_SENTENCE) & stops[above]
    if not _is_told(view, decision.headline) and (text.any() or len(above) > _MOST_KICKERS):
        decision.headline = None
        return
    for block in sorted(set(above.tolist()) - decision.protected):
        decision.drop(block, "label", "headline")


def _drop_name_under_headline(view: View, decision: Decision) -> None:
    """Drop the author's name right over the first paragraph."""
    if decision.headline is None:
        return
    start = decision.headline + 1
    name = name_under(view, start + np.flatnonzero(~decision.noise[start:]))
    if name is not None and name not in decision.protected:
        decision.drop(name, "byline", "headline")


def name_under(view: View, left: NDArray[np.int64]) -> int | None:
    """Of the blocks left under a headline, the line of two or three words with capitals right over a paragraph."""
    left = left[: _UNDER_HEADLINE + 1]
    prose = np.flatnonzero(view.is_sentence[left])
    if not len(prose) or prose[0] == 0:
        return None
    name = int(left[prose[0] - 1])
    named = _NAME_WORDS[0] <= view.words[name] <= _NAME_WORDS[1] and view.capitalised[name] == 1
    return name if named and view.function_share[name] == 0 and _is_title(view, name) else None


def _keep_standfirst(view: View, decision: Decision, named: set[int]) -> None:
    """Between the headline and the story, what rules name so or what the page says about itself is its standfirst."""
    if decision.headline is None:
        return
    first, _ = _extent(view, decision)
    alike, covered = view.description_terms
    same = (alike >= _SAME_WORDS) & (covered >= _SAME_WORDS) & (view.words >= _ARTICLE_WORDS)
    for index in sorted({*np.flatnonzero(same[:first]).tolist(), *(index for index in named if index < first)}):
        if index > decision.headline and view.document.blocks[index].kind != "caption":
            decision.noise[index] = False
            decision.label[index] = "standfirst"


def _keep_begin(view: View, decision: Decision) -> None:
    """The first paragraph right under the headline that the page gives is the story's begin, if only doubted."""
    headline = decision.headline
    if headline is None or not _is_told(view, headline):
        return
    for index in range(headline + 1, min(view.size, headline + 1 + _UNDER_HEADLINE)):
        if view.full[index] or (view.words[index] >= LONG_PARAGRAPH and view.sentences[index] >= _FEW_SENTENCES):
            block = view.document.blocks[index]
            plain = block.kind == "paragraph" and 2 * (block.link_chars or 0) < len(block.text)
            if plain and decision.noise[index] and _only_doubted(decision, index):
                decision.noise[index] = False
                decision.label[index] = "story"
            return


def _is_title(view: View, index: int) -> bool:
    block = view.document.blocks[index]
    short = 2 <= view.words[index] <= _HEADLINE_WORDS
    return (
        short and block.text[-1] not in ".…:;,。" and "\n" not in block.text and block.kind in ("paragraph", "heading")
    )


def _is_told(view: View, index: int) -> bool:
    """Whether the block is what the page gives as its headline."""
    return any(title == index for _, _, title in view.titles)


def _named_headline(view: View, prose: NDArray[np.int64]) -> int | None:
    """What the page gives as its headline, where nearly all of the story stands below it."""
    words = view.words[prose]
    for _, _, index in view.titles:
        above = float(words[prose < index].sum())
        if view.words[index] <= 2 * _HEADLINE_WORDS and above <= _MOST_ABOVE * float(words.sum()):
            return index
    return None


# Classes


def _name(view: View, decision: Decision) -> None:
    """Give each block that no rule has named its class."""
    first, last = _extent(view, decision)
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
    letters = view.facts.count(LETTER | DIGIT)
    alike = (letters == letters[decision.headline]) & (view.words <= 2 * _HEADLINE_WORDS)
    title = bare_text(blocks[decision.headline].text)
    for index in np.flatnonzero(alike).tolist():
        if index != decision.headline and title and bare_text(blocks[index].text) == title:
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


def _flags(view: View, decision: Decision) -> tuple[str, ...]:
    named = [(block, hit.rule.id.partition(".")[0]) for block, hits in decision.rules.items() for hit in hits]
    asking = {block for block, kind in named if kind in ("newsletter", "donation")}
    walls = np.zeros(view.size, dtype=bool)
    walls[[block for block, kind in named if kind == "paywall" and block not in asking]] = True
    found = {
        "truncated": is_cut_off(view, decision.kept, walls),
        "live-blog": is_live_blog(view, decision.kept),
    }
    return tuple([flag for flag, is_so in found.items() if is_so])
