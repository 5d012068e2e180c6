"""Rules imported from files of other tools: what they say, that they hold, and what is told of the rest."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from cleaner import Cleaner, faults
from cleaner.importers.collection import SourceFile, import_rules, import_texts, read_sources, summary
from cleaner.importers.filters import read_filters
from cleaner.importers.ftr import is_ftr, read_ftr
from cleaner.importers.imported import Format, Lifted, Needless, Selected, Unsaid
from cleaner.importers.write import GROUP, class_of
from cleaner.rules.compile import Phrasebook
from cleaner.rules.files import KEYS, parse
from cleaner.rules.ruleset import load_layers
from cleaner.workbench.check import check_file, render
from cleaner.workbench.css_example import holds_text, matching, sparing

SITE_FILE = """# Tidings, a paper of our own
title: //h1
body: //div[contains(concat(' ',normalize-space(@class),' '),' story-text ')] | //p[@id='summary']

strip: //div[@class='share bar']
strip: //aside[2]
strip: //p[.='Read this too']
strip: //img[@class='wide']
strip_id_or_class: newsletter-box
strip_id_or_class: 'toc'
strip_image_src: /pixel.gif
find_string: <dd
replace_string(<dt): <p
prune: no
http_header(user-agent): Mozilla/5.0
test_url: https://tidings.example/2024/harbour
bodyy: //div
nonsense
"""
FILTERS = """[Adblock Plus 2.0]
! Title: a list of our own
||ads.example^$third-party
/banner/*.gif
##.story-advert
##.share-wide
###sky-banner
tidings.example,courier.test##.promo-row
tidings.example,~live.tidings.example##div[id^="teaser-"]
~courier.test##.sticky-footer
courier.test#@#.share-wide
#@##sky-banner
courier.test#@#.never-asked-for
tidings.example#?#div:-abp-has(.x)
tidings.example##+js(set, ads, false)
tidings.example##^script:has-text(ads)
tidings.example##.card:has-text(Sponsored)
tidings.example##.card:upward(2)
tidings.example#$#body { overflow: auto; }
tidings.*##.anywhere
##.bad[
!#if env_mobile
##.only-on-phones
!#endif
"""
PARAGRAPH = (
    "The harbour council voted late on Tuesday to keep both piers open until the end of the spring, after three "
    "hours of argument in a hall that was full to the doors."
)
SECOND = (
    "Fishermen had asked for the decision in January, and the mayor said that she would sign it before the week "
    "was over, whatever the ministry thought of its cost."
)


def _page(*extra: str) -> str:
    story = "".join(f"<p>{text}</p>" for text in (PARAGRAPH, SECOND, PARAGRAPH.replace("piers", "quays")))
    return f"<html><body><article><h1>Piers stay open</h1>{story}{''.join(extra)}</article></body></html>"


def _import(text: str, name: str, output: Path, form: Format | None = None) -> int:
    source = output.parent / name
    source.write_text(text, encoding="utf-8")
    return import_rules([str(source)], str(output), form, str(output.parent / "report.txt"))


# --- site files ----------------------------------------------------------------------------------


def test_each_line_of_a_site_file_is_accounted_for() -> None:
    found = list(read_ftr("tidings.example.txt", SITE_FILE))
    by_kind = [(type(one).__name__, one.kind, one.line.number) for one in found]
    assert by_kind == [
        ("Unsaid", "title", 2),
        ("Selected", "body", 3),
        ("Selected", "strip", 5),
        ("Selected", "strip", 6),
        ("Unsaid", "strip", 7),
        ("Needless", "strip", 8),
        ("Selected", "strip_id_or_class", 9),
        ("Selected", "strip_id_or_class", 10),
        ("Needless", "strip_image_src", 11),
        ("Unsaid", "find_string", 12),
        ("Unsaid", "replace_string", 13),
        ("Needless", "prune", 14),
        ("Unsaid", "http_header", 15),
        ("Needless", "test_url", 16),
        ("Unsaid", "bodyy", 17),
        ("Unsaid", "(other)", 18),
    ]
    selected = [one for one in found if isinstance(one, Selected)]
    assert [(one.action, one.css) for one in selected] == [
        ("body", ("div[class~='story-text']", "p[id='summary']")),
        ("drop", ("div[class='share bar']",)),
        ("drop", ("aside:nth-of-type(2)",)),
        ("drop", ("body [class*='newsletter-box'], body [id*='newsletter-box']",)),
        ("drop", ("body [class~='toc'], body [id~='toc']",)),
    ]
    assert {one.sites for one in selected} == {("tidings.example",)}
    assert all(one.why for one in found if isinstance(one, Unsaid))


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("tidings.example.txt", "tidings.example"),
        (".tidings.example.txt", "tidings.example"),
        ("www.Tidings.example.txt", "tidings.example"),
        ("folder/sport.tidings.example.txt", "sport.tidings.example"),
    ],
)
def test_the_files_name_is_the_site(name: str, site: str) -> None:
    (found,) = read_ftr(name, "body: //article")
    assert isinstance(found, Selected)
    assert found.sites == (site,)


def test_a_file_that_names_no_site_is_told() -> None:
    (found,) = read_ftr("global.txt", "body: //article")
    assert isinstance(found, Unsaid)
    assert "no domain" in found.why


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("strip: //body", "would drop the whole page"),
        ("strip: (//p)[1]", "would find more than is meant"),
        ("body: //h2[contains(., 'Story')]/parent::div", "less than the whole story"),
        ("strip: //p[", "no XPath 1.0"),
    ],
)
def test_when_unsure_nothing_is_carried_over(line: str, why: str) -> None:
    (found,) = read_ftr("tidings.example.txt", line)
    assert isinstance(found, Unsaid)
    assert why in found.why


@pytest.mark.parametrize("line", ["body: //body", "strip: //iframe", "strip: //p/img[1]", "strip: //a/@href", "strip:"])
def test_what_changes_no_text_is_needless(line: str) -> None:
    (found,) = read_ftr("tidings.example.txt", line)
    assert isinstance(found, Needless)


def test_formats_are_told_apart() -> None:
    assert is_ftr(SITE_FILE)
    assert not is_ftr(FILTERS)
    assert not is_ftr("")


# --- cosmetic filters ----------------------------------------------------------------------------


def test_each_line_of_a_filter_list_is_accounted_for() -> None:
    found = {one.line.number: one for one in read_filters("list.txt", FILTERS)}
    assert sorted(found) == list(range(1, FILTERS.count("\n") + 1))
    assert [type(found[n]) for n in (1, 2, 3, 4)] == [Needless] * 4
    assert [found[n].kind for n in (2, 3)] == ["comments", "network filters"]
    generic, two, spared, all_but = found[5], found[8], found[9], found[10]
    assert isinstance(generic, Selected)
    assert generic.sites == ()
    assert generic.css == (".story-advert",)
    assert isinstance(two, Selected)
    assert two.sites == ("tidings.example", "courier.test")
    assert isinstance(spared, Selected)
    assert spared.spared == ("live.tidings.example",)
    assert isinstance(all_but, Selected)
    assert (all_but.sites, all_but.spared) == ((), ("courier.test",))
    assert found[11] == Lifted(found[11].line, "#@#", ".share-wide", ("courier.test",))
    assert found[12] == Lifted(found[12].line, "#@#", "#sky-banner", ())
    whys = {n: one.why for n, one in found.items() if isinstance(one, Unsaid)}
    assert sorted(whys) == [14, 15, 16, 17, 18, 19, 20, 22, 23, 24]
    assert "`:has-text()` is not CSS" in whys[17]
    assert "`:upward()` is not CSS" in whys[18]
    assert "`tidings.*` is no domain" in whys[20]
    assert "!#if" in whys[23]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a.example, b.example##.x", Selected),
        ("###x", Selected),
        ("A.Example##.x", Selected),
        ("||a.example/#page", Needless),
        ("@@||a.example^$elemhide", Needless),
        ("# a heading", Needless),
        ("## a heading", Needless),
        ("/a\\.(com|net)/##.x", Unsaid),
        ("[$path=/news]a.example##.x", Unsaid),
        ("a.example#@?#div:has(.x)", Unsaid),
        ("a.example$$script[data-x]", Unsaid),
        ("a.example#%#//scriptlet('x')", Unsaid),
    ],
)
def test_kinds_of_filters_are_told_apart(text: str, kind: type) -> None:
    (found,) = read_filters("list.txt", text)
    assert type(found) is kind


def test_a_pseudo_class_by_itself_gets_a_star() -> None:
    """lexbor's `:has()` gives up at the first element that fails a compound that begins with a pseudo-class."""
    from selectolax.lexbor import LexborHTMLParser

    (found,) = read_filters("list.txt", "##div:has(> :not([title=':a']))")
    assert isinstance(found, Selected)
    assert found.css == ("div:has(> *:not([title=':a']))",)
    page = LexborHTMLParser("<div><p title=':a'></p><p></p></div>")
    assert len(page.css(found.css[0])) == 1


def test_what_exceptions_and_limits_leave(tmp_path: Path) -> None:
    assert _import(FILTERS, "list.txt", tmp_path / "rules") == faults.DONE
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    told = dict(re.findall(r"list\.txt:(\d+): .*; (.*)\n", report))
    assert told["7"] == "another line takes it back on all sites"
    assert told["13"] == "takes back what no line here asks for"
    assert "no CSS selector" in told["21"]
    assert len(told) == 13


# --- the files that are written ------------------------------------------------------------------


def test_the_rules_prove_themselves(tmp_path: Path) -> None:
    sources = [SourceFile("tidings.example.txt", SITE_FILE), SourceFile("list.txt", FILTERS)]
    assert len(import_texts(sources).drafts) == 10
    for source in sources:
        (tmp_path / source.name).write_text(source.text, encoding="utf-8")
    import_rules([str(tmp_path / source.name) for source in sources], str(tmp_path / "rules"), None, None)
    written = sorted((tmp_path / "rules").rglob("*.toml"))
    assert [path.name for path in written] == [
        "imported.toml",
        "courier.test.toml",
        "live.tidings.example.toml",
        "tidings.example.toml",
    ]
    for path in written:
        text = path.read_text(encoding="utf-8")
        if not _body_is_known():
            text = text.replace('action = "body"', 'action = "drop"')
        file = parse(text, path, path.stem)
        assert file.rules
        assert render(check_file(file, Phrasebook({}))) == ""


def _body_is_known() -> bool:
    from typing import get_args

    from cleaner.rules.files import Action

    return "body" in get_args(Action)


def test_imported_rules_do_what_the_site_file_says(tmp_path: Path) -> None:
    text = "strip: //div[@class='share bar']\nstrip_id_or_class: newsletter-box\nstrip: //section[h3]/p[last()]"
    assert _import(text, "tidings.example.txt", tmp_path / "rules") == faults.DONE
    noise = [
        "<div class='share bar'><p>Pass the harbour vote on to whoever missed it in the hall.</p></div>",
        "<div id='the-newsletter-box-2'><p>The week at the harbour in your letter box, every Friday.</p></div>",
        "<section><h3>Tides</h3><p>High water at noon, the pilots told us on the quay.</p>"
        "<p>All of the tables are kept by the pilots.</p></section>",
    ]
    plain, ours = Cleaner(), Cleaner(rules=(str(tmp_path / "rules"),))
    page = _page(*noise)
    body = ours.clean(page, kind="html", site="tidings.example").body
    assert PARAGRAPH in body
    assert SECOND in body
    for gone in ("Pass the harbour vote", "in your letter box", "All of the tables"):
        assert gone not in body
    elsewhere = ours.clean(page, kind="html", site="courier.test")
    assert elsewhere.body == plain.clean(page, kind="html", site="courier.test").body


def test_a_generic_filter_is_off_where_the_list_says(tmp_path: Path) -> None:
    text = "##.harbour-note\ncourier.test#@#.harbour-note\ntidings.example,~live.tidings.example##.tide-note\n"
    assert _import(text, "list.txt", tmp_path / "rules") == faults.DONE
    cleaner = Cleaner(rules=(str(tmp_path / "rules"),))
    notes = (
        "<div class='harbour-note'><p>The harbour office answered our letter on Monday and said no more.</p></div>",
        "<div class='tide-note'><p>The tide was out for most of the hours in which the council sat.</p></div>",
    )

    def kept(site: str) -> list[bool]:
        body = cleaner.clean(_page(*notes), kind="html", site=site).body
        return ["The harbour office answered" in body, "The tide was out" in body]

    plain = Cleaner().clean(_page(*notes), kind="html").body
    assert "The harbour office answered" in plain
    assert "The tide was out" in plain
    assert kept("anywhere.example") == [False, True]
    assert kept("courier.test") == [True, True]
    assert kept("tidings.example") == [False, False]
    assert kept("live.tidings.example") == [False, True]


def test_many_filters_make_few_rules(tmp_path: Path) -> None:
    text = "\n".join(f"##.advert-{number}" for number in range(1000))
    assert _import(text, "list.txt", tmp_path / "rules") == faults.DONE
    imported = list(load_layers([tmp_path / "rules"]))
    assert sum(len(rule.css) for rule in imported) == 1000
    assert len(imported) == 1000 // GROUP


def test_rules_of_one_site_say_where_they_are_from(tmp_path: Path) -> None:
    _import("strip: //div[@class='ad']\nstrip: //div[@class='ad-2']", "tidings.example.txt", tmp_path / "rules")
    text = (tmp_path / "rules" / "sites" / "tidings.example.toml").read_text(encoding="utf-8")
    assert "tidings.example.txt:1, tidings.example.txt:2" in text
    assert str(tmp_path) not in text
    assert set(re.findall(r"^(\w+) = ", text, re.M)) <= set(KEYS)


@pytest.mark.parametrize(
    ("selector", "noise"),
    [
        ("div[class*='storyShareBar']", "share"),
        ("#div-gpt-ad-3", "advert"),
        (".most-read-related", "related"),
        ("div.shadow-header2", "nav"),
        ("div[class='lead']", "ui"),
        ("div[class='header'] .comment-count", "comment"),
    ],
)
def test_the_words_of_a_selector_tell_its_class(selector: str, noise: str) -> None:
    assert class_of(selector, "ui") == noise


# --- examples ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "selector",
    [
        "div[class*='a b ']",
        "td.price",
        "table[id='x'] > tbody > tr:nth-of-type(2)",
        "p:nth-last-of-type(2)",
        "[data-x]:nth-child(3 of :is(li[data-x]))",
        "div:has(> *:not(div) > a[href^='/tag'])",
        "*:is(section > div, nav) > p",
        "h2:lexbor-contains('it\\27 s') ~ p",
        'html:root > body > main[id="m"]',
        "a:is(*:lexbor-contains('More'), *:has(*:lexbor-contains('More')))",
        "p:has(+ figure.wide)",
        "fb\\:like",
        "body.home > p",
    ],
)
def test_examples_hold_in_lexbor(selector: str) -> None:
    from selectolax.lexbor import LexborHTMLParser

    match, spare = matching(selector), sparing(selector)
    assert match is not None
    assert LexborHTMLParser(f"<!doctype html><body>{match}</body>").css(selector)
    assert spare is not None
    assert not LexborHTMLParser(f"<!doctype html><body>{spare}</body>").css(selector)


@pytest.mark.parametrize("selector", ["p > div", "h1:empty", "img", "h2 > h3"])
def test_no_example_where_none_can_be(selector: str) -> None:
    assert matching(selector) is None


@pytest.mark.parametrize("selector", ["*", "body", "p, h2, li, blockquote"])
def test_what_finds_everything_spares_nothing(selector: str) -> None:
    assert sparing(selector) is None


def test_the_spared_sentence_is_spared_by_all_selectors_of_a_line() -> None:
    (one,) = import_texts([SourceFile("tidings.example.txt", "body: //h2 | //p | //blockquote")]).drafts
    assert one.spare.startswith("<li>")


def test_elements_without_text_are_known() -> None:
    assert not any(map(holds_text, ("svg", "p > img[src]", "*:is(hr)[class]", "div iframe:nth-of-type(2)")))
    assert all(map(holds_text, ("img + p", "*", "[class='svg']", "div:has(img)")))


# --- sources and faults --------------------------------------------------------------------------


def test_folders_archives_and_files_give_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "tidings.example.txt").write_text(SITE_FILE, encoding="utf-8")
    (folder / ".courier.test.txt").write_text("body: //main", encoding="utf-8")
    (folder / "README.md").write_text("body: //none", encoding="utf-8")
    archive = tmp_path / "files.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, arcname="./")
    given = {"folder": folder, "archive": archive}
    for name, path in given.items():
        assert import_rules([str(path)], str(tmp_path / name), None, None) == faults.DONE
    one, other = ({p.name: p.read_text() for p in (tmp_path / name).rglob("*.toml")} for name in given)
    assert one == other
    assert sorted(one) == ["courier.test.toml", "tidings.example.toml"]


def test_what_cannot_be_read_is_told_and_the_rest_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.example.txt").write_text("body: //main", encoding="utf-8")
    (tmp_path / "latin.example.txt").write_bytes("body: //main\nstrip: //p[@title='Ü']".encode("latin-1"))
    (tmp_path / "binary.example.txt").write_bytes(b"\0\1\2")
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    (tmp_path / "none").mkdir()
    names = ("good.example.txt", "latin.example.txt", "binary.example.txt", "broken.tar.gz", "none", "absent.txt")
    code = import_rules([str(tmp_path / name) for name in names], str(tmp_path / "rules"), None, None)
    assert code == faults.FAILED
    assert [path.name for path in (tmp_path / "rules").rglob("*.toml")] == ["good.example.toml"]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 5
    for line, name, what in zip(
        told,
        names[1:],
        ("is not UTF-8", "is binary", "is no tar archive", "holds no .txt files", "does not exist"),
        strict=True,
    ):
        assert line.startswith("cleaner: ")
        assert name in line
        assert what in line
        assert "; " in line


def test_half_an_archive_gives_its_whole_files(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name in ("a.example.txt", "b.example.txt"):
            member = tarfile.TarInfo(name)
            member.size = 2000
            archive.addfile(member, io.BytesIO(b"body: //main\n".ljust(2000)))
    path = tmp_path / "half.tar"
    path.write_bytes(raw.getvalue()[:4000])
    found = list(read_sources([str(path)]))
    assert isinstance(found[0], SourceFile)
    assert found[0].name == "a.example.txt"
    assert isinstance(found[-1], faults.Fault)


def test_files_written_by_hand_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "rules" / "sites" / "tidings.example.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text("# mine\n", encoding="utf-8")
    assert _import("body: //main", "tidings.example.txt", tmp_path / "rules") == faults.FAILED
    assert mine.read_text(encoding="utf-8") == "# mine\n"
    assert "was not written by an import" in capsys.readouterr().err
    mine.unlink()
    assert _import("body: //main", "tidings.example.txt", tmp_path / "rules") == faults.DONE
    before = mine.read_text(encoding="utf-8")
    assert _import("body: //section", "tidings.example.txt", tmp_path / "rules") == faults.DONE
    assert "section" in mine.read_text(encoding="utf-8") != before


def test_the_summary_counts_by_kind() -> None:
    result = import_texts([SourceFile("tidings.example.txt", SITE_FILE)])
    lines = summary(1, 1, "rules", result.tally).splitlines()
    assert lines[0] == "1 file read, 1 written to rules"
    assert ["strip", "2", "1", "1"] in [line.split() for line in lines]
    assert sum(result.tally.values()) == 16


# --- the command ---------------------------------------------------------------------------------


def _run(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "cleaner", "rules", "import", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_command_writes_rules_and_a_report(tmp_path: Path) -> None:
    source = tmp_path / "tidings.example.txt"
    source.write_text(SITE_FILE, encoding="utf-8")
    report = tmp_path / "report.txt"
    code, told, faults_told = _run(str(source), "-o", str(tmp_path / "rules"), "--report", str(report))
    assert (code, faults_told) == (faults.DONE, "")
    assert told.startswith("1 file read, 1 written to ")
    assert (tmp_path / "rules" / "sites" / "tidings.example.toml").exists()
    whole_text = [line for line in report.read_text(encoding="utf-8").splitlines() if ":7: strip" in line]
    assert whole_text == [f"{source}:7: strip: //p[.='Read this too']; a comparison of an element's whole text"]


@pytest.mark.parametrize("arguments", [["x.txt"], ["-o", "rules"], ["x.txt", "-o", "rules", "--format", "css"]])
def test_wrong_options_are_told(arguments: list[str]) -> None:
    code, _, told = _run(*arguments)
    assert code == faults.UNUSABLE
    assert "Traceback" not in told


def test_an_output_that_is_a_file_is_told(tmp_path: Path) -> None:
    source = tmp_path / "tidings.example.txt"
    source.write_text(SITE_FILE, encoding="utf-8")
    code, _, told = _run(str(source), "-o", str(source))
    assert code == faults.FAILED
    assert told.count("\n") == 1


@pytest.mark.skipif(not _body_is_known(), reason="the rule language has no `body` yet")
def test_the_story_is_what_stands_in_the_body(tmp_path: Path) -> None:
    text = "body: //div[@id='none']\nbody: //div[@class='story-text']\nstrip: //aside"
    assert _import(text, "tidings.example.txt", tmp_path / "rules") == faults.DONE
    outside = "The ferry company answered on Thursday that its boats would go on calling at both of the piers."
    inside = "The council's own engineers had asked for more time to look at the timbers under the older pier."
    page = (
        f"<html><body><p>{outside}</p><div class='story-text'><p>{PARAGRAPH}</p><p>{SECOND}</p>"
        f"<aside><p>{inside}</p></aside><p>{inside.replace('older', 'newer')}</p></div></body></html>"
    )
    body = Cleaner(rules=(str(tmp_path / "rules"),)).clean(page, kind="html", site="tidings.example").body
    assert PARAGRAPH in body
    assert outside not in body
    assert inside not in body
    assert inside.replace("older", "newer") in body
