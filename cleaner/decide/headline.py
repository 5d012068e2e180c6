"""Which block is the headline, and what stands above it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cleaner.decide.decision import Decision, only_doubted, story_prose
from cleaner.facts import BUCKETS, QUOTE, STOPLESS, UNSPACED, Floats
from cleaner.weigh.view import View, bare_text

HEADLINE_WORDS = 30
LONGEST_TITLE = 24
"""Words of a line from which on it is a paragraph, where no page says that it is the headline."""
REACH = 12
_MOST_KICKERS = 3
_KICKER_WORDS = 12
_MOST_ABOVE = 0.15
"""Share of the story that may seem to stand above the headline that the page gives."""
_LEAD = 4
"""Paragraphs at the story's begin that a headline shares words with."""
TWO_SENTENCES = 2
_LEAST_LETTERS = 4
_SHORT_SENTENCE = 4
_ASKS = "?？؟"
_TITLE_CHARS = 80
"""Characters of a title in scripts that do not mark a sentence's end."""
_SHARED = 2
"""Words that a headline shares with the story's begin."""
_MOST_TEASERS = 3
_MOST_OVER = 2
"""Lines that may stand over a standfirst: a kicker and the headline."""
_ALIEN = 0.15
_HALF_ALIEN = 0.34
_MUCH_LESS = 0.75
"""The same above a line with a name or time below it: so much, but no more than this part of what that line has."""
"""Share of its content words that a teaser above the headline may have from the story."""
_BARS = re.compile(r"\s[|/>›»·•]\s")
_SECTION_WORDS = 3
_NAME_WORDS = (2, 3)
_NAMES = 5
_NAME_IN_PLAIN = 4
_ROLE = re.compile(r",\s|\s[-–—/|]\s")
_ROLE_WORDS = 4
META = frozenset({"timestamp", "byline"})
_BESIDE_META = frozenset({"share", "ui", "audio", "comment"})
_TOOLS = 4
"""Lines below the headline among which the author or the time stands: buttons may come first."""
_WORD = re.compile(r"\w+")
_CLOCK = re.compile(r"(?<![\d.$€£¥₹])[0-2]?\d[:.h][0-5]\d(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME_WORDS = 18
_MOSTLY = 0.45
_FIGURE_CHARS = 6
_FIGURES = 3
"""Figures of a time that ends like a sentence does: as in `11.05., 16:48 Min.`"""
_SITE = re.compile(r"(?:\s*[|–—_»·•]|\s-)\s*[^|_]{2,40}")
"""What a page's title has behind the headline."""
_LEAST_BEFORE_SITE = 16
"""Characters of a headline that has it: a shorter one may begin a line of a list."""


def find_headline(view: View, decision: Decision) -> int | None:
    """The block that is the headline: what the page says it is, or a title-like line over the story."""
    prose = np.flatnonzero(story_prose(view, decision))
    if not len(prose):
        lines = np.flatnonzero(~decision.noise)[1:]
        return _named_headline(view, lines) if len(lines) else None
    first = int(prose[0])
    named = _named_headline(view, prose)
    if named is not None:
        return named
    title = view.unmarked[first] and view.facts.chars[first] <= _TITLE_CHARS
    if title and (_is_dated(view, decision, first) or _is_doubled(view, first)):
        return first
    brief = ((view.first_class & STOPLESS) != 0) & (view.facts.chars <= _TITLE_CHARS)
    if view.structure is None and len(prose) > 1 and _is_question(view, first):
        first = int(prose[1])
    long = np.flatnonzero((~decision.noise & (view.words > LONGEST_TITLE) & ~brief)[:first])
    first = int(long[0]) if len(long) else first
    far = [index for index in range(first) if is_title(view, index)]
    far = [index for index in far if only_doubted(decision, index) and not _is_row(view, index)]
    titles = [index for index in far if index >= first - REACH]
    shared = _shared_with(view, prose[:_LEAD].tolist())
    dated = [index for index in titles if _is_dated(view, decision, index)]
    said_twice = _doubled(view, titles if view.structure else far[:REACH])
    told = [index for index in far[:1] if not decision.noise[index] and _is_quoted_by(view, index, prose)]
    told += [index for index in said_twice if shared[index] or not decision.noise[index]]
    told += [index for index in titles if shared[index] >= _SHARED]
    told += [index for some in (dated, titles) for index in some if shared[index]]
    told += [index for some in (dated, titles) for index in some if not decision.noise[index]]
    told += dated[-1:] if view.structure is None else []
    below = _below_teasers(view, decision, prose)
    if not told or (below is not None and _is_rather(view, prose, below, told[0])):
        return below
    return _dated_below(told, dated, titles, shared) if view.structure is None else told[0]


def _is_question(view: View, index: int) -> bool:
    """Whether it may be a headline, though it ends like a sentence."""
    return view.document.blocks[index].text[-1] in _ASKS and is_title(view, index)


def _is_quoted_by(view: View, title: int, prose: NDArray[np.int64]) -> bool:
    """Whether it stands within quotation marks and one of these paragraphs says it word for word."""
    if not view.first_class[title] & view.last_class[title] & QUOTE:
        return False
    blocks = view.document.blocks
    words = blocks[title].text[1:-1].lower()
    return any(words in blocks[index].text.lower() for index in prose.tolist())


def _is_rather(view: View, prose: NDArray[np.int64], below: int, above: int) -> bool:
    """Whether a line with a name or time below it has more to do with the story under it than one over teasers."""
    shared = _shared_with(view, prose[prose > below][:_LEAD].tolist())
    return bool(shared[below] >= _SHARED and shared[below] > shared[above]) and not _is_doubled(view, above)


def _dated_below(told: Sequence[int], dated: Sequence[int], titles: Sequence[int], shared: Floats) -> int:
    """The best so far, or a line below it that has a name or time below it and more of the story's words.

    A standfirst may be such a line, so two others must stand above it.
    """
    for index in dated:
        if titles.index(index) >= _MOST_OVER and shared[index] > max(_SHARED, shared[told[0]]):
            return index
    return told[0]


def _below_teasers(view: View, decision: Decision, prose: NDArray[np.int64]) -> int | None:
    """The headline where sentences of other stories stand above it: a name or time stands right below it."""
    last = int(prose[min(len(prose) - 1, _MOST_TEASERS)])
    for index in range(int(prose[0]) + 1, last):
        if not decision.noise[index] and is_title(view, index) and _is_dated(view, decision, index):
            return index
    return None


def _is_row(view: View, index: int) -> bool:
    """Whether it is a row of names of sections, or a way to one."""
    parts = _BARS.split(view.document.blocks[index].text)
    return len(parts) > 1 and all(len(part.split()) <= _SECTION_WORDS for part in parts)


def _is_dated(view: View, decision: Decision, index: int) -> bool:
    """Whether the author or a time stands right below it, perhaps with a name between, and it is no name itself."""
    if is_name(view, index):
        return False
    for below in range(index + 1, min(index + 1 + _TOOLS, view.size)):
        if not decision.noise[below] and below == index + 1 and is_name(view, below):
            continue
        if not decision.noise[below] or decision.label[below] in META:
            return bool(decision.noise[below]) or is_time(view, below)
        if decision.label[below] not in _BESIDE_META:
            return False
    return False


def _doubled(view: View, titles: Sequence[int]) -> list[int]:
    """Of these lines those that another one says again, with or without a site's name."""
    texts = {index: view.document.blocks[index].text for index in titles}
    pairs = list(combinations(titles, 2))
    return [_better(texts, one, other) for one, other in pairs if _same(texts, one, other)]


def _same(texts: Mapping[int, str], one: int, other: int) -> bool:
    first, second = texts[one], texts[other]
    return first[0].lower() == second[0].lower() and (repeats(first, second) or repeats(second, first))


def _better(texts: Mapping[int, str], one: int, other: int) -> int:
    """Of two that say the same the first without a site's name, and not in capitals."""
    longer = len(texts[one]) > len(texts[other])
    return other if longer or (texts[one].isupper() and not texts[other].isupper()) else one


def _is_doubled(view: View, index: int) -> bool:
    """Whether the line right below says it again."""
    blocks = view.document.blocks
    return index + 1 < len(blocks) and repeats(blocks[index].text, blocks[index + 1].text)


def repeats(title: str, text: str) -> bool:
    """Whether the text says the title once more, perhaps with the name of a site behind it."""
    if len(title) >= _LEAST_BEFORE_SITE and text.startswith(title) and _SITE.fullmatch(text, len(title)):
        return True
    return bare_text(text) == bare_text(title) != ""


def _shared_with(view: View, lead: Sequence[int]) -> Floats:
    """How many of each block's content words the story's first paragraphs have."""
    block, word = view.terms
    known = np.zeros(BUCKETS, dtype=bool)
    known[word[np.bincount(lead, minlength=view.size).take(block) > 0]] = True
    return view.count_terms(known[word])


def clear_above_headline(view: View, decision: Decision) -> None:
    """The headline comes first: a few labels over it are kickers; under more, or a paragraph, it is none."""
    if decision.headline is None:
        return
    above = np.flatnonzero(~decision.noise[: decision.headline])
    stops = view.ends_sentence | (view.words > _KICKER_WORDS) | view.goes_on
    text = above[(view.words[above] >= _SHORT_SENTENCE) & stops[above]]
    many = len(text) or len(above) > _MOST_KICKERS
    if many and not is_told(view, decision.headline) and not _leads(view, decision, decision.headline, text):
        decision.headline = None
        return
    for block in sorted(set(above.tolist()) - decision.protected):
        decision.drop(block, "label", "headline")


def _leads(view: View, decision: Decision, headline: int, above: NDArray[np.int64]) -> bool:
    """Whether a headline that no page gives is so sure that the sentences above it are of other stories.

    It is said twice and they have next to no word of the story, or it has a name or time below it and much more of
    the story's words than they.
    """
    story = np.flatnonzero(story_prose(view, decision))
    shared = _shared_with(view, story[story > headline].tolist())
    share = shared / np.maximum(np.bincount(view.terms[0], minlength=view.size), 1)
    most = _ALIEN if _is_doubled(view, headline) else 0.0
    if shared[headline] >= _SHARED and _is_dated(view, decision, headline):
        most = max(_ALIEN, min(_HALF_ALIEN, _MUCH_LESS * share[headline]))
    return most > 0 and len(above) <= _MOST_TEASERS and bool((share[above] <= most).all())


def is_title(view: View, index: int) -> bool:
    block = view.document.blocks[index]
    short = 2 <= view.words[index] <= HEADLINE_WORDS and bool(view.sentences[index] < TWO_SENTENCES)
    lettered = sum(map(str.isalpha, block.text)) >= _LEAST_LETTERS
    alone = block.text[-1] not in ".…:;,。" and "\n" not in block.text
    return short and lettered and alone and block.kind in ("paragraph", "heading")


def is_name(view: View, index: int) -> bool:
    """A name and perhaps who that is: words with capitals, in scripts that have none four words at most."""
    text = view.document.blocks[index].text
    if not is_title(view, index) or any(map(str.isdigit, text)):
        return False
    if text.lower() == text.upper():
        return bool(view.words[index] <= _NAME_IN_PLAIN)
    names = view.words[index] * (1 - view.function_share[index])
    if names <= _NAMES and view.words[index] * view.capitalised[index] >= names:
        return True
    name, _, role = _ROLE.sub("\n", text, count=1).partition("\n")
    names_of = name.split()
    least, most = _NAME_WORDS
    capitals = all(word[0].isupper() for word in names_of)
    return bool(role) and capitals and least <= len(names_of) <= most + 1 and len(role.split()) <= _ROLE_WORDS


def is_time(view: View, index: int) -> bool:
    """A line of mostly figures and words of time, with a clock's time or a year."""
    text = view.document.blocks[index].text
    words = _WORD.findall(text)
    if not 2 <= len(words) <= _TIME_WORDS or not _CLOCK.search(text):
        return False
    figures = sum(len(word) <= _FIGURE_CHARS and any(map(str.isdigit, word)) for word in words)
    unspaced = view.facts.count(UNSPACED)[index] > 0
    if view.ends_sentence[index] and (figures < _FIGURES or unspaced):
        return False
    most = max(len(words), view.words[index])  # where no spaces stand a word of the pattern is a clause
    return bool(figures + view.time_words[index] >= _MOSTLY * most)


def is_told(view: View, index: int) -> bool:
    """Whether the block is what the page gives as its headline."""
    return any(title == index for _, _, title in view.titles)


def _named_headline(view: View, prose: NDArray[np.int64]) -> int | None:
    """What the page gives as its headline, where nearly all of the story stands below it."""
    words = view.words[prose]
    for _, _, index in view.titles:
        above = float(words[prose < index].sum())
        if view.words[index] <= 2 * HEADLINE_WORDS and above <= _MOST_ABOVE * float(words.sum()):
            return index
    return None
