"""What words are worth: the array form says the same as the words themselves."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from cleaner import Cleaner
from cleaner.facts import Facts
from cleaner.fitting.gold import GoldError
from cleaner.fitting.wording import Line, fit_wording, list_lines, terms_of
from cleaner.parse.text import parse_text
from cleaner.weigh.wording import Wording, worded

CORPUS = Path(__file__).parent.parent / "corpus"
BODIES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")).get("body", "") for path in CORPUS.rglob("*.toml")}
SOME = sorted(name for name, body in BODIES.items() if body.strip())[::9]


@pytest.mark.parametrize("name", SOME)
def test_the_points_of_a_block_are_those_of_its_terms(name: str) -> None:
    facts = Facts(parse_text(BODIES[name]))
    every = sorted({term for block in range(facts.size) for term in terms_of(facts, block)})
    worth = {term: float(number + 1) for number, term in enumerate(every)}
    points = Wording(worded({"ui": worth})).points(facts, np.ones(facts.size, dtype=bool))
    assert len(points) == facts.size > 0
    for block, found in enumerate(points.tolist()):
        assert found == sum(worth[term] for term in terms_of(facts, block)) > 0


def _line(text: str, site: str, label: str) -> Line:
    return Line(terms_of(Facts(parse_text(text)), 0), site, label)


def test_words_of_several_sites_speak_for_what_they_stand_in() -> None:
    pytest.importorskip("sklearn", reason="needs the extra `fit`")
    sites = [f"site{number}.test" for number in range(40)]
    lines = [_line("Get the morning briefing in your inbox", site, "noise") for site in sites]
    lines += [_line("The harbour vote was delayed", site, "story") for site in sites]
    lines.append(_line("Lighthouse", "one.test", "noise"))
    points = fit_wording(lines)
    assert points["noise"]["inbox"] > 0 > points["story"]["harbour vote"]
    assert "lighthouse" not in points["noise"]


def _points(wording: Wording, text: str) -> float:
    return float(wording.points(Facts(parse_text(text)), np.ones(1, dtype=bool))[0])


def test_a_number_is_worth_the_same_as_another() -> None:
    wording = Wording(worded({"comment": {"0 comments": 2.0, "comments": 0.5}}))
    assert [_points(wording, text) for text in ("12 comments", "7 Comments", "No comments")] == [2.5, 2.5, 0.5]


def test_the_begin_and_the_end_of_a_block_count() -> None:
    wording = Wording(worded({"comment": {"_ comments": 1.0, "comments _": 0.25}}))
    assert [_points(wording, text) for text in ("Comments (3)", "All comments", "Comments")] == [1.0, 0.25, 1.25]


def test_a_block_is_named_after_the_class_that_most_of_its_points_are_of() -> None:
    wording = Wording(worded({"app": {"download": 1.0}, "newsletter": {"inbox": 1.5}, "noise": {"your": 9.0}}))
    facts = Facts(parse_text("Download it to your inbox"))
    assert wording.name(facts, 0) == "newsletter"
    assert wording.name(Facts(parse_text("Your harbour")), 0) == "noise"


STORY = (
    "The council of Lerrick voted on Tuesday to close the old swimming pool after a survey found cracks in its roof.",
    '"We have no choice," said the mayor, Anna Holt, who had opposed the plan for years.',
    "The pool, built in 1961, will be pulled down in spring, the council's engineers said in a report.",
    "A new pool is to open in 2028 beside the railway station, where the gasworks stood until last year.",
)
NOTICES = (
    "Our shopping desk picks products independently; prices were accurate when we hit publish.",
    "Want stories like this landing in your inbox at lunchtime? We've got just the thing.",
    "This site is protected by a captcha, and the provider's terms apply.",
    "Quality reporting isn't free to make. Please take out a digital pass to continue.",
    "Click to email a link to a friend (Opens in new window)",
)


def _by_words(text: str) -> list[str]:
    cleaned = Cleaner().clean(text, "text")
    return [
        text[verdict.start : verdict.end]
        for verdict in cleaned.verdicts
        if not verdict.kept and any(one.name.startswith("words:") for one in verdict.evidence)
    ]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_goes_by_its_words_below_a_story(notice: str) -> None:
    assert _by_words("\n\n".join([*STORY, notice])) == [notice]


def test_the_words_that_tell_are_named() -> None:
    cleaned = Cleaner().clean("\n\n".join([*STORY, NOTICES[1]]), "text")
    (words,) = [one.name for one in cleaned.verdicts[-1].evidence if one.name.startswith("words:")]
    assert "inbox" in words
    assert cleaned.verdicts[-1].label == "newsletter"


def test_where_a_text_speaks_so_throughout_nothing_goes_by_words() -> None:
    assert len(NOTICES) > 4
    assert _by_words("\n\n".join([STORY[0], NOTICES[0], STORY[1], *NOTICES[1:], *STORY[2:]])) == []


def test_a_line_on_the_subject_of_the_text_stays() -> None:
    subject = (
        "The site asks for no password: a captcha is all that protects it, the provider of the pool's tickets said.",
        "Its terms were changed in May, and since then the provider has had to pay back what it charged for.",
    )
    assert _by_words("\n\n".join([*STORY, *subject, NOTICES[2]])) == []


def test_a_keep_rule_protects_a_line_from_its_words(tmp_path: Path) -> None:
    (tmp_path / "paywall.toml").write_text(
        "[[rule]]\nid = 'paywall.pass'\naction = 'keep'\nneeds = ['pass']\npattern = 'digital pass'\nwhy = 'x'\n"
        f'match = ["{NOTICES[3]}"]\nspare = ["The pass was digital."]\n',
        encoding="utf-8",
    )
    text = "\n\n".join([*STORY, NOTICES[3]])
    assert NOTICES[3] not in Cleaner().clean(text, "text").body
    assert NOTICES[3] in Cleaner(rules=[tmp_path]).clean(text, "text").body


@pytest.mark.parametrize("text", ["noise = [[1]", "noise = [['en', 'app']]", "lines = []"])
def test_a_file_of_lines_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "lines.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GoldError, match=r"lines\.toml"):
        list(list_lines(tmp_path / "lines.toml"))
