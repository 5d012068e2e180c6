"""Pages made to exhaust the parser are refused with a reason; ordinary pages, old and large ones too, are not.

That a bomb is refused at all is the test: unguarded, these pages take minutes or the whole memory.
"""

from __future__ import annotations

import pytest

from cleaner.parse.guard import Bomb, check_nesting
from cleaner.parse.html import parse_html
from cleaner.pipeline import Cleaner

BOMBS = {
    "elements": "<div>" * 100_000,
    "closed elements": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "unknown elements": "<x-y>" * 100_000,
    "upper case": "<DIV CLASS=X>" * 100_000,
    "lists": "<ul><li>x" * 50_000,
    "tables": "<table><tr><td>x" * 50_000,
    "quotes": "<blockquote><p>x" * 50_000,
    "spans": "<p>" + "<span class=a>" * 100_000,
    "formatting": "<b>" * 100_000,
    "formatting in paragraphs": "<p><font color=red>x" * 50_000,
    "links": "<a href=x>x" * 100_000,
    "drawing": "<svg>" + "<g>" * 100_000,
    "behind a story": "<p>The mayor left on Monday.</p>" * 50 + "<div>" * 100_000,
    "not closed by void elements": "<div><br/><img>" * 50_000,
}
ORDINARY = {
    "unclosed paragraphs": "<p>x" * 40_000,
    "unclosed upper-case paragraphs": "<P ALIGN=left>x" * 40_000,
    "unclosed items": "<ul>" + "<li>x" * 40_000,
    "unclosed definitions": "<dl>" + "<dt>x<dd>y" * 20_000,
    "unclosed cells": "<table>" + "<tr><td>x<td>y" * 20_000,
    "breaks": "x<br>" * 40_000,
    "rules and pictures": "x<hr><img src=x>" * 20_000,
    "closed formatting": "<p><b>x</b> <i>y</i> <font size=1>z</font>" * 10_000,
    "links": "<p><a href=x>x</a>" * 40_000,
    "self-closed": "x<br/><img src='x' />" * 20_000,
    "one element with many attributes": f"<p {'a=b ' * 50_000}>x",
    "signs that are no tags": "x < y > z <3 " * 20_000,
    "deep but real": "<div>" * 700 + "<p>x" + "</div>" * 700,
    "much formatting but real": "<b>" * 75 + "x",
    "stray ends": "</div></b></p>x" * 20_000,
    "wide": "<div><div><div><p>x</p></div></div></div>" * 10_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    with pytest.raises(Bomb, match=r"\d+ (formatting )?elements"):
        check_nesting(BOMBS[name].encode())


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_passes(name: str) -> None:
    check_nesting(ORDINARY[name].encode())


@pytest.mark.parametrize("name", ["unclosed paragraphs", "breaks", "deep but real", "much formatting but real"])
def test_what_passes_is_parsed(name: str) -> None:
    blocks = parse_html(ORDINARY[name]).blocks
    assert "".join(block.text for block in blocks).replace("\n", "") == "x" * ORDINARY[name].count("x")


@pytest.mark.parametrize("name", ["elements", "formatting", "behind a story"])
def test_the_cleaner_keeps_a_bomb_as_it_was(name: str) -> None:
    cleaned = Cleaner().clean(BOMBS[name], kind="html")
    assert cleaned.refused
    assert "elements" in cleaned.refused
    assert cleaned.body == cleaned.source == BOMBS[name]
    assert not cleaned.changed


@pytest.mark.parametrize("page", ["", "<", "<<<<", "<p", "</", "<!", "\0" * 5000, "<" * 200_000, "</" * 100_000])
def test_scraps(page: str) -> None:
    check_nesting(page.encode())
