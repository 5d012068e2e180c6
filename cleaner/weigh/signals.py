"""What is measured in a block: one pure function a signal, each giving a number per block.

A signal named with `needs_markup` abstains on plain text. What a number is worth stands in
`rules/scorecard.toml`, never here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cleaner.facts import COMMA, DIGIT, LETTER, MARKER, QUOTE, UPPER, Floats
from cleaner.model import KINDS
from cleaner.weigh.structure import REGION_BIT, REGIONS
from cleaner.weigh.view import View, numbered, ratio

Signal = Callable[[View], Floats]
SIGNALS: dict[str, Signal] = {}
MARKUP_SIGNALS: dict[str, Signal] = {}
_FAR = 40.0


def signal(function: Signal) -> Signal:
    SIGNALS[function.__name__] = function
    return function


def needs_markup(function: Signal) -> Signal:
    MARKUP_SIGNALS[function.__name__] = function
    return function


# The block itself


@signal
def words(view: View) -> Floats:
    """log2 of one more than its words."""
    return np.log2(view.words + 1)


@signal
def letters_per_word(view: View) -> Floats:
    return ratio(view.letters, view.words)


@signal
def sentences(view: View) -> Floats:
    """Marks that end a sentence and stand before a space or the block's end."""
    return np.minimum(view.sentences, 20.0)


@signal
def words_per_sentence(view: View) -> Floats:
    return ratio(view.words, sentences(view) + 1)


@signal
def ends_sentence(view: View) -> Floats:
    return view.ends_sentence.astype(np.float64)


@signal
def last_character(view: View) -> Floats:
    """1 colon, 2 question mark, 3 ellipsis, 4 comma, 5 letter, 6 digit; 0 for any other."""
    return view.last_character


@signal
def first_character(view: View) -> Floats:
    """1 capital, 2 small letter, 3 digit, 4 quotation mark, 5 bullet or other mark; 0 for any other."""
    return _FIRST[view.first_class]


_FIRST = numbered([(UPPER, 1.0), (LETTER, 2.0), (DIGIT, 3.0), (QUOTE, 4.0), (MARKER, 5.0)])


@signal
def commas_per_word(view: View) -> Floats:
    return ratio(view.facts.count(COMMA), view.words)


@signal
def quotes_per_word(view: View) -> Floats:
    return ratio(view.facts.count(QUOTE), view.words)


@signal
def digit_share(view: View) -> Floats:
    return ratio(view.facts.count(DIGIT), view.facts.chars)


@signal
def marks_per_word(view: View) -> Floats:
    """Bullets, bars, arrows, at signs, hashes and the like."""
    return ratio(view.facts.count(MARKER), view.words)


@signal
def capitalised_share(view: View) -> Floats:
    return view.capitalised


@signal
def capitals_share(view: View) -> Floats:
    """Capitals among all letters."""
    return ratio(view.facts.count(UPPER), view.letters)


@signal
def function_word_share(view: View) -> Floats:
    return view.function_share


@signal
def reporting_verbs(view: View) -> Floats:
    return np.minimum(view.reporting_verbs, 4.0)


@signal
def time_word_share(view: View) -> Floats:
    return ratio(view.time_words, view.words)


@signal
def points_back(view: View) -> Floats:
    """Its first word points back to what was said before (he, this, however)."""
    facts = view.facts
    if not len(facts.words):
        return np.zeros(view.size)
    first = np.minimum(facts.word_from, len(facts.words) - 1)
    listed = view.lexicon.listed("back", view.numbers[first], view.language)
    return (listed & (facts.word_to > facts.word_from)).astype(np.float64)


@signal
def repeated(view: View) -> Floats:
    """The very same text stands elsewhere in the document too."""
    return np.minimum(view.repeats - 1, 3.0)


# What it shares with the rest


@signal
def shared_vocabulary(view: View) -> Floats:
    """Share of content words that other blocks have too."""
    return view.shared_terms(np.ones(view.size, dtype=bool), 1)


@signal
def core_vocabulary_share(view: View) -> Floats:
    """Share of content words that occur in another full paragraph."""
    return view.core_share


@signal
def core_theme_share(view: View) -> Floats:
    """Share of content words that occur in two other full paragraphs."""
    return view.core_theme_share


@signal
def in_headline_share(view: View) -> Floats:
    return view.headline_terms[0]


@signal
def headline_covered(view: View) -> Floats:
    return view.headline_terms[1]


@needs_markup
def in_description_share(view: View) -> Floats:
    """Share of its content words that stand in what the page says about itself."""
    return view.description_terms[0]


@needs_markup
def description_covered(view: View) -> Floats:
    """Share of the content words of what the page says about itself that it has."""
    return view.description_terms[1]


# Where it stands


@signal
def words_before(view: View) -> Floats:
    """Share of the document's words before the block."""
    return (view.words.cumsum() - view.words) / view.total


@signal
def blocks_before(view: View) -> Floats:
    return np.asarray(np.log2(view.index + 1.0), dtype=np.float64)


@signal
def blocks_after(view: View) -> Floats:
    return np.log2(view.size - view.index)


@signal
def prose_before(view: View) -> Floats:
    """Share of the words in full paragraphs that stand before the block."""
    full = view.words * view.full
    return (full.cumsum() - full) / max(1.0, float(full.sum()))


@signal
def blocks_since_full(view: View) -> Floats:
    """Blocks since the last full paragraph, 40 where there is none."""
    return view.since(view.full, _FAR)


@signal
def blocks_to_full(view: View) -> Floats:
    """Blocks to the next full paragraph, 40 where there is none."""
    return view.until(view.full, _FAR)


@signal
def document_words(view: View) -> Floats:
    return np.full(view.size, np.log2(view.total))


@signal
def document_words_per_block(view: View) -> Floats:
    return np.full(view.size, view.total / max(1, view.size))


@signal
def document_prose_share(view: View) -> Floats:
    """Share of the document's words that stand in full paragraphs."""
    return np.full(view.size, float(view.words[view.full].sum()) / view.total)


# Markup


@needs_markup
def link_density(view: View) -> Floats:
    return np.minimum(ratio(view.link_chars, view.facts.chars), 1.0)


@needs_markup
def links_per_word(view: View) -> Floats:
    return ratio(np.array(view.around.markup.links, dtype=np.float64), view.words + 1)


@needs_markup
def block_kind(view: View) -> Floats:
    """The block's kind, by its number in `KINDS`."""
    return np.array([_KIND_NUMBER[block.kind] for block in view.document.blocks], dtype=np.float64)


_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}


@needs_markup
def heading_level(view: View) -> Floats:
    around = view.around
    levels = [int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() else 0 for tag in around.tags]
    return np.array(levels, dtype=np.float64)[around.tag[around.holder]]


def _region_signal(region: str) -> None:
    bit = REGION_BIT[region]

    def inside(view: View) -> Floats:
        return np.asarray((view.around.block_regions & bit) != 0, dtype=np.float64)

    inside.__name__ = f"in_{region}"
    inside.__doc__ = f"Inside an element {' or '.join(REGIONS[region])}."
    needs_markup(inside)


for _region in REGIONS:
    _region_signal(_region)


@needs_markup
def depth(view: View) -> Floats:
    return view.around.depth[view.around.holder]


def _level_signals(level: int) -> None:
    def share(view: View) -> Floats:
        return view.level_sums["words"][level] / view.total

    def links(view: View) -> Floats:
        return np.minimum(ratio(view.level_sums["links"][level], view.level_sums["chars"][level]), 1.0)

    def words_each(view: View) -> Floats:
        return ratio(view.level_sums["words"][level], view.level_sums["blocks"][level])

    def prose_share(view: View) -> Floats:
        return view.level_sums["prose"][level] / view.all_prose

    def prose_density(view: View) -> Floats:
        return ratio(view.level_sums["prose"][level], view.level_sums["words"][level])

    def blocks(view: View) -> Floats:
        return np.log2(view.level_sums["blocks"][level] + 1)

    for function, name, doc in (
        (share, "word_share", "Share of the page's words that stand in"),
        (links, "link_density", "Share of characters in links in"),
        (words_each, "words_per_block", "Words per block in"),
        (prose_share, "prose_share", "Share of the page's prose that stands in"),
        (prose_density, "prose_density", "Share of words in prose in"),
        (blocks, "blocks", "log2 of the blocks in"),
    ):
        function.__name__ = f"container{level}_{name}"
        function.__doc__ = f"{doc} the container {level} steps around the block."
        needs_markup(function)


for _level in (1, 2, 3, 4):
    _level_signals(_level)


@needs_markup
def siblings_alike(view: View) -> Floats:
    """log2 of how many siblings of the block's element have its tag and class."""
    return view.siblings[view.around.holder]


@needs_markup
def siblings_alike_outside(view: View) -> Floats:
    """The same for the element around it."""
    return view.siblings[view.around.parent[view.around.holder]]


@needs_markup
def card(view: View) -> Floats:
    """log2 of the most alike siblings that any element around it has, paragraphs, items and rows left aside."""
    around = view.around
    plain = np.array([tag in ("p", "li", "tr", "td", "th") for tag in around.tags])[around.tag]
    return around.gathered(np.where(plain, 0.0, view.siblings), np.maximum)[around.holder]


@needs_markup
def elements_alike(view: View) -> Floats:
    """log2 of how many elements of the page have its element's tag and class in a parent of the same class."""
    return view.alike[view.around.holder]


@needs_markup
def after_main_heading(view: View) -> Floats:
    """Blocks since the first h1, from -30 to 60; 0 where the page has none."""
    tags = view.around.markup.tags
    for block, holder in enumerate(view.around.markup.holder):
        if tags[holder] == "h1":
            return np.clip(view.index - block, -30.0, 60.0)
    return np.zeros(view.size)


@needs_markup
def after_headline(view: View) -> Floats:
    """Blocks since the one that is what the page gives as its headline, from -30 to 60; -31 where none is."""
    if not view.titles:
        return np.full(view.size, -31.0)
    return np.clip(view.index - view.titles[0][2], -30.0, 60.0)


@needs_markup
def in_prose_container(view: View) -> Floats:
    """Inside the smallest container that holds three fifths of the page's prose."""
    return view.within(view.main)


@needs_markup
def along_prose_container(view: View) -> Floats:
    return view.along(view.main)


@needs_markup
def in_best_container(view: View) -> Floats:
    """Inside the container with the most prose directly in it."""
    return view.within(view.best)


@needs_markup
def along_best_container(view: View) -> Floats:
    return view.along(view.best)


@needs_markup
def sibling_prose(view: View) -> Floats:
    """Share of the page's prose that stands beside the block's element."""
    around = view.around
    return view.direct_prose[around.parent[around.holder]] / view.all_prose


@needs_markup
def sibling_prose_outside(view: View) -> Floats:
    """The same one element further out."""
    around = view.around
    return view.direct_prose[around.parent[around.parent[around.holder]]] / view.all_prose


def neighbours(values: Floats, offset: int, absent: float) -> Floats:
    """Each block's neighbour's value; `offset` below zero for those before it."""
    moved = np.full(len(values), absent)
    if abs(offset) < len(values):
        if offset < 0:
            moved[-offset:] = values[:offset]
        else:
            moved[:-offset] = values[offset:]
    return moved


def _neighbour_signal(name: str, offset: int, measure: Signal) -> None:
    def neighbour(view: View) -> Floats:
        return neighbours(measure(view), offset, -1.0)

    neighbour.__name__ = name
    neighbour.__doc__ = f"`{measure.__name__}` of the block {'before' if offset < 0 else 'after'} it; -1 where none is."
    signal(neighbour)


for _name, _offset in (("before", -1), ("after", 1)):
    _neighbour_signal(f"words_{_name}_it", _offset, words)
    _neighbour_signal(f"ends_sentence_{_name}_it", _offset, ends_sentence)
    _neighbour_signal(f"core_share_{_name}_it", _offset, core_vocabulary_share)


@needs_markup
def names_around(view: View) -> Floats:
    """Points of the classes, ids and roles of its element and of those around it."""
    return np.clip(view.name_points, -8.0, 8.0)


# What rules found


@signal
def rule_points_before(view: View) -> Floats:
    """The most that rules gave one of the three blocks before it."""
    beside = [neighbours(view.rule_points, -offset, 0.0) for offset in (1, 2, 3)]
    return np.asarray(np.maximum.reduce(beside), dtype=np.float64)


@signal
def rule_points_after(view: View) -> Floats:
    """The most that rules gave one of the three blocks after it."""
    beside = [neighbours(view.rule_points, offset, 0.0) for offset in (1, 2, 3)]
    return np.asarray(np.maximum.reduce(beside), dtype=np.float64)


@signal
def rule_points_so_far(view: View) -> Floats:
    """Blocks since a rule found noise, 40 where none did."""
    return view.since(view.rule_points > 0, _FAR)


@signal
def rule_points(view: View) -> Floats:
    """What rules gave the block itself."""
    return np.clip(view.rule_points, -4.0, 4.0)
