"""What a page is as a whole: whether it has a story, whether that is cut off, whether it is a live blog.

All is told from how the page is built, not from its words, so that it holds in any language. A page that says of
itself that it is an article is one, whatever else is on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus

import numpy as np

from cleaner.facts import DIGIT, QUOTE, Bools, Floats, tally
from cleaner.weigh.structure import REGION_BIT
from cleaner.weigh.view import View

_SENTENCE_WORDS = 8
_MUCH_LINK = 0.3
_TITLE_WORDS = 4
_HEADLINE_WORDS = 5
"""Words from which on a title is a headline; shorter ones name a section or a subject."""
_FEW_TEASERS = 3
_TEASER_PARAGRAPHS = 2
_TEASER_WORDS = 90
_TEASER_REACH = 5
_INTRODUCTION_WORDS = 100
_SHORT_PAGE = 160
_SHORT_PARAGRAPHS = 4
_STATUS_REACH = 3
_MOST_OF_PAGE = 0.7
_FEW_CAPTIONS = 4
_MOST_CAPTIONS = 0.75
_SHORT_STORY = 250
_WALL_REACH = 3
_WALL_LENGTH = 8
_WALL_WORDS = 5
_FEW_ENTRIES = 5
_CLOCK_WORDS = 8
_ENTRY_BLOCKS = 12
_IN_ORDER = 0.75
_MOST_ENTRIES = 0.6

_ERRORS = tuple(HTTPStatus(code) for code in (400, 401, 403, 404, 410, 429, 451, 500, 502, 503, 504))
_STATUS = re.compile(
    rf"(?:\S+\s){{0,2}}(?:{'|'.join(str(status.value) for status in _ERRORS)})"
    rf"(?:\s(?:{'|'.join(status.phrase for status in _ERRORS)}))?(?:\s?[:|｜–—-]\s?.*)?",
    re.I,
)
"""A status of HTTP that stands for an error: alone or behind one or two words, and perhaps what it means."""
_CLOCK = re.compile(
    r"(?<![\d.:,$€£+-])([01]?\d|2[0-3])\s?(?:[:.٫hH]|[時时点點시]\s?)\s?([0-5]\d)(?!\d|[:.,]\d|\s?%|[b-oq-z])(\s?[ap]\.?m\b)?",
    re.I,
)
_ELLIPSES = ("…", "...", "。。。")
_COUNTER = re.compile(r"\d{1,3}\s?/\s?\d{1,3}")
_WALLS = ("paywall", "cookie")


def why_no_story(view: View, kept: Bools, labels: Sequence[str], headline: int | None) -> str | None:
    """Why what is kept of a page is no story; None where it is one, or may be.

    `kept` and `labels` have an entry per block, `headline` is a block's number. Plain text is not judged.
    """
    if view.structure is None:
        return None
    prose = kept & view.ends_sentence & (view.words >= _SENTENCE_WORDS)
    if _is_gallery(view, prose):
        return "no story found in it: captions of pictures"
    if view.document.declared == "story":
        return None
    teasers = _teasers(view)
    if _is_index(view, prose, teasers, headline):
        return "no story found in it: teasers of other stories"
    own = prose & ~teasers
    if own.sum() > _SHORT_PARAGRAPHS or view.words[own].sum() > _SHORT_PAGE:
        return None
    if _is_error(view, prose) or _is_wall(view, prose, labels):
        return "no story found in it: an error, or a wall before it"
    return None


def is_cut_off(view: View, kept: Bools, walls: Bools) -> bool:
    """Whether the story stops before its end, at an offer to buy the rest: amid a sentence, or early.

    `walls` are the blocks that rules take for such an offer. An offer below a whole story does not cut it off, nor
    does a page that only says that it is not free; in a text, which may be short for other reasons, it must be amid a
    sentence.
    """
    told = np.flatnonzero(kept & (view.words >= _SENTENCE_WORDS))
    if not len(told):
        return False
    last = int(told[-1])
    offers = np.flatnonzero(walls[last + 1 : last + 1 + _WALL_LENGTH])
    if view.document.blocks[last].text.rstrip("])").endswith(_ELLIPSES):
        return bool(len(offers)) or view.document.paywalled
    if not len(offers) or offers[0] >= _WALL_REACH:
        return False
    at_once = offers[0] < _WALL_REACH - 1 and view.words[last + 1 + offers[0]] >= _WALL_WORDS
    short = view.structure is not None and float(view.words[kept].sum()) < _SHORT_STORY
    ended = view.ends_sentence[last] or view.last_class[last] & QUOTE
    return bool((at_once or len(offers) > 1) and (short or not ended))


def is_live_blog(view: View, kept: Bools) -> bool:
    """Whether the page says that it is a live blog, or is a row of entries each under its time of day.

    In a text the latest must come first: a row in order may be a chronology that a story tells.
    """
    if view.document.live:
        return True
    times = _clocks(view)
    if len(times) < _FEW_ENTRIES:
        return False
    told = kept & (view.words >= _SENTENCE_WORDS)
    if view.structure is not None:
        told &= ~_teasers(view)
    prose = np.where(told, view.words, 0.0)
    ahead = np.concatenate(([0.0], np.cumsum(prose)))
    starts = np.array([at for at, _ in times])
    stops = np.minimum(np.append(starts[1:], view.size), starts + _ENTRY_BLOCKS)
    entries = ahead[stops] - ahead[starts]
    minutes = np.array([minute for _, minute in times])[entries > 0]
    if len(minutes) < _FEW_ENTRIES or entries.sum() < _MOST_ENTRIES * prose.sum():
        return False
    steps = np.diff(minutes)
    back = (steps <= 0).mean()
    return bool(max(back, (steps >= 0).mean() if view.structure is not None else 0.0) >= _IN_ORDER)


# No story


def _is_gallery(view: View, prose: Bools) -> bool:
    """Whether nearly all the sentences are captions: inside figures, or each with its number out of so many."""
    figure = (view.around.block_regions & REGION_BIT["figure"]) != 0
    blocks = view.document.blocks
    caption = figure | np.array([block.kind == "caption" for block in blocks])
    for index in np.flatnonzero(view.words == 2).tolist():
        if _COUNTER.fullmatch(blocks[index].text):
            caption[max(0, index - 1) : index + 2] = True
    words = np.where(prose, view.words, 0.0)
    outside = float(words[~caption].sum())
    return (
        int((prose & caption).sum()) >= _FEW_CAPTIONS - 1
        and words[caption].sum() >= _MOST_CAPTIONS * words.sum()
        and outside <= _INTRODUCTION_WORDS / 2
    )


def _teasers(view: View) -> Bools:
    """Sentences that advertise another story: inside a link or beside one, or few under a title that is a link."""
    linked = view.all_link
    heading = np.array([block.kind == "heading" for block in view.document.blocks])
    heading[[index for _, _, index in view.titles]] = True
    title = linked & (view.words >= np.where(heading, 1, _TITLE_WORDS))
    sentences = view.ends_sentence & (view.words >= _SENTENCE_WORDS) & (view.words <= _TEASER_WORDS)
    # Each title, linked or not, opens a run of blocks.
    opener = np.maximum.accumulate(np.where(title | heading, view.index, 0))
    in_run = np.bincount(opener, weights=sentences & ~linked, minlength=view.size)[opener]
    near = view.index - opener <= _TEASER_REACH
    apart = (_beside(view, view.full) <= _TEASER_PARAGRAPHS) | (
        _beside(view, title & heading) >= _beside(view, view.full)
    )
    under = title[opener] & near & apart & (in_run <= _TEASER_PARAGRAPHS)
    one_link = np.array(view.around.markup.links) == 1
    leads = linked | (one_link & (view.link_chars >= _MUCH_LINK * view.facts.chars))
    teasers: Bools = sentences & (leads | under)
    return teasers


def _beside(view: View, marked: Bools) -> Floats:
    """How many of the marked blocks stand in the same container as each block, its own element aside."""
    parents = view.around.parent[view.around.holder]
    return tally(parents, marked, len(view.around.low))[parents]


def _is_index(view: View, prose: Bools, teasers: Bools, headline: int | None) -> bool:
    """Whether there are only teasers, or with them an introduction that is no more than one."""
    own = prose & ~teasers
    words = float(view.words[own].sum())
    if own.sum() > _SHORT_PARAGRAPHS or words > _INTRODUCTION_WORDS:
        return False
    if view.document.declared == "other":
        return True
    if teasers.sum() < _FEW_TEASERS or not (prose & teasers).any():
        return False
    named = headline is not None and view.words[headline] >= _HEADLINE_WORDS
    return words == 0 or (own.sum() <= _TEASER_PARAGRAPHS and not named and view.words[teasers].sum() > words)


def _is_error(view: View, prose: Bools) -> bool:
    """Whether a title of the page, or a line beside its sentences, is a status of HTTP."""
    lines = list(view.document.headlines)
    for index in np.flatnonzero(prose)[[0, -1]].tolist() if prose.any() else ():
        beside = view.document.blocks[max(0, index - _STATUS_REACH) : index + _STATUS_REACH + 1]
        lines += [block.text for block in beside if not block.link_chars]
    return any(_STATUS.fullmatch(line.strip()) for line in lines)


def _is_wall(view: View, prose: Bools, labels: Sequence[str]) -> bool:
    """Whether the page is little more than a request for consent or a log-in, which comes before all else."""
    wall = np.array([label in _WALLS for label in labels]) & (view.words >= _WALL_WORDS)
    if not wall.any() or (prose.any() and wall.argmax() > prose.argmax()):
        return False
    asked, told = float(view.words[wall].sum()), float(view.words[prose].sum())
    return asked + told >= _MOST_OF_PAGE * view.total


# Live blogs


def _clocks(view: View) -> list[tuple[int, int]]:
    """The short blocks that give a time of day, where they may be enough: block, minutes since midnight.

    Headings count where each is in a container of its own: those of a chronology share one. In a text all blocks count
    that begin with a time.
    """
    if view.structure is None:
        begins = ((index, _CLOCK.match(block.text)) for index, block in enumerate(view.document.blocks))
        return [(index, _minutes(clock)) for index, clock in begins if clock]
    short = (view.words <= _CLOCK_WORDS) & (view.facts.count(DIGIT) >= 3) & ~view.all_link
    if np.count_nonzero(short) < _FEW_ENTRIES:
        return []
    heading = np.array([block.kind == "heading" for block in view.document.blocks])
    short &= ~heading | (_beside(view, heading) == 1)
    clocks = ((index, _CLOCK.search(view.document.blocks[index].text)) for index in np.flatnonzero(short).tolist())
    return [(index, _minutes(clock)) for index, clock in clocks if clock]


def _minutes(clock: re.Match[str]) -> int:
    hour, minute = int(clock[1]), int(clock[2])
    if clock[3]:
        hour = hour % 12 + 12 * (clock[3].strip()[0] in "pP")
    return 60 * hour + minute
