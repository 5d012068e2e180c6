"""Pages as blocks: what a reader sees as a paragraph is one block, whatever the markup."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.model import KINDS, Document
from cleaner.parse.html import parse_html
from cleaner.parse.selectors import Selectors


def lines(source: str) -> list[str]:
    return [block.text for block in parse_html(source).blocks]


def kinds(source: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parse_html(source).blocks]


def names(document: Document, block: int) -> list[str]:
    """What the containers of a block call themselves, the innermost first."""
    markup = document.markup
    assert markup is not None
    found, at = [], markup.holder[block]
    while at >= 0:
        found.append(markup.names[at])
        at = markup.parent[at]
    return found


# --- paragraphs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "<p>One.</p><p>Two.</p>",
        "<p>One.<p>Two.",
        "<P>One.</P>\n\n<P CLASS=x>Two.</P>",
        "<div>One.<br><br>Two.</div>",
        "<div>One.<br/>\n <br />Two.</div>",
        "<div>One.<br>&nbsp;<br>Two.</div>",
        "<div>One.<br><!-- ad --><br>Two.</div>",
        "<div>One.<br><br><br><br>Two.</div>",
        "<div><br><br>One.<br><br>Two.<br><br></div>",
        "<div>One.<span><br><br></span>Two.</div>",
        "<div>One.<p>Two.</p></div>",
        "<div><p>One.</p>Two.</div>",
        "<div>One.</div><div>Two.</div>",
        "<section><article><div><div><p>One.</p></div></div><div>Two.</div></article></section>",
        "<center>One.</center><font>Two.</font>",
        "<font>One.</font><hr><font>Two.</font>",
        "<story-text>One.</story-text><o:p>Two.</o:p>",
        "<p>One.</p><details><summary>Two.</summary></details>",
        "One.<div></div>Two.",
        "<span>One.</span><p></p><p>&nbsp;</p><p> </p><span>Two.</span>",
        "<p>One.</p></p></div></span>Two.",
        "<p>One.<table></table>Two.",
    ],
)
def test_two_paragraphs(source: str) -> None:
    assert lines(source) == ["One.", "Two."]


def test_a_single_break_stays_inside_its_paragraph() -> None:
    assert lines("<p>Elm Street 4<br>Oakham</p><p>Two.</p>") == ["Elm Street 4\nOakham", "Two."]


def test_a_break_between_blocks_is_none() -> None:
    assert lines("<p>One.</p><br><p>Two.</p><br>") == ["One.", "Two."]


# --- tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("<tr><td>6<td>Kyle Larson<td>3</tr><tr><td>7<td>Ann Lee<td>1</tr>", ["6|Kyle Larson|3", "7|Ann Lee|1"]),
        ("<thead><tr><th>Club<th>Points</thead><tbody><tr><th>Elm<td>31", ["Club|Points", "Elm|31"]),
        ("<tr><td>6<td>Kyle Larson<tr><td>7<td>Ryan Blaney", ["6|Kyle Larson", "7|Ryan Blaney"]),
        ("<tr><td>\n6\n</td>\n<td>\n<b>Kyle</b>  Larson</td>\n</tr>", ["6|Kyle Larson"]),
        ("<tr><td><td>6<td> &nbsp; <td><img src=flag><td>Kyle Larson<td></tr><tr><td></tr>", ["6|Kyle Larson"]),
        ("<tr><td>6<div></div><td>Kyle Larson", ["6|Kyle Larson"]),
        ("<tr><td>Kyle<br>Larson<td>3", ["Kyle Larson|3"]),
        ("<tr><td colspan=2>Kyle<br>Larson", ["Kyle\nLarson"]),
        ("<tr><td>10:45<td>The mayor left, and the council, which had met at ten, went on without her until noon.",
         ["10:45|The mayor left, and the council, which had met at ten, went on without her until noon."]),
    ],
)  # fmt: skip
def test_a_row_of_texts_is_one_block(source: str, rows: list[str]) -> None:
    assert kinds(f"<table>{source}</table>") == [("table_cell", row.replace("|", "\t")) for row in rows]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("<tr><td><p>One.</p><p>Two.</p></td><td>Menu</td></tr>", ["One.", "Two.", "Menu"]),
        ("<tr><td><ul><li>Home<li>News</ul><td>One.", ["Home", "News", "One."]),
        ("<tr><td><h2>Head</h2>One.<td>Menu", ["Head", "One.", "Menu"]),
        ("<tr><td>One.<br><br>Two.<td>Menu", ["One.", "Two.", "Menu"]),
        ("<tr><td>Menu<td><div>One.</div>", ["Menu", "One."]),
        ("<tr><td>Home<td>News<td><table><tr><td>6<td>Larson</table><td>Menu<td>Imprint",
         ["Home", "News", "6\tLarson", "Menu", "Imprint"]),
    ],
)  # fmt: skip
def test_a_layout_table_keeps_its_paragraphs(source: str, texts: list[str]) -> None:
    assert lines(f"<table>{source}</table>") == texts


def test_links_of_a_row_are_those_of_its_cells() -> None:
    document = parse_html(
        "<p>One.</p><table><tr><td><a href=x>Elm</a><td>and <a href=y>Oakham</a></table><p><a href=z>Two"
    )
    assert [block.text for block in document.blocks] == ["One.", "Elm\tand Oakham", "Two"]
    assert [block.link_chars for block in document.blocks] == [0, 9, 3]
    assert document.markup is not None
    assert document.markup.links == [0, 2, 1]


def test_a_row_stands_in_its_table_and_what_follows_in_its_own_element() -> None:
    document = parse_html(
        "<table class=results><tr class=first><td class=rank>6<td>Larson<td class=last></table><p class=after>"
        "<table class=results><tr><td class=only>7</table>"
    )
    assert document.markup is not None
    assert names(document, 0)[0] == "first"
    assert "results" in names(document, 0)
    assert names(document, 1)[0] == "only"
    assert document.markup.first == sorted(document.markup.first)
    assert document.markup.first[document.markup.names.index("only")] == 1


@pytest.mark.parametrize(
    ("selector", "marked"),
    [("tr", [0, 1]), ("table", [0, 1]), ("td", [1]), ("td.rank", []), ("td a", []), (".after", [2])],
)
def test_a_selector_finds_a_row_and_not_for_one_of_its_cells(selector: str, marked: list[int]) -> None:
    source = "<table><tr><td class=rank>6<td><a>Larson</a></tr><tr><td><td>7</table><p class=after>Two."
    document = parse_html(source, Selectors([(selector, "x")]))
    assert [block for block, _ in document.marked] == marked


def test_lists() -> None:
    source = "<ul><li>One<li>Two<ul><li><p>Three</p></ul>still two</ul><dl><dt>Term<dd>Meaning</dl><p>End.</p>"
    items = ("One", "Two", "Three", "still two", "Term", "Meaning")
    assert kinds(source) == [*(("list_item", text) for text in items), ("paragraph", "End.")]


def test_quotes() -> None:
    source = "<blockquote><p>One.</p>Two.<footer>Ann Lee</footer></blockquote><p>He said <q>no</q>.</p>"
    quoted = [("quote", text) for text in ("One.", "Two.", "Ann Lee")]
    assert kinds(source) == [*quoted, ("paragraph", "He said no.")]


def test_preformatted_text_keeps_its_white_space() -> None:
    (block,) = parse_html("<pre>\nRoses  are\n    red\n\n  <b>violets</b>\n</pre>").blocks
    assert (block.kind, block.text) == ("preformatted", "Roses  are\n    red\n\n  violets")


def test_captions() -> None:
    source = "<figure><img alt='no'><figcaption>A crane. <i>Photo: Elm</i></figcaption></figure><p>One.</p>"
    assert kinds(source) == [("caption", "A crane. Photo: Elm"), ("paragraph", "One.")]
    table = kinds("<table><caption>League</caption><tr><td>Elm</table>")
    assert table == [("caption", "League"), ("table_cell", "Elm")]


def test_headings_of_all_levels() -> None:
    source = "".join(f"<h{n}><span>H</span>{n}</h{n}>" for n in range(1, 7))
    assert kinds(source) == [("heading", f"H{n}") for n in range(1, 7)]


# --- what is not text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>var a = '<p>no</p>';</script>",
        '<script type=\'application/json\'>{"a": "no"}</script>',
        "<style>p { content: 'no' }</style>",
        "<template><p>no</p></template>",
        "<!-- <p>no</p> -->",
        "<iframe src='x'>no</iframe>",
        "<svg><title>no</title><text>no</text></svg>",
        "<select><option>no</option></select>",
        "<datalist><option>no</option></datalist>",
        "<object data='x'>no</object>",
        "<canvas>no</canvas>",
        "<math><mi>no</mi></math>",
        "<img alt='no' title='no'>",
        "<input value='no' placeholder='no'>",
    ],
)
def test_what_no_reader_sees(unseen: str) -> None:
    assert lines(f"<p>One.</p>{unseen}<p>Two.</p>") == ["One.", "Two."]
    assert lines(f"<p>On{unseen}e.</p><p>Two.</p>") == ["One.", "Two."]


@pytest.mark.parametrize("head", ["", "<noscript><img src='pixel.gif'></noscript>", "<p>", "<div hidden>x</div>"])
def test_the_title_is_not_text_of_the_page(head: str) -> None:
    """A picture in the head ends the head: what follows it, the title too, is parsed into the body."""
    source = f"<html><head>{head}<title>Mayor goes | Elm Post</title></head><body><p>One.</p>"
    document = parse_html(source)
    assert [block.text for block in document.blocks if block.text != "x"] == ["One."]


def test_noscript_is_seen() -> None:
    """Lazily loaded stories stand there."""
    assert lines("<p>One.</p><noscript><p>Two.</p></noscript>") == ["One.", "Two."]


@pytest.mark.parametrize(
    "attribute", ["hidden", "aria-hidden='true'", "style='DISPLAY : none'", "style='x:y;visibility:hidden'"]
)
def test_hidden_elements_say_so(attribute: str) -> None:
    """They stay blocks, as many pages show their story by a script; but what weighs them is told."""
    document = parse_html(f"<div {attribute}><p>No.</p></div><p>One.</p>")
    assert [block.text for block in document.blocks] == ["No.", "One."]
    assert any("hidden" in name.split() for name in names(document, 0))
    assert not any("hidden" in name.split() for name in names(document, 1))


def test_containers_tell_class_id_and_role() -> None:
    document = parse_html('<main id=top><div class="story body" role=article itemprop="articleBody"><p>One.')
    found = " ".join(names(document, 0)).split()
    assert {"story", "body", "id=top", "role=article", "itemprop=articleBody"} <= set(found)


# --- inside a paragraph --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inner",
    [
        "The <em>mayor</em> left.",
        "The <a href=x><b>mayor</b></a> left.",
        '<span class="dropcap">T</span>he mayor left.',
        "<b>T</b><small>he</small> mayor left.",
        "The\n\t mayor\r\n left. ",
        "The&nbsp;mayor&#32;&#x20;left&period;",
        "The ma<wbr>yor left.",
        "The mayor<!-- x --> left.",
        "The <span><span> mayor </span></span> left.",
        "<time datetime=x>The</time> <abbr>mayor</abbr> <cite>left</cite>.",
        "The mayor<sup></sup> left.<img src=x>",
        "The \0mayor left.",
    ],
)
def test_inline_markup_leaves_the_sentence_whole(inner: str) -> None:
    assert lines(f"<p>{inner}</p>") == ["The mayor left."]
    assert lines(f"<div>{inner}</div>") == ["The mayor left."]


def test_small_figures_stay_with_their_word() -> None:
    assert lines("<p>CO<sub>2</sub> on 9 m<sup>2</sup></p>") == ["CO2 on 9 m2"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A &amp; B &lt;c&gt;", "A & B <c>"),
        ("caf&eacute; &#8217;&#x2014;&hellip;", "café ’—…"),
        ("&copy 2025 AT&T &bogus; 5 < 6", "© 2025 AT&T &bogus; 5 < 6"),
        ("&#128512; &#x1F600;", "😀 😀"),
        ("&#147;quoted&#148; &#150;", "“quoted” –"),
        ("&amp;amp;", "&amp;"),
    ],
)
def test_entities(written: str, read: str) -> None:
    assert lines(f"<p>{written}</p>") == [read]


def test_scripts_and_directions_are_left_alone() -> None:
    texts = ["שלום \u200fעולם 12", "السلام عليكم", "नमस्ते दुनिया", "東京都は、二割減らす。"]
    for text in [*texts, "می\u200cخواهم", "👩\u200d🚒 é e\u0301"]:
        assert lines(f"<p dir=auto>{text}</p>") == [text]


def test_characters_in_links_are_counted() -> None:
    first, second, third = parse_html(
        "<p>See <a href=x>the <b>vote</b></a> here</p><p>None</p><a href=x><h3>Head</h3></a>"
    ).blocks
    assert (first.link_chars, second.link_chars, third.link_chars) == (8, 0, 4)
    assert third.kind == "heading"


def test_links_are_counted_by_block() -> None:
    document = parse_html("<p><a href=x>A</a> <a href=y>B</a></p><p>C</p><p><a href=z>D</a></p>")
    assert document.markup is not None
    assert document.markup.links == [2, 0, 1]


@pytest.mark.parametrize(
    "selector",
    [
        ".box",
        "div.box",
        "#Side",
        "aside",
        "html.wide .box",
        "h2 + .box",
        ".BIG",
        "[class='box BIG']",
        "[class~='box']",
        "[class*='x b' i]",
        "[aria-label='advertisement' i]",
        "[aria-label*='ver']",
        "[title='Käse & Wein']",
        "[title^='Käse ']",
        "[data-slot]",
        "[DATA-SLOT='4']",
        "[data-empty='']",
        ":is(div, form)",
        ":not(h2)",
        ".b\\6fx",
        ".box /* open",
    ],
)
def test_a_selector_finds_its_element_by_whatever_it_names(selector: str) -> None:
    source = """<!doctype html><html class=wide><body><h2>One.</h2>
      <div class="box BIG" id=Side aria-label="Advertisement" title="K&auml;se &amp; Wein" data-slot=4 data-empty="">
      <aside>Two.</aside></div>"""
    assert (1, "x") in parse_html(source, Selectors([(selector, "x")])).marked
    beside = Selectors([(selector, "x"), ("h2", "x"), (".none", "x")])
    assert parse_html(source, beside).marked == ((0, "x"), (1, "x"))


# --- broken pages --------------------------------------------------------------------------------


def test_unclosed_tags() -> None:
    assert lines("<div><p>One.<p>Two.<b>Three<li>Four<h2>Five") == ["One.", "Two.Three", "Four", "Five"]


@pytest.mark.parametrize(
    "source",
    [
        "One.<br><br>Two.",
        "<p>One.</p>Two.",
        "<title>T</title>One.<p>Two.",
        "<html>One.<p>Two.</html>",
        "<head></head><p>One.<p>Two.",
        "<body>One.</body><body><p>Two.</body>",
        "</html>One.<p>Two.",
    ],
)
def test_a_page_without_a_body_of_its_own(source: str) -> None:
    assert lines(source) == ["One.", "Two."]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<p>One.</p><p>Two <a href="http://elm.te', ["One.", "Two"]),
        ("<p>One.</p><p>Two <b>thr", ["One.", "Two thr"]),
        ("<p>One.</p><script>var a = 1; <p>Two", ["One."]),
        ("<p>One.</p><!-- <p>Two", ["One."]),
        ("<p>One.</p><p>Two &am", ["One.", "Two &am"]),
    ],
)
def test_a_page_cut_short(source: str, expected: list[str]) -> None:
    assert lines(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "",
        " \r\n",
        "<!-- x -->",
        "<html></html>",
        "<!doctype html><html><head><title>Only this</title></head><body></body></html>",
        "<html><frameset cols='1,2'><frame src=a><frame src=b></frameset></html>",
        "<p></p><div> &nbsp; </div>",
        "\0\0",
        "<",
        "<p",
    ],
)
def test_a_page_without_text(source: str) -> None:
    assert "".join(lines(source)) in ("", "<")


def test_nul_bytes_are_left_out() -> None:
    assert lines("<p>O\0ne\0.</p>\0<p>\0</p><p>Tw\0o.</p>") == ["One.", "Two."]


def test_a_lone_surrogate_is_not_turned_into_a_question() -> None:
    assert "?" not in "".join(lines("<p>The may\ud800or left.</p>"))


# --- what the page says of itself ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "language"),
    [("lang=de", "de"), ('lang="pt-BR"', "pt"), ("lang=EN_us", "en"), ("", None), ("lang=''", None), ("lang=x", None)],
)
def test_the_declared_language(attribute: str, language: str | None) -> None:
    assert parse_html(f"<html {attribute}><p>One.").language == language


def test_headline_candidates() -> None:
    source = "<title>Mayor goes - Elm Post</title><meta property='og:title' content='Mayor of Elm goes'><h1>Mayor goes"
    assert {"Mayor of Elm goes", "Mayor goes"} <= set(parse_html(source).headlines)


# --- any page ------------------------------------------------------------------------------------

TAGS = ["p", "div", "span", "a", "b", "br", "li", "ul", "td", "tr", "table", "h1", "pre", "blockquote", "figcaption"]
TAGS += ["section", "hr", "script", "template", "noscript"]


@st.composite
def pages(draw: st.DrawFn) -> str:
    opening = st.sampled_from([f"<{tag}>" for tag in TAGS] + ["<p class=x>", "<a href=x>", "<div hidden>"])
    closing = st.sampled_from([f"</{tag}>" for tag in TAGS])
    words = st.sampled_from(["One", " two ", "\n", "&amp;", "&nbsp;", "é", "東京", "שלום", "\u200b", "<", "&#0;", "."])
    return "".join(draw(st.lists(opening | closing | words, max_size=60)))


@given(pages() | st.text())
@settings(max_examples=150, deadline=None)
def test_blocks_are_trimmed_ordered_and_where_they_say(source: str) -> None:
    document = parse_html(source)
    for block in document.blocks:
        assert document.text[block.start : block.end] == block.text
        assert block.text.strip()
        assert block.kind in KINDS
        assert block.link_chars is not None
        assert block.link_chars >= 0
    assert all(a.end < b.start for a, b in pairwise(document.blocks))
    markup = document.markup
    if document.blocks:
        assert markup is not None
        assert len(markup.holder) == len(markup.links) == len(document.blocks)
        assert len(markup.parent) == len(markup.tags) == len(markup.names) == len(markup.first)
        assert all(above < at for at, above in enumerate(markup.parent))


@given(pages())
@settings(max_examples=100, deadline=None)
def test_parsing_is_a_function_of_the_page(source: str) -> None:
    assert parse_html(source) == parse_html(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<div><span>Anna Berg</span><span>28.05.2023</span></div>", "Anna Berg 28.05.2023"),
        ("<li><a>Share</a><a>Tweet</a></li>", "Share Tweet"),
        ("<div><b><i>Uwe Moll</i></b><time>9:30</time></div>", "Uwe Moll 9:30"),
        ("<p><span>T</span><span>he pier</span></p>", "The pier"),
        ("<p><b>Pier</b><i>s</i></p>", "Piers"),
        ("<p><em>Pier</em><strong>, again</strong></p>", "Pier, again"),
        ("<p>H<sub>2</sub><i>O</i></p>", "H2O"),
        ("<p>i<b>Phone</b></p>", "iPhone"),
    ],
)
def test_words_of_two_elements_beside_each_other_are_set_apart(source: str, text: str) -> None:
    assert lines(source) == [text]
