"""What stands at or below a text's end, told by what the story says: tags, its author, pulled quotes, the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ferry import HEADLINE, STORY

from cleaner import Cleaner

MORE = (
    "Fishermen had asked for the pier since the autumn, because their boats lie three abreast when the wind turns.",
    "The municipality will hear both sides in April, and Osterby wants a decision before the summer timetable begins.",
)
TALE = (*STORY, *MORE)
QUOTE = "“We listened to what people told us on the quay”"
TAGS = ("ferry", "harbour", "Osterby")
NOTE = "Nora Halvorsen writes about harbours and islands. She grew up in a lighthouse and keeps two goats."


def body(cleaner: Cleaner, *lines: str, site: str | None = None) -> tuple[str, ...]:
    found = cleaner.clean("\n\n".join((HEADLINE, *lines)), kind="text", site=site)
    assert found.headline == HEADLINE
    return tuple(found.body.split("\n"))


def test_a_quotation_that_a_paragraph_above_has_word_for_word_goes(cleaner: Cleaner) -> None:
    assert body(cleaner, *STORY, QUOTE, *MORE) == TALE


@pytest.mark.parametrize(
    "line",
    [
        "“We listened to what they told us in the town hall”",
        "We listened to what people told us on the quay.",
        "“Never”",
    ],
)
def test_other_words_no_quotation_or_very_few_stay(cleaner: Cleaner, line: str) -> None:
    lines = (*STORY[:3], "“Never”, a man called. “Never”, he said again.", line, *MORE)
    assert body(cleaner, *lines) == lines


def test_a_quotation_said_again_far_below_stays(cleaner: Cleaner) -> None:
    between = tuple(
        f"Boat number {number} has been tied up beside the second pier since the {number}th of May, its owner said."
        for number in range(11, 20)
    )
    lines = (*STORY, *between, QUOTE, *MORE)
    assert body(cleaner, *lines) == lines


def test_what_is_said_alone_again_and_again_or_in_the_headline_stays(cleaner: Cleaner) -> None:
    refrain = "“We are still here in Osterby.”"
    lines = (refrain, STORY[0], refrain, *STORY[1:], refrain, *MORE)
    headline = "“We are still here in Osterby”: a thousand march along the quay"
    found = cleaner.clean("\n\n".join((headline, *lines)), kind="text")
    assert found.headline == headline
    assert found.body.split("\n") == list(lines)


def test_tags_that_the_story_names_go(cleaner: Cleaner) -> None:
    assert body(cleaner, *TALE, *TAGS) == TALE


def test_tags_above_titles_of_other_stories_go(cleaner: Cleaner) -> None:
    others = ("Chess club wins again in the last round", "Museum of bread opens its cellar to visitors on Sunday")
    left = body(cleaner, *TALE, *TAGS, *others)
    assert left[: len(TALE)] == TALE
    assert set(left).isdisjoint(TAGS)


@pytest.mark.parametrize(
    "end",
    [
        ("Maja Lindow", "Nora Halvorsen", "Piet Adem"),
        ("cats", "dogs", "horses"),
        ("ferry 12", "harbour 9", "Osterby 7"),
        ("What the plan named:", "ferry", "harbour"),
        ("- ferry", "- harbour", "- Osterby"),
    ],
)
def test_signatures_results_and_lists_stay(cleaner: Cleaner, end: Sequence[str]) -> None:
    assert body(cleaner, *TALE, *end)[-len(end) :] == tuple(end)


@pytest.mark.parametrize("above", [("By Nora Halvorsen",), ("Nora Halvorsen", "12 March 2024, 16:40")])
def test_the_note_on_the_author_named_above_goes(cleaner: Cleaner, above: Sequence[str]) -> None:
    assert body(cleaner, *above, *TALE, NOTE) == TALE


def test_a_paragraph_on_somebody_else_stays(cleaner: Cleaner) -> None:
    lines = (*TALE, "Piet Adem, who speaks for the shops on the quay, said that they would raise a glass to it.")
    assert body(cleaner, "By Nora Halvorsen", *lines) == lines


def test_a_paragraph_on_the_author_whom_the_story_names_stays(cleaner: Cleaner) -> None:
    lines = (*TALE[:4], "It was Nora Halvorsen who first wrote of the plan, a year ago.", TALE[4], NOTE)
    assert body(cleaner, "By Nora Halvorsen", *lines) == lines


END = ("Share this article", "Tags: ferry, harbour", "Report an error", "3 comments")
REST = (
    "SaltyDog: My uncle had a boat there once and nobody ever asked him anything about piers.",
    "Bakers win their dispute over night work, and bread may get dearer.",
)


def test_the_last_lines_below_a_storys_end_go(cleaner: Cleaner) -> None:
    assert body(cleaner, *TALE, *END, *REST) == TALE


@pytest.mark.parametrize("amid", [END[:1], ("Advertisement", "Advertisement", "Advertisement")])
def test_below_less_than_an_end_they_stay(cleaner: Cleaner, amid: Sequence[str]) -> None:
    assert body(cleaner, *TALE[:5], *amid, TALE[5]) == TALE


def test_a_story_below_such_lines_stays(cleaner: Cleaner) -> None:
    above = tuple(f"Boat {number} was painted {paint} today." for number, paint in enumerate(["red", "blue"] * 3, 1))
    found = cleaner.clean("\n\n".join((*above, *END, *TALE)), kind="text")
    assert found.body.split("\n")[-len(TALE) :] == list(TALE)
