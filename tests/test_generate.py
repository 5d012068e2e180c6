"""Made documents: the story in them is whole and in order, and every other line comes from another story."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.fitting.generate import Article, Look, Made, random_look, sprinkle, surround, teaser

STORY = Article(
    "Elm loses its mayor",
    (
        "The mayor of Elm resigned on Tuesday after a long debate in the council about the price of bread.",
        "She will leave in May.",
        "Her deputy, Tom Ash, takes over until a new mayor is elected.",
        "He did not want the post.",
        "The council meets again on Friday.",
    ),
    "en",
)
OTHERS = [
    Article(
        f"Headline {name}",
        (
            f"Police in {name} are looking for a man who stole a tractor from a farm at Port Ellary and then drove it "
            "slowly to the sea.",
            "It was found on Sunday.",
        ),
        "en",
    )
    for name in ("Oakham", "Ashford", "Firth", "Birchley")
]
HEADERS = ["Read next", "More news"]
PLAIN = Look(header=None, with_headline=False, with_time=False, with_kicker=False, cut_short=False)
TIME = re.compile(r"\d\d:\d\d")


def made_with(seed: int, headers: list[str] | None = None) -> Made:
    return surround(STORY, OTHERS, random.Random(seed), HEADERS if headers is None else headers)


def look(**parts: object) -> Look:
    return Look(**{**{name: getattr(PLAIN, name) for name in PLAIN.__dataclass_fields__}, **parts})  # type: ignore[arg-type]


@given(st.integers(0, 10_000))
def test_the_story_is_whole_and_in_order(seed: int) -> None:
    made = made_with(seed)
    assert len(made.lines) == len(made.story)
    story = [line for line, is_story in zip(made.lines, made.story, strict=True) if is_story]
    assert story in ([*STORY.paragraphs], [STORY.headline, *STORY.paragraphs])
    assert made.text == "\n".join(made.lines)


@given(st.integers(0, 10_000))
def test_every_other_line_advertises_another_story(seed: int) -> None:
    made = made_with(seed)
    noise = [line for line, is_story in zip(made.lines, made.story, strict=True) if not is_story]
    assert noise
    heads = tuple(f"{header}: " for header in HEADERS)
    for whole in noise:
        line = whole.partition(": ")[2] if whole.startswith(heads) else whole
        known = line in HEADERS or TIME.fullmatch(line) or line in [other.headline for other in OTHERS]
        bare = line.rstrip(".… ")
        assert known or any(bare in other.paragraphs[0] for other in OTHERS), line
        assert line.strip() == line
        assert line


def test_the_same_chance_makes_the_same_document() -> None:
    assert made_with(7) == made_with(7)
    assert len({made_with(seed).lines for seed in range(30)}) > 20


def test_teasers_stand_after_before_and_inside_with_and_without_headers_times_and_headlines() -> None:
    made = [made_with(seed) for seed in range(300)]
    places = {"before": 0, "inside": 0, "after": 0}
    for one in made:
        first, last = one.story.index(True), len(one.story) - 1 - one.story[::-1].index(True)
        places["before"] += first > 0
        places["inside"] += not all(one.story[first : last + 1])
        places["after"] += last < len(one.story) - 1
    assert all(places.values()), places
    for count in (
        sum(bool(set(one.lines) & set(HEADERS)) for one in made),
        sum(any(TIME.fullmatch(line) for line in one.lines) for one in made),
        sum(any(line.startswith("Headline") for line in one.lines) for one in made),
        sum(any(line.endswith(("...", "…")) for line in one.lines) for one in made),
    ):
        assert 0 < count < len(made)


def test_no_headers_are_made_up() -> None:
    assert not any(set(made_with(seed, []).lines) & set(HEADERS) for seed in range(50))


def test_noise_is_put_between_the_lines_and_none_of_them_is_lost() -> None:
    added = 0
    for seed in range(60):
        made = made_with(seed)
        noisy = sprinkle(made, ["Print", "Share this"], random.Random(seed))
        kept = [
            (line, told)
            for line, told in zip(noisy.lines, noisy.story, strict=True)
            if line not in ("Print", "Share this")
        ]
        assert kept == list(zip(made.lines, made.story, strict=True))
        assert not any(
            told for line, told in zip(noisy.lines, noisy.story, strict=True) if line in ("Print", "Share this")
        )
        added += len(noisy.lines) - len(made.lines)
    assert added > 60
    assert sprinkle(made, [], random.Random(1)) == made


@pytest.mark.parametrize("paragraphs", [1, 2, 4, 5])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_short_stories_and_few_others(paragraphs: int, others: int) -> None:
    story = Article(None, STORY.paragraphs[:paragraphs])
    for seed in range(100):
        made = surround(story, OTHERS[:others], random.Random(seed))
        assert [line for line, kept in zip(made.lines, made.story, strict=True) if kept] == [*story.paragraphs]


# --- one teaser ----------------------------------------------------------------------------------


def test_a_plain_teaser_is_a_lede() -> None:
    assert teaser(OTHERS[0], PLAIN, random.Random(1)) == [OTHERS[0].paragraphs[0]]


def test_a_teaser_with_everything() -> None:
    full = look(with_headline=True, with_time=True, with_kicker=True)
    found = [teaser(OTHERS[0], full, random.Random(seed)) for seed in range(40)]
    for lines in found:
        assert TIME.fullmatch(lines[0])
        assert lines[1] in ("Police", "Oakham", "Port", "Ellary")
        assert lines[2] == "Headline Oakham"
        assert lines[3:] in ([], [OTHERS[0].paragraphs[0]])
    assert {len(lines) for lines in found} == {3, 4}


def test_a_teaser_cut_short_is_a_beginning() -> None:
    lede = OTHERS[0].paragraphs[0]
    for seed in range(40):
        (line,) = teaser(OTHERS[0], look(cut_short=True), random.Random(seed))
        assert line.endswith(("...", "…"))
        assert lede.startswith(line.rstrip(".… "))
        assert 60 < len(line) < len(lede) + 4
    short = Article(None, ("It rained.",))
    assert teaser(short, look(cut_short=True), random.Random(1)) == ["It rained."]


def test_a_headline_that_is_not_known_is_left_out() -> None:
    assert teaser(Article(None, ("It rained.",)), look(with_headline=True), random.Random(1)) == ["It rained."]


def test_a_script_without_capitals_or_spaces_has_no_kicker() -> None:
    article = Article(None, ("東京都は八日、多摩地域を走る路線バスの運行本数を来年四月から二割減らすと発表した。" * 3,))
    lines = teaser(article, look(with_kicker=True, cut_short=True), random.Random(1))
    assert len(lines) == 1
    assert len(lines[0]) > 20


def test_looks_differ_and_headers_come_from_the_list() -> None:
    chance = random.Random(1)
    looks = [random_look(chance, HEADERS) for _ in range(200)]
    assert {one.header for one in looks} == {None, *HEADERS}
    for name in ("with_headline", "with_time", "with_kicker", "cut_short"):
        assert {getattr(one, name) for one in looks} == {True, False}
    assert {random_look(chance, []).header for _ in range(50)} == {None}
