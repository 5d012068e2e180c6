"""What is said to be settled is what a second look would leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import Cleaner, pipeline
from cleaner.fitting.gold import read_gold

CORPUS = Path(__file__).parent.parent / "corpus"
STORY = [
    "The council of Brackwater voted on Tuesday to close the swing bridge for eleven weeks from March.",
    "The swing bridge has to be closed because two of its bearings are cracked, the council was told on Tuesday.",
    "Mayor Ines Calloway said that closing the bridge would cost the council 2.3 million crowns from March on.",
]


def looks_again(monkeypatch: pytest.MonkeyPatch, source: str, kind: str) -> bool:
    """Whether what is left of `source` is read again as a text."""
    seen: list[bool] = []
    again = Cleaner._look_again

    def noted(self: Cleaner, *args: object) -> bool:
        seen.append(True)
        return again(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Cleaner, "_look_again", noted)
    assert Cleaner().clean(source, "html" if kind == "html" else "text").refused is None
    return bool(seen)


def page(*paragraphs: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>Swing bridge closes</title></head><body><h1>Swing bridge closes</h1>{body}</body></html>"
    )


def test_a_plain_story_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not looks_again(monkeypatch, page(*STORY), "html")


def test_nor_one_with_line_breaks_that_no_rule_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not looks_again(monkeypatch, page(*STORY, "Closed from 3 March<br>Open again on 19 May"), "html")


def test_a_second_copy_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks_again(monkeypatch, page(*STORY, STORY[0]), "html")


def test_a_text_is_looked_at_again_only_where_a_line_may_stand_over_a_headline(monkeypatch: pytest.MonkeyPatch) -> None:
    unfinished = STORY[0].rstrip(".") + ", as the mayor had asked it to do in a letter that was read out first"
    assert not looks_again(monkeypatch, "\n".join(STORY), "text")
    assert not looks_again(monkeypatch, "\n".join([unfinished, *STORY[1:]]), "text")
    assert looks_again(monkeypatch, "\n".join([unfinished, unfinished[4:], *STORY[1:]]), "text")


def test_a_line_that_is_noise_only_behind_another_is_not_looked_at_again_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not looks_again(monkeypatch, page(*STORY[:2], "1.", *STORY[2:]), "html")


@pytest.mark.parametrize("number", range(5))
def test_a_second_look_leaves_alone_what_is_settled(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    cleaner = Cleaner()
    cases = [case for gold in read_gold(CORPUS) for case in gold.cases][number::5]
    assert len(cases) > 60
    quick = [cleaner.clean(case.read(), case.kind, case.url).text for case in cases]
    monkeypatch.setattr(pipeline, "is_settled", lambda *_: False)
    for case, text in zip(cases, quick, strict=True):
        assert cleaner.clean(case.read(), case.kind, case.url).text == text, case.name
