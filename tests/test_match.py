"""Matching: what a condition means, where a hit is, and that nothing clever changes an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.facts import Facts, fold
from cleaner.model import KINDS, Block, Document, Kind
from cleaner.rules.alphabet import recode, recode_pattern
from cleaner.rules.compile import Phrasebook, compile_rules
from cleaner.rules.files import Rule
from cleaner.rules.lines import count_words
from cleaner.rules.literals import Anatomy
from cleaner.rules.match import Hit, applies, match_rules
from cleaner.rules.ruleset import RuleSet
from cleaner.rules.text import GONE, collapse, kept_positions, literal, seen


def page(*texts: str, kinds: Sequence[Kind] = (), joint: str = "\n") -> Document:
    position, blocks = 0, []
    for index, text in enumerate(texts):
        blocks.append(Block(text, kinds[index] if kinds else "paragraph", position, position + len(text)))
        position += len(text) + len(joint)
    return Document(joint.join(texts), tuple(blocks))


def rule_set(*rules: Rule, words: dict[str, dict[str, tuple[str, ...]]] | None = None) -> RuleSet:
    return RuleSet(compile_rules(rules, Phrasebook(words or {})))


def one(pattern: str | None = None, **keys: Any) -> Rule:
    return Rule(id="nav.r", class_="nav", pattern=pattern, **keys)


def hits(rules: RuleSet, document: Document, **keys: Any) -> list[Hit]:
    return match_rules(rules, document, fold(document.text), **keys)


def blocks_hit(rule: Rule, *texts: str, **keys: Any) -> list[int]:
    return [hit.block for hit in hits(rule_set(rule), page(*texts), **keys)]


def spans(rule: Rule, *texts: str, joint: str = "\n", words: Any = None) -> list[str]:
    document = page(*texts, joint=joint)
    return [document.text[hit.start : hit.end] for hit in hits(rule_set(rule, words=words), document)]


# --- conditions -----------------------------------------------------------------------------------


def test_a_drop_is_for_the_whole_block() -> None:
    document = page("Menu", "the Menu of the day")
    (hit,) = hits(rule_set(one("^menu$")), document)
    assert (hit.block, hit.start, hit.end) == (0, 0, 4)


def test_case_is_ignored_unless_it_is_asked_for() -> None:
    assert blocks_hit(one("^Menu$"), "MENU", "menu") == [0, 1]
    assert blocks_hit(one("^Menu$", case_sensitive=True), "MENU", "Menu") == [1]
    assert blocks_hit(one("^(?-i:ÉTÉ) là$"), "ÉTÉ LÀ", "été là") == [0]


def test_a_capital_is_a_capital() -> None:
    assert blocks_hit(one(r"^\p{Lu}+$"), "ШАХТА", "шахта", "MENU", "Menu") == [0, 2]
    assert blocks_hit(one(r"^[\p{Lu}\d]+$"), "ÄRA1", "ära1") == [0]


@pytest.mark.parametrize(
    "text",
    [
        "“Sign up now.”",
        "„Sign up now!“",
        "«Sign up now»",
        "»Sign up now«",
        "「sign up now」",
        "‘Sign up now’",
        '"Sign up now."',
        "She read it out: “Dear reader, sign up now, or leave.” Nobody laughed.",
        "“Sign up now, it said, and nothing else. The next paragraph goes on.",
    ],
)
def test_what_somebody_is_quoted_with_is_no_notice(text: str) -> None:
    assert blocks_hit(one("sign up now"), text) == []
    assert spans(one("sign up now", action="cut"), text) == []
    assert blocks_hit(one(r"^\W*sign up now|, sign up now", quoted=True), text) == [0]
    assert blocks_hit(one("sign up now", action="keep"), text) == [0]


@pytest.mark.parametrize(
    "text",
    [
        "Sign up now",
        "“Harbour today”: sign up now",
        "Sign up now for “Harbour today”",
        "» Sign up now",
        "Readers' letters: sign up now for the readers' club",
        "“Sign up now”, it says. Sign up now!",
        "‘Harbour’ sign up now ‘today’",
    ],
)
def test_a_notice_that_has_a_name_in_quotation_marks_is_one(text: str) -> None:
    assert blocks_hit(one("sign up now"), text) == [0]


def test_needs_alone() -> None:
    assert blocks_hit(one(needs=("share this",), max_words=4), "Share this now", "He will share this with all") == [0]


def test_a_pattern_of_nothing_finds_no_line_where_there_is_none() -> None:
    assert blocks_hit(one("^$|!", max_words=5), "word " * 60 + "end") == []


def test_a_need_in_two_forms_is_met_by_either() -> None:
    rule = one("^photo", needs=("email*", "email", "x"))
    assert blocks_hit(rule, "photo emails", "photo email", "photo by x", "photo box", "photo remail") == [0, 1, 2]


def test_short_phrases_inside_of_words() -> None:
    words = {"at": {"en": ("at", "x", "@@", "under")}}
    texts = ("photo_at7", "photo_x7", "photo_@@7", "photo_under7", "photo_7 at")
    found = hits(rule_set(one(r"^photo_{at}7", kinds=("paragraph",)), words=words), page(*texts))
    assert [hit.block for hit in found] == [0, 1, 2, 3]


def test_needs_and_pattern_must_both_hold() -> None:
    rule = one(r"^\d+ \w+$", needs=("shares",))
    assert blocks_hit(rule, "12 shares", "12 hares", "shares", "12 reshares") == [0]


def test_kinds() -> None:
    document = page(*["menu"] * len(KINDS), kinds=KINDS)
    assert [hit.block for hit in hits(rule_set(one("menu", kinds=("quote", "caption"))), document)] == [3, 4]


def test_word_bounds_are_the_same_however_words_are_counted() -> None:
    texts = ("menu", "menu of", "menu of the day", "株価は上昇 menu", "- menu - !")
    for rule in (one("menu", min_words=2), one("menu", max_words=2), one(r"\w$|!", min_words=2, max_words=3)):
        document = page(*texts)
        counted = hits(rule_set(rule), document, words=Facts(document).word_count)
        assert [hit.block for hit in counted] == blocks_hit(rule, *texts)
    assert blocks_hit(one("menu", min_words=2, max_words=3.5), *texts) == [1, 3]  # type: ignore[arg-type]


def test_first_and_last() -> None:
    texts = ["menu"] * 6
    assert blocks_hit(one("menu", first=2), *texts) == [0, 1]
    assert blocks_hit(one("menu", last=1), *texts) == [5]
    assert blocks_hit(one("menu", first=1, last=2), *texts) == [0, 4, 5]


def test_run() -> None:
    assert blocks_hit(one("menu", run=3), "menu", "menu", "x", "menu", "menu", "menu") == [3, 4, 5]


def test_language() -> None:
    rule = one("menu", language=("de", "fr"))
    assert blocks_hit(rule, "menu", language="de") == [0]
    assert blocks_hit(rule, "menu", language="en") == []
    assert blocks_hit(rule, "menu", language=None) == [0]


def test_place_and_follows_are_for_the_decision() -> None:
    (after,) = hits(rule_set(one("menu", place="after")), page("menu"))
    assert applies(after, [], "after")
    assert not applies(after, [], "inside")
    (following,) = hits(rule_set(one("menu", follows=("related", "share"))), page("menu"))
    assert applies(following, ["story", "share"], "inside")
    assert applies(following, ["related", None], "inside")
    assert not applies(following, ["related", "story", "story"], "inside")
    assert not applies(following, [], "inside")


def test_marked_blocks() -> None:
    by_css = one(css=(".x",))
    with_pattern = Rule(id="nav.p", pattern="^share$", css=(".x",))
    rules = rule_set(by_css, with_pattern)
    document = page("Share", "Anything", "Share")
    marked = tuple((block, rule.id) for block in (0, 1) for rule in (by_css, with_pattern))
    found = hits(rules, msgspec.structs.replace(document, marked=marked))
    assert [(hit.block, hit.rule.id) for hit in found] == [(0, "nav.r"), (0, "nav.p"), (1, "nav.r")]


def test_weight_and_keep_travel_with_the_rule() -> None:
    (hit,) = hits(rule_set(one("menu", weight=1.5, action="keep")), page("menu"))
    assert (hit.rule.weight, hit.rule.action) == (1.5, "keep")


def test_hits_are_in_order() -> None:
    rules = rule_set(Rule(id="nav.b", pattern="menu"), Rule(id="nav.a", pattern="menu|x"))
    found = [(hit.block, hit.rule.id) for hit in hits(rules, page("x", "menu"))]
    assert found == [(0, "nav.a"), (1, "nav.b"), (1, "nav.a")]


def test_an_empty_document() -> None:
    assert hits(rule_set(one("menu")), Document("", ())) == []


# --- words and lists ------------------------------------------------------------------------------


def test_a_list_at_an_end_of_the_pattern_cuts_no_word() -> None:
    words = {"w": {"en": ("ad", "share")}}
    assert spans(one("{w}", action="cut"), "a head, an ad, a shareholder, share", words=words) == ["ad", "share"]
    assert spans(one("{w}s", action="cut"), "ads, heads", words=words) == ["ads"]
    assert spans(one("^{w}", max_words=9), "share this", "shares fell", words=words) == ["share this"]


def test_a_star_lets_a_word_go_on() -> None:
    words = {"w": {"de": ("kommentar*", "*zeitung")}}
    texts = ("Kommentare (3)", "Kommentar", "Tageszeitung", "Zeitungen")
    assert spans(one("{w}"), *texts, words=words) == ["Kommentare (3)", "Kommentar", "Tageszeitung"]
    assert blocks_hit(one(needs=("kommentar*",)), *texts) == [0, 1]
    assert blocks_hit(one(needs=("kommentar",)), *texts) == [1]


def test_scripts_without_spaces_and_korean_endings() -> None:
    words = {"w": {"ja": ("関連記事",), "ko": ("댓글",), "th": ("อ่านต่อ",)}}
    texts = ("この関連記事を", "댓글을 쓰다", "เชิญอ่านต่อที่นี่")
    assert spans(one("{w}"), *texts, words=words) == list(texts)


def test_a_slot_stands_for_a_site_name() -> None:
    words = {"w": {"en": ("more from <site>",)}}
    texts = ("More from the Harbour Post", "More from", "More from the one and only Harbour Post")
    assert spans(one("^{w}$"), *texts, words=words) == [texts[0]]


def test_spaces_in_a_phrase_match_any_spaces() -> None:
    words = {"w": {"en": ("read  more",)}}
    assert spans(one("^{w}$"), "Read\xa0more", "Read \t more", "Readmore", words=words) == [
        "Read\xa0more",
        "Read \t more",
    ]


def test_special_characters_in_phrases_are_plain() -> None:
    words = {"w": {"en": ("a+b (c)", "what?")}}
    assert spans(one("^{w}$"), "A+B (C)", "aab c", "wha", words=words) == ["A+B (C)"]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("ilgili haberler", "İLGİLİ HABERLER"),
        ("yazıları", "YAZILARI"),
        ("διαβάστε επίσης", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ"),
        ("l'article", "L’ARTICLE"),
        ("اقرأ ايضا", "اقرا أيضا"),
        ("بیشتر بخوانید", "بيشتر بخوانيد"),
        ("наверх", "НАВЕРХ"),
        ("top 10", "TOP ١٠"),
        ("weiter - hier", "Weiter – hier"),
        ('"x"', "„X“"),
        ("newsletter", "news\xadletter"),
        ("strasse", "STRASSE"),
        ("straße", "STRAẞE"),
    ],
)
def test_what_is_written_in_two_ways_is_one(phrase: str, text: str) -> None:
    assert spans(one("^{w}$", quoted=True), text, words={"w": {"xx": (phrase,)}}) == [text]
    assert spans(one(f"^{re.escape(phrase)}$".replace(r"\ ", " "), quoted=True), text) == [text]
    assert spans(one(needs=(phrase,)), text) == [text]


# --- offsets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("He left. (Read more: x)", "(Read more: x)"),
        ("“He” left—so. (Read\xa0more: x)", "(Read\xa0more: x)"),
        ("İstanbul’da 😀𝒳. (READ  MORE: x) end", "(READ  MORE: x)"),
        ("a\u200bb  \t c (read\n more: y)", "(read\n more: y)"),
        ("\u200e(read more: z\u00ad)", "(read more: z\u00ad)"),
        ("日本語の文。(read more: 続き)", "(read more: 続き)"),
        ("क्षि (read more: और)", "(read more: और)"),
    ],
)
@pytest.mark.parametrize("joint", ["\n", "\n\n", "\r\n", "\n   "])
def test_a_cut_is_where_the_document_has_it(text: str, cut: str, joint: str) -> None:
    rule = one(r"\(read more: [^)]*\)", action="cut")
    assert spans(rule, "first line", text, "last (read more: q)", joint=joint) == [cut, "(read more: q)"]


def test_every_match_in_a_block_is_cut() -> None:
    assert spans(one(r"\[x\d?\]", action="cut"), "a [x] b [x2] c [y]") == ["[x]", "[x2]"]


def test_an_empty_match_cuts_nothing() -> None:
    assert spans(one(r"z*", action="cut"), "abc") == []


def test_lone_surrogates_do_no_harm() -> None:
    assert spans(one("menu$"), "\ud800 menu") == ["\ud800 menu"]


TEXTS = st.text(alphabet=st.sampled_from("ab z.:’“–\xa0\u200b\u00ad\t\nİıΣς日本한กé😀𝒳٣- ("), min_size=1, max_size=24)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(["a", "b z", r"\(", "é", "日本", r"\d", "-", "'"]))
@settings(max_examples=150, deadline=None)
def test_offsets_round_trip(texts: list[str], pattern: str) -> None:
    texts = [text.strip() or "x" for text in texts]
    document = page(*texts, joint="\n\n")
    for hit in hits(rule_set(one(pattern, action="cut")), document):
        block = document.blocks[hit.block]
        assert block.start <= hit.start < hit.end <= block.end
        plain = collapse(seen(document.text[hit.start : hit.end]))
        assert re.fullmatch(pattern, plain, re.I)


@given(TEXTS)
def test_kept_positions_follow_collapse(text: str) -> None:
    plain = seen(text)
    kept = kept_positions(plain)
    left = collapse(plain)
    assert len(kept) == len(left) + 1
    assert all(plain[at] == char or (char == " " and plain[at].isspace()) for at, char in zip(kept, left, strict=False))
    assert kept == sorted(kept)


@given(st.text(max_size=40))
def test_the_seen_form_has_the_length_of_the_text(text: str) -> None:
    assert len(seen(text)) == len(recode(text)) == len(text)
    assert GONE not in collapse(seen(text))


# --- nothing clever changes an answer -------------------------------------------------------------

WORDS = {
    "w": {"en": ("ad", "read also", "more from <site>", "z*"), "fr": ("à lire",), "ja": ("関連",), "el": ("δες",)},
    "v": {"en": ("b", "share")},
}
PATTERNS = [
    "^{w}",
    "{w}$",
    "^{w}:? {v}$",
    "{w}|{v}",
    r"^\W{0,3}{v}s?\W{0,2}$",
    r"^[^\p{L}]{0,2}(?:{w}|share)\b",
    r"(?:{v}[^\p{L}]){2,}",
    r"\d{1,2}:\d\d",
    r"^\d+ ?(?:ad|b)?$",
    r"^\p{Lu}+$",
    r"^(?-i:\p{Lu}[\p{Ll} ]+)[.:]$",
    r"a.{0,5}b",
    r"^[^a-z]+$",
    r"é|ς|日",
    r"x{2,3}|(?:ab)+",
    "^$|à",
]
PIECES = st.sampled_from(
    [
        *"adbz:.- 1X",
        *("ad", "read also", "Read Also", "share", "more from", " ", "À lire", "関連", "δες", "ΔΕΣ", "12:30"),
        *("ab", "xx", "é", "ads", "ZED", "z", "\xa0", "«", "😀"),
    ]
)
LINES = st.lists(PIECES, min_size=1, max_size=7).map("".join)


ASCII = {
    r"\b": "(?:(?<![A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<=[A-Za-z0-9_])(?![A-Za-z0-9_]))",
    r"\W": "[^A-Za-z0-9_]",
    r"\d": "[0-9]",
}
"""What RE2 means by these."""


def naive(pattern: str, text: str) -> bool:
    """Whether the pattern matches by another engine, which knows look-around, without any preparation."""

    def filled(found: re.Match[str]) -> str:
        phrases = [phrase for group in WORDS[found[1]].values() for phrase in group]
        return f"(?:{'|'.join(plain_phrase(phrase) for phrase in sorted(phrases, key=len, reverse=True))})"

    whole = re.sub(r"\{([vw])\}", filled, pattern)
    for short, long in ASCII.items():
        whole = whole.replace(short, long)
    whole = re.sub(r"(\\p\{L[lu]\})(?=\+\$)", r"(?-i:\1)", whole)
    left, right = Anatomy(pattern, {}).list_edges()
    before = r"(?:(?<!\p{L})|(?<=\p{Han})|(?=\P{L}|\p{Han}))" if left else ""
    after = r"(?:(?!\p{L})|(?=\p{Han})|(?<=\P{L}|\p{Han}))" if right else ""
    return regex.search(f"{before}(?:{whole}){after}", collapse(seen(text)), regex.I | regex.V0) is not None


def plain_phrase(phrase: str) -> str:
    stem = regex.escape(seen(phrase).strip("*"), special_only=True, literal_spaces=True)
    return stem.replace("<site>", r"\S+(?: \S+){0,3}") + (r"\p{L}*" if phrase.endswith("*") else "")


ENGINE = rule_set(
    *(Rule(id=f"nav.p{n}", pattern=pattern, quoted=True) for n, pattern in enumerate(PATTERNS)), words=WORDS
)


@given(st.lists(LINES, min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_the_engine_finds_what_a_plain_search_finds(lines: list[str]) -> None:
    lines = [line.strip() or "x" for line in lines]
    found = {(hit.block, int(hit.rule.id[5:])) for hit in hits(ENGINE, page(*lines))}
    expected = {(b, n) for b, line in enumerate(lines) for n, p in enumerate(PATTERNS) if naive(p, line)}
    assert found == expected


@given(st.lists(LINES, min_size=1, max_size=5), st.integers(0, 2))
@settings(max_examples=100, deadline=None)
def test_what_stands_around_a_block_changes_nothing(lines: list[str], joint: int) -> None:
    lines = [line.strip() or "x" for line in lines]
    together = [(hit.block, hit.rule.id) for hit in hits(ENGINE, page(*lines, joint=("\n", "\n\n", " \r\n ")[joint]))]
    alone = [(n, hit.rule.id) for n, line in enumerate(lines) for hit in hits(ENGINE, page(line))]
    assert together == alone


def test_answers_do_not_depend_on_what_came_before() -> None:
    """A pattern is compiled for the phrases of a block at first, and as a whole later."""
    words = {"w": {"en": tuple(f"phrase {n}" for n in range(30))}}
    rules = rule_set(one("^{w}$"), words=words)
    for _ in range(3):
        for n in range(40):
            assert bool(hits(rules, page(f"Phrase {n}"))) == (n < 30)


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Mn", "Mc", "Me", "Cn", "Co"])


@given(st.text(LETTERS, max_size=12), st.sampled_from([r"\p{L}", r"\p{Lu}", r"[^\p{L}\p{N}]", "[а-яё]", r"\P{L}", "é"]))
@settings(max_examples=200)
def test_the_alphabet_keeps_classes(text: str, pattern: str) -> None:
    import re2

    plain = "".join(char for char in seen(text) if ord(char) < 0x2000)
    want = [match.span() for match in re2.finditer(pattern, plain)]
    got = [match.span() for match in re2.finditer(recode_pattern(pattern, "minded"), recode(plain))]
    assert got == want


@given(st.text(max_size=30))
def test_counting_words_agrees_with_the_facts(text: str) -> None:
    text = collapse(seen(text)) or "x"
    if "_" not in text:
        assert count_words(text) == Facts(page(text)).word_count[0]


@given(st.text(max_size=20))
def test_a_literal_stands_in_its_own_text(text: str) -> None:
    assert literal(text) == literal(literal(text))
