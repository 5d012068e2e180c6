"""Teasers that stand in turns without a header, and the ends of stories that only look like them."""

from __future__ import annotations

import pytest

from cleaner import Cleaner

STORY = [
    "The ferry between Varnholm and Skeppsö will be pulled by hand again from Easter, the harbour board decided.",
    "Its engine failed in November, and a new one would have cost more than the boat, engineer Tilda Roos told it.",
    "Passengers turn a wheel at the bow that winds the boat along a chain on the bed of the sound.",
    "A trial in March took nine minutes for the crossing, with eleven pupils of the island's school at the wheel.",
    "Those who cannot turn it need not, said ferryman Aron Lind, who will stay aboard and who has the strongest arms.",
    "The crossing will be free on the first day.",
]
TEASERS = [
    "Varnholm library to open on Sundays from May",
    "Two more librarians will be hired. The council has found the money in its reserves.",
    "Thief of garden gnomes returns all forty of them",
    "Winter storm leaves two villages without power",
    "Crews hope to mend the lines tonight. Schools stay closed until Thursday.",
    "Skeppsö honey wins gold at the agricultural fair",
]


def body_of(lines: list[str]) -> list[str]:
    return Cleaner().clean("\n".join(lines), "text").body.split("\n")


def test_teasers_in_turns_below_the_story_go() -> None:
    cleaned = Cleaner().clean("\n".join([*STORY, *TEASERS]), "text")
    assert cleaned.body.split("\n") == STORY
    assert {verdict.label for verdict in cleaned.verdicts if not verdict.kept} == {"tail"}


def test_titles_alone_below_the_story_go() -> None:
    assert body_of([*STORY, *(line for line in TEASERS if not line.endswith("."))]) == STORY


def test_a_closing_sentence_about_the_site_goes_with_them() -> None:
    assert body_of([*STORY, *TEASERS, "The Varnholm Gull belongs to its readers since 1911."]) == STORY


def test_teasers_above_the_headline_go() -> None:
    headline = "Ferry to Skeppsö will be pulled by hand"
    above = ["Bakers win dispute on night work", "The court sides with them. Bread may get dearer.", TEASERS[2]]
    cleaned = Cleaner().clean("\n\n".join([*above, headline, *STORY]), "text")
    assert cleaned.headline == headline
    assert cleaned.body.split("\n") == STORY


def test_teasers_amid_the_story_go_where_they_share_nothing_with_it() -> None:
    amid = [TEASERS[3], "Crews hope to mend the lines tonight.", "Thief of garden gnomes returns all forty of them"]
    assert body_of([*STORY[:3], *amid, *STORY[3:]]) == STORY


@pytest.mark.parametrize(
    "end",
    [
        ["How they crossed in March:", "Eleven pupils in nine minutes", "Six teachers in twelve minutes", "The board"],
        ["Varnholm 4 Skeppsö 2", "Nordby 1 Långholm 1", "Sandvik 0 Varnholm 3", "Skeppsö 2 Nordby 5"],
        ["Saturday, 9.00: service at the quay", "Saturday, 10.30: first crossing", "Sunday, 14.15: regatta", "Free"],
        ["Oh ferry that knows no hurry,", "the chain is your only friend,", "it asks of the sea no worry,", "nor end"],
        ["- a wheel of oak from the shipyard", "- a chain of ninety metres", "- the patience of the pupils"],
        ["Tilda Roos", "Aron Lind", "Maj Ek", "Pelle Sand"],
        ["What may travel on the boat", "Bicycles", "Dogs", "What may not travel on it", "Cars, vans, carts, pianos"],
    ],
)
def test_what_ends_the_story_in_another_way_stays(end: list[str]) -> None:
    assert body_of([*STORY, *end]) == [*STORY, *end]


def test_subheadings_with_their_paragraphs_stay() -> None:
    lines = [
        *STORY[:3],
        "Nine minutes for the crossing",
        *STORY[3:5],
        "Why the engine was not replaced",
        "A new engine would have cost more than the boat, Roos told the board.",
        "The chain lay in the harbour's store since 1961",
        "Divers laid it across the sound in two days, and the board paid them in herring and coffee.",
    ]
    assert body_of(lines) == lines


def test_titles_that_speak_of_the_story_stay() -> None:
    lines = [
        *STORY,
        "Engineer Tilda Roos on the engine that failed",
        "Ferryman Aron Lind on passengers who turn the wheel",
        "Pupils of the island's school on nine minutes at the wheel",
        "The harbour board on the first day of free crossing",
    ]
    assert body_of(lines) == lines
