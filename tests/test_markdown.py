"""Markdown among plain texts: what is read of it, what its links tell, and that what is kept stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_corpus import the_cleaner

from cleaner.parse.markdown import plain
from cleaner.parse.text import parse_text

STORY = """The [harbour office](https://elm.test/office) said on Monday that **three** of the nine cranes had failed.

Two ships waited off the pier until the evening, and a third went on to the next port with its cargo unopened.

"We knew that the cables were old," said the harbour master, Ada Berrow. "We did not know how old."

The cranes came from a yard that closed in 1971, and their parts are made by hand in a workshop behind the station."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("## Cranes", "   Cranes"),
        ("see [the list](/a) now", "see  the list      now"),
        ("see [the list][12] now", "see  the list      now"),
        ("a [b](/c_(d)) e", "a  b          e"),
        ("**three** cranes", "  three   cranes"),
        ("a ![crane](/c.png) b", "a                  b"),
        ("![crane](/c.png)", "![crane](/c.png)"),
        ("# ", "# "),
        ("#vote and f[0] = a[1][b]", "#vote and f[0] = a[1][b]"),
        ("2 ** 3 and 4 ** 5", "2 ** 3 and 4 ** 5"),
        ("__init__ and snake_case", "__init__ and snake_case"),
        ("a [note] (in brackets)", "a [note] (in brackets)"),
    ],
)
def test_marks_are_blanked_out_at_equal_length(text: str, shown: str) -> None:
    assert plain(text).text == shown


@given(st.text("[]()!#* \na1", max_size=60))
def test_what_is_shown_has_the_length_and_the_lines_of_the_text(text: str) -> None:
    shown = plain(text).text
    assert len(shown) == len(text)
    pairs = list(zip(shown, text, strict=True))
    assert all(new in (old, " ") for new, old in pairs)
    assert [bool(line.strip()) for line in shown.split("\n")] == [bool(line.strip()) for line in text.split("\n")]


def test_the_share_of_links_is_that_of_letters_not_of_addresses() -> None:
    text = "A long enough sentence with [one](https://elm.test/a/very/long/address/that/goes/on) link."
    (block,) = parse_text(text).blocks
    assert block.link_chars is not None
    assert 0 < block.link_chars < 0.2 * len(text)


def test_a_link_over_several_lines_counts_for_each_of_them() -> None:
    title, lede = parse_text("[Cranes fail\n\nTwo ships had to wait](https://elm.test/cranes)").blocks
    assert title.link_chars == title.end - title.start
    assert lede.link_chars == lede.end - lede.start


def test_text_without_markdown_knows_nothing_of_links() -> None:
    document = parse_text("One.\n\nTwo [2] (three).")
    assert document.plain is None
    assert {block.link_chars for block in document.blocks} == {None}


def test_the_one_heading_of_the_first_level_is_the_title() -> None:
    document = parse_text(f"- [News](/news)\n- [Sport](/sport)\n\n# Cranes fail at the pier\n\n{STORY}")
    assert document.headlines == ("Cranes fail at the pier",)


def test_a_heading_below_prose_is_no_title() -> None:
    assert parse_text(f"{STORY}\n\n# What comes next\n\n{STORY}").headlines == ()


def test_a_story_keeps_its_marks() -> None:
    cleaned = the_cleaner().clean(f"# Cranes fail at the pier\n\n{STORY}")
    assert cleaned.headline == "Cranes fail at the pier"
    assert cleaned.body == STORY.replace("\n\n", "\n")
    assert not cleaned.changed


def test_lines_that_are_links_go_and_links_in_sentences_stay() -> None:
    lines = ["- [News](/news)", "- [Sport](/sport)", "", "# Cranes fail at the pier", "", STORY, ""]
    lines += [
        "[Ferry fares to rise in two steps](https://elm.test/fares)",
        "",
        "### [A walk along the quay](/walk)",
        "",
    ]
    lines += ["* [Weather: rain until Friday](/rain)", "* [Chess: the board that was sold](/chess)"]
    cleaned = the_cleaner().clean("\n".join(lines))
    assert cleaned.body == STORY.replace("\n\n", "\n")


def test_a_heading_that_is_a_link_stays_over_the_story_below_it() -> None:
    part = "The crane at the north pier was the first to fail, at noon, with a crate of oranges over a crowd that had "
    part += "come to see the lifeboat, and it held there for an hour while the crowd was led away by two constables."
    cleaned = the_cleaner().clean(f"# Cranes fail\n\n{STORY}\n\n### [North pier](/north)\n\n{part}\n\n{STORY}")
    assert "### [North pier](/north)" in cleaned.body


def test_a_cut_takes_the_link_with_its_words() -> None:
    source = STORY.replace("cargo unopened.", "cargo unopened. **Also read:** [How the cranes grew old](/old)")
    assert the_cleaner().clean(source).body == STORY.replace("\n\n", "\n")
