"""The headline, what stands over and under it, and the short lines at a text's end."""

from __future__ import annotations

import pytest
from ferry import HEADLINE, STORY

from cleaner import Cleaned, Cleaner


def cleaned(cleaner: Cleaner, *lines: str) -> Cleaned:
    found = cleaner.clean("\n\n".join(lines), kind="text")
    assert found.refused is None
    return found


def test_a_line_said_twice_is_the_headline(cleaner: Cleaner) -> None:
    found = cleaned(cleaner, "Harbour news", "Chess club wins again", HEADLINE, HEADLINE, *STORY)
    assert found.headline == HEADLINE
    assert found.body == "\n".join(STORY)


def test_a_quotation_over_all_that_the_story_has_word_for_word_is_the_headline(cleaner: Cleaner) -> None:
    said, standfirst = (
        "“We listened to what people told us on the quay”",
        "A talk with the director of the ferry company",
    )
    talk = (
        "It is a grey morning, and gulls sit on every post that the storm has left upright along the water.",
        "Nobody else has come in yet, and the kettle is the only thing in the office that makes a sound at all.",
        "On the wall hangs a chart from 1911, with a pencil line that somebody drew and somebody rubbed out again.",
        "She pours two cups, and says that she would rather not talk about the weather, which is what all talk of.",
    )
    found = cleaned(cleaner, said, standfirst, *talk, *STORY)
    assert found.headline == said
    assert found.body == "\n".join((standfirst, *talk, *STORY))


def test_a_question_over_the_story_is_its_headline(cleaner: Cleaner) -> None:
    question = "Why did the ferry company drop its plan for a third pier?"
    found = cleaned(cleaner, question, *STORY)
    assert found.headline == question
    assert found.body == "\n".join(STORY)


@pytest.mark.parametrize("mark", [" | ", " - ", " – ", " — ", "_", " » "])
def test_a_headline_with_the_name_of_its_site_behind_it_is_a_copy(cleaner: Cleaner, mark: str) -> None:
    for lines in ((HEADLINE + mark + "Osterby Post", HEADLINE), (HEADLINE, HEADLINE + mark + "Osterby Post")):
        found = cleaned(cleaner, *lines, *STORY)
        assert found.headline == HEADLINE
        assert found.body == "\n".join(STORY)


def test_a_first_sentence_that_begins_like_the_headline_is_no_copy(cleaner: Cleaner) -> None:
    first = HEADLINE + " - and nobody on the quay had expected it to, least of all the director."
    assert cleaned(cleaner, HEADLINE, first, *STORY).body == "\n".join((first, *STORY))


def test_a_list_whose_items_begin_like_a_short_headline_stays(cleaner: Cleaner) -> None:
    items = ("The pier - a wooden one", "The pier - one of stone", "The pier - the third")
    assert cleaned(cleaner, "The pier", *STORY, *items).body == "\n".join((*STORY, *items))


@pytest.mark.parametrize(
    "under",
    [
        ("Nora Halvorsen", "12 March 2024, 16:40"),
        ("Nora Halvorsen and Piet Adem", "12 March 2024, 16:40"),
        ("Nora Halvorsen, harbour reporter", "12 March 2024, 16:40"),
        ("Nora Halvorsen - Osterby Post", "16.11. 15:20"),
        ("Nora Halvorsen", "Yesterday at 16:37 • Reading time: 2 minutes"),
        ("La 2.3. 19:48", "Nora Halvorsen"),
    ],
)
def test_names_and_times_under_the_headline_go(cleaner: Cleaner, under: tuple[str, ...]) -> None:
    found = cleaned(cleaner, HEADLINE, *under, *STORY)
    assert found.headline == HEADLINE
    assert found.body == "\n".join(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "Shops on the quay had signed against it",
        "Half of the shops had signed against the 14 million crowns",
        "In 2024 the harbour turns 200",
        "The sets: 25–21, 19–25, 27–29",
    ],
)
def test_a_standfirst_over_a_time_stays(cleaner: Cleaner, line: str) -> None:
    found = cleaned(cleaner, HEADLINE, line, "12 March 2024, 16:40", *STORY)
    assert line in found.body


def test_the_headline_stands_over_the_time_and_below_a_teaser(cleaner: Cleaner) -> None:
    teaser = "A baker from Nyland has been fined for selling loaves that were a fifth too light."
    found = cleaned(cleaner, teaser, HEADLINE, "By Nora Halvorsen", "12 March 2024, 16:40", *STORY)
    assert found.headline == HEADLINE
    assert found.body == "\n".join(STORY)


@pytest.mark.parametrize("time", ["12 March 2024, 16:40", "12/03/2024 a las 16:40h."])
def test_a_time_shows_the_headline_below_teasers_with_a_few_words_of_the_story(cleaner: Cleaner, time: str) -> None:
    teasers = ("Rain until Sunday", "The director of a bakery in Osterby sells loaves that are a fifth too light")
    found = cleaned(cleaner, *teasers, HEADLINE, "Nora Halvorsen", time, *STORY)
    assert found.headline == HEADLINE
    assert found.body == "\n".join(STORY)


def test_a_story_in_figures_without_spaces_is_no_time(cleaner: Cleaner) -> None:
    told = (
        "渡轮公司前三季度收入41.7亿元，同比下降3.2%；净利润3.06亿元，同比下降21.4%。",
        "股价连跌四天，收于13.28元，跌2.9%。",
    )
    story = (
        "渡轮公司昨天宣布放弃在旧港修建第三座码头的计划，董事长林玉说，费用太高。",
        "码头附近的商户去年联名反对这项计划。",
    )
    found = cleaned(cleaner, "渡轮公司放弃第三座码头", *told, *story)
    assert found.body.split("\n") == [*told, *story]


def test_of_two_lines_over_the_story_the_one_with_a_time_and_its_words_is_the_headline(cleaner: Cleaner) -> None:
    over = ("Director of the museum wants more people", "Chess club wins again", "Rain until Sunday")
    found = cleaned(cleaner, *over, HEADLINE, "12 March 2024, 16:40", *STORY)
    assert found.headline == HEADLINE


def test_what_stands_above_a_headline_and_is_on_its_subject_stays(cleaner: Cleaner) -> None:
    lead = "The ferry company gives up its third pier in Osterby, and half of the quay is glad of it."
    found = cleaned(cleaner, lead, HEADLINE, "By Nora Halvorsen", *STORY)
    assert lead in found.text


@pytest.mark.parametrize(
    "latest",
    [
        (
            "14:32",
            "Chess club wins again",
            "14:05",
            "Baker fined for light loaves",
            "13:51",
            "Bus lane opens on Monday",
        ),
        ("14:32 Chess club wins again", "14:05 Baker fined for light loaves", "13:51 Bus lane opens on Monday"),
    ],
)
def test_the_latest_titles_above_the_headline_go(cleaner: Cleaner, latest: tuple[str, ...]) -> None:
    found = cleaned(cleaner, *latest, HEADLINE, *STORY)
    assert found.headline == HEADLINE
    assert found.body == "\n".join(STORY)


def test_a_timeline_in_the_story_stays(cleaner: Cleaner) -> None:
    times = ("14:32 The first lorry drives onto the pier", "14:40 A plank breaks", "15:05 The pier is closed")
    found = cleaned(cleaner, HEADLINE, *STORY[:2], *times, *STORY[2:])
    assert found.body == "\n".join((*STORY[:2], *times, *STORY[2:]))


NOISE = "Share on Facebook"


@pytest.mark.parametrize("line", ["Nora Halvorsen", "(nha/pad)", "More from Osterby harbour and its piers"])
def test_a_last_line_beside_sure_noise_goes(cleaner: Cleaner, line: str) -> None:
    assert cleaned(cleaner, HEADLINE, *STORY, line, NOISE).body == "\n".join(STORY)
    assert cleaned(cleaner, HEADLINE, *STORY, NOISE, line).body == "\n".join(STORY)


@pytest.mark.parametrize(
    "lines",
    [
        ("“And now to the lorries”",),
        ("Three pounds of flour", "Half a pound of butter", "Two eggs from the quay"),
        ("The pier is saved.",),
    ],
    ids=["a quotation", "a list", "a sentence"],
)
def test_a_storys_last_lines_stay(cleaner: Cleaner, lines: tuple[str, ...]) -> None:
    assert cleaned(cleaner, HEADLINE, *STORY, *lines, NOISE).body == "\n".join((*STORY, *lines))


def test_a_row_of_buttons_beside_sure_noise_goes_and_a_table_stays(cleaner: Cleaner) -> None:
    assert cleaned(cleaner, HEADLINE, NOISE, "Larger type   Smaller type   Keep", *STORY).body == "\n".join(STORY)
    table = ("Osterby | 14 | 3", "Nyland | 12 | 5", "Holm | 11 | 9")
    found = cleaned(cleaner, HEADLINE, *STORY[:2], *table, NOISE, *STORY[2:])
    assert found.body == "\n".join((*STORY[:2], *table, *STORY[2:]))


def test_a_line_of_marks_stays_between_parts_and_goes_at_the_end(cleaner: Cleaner) -> None:
    found = cleaned(cleaner, HEADLINE, *STORY[:2], "___", *STORY[2:], "___")
    assert found.body == "\n".join((*STORY[:2], "___", *STORY[2:]))
