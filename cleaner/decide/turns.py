"""Teasers of other stories in turns: titles, each with no more than a short paragraph of its story below it.

No header marks them, and they may share the story's town and its people; what gives them away is their form. Between
two subheadings of a story stand paragraphs, a list of its own is of short lines or has a line over it that announces
it: two titles right below each other, long ones, and others with a lede, are no part of a story where it has ended and
its words give way to others. Above the headline and amid the story the form tells less: there they must share next to
nothing with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
_UNSPACED_CHARS = 1.8
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


class _Forms(NamedTuple):
    """What the blocks left look like; a list has an entry for each of them."""

    blocks: list[int]
    title: list[bool]
    lede: list[bool]
    brief: list[bool]
    """It is a lede, and shorter than most paragraphs of stories."""
    short: list[bool]
    """It is a word or two: a kicker, a name."""
    prose: list[bool]
    ends: list[bool]
    """It ends a sentence."""
    letters: list[float]


class _Teasers(NamedTuple):
    """What stands in turns at the end: from where on, and where the titles are."""

    start: int
    titles: list[int]
    neighbours: int
    """Titles with nothing below, or the next title."""
    ledes: int


def drop_turns(view: View, decision: Decision) -> None:
    """Drop the teasers that stand in turns below the story, above its headline, or amid it."""
    left = np.flatnonzero(~decision.noise)
    for start, stop in find_turns(view, left):
        label = "tail" if stop == len(left) else "related"
        inside = range(int(left[start]), view.size if label == "tail" else int(left[stop - 1]) + 1)
        for block in inside if decision.protected.isdisjoint(inside) else ():
            if decision.is_hinted(block) or not decision.noise[block]:
                decision.drop(block, label, "turns")


def find_turns(view: View, left: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Where teasers stand in turns among the blocks left, as (from, to) of their places in `left`."""
    forms = _forms_of(view, left)
    if sum(forms.title) < _LEAST_TITLES - 1:
        return []
    end = _at_end(forms)
    stop = len(left) if end is None or not _are_teasers(view, forms, end) else end.start
    found = [*_above(view, forms, stop), *_amid(view, forms, stop)]
    return found if stop == len(left) else [*found, (stop, len(left))]


def _forms_of(view: View, left: NDArray[np.int64]) -> _Forms:
    words, ends, sentences = view.words[left], view.ends_sentence[left], view.sentences[left]
    unspaced = (view.first_class[left] & UNSPACED) != 0
    letters = view.facts.chars[left] * np.where(unspaced, _UNSPACED_CHARS, 1.0)
    title = (words >= _TITLE_WORDS) & (words <= LONGEST_TITLE) & ~ends & ~view.announces[left]
    title &= (sentences <= 1) & (letters >= _TITLE_CHARS)
    blocks = left.tolist()
    for at in np.flatnonzero(title).tolist():
        title[at] = _begins_like_title(view, blocks[at])
    least, most = _LEDE_WORDS
    lede = ends & (words >= least) & (words <= most) & (sentences <= _LEDE_SENTENCES)
    return _Forms(
        blocks,
        title.tolist(),
        lede.tolist(),
        (lede & (words <= _BRIEF_WORDS)).tolist(),
        ((words < _TITLE_WORDS) & ~ends).tolist(),
        (ends & (words >= _PARAGRAPH_WORDS)).tolist(),
        ends.tolist(),
        letters.tolist(),
    )


def _begins_like_title(view: View, block: int) -> bool:
    """Whether a line of a title's length is no item of a list, no row of a table, and does not begin small."""
    text, kind = view.document.blocks[block].text, view.document.blocks[block].kind
    listed = kind == "list_item" and view.structure is None
    return not (listed or "\t" in text or text[0].islower() or sum(map(text.count, _COMMAS)) > _MOST_COMMAS)


def _at_end(forms: _Forms) -> _Teasers | None:
    """Go up from the last block as long as titles, their ledes and a few short words between are all there is."""
    last = at = len(forms.blocks) - 1
    if at > 0 and forms.brief[at] and not forms.title[at - 1]:
        at -= 1  # a sentence about the site, below the last teaser
    titles: list[int] = []
    neighbours = ledes = short = 0
    while at > 0:
        if forms.title[at]:
            neighbours += at == last or forms.title[at + 1]
            titles.append(at)
        elif forms.lede[at] and forms.title[at - 1]:
            ledes += 1
        elif short < len(titles) and forms.short[at] and not forms.short[at + 1]:
            short += 1
        else:
            break
        at -= 1
    return _Teasers(titles[-1], titles, neighbours, ledes) if titles else None


def _are_teasers(view: View, forms: _Forms, found: _Teasers) -> bool:
    """Whether enough of them read like titles, below enough of a story that has come to an end."""
    if sum(forms.prose[: found.start]) < _STORY_PARAGRAPHS or not forms.ends[found.start - 1]:
        return False
    number = len(found.titles)
    if number < (_LEAST_TITLES if found.ledes else _TITLES_ALONE):
        return False
    if _mean_letters(forms, found.titles) < (_MEAN_TITLE_CHARS if found.neighbours else _LONG_TITLE_CHARS):
        return False
    if _share_known(view, forms, range(found.start, len(forms.blocks)), range(found.start)) > _MOST_KNOWN:
        return False
    blocks = [forms.blocks[at] for at in found.titles]
    figures = view.facts.count(DIGIT)[blocks] >= _SEVERAL_DIGITS
    labelled = view.facts.count(COLON)[blocks] > 0
    return bool(2 * figures.sum() <= number and 2 * labelled.sum() <= number)


def _above(view: View, forms: _Forms, stop: int) -> list[tuple[int, int]]:
    """The teasers above the headline: it shares words with the story, they do not."""
    begin = next((at for at in range(stop - 2) if all(forms.prose[at : at + _STORY_PARAGRAPHS])), 0)
    headline = begin - 1
    while headline > 0 and forms.short[headline]:
        headline -= 1
    if headline < _LEAST_TITLES - 1 or not forms.title[headline]:
        return []
    titles = [at for at in range(headline) if forms.title[at]]
    ledes = [at for at in range(1, headline) if forms.brief[at] and forms.title[at - 1]]
    if len(titles) < _LEAST_TITLES - 1 or not ledes:
        return []
    if len(titles) + len(ledes) + sum(forms.short[:headline]) < headline:
        return []
    story = range(begin, stop)
    (own, _), *_ = _known(view, forms, [headline], story)
    alien = _share_known(view, forms, [*titles, *ledes], story) <= _ALIEN
    return [(0, headline)] if alien and own >= _KNOWN_OF_HEADLINE else []


def _amid(view: View, forms: _Forms, stop: int) -> list[tuple[int, int]]:
    """The teasers between two paragraphs of the story that share next to nothing with the rest of it."""
    title, prose = forms.title, forms.prose
    found: list[tuple[int, int]] = []
    told: Counter[int] = Counter()
    at = 1
    while at < stop - 1:
        start = at
        while at < stop - 1 and (title[at] or (title[at - 1] and title[at + 1] and forms.brief[at])):
            at += 1
        number = sum(title[start:at])
        if 1 < number < at - start <= number + _LEDES_AMID and prose[start - 1] and prose[at]:
            told = told or Counter(
                chain.from_iterable(_stems(view, forms.blocks[one]) for one in range(stop) if prose[one])
            )
            if _is_apart(view, forms, range(start, at), told):
                found.append((start, at))
        at += at == start
    return found


def _is_apart(view: View, forms: _Forms, inside: range, told: Counter[int]) -> bool:
    """Whether blocks share next to nothing with the rest of the story: `told` counts the paragraphs with each stem."""
    if _mean_letters(forms, [at for at in inside if forms.title[at]]) < _TITLE_CHARS_AMID:
        return False
    stems = [_stems(view, forms.blocks[at]) for at in inside]
    here = Counter(chain.from_iterable(own for at, own in zip(inside, stems, strict=True) if forms.prose[at]))
    terms = sum(map(len, stems))
    known = sum(told[stem] > here[stem] for own in stems for stem in own)
    return terms >= _LEAST_TERMS and known <= _APART * terms


def _mean_letters(forms: _Forms, places: Sequence[int]) -> float:
    return sum(forms.letters[at] for at in places) / len(places)


def _share_known(view: View, forms: _Forms, places: Iterable[int], story: Iterable[int]) -> float:
    """The share of the content words at these places that begin like one of the story's."""
    shares = _known(view, forms, places, story)
    return sum(known for known, _ in shares) / max(1, sum(terms for _, terms in shares))


def _known(view: View, forms: _Forms, places: Iterable[int], story: Iterable[int]) -> list[tuple[int, int]]:
    """For each place, how many of its content words begin like one of the story's, and how many it has."""
    known = set[int]().union(*(_stems(view, forms.blocks[at]) for at in story if forms.prose[at]))
    return [(len(own & known), len(own)) for own in (_stems(view, forms.blocks[at]) for at in places)]


def _stems(view: View, block: int) -> set[int]:
    words = slice(int(view.facts.word_from[block]), int(view.facts.word_to[block]))
    stems: list[int] = view.stems[words][~view.function_words[words]].tolist()
    return set(stems)
