"""Proof for rules: what their examples and the corpus say against them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from cleaner.rules.compile import Phrasebook
from cleaner.rules.files import KEYS, Action, merge_words, parse
from cleaner.workbench.check import Finding, check_file, check_files, read_sources, render

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


def test_a_finding_shows_the_place_of_its_example_and_the_lines_around() -> None:
    (finding,) = found("pattern = '^x$'\nmatch = [\n  'x',\n  'x z',\n]\nspare = ['y']")
    assert (finding.line, finding.column) == (9, 4)
    lines = render([finding]).splitlines()
    assert lines[0].startswith("nav.toml:9:4: nav.r: `match` example “x z” is not hit; the pattern fails on")
    assert lines[1:4] == ["     7 | match = [", "     8 |   'x',", ">    9 |   'x z',"]
    assert lines[4:] == ["    10 | ]", "    11 | spare = ['y']"]


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    (finding,) = found(f"pattern = '^x$'\nmatch = ['x']\nspare = [{chr(39) + 'y' * 200 + chr(39)}, 'X']")
    (marked,) = [line for line in render([finding]).splitlines() if line.startswith(">")]
    assert "'X']" in marked
    assert len(marked) < 140


def test_examples_that_share_a_document_are_judged_one_by_one() -> None:
    texts = [finding.fault for finding in found("pattern = '^x'\nmatch = ['x', 'y', 'x2']\nspare = ['z', 'x3', 'w']")]
    assert [text.partition(" (")[0] for text in texts] == [
        "`match` example “y” is not hit",
        "`spare` example “x3” is hit",
    ]


def test_a_site_file_sees_the_lists_of_its_layer_and_alone_its_own(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "nav.toml").write_text(WORDS)
    rule = f"[[rule]]\nid = 'a.example.r'\nclass = 'nav'\nwhy = 'x'\n{GOOD['plain']}\n"
    (tmp_path / "sites" / "a.example.toml").write_text(rule)
    (tmp_path / "sites" / "b.example.toml").write_text(
        rule.replace("a.example", "b.example").replace("{more}", "{own}") + "[words.own]\nen = ['read more']\n"
    )
    without = rule.replace("a.example", "c.example").replace("{more}", "{own}")
    (tmp_path / "sites" / "c.example.toml").write_text(without)
    (finding,) = check_files(sorted(tmp_path.glob("sites/*.toml")), [tmp_path])
    assert Path(finding.file).name == "c.example.toml"
    assert "no word list `own`" in finding.fault


def test_broken_files_do_not_hide_others(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x =")
    (tmp_path / "nav.toml").write_text(f"{WORDS}[[rule]]\nid = 'nav.r'\nwhy = 'x'\n{GOOD['plain']}\n")
    sources = read_sources(sorted(tmp_path.glob("*.toml")))
    assert [file.path.name for file in sources.files] == ["nav.toml"]
    assert [Path(finding.file).name for finding in sources.findings] == ["a.toml"]


def test_switching_off_a_rule_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[[rule]]\nid = 'share.label'\noff = true\n[[rule]]\nid = 'share.lable'\noff = true\n")
    (finding,) = check_files([path])
    assert (finding.line, finding.fault) == (5, "share.lable: switches off a rule that is not there")


DOCS = (Path(__file__).parent.parent / "docs" / "rules.md").read_text()
SHOWN = [block.partition("```")[0] for block in DOCS.split("```toml\n")[1:]]


@pytest.mark.parametrize(("number", "name"), [(0, "related"), (1, "club"), (2, "rundblick.example")])
def test_the_rules_in_the_manual_hold(number: int, name: str) -> None:
    file = parse(SHOWN[number], Path(f"{name}.toml"), name)
    assert file.rules
    assert render(check_file(file, Phrasebook(merge_words([file])))) == ""


def test_the_manual_shows_each_key_and_action() -> None:
    assert len(SHOWN) == 3
    written = "\n".join(SHOWN)
    left_to_the_table = {"needs", "kinds", "min_words", "first", "last", "case_sensitive"}
    assert [key for key in KEYS if f"\n{key} = " not in written and key not in left_to_the_table] == []
    assert [name for name in get_args(Action) if name != "drop" and f'action = "{name}"' not in written] == []
