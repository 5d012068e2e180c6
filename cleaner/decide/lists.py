"""Titles that lead to other stories: under a header, in turns with times, in a link, or in capitals."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleaner.decide.breaks import HEADER_WORDS, LONG_PARAGRAPH
from cleaner.decide.decision import Decision, story_prose
from cleaner.decide.headline import LONGEST_TITLE, TWO_SENTENCES
from cleaner.facts import COLON, LETTER, MARKER, QUESTION, UPPER, Bools, runs
from cleaner.weigh.view import View

_BEGUN = 2
"""Paragraphs from which on the story has begun."""
_LISTS = ("related", "tail")
_SECTIONS = ("comment", *_LISTS)
_STORY_PARAGRAPHS = 3
_LONGEST_LEDE = 30
_MOST_OF_ABOVE = 0.5
"""Share of the story above it that a section may seem to hold."""
_LONGEST_LIST = 12
_SUBHEADING_WORDS = 4
_TIMES = 2
_MOST_BETWEEN = 3
"""Lines from one time of a list to the next."""
_CLOCK = re.compile(r"\W{0,3}\d{1,2}[:.]\d{2}\W{0,3}")
_LONGEST_LED = 60
_LEDES = 2
_ITEMS = 2
_CAPITALS_WORDS = 9
_ALL_CAPITALS = 0.97
_PROSE_WORDS = 8
_PROSE_TO_CAPITALS = 3
"""Paragraphs of the story to each title in capitals that leads away from it."""
_LINKED_WORDS = 2
_LINES_BETWEEN = 2
_LATEST = 3
"""Lines above the headline that begin with a time and are titles."""


def drop_links(view: View, decision: Decision) -> None:
    """Drop paragraphs that are a link and no sentence: they lead to another story.

    In Markdown so do headings that are links, below the story's first paragraph and over no other, and several items
    of a list that are, above or below all of its paragraphs.
    """
    keeping = decision.protected
    linked = view.all_link & ~view.ends_sentence & ~decision.noise
    if not linked.any():
        return
    blocks = view.document.blocks
    dropped = {index for index in np.flatnonzero(linked).tolist() if blocks[index].kind == "paragraph"}
    if view.structure is None:
        prose = np.flatnonzero(story_prose(view, decision))
        first, last = (int(prose[0]), int(prose[-1])) if len(prose) else (view.size, -1)
        items = [
            index
            for start, stop in runs(linked)
            for index in range(start, stop)
            if blocks[index].kind == "list_item" and (stop <= first or start > last) and stop - start >= _ITEMS
        ]
        heads = [index for index in np.flatnonzero(linked).tolist() if blocks[index].kind == "heading"]
        dropped |= {*items, *(head for head in heads if head > first and not _heads_prose(view, decision, head))}
    for index in sorted(dropped - keeping):
        decision.drop(index, "related", "link")


def _heads_prose(view: View, decision: Decision, index: int) -> bool:
    """Whether what is kept next below a heading is more than the lede of another story."""
    below = np.flatnonzero(~decision.noise[index + 1 :]) + index + 1
    return bool(len(below)) and bool(view.ends_sentence[below[0]] and view.words[below[0]] > _LONGEST_LEDE)


def drop_sections(view: View, decision: Decision) -> None:
    """Drop what stands with a header of comments or other stories in an element of its own, below the story."""
    if view.structure is None:
        return
    story = story_prose(view, decision)
    begun = np.flatnonzero(story.cumsum() >= _STORY_PARAGRAPHS)
    if not len(begun):
        return
    prose = np.append(0.0, (view.words * story).cumsum())
    long = np.append(0, (story & (view.words > _LONGEST_LEDE)).cumsum())
    above = np.append(0, np.maximum.accumulate(np.where(decision.noise, 0, view.index + 1)))
    done = int(begun[0])
    for header in sorted(_ruled(decision, _SECTIONS)):
        if header < done or not decision.noise[header] or not _is_header(view, header):
            continue
        stop = _end_of_section(view, header, int(above[header]))
        if prose[stop] - prose[header + 1] > _MOST_OF_ABOVE * prose[header]:
            continue
        label = "comment" if decision.label[header] == "comment" else "related"
        if label == "related" and long[stop] > long[header + 1]:
            continue
        done = stop
        for block in range(header + 1, stop):
            if not decision.noise[block] and block not in decision.protected:
                decision.drop(block, label, "section")


def _end_of_section(view: View, header: int, above: int) -> int:
    """Where the widest container ends that has the header and no block kept above it; right below it where none has."""
    around = view.around
    stop, holder = header + 1, int(around.holder[header])
    while holder and around.low[holder] >= above:
        stop, holder = int(around.high[holder]), int(around.parent[holder])
    return stop


def drop_listed(view: View, decision: Decision) -> None:
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
    begun = np.flatnonzero(story_prose(view, decision).cumsum() >= _BEGUN)
    if not len(begun) or not (headers or len(times) >= _TIMES):
        return
    titles = (~view.ends_sentence | ((view.last_class & QUESTION) != 0)) & (view.words <= LONGEST_TITLE)
    titles &= (((view.last_class & COLON) == 0) | decision.noise) & (view.index > begun[0])
    titles &= view.sentences < TWO_SENTENCES
    titles |= np.isin(view.index, list(headers)) & (view.index > begun[0])
    titles[list(decision.protected)] = False
    marks = sorted(headers | times)
    for start, stop in runs(titles):
        inside = marks[bisect_left(marks, start) : bisect_left(marks, stop)]
        if not inside:
            continue
        header = next((index for index in inside if index in headers), stop)
        beside = _beside([index for index in inside if index in times], range(start, stop))
        for index in [*_under(view, decision, titles, header, stop), *beside]:
            if not decision.noise[index] or decision.is_hinted(index):
                decision.drop(index, "related", "listed")


def drop_led(view: View, decision: Decision) -> None:
    """Drop the sentences at the end that each stand under a title which leads away: ledes of other stories."""
    prose = np.flatnonzero(story_prose(view, decision)).tolist()
    led: list[int] = []
    for block in reversed(np.flatnonzero(~decision.noise).tolist()):
        if not (view.ends_sentence[block] and view.words[block] <= _LONGEST_LED and _is_led(view, decision, block)):
            break
        led.append(block)
    if len(led) < _LEDES or len(prose) - len(led) < _STORY_PARAGRAPHS or not decision.protected.isdisjoint(led):
        return
    for block in led:
        decision.drop(block, "related", "led")


def _is_led(view: View, decision: Decision, block: int) -> bool:
    """Whether right above it, perhaps with a time or a picture's line between, such a title was dropped."""
    for at in range(block - 1, max(-1, block - 2 - _LINES_BETWEEN), -1):
        if not decision.noise[at]:
            return False
        if decision.reason.get(at) == "said twice":
            return True
        if view.all_link[at]:
            return bool(_LINKED_WORDS <= view.words[at] <= LONGEST_TITLE)
    return False


def drop_latest(view: View, decision: Decision) -> None:
    """Drop the latest titles of a site above the headline: in turns with times, or each behind one."""
    prose = np.flatnonzero(story_prose(view, decision))
    first = int(prose[0]) if len(prose) else 0
    texts = [block.text for block in view.document.blocks[:first]]
    clocks = [_CLOCK.match(text) for text in texts]
    alone = [at for at, clock in enumerate(clocks) if clock and clock.end() == len(texts[at])]
    led = [at for at, clock in enumerate(clocks) if clock and at not in alone]
    latest = set(led) if len(led) >= _LATEST else set[int]()
    if len(alone) >= _TIMES and all(after - before == _TIMES for before, after in pairwise(alone)):
        over = alone[0] > 0 and not decision.noise[alone[0] - 1] and view.words[alone[0] - 1] > _SUBHEADING_WORDS
        latest.update(range(alone[0] - over, alone[-1] + 2 - over))
    rest = [at for at in range(first) if not decision.noise[at] and at not in latest]
    if rest and latest.isdisjoint(decision.protected):
        for index in latest:
            if not decision.noise[index] or decision.is_hinted(index):
                decision.drop(index, "related", "listed")


def drop_capitals(view: View, decision: Decision) -> None:
    """Drop the few titles in capitals between paragraphs that are too long for subheadings: links to other stories.

    A document that has more lines in capitals writes its own headings so.
    """
    facts = view.facts
    prose = story_prose(view, decision) & (view.words >= _PROSE_WORDS)
    long = (view.words >= _CAPITALS_WORDS) & (view.words <= LONGEST_TITLE) & ~view.ends_sentence & ~decision.noise
    long &= (view.last_class & (COLON | QUESTION | MARKER)) == 0
    if not long.any():
        return
    letters, upper = facts.count(LETTER), facts.count(UPPER)
    capitals = (upper >= _ALL_CAPITALS * letters) & (2 * upper > facts.chars) & ~decision.noise & ~view.ends_sentence
    found = [index for index in np.flatnonzero(capitals & long).tolist() if _between(decision, prose, index)]
    others = int((capitals & (view.words > 1)).sum()) - len(found)
    if others <= 1 and len(found) * _PROSE_TO_CAPITALS <= int(prose.sum()) and decision.protected.isdisjoint(found):
        for index in found:
            decision.drop(index, "related", "capitals")


def _between(decision: Decision, prose: Bools, index: int) -> bool:
    """Whether a block stands between two paragraphs of the story, noise aside."""
    above, below = np.flatnonzero(~decision.noise[:index]), np.flatnonzero(~decision.noise[index + 1 :])
    return bool(len(above) and len(below) and prose[above[-1]] and prose[index + 1 + below[0]])


def _is_header(view: View, index: int) -> bool:
    """Whether a line that leads away from the story stands over others, and does not name one itself."""
    text = view.document.blocks[index].text
    return bool(view.words[index] <= HEADER_WORDS) and ": " not in text and "：" not in text[:-1]


def _ruled(decision: Decision, classes: tuple[str, ...]) -> set[int]:
    """The blocks that a rule of one of the classes speaks of."""
    return {index for index, hits in decision.rules.items() for hit in hits if hit.rule.class_ in classes}


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
    """Where a heading stands, a line without a link after linked ones, or the line over a list of another kind.

    What follows is the story's. `stop` where there is none of these.
    """
    kinds = [block.kind for block in view.document.blocks[start:stop]]
    linked = view.all_link[start:stop]
    for offset, kind in enumerate(kinds):
        if kind != kinds[0] and kind in ("heading", "list_item") and not (kind == "heading" and linked[offset]):
            return start + offset - (kind == "list_item")
        if linked[0] and not linked[offset]:
            return start + offset
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
