"""Teasers of other stories in turns: titles, each with no more than a short paragraph of its story below it.

No header marks them, and they may share the story's town and its people; what gives them away is their form. Between
two subheadings of a story stand paragraphs, a list of its own is of short lines or has a line over it that announces
it: two titles right below each other, long ones, and others with a lede, are no part of a story where it has ended and
its words give way to others. Above the headline and amid the story the form tells less: there they must share next to
nothing with it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleaner.decide.decision import Decision
from cleaner.decide.headline import LONGEST_TITLE
from cleaner.facts import COLON, DIGIT, UNSPACED
from cleaner.weigh.view import View

_TITLE_WORDS = 3
_TITLE_CHARS = 15
_COMMAS = ",،、，"
_MOST_COMMAS = 2
"""Commas in a title: a line with more is a list."""
_MEAN_TITLE_CHARS = 28
_LONG_TITLE_CHARS = 45
"""Letters of titles, on average, that no subheadings have: where each has a lede."""
_UNSPACED_CHARS = 2.5
"""How many letters a character is worth where there are no spaces between words."""
_LEDE_WORDS = (4, 45)
_LEDE_SENTENCES = 3
_BRIEF_WORDS = 25
_LEAST_TITLES = 3
_TITLES_ALONE = 4
"""Titles there must be where none has a lede."""
_STORY_PARAGRAPHS = 3
_PARAGRAPH_WORDS = 8
_SEVERAL_DIGITS = 2
_MOST_KNOWN = 0.32
"""Share of their content words that teasers below a story may have from it."""
_KNOWN_OF_HEADLINE = 2
"""Content words that the headline under teasers shares with the story."""
_ALIEN = 0.15
"""Share of their content words that teasers above the headline may have from the story."""
_LEDES_AMID = 2
_TITLE_CHARS_AMID = 34
_LEAST_TERMS = 14
_APART = 0.08
"""Share of their content words that teasers amid a story may have from it."""


class _Teasers(NamedTuple):
    """What stands in turns at the end of the blocks left: from which of them, and which are titles."""

    start: int
    titles: list[int]
    neighbours: int
    """Titles with nothing below, or the next title."""
    ledes: int


def drop_turns(view: View, decision: Decision) -> None:
    """Drop the teasers that stand in turns below the story, above its headline, or amid it."""
    left = np.flatnonzero(~decision.noise).tolist()
    for start, stop in find_turns(view, left):
        label = "tail" if stop == len(left) else "related"
        inside = range(left[start], view.size if label == "tail" else left[stop - 1] + 1)
        for block in inside if decision.protected.isdisjoint(inside) else ():
            if decision.is_hinted(block) or not decision.noise[block]:
                decision.drop(block, label, "turns")


def find_turns(view: View, left: list[int]) -> list[tuple[int, int]]:
    """Where teasers stand in turns among the blocks left, as (from, to) of their places in `left`."""
    end = _at_end(view, left)
    story = left if end is None or not _are_teasers(view, left, end) else left[: end.start]
    found = [*_above(view, story), *_amid(view, story)]
    return found if len(story) == len(left) else [*found, (len(story), len(left))]


def _at_end(view: View, left: list[int]) -> _Teasers | None:
    """Go up from the last block as long as titles, their ledes and a few short words between are all there is."""
    last = at = len(left) - 1
    if at > 0 and _is_brief(view, left[at]) and not _is_title(view, left[at - 1]):
        at -= 1  # a sentence about the site, below the last teaser
    titles: list[int] = []
    neighbours = ledes = start = short = 0
    while at > 0:
        block = left[at]
        if _is_title(view, block):
            neighbours += at == last or _is_title(view, left[at + 1])
            titles.append(block)
            start = at
        elif _is_lede(view, block) and _is_title(view, left[at - 1]):
            ledes += 1
        elif titles and short < len(titles) and _is_short(view, block) and not _is_short(view, left[at + 1]):
            short += 1
        else:
            break
        at -= 1
    return _Teasers(start, titles, neighbours, ledes) if titles else None


def _above(view: View, left: list[int]) -> list[tuple[int, int]]:
    """The teasers above the headline: it shares words with the story, they do not."""
    prose = [bool(view.ends_sentence[block] and view.words[block] >= _PARAGRAPH_WORDS) for block in left]
    begin = next((at for at in range(len(left) - 2) if all(prose[at : at + _STORY_PARAGRAPHS])), 0)
    headline = begin - 1
    while headline > 0 and _is_short(view, left[headline]):
        headline -= 1
    if headline < _LEAST_TITLES - 1 or not _is_title(view, left[headline]):
        return []
    titles = [left[at] for at in range(headline) if _is_title(view, left[at])]
    ledes = [at for at in range(1, headline) if _is_brief(view, left[at]) and _is_title(view, left[at - 1])]
    short = sum(_is_short(view, block) for block in left[:headline])
    if len(titles) < _LEAST_TITLES - 1 or not ledes or len(titles) + len(ledes) + short < headline:
        return []
    story = [block for block, one in zip(left[begin:], prose[begin:], strict=True) if one]
    (own, _), *others = _known(view, [left[headline], *titles, *(left[at] for at in ledes)], story)
    alien = sum(known for known, _ in others) <= _ALIEN * sum(terms for _, terms in others)
    return [(0, headline)] if alien and own >= _KNOWN_OF_HEADLINE else []


def _amid(view: View, left: list[int]) -> list[tuple[int, int]]:
    """The teasers between two paragraphs of the story that share next to nothing with the rest of it."""
    titles = [_is_title(view, block) for block in left]
    prose = [bool(view.ends_sentence[block] and view.words[block] >= _PARAGRAPH_WORDS) for block in left]
    found: list[tuple[int, int]] = []
    at = 1
    while at < len(left) - 1:
        start = at
        while at < len(left) - 1 and (titles[at] or (titles[at - 1] and titles[at + 1] and _is_brief(view, left[at]))):
            at += 1
        number = sum(titles[start:at])
        if 1 < number < at - start <= number + _LEDES_AMID and prose[start - 1] and prose[at]:
            rest = [
                block for block, one in zip(left[:start] + left[at:], prose[:start] + prose[at:], strict=True) if one
            ]
            if _is_apart(view, left[start:at], rest):
                found.append((start, at))
        at += at == start
    return found


def _is_apart(view: View, blocks: list[int], story: list[int]) -> bool:
    """Whether blocks, of which the titles are long, share next to nothing with a story."""
    if float(np.mean([_letters(view, block) for block in blocks if _is_title(view, block)])) < _TITLE_CHARS_AMID:
        return False
    shares = _known(view, blocks, story)
    terms = sum(terms for _, terms in shares)
    return terms >= _LEAST_TERMS and sum(known for known, _ in shares) <= _APART * terms


def _known(view: View, blocks: list[int], story: list[int]) -> list[tuple[int, int]]:
    """For each block, how many of its content words begin like one of the story's, and how many it has."""
    known = set[int]().union(*(_stems(view, block) for block in story))
    return [(len(own & known), len(own)) for own in (_stems(view, block) for block in blocks)]


def _stems(view: View, block: int) -> set[int]:
    words = slice(int(view.facts.word_from[block]), int(view.facts.word_to[block]))
    stems: list[int] = view.facts.stems[words][~view.function_words[words]].tolist()
    return set(stems)


def _is_title(view: View, block: int) -> bool:
    text = view.document.blocks[block].text
    return (
        _TITLE_WORDS <= view.words[block] <= LONGEST_TITLE
        and not view.ends_sentence[block]
        and not view.announces[block]
        and view.sentences[block] <= 1
        and (view.structure is not None or view.document.blocks[block].kind != "list_item")
        and "\t" not in text
        and not text[0].islower()
        and sum(map(text.count, _COMMAS)) <= _MOST_COMMAS
        and _letters(view, block) >= _TITLE_CHARS
    )


def _is_lede(view: View, block: int) -> bool:
    least, most = _LEDE_WORDS
    return bool(
        view.ends_sentence[block] and least <= view.words[block] <= most and view.sentences[block] <= _LEDE_SENTENCES
    )


def _is_brief(view: View, block: int) -> bool:
    """Whether it is a lede that is shorter than most paragraphs of stories."""
    return _is_lede(view, block) and bool(view.words[block] <= _BRIEF_WORDS)


def _is_short(view: View, block: int) -> bool:
    """Whether it is a word or two: a kicker, a name."""
    return bool(view.words[block] < _TITLE_WORDS and not view.ends_sentence[block])


def _letters(view: View, block: int) -> float:
    unspaced = view.first_class[block] & UNSPACED
    return float(view.facts.chars[block]) * (_UNSPACED_CHARS if unspaced else 1.0)


def _are_teasers(view: View, left: list[int], found: _Teasers) -> bool:
    """Whether enough of them read like titles, below enough of a story that has come to an end."""
    above = np.array(left[: found.start], dtype=np.int64)
    story = view.ends_sentence[above] & (view.words[above] >= _PARAGRAPH_WORDS)
    if story.sum() < _STORY_PARAGRAPHS or not view.ends_sentence[above[-1]]:
        return False
    number = len(found.titles)
    if number < (_LEAST_TITLES if found.ledes else _TITLES_ALONE):
        return False
    least = _MEAN_TITLE_CHARS if found.neighbours else _LONG_TITLE_CHARS
    if float(np.mean([_letters(view, block) for block in found.titles])) < least:
        return False
    shares = _known(view, left[found.start :], above[story].tolist())
    if sum(known for known, _ in shares) > _MOST_KNOWN * sum(terms for _, terms in shares):
        return False
    figures = view.facts.count(DIGIT)[found.titles] >= _SEVERAL_DIGITS
    labelled = view.facts.count(COLON)[found.titles] > 0
    return bool(2 * figures.sum() <= number and 2 * labelled.sum() <= number)
