"""Which blocks are in a gold body: found in order, so that chance and copies do not count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_corpus import cases

from cleaner.fitting.align import label_blocks

BODY = [
    "The mayor of Elm resigned on Tuesday after a long debate in the council.",
    "“I am tired,” she said.",
    "Her deputy, Tom Ash, takes over until a new mayor is elected in June.",
    "Why?",
    "Nobody who has seen the accounts of the town would want to have the post.",
]
GOLD = "\n".join(BODY)


def test_the_story_among_noise() -> None:
    blocks = ["Home", "Sport", *BODY[:2], "Advertisement", *BODY[2:], "Read next", "Police look for a man with a cow."]
    assert label_blocks(blocks, GOLD) == [False, False, True, True, False, True, True, True, False, False]


def test_blocks_without_words_have_no_label() -> None:
    assert label_blocks(["", "—", "* * *", BODY[0], "…"], GOLD) == [None, None, None, True, None]


@pytest.mark.parametrize(("blocks", "gold"), [([], GOLD), (["Home"], ""), (["Home", "—"], ""), ([], "")])
def test_nothing_to_align(blocks: list[str], gold: str) -> None:
    assert label_blocks(blocks, gold) in ([], [False], [False, None])


def test_a_menu_entry_is_not_story_because_its_word_occurs_there() -> None:
    blocks = ["Council", "Mayor", "Elm", *BODY, "Elm", "June"]
    assert label_blocks(blocks, GOLD) == [False] * 3 + [True] * 5 + [False] * 2


def test_short_blocks_between_paragraphs_count_where_gold_has_them() -> None:
    blocks = [*BODY[:3], "Why?", "Share", BODY[4]]
    assert label_blocks(blocks, GOLD) == [True, True, True, True, False, True]


def test_a_second_copy_of_the_story_does_not_count() -> None:
    found = label_blocks([*BODY, "Home", *BODY], GOLD)
    assert sum(label is True for label in found) == len(BODY)
    assert found[:5] == [True] * 5 or found[6:] == [True] * 5


@pytest.mark.xfail(reason="the chain of matches takes the first of two equal texts", strict=True)
def test_a_teaser_that_repeats_the_lede_before_the_story_does_not_count() -> None:
    blocks = [BODY[0], "Home", *BODY]
    assert label_blocks(blocks, GOLD) == [False, False, *[True] * 5]


def test_punctuation_case_and_white_space_do_not_count() -> None:
    blocks = [f"  {line.upper().replace('“', '').replace(',', ' ')}\n" for line in BODY]
    assert label_blocks(blocks, GOLD) == [True] * 5


def test_a_block_that_gold_has_in_part() -> None:
    half = "Published on Monday at noon by our own reporter in the town hall. I am tired, she said."
    assert label_blocks([half, BODY[2]], GOLD) == [False, True]
    most = f"{BODY[0]} Photo: Lee"
    assert label_blocks([most, BODY[2]], GOLD) == [True, True]


def test_blocks_cut_otherwise_than_the_gold() -> None:
    joined = [f"{BODY[0]} {BODY[1]}", f"{BODY[2]} {BODY[3]} {BODY[4]}"]
    assert label_blocks(joined, GOLD) == [True, True]
    words = GOLD.split()
    cut = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    assert label_blocks(["Home", *cut, "Home"], GOLD) == [False, *[True] * len(cut), False]


SPACED = [case for part, case in cases() if part in ("clean", "about") and "\n" in (case.body or "")]
SPACED = [case for case in SPACED if case.name[:2] not in ("ja", "zh", "th")]  # no words to tokenise there


@given(st.sampled_from(SPACED), st.data())
@settings(max_examples=40, deadline=None)
def test_lines_of_a_story_among_those_of_another(case: object, data: st.DataObject) -> None:
    body = [line for line in case.body.split("\n") if line.strip()]  # type: ignore[attr-defined]
    other = data.draw(st.sampled_from([one for one in SPACED if one.name[:2] != case.name[:2]]))  # type: ignore[attr-defined]
    noise = [line for line in (other.body or "").split("\n") if len(line.split()) > 3]
    before, after = data.draw(st.integers(0, len(noise))), data.draw(st.integers(0, len(noise)))
    blocks = [*noise[:before], *body, *noise[after:]]
    found = label_blocks(blocks, "\n".join(body))
    assert not any(found[:before])
    assert all(label is not False for label in found[before : before + len(body)])
    assert not any(found[before + len(body) :])
