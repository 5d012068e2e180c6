"""Fit what words and pairs of words are worth: a logistic regression on the brief lines of many sites."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from cleaner.facts import Facts
from cleaner.fitting.evaluate import read_gold
from cleaner.fitting.gold import GoldError
from cleaner.fitting.labelled import Example
from cleaner.parse.text import parse_text
from cleaner.rules.ruleset import builtin_directory
from cleaner.weigh.lexicon import lexicon
from cleaner.weigh.wording import EDGE, UNNAMED, words_of

STORY = "story"
_MOST_WORDS = 40
_LEAST_SITES = 3
_LEAST_TEXTS = 2
"""Written lines are few: a word counts that stands in two of them, from two texts if they are of texts."""
_WRITTEN = 5.0
"""What a line counts that was written for a rule or for the corpus: there are few, in many languages."""
_LEAST_POINTS = 0.15
_STORIES_ALIKE = frozenset({"tail", "related"})
"""Classes whose lines read like stories: from the corpus only their headers could teach."""


class Line(NamedTuple):
    """A brief block with what it consists of, and its class."""

    terms: frozenset[str]
    site: str
    label: str
    written: bool = False
    language: str = ""


def terms_of(facts: Facts, block: int) -> frozenset[str]:
    """The words and pairs of a block, as `Wording` has them.

    >>> from cleaner.parse.text import parse_text
    >>> sorted(terms_of(Facts(parse_text("Sign up for 5!")), 0))
    ['0', '0 _', '_ sign', 'for', 'for 0', 'sign', 'sign up', 'up', 'up for']
    """
    words = words_of(facts, block)
    pairs = [" ".join(pair) for pair in pairwise([EDGE, *words, EDGE]) if all(pair)]
    return frozenset(filter(None, words)).union(pairs)


def example_lines(examples: Iterable[Example]) -> Iterator[Line]:
    """The brief blocks of labelled documents, each text of a site once."""
    seen: set[tuple[str, frozenset[str]]] = set()
    for example in examples:
        facts = example.view.facts
        for block, label in enumerate(example.labels):
            if label is not None and 0 < facts.word_count[block] <= _MOST_WORDS:
                terms = terms_of(facts, block)
                if (example.site, terms) not in seen:
                    seen.add((example.site, terms))
                    yield Line(terms, example.site, STORY if label else UNNAMED)


def written_lines(stories: Sequence[Path] = ()) -> Iterator[Line]:
    """The examples of the rules that come with the package, and the lines of texts written for the corpus."""
    for path in sorted(builtin_directory().glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", ()):
            if rule.get("action", "drop") == "drop":
                label = rule.get("class", rule["id"].partition(".")[0])
                yield from _lines(rule.get("match", ()), "", label)
                yield from _lines(rule.get("spare", ()), "", STORY)
    for path in stories:
        for gold in read_gold(path):
            for case in gold.cases:
                for label, text in case.noise:
                    if label not in _STORIES_ALIKE:
                        yield from _lines([text], case.site, label)
                yield from _lines((case.body or "").split("\n"), case.site, STORY)


class _Listed(msgspec.Struct, forbid_unknown_fields=True):
    """A file of lines: each a language, a class and a text."""

    noise: list[tuple[str, str, str]] = []
    story: list[tuple[str, str, str]] = []


def list_lines(path: Path) -> Iterator[Line]:
    """The lines of a file of lines: `noise` and `story`, each a list of language, class and text.

    Raises `GoldError` for a file that is not so.
    """
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_Listed)
    except ValueError as error:
        raise GoldError(
            str(path), f"no file of lines ({error})", "list noise and story as [language, class, text]"
        ) from None
    for language, label, text in found.noise:
        yield from _lines([text], "", label, language)
    for language, _, text in found.story:
        yield from _lines([text], "", STORY, language)


def _lines(texts: Sequence[object], site: str, label: str, language: str = "") -> Iterator[Line]:
    words = lexicon()
    for text in texts:
        document = parse_text(text if isinstance(text, str) else "")
        if len(document.blocks) == 1 and 0 < (facts := Facts(document)).word_count[0] <= _MOST_WORDS:
            number = words.language(words.numbers(facts.spellings))
            found = language or ("?" if number is None else words.languages[number])
            yield Line(terms_of(facts, 0), site, label, written=True, language=found)


def fit_wording(lines: Sequence[Line]) -> dict[str, dict[str, float]]:
    """Points for the words and pairs of several sites, or of two written lines, by the class that they speak for."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    sites: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, set[str | int]] = defaultdict(set)
    classes: dict[str, Counter[str]] = defaultdict(Counter)
    for number, line in enumerate(lines):
        for term in line.terms:
            if line.written:
                classes[term][line.label] += 1
                texts[term].add(line.site or number)
            else:
                sites[term].add(line.site)
    known = sorted(
        term
        for term in sites.keys() | classes.keys()
        if len(sites.get(term, ())) >= _LEAST_SITES or len(texts.get(term, ())) >= _LEAST_TEXTS
    )
    column = {term: number for number, term in enumerate(known)}
    columns = [[column[term] for term in sorted(line.terms) if term in column] for line in lines]
    # A language of which more noise is known than stories is no noise for that: its lines have points of their own.
    own = {language: len(column) + number for number, language in enumerate(sorted({line.language for line in lines}))}
    for line, found_in in zip(lines, columns, strict=True):
        if line.written:
            found_in.append(own[line.language])
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.concatenate([np.array(own, dtype=np.int64) for own in columns])
    matrix = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(lines), len(column) + len(own)))
    model = LogisticRegression(C=0.1, fit_intercept=False, max_iter=200, solver="liblinear", random_state=7)
    worth = [_WRITTEN if line.written else 1.0 for line in lines]
    model.fit(matrix, [line.label != STORY for line in lines], sample_weight=worth)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for term, points in zip(known, model.coef_[0].tolist(), strict=False):
        if abs(points) >= _LEAST_POINTS:
            found[STORY if points < 0 else _class_of(classes[term])][term] = round(points, 2)
    return {label: found[label] for label in sorted(found)}


def _class_of(counts: Counter[str]) -> str:
    """The class that most written noise lines with a word have, if at least half of them."""
    noise = Counter({label: count for label, count in counts.items() if label != STORY})
    (label, count), *_ = noise.most_common(1) or [(UNNAMED, 0)]
    return label if 2 * count >= noise.total() > 0 else UNNAMED
