"""Notices amid a story about something else, and what a text keeps of polls and readers' comments."""

from __future__ import annotations

import pytest
from ferry import HEADLINE, STORY

from cleaner import Cleaned, Cleaner

POLL = ("Was the ferry company right?", "Yes, of course", "No, it was not", "Vote | View results (1,204 votes)")


def body_of(cleaner: Cleaner, *lines: str) -> list[str]:
    found = cleaner.clean("\n\n".join((HEADLINE, *lines)), kind="text")
    assert found.refused is None
    return found.body.split("\n")


def amid(*lines: str) -> tuple[str, ...]:
    return (*STORY[:2], *lines, *STORY[2:])


@pytest.mark.parametrize(
    "notice",
    [
        "Want to read on? Subscribe now: unlimited articles for 1 euro a month.",
        "Download the app of the Island Gazette and get breaking news first.",
        "Support us: our journalism is free to read. Donate 5 euros now.",
        "Follow the Island Gazette on WhatsApp and Google News!",
    ],
)
def test_a_notice_amid_the_story_goes(cleaner: Cleaner, notice: str) -> None:
    assert body_of(cleaner, *amid(notice)) == list(STORY)


def test_a_story_on_its_subject_keeps_the_sentence(cleaner: Cleaner) -> None:
    story = (
        "The Island Gazette asks its readers to subscribe: from Monday an article costs 1 euro a month, it said.",
        "Unlimited articles will be for those who subscribe; half of the readers had signed against 1 euro.",
        "Subscribe now: unlimited articles for 1 euro a month.",
        "The paper had told readers in January that its articles would stay free, and that nobody had to subscribe.",
    )
    assert body_of(cleaner, *story) == list(story)


def test_a_quotation_is_no_notice(cleaner: Cleaner) -> None:
    quoted = "“Subscribe now: unlimited articles for 1 euro a month.”"
    assert body_of(cleaner, *amid(quoted)) == list(amid(quoted))


def test_a_poll_goes_with_its_question_and_its_answers(cleaner: Cleaner) -> None:
    assert body_of(cleaner, *amid(*POLL)) == list(STORY)


def test_a_question_of_the_story_above_a_poll_stays(cleaner: Cleaner) -> None:
    question = "But who will pay for the repair?"
    story = (*STORY[:2], question, *POLL, *STORY[2:])
    assert body_of(cleaner, *story) == [*STORY[:2], question, *STORY[2:]]


def test_short_answers_in_an_interview_stay(cleaner: Cleaner) -> None:
    talk = ("Was the ferry company right?", "Yes, of course.", "And the shops?", "They were not wrong.")
    assert body_of(cleaner, *amid(*talk)) == list(amid(*talk))


def test_readers_comments_below_their_header_go(cleaner: Cleaner) -> None:
    comments = (
        "Comments (2)",
        "Harbour Annie, 2 hours ago",
        "I have been saying so for years and nobody on the council ever wrote back to me.",
        "Reply Like 5",
        "Old Tom, 1 hour ago",
        "Good riddance to that pier.",
    )
    assert body_of(cleaner, *STORY, *comments) == list(STORY)


def test_a_link_to_the_comments_above_the_story_takes_nothing_of_it(cleaner: Cleaner) -> None:
    assert body_of(cleaner, "Comments (2)", *STORY) == list(STORY)


PAGE = """<!doctype html><html lang="en"><head><meta property="og:type" content="article">
<meta property="og:title" content="{title}"></head><body><main><article><h1>{title}</h1>{body}</article></main></body>
</html>"""


def page(cleaner: Cleaner, *parts: str) -> Cleaned:
    return cleaner.clean(PAGE.format(title=HEADLINE, body="".join(parts)), kind="html")


PAGE_COMMENTS = [
    ("Karin from the quay", "08-04-2024 09:31, IP: 83.4.xxx.xxx", "My uncle had a boat there, and nobody asked him."),
    (
        "pier_fan",
        "08-04-2024 10:02, IP: 31.0.xxx.xxx",
        "I signed because of the view. It was about the view for all of us!",
    ),
    (
        "A teacher",
        "08-04-2024 11:20, IP: 46.8.xxx.xxx",
        "Pupils could count the lorries. Mine have done so twice a year.",
    ),
] * 3


def test_comments_without_class_below_their_header_on_a_page_go(cleaner: Cleaner) -> None:
    rows = [f"<tr><td>{'</td></tr><tr><td>'.join(comment)}</td></tr>" for comment in PAGE_COMMENTS]
    parts = ["<p>", "<br><br>".join(STORY), "</p><table><tr><td><b>Comments (9)</b></td></tr>", *rows, "</table>"]
    assert page(cleaner, *parts).body.split("\n") == list(STORY)


def test_a_poll_in_plain_boxes_of_a_page_goes(cleaner: Cleaner) -> None:
    boxes = [f"<div>{line}</div>" for line in ("Poll", *POLL[:-1], "Vote")]
    assert set(page(cleaner, *[f"<p>{text}</p>" for text in STORY], *boxes).body.split("\n")).isdisjoint(POLL)


def test_a_line_between_the_headline_and_the_author_is_the_standfirst(cleaner: Cleaner) -> None:
    dek = "Half of the shops on the quay had signed against the plan of the company"
    found = page(cleaner, f"<div>{dek}</div><div>By Nell Arden</div>", *[f"<p>{text}</p>" for text in STORY])
    assert found.body.split("\n") == [dek, *STORY]


@pytest.mark.parametrize("tag", ["blockquote", "aside"])
def test_what_a_page_sets_apart_and_says_in_a_paragraph_too_goes(cleaner: Cleaner, tag: str) -> None:
    pulled = "half of the shops on the quay had signed against it"
    paragraphs = [f"<p>{text}</p>" for text in STORY]
    assert page(cleaner, paragraphs[0], f"<{tag}><p>{pulled}</p></{tag}>", *paragraphs[1:]).body.split("\n") == list(
        STORY
    )
    said = "“You cannot moor a boat to a promise, and we have been promised piers since 1974.”"
    assert said in page(cleaner, paragraphs[0], f"<blockquote><p>{said}</p></blockquote>", *paragraphs[1:]).body


def test_a_list_that_a_page_calls_an_article_is_a_story(cleaner: Cleaner) -> None:
    rows = [f"<li>Best boat of class {n}: Osterby Rowing Club, number {n}</li>" for n in range(1, 16)]
    found = page(cleaner, "<ul>", *rows, "</ul>")
    assert found.refused is None
    assert len(found.body.split("\n")) == len(rows)


def test_two_rules_that_cut_the_same_words_make_one_cut(cleaner: Cleaner) -> None:
    glued = "Linia a fost închisă după inundațiile din 2017, când apa a luat două poduri. "
    link = "Citește și: Podul de la Codreni, gata pe hârtie de trei ani"
    found = cleaner.clean("\n\n".join((HEADLINE, STORY[0], glued + link, *STORY[1:])), kind="text")
    cuts = [cut for verdict in found.verdicts for cut in verdict.cuts if cut.label == "related"]
    assert [found.source[cut.start : cut.end].strip() for cut in cuts] == [link]
    assert glued.strip() in found.body
