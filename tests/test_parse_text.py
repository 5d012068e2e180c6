"""Texts as blocks: a line is a paragraph, unless the text is wrapped at a width."""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.model import KINDS
from cleaner.parse.text import parse_text

STORIES = {
    "en": [
        "The mayor of Elm resigned on Tuesday after a long debate in the council about the price of bread, officials "
        "said. She will leave in May and go back to teaching, which she gave up nine years ago to run for office.",
        "Her deputy, Tom Ash, takes over until a new mayor is elected. He said that he did not want the post, and that "
        "nobody who had seen the accounts would want it either.",
        "The council meets again on Friday to talk about the date of the vote. It may well be in June.",
    ],
    "ru": [
        "Мэр города Ельника ушла в отставку во вторник после долгих споров в совете о ценах на хлеб, сообщили в "
        "администрации. Она вернётся в школу, где преподавала девять лет назад, и больше не намерена избираться.",
        "Её заместитель Тимофей Ясенев исполняет обязанности до выборов. Он сказал, что не хочет этой должности, и что "
        "никто из тех, кто видел счета, её не захочет.",
    ],
}
UNSPACED = {
    "ja": "東京都は八日、多摩地域を走る路線バスの運行本数を来年四月から二割減らすと発表した。"
    "運転手の不足が続いているためで、対象は四十二路線に及ぶ。都の担当者は「通学の足は守りたい」と話し、"
    "朝夕の便は残す方針だ。利用者からは不安の声が上がっている。",
    "zh": "市政府周二宣布，从明年四月起，全市公交线路将减少两成。官员说，"
    "司机短缺是主要原因，共有四十二条线路受到影响。市民对此表示担忧，一位母亲说她的女儿每天要坐两趟车去上学。议会下个月将重新讨论这一计划。",
}


def lines(text: str) -> list[str]:
    return [block.text for block in parse_text(text).blocks]


def joined(text: str) -> list[str]:
    """The blocks without regard to white space."""
    return ["".join(line.split()) for line in lines(text)]


def squeezed(paragraphs: list[str]) -> list[str]:
    return ["".join(paragraph.split()) for paragraph in paragraphs]


# --- lines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "One.\nTwo.",
        "One.\n\nTwo.\n",
        "One.\r\nTwo.\r\n",
        "One.\r\n\r\n\r\nTwo.",
        "\n\n  One.\t\n \n\tTwo.  \n\n",
        "\u00a0One.\u00a0\n\u3000Two.",
    ],
)
def test_a_line_is_a_paragraph(text: str) -> None:
    assert lines(text) == ["One.", "Two."]


@pytest.mark.parametrize("text", ["", "\n", " \r\n\t\u00a0\u3000\n"])
def test_nothing_but_white_space(text: str) -> None:
    assert lines(text) == []


def test_offsets_are_those_of_the_source() -> None:
    text = "\r\n  One 😀.\r\n\r\n\tTwo.\r\n"
    document = parse_text(text)
    assert document.text == text
    assert [text[block.start : block.end] for block in document.blocks] == ["One 😀.", "Two."]


def test_list_items() -> None:
    items = ["- One", "• Two", "* Three", "– Four", "1. Five", "2) Six", "(3) Seven"]
    others = ["–not an item", "12 people died.", "2025 was dry.", "-5 degrees."]
    found = [block.kind for block in parse_text("\n".join(items + others)).blocks]
    assert found == ["list_item"] * len(items) + ["paragraph"] * len(others)


def test_there_is_no_markup() -> None:
    document = parse_text("One.\nTwo.")
    assert document.markup is None
    assert [block.link_chars for block in document.blocks] == [None, None]


# --- wrapped texts -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", STORIES)
@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
@pytest.mark.parametrize("between", ["\n\n", "\r\n\r\n", "\n \n"])
def test_hard_wraps_are_one_paragraph(language: str, width: int, between: str) -> None:
    end = "\r\n" if "\r" in between else "\n"
    wrapped = between.join(end.join(textwrap.wrap(text, width)) for text in STORIES[language])
    assert joined(wrapped) == squeezed(STORIES[language])


@pytest.mark.parametrize("width", [60, 64])
def test_hard_wraps_without_blank_lines_between_paragraphs(width: int) -> None:
    wrapped = "\n".join(textwrap.fill(text, width) for text in STORIES["en"])
    assert joined(wrapped) == squeezed(STORIES["en"])


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_hard_wraps_of_an_indented_text(indent: str) -> None:
    wrapped = "\n\n".join(textwrap.indent(textwrap.fill(text, 60), indent) for text in STORIES["en"])
    assert len(lines(wrapped)) == 3


def test_hard_wraps_with_an_indented_first_line() -> None:
    wrapped = "\n".join(textwrap.fill(text, 60, initial_indent="   ") for text in STORIES["en"])
    assert joined(wrapped) == squeezed(STORIES["en"])


@pytest.mark.parametrize("language", UNSPACED)
@pytest.mark.parametrize("width", [30, 36, 40])
def test_hard_wraps_between_characters(language: str, width: int) -> None:
    text = UNSPACED[language] * 2
    wrapped = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    assert joined(wrapped) == [text]
    assert joined(f"{wrapped}\n\n{wrapped}") == [text, text]


def test_a_list_in_a_wrapped_text_stays_a_list() -> None:
    items = [f"- {text}" for text in ("Elm Street 4, the bakery of the Lindqvists", "Oak Street 9", "Ash Lane 12")]
    wrapped = textwrap.fill(STORIES["en"][0], 60) + "\n" + "\n".join(items)
    assert lines(wrapped)[1:] == items


def test_a_headline_over_a_wrapped_text_stands_alone() -> None:
    wrapped = "Mayor of Elm resigns\n\n" + "\n\n".join(textwrap.fill(text, 60) for text in STORIES["en"])
    assert joined(wrapped) == ["MayorofElmresigns", *squeezed(STORIES["en"])]


# --- lines that are no wraps ---------------------------------------------------------------------

NOT_WRAPPED = {
    "paragraphs": "\n".join(STORIES["en"] * 2),
    "short sentences": "She left.\nNobody knows why.\nThe council met at nine.\nIt rose at ten.\nHe stayed.",
    "interview": "How long were you there?\nNine years, and I would not do it again.\nWhy not?\n"
    "Because nobody asks you what you think.\nAnd now?\nNow I sleep.",
    "speakers": "ASH: We had no money.\nLEE: We had some money, and you spent it on a clock.\n"
    "ASH: The clock was broken.\nLEE: It still is.\nASH: Whose fault is that?",
    "bullets": "\n".join(f"- {text}" for text in ("Elm Street 4, the bakery", "Oak Street 9, the shoe shop", "Ash")),
    "verse": "Two roads went down to the harbour wall,\nAnd one of them was steep,\nThe other had no end at all,\n"
    "And both of them were deep.\n\nThe fishermen went out at four,\nThe women stayed on land,\n"
    "And nobody was seen ashore,\nExcept the boy with sand.",
    "even verse": ""
    "Two roads went down to the harbour wall and one,\nAnd one of them was steep and the other was long,\n"
    "The other had no end at all that any man had won,\nAnd both of them were deep and both were full of\n"
    "The fishermen went out at four and came home late,\nThe women stayed on land and mended nets and sang,\n"
    "And nobody was seen ashore except the boy, the gate,",
    "scores": "Elm United 2, Oak Rovers 1\nAsh Town 0, Fir City 0\nBirch Athletic 3, Pine County 3\n"
    "Elder Albion 1, Holly Park 4\nRowan Villa 2, Yew Rangers 2",
    "long scores": ""
    "Elm United 2, Oak Rovers Athletic 1 (half-time 1-0)\nAsh Town 0, Fir City Wanderers 0 (half-time 0-0)\n"
    "Birch Athletic 3, Pine County 3 (half-time 2-1)\nElder Albion 1, Holly Park FC 4 (half-time 0-3)\n"
    "Rowan Villa 2, Yew Rangers AFC 2 (half-time 1-1)",
    "narrow table": "Name   Points  Games\nElm    31      12\nOak    28      12\nAsh    25      12\nFir    19      12",
    "wide table": "\n".join(
        f"{club:<22}{played:>6}{points:>12}"
        for club, played, points in (
            ("Club", "Played", "Points"),
            ("Elm United", "12", "31"),
            ("Oak Rovers", "12", "28"),
            ("Ash Town", "12", "25"),
            ("Fir City", "12", "19"),
            ("Birch Athletic", "12", "17"),
        )
    ),
    "headlines of one length": "Storm closes harbour for third day in a row as ferries wait\n"
    "Council approves budget after nine hours of heated debate\nBakery on Elm Street to close after one hundred years\n"
    "School bus route changes anger parents in Oak district\nRain expected for the weekend across the whole county\n"
    "Fire at scrapyard brought under control by volunteers",
    "ledes of one length": ""
    "The leader of Wenmouth council has been reported to a watchdog over his use of a pool car.\n"
    "A lorry driver from Wenmouth who fell asleep at the wheel on the A197 has been jailed.\n"
    "Two kittens found in a sack behind a supermarket are looking for a new home this week.\n"
    "A family-run chippy that has been open since 1962 has been named among the best here.",
    "Japanese headlines": ""
    "都バス、来年四月から二割減便へ\n高校野球、東東京は決勝へ\n台風六号、週末に関東接近\n"
    "円相場、一時百五十円台に\n都議会、予算案を可決",
    "one word a line": "alpha\nbeta\ngamma\ndelta\nepsilon\nzeta\neta\ntheta\niota\nkappa",
}


@pytest.mark.parametrize("name", NOT_WRAPPED)
def test_lines_of_other_texts_stay_apart(name: str) -> None:
    text = NOT_WRAPPED[name]
    assert lines(text) == [line for line in text.split("\n") if line]


# --- any text ------------------------------------------------------------------------------------

_SPACE = [" ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u200b", "\ufeff"]
_PIECES = st.sampled_from([*_SPACE, "One", "two.", "- ", "é", "東京都", "שלום", "😀"])


@given(st.lists(_PIECES, max_size=80).map("".join) | st.text())
@settings(max_examples=300, deadline=None)
def test_blocks_hold_all_that_is_no_white_space(text: str) -> None:
    document = parse_text(text)
    assert document.text == text
    position = 0
    for block in document.blocks:
        assert text[block.start : block.end] == block.text == block.text.strip()
        assert block.text
        assert block.kind in KINDS
        assert not text[position : block.start].strip()
        position = block.end
    assert not text[position:].strip()
    assert all(re.search(r"\n", text[a.end : b.start]) for a, b in pairwise(document.blocks))
