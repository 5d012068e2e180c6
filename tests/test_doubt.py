"""What is left alone: a text that nothing speaks against, a long first line, what only looks like a second copy."""

from __future__ import annotations

import numpy as np

from cleaner import Cleaner
from cleaner.decide.breaks import Gaps
from cleaner.parse.text import parse_text
from cleaner.weigh.scorecard import Card

STORY = [
    "The council of Brackwater voted on Tuesday to close the swing bridge for eleven weeks from March.",
    "Engineers found cracks in two of the four main bearings when the bridge was lifted for the regatta in August.",
    "Mayor Ines Calloway said the repair would cost 2.3 million crowns, half of it paid by the harbour company.",
    "Fishing boats will have to leave the inner basin before the work begins, the harbour master said.",
    "The last time the bridge was closed for so long was in 1961, when a coaster struck its northern pier.",
    "The council will hear from shopkeepers on the quay on 14 February.",
]
SHORT_LINES = ["Bearings: 4", "Cracked: 2", "Weeks: 11"]


def clean(*lines: str) -> list[str]:
    return Cleaner().clean("\n\n".join(lines), "text").body.split("\n")


def test_short_lines_of_a_text_with_no_sure_noise_stay() -> None:
    lines = [*STORY[:3], *SHORT_LINES, *STORY[3:]]
    assert clean(*lines) == lines


def test_what_was_not_weighed_has_no_evidence() -> None:
    verdicts = Cleaner().clean("\n\n".join(STORY[:4]), "text").verdicts
    assert {verdict.kept for verdict in verdicts} == {True}
    assert {verdict.evidence for verdict in verdicts} == {()}


def test_one_sure_line_of_noise_has_the_rest_weighed() -> None:
    cleaned = Cleaner().clean("\n\n".join([*STORY, "Sign up for our daily newsletter"]), "text")
    assert cleaned.body.split("\n") == STORY
    assert any(verdict.evidence for verdict in cleaned.verdicts if verdict.kept)


def test_a_long_first_line_without_a_stop_is_a_paragraph() -> None:
    first = (
        "Brackwater has this morning paid the 2.3 million crowns for the four bearings of its swing bridge to the "
        "foundry in Ostrava that cast them, the harbour master said on Monday at the pier"
    )
    cleaned = Cleaner().clean("\n\n".join([first, "This clears the way for the repair", *STORY]), "text")
    assert cleaned.headline is None
    assert cleaned.body.startswith(first)


def test_a_paragraph_over_a_title_is_no_kicker() -> None:
    above = "The closing of the swing bridge was decided by nine votes to four after a long debate in the town hall"
    cleaned = Cleaner().clean("\n\n".join([above, "Bridge closes for eleven weeks", *STORY]), "text")
    assert above in cleaned.text


def test_a_line_that_a_comma_ends_is_no_kicker() -> None:
    above = "which the council of Brackwater voted on Tuesday to close,"
    cleaned = Cleaner().clean("\n\n".join([above, "Swing bridge in need of repair", *STORY]), "text")
    assert cleaned.body.startswith(above)


def test_a_subheading_under_a_link_with_its_title_is_no_list() -> None:
    lines = ["Related post: Rye Bread Recipe", "WHAT THE REPAIR WILL COST THE TOWN"]
    body = clean(*STORY[:3], *lines, *STORY[3:])
    assert body == [*STORY[:3], lines[1], *STORY[3:]]


def test_the_story_once_more_in_one_piece_goes() -> None:
    page = "".join(f"<p>{line}</p>" for line in STORY)
    html = f"<html><body><main><h1>Swing bridge closes</h1><p>{' '.join(STORY)}</p>{page}</main></body></html>"
    assert Cleaner().clean(html, "html").body.split("\n") == STORY


def test_a_summary_that_shares_sentences_stays() -> None:
    summary = f"{STORY[0]} {STORY[2]} Shopkeepers fear for the spring trade, and the ferry will run twice as often."
    page = "".join(f"<p>{line}</p>" for line in [summary, *STORY])
    html = f"<html><body><main><h1>Swing bridge closes</h1>{page}</main></body></html>"
    assert Cleaner().clean(html, "html").body.split("\n") == [summary, *STORY]


def threshold(*points: float) -> float:
    card = Card({}, drop_above=1.5, least_drop_above=0.0)
    return card.threshold(np.array(points), np.full(len(points), 50.0))


def test_beside_a_sure_story_a_doubtful_block_is_noise() -> None:
    assert threshold(-4.0, 0.8, -4.0, -4.0, 5.0) < 0.8


def test_where_all_is_doubtful_the_best_of_it_is_story() -> None:
    assert threshold(0.9, 0.8, 4.0) == 0.9


def test_a_threshold_stays_within_its_bounds() -> None:
    assert threshold(6.0, 5.0) == 1.5
    assert threshold(-6.0, -5.0) == 0.0


def test_a_text_full_of_furniture_has_a_lower_threshold() -> None:
    card = Card({}, drop_above=2.5, noisy_drop_above=1.2)
    words = np.full(60, 5.0)
    assert card.threshold(np.full(60, -1.0), words) == 2.5
    assert card.threshold(np.full(60, 3.0), words) == 1.2


def goes_on(*lines: str, after: str) -> bool:
    view, _ = Cleaner().look(parse_text("\n\n".join(lines)))
    gaps = Gaps(view, np.arange(view.size), ["story"] * view.size, np.zeros(view.size))
    return gaps.goes_on(lines.index(after) + 1)


def test_a_line_of_marks_that_goes_on_dividing_holds_a_text_together() -> None:
    other = "Two swans nested on the mill pond for the first time since the war."
    assert goes_on(STORY[0], "***", STORY[1], "***", STORY[2], other, "***", SHORT_LINES[0], after=STORY[2])
    assert not goes_on(STORY[0], "***", STORY[1], "***", STORY[2], other, SHORT_LINES[0], after=STORY[2])
    assert not goes_on(STORY[0], "***", STORY[1], STORY[2], other, "***", SHORT_LINES[0], after=STORY[2])
