"""The whole corpus, once: scores by set and by language that must not fall, and clean stories left alone.

The floors stand in `floors.toml`. `python -m tests.test_corpus` shows where the scores are above them,
`python -m tests.test_corpus --raise` writes the higher ones down; nothing but an editor lowers one.
"""

from __future__ import annotations

import random
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import floor
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaner.cleaned import Cleaned
from cleaner.fitting.evaluate import VERDICTS, class_counts, page_verdicts
from cleaner.fitting.generate import Article, surround
from cleaner.fitting.gold import Case, read_gold
from cleaner.fitting.metrics import tokens
from cleaner.parse.read import decode
from cleaner.pipeline import Cleaner

ROOT = Path(__file__).parent.parent
FLOORS = Path(__file__).with_name("floors.toml")
SETS = ("clean", "about", "text", "html", "pages")
UNTOUCHED = ("clean", "about")

Scores = dict[str, dict[str, float]]


class Done(NamedTuple):
    """A case of the corpus and what became of it."""

    part: str
    case: Case
    source: str
    """The decoded file."""
    cleaned: Cleaned

    @property
    def name(self) -> str:
        return f"{self.part}/{self.case.name}"

    @property
    def language(self) -> str:
        return self.case.name.partition("-")[0]

    @property
    def gold_lines(self) -> list[str]:
        return [line for line in (self.case.body or "").split("\n") if line.strip()]


def squeeze(text: str) -> str:
    return "".join(text.split())


@cache
def the_cleaner() -> Cleaner:
    return Cleaner()


@cache
def cases() -> tuple[tuple[str, Case], ...]:
    return tuple((part, case) for part in SETS for gold in read_gold(ROOT / "corpus" / part) for case in gold.cases)


def the_corpus() -> list[Done]:
    """Each case cleaned, in the order of the files."""
    return [cleaned_case(part, case) for part, case in cases()]


@cache
def cleaned_case(part: str, case: Case) -> Done:
    """One case, cleaned once; where that raises, the others can still be had."""
    source = case.read()
    cleaned = the_cleaner().clean(source, case.kind, case.url, case.site)
    return Done(part, case, source if isinstance(source, str) else decode(source)[0], cleaned)


# --- scores --------------------------------------------------------------------------------------


def scores_of(documents: Iterable[Done]) -> Scores:
    """The scores of each set, each language and each page verdict."""
    groups: dict[str, list[Done]] = defaultdict(list)
    documents = list(documents)
    for done in documents:
        if done.case.page != "no-story":
            groups[f"set.{done.part}"].append(done)
            groups[f"language.{done.language}"].append(done)
    scores = {name: story_scores(group) for name, group in groups.items()}
    for verdict in VERDICTS:
        pairs = Counter(page_verdicts(done.cleaned, done.case)[verdict] for done in documents)
        right = pairs[True, True]
        scores[f"verdict.{verdict}"] = {
            "precision": share(right, right + pairs[False, True]),
            "recall": share(right, right + pairs[True, False]),
        }
    return scores


def story_scores(documents: Iterable[Done]) -> dict[str, float]:
    """Scores from 0 to 1.

    `body_words` is the share of the gold bodies' words that are kept. `noise_recall` is the share of noise lines and
    spans removed, `noise_precision` the share of these in all that was removed, where each body line that does not
    stand whole in the output was removed wrongly. `exact` is the share of bodies equal to gold, white space aside,
    `headline` that of the known headlines found.
    """
    words = kept = noise = removed = lines = lost = count = exact = titled = found = 0
    for done in documents:
        wanted, made = Counter(tokens(done.case.body or "")), Counter(tokens(done.cleaned.body))
        words += wanted.total()
        kept += (wanted & made).total()
        for part in class_counts(done.cleaned, done.case).values():
            noise += part.gold
            removed += part.removed
        body = squeeze(done.cleaned.body)
        lines += len(done.gold_lines)
        lost += sum(squeeze(line) not in body for line in done.gold_lines)
        count += 1
        exact += body == squeeze(done.case.body or "")
        if done.case.headline:
            titled += 1
            found += squeeze(done.cleaned.headline or "") == squeeze(done.case.headline)
    measured = {
        "body_words": share(kept, words),
        "body_lines": share(lines - lost, lines),
        "exact": share(exact, count),
    }
    if noise:
        measured |= {"noise_precision": share(removed, removed + lost), "noise_recall": share(removed, noise)}
    if titled:
        measured["headline"] = share(found, titled)
    return measured


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def measure() -> Scores:
    return scores_of(the_corpus()) | {"made.tails": tail_scores()}


# --- made tails ----------------------------------------------------------------------------------


def articles() -> dict[str, list[Article]]:
    """The corpus' stories of four paragraphs and more, by language."""
    found: dict[str, list[Article]] = defaultdict(list)
    for done in the_corpus():
        if len(done.gold_lines) >= 4:
            found[done.language].append(Article(done.case.headline, tuple(done.gold_lines), done.language))
    return found


def tail_scores(count: int = 4) -> dict[str, float]:
    """What becomes of stories with teasers of others of their language around them.

    `removed` is the share of teaser lines gone, `whole` that of stories that keep every line.
    """
    teasers = gone = stories = whole = 0
    for language, pool in sorted(articles().items()):
        chance = random.Random(language)
        for story in chance.sample(pool, min(count, len(pool))):
            others = chance.sample([other for other in pool if other != story], min(len(pool) - 1, 6))
            made = surround(story, others, chance)
            kept = squeeze(the_cleaner().clean(made.text, "text").text)
            fates = [(squeeze(line) in kept, is_story) for line, is_story in zip(made.lines, made.story, strict=True)]
            teasers += fates.count((True, False)) + fates.count((False, False))
            gone += fates.count((False, False))
            stories += 1
            whole += (False, True) not in fates
    return {"removed": share(gone, teasers), "whole": share(whole, stories)}


# --- floors --------------------------------------------------------------------------------------


def read_floors(path: Path = FLOORS) -> Scores:
    tables = tomllib.loads(path.read_text("utf-8"))
    return {f"{kind}.{name}": dict(table) for kind, tables_of in tables.items() for name, table in tables_of.items()}


def below(scores: Mapping[str, Mapping[str, float]], floors: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """What is worse than its floor, has lost its score, or has no floor."""
    for group in sorted({*scores, *floors}):
        now, least = scores.get(group, {}), floors.get(group, {})
        for name in sorted({*now, *least}):
            if name not in now:
                yield f"{group}: there is no {name} any more; it was {least[name]}"
            elif name not in least:
                yield f"{group}: {name} has no floor; run `python -m tests.test_corpus --raise`"
            elif now[name] < least[name]:
                yield f"{group}: {name} fell to {now[name]:.4f}, below its floor of {least[name]}"


def raised(floors: Mapping[str, Mapping[str, float]], scores: Mapping[str, Mapping[str, float]]) -> Scores:
    """The floors with those raised that the scores are above; none is lowered or left out."""
    result = {group: dict(table) for group, table in floors.items()}
    for group, table in scores.items():
        kept = result.setdefault(group, {})
        for name, score in table.items():
            kept[name] = max(kept.get(name, 0.0), floor(score * 10_000 + 1e-6) / 10_000)
    return result


def write_floors(floors: Scores, path: Path = FLOORS) -> None:
    lines = [
        "# Scores on the corpus that must not fall (tests/test_corpus.py tells what they mean).",
        "# `python -m tests.test_corpus --raise` raises them to what is reached; it lowers none.",
    ]
    for group in sorted(floors, key=lambda name: (name.partition(".")[0] != "set", name)):
        kind, _, name = group.partition(".")
        lines += ["", f"[{kind}.{name}]", *(f"{key} = {value:.4f}" for key, value in floors[group].items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main(arguments: list[str]) -> None:
    floors, scores = read_floors() if FLOORS.exists() else {}, measure()
    higher = raised(floors, scores)
    for group, table in higher.items():
        for name, value in table.items():
            if floors.get(group, {}).get(name) != value:
                print(f"{group}: {name} {floors.get(group, {}).get(name)} -> {value}")
    for complaint in below(scores, higher):
        print(complaint)
    if "--raise" in arguments:
        write_floors(higher)


# --- the tests -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scores() -> Scores:
    return measure()


@pytest.mark.parametrize("group", sorted(read_floors()))
def test_no_score_is_below_its_floor(scores: Scores, group: str) -> None:
    assert list(below({group: scores.get(group, {})}, {group: read_floors()[group]})) == []


def test_every_score_has_a_floor(scores: Scores) -> None:
    assert [complaint for complaint in below(scores, read_floors()) if "has no floor" in complaint] == []


@pytest.mark.parametrize("part", UNTOUCHED)
def test_clean_stories_are_not_changed(part: str) -> None:
    documents = [done for done in the_corpus() if done.part == part]
    assert documents
    assert [done.name for done in documents if done.cleaned.changed or done.cleaned.refused] == []


def test_a_lowered_score_fails(scores: Scores) -> None:
    floors = raised({}, scores)
    assert list(below(scores, floors)) == []
    for group, table in scores.items():
        for name in table:
            worse = {**scores, group: {**table, name: table[name] - 0.001}}
            (complaint,) = below(worse, floors)
            assert complaint.startswith(f"{group}: {name} fell to")


def test_a_lost_score_fails(scores: Scores) -> None:
    without = {group: table for group, table in scores.items() if group != "set.text"}
    complaints = list(below(without, raised({}, scores)))
    assert complaints
    assert all(complaint.startswith("set.text: there is no ") for complaint in complaints)


def test_worse_stories_score_worse() -> None:
    """Each score falls when the cleaner does worse, so that its floor holds something."""
    documents = [done for done in the_corpus() if done.part == "text" and done.case.noise][:12]
    perfect = [done._replace(cleaned=_said(done, done.gold_lines, done.case.headline)) for done in documents]
    nothing_done = [done._replace(cleaned=_said(done, done.source.split("\n"), None)) for done in documents]
    lossy = [done._replace(cleaned=_said(done, done.gold_lines[1:], done.case.headline)) for done in documents]
    best, idle, lost = (story_scores(group) for group in (perfect, nothing_done, lossy))
    # A noise line whose words the body has, too, counts as left where no verdict says that it was removed.
    assert best.pop("noise_recall") > 0.95
    assert set(best.values()) == {1.0}
    assert idle["exact"] < 1.0
    assert idle["noise_recall"] < 0.2
    assert idle["headline"] == 0.0
    assert lost["body_words"] < 1.0
    assert lost["body_lines"] < 1.0
    assert lost["noise_precision"] < 1.0
    assert lost["exact"] == 0.0


def _said(done: Done, lines: list[str], headline: str | None) -> Cleaned:
    return Cleaned("\n".join(lines), headline, {}, (), done.source)


def test_floors_only_rise(tmp_path: Path) -> None:
    floors = {"set.text": {"exact": 0.5, "body_words": 0.9}, "language.en": {"exact": 0.25}}
    scores = {"set.text": {"exact": 0.75123456, "body_words": 0.8}, "language.de": {"exact": 1.0}}
    higher = raised(floors, scores)
    assert higher == {
        "set.text": {"exact": 0.7512, "body_words": 0.9},
        "language.en": {"exact": 0.25},
        "language.de": {"exact": 1.0},
    }
    write_floors(higher, tmp_path / "floors.toml")
    assert read_floors(tmp_path / "floors.toml") == higher
    assert raised(higher, scores) == higher


def test_the_corpus_is_what_the_project_promises() -> None:
    parts = Counter(part for part, _ in cases())
    assert parts.total() >= 80
    assert parts["clean"] >= 25
    assert parts["about"] >= 10
    assert len({case.name.partition("-")[0] for _, case in cases()}) >= 15
    assert {case.kind for _, case in cases()} == {"text", "html"}


if __name__ == "__main__":
    main(sys.argv[1:])
