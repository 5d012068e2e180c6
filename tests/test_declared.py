"""What a page names as its story's element ends the story, unless it holds only the begin of it."""

from __future__ import annotations

import pytest

from cleaner import Cleaner
from tests.ferry import HEADLINE, STORY

MORE = (
    "The pier in Osterby was built in 1911, and the ferry company rents it from the town for 90,000 crowns a year.",
    "Maja Lindow has been director since 2019; she came from the harbour of Norderwiek, where she had two piers.",
)


def paragraphs(lines: tuple[str, ...]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def page(names: str, inside: tuple[str, ...], below: str) -> str:
    return f"<main><h1>{HEADLINE}</h1><div {names}>{paragraphs(inside)}</div>{below}</main>"


@pytest.mark.parametrize(
    "names", ['itemprop="articleBody"', 'class="post-body entry-content"', 'class="e-content p-name"']
)
def test_nothing_below_it_is_kept(cleaner: Cleaner, names: str) -> None:
    below = paragraphs(MORE)
    assert MORE[0] in cleaner.clean(page('class="wide"', STORY, below), "html").body
    cleaned = cleaner.clean(page(names, STORY, below), "html")
    assert cleaned.body.split("\n") == list(STORY)
    evidence = {one.name for verdict in cleaned.verdicts if not verdict.kept for one in verdict.evidence}
    assert "step:below_body" in evidence


def test_a_body_that_ends_early_ends_nothing(cleaner: Cleaner) -> None:
    broken = page('class="entry-content"', STORY[:1], paragraphs(STORY[1:]))
    assert cleaner.clean(broken, "html").body.split("\n") == list(STORY)


def test_a_correction_below_it_stays(cleaner: Cleaner) -> None:
    correction = "Correction, 14 March: an earlier version of this story gave the wrong year for the storm."
    cleaned = cleaner.clean(page('itemprop="articleBody"', STORY, paragraphs((correction,))), "html")
    assert cleaned.body.split("\n") == [*STORY, correction]


def test_the_last_of_several_counts(cleaner: Cleaner) -> None:
    two = page('itemprop="articleBody"', STORY[:2], "").replace(
        "</main>", f'<div itemprop="articleBody">{paragraphs(STORY[2:])}</div></main>'
    )
    assert cleaner.clean(two, "html").body.split("\n") == list(STORY)
