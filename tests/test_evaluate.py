"""The metrics, with values worked out by hand, and the gold files they are read from."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.cleaned import Cleaned
from cleaner.faults import Fault
from cleaner.fitting import evaluate as ev
from cleaner.fitting import gold as gold_files
from cleaner.fitting import metrics
from cleaner.fitting.evaluate import ClassCount
from cleaner.fitting.gold import Case
from cleaner.fitting.metrics import LineTally, Score, Snippets
from cleaner.model import Verdict
from cleaner.sites.domain import registered_domain

# Ten tokens, so seven shingles.
GOLD = "The mayor of Elm resigned on Monday. She gave no"
STORY = "The mayor of Elm resigned on Monday.\nShe gave no reason for it."


class Lines:
    """Cleans line by line: keeps what `drop` does not name, and says what it was told to of the page."""

    def __init__(self, drop: dict[str, str], page: str = "story", flags: tuple[str, ...] = ()) -> None:
        self.drop, self.page, self.flags = drop, page, flags
        self.seen: list[tuple[object, ...]] = []

    def clean(
        self, source: str | bytes, kind: str | None = None, url: str | None = None, site: str | None = None
    ) -> Cleaned:
        text = source if isinstance(source, str) else source.decode()
        self.seen.append((kind, url, site))
        verdicts, at = [], 0
        for line in text.split("\n"):
            label = self.drop.get(line, "story")
            if line:
                verdicts.append(Verdict(label, label == "story", at, at + len(line), 0.0))
            at += len(line) + 1
        body = "\n".join(text[v.start : v.end] for v in verdicts if v.kept)
        page: Any = self.page
        return Cleaned(body, None, {}, tuple(verdicts), text, page, self.flags)


# --- shingles, words, exact ----------------------------------------------------------------------


def test_shingles_count_repetitions() -> None:
    # a b c d a b c d: abcd twice, bcda, cdab, dabc once; gold has abcd once.
    score = metrics.shingle_score("a b c d a b c d", "a b c d")
    assert score == Score(1 / 5, 1.0)


def test_shingles_of_a_gold_with_noise_before_and_a_word_lost() -> None:
    # Output: 9 tokens, 6 shingles; gold: 7 shingles; common are the five without "Home" and gold's end.
    score = metrics.shingle_score("Home the mayor of Elm resigned on Monday she", GOLD)
    assert score == Score(5 / 6, 5 / 7)
    assert score.f1 == pytest.approx(2 * (5 / 6) * (5 / 7) / (5 / 6 + 5 / 7))


def test_a_text_of_less_than_four_tokens_is_one_shingle() -> None:
    assert metrics.shingle_score("She left.", "she LEFT") == Score(1.0, 1.0)
    assert metrics.shingle_score("She left.", "She left today.") == Score(0.0, 0.0)


@pytest.mark.parametrize(
    ("output", "gold", "expected"),
    [("", "a b", Score(1.0, 0.0)), ("a b", "", Score(0.0, 1.0)), ("", " - ", Score(1.0, 1.0))],
)
def test_what_is_empty_has_nothing_wrong(output: str, gold: str, expected: Score) -> None:
    assert metrics.shingle_score(output, gold) == expected
    assert metrics.word_score(output, gold) == expected


def test_word_score_is_a_bag() -> None:
    # the(2) cat and dog against the(3) cat sat: common the(2) cat.
    assert metrics.word_score("The dog and the cat", "the cat sat the the") == Score(3 / 5, 3 / 5)


def test_order_counts_for_exact_and_punctuation_does_not() -> None:
    assert metrics.exact("“It’s over,”\nshe said", "It's over - she said.")
    assert not metrics.exact("she said it s over", "It's over she said")


def test_shingle_f1_is_that_of_the_averages_and_word_f1_the_average() -> None:
    cases = [Case(str(n), "html", "", "a.test", body=body) for n, body in enumerate(("a b c d", "a b c d e"))]
    # Page 1: P 1, R 1. Page 2: shingles P 0, R 0; words "a x y z": P 1/4, R 1/5, F1 2/9.
    found = ev.summarise([ev.outcome(cases[0], "a b c d"), ev.outcome(cases[1], "a x y z")])
    assert found["shingle"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert found["exact"] == 0.5
    assert found["word"] == {"precision": 0.625, "recall": 0.6, "f1": round((1 + 2 / 9) / 2, 4)}


# --- snippets ------------------------------------------------------------------------------------


def test_snippets_are_counted_over_all_pages() -> None:
    one = metrics.snippet_counts("The mayor\n\n resigned.", ["mayor resigned"], [])
    two = metrics.snippet_counts("Share this. Nothing else", ["the story", "more of it", "Nothing"], ["Share", "Menu"])
    assert (one, two) == (Snippets(1, 0, 0, 0), Snippets(1, 2, 1, 1))
    assert (one + two).score == Score(2 / 3, 2 / 4)


def test_snippets_are_found_with_their_case() -> None:
    assert metrics.snippet_counts("share prices fell", [], ["Share"]) == Snippets(avoided=1)


# --- lines ---------------------------------------------------------------------------------------


def test_a_line_is_body_from_three_fifths_of_its_shingles() -> None:
    gold = "one two three four five six seven"
    # Eight tokens, five shingles, of which three (then two) are in gold.
    assert metrics.label_lines("one two three four five six x y", gold) == [True]
    assert metrics.label_lines("one two three four five x y z", gold) == [False]


def test_short_lines_are_body_where_they_stand_in_gold_as_whole_words() -> None:
    gold = "Share prices fell. Two of them."
    assert metrics.label_lines("Share\nfell two\nTwo them\nshar\n—\n\nof", gold) == [
        True,
        True,
        False,
        False,
        None,
        None,
        True,
    ]


def test_oracle_deletes_noise_lines_only() -> None:
    text = f"Home\n{STORY}\n—\nRead more of our stories here"
    assert metrics.oracle(text, STORY) == f"{STORY}\n—"


def test_a_tally_of_one_document() -> None:
    text = f"Home\n{STORY}\nRead more of our stories here\nMost read"
    output = "The mayor of Elm resigned on Monday.\nMost read"
    # The second body line (six words) is lost; one of three noise lines is left.
    assert metrics.line_tally(text, output, STORY) == LineTally(1, 1, 1, 2, 1, 3, 1, 13, 6, 6)


def test_noise_precision_and_recall_over_lines() -> None:
    tally = LineTally(2, 1, 1, 6, 1, 4, 1, 60, 6)
    # Three noise lines and one body line were removed, one noise line was left.
    assert tally.noise == Score(3 / 4, 3 / 4)
    assert tally.lost_share == 0.1
    assert (tally + tally).noise == tally.noise


def test_nothing_removed_loses_nothing() -> None:
    text = f"Home\n{STORY}"
    tally = metrics.line_tally(text, text, STORY)
    assert (tally.words_lost, tally.harmed, tally.with_residue) == (0, 0, 1)


def test_a_second_copy_of_a_body_line_is_lost_but_not_gone() -> None:
    tally = metrics.line_tally(f"{STORY}\n{STORY}", STORY, STORY)
    assert (tally.body_lost, tally.words_lost, tally.words_gone) == (2, 13, 0)


def test_a_short_line_is_not_left_because_its_words_stand_in_a_line_that_is() -> None:
    text = "Share\nShare prices fell in Elm on Monday.\nShare"
    gold = "Share prices fell in Elm on Monday."
    tally = metrics.line_tally(text, gold, gold)
    # Both are body by the rule of the labels; the copies of the word are two fewer than went in.
    assert (tally.body_lines, tally.body_lost, tally.words_lost, tally.words_gone) == (3, 2, 2, 0)
    assert metrics.line_tally(text, text, gold).words_lost == 0


def test_a_line_that_a_hard_wrap_made_short_is_found_in_the_joined_paragraph() -> None:
    text = "The mayor of Elm resigned on Monday and gave no reason\nfor it."
    assert metrics.line_tally(text, text.replace("\n", " "), text).body_lost == 0


def test_words_cut_out_of_a_line_that_stays_are_lost() -> None:
    line = "one two three four five six seven eight nine ten"
    tally = metrics.line_tally(line, "one two three four five six seven", line)
    # Four of its seven shingles stay, which is less than 60 %; of its ten words seven are covered.
    assert (tally.body_words, tally.words_lost, tally.body_lost) == (10, 3, 1)
    assert metrics.line_tally(line, "one two three four five six seven eight", line).body_lost == 0


def test_noise_cut_out_of_a_body_line_is_no_loss() -> None:
    sentence = "The mayor of Elm resigned on Monday after the vote"
    glued = f"{sentence} Also read more"
    tally = metrics.line_tally(glued, sentence, sentence)
    assert (tally.body_lines, tally.body_lost, tally.body_words, tally.words_lost) == (1, 0, 10, 0)


# --- sites and folds -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.bbc.co.uk/news/1?x=a.b#c", "bbc.co.uk"),
        ("http://sport.example.com:8080", "example.com"),
        ("//cdn.example.com/x", "example.com"),
        ("user@example.org", "example.org"),
        ("WWW.G1.GLOBO.COM.BR", "globo.com.br"),
        ("www.id.me", "id.me"),
        ("192.168.0.1", "192.168.0.1"),
        ("APNews", "apnews"),
        ("", ""),
    ],
)
def test_registered_domain(address: str, domain: str) -> None:
    assert registered_domain(address) == domain


def test_folds_are_stable_and_hold_whole_sites() -> None:
    # These must never change: a cleaner fitted without a fold would be read on sites that it has seen.
    assert [metrics.fold_of(f"site-{n}.test") for n in range(8)] == [4, 1, 0, 0, 4, 2, 3, 4]
    assert metrics.fold_of("https://a.site-3.test/x?y") == metrics.fold_of("site-3.test")
    assert {metrics.fold_of(f"site-{n}.test", 3) for n in range(50)} == {0, 1, 2}


# --- gold files ----------------------------------------------------------------------------------


def _write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = "".join(json.dumps(record) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def _texts(count: int) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "url": f"https://s{n}.test/a", "text": f"{STORY} {n}", "body": f"{STORY} {n}"}
        for n in range(count)
    ]


@pytest.mark.parametrize("name", ["set.jsonl", "set.jsonl.gz"])
def test_text_cases_are_read(tmp_path: Path, name: str) -> None:
    (gold,) = gold_files.read_gold(_write_lines(tmp_path / "residue" / name, _texts(2)))
    assert gold.name == "residue/set"
    assert gold.complaints == ()
    case = gold.cases[1]
    assert (case.name, case.kind, case.read(), case.site) == ("1", "text", f"{STORY} 1", "s1.test")


def test_a_gzip_cut_short_gives_what_could_be_read_and_says_so(tmp_path: Path) -> None:
    path = _write_lines(tmp_path / "set.jsonl.gz", _texts(2000))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    (gold,) = gold_files.read_gold(path)
    assert 0 < len(gold.cases) < 2000
    assert gold.cases[-1].body == f"{STORY} {len(gold.cases) - 1}"
    (complaint,) = gold.complaints
    assert "cut short" in complaint
    assert f"{len(gold.cases)} records" in complaint
    assert complaint in ev.evaluate([path], Lines({})).render()


def test_a_gzip_of_several_members_is_read_whole(tmp_path: Path) -> None:
    path = _write_lines(tmp_path / "set.jsonl.gz", _texts(3))
    path.write_bytes(path.read_bytes() * 2)
    (gold,) = gold_files.read_gold(path)
    assert (len(gold.cases), gold.complaints) == (6, ())


def test_pages_stand_beside_their_gold(tmp_path: Path) -> None:
    records: list[dict[str, Any]] = [
        {"id": "a", "url": "hard::blog.site.test-word.html", "must": ["x"], "must_not": []},
        {"id": "b", "site": "Publisher", "url": None, "origin": "one", "body": "B"},
    ]
    path = _write_lines(tmp_path / "news" / "gold.jsonl.gz", records)
    (path.parent / "html").mkdir()
    (path.parent / "html" / "a.html.gz").write_bytes(gzip.compress(b"<p>A"))
    (path.parent / "html" / "b.html").write_bytes(b"<p>B")
    first, second = gold_files.read_gold(path)
    assert (first.name, second.name) == ("news", "news:one")
    assert [(c.kind, c.read(), c.url, c.site, c.body) for c in first.cases + second.cases] == [
        ("html", b"<p>A", None, "site.test", None),
        ("html", b"<p>B", None, "publisher", "B"),
    ]


CASE = """
why = "shows the format"
language = "en"
site = "elm-post.test"
headline = "Mayor goes"
flags = ["truncated"]
body = '''
The mayor of Elm resigned on Monday.
She gave no reason for it.
'''
noise = [["timestamp", "14:32"], ["tail", "Fire in Oak"], ["share", "Share"]]
"""


def _corpus(folder: Path) -> Path:
    (folder / "text").mkdir(parents=True)
    (folder / "text" / "en-elm.toml").write_text(CASE, "utf-8")
    (folder / "text" / "en-elm.txt").write_text(f"14:32\n{STORY}\nFire in Oak\nShare\n", "utf-8")
    return folder


def test_corpus_cases_are_read(tmp_path: Path) -> None:
    (gold,) = gold_files.read_gold(_corpus(tmp_path / "corpus"))
    (case,) = gold.cases
    assert gold.name == "corpus/text"
    assert (case.body, case.page, case.flags) == (STORY, "story", frozenset({"truncated"}))
    assert case.noise[1] == ("tail", "Fire in Oak")
    assert case.headline == "Mayor goes"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"id": "1", "body": "b"', ":1: not JSON"),
        ("[1]", ":1: not a JSON object"),
        ('{"body": "b", "text": "t"}', ":1: a gold record needs an id"),
        ('{"id": "1", "text": "t"}', "and a body or must"),
        ('{"id": "1", "body": "b"}', ":1: no text, and no page at"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(gold_files.GoldError) as caught:
        gold_files.read_gold(path)
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)


def test_what_is_not_there_or_no_gold_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="does not exist; check the path"):
        gold_files.read_gold(tmp_path / "none.jsonl.gz")
    with pytest.raises(gold_files.GoldError, match="give a folder of gold"):
        gold_files.read_gold(tmp_path)
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(b"\x1f\x8bnonsense and more of it")
    with pytest.raises(gold_files.GoldError, match="not a sound gzip"):
        gold_files.read_gold(broken)
    (tmp_path / "case.toml").write_text("body = 1\nsite = 'a.test'", "utf-8")
    with pytest.raises(gold_files.GoldError, match=r"needs one \.txt or \.html"):
        gold_files.read_gold(tmp_path / "case.toml")
    (tmp_path / "case.txt").write_text("x", "utf-8")
    with pytest.raises(gold_files.GoldError, match="needs a site and a body"):
        gold_files.read_gold(tmp_path / "case.toml")


# --- the whole -----------------------------------------------------------------------------------

DROP = {"14:32": "timestamp", "Fire in Oak": "related", "Share": "ui"}


def test_a_corpus_case_cleaned_as_it_should_be(tmp_path: Path) -> None:
    cleaner = Lines(DROP, flags=("truncated",))
    report = ev.evaluate([_corpus(tmp_path)], cleaner)
    found = report.sets[0].summary()
    assert (found["exact"], found["shingle"]["f1"], found["lines"]["noise"]["f1"]) == (1.0, 1.0, 1.0)
    # `related` may stand for `tail`; `ui` is a wrong name for `share`.
    assert found["classes"] == {
        "share": {"gold": 1, "removed": 1, "named": 0, "wrong": 0},
        "tail": {"gold": 1, "removed": 1, "named": 1, "wrong": 0},
        "timestamp": {"gold": 1, "removed": 1, "named": 1, "wrong": 0},
    }
    assert found["verdicts"]["truncated"] == {"gold": 1, "said": 1, "right": 1}
    assert cleaner.seen == [("text", None, "elm-post.test")]


def test_a_story_line_that_is_lost_is_counted_under_the_name_it_went_by(tmp_path: Path) -> None:
    cleaner = Lines({"She gave no reason for it.": "newsletter"})
    (measured,) = ev.evaluate([_corpus(tmp_path)], cleaner).sets[0].outcomes
    assert measured.classes["newsletter"] == ClassCount(wrong=1)
    assert measured.classes["share"] == ClassCount(gold=1)
    assert measured.lines is not None
    assert (measured.lines.harmed, measured.lines.words_lost) == (1, 6)
    assert measured.verdicts["truncated"] == (True, False)


def test_a_page_without_a_story_is_judged_by_its_verdict_only(tmp_path: Path) -> None:
    corpus = _corpus(tmp_path)
    toml = corpus / "text" / "en-elm.toml"
    toml.write_text("site = 'a.test'\npage = 'no-story'\nbody = ''\nnoise = []", "utf-8")
    (measured,) = ev.evaluate([toml], Lines({}, page="no-story")).sets[0].outcomes
    assert measured.shingle is None
    assert measured.verdicts["no-story"] == (True, True)


def test_each_site_gets_its_own_cleaner(tmp_path: Path) -> None:
    path = _write_lines(tmp_path / "set.jsonl", _texts(3))
    asked: list[str] = []

    def cleaner_for(site: str) -> Lines:
        asked.append(site)
        return Lines({})

    report = ev.evaluate_by_site([path], cleaner_for)
    assert asked == ["s0.test", "s1.test", "s2.test"]
    folds = report.sets[0].by_fold()
    assert sum(part["documents"] for part in folds.values()) == 3


def test_the_report_as_json_and_as_text(tmp_path: Path) -> None:
    report = ev.evaluate([_corpus(tmp_path)], Lines(DROP))
    whole = json.loads(report.to_json())
    assert whole["version"] == ev.REPORT_VERSION
    assert whole["sets"][0]["name"] == "corpus/text"
    assert list(whole["sets"][0]["folds"]) == [str(metrics.fold_of("elm-post.test"))]
    text = report.render()
    assert "corpus/text" in text
    assert text.count("\n\n") >= 3
    assert ev.evaluate([], Lines({})).render() == ""


def test_tables_are_aligned() -> None:
    assert ev.table(("a", "b"), [("long name", 1), ("x", None)]).split("\n") == [
        "a          b",
        "long name  1",
        "x          -",
    ]
