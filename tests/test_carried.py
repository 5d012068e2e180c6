"""Pages whose story stands only in the data that they carry."""

from __future__ import annotations

import json

from cleaner import clean
from cleaner.cleaned import replay

STORY = [
    "The harbour board of Skerry Bay voted on Monday to open five new piers before the summer, officials said.",
    "Fishermen had asked for the piers since a storm took away the old landing stage in the winter of last year.",
    "“We lost half of the season,” said Ada Holm, who runs two boats, “and nobody from the board came to look.”",
    "The work will cost four million crowns, most of it paid by the county, and will begin when the ice is gone.",
    "A report on the storm, which the board had promised for December, is now expected to be published in March.",
]
TITLE = "Five new piers for Skerry Bay"


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang=en><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"


def linked(**more: object) -> str:
    article = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **more}
    return f'<script type="application/ld+json">{json.dumps(article)}</script>'


def test_a_story_in_linked_data_alone() -> None:
    source = page(f"<h1>{TITLE}</h1><p>Loading…</p>", linked(articleBody="\n".join(STORY)))
    cleaned = clean(source, "html")
    assert cleaned.refused is None
    assert cleaned.body.split("\n") == STORY
    assert cleaned.source == "\n".join(STORY)
    assert replay(cleaned.source, cleaned.verdicts) == cleaned.body


def test_a_story_in_a_hydration_script_alone() -> None:
    state = {"page": {"title": TITLE, "body": STORY}, "popular": ["Ferry late again", "Rain until Friday"]}
    script = f"<script>window.__NUXT__ = {json.dumps(state)};</script>"
    cleaned = clean(page(f"<div id=app><h1>{TITLE}</h1></div>{script}"), "html")
    assert cleaned.body.split("\n") == STORY


def test_a_page_with_an_empty_body_and_a_carried_story() -> None:
    cleaned = clean(page("<div id=root></div>", linked(articleBody="\n".join(STORY))), "html")
    assert cleaned.body.split("\n") == STORY


def test_a_shown_story_is_taken_from_the_page() -> None:
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
    cleaned = clean(page(f"<article><h1>{TITLE}</h1>{shown}</article>", linked(articleBody=STORY[0])), "html")
    assert cleaned.body.split("\n") == STORY
    assert cleaned.source.startswith(TITLE)


def test_a_page_without_a_story_anywhere_stays_refused() -> None:
    assert clean(page("<p>Loading…</p>", linked(description="Piers.")), "html").refused is not None
