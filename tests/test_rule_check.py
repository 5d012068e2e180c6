"""Proof for rules: what their examples and the corpus say against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.rule_check import Finding, check_file, main, read_sources, render
from cleaner.rule_compile import Phrasebook
from cleaner.rule_corpus import Use, check_against_corpus, harms, notes, render_uses
from cleaner.rule_files import merge_words, parse
from cleaner.rules import load_layers

WORDS = "[words.more]\nen = ['read more', 'more on this']\n"


def found(rule: str) -> list[Finding]:
    text = f"{WORDS}[[rule]]\nid = 'nav.r'\nwhy = 'x'\n{rule}\n"
    file = parse(text, Path("nav.toml"), "nav")
    return check_file(file, Phrasebook(merge_words([file])))


def faults(rule: str) -> str:
    return render(found(rule))


GOOD = {
    "plain": "pattern = '^{more}'\nmatch = ['Read more here']\nspare = ['He read more.']",
    "left": "pattern = '\\({more}\\)'\naction = 'cut'\n"
    "match = [{ text = 'So. (Read more) He', left = 'So. He' }]\nspare = ['x']",
    "css": "css = ['.share']\nmatch = [{ html = \"<div class='share'>Tweet</div>\" }]\n"
    "spare = [{ html = '<p>Tweet</p>' }]",
    "css and pattern": "css = ['.x']\npattern = 'Tweet'\n"
    "match = ['Tweet', { html = '<b class=x>Tweet</b>' }]\nspare = ['x']",
    "kind": "pattern = '^x$'\nkinds = ['quote']\nmatch = ['x']\nspare = [{ text = 'x', kind = 'heading' }]",
    "follows": "pattern = '^x$'\nfollows = ['share']\nmatch = ['x', { text = 'x', after = 'Tweet', class = 'share' }]\n"
    "spare = [{ text = 'x', after = 'He said.', class = 'story' }]",
    "place": "pattern = '^x$'\nplace = 'after'\nmatch = ['x']\nspare = [{ text = 'x', place = 'inside' }]",
    "language": "pattern = '^x$'\nlanguage = ['de']\nmatch = ['x']\nspare = [{ text = 'x', language = 'en' }]",
    "site": "pattern = '^x$'\nsite = ['a.example']\nmatch = ['x']\nspare = [{ text = 'x', site = 'b.example' }]",
    "url": "pattern = '^x$'\nurl = '/live'\nmatch = ['x', { text = 'x', url = '/live/1' }]\n"
    "spare = [{ text = 'x', url = '/' }]",
    "run": "pattern = '^x$'\nrun = 3\nmatch = ['x']\nspare = ['y']",
    "last": "pattern = '^x$'\nlast = 1\nmatch = ['x']\nspare = ['y']",
    "miss": "pattern = '^x$'\nmatch = ['x']\nspare = ['y']\nmisses = ['X.']",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_rule_that_holds(name: str) -> None:
    assert found(GOOD[name]) == []


BAD = {
    "pattern = '^{more}$'\nmatch = ['Read more!']\nspare = ['x']": "the pattern fails on “Read more!”",
    "pattern = '^{more}'\nmatch = ['Continue']\nspare = ['x']": "none of its literals or phrases occurs",
    "needs = ['ad']\nmatch = ['head']\nspare = ['x']": "stands only inside a longer word",
    "pattern = '^x'\nmax_words = 2\nmatch = ['x y z']\nspare = ['q']": "it has 3 words",
    "pattern = '^x'\nmatch = ['x']\nspare = ['X-rays are harmful.']": "`spare` example “X-rays are harmful.” is hit",
    "pattern = '^x'\nmatch = ['x']\nspare = ['y']\nmisses = ['x1']": "move it to `match`",
    "pattern = 'x'\naction = 'cut'\nmatch = [{ text = 'a x b', left = 'a' }]\nspare = ['y']": "is left “a b”",
    "pattern = 'x'\nmatch = [{ text = 'x', left = '' }]\nspare = ['y']": "does not cut",
    "css = ['.a']\nmatch = ['x']\nspare = ['y']": "wants examples like { html",
    "css = ['.a']\nmatch = [{ html = '<p>x</p>' }]\nspare = ['y']": "no selector in `css` finds its element",
    "pattern = 'x'\nmatch = [{ after = 'x' }]\nspare = ['y']": "has no text",
    "pattern = 'a('\nmatch = ['x']\nspare = ['y']": "RE2 refuses the pattern",
    "pattern = '{less}'\nmatch = ['x']\nspare = ['y']": "no word list `less`",
}


@pytest.mark.parametrize("rule", BAD)
def test_a_rule_that_does_not_hold(rule: str) -> None:
    assert BAD[rule] in faults(rule)


def test_a_finding_is_at_the_line_of_its_example() -> None:
    (finding,) = found("pattern = '^x$'\nmatch = [\n  'x',\n  'x z',\n]\nspare = ['y']")
    assert finding.line == 9
    assert render([finding]).startswith("nav.toml:9: nav.r: ")


def test_broken_files_do_not_hide_others(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x =")
    (tmp_path / "nav.toml").write_text(f"{WORDS}[[rule]]\nid = 'nav.r'\nwhy = 'x'\n{GOOD['plain']}\n")
    sources = read_sources(sorted(tmp_path.glob("*.toml")))
    assert [file.path.name for file in sources.files] == ["nav.toml"]
    assert [Path(finding.file).name for finding in sources.findings] == ["a.toml"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    rule = "[[rule]]\nid = 'mine.r'\nclass = 'nav'\nwhy = 'x'\npattern = '^x$'\nmatch = ['x']\nspare = ['y']\n"
    path.write_text(rule)
    assert main([str(path)]) == 0
    path.write_text(rule.replace("match = ['x']", "match = ['z']"))
    assert main([str(path)]) == 1
    assert "mine.r" in capsys.readouterr().out


@pytest.fixture
def uses(tmp_path: Path) -> dict[str, Use]:
    text = "Share this\n\nThe council voted on Monday to share this cost. (Read more)\n\n"
    text += "Read more than you write, she said.\n\nMenu\n"
    (tmp_path / "corpus" / "text").mkdir(parents=True)
    (tmp_path / "corpus" / "text" / "en-a.txt").write_text(text)
    body = "The council voted on Monday to share this cost.\nRead more than you write, she said."
    noise = "[['share', 'Share this'], ['related', '(Read more)'], ['nav', 'Menu']]"
    (tmp_path / "corpus" / "text" / "en-a.toml").write_text(
        f"why = 'x'\nlanguage = 'en'\nsite = 'a.test'\nbody = '''\n{body}\n'''\nnoise = {noise}\n"
    )

    def rule(name: str, rest: str) -> str:
        return f"[[rule]]\nid = 'nav.{name}'\nwhy = 'x'\nmatch = ['x']\nspare = ['y']\n{rest}\n"

    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "nav.toml").write_text(
        rule("menu", "pattern = '^menu$'")
        + rule("menu-too", "pattern = '^menu$'\nplace = 'after'")
        + rule("early", "pattern = '^menu$'\nplace = 'before'")
        + rule("more", r"pattern = '\(read more\)'" + "\naction = 'cut'")
        + rule("greedy", "pattern = '^read more'")
        + rule("doubtful", "pattern = '^read more'\nweight = 1")
    )
    found = check_against_corpus(load_layers([tmp_path / "rules"]), tmp_path / "corpus")
    return {use.rule.id: use for use in found}


def test_what_rules_do_in_the_corpus(uses: dict[str, Use]) -> None:
    assert (uses["nav.menu"].fired, uses["nav.menu"].right, uses["nav.menu"].alone) == (1, 1, 0)
    assert uses["nav.early"].dead
    assert uses["nav.menu-too"].redundant
    assert uses["nav.more"].taken == ()
    assert [one.text for one in uses["nav.greedy"].taken] == ["Read more than you write, she said."]
    assert uses["nav.doubtful"].taken == ()
    assert "nav.menu" in render_uses(uses.values())


def test_what_is_said_of_it(uses: dict[str, Use]) -> None:
    assert [rule.id for rule, *_ in harms(uses.values())] == ["nav.greedy"]
    said = {(rule.id, fault.split()[0]) for rule, fault, _ in notes(uses.values())}
    assert {("nav.early", "never"), ("nav.menu", "other"), ("nav.menu-too", "other"), ("nav.greedy", "fires")} <= said
