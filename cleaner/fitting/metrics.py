"""How good an output is: metrics as pure functions on strings.

All count `\\w+` tokens, lower-cased. A gold body is compared by shingles and by words, and a text line by
line with what went in; where only snippets are known, by what must and must not be there. Nothing here knows
how an output was made, so peers are measured by the same functions.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from cleaner.sites.domain import registered_domain

SHINGLE = 4
"""Tokens in a shingle; a line with fewer is short."""
BODY_SHARE = 0.6
"""A line is body if at least this share of its shingles is in gold."""
RUN = 3
"""Shingles on end that are no chance."""
FOLDS = 5

Gram = tuple[str, ...]
_TOKEN = re.compile(r"\w+")


# --- tokens and scores ---------------------------------------------------------------------------


def tokens(text: str) -> list[str]:
    """Cut `text` into lower-case runs of word characters.

    >>> tokens("U.S. won't, said “Ann”.")
    ['u', 's', 'won', 't', 'said', 'ann']
    """
    return _TOKEN.findall(text.lower())


def shingles(words: Sequence[str]) -> Counter[Gram]:
    """Count the 4-grams of `words`; fewer than four words are one shingle, none at all are none.

    >>> sorted(shingles("a b a b a".split()).items())
    [(('a', 'b', 'a', 'b'), 1), (('b', 'a', 'b', 'a'), 1)]
    >>> shingles(["a", "b"])
    Counter({('a', 'b'): 1})
    """
    if not words:
        return Counter()
    if len(words) < SHINGLE:
        return Counter([tuple(words)])
    return Counter(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


class Indexed:
    """A text prepared for asking which words of a line it has."""

    def __init__(self, text: str) -> None:
        self.words = tokens(text)
        self.shingles = shingles(self.words)
        self._sequence = f" {' '.join(self.words)} "

    def find(self, grams: Sequence[Gram]) -> list[bool]:
        """For each shingle of a line, or for the one run of words of a short line, whether it occurs."""
        known = self.shingles
        if grams and len(grams[0]) < SHINGLE:
            return [f" {' '.join(gram)} " in self._sequence for gram in grams]
        return [gram in known for gram in grams]


@lru_cache(maxsize=8)
def indexed(text: str) -> Indexed:
    """`Indexed(text)`, kept for as long as one case is measured: every metric asks for the same few texts."""
    return Indexed(text)


def _grams(words: Sequence[str]) -> list[Gram]:
    """The 4-grams of a line in order; a short line is one gram, whatever its length."""
    if len(words) < SHINGLE:
        return [tuple(words)] if words else []
    return list(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


def share(part: int, whole: int) -> float:
    """`part / whole`; 1 where there was nothing to get right."""
    return part / whole if whole else 1.0


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0.

    >>> f1(0.5, 1.0)
    0.6666666666666666
    """
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one page, or the mean of many."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return f1(self.precision, self.recall)


def overlap(output: Counter[Any], gold: Counter[Any]) -> Score:
    """Compare two multisets. What is empty has nothing wrong: its precision (or recall) is 1.

    >>> overlap(Counter("aab"), Counter("abcd"))
    Score(precision=0.6666666666666666, recall=0.5)
    >>> overlap(Counter(), Counter("ab"))
    Score(precision=1.0, recall=0.0)
    """
    common = sum((output & gold).values())
    made, wanted = output.total(), gold.total()
    return Score(common / made if made else 1.0, common / wanted if wanted else 1.0)


def shingle_score(output: str, gold: str) -> Score:
    """Multiset precision and recall of 4-gram shingles on one page.

    >>> shingle_score("One two three four five.", "two three four five")
    Score(precision=0.5, recall=1.0)
    """
    return overlap(indexed(output).shingles, indexed(gold).shingles)


def word_score(output: str, gold: str) -> Score:
    """Bag-of-words precision and recall on one page.

    >>> word_score("the cat and the dog", "The cat.")
    Score(precision=0.4, recall=1.0)
    """
    return overlap(Counter(indexed(output).words), Counter(indexed(gold).words))


def exact(output: str, gold: str) -> bool:
    """Whether both have the same tokens in the same order.

    >>> exact("It’s  Ann.", "it's\\nAnn")
    True
    """
    return indexed(output).words == indexed(gold).words


def mean_score(scores: Sequence[Score]) -> Score:
    """Precision and recall averaged over pages; its `f1` is the F1 of the averages.

    >>> mean_score([Score(1.0, 0.0), Score(0.5, 1.0)])
    Score(precision=0.75, recall=0.5)
    """
    if not scores:
        return Score(0.0, 0.0)
    count = len(scores)
    return Score(sum(s.precision for s in scores) / count, sum(s.recall for s in scores) / count)


@dataclass(frozen=True, slots=True)
class Snippets:
    """How many snippets that must be in the output are (`found`), how many that must not be (`leaked`)."""

    found: int = 0
    missed: int = 0
    leaked: int = 0
    avoided: int = 0

    def __add__(self, other: Snippets) -> Snippets:
        return Snippets(
            self.found + other.found,
            self.missed + other.missed,
            self.leaked + other.leaked,
            self.avoided + other.avoided,
        )

    @property
    def score(self) -> Score:
        """Precision and recall over all snippets counted, not over pages."""
        return Score(share(self.found, self.found + self.leaked), share(self.found, self.found + self.missed))


def snippet_counts(output: str, must: Iterable[str], must_not: Iterable[str]) -> Snippets:
    """Look for each snippet in the output, white space folded on both sides.

    >>> snippet_counts("The  mayor\\nresigned. Share", ["mayor resigned", "on Monday"], ["Share", "Home"])
    Snippets(found=1, missed=1, leaked=1, avoided=1)
    """
    folded = fold_space(output)
    wanted = [fold_space(snippet) in folded for snippet in must]
    unwanted = [fold_space(snippet) in folded for snippet in must_not]
    found, leaked = sum(wanted), sum(unwanted)
    return Snippets(found, len(wanted) - found, leaked, len(unwanted) - leaked)


def fold_space(text: str) -> str:
    """Make each run of white space one space."""
    return " ".join(text.split())


# --- text in: line by line -----------------------------------------------------------------------


def label_lines(text: str, gold: str) -> list[bool | None]:
    """Tell for each line of `text` whether it is body (True) or noise (False); None where it has no word.

    A line is body if 60 % of its 4-grams are in gold; a line of fewer than four words if it occurs there.

    >>> label_lines("Home\\n\\nThe mayor of Elm resigned today.\\nShe left.\\nRead next", "The mayor of Elm"
    ...     " resigned today. She left.")
    [False, None, True, True, False]
    """
    index = indexed(gold)
    lines = (tokens(line) for line in text.split("\n"))
    return [_line(words, index).is_body if words else None for words in lines]


def oracle(text: str, gold: str) -> str:
    """Delete exactly the noise lines: the best that any tool which drops whole lines can do.

    >>> oracle("Home\\nThe mayor of Elm resigned.\\nRead next", "The mayor of Elm resigned.")
    'The mayor of Elm resigned.'
    """
    labels = label_lines(text, gold)
    return "\n".join(line for line, body in zip(text.split("\n"), labels, strict=True) if body is not False)


@dataclass(frozen=True, slots=True)
class LineTally:
    """What became of the lines of one text, or of many; see `line_tally`."""

    documents: int = 0
    harmed: int = 0
    with_residue: int = 0
    body_lines: int = 0
    body_lost: int = 0
    noise_lines: int = 0
    noise_left: int = 0
    body_words: int = 0
    words_lost: int = 0
    words_gone: int = 0
    """Lost words of which the output has no other copy either: what doubled headlines do not account for."""

    def __add__(self, other: LineTally) -> LineTally:
        return LineTally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def noise(self) -> Score:
        """Precision and recall over noise lines: of the lines removed, and of those to be removed."""
        removed = self.noise_lines - self.noise_left
        return Score(share(removed, removed + self.body_lost), share(removed, self.noise_lines))

    @property
    def lost_share(self) -> float:
        return self.words_lost / self.body_words if self.body_words else 0.0

    @property
    def gone_share(self) -> float:
        return self.words_gone / self.body_words if self.body_words else 0.0


def line_tally(text: str, output: str, gold: str) -> LineTally:
    """Compare what went in (`text`) with what came out, line by line of what went in.

    Lines are looked up in the output by the rule that labels them: a body line is lost when fewer than 60 %
    of its shingles that are in gold are in the output, a noise line is left when 60 % of its shingles are.
    What one line was found in counts for no other, so of two equal lines one can be lost. Words cut out of a
    line that stays count, too: `words_lost` are the words of body lines that gold's shingles cover and the
    output's do not.

    >>> tally = line_tally("Home\\nThe mayor of Elm resigned.\\nShe left.", "Home The mayor of Elm resigned.",
    ...     "The mayor of Elm resigned. She left.")
    >>> tally.body_lost, tally.noise_left, tally.words_lost, tally.body_words
    (1, 1, 2, 7)
    """
    wanted, made = indexed(gold), indexed(output)
    lines = [_line(words, wanted) for line in text.split("\n") if (words := tokens(line))]
    # Body lines choose first, and long lines before short ones, which occur by chance inside them.
    lines.sort(key=lambda line: (line.is_short, not line.is_body))
    remains = _Remains(made, {line.grams[0] for line in lines if line.is_short})
    tally = sum((_fate(line, remains, made) for line in lines), LineTally(documents=1))
    return replace(tally, harmed=int(tally.body_lost > 0), with_residue=int(tally.noise_left > 0))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the input: its words and shingles, and which of these are in gold."""

    words: list[str]
    grams: list[Gram]
    in_gold: list[bool]

    @property
    def is_short(self) -> bool:
        return len(self.words) < SHINGLE

    @property
    def is_body(self) -> bool:
        return _enough(self.in_gold)


def _line(words: list[str], gold: Indexed) -> _Line:
    grams = _grams(words)
    return _Line(words, grams, gold.find(grams))


def _enough(found: Sequence[bool]) -> bool:
    return sum(found) >= BODY_SHARE * len(found)


class _Remains:
    """What of an output no line of the input has been found in yet."""

    def __init__(self, output: Indexed, short: set[Gram]) -> None:
        self._grams = output.shingles.copy()
        self._short = _occurrences(output.words, short)

    def take(self, line: _Line) -> list[bool]:
        """Tell which shingles of the line are left, and take them away."""
        left = self._short if line.is_short else self._grams
        found = []
        for gram in line.grams:
            there = left.get(gram, 0) > 0
            found.append(there)
            if there:
                left[gram] -= 1
        if not line.is_short and _enough(found):
            self._short.subtract(_occurrences(line.words, self._short.keys()))
        return found


def _occurrences(words: Sequence[str], wanted: Container[Gram]) -> Counter[Gram]:
    """How often each wanted run of fewer than four words occurs in `words`."""
    runs = (zip(*(words[i:] for i in range(size)), strict=False) for size in range(1, SHINGLE))
    return Counter(run for some in runs for run in some if run in wanted)


def _fate(line: _Line, remains: _Remains, made: Indexed) -> LineTally:
    found = remains.take(line)
    if not line.is_body:
        return LineTally(noise_lines=1, noise_left=int(_enough(found)))
    kept = _enough([there for there, wanted in zip(found, line.in_gold, strict=True) if wanted])
    size = len(line.words)
    story, here = _cover(line.in_gold, size), _cover(_runs(found), size)
    anywhere = _cover(_runs(made.find(line.grams)), size)
    lost = [word for word in range(size) if story[word] and not here[word]]
    gone = sum(not anywhere[word] for word in lost)
    return LineTally(
        body_lines=1, body_lost=int(not kept), body_words=sum(story), words_lost=len(lost), words_gone=gone
    )


def _runs(found: Sequence[bool]) -> list[bool]:
    """Leave out what was found in fewer than three shingles on end, unless it is the whole line.

    A line that was dropped shares a turn of phrase with others by chance, a line that stays its whole length.

    >>> _runs([True, False, True, True, True]), _runs([True, True])
    ([False, False, True, True, True], [True, True])
    """
    kept = list(found)
    at = 0
    for there, run in groupby(found):
        length = len(list(run))
        if there and length < RUN and length < len(found):
            kept[at : at + length] = [False] * length
        at += length
    return kept


def _cover(found: Sequence[bool], size: int) -> list[bool]:
    """For each of `size` words, whether one of the shingles around it was found."""
    if all(found):
        return [True] * size
    covered = [False] * size
    for at, there in enumerate(found):
        if there:
            covered[at : at + SHINGLE] = [True] * min(SHINGLE, size - at)
    return covered


# --- sites and folds -----------------------------------------------------------------------------


def fold_of(site: str, folds: int = FOLDS) -> int:
    """The fold of a site, the same in every process and on every machine; all pages of a site share it.

    >>> fold_of("https://www.example.com/a") == fold_of("sport.example.com")
    True
    """
    digest = hashlib.sha256(registered_domain(site).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") % folds
