"""Proposed rules load, hit their examples, spare the stories, and are in force nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import Command
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.cleaned import Cleaned
from cleaner.model import Evidence, Verdict
from cleaner.rules.files import RuleFile, WrittenRule, parse
from cleaner.workbench.check import check_files
from cleaner.workbench.suggest import TODO, Suggester, to_do

STORY = [
    ("Council votes on pier {n}", "headline"),
    ("The council voted on pier number {n} late on Monday after a long and quiet debate.", "story"),
    ("A tide of {n} complaints had reached the harbour office over the weekend, its clerk said.", "story"),
]


def cleaned(number: int, lines: Iterable[tuple[str, str]], rule: str = "") -> Cleaned:
    """A cleaned story with more lines after it; story and subheading stay, other classes are dropped."""
    told = [(text.format(n=number), label) for text, label in STORY]
    body: list[str] = []
    verdicts = []
    start = 0
    source = "\n".join(text for text, _ in (*told, *lines))
    for text, label in (*told, *lines):
        kept = label in ("story", "subheading")
        evidence = (Evidence(f"rule:{rule}", 6.0),) if rule and not kept else ()
        verdicts.append(Verdict(label, kept, start, start + len(text), 0.0, evidence))
        body += [text] if kept else []
        start += len(text) + 1
    return Cleaned("\n".join(body), None, {}, verdicts, source)


def proposed(suggester: Suggester) -> dict[str, WrittenRule]:
    """The rules by their first example; they load, and nothing is wrong with them."""
    text = suggester.propose(Path("draft.toml"))
    return {str(rule.match[0]): rule for rule in loaded(text).rules} if text else {}


def loaded(text: str) -> RuleFile:
    return parse(text, Path("draft.toml"), "draft")


def suggester_of(*documents: tuple[str | None, Cleaned]) -> Suggester:
    suggester = Suggester()
    for site, document in documents:
        suggester.add(document, site)
    return suggester


def test_lines_that_differ_in_numbers_are_one_rule() -> None:
    documents = [("gull.test", cleaned(n, [(f"Tide table no. {n}, page {n + 3}", "ui")])) for n in range(3)]
    assert proposed(suggester_of(*documents[:2])) == {}
    rules = proposed(suggester_of(*documents))
    assert list(rules) == ["Tide table no. 0, page 3"]
    rule = rules["Tide table no. 0, page 3"]
    assert rule.pattern == r"^tide table no\. \d+, page \d+$"
    assert rule.match == tuple(f"Tide table no. {n}, page {n + 3}" for n in range(3))
    assert (rule.class_, rule.place, rule.site, rule.weight) == ("ui", "after", ("gull.test",), None)


def test_the_sites_name_is_a_slot_where_enough_words_stand_beside_it() -> None:
    sites = [("gullnews.test", "Gull News"), ("heron.test", "HERON"), ("www.plover.test", "plover.test")]
    lines = "More to see at {}", "About {}"
    documents = [
        (site, cleaned(n, [(line.format(name), "nav") for line in lines])) for n, (site, name) in enumerate(sites)
    ]
    rules = proposed(suggester_of(*documents))
    assert list(rules) == ["More to see at Gull News"]
    assert rules["More to see at Gull News"].site == ()
    assert rules["More to see at Gull News"].pattern == r"^more to see at \S+(?: \S+){0,3}$"


def test_lines_that_begin_or_end_alike_are_one_rule_that_only_hints() -> None:
    topics = ["Crabs", "Winter storms", "A new pier"]
    lines = [[(f"Listen again: {topic}", "tail"), (f"{topic} | Coast on air", "tail")] for topic in topics]
    rules = proposed(suggester_of(*((None, cleaned(n, line)) for n, line in enumerate(lines))))
    assert {rule.pattern for rule in rules.values()} == {r"^listen again: .+$", r"^.+ coast on air$"}
    assert {rule.weight for rule in rules.values()} == {2}
    assert {rule.max_words for rule in rules.values()} == {7, 8}


def test_kept_lines_are_proposed_where_noise_stands_and_subheadings_are_not() -> None:
    more = ("The clerk read every one of the letters aloud and the mayor then thanked her.", "story")
    amid = [("Why it matters", "subheading"), more, ("Gull coast desk", "subheading")]
    sites = [f"site{n}.test" for n in range(4)]
    rules = proposed(suggester_of(*((site, cleaned(n, amid)) for n, site in enumerate(sites))))
    assert {name: rule.weight for name, rule in rules.items()} == {"Gull coast desk": 2}
    rules = proposed(suggester_of(*(("gull.test", cleaned(n, amid)) for n in range(4))))
    assert set(rules) == {"Gull coast desk", "Why it matters"}


def test_what_a_rule_names_and_what_has_a_class_of_its_own_is_not_proposed() -> None:
    documents = [(None, cleaned(n, [("Read on here", "related")], rule="related.read-on")) for n in range(4)]
    documents += [(None, cleaned(n, [("Photo by the pier office", "credit")])) for n in range(4, 8)]
    assert proposed(suggester_of(*documents)) == {}


def test_copies_of_one_story_and_refused_documents_do_not_count() -> None:
    line = [("Gull coast desk", "ui")]
    copy = cleaned(1, line)
    refused = [
        Cleaned(source, None, {}, cleaned(n, line).verdicts, source, "no-story", (), "no story")
        for n, source in enumerate(cleaned(n, line).source for n in range(2, 6))
    ]
    assert proposed(suggester_of(*((None, document) for document in [copy, copy, copy, *refused]))) == {}


def test_spare_examples_are_sentences_of_the_stories_with_the_same_words() -> None:
    documents = [(None, cleaned(n, [("Harbour office complaints", "ui"), ("Zebra quiz", "ui")])) for n in range(3)]
    text = suggester_of(*documents).propose(Path("draft.toml"))
    rules = {rule.match: rule for rule in loaded(text).rules}
    assert rules["Harbour office complaints",].spare == tuple(
        f"A tide of {n} complaints had reached the harbour office over the weekend, its clerk said." for n in (0, 1)
    )
    assert [str(spare).startswith(TODO) for spare in rules["Zebra quiz",].spare] == [True]
    assert "# documents: 3; now dropped 3 times, kept 0; stands 3 times after the story" in text
    still = [(finding.rule, finding.fault) for finding in to_do(loaded(text))]
    assert still == [
        ("draft.harbour-office-complaints", "`why` is still to be written"),
        ("draft.zebra-quiz", "`why` is still to be written"),
        ("draft.zebra-quiz", "`spare` is still to be written"),
    ]
    line = next(finding.line for finding in to_do(loaded(text)) if finding.fault.startswith("`spare`"))
    assert text.splitlines()[line - 1].startswith("spare = ")


def test_a_rule_that_would_take_sentences_of_the_stories_is_not_proposed() -> None:
    lines = [[(f"The council voted {what}", "tail")] for what in ("twice", "for trees", "to wait a year")]
    assert proposed(suggester_of(*((None, cleaned(n, line)) for n, line in enumerate(lines)))) == {}


def test_the_order_of_the_rules_is_the_same_each_time() -> None:
    documents = [
        (f"{'abc'[n % 3]}.test", cleaned(n, [(f"Desk {word}", "ui") for word in ("one", "two", "six")]))
        for n in range(9)
    ]
    texts = {suggester_of(*documents).propose(Path("draft.toml")) for _ in range(3)}
    assert len(texts) == 1
    assert texts.pop().count("[[rule]]") == 3


LINE = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n\r"), min_size=1, max_size=30)
ODD = st.sampled_from(
    ["{more} \\Q'x'\\E", 'a "b" [c] (d) *', "x''' y", "^$|.*+?", "{{n}} \\", "#!/ <site> *", "Ünï ß İ"]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LINE | ODD, min_size=1, max_size=4))
def test_whatever_the_lines_the_file_loads_and_holds(lines: list[str]) -> None:
    documents = [(None, cleaned(n, [(line, "ui") for line in lines])) for n in range(3)]
    rules = proposed(suggester_of(*documents))
    assert {example for rule in rules.values() for example in rule.match} <= {" ".join(line.split()) for line in lines}


def test_plain_odd_lines_are_proposed() -> None:
    for line in ("{more} \\Q'x'\\E", 'a "b" [c] (d) *', "x''' y", "{{n}} \\"):
        rules = proposed(suggester_of(*((None, cleaned(n, [(line, "ui")])) for n in range(3))))
        assert list(rules) == [line]


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def scrapes(place: Path) -> Path:
    paragraphs = [
        "The old lighthouse at Cape Merrow was lit again on day {n} after volunteers had repaired its lamp.",
        "Its keeper said that {n} visitors had climbed the stairs since the doors were opened in the spring.",
        "The council has promised to pay for the paint, and a school class will write the guide on day {n}.",
    ]
    for number in range(4):
        told = [paragraph.format(n=number + 20) for paragraph in paragraphs]
        lines = [f"Lighthouse lit again on day {number}", *told, f"Merrow lamp ledger {number}", "Wharf almanac desk"]
        (place / "in" / "gull.test").mkdir(parents=True, exist_ok=True)
        (place / "in" / "gull.test" / f"{number}.txt").write_text("\n\n".join(lines) + "\n")
    return place / "in"


def test_the_command_writes_a_draft_that_rules_test_finds_unfinished(real_command: Command, scrapes: Path) -> None:
    run = real_command("rules", "suggest", "in", "-o", "draft.toml")
    assert (run.code, run.out) == (0, "")
    assert run.err == "rules suggested: 2 in draft.toml; to do: cleaner rules test draft.toml\n"
    text = Path("draft.toml").read_text()
    rules = loaded(text).rules
    assert {rule.pattern for rule in rules} == {r"^merrow lamp ledger \d+$", "^wharf almanac desk$"}
    assert {rule.site for rule in rules} == {("gull.test",)}
    assert check_files([Path("draft.toml")]) == []
    run = real_command("rules", "test", "draft.toml")
    assert run.code == 1
    assert "draft.toml:" in run.out
    assert run.out.count("`why` is still to be written; write it, or remove the rule\n") == 2
    Path("ours").mkdir()
    Path("draft.toml").rename("ours/draft.toml")
    run = real_command("rules", "test", "--rules", "ours", "ours/draft.toml")
    assert (run.code, run.out.count("still to be written")) == (1, 3)
    Path("ours/draft.toml").write_text(text.replace(TODO, "Written by a person"))
    run = real_command("rules", "test", "ours/draft.toml")
    assert (run.code, run.out) == (0, "all rules hold\n")
    run = real_command("rules", "suggest", "in")
    assert run.err == "rules suggested: 2\n"
    assert len(parse(run.out, Path("suggested.toml"), "suggested").rules) == 2


def test_nothing_is_written_over_nor_put_in_force(real_command: Command, scrapes: Path) -> None:
    Path("draft.toml").write_text("# mine\n")
    run = real_command("rules", "suggest", "in", "-o", "draft.toml")
    assert (run.code, run.faults) == (2, ["cleaner: draft.toml: is there already; give another name, or move it away"])
    assert Path("draft.toml").read_text() == "# mine\n"
    Path("ours/sites").mkdir(parents=True)
    Path("cleaner.toml").write_text('rules = ["ours"]\n')
    for target in ("ours/draft.toml", "ours/sites/gull.test.toml"):
        run = real_command("rules", "suggest", "in", "-o", target)
        assert (run.code, len(run.faults)) == (2, 1)
        assert "would be in force at once" in run.faults[0]
        assert not Path(target).exists()


def test_without_proposals_there_is_no_file(real_command: Command, place: Path) -> None:
    (place / "one.txt").write_text("The ferry came late.\n\nThe mayor shrugged.\n")
    run = real_command("rules", "suggest", "one.txt", "-o", "draft.toml")
    assert (run.code, run.err) == (0, "rules suggested: 0\n")
    assert not Path("draft.toml").exists()
    Path("empty").mkdir()
    assert real_command("rules", "suggest", "empty").code == 2
    run = real_command("rules", "suggest", "nowhere")
    assert (run.code, run.faults) == (3, ["cleaner: nowhere: does not exist; check the path"])
