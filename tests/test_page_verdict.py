"""Page verdicts on pages made for one question each: what tips a page to the one side and to the other."""

from __future__ import annotations

from functools import cache

import pytest
from selectolax.lexbor import LexborHTMLParser

from cleaner.cleaned import Cleaned
from cleaner.parse.structured import declared_kind, read_structured
from cleaner.pipeline import Cleaner

STORY = (
    "The ferry to Skerrow left the quay at noon with ninety people and a piano on board, the harbour office said.",
    "Nobody had asked for the piano, according to the mate, Ottilie Brandt, who signed for it all the same.",
    "It will be played on Saturday, when the new pier is opened by a choir of retired lighthouse keepers.",
    "The old pier, which lost its last eleven planks in the storm of January, is to be taken down in May.",
)
TEASERS = (
    ("Bakery wins fight over its own smell", "A neighbour had asked the council to limit the hours of baking."),
    ("Bus drivers to vote on a new rota", "The company says that the plan would add six early services."),
    ("School finds Roman drain under goal", "Diggers had come to lay a pitch and cut through old tiles."),
    ("Choir looks for one more deep bass", "The singers have nineteen altos and no idea at all of why."),
)
ARTICLE = '<meta property="og:type" content="article">'
UNLISTED = '<meta name="robots" content="noindex">'


@cache
def cleaner() -> Cleaner:
    return Cleaner()


def clean(body: str, head: str = "", title: str = "Harbour News") -> Cleaned:
    return cleaner().clean(f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>", "html")


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def cards(link: str = "<a href='/{n}'>{title}</a>") -> str:
    made = (
        f"<div class='card'><h3>{link.format(n=n, title=title)}</h3><p>{text}</p></div>"
        for n, (title, text) in enumerate(TEASERS)
    )
    return "".join(made)


def entries(clocks: list[str], tag: str = "div") -> str:
    texts = STORY + STORY[::-1]
    rows = (
        f"<section class='row'><{tag}>{clock}</{tag}><p>{text[:-1]}, for the {n}th time.</p></section>"
        for n, (clock, text) in enumerate(zip(clocks, texts, strict=False))
    )
    return "<main>" + "".join(rows) + "</main>"


# --- no story ------------------------------------------------------------------------------------


def test_cards_of_linked_titles_are_no_story() -> None:
    cleaned = clean(f"<h1>Local</h1>{cards()}")
    assert cleaned.page == "no-story"
    assert cleaned.refused == "no story found in it: teasers of other stories"
    assert cleaned.body == cleaned.source
    assert cleaned.flags == ()


def test_cards_whose_titles_lead_nowhere_are_a_story() -> None:
    assert clean(f"<h1>Four things that happened here today</h1>{cards('{title}')}").page == "story"


def test_an_introduction_does_not_make_an_index_a_story() -> None:
    introduction = "<p>Here is all that we have written about the harbour, its ferries and its one piano.</p>"
    assert clean(f"<h1>Harbour</h1>{introduction}{cards()}").page == "no-story"


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_story_under_a_headline_stays_one_among_teasers(count: int) -> None:
    headline = "Ferry brings a piano that nobody asked for"
    body = f"<article><h1>{headline}</h1>{paragraphs(*STORY[:count])}</article>{cards()}"
    cleaned = clean(body, title=f"{headline} - Harbour News")
    assert cleaned.page == "story"
    assert STORY[0] in cleaned.body


def test_a_page_that_says_it_is_an_article_is_one() -> None:
    assert clean(f"<h1>Local</h1>{cards()}", ARTICLE).page == "story"


def test_a_guide_whose_headings_are_links_is_a_story() -> None:
    assert clean(f"<h1>Four rows worth a walk through the town</h1>{paragraphs(*STORY)}{cards()}").page == "story"


@pytest.mark.parametrize("title", ["404", "Error 404", "503 Service Unavailable | Harbour News", "451: Unavailable"])
def test_a_short_page_under_a_status_is_an_error(title: str) -> None:
    text = paragraphs(
        "The page that was asked for has gone, or it was never here in the first place.",
        "Check the address for mistakes, or go back to the front page and start again from there.",
    )
    assert clean(f"<h1>Oh dear</h1>{text}", title=title).page == "no-story"
    assert clean(f"<h1>{title}</h1>{text}").page == "no-story"
    assert clean(f"<h1>Oh dear</h1>{text}").page == "story"


@pytest.mark.parametrize("title", ["404 jobs lost at the harbour", "Fire on Route 404 kills two", "1404", "Bus 4040"])
def test_a_number_in_a_headline_is_no_status(title: str) -> None:
    assert clean(f"<h1>{title}</h1>{paragraphs(*STORY[:2])}", title=title).page == "story"


def test_a_long_story_is_never_an_error() -> None:
    lines = [f"{line[:-1]}, for the {n}th time." for n in range(3) for line in STORY]
    assert clean(f"<h1>Error 404</h1>{paragraphs(*lines)}").page == "story"


def test_captions_alone_are_no_story_even_in_an_article() -> None:
    slides = "".join(f"<li><img src='{n}'><p>{line}</p><div>{n}/4</div></li>" for n, line in enumerate(STORY, 1))
    assert clean(f"<h1>The piano in pictures</h1><ul>{slides}</ul>", ARTICLE).page == "no-story"
    assert clean(f"<h1>The piano in pictures</h1>{paragraphs(*STORY)}<ul>{slides}</ul>", ARTICLE).page == "story"


def test_plain_text_is_not_judged() -> None:
    text = "Local\n" + "\n".join(f"{title}\n{line}" for title, line in TEASERS)
    assert cleaner().clean(text, "text").page == "story"


# --- what the page declares ----------------------------------------------------------------------

NEWS = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pier"}</script>'
COLLECTION = '<script type="application/ld+json">{"@type": ["WebPage", "CollectionPage"], "name": "Pier"}</script>'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("", None),
        ('<meta property="og:type" content="website">', None),
        ('<meta property="og:type" content="Article">', "story"),
        ('<meta property="og:type" content="video.other">', "other"),
        ('<meta property="article:published_time" content="2024-02-01">', "story"),
        (UNLISTED, "other"),
        (UNLISTED + NEWS, "story"),
        (COLLECTION, "other"),
        (COLLECTION + ARTICLE, "other"),
        (COLLECTION + NEWS, "story"),
    ],
)
def test_what_a_page_says_that_it_is(head: str, kind: str | None) -> None:
    tree = LexborHTMLParser(f"<html><head>{head}</head><body></body></html>")
    assert declared_kind(tree, read_structured(tree)) == kind


# --- truncated -----------------------------------------------------------------------------------

WALL = "<div><p>Subscribe to continue reading.</p><p>Already a subscriber? Log in</p></div>"


def whole(*after: str) -> str:
    return f"<article><h1>Ferry brings a piano</h1>{paragraphs(*STORY)}</article>{''.join(after)}"


def test_a_short_story_before_a_wall_is_truncated() -> None:
    assert clean(whole(WALL), ARTICLE).flags == ("truncated",)


def test_a_whole_story_is_not() -> None:
    assert clean(whole(), ARTICLE).flags == ()


def test_a_newsletter_pitch_does_not_truncate() -> None:
    pitch = "<div><h3>Subscribe to our newsletter</h3><p>Get our stories in your inbox every morning.</p></div>"
    assert clean(whole(pitch), ARTICLE).flags == ()


def test_a_wall_far_below_does_not_truncate() -> None:
    links = "".join(f"<li><a href='/{n}'>{title}</a></li>" for n, (title, _) in enumerate(TEASERS))
    assert clean(whole(f"<ul>{links}</ul>", WALL), ARTICLE).flags == ()


def test_a_long_story_with_its_end_is_not_truncated_by_a_wall() -> None:
    lines = [f"{line[:-1]}, for the {n}th time." for n in range(5) for line in STORY]
    assert clean(f"<article><h1>Ferry</h1>{paragraphs(*lines)}</article>{WALL}", ARTICLE).flags == ()


def test_an_ellipsis_before_a_wall_truncates_a_long_story() -> None:
    lines = [f"{line[:-1]}, for the {n}th time." for n in range(5) for line in STORY]
    lines[-1] = "The harbour master opened the lid, looked at the keys one by one, and then he saw that …"
    page = f"<article><h1>Ferry</h1>{paragraphs(*lines)}</article>"
    assert clean(page + WALL, ARTICLE).flags == ("truncated",)
    assert clean(page, ARTICLE).flags == ()


def test_not_free_is_not_yet_truncated() -> None:
    paid = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    assert clean(whole(), paid).flags == ()


# --- live blogs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "clocks",
    [
        ["21:15", "19:02", "16:48", "12:30", "08:10"],
        ["08.10 Uhr", "12.30 Uhr", "16.48 Uhr", "19.02 Uhr", "21.15 Uhr"],
        ["6:04 p.m.", "6:49 p.m.", "8:30 p.m.", "10:15 p.m.", "11:52 p.m."],
        ["18h42", "17h55", "16h30", "14h10", "11h25"],
        ["8時05分", "9時40分", "11時15分", "14時30分", "18時00分"],
    ],
)
def test_entries_under_times_in_order_are_a_live_blog(clocks: list[str]) -> None:
    assert clean(f"<h1>Storm over the harbour</h1>{entries(clocks)}", ARTICLE).flags == ("live-blog",)


@pytest.mark.parametrize(
    "clocks",
    [
        ["21:15", "19:02", "16:48", "12:30"],
        ["12:30", "21:15", "08:10", "19:02", "10:48", "20:20"],
        ["$4.41", "$5.07", "$6.20", "$7.10", "$8.30"],
        ["4.41 %", "5.07 %", "6.20 %", "7.10 %", "8.30 %"],
    ],
    ids=["few", "disordered", "prices", "shares"],
)
def test_other_numbers_make_no_live_blog(clocks: list[str]) -> None:
    assert clean(f"<h1>Storm over the harbour</h1>{entries(clocks)}", ARTICLE).flags == ()


def test_a_chronology_is_no_live_blog() -> None:
    lines = (f"<h3>{hour}:10</h3><p>{text}</p>" for hour, text in zip(range(6, 14), STORY + STORY[::-1], strict=True))
    assert clean(f"<article><h1>One night in the harbour</h1>{''.join(lines)}</article>", ARTICLE).flags == ()


@pytest.mark.parametrize(("hours", "flags"), [(range(21, 14, -1), ("live-blog",)), (range(14, 21), ())])
def test_in_a_text_the_latest_comes_first_in_a_live_blog(hours: range, flags: tuple[str, ...]) -> None:
    lines = [f"{hour}:05 The harbour master counts another {hour} boats behind the breakwater." for hour in hours]
    assert Cleaner().clean("\n".join(["Storm over the harbour", *lines]), "text").flags == flags


def test_a_live_posting_is_a_live_blog() -> None:
    live = '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Ferry"}</script>'
    assert clean(whole(), live).flags == ("live-blog",)
