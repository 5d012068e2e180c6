"""Where a story ends and ledes of other stories go on without a header."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner import Cleaner
from cleaner.decide.breaks import BREAKS, Gaps, measure_breaks
from cleaner.parse.text import parse_text
from cleaner.weigh.view import View

STORY = [
    "The lighthouse on Karvø will get its old lamp back, the harbour museum in Tolsund announced on Monday.",
    "The lamp was taken down in 1974, when the lighthouse was given an electric light, and was lost for decades.",
    "A diver found it in June in the mud below the pier, wrapped in sailcloth, museum director Ragna Moe said.",
    "The museum has had its lenses ground again in Tolsund. The lamp now burns with oil, as it did in 1911.",
    "On the first night Ragna Moe herself will climb the 212 steps of the lighthouse to light the lamp.",
]
MORE = [
    "The lighthouse of Karvø was built in 1868 after eleven fishermen from Tolsund had drowned below its cliff.",
    "Its last keeper, Johan Lie, kept the lens in his boathouse and told nobody, the museum learnt from his letters.",
    "Johan Lie's granddaughter gave the letters to the museum, and with them the key to the lighthouse.",
    "The museum will show the lamp's old lens, the letters and the key until the lighthouse closes for the winter.",
]
LEDES = [
    "Two brothers from Eskvik were fined 4,000 crowns for racing lawn mowers on a public road at night.",
    "A bakery chain is calling back 11,000 rye loaves after a customer bit on a brass screw in Hammerdal.",
    "Farmers in the valley of Orre expect the poorest apple harvest since records began fifty years ago.",
    "The handball women of Brenna have signed goalkeeper Ines Dahl for three seasons from Lovisa.",
    "Parliament will vote on Thursday on a tax for private jets, which the airports have fought since spring.",
    "A goat that lived on the roof of a school in Vinje for nine days has been brought down with a fire ladder.",
    "Researchers at the university of Aldborg have bred a strawberry that smells of pine and keeps for six weeks.",
]
VIETNAMESE = [
    "Cây cầu treo bắc qua sông Ngàn ở xã Bình Khê sẽ được sửa lại trong tháng ba, chủ tịch xã Lê Văn Tám cho biết.",
    "Cầu treo hỏng từ trận lũ tháng chín, khi dòng sông Ngàn dâng cao cuốn trôi mười hai tấm ván và một đoạn cáp.",
    "Từ đó học sinh xã Bình Khê phải đi đò qua sông, có hôm nước lớn cả lớp nghỉ học, cô giáo Trần Thị Sen kể.",
    "Ông Tám nói cáp mới đã được chở về xã, còn ván do bà con góp gỗ, mỗi nhà một tấm cho cây cầu.",
]


def gaps_of(lines: list[str]) -> Gaps:
    cleaner = Cleaner()
    view, _ = cleaner.look(parse_text("\n".join(lines)))
    return Gaps(view, np.arange(view.size), ["story"] * view.size, np.zeros(view.size))


def body_of(lines: list[str]) -> list[str]:
    return Cleaner().clean("\n".join(lines), "text").body.split("\n")


@pytest.mark.parametrize(
    "closing", ["Source: Karvø Tidende", "© 2026 Karvø Tidende. All rights reserved.", "Share on Facebook"]
)
def test_fewer_ledes_go_below_a_line_that_closes_stories(closing: str) -> None:
    story = [*STORY, *MORE[:2]]
    assert body_of([*story, closing, *LEDES[:4]]) == story
    assert body_of([*story, closing, *MORE[2:]]) == [*story, *MORE[2:]]


@pytest.mark.parametrize("number", [5, 6])
def test_ledes_alone_below_the_story_go(number: int) -> None:
    story = [*STORY, *MORE]
    assert body_of([*story, *LEDES[:number]]) == story
    assert body_of(story) == story


def test_a_report_of_parts_under_lines_in_capitals_keeps_its_last_part() -> None:
    parts = [STORY[0], "THE LAMP", *STORY[1:], "ITS KEEPERS", *MORE]
    assert body_of([*parts, "APPLES AND GOATS", *LEDES[:5]]) == [*parts, "APPLES AND GOATS", *LEDES[:5]]
    assert body_of([*STORY, *MORE, "APPLES AND GOATS", *LEDES[:5]])[: len(STORY) + len(MORE)] == [*STORY, *MORE]
    assert set(LEDES) - set(body_of([*STORY, *MORE, "APPLES AND GOATS", *LEDES[:5]])) == set(LEDES)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_a_story_alone_stays(number: int) -> None:
    assert body_of(STORY[:number]) == STORY[:number]


def test_no_gap_is_a_break_where_only_headline_and_standfirst_stand_before_it() -> None:
    top = [
        "Old lamp returns to the lighthouse on Karvø after half a century",
        "It lay in the mud below the pier, unseen",
    ]
    usable = gaps_of([*top, *LEDES]).usable
    assert not usable[: len(top) + 1].any()
    assert gaps_of([*STORY, *LEDES]).usable[len(STORY) - 1]


def test_strangers_are_counted_up_to_the_first_line_that_goes_on_with_the_story() -> None:
    gaps = gaps_of([*STORY, *LEDES[:2], STORY[3], LEDES[2]])
    assert BREAKS["strangers_next"](gaps)[len(STORY) - 1] == 2
    assert BREAKS["strangers_next"](gaps)[-1] == 1


def test_what_a_gap_shares_is_told_in_terms_of_what_is_usual_before_it() -> None:
    gaps = gaps_of([*STORY, *LEDES])
    at = len(STORY) - 1
    values = measure_breaks(gaps, ["crossing_to_usual", "shared_before", "next_shares_near"])
    assert values["shared_before"][at] == pytest.approx(gaps.shared[: len(STORY)].mean())
    assert values["crossing_to_usual"][at] < values["crossing_to_usual"][1]
    assert values["next_shares_near"][at] <= values["next_shares_near"][0]


def test_every_signal_has_a_finite_value_for_every_gap() -> None:
    for lines in ([*STORY, *LEDES], STORY[:1], STORY[:2], ["x", "y"], VIETNAMESE):
        gaps = gaps_of(lines)
        for name, values in measure_breaks(gaps, list(BREAKS)).items():
            assert values.shape == gaps.at.shape if gaps.size > 1 else len(values) <= 1, name
            assert np.isfinite(values).all(), name


def test_a_syllable_alone_is_no_word_that_two_vietnamese_paragraphs_share() -> None:
    def shared(lines: list[str]) -> tuple[float, View]:
        view, _ = Cleaner().look(parse_text("\n".join(lines)))
        return float(view.shared_terms(np.ones(view.size, dtype=bool), 1)[1]), view

    # "cầu treo" (suspension bridge) is in both; "cầu" (pray) and "treo" (hang) apart are not the bridge.
    bridge, view = shared(VIETNAMESE)
    assert view.language is not None
    assert view.lexicon.languages[view.language] == "vi"
    other = "Bà con cầu cho mưa tạnh, rồi treo đèn trước cửa, còn nước dâng thì lo lớn từng ngày trong tháng."
    apart, _ = shared([VIETNAMESE[0], other, *VIETNAMESE[2:]])
    assert apart < bridge / 2
