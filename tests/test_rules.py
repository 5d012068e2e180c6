"""Rule files: every key, every fault with its place, layers, sites, limits, and the cache."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.facts import fold
from cleaner.model import Block, Document
from cleaner.parse.html import parse_html
from cleaner.rules import ruleset as rules_module
from cleaner.rules.files import MAX_FILE_BYTES, MAX_RULES, RuleError, parse
from cleaner.rules.match import match_rules
from cleaner.rules.ruleset import RuleSet, load_layers, rule_paths

RULE = """\
[words.read_also]
en = ["read also", "also read"]
de = ["lesen sie auch"]

[[rule]]
id = "related.link"
why = "A link between paragraphs."
pattern = '^{read_also}:'
match = ["Also read: Harbour vote"]
spare = ["Read also what is small, he said."]
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rule(name: str, extra: str = "pattern = 'zzz'") -> str:
    return f"[[rule]]\nid = '{name}'\nwhy = 'x'\nmatch = ['m']\nspare = ['s']\n{extra}\n"


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def ids_hit(rules: RuleSet, *lines: str, site: str | None = None, url: str | None = None) -> list[str]:
    position, blocks = 0, []
    for line in lines:
        blocks.append(Block(line, "paragraph", position, position + len(line)))
        position += len(line) + 1
    text = "\n".join(lines)
    hits = match_rules(rules, Document(text, tuple(blocks)), fold(text), site=site, url=url)
    return [hit.rule.id for hit in hits]


# --- faults ---------------------------------------------------------------------------------------

FAULTS = {
    "not toml": ("[[rule]\n", "not valid TOML", 1),
    "lost backslash": ('a = 1\nb = "\\W"\n', "write patterns in", 2),
    "unknown table": ("[[ruel]]\n", "unknown key `ruel`", 1),
    "unknown key": (rule("related.a") + "patern = 'x'\n", "unknown key `patern`", 7),
    "no id": ("[[rule]]\nwhy = 'x'\n", "missing key `id`", 1),
    "foreign id": (rule("share.a"), "not an id for this file", 2),
    "capital in id": (rule("related.A"), "not an id for this file", 2),
    "twice": (rule("related.a") + rule("related.a"), "occurs twice", 8),
    "no why": (rule("related.a").replace("why = 'x'\n", ""), "`why` is missing", 1),
    "no match": (rule("related.a").replace("match = ['m']\n", ""), "`match` is missing", 1),
    "empty spare": (rule("related.a").replace("['s']", "[]"), "`spare` is missing", 5),
    "nothing sought": (rule("related.a", "max_words = 3"), "says nothing to look for", 2),
    "class": (rule("related.a", "pattern = 'x'\nclass = 'noise'"), "`noise` is no class", 7),
    "follows": (rule("related.a", "pattern = 'x'\nfollows = ['noise']"), "`noise` is no class", 7),
    "action": (rule("related.a", "pattern = 'x'\naction = 'kill'"), "use one of: drop cut keep", 7),
    "kinds as text": (rule("related.a", "pattern = 'x'\nkinds = 'quote'"), "put it in brackets", 7),
    "kind": (rule("related.a", "pattern = 'x'\nkinds = ['quot']"), "use one of: paragraph", 7),
    "place": (rule("related.a", "pattern = 'x'\nplace = 'top'"), "use one of: before inside after", 7),
    "words as text": (rule("related.a", "pattern = 'x'\nmax_words = '3'"), "expected", 7),
    "no words": (rule("related.a", "pattern = 'x'\nmax_words = 0"), "expected", 7),
    "bounds": (rule("related.a", "pattern = 'x'\nmin_words = 5\nmax_words = 3"), "above `max_words`", 7),
    "weight": (rule("related.a", "pattern = 'x'\nweight = 0"), "expected", 7),
    "cut without pattern": (rule("related.a", "needs = ['x']\naction = 'cut'"), "`cut` without", 7),
    "cut with weight": (rule("related.a", "pattern = 'x'\naction = 'cut'\nweight = 1"), "`cut` with a", 8),
    "language": (rule("related.a", "pattern = 'x'\nlanguage = ['english']"), "expected", 7),
    "site": (rule("related.a", "pattern = 'x'\nsite = ['https://a.example']"), "is no domain", 7),
    "selector": (rule("related.a", "css = ['div >']"), "no CSS selector", 6),
    "open bracket": (rule("related.a", "css = ['a:has(b']"), "no CSS selector", 6),
    "long selector": (rule("related.a", f"css = ['{'a' * 501}']"), "over 500 characters", 6),
    "deep selector": (rule("related.a", f"css = ['{' > '.join(['b'] * 14)}']"), "over 12 steps", 6),
    "loose selector": (rule("related.a", "css = ['.a b c d']"), "over 2 steps of any length", 6),
    "loose siblings": (rule("related.a", "css = ['.a ~ b:has(c ~ d)']"), "over 2 steps of any length", 6),
    "example": (rule("related.a").replace("['m']", "[{ txt = 'm' }]"), "unknown key `txt`", 4),
    "absolute end": (rule("related.a", r"pattern = 'a\z'"), "not part of the language", 6),
    "list name": ("[words.X]\nen = ['a']\n", "not a name", 1),
    "list shape": ("[words.x]\nen = 'a'\n", "not lists of phrases", 1),
    "list language": ("[words.x]\nenglish = ['a']\n", "no language code", 1),
    "empty phrase": ("[words.x]\nen = ['a', ' ']\n", "no letters to look for", 1),
    "slot alone": ("[words.x]\nen = ['<site>']\n", "no letters to look for", 1),
    "long phrase": (f"[words.x]\nen = ['{'a' * 201}']\n", "over 200 characters", 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_its_place_and_what_to_do(name: str) -> None:
    text, said, line = FAULTS[name]
    with pytest.raises(RuleError) as caught:
        parse(text, Path("rules/related.toml"), "related")
    error = caught.value
    assert said in str(error).split("\n")[0]
    assert error.line == line
    assert str(error).startswith(f"rules/related.toml:{line}")
    assert f"\n> {line:4} | " in str(error)
    assert error.advice


JOINED_FAULTS = {
    "no such list": ("pattern = '^{nothing}'", "no word list `nothing`"),
    "list in needs": ("needs = ['{nothing}']", "no word list `nothing`"),
    "language without phrases": ("pattern = '{read_also}'\nlanguage = ['fi']", "no phrase in the rule's languages"),
    "list and text": ("needs = ['{read_also} x']", "mixes a list and other text"),
    "look-ahead": ("pattern = 'a(?=b)'", "RE2 refuses the pattern"),
    "group": ("pattern = 'a(b'", "RE2 refuses the pattern"),
    "class name": (r"pattern = '\p{Klingon}'", "no class"),
    "repetition": ("pattern = '(?:a{999}){999}'", "those of nested repetitions multiply"),
    "address": ("pattern = 'a'\nurl = '('", "RE2 refuses the pattern"),
}


@pytest.mark.parametrize("name", JOINED_FAULTS)
def test_a_fault_that_only_shows_when_files_are_joined(name: str, tmp_path: Path) -> None:
    extra, said = JOINED_FAULTS[name]
    path = write(tmp_path, "related.toml", RULE + rule("related.bad", extra))
    with pytest.raises(RuleError) as caught:
        load_layers([tmp_path])
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}:")
    assert "\n> " in str(caught.value)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="is no directory"):
        rule_paths(tmp_path / "nowhere")
    (tmp_path / "a.toml").write_bytes(b"x = '\xff'")
    with pytest.raises(RuleError, match=r"a\.toml:1: is not UTF-8"):
        load_layers([tmp_path])
    (tmp_path / "a.toml").write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    with pytest.raises(RuleError, match="larger than"):
        load_layers([tmp_path])


def test_there_may_not_be_endless_rules() -> None:
    with pytest.raises(RuleError, match="more than"):
        parse("[[rule]]\n" * (MAX_RULES + 1), Path("a.toml"), "a")


def test_a_pattern_may_not_grow_without_end(tmp_path: Path) -> None:
    phrases = ", ".join(f"'phrase number {n:06}'" for n in range(2000))
    write(tmp_path, "a.toml", f"[words.x]\nen = [{phrases}]\n" + rule("a.b", "class = 'nav'\npattern = '{x}'"))
    with pytest.raises(RuleError, match="once the lists are filled in"):
        load_layers([tmp_path])


# --- layers ---------------------------------------------------------------------------------------


def test_a_later_layer_overrides_and_switches_off(tmp_path: Path) -> None:
    write(tmp_path, "one/nav.toml", rule("nav.a", "pattern = 'alpha'") + rule("nav.b", "pattern = 'beta'"))
    write(tmp_path, "two/nav.toml", rule("nav.a", "pattern = 'gamma'") + "[[rule]]\nid = 'nav.b'\noff = true\n")
    rules = load_layers([tmp_path / "one", tmp_path / "two"])
    assert [rule.id for rule in rules] == ["nav.a"]
    assert ids_hit(rules, "alpha", "beta", "gamma") == ["nav.a"]


def test_word_lists_are_joined_over_all_files_and_layers(tmp_path: Path) -> None:
    write(tmp_path, "one/nav.toml", "[words.w]\nen = ['alpha']\n" + rule("nav.a", "pattern = '^{w}$'"))
    write(tmp_path, "one/ui.toml", "[words.w]\nde = ['beta']\n")
    write(tmp_path, "two/mine.toml", "[words.w]\nen = ['gamma']\n")
    rules = load_layers([tmp_path / "one", tmp_path / "two"])
    assert ids_hit(rules, "Alpha", "Beta", "Gamma", "Delta") == ["nav.a"] * 3


def test_a_rule_for_languages_uses_their_phrases_only(tmp_path: Path) -> None:
    words = "[words.w]\nen = ['alpha']\nde = ['beta']\n"
    write(tmp_path, "nav.toml", words + rule("nav.a", "pattern = '^{w}$'\nlanguage = ['de']"))
    assert ids_hit(load_layers([tmp_path]), "alpha", "beta") == ["nav.a"]


def test_one_id_in_two_files_of_a_layer_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "nav.toml", rule("nav.a"))
    write(tmp_path, "ui.toml", "[[rule]]\nid = 'nav.a'\noff = true\n")
    with pytest.raises(RuleError, match="occurs in"):
        load_layers([tmp_path])


def test_scorecard_and_word_statistics_are_no_rule_files(tmp_path: Path) -> None:
    write(tmp_path, "scorecard.toml", "x = 1\n")
    write(tmp_path, "languages.toml", "x = 1\n")
    write(tmp_path, "wording.toml", "x = 1\n")
    assert len(load_layers([tmp_path])) == 0


# --- sites ----------------------------------------------------------------------------------------


@pytest.fixture
def with_sites(tmp_path: Path) -> RuleSet:
    write(tmp_path, "nav.toml", rule("nav.a", "pattern = 'alpha'") + "[words.w]\nen = ['epsilon']\n")
    write(tmp_path, "sites/example.com.toml", rule("example.com.x", "class = 'nav'\npattern = 'beta'"))
    write(
        tmp_path,
        "sites/b.example.com.toml",
        rule("b.example.com.y", "class = 'nav'\npattern = '{w}'\ncss = ['.y']")
        + "[[rule]]\nid = 'nav.a'\noff = true\n[[rule]]\nid = 'example.com.x'\noff = true\n",
    )
    write(tmp_path, "sites/broken.example.toml", "x =")
    return load_layers([tmp_path])


def test_site_rules_count_on_their_site_and_below_it(with_sites: RuleSet) -> None:
    lines = ("alpha", "beta")
    assert ids_hit(with_sites, *lines) == ["nav.a"]
    assert ids_hit(with_sites, *lines, site="other.com") == ["nav.a"]
    assert ids_hit(with_sites, *lines, site="example.com") == ["nav.a", "example.com.x"]
    assert ids_hit(with_sites, *lines, site="www.Example.com") == ["nav.a", "example.com.x"]
    assert ids_hit(with_sites, *lines, site="notexample.com") == ["nav.a"]


def test_a_nearer_site_file_overrides_and_uses_all_word_lists(with_sites: RuleSet) -> None:
    assert ids_hit(with_sites, "alpha", "beta", site="a.b.example.com") == []
    page = '<div class="y">One</div><p>Two</p>'
    assert parse_html(page, with_sites.selectors("b.example.com")).marked == ((0, "b.example.com.y"),)
    assert parse_html(page, with_sites.selectors("example.com")).marked == ()


def test_a_broken_site_file_hurts_nobody_else(with_sites: RuleSet) -> None:
    assert ids_hit(with_sites, "alpha", site="fine.example") == ["nav.a"]
    with pytest.raises(RuleError, match=r"broken.example.toml:1"):
        ids_hit(with_sites, "alpha", site="broken.example")


def test_a_site_is_a_name_and_no_path(with_sites: RuleSet) -> None:
    assert ids_hit(with_sites, "alpha", site="../nav") == ["nav.a"]


def test_a_rule_for_sites_in_a_common_file(tmp_path: Path) -> None:
    write(tmp_path, "nav.toml", rule("nav.a", "pattern = 'alpha'\nsite = ['example.com']"))
    rules = load_layers([tmp_path])
    assert ids_hit(rules, "alpha") == []
    assert ids_hit(rules, "alpha", site="www.example.com") == ["nav.a"]
    assert ids_hit(rules, "alpha", site="example.org") == []


def test_a_rule_for_addresses(tmp_path: Path) -> None:
    write(tmp_path, "nav.toml", rule("nav.a", "pattern = 'alpha'\nurl = '/live/'"))
    rules = load_layers([tmp_path])
    assert ids_hit(rules, "alpha") == []
    assert ids_hit(rules, "alpha", url="https://a.example/live/1") == ["nav.a"]
    assert ids_hit(rules, "alpha", url="https://a.example/news/1") == []


# --- cache, pickle --------------------------------------------------------------------------------


def test_rules_come_from_the_cache_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "rules"
    write(folder, "related.toml", RULE)
    fresh = load_layers([folder])
    monkeypatch.setattr(rules_module, "parse", lambda *_: pytest.fail("parsed again"))
    again = load_layers([folder])
    assert again.rules == fresh.rules
    assert ids_hit(again, "Lesen Sie auch: x") == ["related.link"]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(folder, "related.toml", RULE.replace("'^{", "'^x{"))
    assert ids_hit(load_layers([folder]), "Also read: x", "xAlso read: y") == ["related.link"]


def test_a_broken_or_unwritable_cache_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "rules"
    write(folder, "related.toml", RULE)
    load_layers([folder])
    for path in (tmp_path / "cache").rglob("rules-*"):
        path.write_bytes(b"\x93nonsense")
    assert ids_hit(load_layers([folder]), "Also read: x") == ["related.link"]
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert ids_hit(load_layers([folder]), "Also read: x") == ["related.link"]


def test_a_rule_set_travels_to_workers(with_sites: RuleSet) -> None:
    copy = pickle.loads(pickle.dumps(with_sites))
    assert ids_hit(copy, "alpha", "beta", site="example.com") == ["nav.a", "example.com.x"]


def test_defaults(tmp_path: Path) -> None:
    text = rule("nav.a") + rule("nav.b", "pattern = 'x'\naction = 'keep'")
    write(tmp_path, "nav.toml", text)
    loaded = load_layers([tmp_path]).by_id
    assert (loaded["nav.a"].class_, loaded["nav.a"].action, loaded["nav.a"].weight) == ("nav", "drop", None)
    assert loaded["nav.b"].class_ == "story"


@pytest.mark.parametrize(
    "selector", [".a .b > c + d", "[title='a b c d e']", "p:nth-child(2n + 1)", ".a:has(> b)", "a, b c, d"]
)
def test_selectors_that_are_fine(selector: str) -> None:
    text = rule("related.a", f'css = ["{selector}"]')
    assert parse(text, Path("related.toml"), "related").rules[0].css == (selector,)


def test_a_rule_that_holds_amid_the_story_takes_a_sentence_there(tmp_path: Path) -> None:
    lines = [
        "The harbour board of Osterby voted on Monday to keep the old pier, and half of the town had come to listen.",
        "Zum Nachlesen: What half of the town had said of the pier on Monday.",
        "The pier was built in 1911 by fishermen who had drowned a fifth of their boats in the storm of that spring.",
    ]
    rule = """[[rule]]
id = "related.again"
why = "A label over another story."
pattern = '^Zum Nachlesen: '
match = ["Zum Nachlesen: The pier"]
spare = ["It is there zum Nachlesen."]
"""
    kept = []
    for amid in ("", "amid = true\n"):
        (tmp_path / "related.toml").write_text(rule + amid, encoding="utf-8")
        kept.append(lines[1] in Cleaner(rules=[tmp_path]).clean("\n".join(lines), "text").body)
    assert kept == [True, False]
