"""Titles of other stories by their form alone: all in capitals, or said twice in a row."""

from __future__ import annotations

from ferry import STORY
from test_corpus import the_cleaner

CAPITALS = "HARBOUR BOARD CHIEF CALLS FOR NEW BRIDGE AFTER THIRD LORRY FALLS INTO THE BASIN"
TITLES = ["Five walks from the old harbour", "The last saddler of Osterby hands over his shop", "Why gulls sit still"]
LEDES = [
    "Our writer needed three pairs of shoes and met nobody but a goat.",
    "He learned the trade from an aunt who never let him touch the good leather.",
    "It has to do with wind, say those who count them.",
]


def body(lines: list[str]) -> list[str]:
    return the_cleaner().clean("\n\n".join(lines), "text").body.split("\n")


def test_a_long_title_in_capitals_between_paragraphs_goes() -> None:
    assert body([*STORY[:2], CAPITALS, *STORY[2:]]) == list(STORY)


def test_a_title_in_capitals_goes_in_scripts_other_than_latin() -> None:
    story = [
        "Паромная компания отказалась от третьего причала в старой гавани, сообщила её директор Майя Линдова.",
        "Строительство обошлось бы в четырнадцать миллионов, и половина лавок на набережной была против.",
        "«Мы послушали, что нам говорили люди на набережной», — сказала Линдова после собрания в четверг.",
        "Теперь компания починит второй причал, который закрыт для грузовиков с январской бури.",
    ]
    title = "ГЛАВА ПОРТА ПРОСИТ НОВЫЙ МОСТ ПОСЛЕ ТОГО КАК ТРЕТИЙ ГРУЗОВИК УПАЛ В ВОДУ"
    assert body([*story[:2], title, *story[2:]]) == story


def test_short_subheadings_in_capitals_stay() -> None:
    lines = [*STORY[:2], "WHAT THE REPAIR WILL COST", *STORY[2:]]
    assert body(lines) == lines


def test_long_subheadings_in_capitals_stay_where_a_story_has_more_of_them() -> None:
    heads = ["WHAT THE THIRD PIER WOULD HAVE COST THE TOWN AND ITS SHOPS", "WHAT THE QUAY SAID", "WHAT COMES NEXT"]
    lines = [STORY[0], heads[0], STORY[1], heads[1], STORY[2], heads[2], STORY[3]]
    assert body(lines) == lines


def test_a_question_and_what_announces_something_stay_in_capitals() -> None:
    for line in (
        "SO WHO WILL PAY FOR THE REPAIR OF THE SECOND PIER NOW?",
        "THE SIGN THAT STOOD ON THE QUAY FOR A YEAR SAID:",
    ):
        lines = [*STORY[:2], line, *STORY[2:]]
        assert body(lines) == lines


def test_verse_in_capitals_stays() -> None:
    verse = ["THE BOAT GOES OUT AND THE BOAT COMES IN AND NOBODY COUNTS", "THE WIND GOES ROUND THE PIER", "AND ROUND"]
    lines = [*STORY, *verse]
    assert body(lines) == lines


def test_titles_said_twice_go_with_their_ledes() -> None:
    tail = [line for title, lede in zip(TITLES, LEDES, strict=True) for line in (f"{title} {title}", lede)]
    assert body([*STORY, *tail]) == list(STORY)


def test_a_title_said_twice_amid_the_story_goes_alone() -> None:
    assert body([*STORY[:2], f"{TITLES[0]} {TITLES[0]}", *STORY[2:]]) == list(STORY)


def test_a_sentence_said_twice_by_mistake_stays() -> None:
    line = "The second pier is closed to lorries. The second pier is closed to lorries."
    lines = [*STORY[:2], line, *STORY[2:]]
    assert line in body(lines)


def test_a_row_of_a_table_whose_columns_repeat_stays() -> None:
    lines = [
        *STORY,
        "Crossings Passengers Lorries Profit | Crossings Passengers Lorries Profit",
        "12 400 9 3 | 14 500 11 4",
    ]
    assert lines[-2] in body(lines)


def test_a_refrain_stays() -> None:
    lines = [*STORY[:3], "The boat goes out and in again, the boat goes out and in again,", STORY[3]]
    assert body(lines) == lines
