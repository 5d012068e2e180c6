"""Labelled documents to fit on: gold pages, what extractors left of them, clean stories, and made tails."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.fitting.align import label_blocks
from cleaner.fitting.evaluate import Case, read_gold
from cleaner.fitting.generate import Article, Made, plain, sprinkle, surround
from cleaner.model import Document
from cleaner.parse.read import decode
from cleaner.parse.text import parse_text
from cleaner.pipeline import Cleaner, parse
from cleaner.rules.match import Hit
from cleaner.weigh.view import View

_LONGEST = 60_000
_LEAST_PARAGRAPHS = 4
_MOST_TEASERS = 9
_REAL_TAILS = 0.2
"""Share of the gold texts that tails are sought in."""
_WRITTEN = 5.0
"""What the gaps of a text written for the corpus count: there are few of them, in many languages."""
_NOISY = 0.5
"""Share of the made texts that have other noise between their lines too."""
_MOST_BLOCKS = 600
_TAIL_WORDS = 25


@dataclass(frozen=True)
class Example:
    """One labelled document, measured. `worth` is how much its blocks count."""

    view: View
    labels: list[bool | None]
    site: str
    worth: float = 1.0


def page_examples(paths: Sequence[Path], cleaner: Cleaner) -> Iterator[Example]:
    """The gold pages, each block labelled by the gold body."""
    for case in _cases(paths):
        if case.kind != "html" or case.body is None:
            continue
        document = parse(_text_of(case), "html", cleaner.rules.selectors())
        if document.blocks:
            view, _ = cleaner.look(document)
            labels = label_blocks([block.text for block in document.blocks], case.body)
            yield Example(view, labels, case.site)


def text_examples(
    paths: Sequence[Path], cleaner: Cleaner, headers: Sequence[str] = (), share: float = 0.4
) -> Iterator[Example]:
    """A share of the gold texts, all gold bodies as clean texts, and some of these with teasers around them."""
    chance = random.Random(20)
    clean: list[tuple[Case, Article]] = []
    for case in _cases(paths):
        if case.body is None:
            continue
        if case.kind == "html":
            paragraphs = tuple(line for line in case.body.split("\n") if line.strip())
            if paragraphs:
                clean.append((case, Article(case.headline, paragraphs)))
        elif chance.random() < share:
            text = case.read()
            assert isinstance(text, str)
            if text.strip() and len(text) <= _LONGEST:
                document = parse_text(text)
                labels = label_blocks([block.text for block in document.blocks], case.body)
                yield Example(cleaner.look(document)[0], labels, case.site)
    whole = [(case, article) for case, article in clean if len(article.paragraphs) >= _LEAST_PARAGRAPHS]
    for case, article in clean:
        document = parse_text("\n".join(article.paragraphs))
        yield Example(cleaner.look(document)[0], [True] * len(document.blocks), case.site)
    for case, article in whole:
        others = [
            other
            for found, other in chance.sample(whole, min(len(whole), chance.randrange(2, _MOST_TEASERS)))
            if found is not case
        ]
        if others and chance.random() < 0.6:
            made = surround(article, others, chance, headers)
            document = parse_text(made.text)
            yield Example(cleaner.look(document)[0], _made_labels(document, made), case.site)


@dataclass(frozen=True)
class Tail:
    """One text, clean or with a tail: its story ends before block `ends`, its tail begins at `starts`, None: no tail.

    What stands between the two is unclear, and so is what follows `ends` where there is no tail.
    """

    view: View
    hits: list[Hit]
    ends: int
    starts: int | None
    site: str
    worth: float = 1.0


def tail_examples(
    paths: Sequence[Path], cleaner: Cleaner, headers: Mapping[str, Sequence[str]], count: int
) -> Iterator[Tail]:
    """A share of the gold texts, and clean stories, most with a tail of others' teasers, in the languages there are."""
    chance = random.Random(3)
    pools: dict[str, list[tuple[Case, Article]]] = defaultdict(list)
    noise: dict[str, list[str]] = defaultdict(list)
    for case in _cases(paths):
        paragraphs = tuple(line.strip() for line in (case.body or "").split("\n") if line.strip())
        if case.kind == "text" and isinstance(case.source, Path):
            yield from _real_tail(case, cleaner, _WRITTEN)
        elif case.kind == "text" and chance.random() < _REAL_TAILS:
            yield from _real_tail(case, cleaner)
        if len(paragraphs) >= _LEAST_PARAGRAPHS and isinstance(case.source, Path):
            view, _ = cleaner.look(parse_text("\n".join(paragraphs)))
            language = cleaner.language(view) or ""
            pools[language].append((case, Article(case.headline, paragraphs, language)))
            noise[language] += [line for class_, line in case.noise if class_ != "tail" and "\n" not in line]
    languages = sorted(language for language, pool in pools.items() if len(pool) >= _LEAST_PARAGRAPHS)
    weights = [len(pools[language]) ** 0.5 for language in languages]
    for _ in range(count):
        language = chance.choices(languages, weights)[0]
        case, article = chance.choice(pools[language])
        if chance.random() < 0.7:
            article = replace(article, paragraphs=article.paragraphs[: chance.randrange(_LEAST_PARAGRAPHS, 20)])
        some = chance.sample(pools[language], min(len(pools[language]), chance.randrange(3, 11)))
        others = [other for found, other in some if found is not case]
        made = surround(article, others, chance, headers.get(language, ())) if chance.random() < 0.6 else plain(article)
        if chance.random() < _NOISY:
            made = sprinkle(made, noise[language], chance)
        document = parse_text(made.text)
        if len(document.blocks) == len(made.lines):
            ends = max(index for index, story in enumerate(made.story) if story) + 1
            yield Tail(*cleaner.look(document), ends, ends if ends < len(made.lines) else None, case.site)


def _real_tail(case: Case, cleaner: Cleaner, worth: float = 1.0) -> Iterator[Tail]:
    document = parse_text(_text_of(case))
    blocks = document.blocks
    if not 4 <= len(blocks) <= _MOST_BLOCKS or case.body is None:
        return
    labels = label_blocks([block.text for block in blocks], case.body)
    ends = max((index for index, label in enumerate(labels) if label), default=-1) + 1
    starts = next((index for index in range(ends, len(blocks)) if labels[index] is False), len(blocks))
    words = sum(len(block.text.split()) for block in blocks[starts:])
    is_tail = words >= _TAIL_WORDS and len(blocks) - starts > 1
    if ends:
        yield Tail(*cleaner.look(document), ends, starts if is_tail else None, case.site, worth)


def _made_labels(document: Document, made: Made) -> list[bool | None]:
    """Labels by where each line stood; a block over several lines counts only where these agree."""
    ends: list[tuple[int, bool]] = []
    position = 0
    for line, story in zip(made.lines, made.story, strict=True):
        position += len(line) + 1
        ends.append((position, story))
    labels: list[bool | None] = []
    at = 0
    for block in document.blocks:
        while ends[at][0] <= block.start:
            at += 1
        labels.append(ends[at][1])
    return labels


def _text_of(case: Case) -> str:
    return decode(raw)[0] if isinstance(raw := case.read(), bytes) else raw


def _cases(paths: Sequence[Path]) -> Iterator[Case]:
    for path in paths:
        for gold in read_gold(path):
            yield from gold.cases
