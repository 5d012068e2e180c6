"""One document as the signals see it: its counts, its containers, and what several signals share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaner.facts import (
    BUCKETS,
    COLON,
    COMMA,
    DIGIT,
    KNOWN,
    LETTER,
    MARKER,
    QUESTION,
    QUOTE,
    SPACE,
    STOP,
    STOPLESS,
    UPPER,
    Bools,
    Facts,
    Floats,
    classes_of,
    codes_of,
    distinct,
    fold,
)
from cleaner.model import Block, Document
from cleaner.weigh.lexicon import Lexicon
from cleaner.weigh.names import Names
from cleaner.weigh.structure import Structure
from cleaner.weigh.wording import Wording

_NOT_WORD = re.compile(r"[\W_]+")
_LEAST_ARTICLE = 300
_ALL_LINK = 0.85
_LETTERS = LETTER | DIGIT
_LONG_UNMARKED = 12
_SENTENCE_WORDS = 8
_COLONS = ":："
_SYLLABIC = frozenset({"vi"})
"""Languages with a space after each syllable: a syllable says little, with the next one it is compared like a word."""


def numbered(kinds: Sequence[tuple[int, float]]) -> Floats:
    """A table from a character's flags to the number of the first kind that it is of; 0 where it is of none."""
    flags = np.arange(KNOWN, dtype=np.uint16)
    return np.select([(flags & flag) != 0 for flag, _ in kinds], [number for _, number in kinds], 0.0)


_LAST = numbered([(COLON, 1.0), (QUESTION, 2.0), (COMMA, 4.0), (LETTER, 5.0), (DIGIT, 6.0)])


def ratio(part: Floats, whole: Floats | float) -> Floats:
    """`part / whole`, and 0 where there is no whole."""
    return part / np.maximum(whole, 1e-9)


def _times(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each key is among them."""
    ordered = np.sort(keys)
    return np.searchsorted(ordered, keys, side="right") - np.searchsorted(ordered, keys)


_TURKISH = str.maketrans("İı", "ii")


def bare_text(text: str) -> str:
    """The letters and digits alone, in lower case: what two copies of a headline share. Turkish i has two capitals."""
    return _NOT_WORD.sub("", fold(text.translate(_TURKISH)))


def word_triples(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A hash for each three words in a row."""
    if len(words) < 3:
        return np.zeros(0, dtype=np.uint32)
    return words[:-2] * np.uint32(31) + words[1:-1] * np.uint32(1009) + words[2:]


def _facts_of(text: str) -> Facts:
    """The counts of a text that is one block."""
    return Facts(Document(text, (Block(text, "paragraph", 0, len(text)),)))


class View:
    """Facts that more than one signal needs, each worked out once."""

    def __init__(
        self, document: Document, lexicon: Lexicon, names: Names, wording: Wording, facts: Facts | None = None
    ) -> None:
        self.document = document
        self.lexicon = lexicon
        self.names = names
        self.wording = wording
        self.facts = facts or Facts(document)
        self.rule_points = np.zeros(self.facts.size)
        """Points that rules give each block, set once they have run."""
        self.size = self.facts.size
        self.words = self.facts.word_count
        self.total = max(1.0, float(self.words.sum()))
        self.index = np.arange(self.size)
        self.numbers = lexicon.numbers(self.facts.spellings)
        self.language = lexicon.language(self.numbers)
        self.structure = Structure(document.markup, self.size) if document.markup is not None else None

    @cached_property
    def first_class(self) -> NDArray[np.uint16]:
        return self.facts.classes[self.facts.first]

    @cached_property
    def last_class(self) -> NDArray[np.uint16]:
        return self.facts.classes[self.facts.last]

    @cached_property
    def last_character(self) -> Floats:
        """1 colon, 2 question mark, 3 ellipsis, 4 comma, 5 letter, 6 digit; 0 for any other."""
        last = self.last_class
        second, third = (self.facts.classes[np.maximum(self.facts.last - n, self.facts.first)] for n in (1, 2))
        dots = ((last & second & third & STOP) != 0) & (self.facts.chars > 2)
        found = _LAST[last]
        return np.where(dots & ((last & (COLON | QUESTION)) == 0), 3.0, found)

    @property
    def cut_short(self) -> Bools:
        """Ends in an ellipsis."""
        found: Bools = self.last_character == 3
        return found

    @property
    def goes_on(self) -> Bools:
        """Ends in a comma: the next block goes on with its sentence."""
        found: Bools = self.last_character == 4
        return found

    @cached_property
    def announces(self) -> Bools:
        """Ends in a colon or a comma: what it begins stands in the next block."""
        found: Bools = self.goes_on | (self.last_character == 1)
        return found

    @cached_property
    def ends_sentence(self) -> Bools:
        """Ends with a full stop, question or exclamation mark, perhaps behind a closing quote or bracket."""
        before = self.facts.classes[np.maximum(self.facts.last - 1, self.facts.first)]
        plain: Bools = (self.last_class & STOP) != 0
        quoted: Bools = ((self.last_class & (QUOTE | MARKER)) != 0) & ((before & STOP) != 0)
        return plain | quoted | self.unmarked

    @cached_property
    def unmarked(self) -> Bools:
        """In Thai and Lao, which end a sentence with a space alone: long enough for one, by its words."""
        found: Bools = ((self.last_class & STOPLESS) != 0) & (self.words >= _LONG_UNMARKED)
        return found

    @cached_property
    def is_sentence(self) -> Bools:
        """Ends like a sentence and is long enough for one."""
        found: Bools = self.ends_sentence & (self.words >= _SENTENCE_WORDS)
        return found

    @cached_property
    def function_words(self) -> Bools:
        """Per word: a function word of the document's language."""
        return self.listed("function")

    def listed(self, key: str) -> Bools:
        """Per word: in the lexicon's list of that name, for the document's language."""
        return self.lexicon.listed(key, self.numbers, self.language)

    @cached_property
    def time_words(self) -> Floats:
        return self.facts.per_block(self.listed("time"))

    @cached_property
    def reporting_verbs(self) -> Floats:
        return self.facts.per_block(self.listed("said"))

    @cached_property
    def speech_verbs(self) -> Floats:
        """The same but for those that a site's own notices use as well: its reports, its readers' comments."""
        return self.facts.per_block(self.listed("said") & ~self.listed("notice"))

    @cached_property
    def sentences(self) -> Floats:
        """Marks that end a sentence and stand before a space or the block's end."""
        classes = self.facts.classes
        ends = (classes & STOP) != 0
        ends[:-1] &= (classes[1:] & SPACE) != 0
        return self.facts.marked(ends)

    @cached_property
    def function_share(self) -> Floats:
        return ratio(self.facts.per_block(self.function_words), self.words)

    @cached_property
    def letters(self) -> Floats:
        return self.facts.count(LETTER)

    @cached_property
    def capitalised(self) -> Floats:
        """Share of words that begin with a capital."""
        upper = (self.facts.classes[self.facts.word_starts] & UPPER) != 0
        return ratio(self.facts.per_block(upper), self.words)

    @cached_property
    def full(self) -> Bools:
        """A paragraph of running prose: long enough, and ended like a sentence."""
        return (self.words >= 20) & self.ends_sentence & (self.function_share > 0.05)

    @cached_property
    def prose(self) -> Floats:
        """Words in blocks that end like a sentence and have a dozen words or more."""
        return np.where(self.ends_sentence & (self.words >= 12), self.words, 0.0)

    @cached_property
    def terms(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each block's different content words, as (block, bucket) pairs."""
        content = ~self.function_words
        buckets = self._as_words(self.facts.buckets)
        if self.facts.inside is not None:
            content, buckets = content[self.facts.inside], buckets[self.facts.inside]
        pairs = distinct(self.facts.block_of[content] * BUCKETS + buckets[content])
        return pairs // BUCKETS, pairs % BUCKETS

    @cached_property
    def stems(self) -> NDArray[np.int64]:
        """Per word, a bucket for how it begins."""
        return self._as_words(self.facts.stems)

    def _as_words(self, buckets: NDArray[np.int64]) -> NDArray[np.int64]:
        if self.language is None or self.lexicon.languages[self.language] not in _SYLLABIC:
            return buckets
        joined: NDArray[np.int64] = (buckets * 31 + np.append(buckets[1:], 0)) % BUCKETS
        return joined

    @cached_property
    def term_count(self) -> Floats:
        return np.bincount(self.terms[0], minlength=self.size).astype(np.float64)

    def shared_terms(self, blocks: Bools, at_least: int) -> Floats:
        """Share of each block's content words that occur in `at_least` other blocks of those marked."""
        return self._share(self._others(blocks) >= at_least)

    def _others(self, blocks: Bools) -> NDArray[np.int64]:
        """For each of `terms`, how many other blocks of those marked have the word."""
        block, bucket = self.terms
        member = blocks[block]
        return np.bincount(bucket[member], minlength=BUCKETS)[bucket] - member

    def _share(self, chosen: Bools) -> Floats:
        """For each block the share of its content words that are chosen of `terms`."""
        return ratio(self.count_terms(chosen), self.term_count)

    def count_terms(self, chosen: Bools) -> Floats:
        """For each block how many of its content words are chosen of `terms`."""
        return np.bincount(self.terms[0][chosen], minlength=self.size).astype(np.float64)

    @cached_property
    def _in_core(self) -> NDArray[np.int64]:
        return self._others(self.full)

    @cached_property
    def core_share(self) -> Floats:
        """Share of content words that occur in another full paragraph."""
        return self._share(self._in_core >= 1)

    @cached_property
    def core_theme_share(self) -> Floats:
        """Share of content words that occur in two other full paragraphs."""
        return self._share(self._in_core >= 2)

    @cached_property
    def headline_terms(self) -> tuple[Floats, Floats]:
        """Share of a block's content words that are in the headline, and of the headline's that are in the block."""
        return self._terms_of(" ".join(self.document.headlines[:1]))

    @cached_property
    def description_terms(self) -> tuple[Floats, Floats]:
        """The same for what the page says about itself."""
        return self._terms_of(self.document.description)

    def _terms_of(self, text: str) -> tuple[Floats, Floats]:
        if not text:
            return np.zeros(self.size), np.zeros(self.size)
        table = np.zeros(BUCKETS, dtype=bool)
        table[self._as_words(_facts_of(text).buckets)] = True
        hits = self.count_terms(table[self.terms[1]])
        return ratio(hits, self.term_count), hits / max(1, int(np.count_nonzero(table)))

    @cached_property
    def titles(self) -> list[tuple[bool, int, int]]:
        """The blocks that are what the page gives as its headline: no heading, rank of the title, block; best first."""
        wanted = {bare: rank for rank, text in enumerate(self.document.headlines) if (bare := bare_text(text))}
        ends = np.cumsum([0, *map(len, self.document.headlines)])
        running = np.cumsum((classes_of(codes_of("".join(self.document.headlines))) & _LETTERS) != 0)
        letters = set(np.diff(np.append(0, running)[ends]).tolist())
        found: list[tuple[bool, int, int]] = []
        for index, count in enumerate(self.facts.count(_LETTERS).tolist() if letters else ()):
            if count not in letters:
                continue
            block = self.document.blocks[index]
            rank = wanted.get(bare_text(block.text))
            if rank is not None:
                found.append((block.kind != "heading", rank, index))
        return sorted(found)

    @cached_property
    def repeats(self) -> Floats:
        """How often the very same text stands in the document."""
        texts = [block.text for block in self.document.blocks]
        times = Counter(texts)
        if len(times) == self.size:
            return np.ones(self.size)
        return np.array([times[text] for text in texts], dtype=np.float64)

    @cached_property
    def article_share(self) -> Floats | None:
        """Share of each block's word triples that the page's structured article text has; None where it has none."""
        article = self.document.article
        if article is None or len(article) < _LEAST_ARTICLE:
            return None
        triples = word_triples(_facts_of(article).words)
        own = word_triples(self.facts.words)
        inside = np.isin(own, triples).astype(np.float64)
        running = np.concatenate(([0.0], np.cumsum(inside)))
        stop = np.maximum(self.facts.word_to - 2, self.facts.word_from)
        stop = np.minimum(stop, len(inside))
        start = np.minimum(self.facts.word_from, len(inside))
        return ratio(running[np.maximum(stop, start)] - running[start], (stop - start).astype(np.float64))

    def last_marked(self, marked: Bools) -> NDArray[np.int64]:
        """For each block the last marked one up to it, -1 where none is."""
        found: NDArray[np.int64] = np.maximum.accumulate(np.where(marked, self.index, -1))
        return found

    def next_marked(self, marked: Bools) -> NDArray[np.int64]:
        """For each block the next marked one from it on, the number of blocks where none is."""
        found: NDArray[np.int64] = np.minimum.accumulate(np.where(marked, self.index, self.size)[::-1])[::-1]
        return found

    def since(self, marked: Bools, far: float) -> Floats:
        """Blocks since the last marked one, at most `far`, which stands for none too."""
        last = self.last_marked(marked)
        return np.where(last >= 0, np.minimum(self.index - last, far), far)

    def until(self, marked: Bools, far: float) -> Floats:
        """Blocks to the next marked one, at most `far`, which stands for none too."""
        following = self.next_marked(marked)
        return np.where(following < self.size, np.minimum(following - self.index, far), far)

    # What follows needs markup.

    @cached_property
    def around(self) -> Structure:
        if self.structure is None:
            raise LookupError("this document has no markup")
        return self.structure

    @cached_property
    def link_chars(self) -> Floats:
        return np.array([block.link_chars or 0 for block in self.document.blocks], dtype=np.float64)

    @cached_property
    def all_link(self) -> Bools:
        """Blocks that are a link, but for a mark or a word."""
        found: Bools = self.link_chars >= _ALL_LINK * self.facts.chars
        return found

    @cached_property
    def sums(self) -> dict[str, Floats]:
        """Totals over each container: words, characters, characters in links, words of prose, blocks."""
        names = ("words", "chars", "links", "prose", "blocks")
        values = np.stack((self.words, self.facts.chars, self.link_chars, self.prose, np.ones(self.size)))
        return dict(zip(names, self.around.sums(values), strict=True))

    @cached_property
    def level_sums(self) -> dict[str, list[Floats]]:
        """The same for the containers around blocks: a row for each step outwards, the block's own element first."""
        levels = np.stack(self.around.level)
        return {name: list(values.take(levels)) for name, values in self.sums.items()}

    @cached_property
    def all_prose(self) -> float:
        return max(1.0, float(self.prose.sum()))

    @cached_property
    def main(self) -> tuple[int, int]:
        """The blocks (from, to) of the smallest container that holds three fifths of the prose."""
        enough = np.flatnonzero(self.sums["prose"] >= 0.6 * self.all_prose)
        container = enough[np.argmin(self.sums["blocks"][enough])] if len(enough) else 0
        return int(self.around.low[container]), int(self.around.high[container])

    @cached_property
    def direct_prose(self) -> Floats:
        """Per container, the words of prose in its children."""
        parents = self.around.parent[self.around.holder]
        return np.bincount(parents, weights=self.prose, minlength=len(self.around.low)).astype(np.float64)

    @cached_property
    def best(self) -> tuple[int, int]:
        """The blocks (from, to) of the container with the most prose directly in it."""
        container = int(self.direct_prose.argmax())
        return int(self.around.low[container]), int(self.around.high[container])

    def within(self, span: tuple[int, int]) -> Floats:
        return ((self.index >= span[0]) & (self.index < span[1])).astype(np.float64)

    def along(self, span: tuple[int, int]) -> Floats:
        """How far along the span each block stands: 0 at its begin, 1 at its end, clipped to -1 and 2."""
        return np.clip((self.index - span[0]) / max(1, span[1] - span[0]), -1.0, 2.0)

    @cached_property
    def _named(self) -> NDArray[np.int64]:
        """Per container, a number for its tag and its class."""
        around = self.around
        return around.tag * len(around.parent) + self._name

    @cached_property
    def _name(self) -> NDArray[np.int64]:
        """Per container, a number for its class."""
        seen: dict[str, int] = {}
        return np.array([seen.setdefault(name, len(seen)) for name in self.around.markup.names], dtype=np.int64)

    @cached_property
    def siblings(self) -> Floats:
        """Per container, log2 of how many of its siblings have the same tag and class."""
        return np.log2(_times(self._named * len(self._named) + self.around.parent))

    @cached_property
    def alike(self) -> Floats:
        """Per container, log2 of how many have its tag, its class and its parent's class."""
        above = self._name[self.around.parent]
        return np.log2(_times(self._named * len(self._named) + above))

    @cached_property
    def name_points(self) -> Floats:
        """What the classes and ids of a block's element and of all those around it are worth."""
        markup = self.around.markup
        worth = {name: self.names.of(name) for name in set(markup.names)}
        path = [worth[markup.names[0]]]
        for name, parent in zip(markup.names[1:], markup.parent[1:], strict=True):
            path.append(path[parent] + worth[name])
        return np.array(path)[self.around.holder]
