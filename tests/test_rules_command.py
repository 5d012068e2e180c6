"""`cleaner rules test`: rules against the labelled documents of a corpus, and what the command says."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Command

from cleaner.fitting.gold import read_gold
from cleaner.rules.ruleset import load_layers
from cleaner.workbench.corpus import Use, check_against_corpus, harms, notes, render_notes

STORY = [
    "The harbour council voted on Monday to share the cost of the new quay with the fishing fleet. (Read more)",
    "Councillor Ines Varela said the fleet would pay a third of it over the next twelve years.",
    "Read more than you write, she told pupils at the school in Wenmouth on the same afternoon.",
    "The first stones of the quay will be laid in April, when the winter storms are over.",
]


def case(folder: Path, lines: list[str], body: list[str], noise: list[list[str]]) -> Path:
    """A corpus of one text."""
    (folder / "text").mkdir(parents=True)
    (folder / "text" / "en-quay.txt").write_text("\n\n".join(lines) + "\n")
    (folder / "text" / "en-quay.toml").write_text(
        f"why = 'x'\nlanguage = 'en'\nsite = 'a.test'\nbody = '''\n{chr(10).join(body)}\n'''\nnoise = {noise}\n"
    )
    return folder


def rule(name: str, rest: str, match: str = "x", spare: str = "y") -> str:
    return f"[[rule]]\nid = '{name}'\nclass = 'nav'\nwhy = 'x'\nmatch = ['{match}']\nspare = ['{spare}']\n{rest}\n\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    body = [line.removesuffix(" (Read more)") for line in STORY] + ["Pay now, read on."]
    noise = [["share", "Share this"], ["related", "(Read more)"], ["nav", "Menu"]]
    return case(tmp_path / "corpus", ["Share this", *STORY, "Pay now, read on.", "Menu"], body, noise)


@pytest.fixture
def uses(tmp_path: Path, corpus: Path) -> dict[str, Use]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "nav.toml").write_text(
        rule("nav.menu", "pattern = '^menu$'")
        + rule("nav.menu-too", "pattern = '^menu$'\nplace = 'after'")
        + rule("nav.early", "pattern = '^menu$'\nplace = 'before'")
        + rule("nav.elsewhere", "pattern = '^menu$'\nsite = ['b.test']")
        + rule("nav.more", r"pattern = '\(read more\)'" + "\naction = 'cut'")
        + rule("nav.close", "pattern = '^read more'")
        + rule("nav.greedy", "pattern = '^pay now'")
        + rule("nav.doubtful", "pattern = '^pay now'\nweight = 1")
    )
    found = check_against_corpus(load_layers([tmp_path / "rules"]), read_gold(corpus))
    return {use.rule.id: use for use in found}


def test_what_rules_do_in_the_corpus(uses: dict[str, Use]) -> None:
    assert (uses["nav.menu"].fired, uses["nav.menu"].right, uses["nav.menu"].alone) == (1, 1, 0)
    assert uses["nav.early"].dead
    assert uses["nav.elsewhere"].fired == 0
    assert not uses["nav.elsewhere"].dead
    assert uses["nav.menu-too"].redundant
    assert uses["nav.more"].taken == ()
    assert [(one.text, one.kept) for one in uses["nav.greedy"].taken] == [("Pay now, read on.", False)]
    assert uses["nav.doubtful"].taken == ()


def test_a_sentence_amid_the_story_that_the_whole_cleaner_keeps_is_advice(uses: dict[str, Use]) -> None:
    assert [(one.text, one.kept) for one in uses["nav.close"].taken] == [(STORY[2], True)]
    (finding,) = harms(uses.values())
    assert "nav.greedy: takes 1 story line of the corpus: “Pay now, read on.” (en-quay)" in finding.fault
    assert Path(finding.file).read_text().splitlines()[finding.line - 1] == "pattern = '^pay now'"
    said = {(note.rule.id, note.kind) for note in notes(uses.values())}
    assert {("nav.close", "close"), ("nav.early", "dead"), ("nav.menu", "redundant"), ("nav.greedy", "wide")} <= said
    assert ("nav.greedy", "close") not in said


def test_notes_are_counted_or_listed(uses: dict[str, Use]) -> None:
    found = notes(uses.values())
    counted = render_notes(found, [])
    assert counted.startswith("advice: 1 never fire, 2 are redundant, ")
    assert counted.endswith("1 hit story lines that stay all the same; name a FILE to see which\n")
    listed = render_notes(found, [Path("nav.toml")]).splitlines()
    assert len(listed) == len(found)
    assert any("nav.close: hits 1 story line" in line and "; anchor the pattern" in line for line in listed)
    assert render_notes([], []) == ""


def test_a_rule_that_takes_a_whole_story_is_a_fault_though_the_document_is_refused(tmp_path: Path) -> None:
    folder = case(tmp_path / "corpus", STORY[:2], STORY[:2], [])
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "nav.toml").write_text(rule("nav.all", "pattern = 'quay|years'"))
    (use,) = check_against_corpus(load_layers([tmp_path / "rules"]), read_gold(folder))
    assert len(use.taken) == 2
    assert len(harms([use])) == 1


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all: compiling the built-in rules takes seconds."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def mine(place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    path = place / "mine.toml"
    path.write_text(rule("mine.pay", "pattern = '^pay now'", "Pay now", "He would pay now, he said."))
    return path


def test_a_story_line_taken_is_a_fault(real_command: Command, mine: Path, corpus: Path) -> None:
    run = real_command("rules", "test", "mine.toml", "--corpus", corpus)
    lines = run.out.splitlines()
    assert (run.code, lines[-1]) == (1, "1 fault")
    assert lines[0].startswith(
        "mine.toml:7:1: mine.pay: takes 1 story line of the corpus: “Pay now, read on.” (en-quay); "
    )
    assert ">    7 | pattern = '^pay now'" in lines
    assert f"proved by their own examples and 1 document of {corpus}\n" in run.err


def test_advice_is_no_fault(real_command: Command, mine: Path, corpus: Path) -> None:
    mine.write_text(mine.read_text().replace("^pay now", "^pay now$"))
    run = real_command("rules", "test", mine, "--corpus", corpus)
    assert (run.code, run.out) == (0, "all rules hold\n")
    assert run.err.startswith("mine.toml:1: mine.pay: never fires in the corpus; ")


def test_examples_and_corpus_are_told_together_and_once(real_command: Command, mine: Path, corpus: Path) -> None:
    mine.write_text(mine.read_text() + rule("mine.other", "pattern = '^y'"))
    run = real_command("rules", "test", mine, "--corpus", corpus)
    assert run.out.splitlines()[-1] == "3 faults"
    assert [line.split()[1] for line in run.out.splitlines() if line.startswith("mine.toml:")] == [
        "mine.pay:",
        "mine.other:",
        "mine.other:",
    ]
    mine.write_text(mine.read_text().replace("'^y'", "'('"))
    run = real_command("rules", "test", mine, "--corpus", corpus)
    assert run.out.count("RE2 refuses the pattern") == 1


def test_without_a_corpus_the_command_says_so(
    real_command: Command, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = mine.parent / "package" / "rules"
    installed.mkdir(parents=True)
    monkeypatch.setattr("cleaner.commands.rules.builtin_directory", lambda: installed)
    run = real_command("rules", "test", mine)
    assert (run.code, run.out) == (0, "all rules hold\n")
    assert run.err == "proved by their own examples; no corpus: give one with --corpus DIR\n"


@pytest.mark.parametrize(("name", "code"), [("nowhere", 3), ("empty", 2), ("mine.toml", 2)])
def test_a_corpus_that_is_none(real_command: Command, mine: Path, name: str, code: int) -> None:
    (mine.parent / "empty").mkdir()
    run = real_command("rules", "test", mine, "--corpus", name)
    assert (run.code, run.out, len(run.faults)) == (code, "", 1)
    assert run.faults[0].startswith(f"cleaner: {name}")


def test_a_folder_is_proved_with_the_files_of_its_sites_and_its_word_lists(real_command: Command, mine: Path) -> None:
    (mine.parent / "ours" / "sites").mkdir(parents=True)
    (mine.parent / "ours" / "words.toml").write_text("[words.wharf]\nen = ['wharf news']\n")
    site = mine.parent / "ours" / "sites" / "a.example.toml"
    site.write_text(rule("a.example.r", "pattern = '^{wharf}$'", "Wharf news", "Wharf news is good news."))
    run = real_command("rules", "test", "ours")
    assert (run.code, run.out) == (0, "all rules hold\n")
    site.write_text(site.read_text().replace("'Wharf news'", "'Wharf'"))
    run = real_command("rules", "test", "ours")
    assert run.code == 1
    assert run.out.startswith("ours/sites/a.example.toml:5:11: a.example.r: `match` example “Wharf” is not hit; ")
    run = real_command("rules", "test", site)
    assert "no word list `wharf`; write [words.wharf], or give the folder that has it with --rules" in run.out
    (mine.parent / "bare").mkdir()
    run = real_command("rules", "test", "bare")
    assert run.code == 2
    assert "bare: has no rule file in it; give a folder of .toml files" in run.err
