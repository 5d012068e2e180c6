"""`cleaner clean`, `explain` and the rest, run as a user runs them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command
from fake_cleaner import CLEAN, CLEANED, STORY

PAGE = "<html><body><h1># Harbour</h1>\n<p>The crane fell.</p>\n<p>App: get ours</p></body></html>"


@pytest.fixture
def scrapes(place: Path) -> Path:
    folder = place / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "noisy.txt").write_text(STORY)
    (folder / "clean.txt").write_text(CLEAN)
    (folder / "sub" / "page.html").write_text(PAGE)
    return folder


def test_writes_a_mirrored_tree_and_leaves_the_sources_alone(command: Command, scrapes: Path) -> None:
    before = {path: path.read_bytes() for path in scrapes.rglob("*.*")}
    run = command("clean", "in", "-o", "out")
    assert run.code == 0
    assert run.out == ""
    assert Path("out/noisy.txt").read_text() == CLEANED
    assert Path("out/clean.txt").read_text() == CLEAN
    assert Path("out/sub/page.txt").read_text() == "# Harbour\n\nThe crane fell.\n"
    assert before == {path: path.read_bytes() for path in scrapes.rglob("*.*")}
    assert not list(Path().rglob("*.tmp"))


def test_the_summary_tells_documents_words_classes_and_rules(command: Command, scrapes: Path) -> None:
    run = command("clean", "in", "-o", "out")
    first, words, classes, rules = run.err.splitlines()
    assert first.startswith("3 documents in ")
    assert first.endswith(": 2 cleaned, 1 clean already, 0 refused, 0 failed")
    assert words == "words: 24 kept, 7 removed (23%)"
    assert classes == "removed by class: app 1, related 1"
    assert rules == "removed by rule:  app.fake 1, related.fake 1"


def test_the_summary_as_json_is_one_line_on_stdout(command: Command, scrapes: Path) -> None:
    run = command("clean", "in", "-o", "out", "--summary", "json")
    assert run.err == ""
    summary = json.loads(run.out)
    assert summary["version"] == 1
    assert (summary["documents"], summary["cleaned"], summary["clean"], summary["written"]) == (3, 2, 1, 3)
    assert summary["removed_by_rule"] == {"app.fake": 1, "related.fake": 1}


def test_quiet_says_nothing_when_all_went_well(command: Command, scrapes: Path) -> None:
    run = command("clean", "in", "-o", "out", "-q")
    assert (run.code, run.out, run.err) == (0, "", "")


def test_a_second_run_touches_no_output(command: Command, scrapes: Path) -> None:
    command("clean", "in", "-o", "out", "-q")
    times = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")}
    run = command("clean", "in", "-o", "out", "--summary", "json")
    assert json.loads(run.out)["written"] == 0
    assert times == {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")}


def test_the_number_of_processes_and_the_order_change_nothing(command: Command, place: Path) -> None:
    for number in range(60):
        slow = "SLOW\n" if number in (0, 7) else ""
        Path(f"in-{number % 3}").mkdir(exist_ok=True)
        Path(f"in-{number % 3}/{number}.txt").write_text(f"{slow}Story {number}.\n\nRead also: {number}\n")
    folders = ["in-0", "in-1", "in-2"]
    one = command("clean", *folders, "--format", "jsonl", "-j", "1", "--summary", "json")
    many = command("clean", *folders, "--format", "jsonl", "-j", "4", "--summary", "json")
    assert one.out == many.out
    assert len(one.out.splitlines()) == 60
    command("clean", *folders, "-o", "a", "-j", "3", "-q")
    command("clean", *reversed(folders), "-o", "b", "-j", "1", "-q")
    assert _tree("a") == _tree("b")


def _tree(top: str) -> dict[str, bytes]:
    return {str(p.relative_to(top)): p.read_bytes() for p in Path(top).rglob("*.txt")}


def test_one_file_goes_to_stdout(command: Command, scrapes: Path) -> None:
    run = command("clean", "in/noisy.txt")
    assert (run.code, run.out, run.err) == (0, CLEANED, "")


def test_stdin_to_stdout(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    text = STORY.replace("\n", "\r\n").encode()
    for options, code in (([], 0), (["--check"], 1)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        run = command("clean", "-", *options)
        assert run.code == code
        assert run.out == ("" if options else CLEANED.replace("\n", "\r\n"))


def test_in_place_writes_the_noisy_file_only(command: Command, scrapes: Path) -> None:
    noisy, clean = scrapes / "noisy.txt", scrapes / "clean.txt"
    noisy.chmod(0o640)
    os.utime(clean, ns=(1, 1))
    run = command("clean", noisy, clean, "--in-place")
    assert run.code == 0
    assert noisy.read_text() == CLEANED
    assert noisy.stat().st_mode & 0o777 == 0o640
    assert clean.stat().st_mtime_ns == 1
    assert "in/noisy.txt: 1 line removed (related 1)" in run.err


def test_in_place_refuses_pages_and_says_what_to_do(command: Command, scrapes: Path) -> None:
    run = command("clean", "in", "--in-place")
    assert run.code == 3
    assert run.faults == [
        "cleaner: in/sub/page.html: is a page, which a text cannot take the place of; "
        "write the story to a folder with -o"
    ]
    assert (scrapes / "sub" / "page.html").read_text() == PAGE
    assert (scrapes / "noisy.txt").read_text() == CLEANED


@pytest.mark.parametrize("option", ["--check", "--diff", "--dry-run"])
def test_reports_write_nothing(command: Command, scrapes: Path, option: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    run = command("clean", "in", option)
    assert run.code == (1 if option == "--check" else 0)
    assert before == {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert "2 would be cleaned" in run.err
    if option != "--diff":
        assert "in/noisy.txt: 1 line would be removed (related 1)" in run.err


def test_check_of_clean_files_is_0(command: Command, scrapes: Path) -> None:
    assert command("clean", "in/clean.txt", "--check").code == 0


def test_diff_shows_lines(command: Command, scrapes: Path) -> None:
    run = command("clean", "in/noisy.txt", "--diff")
    assert "-Read also: Crane prices" in run.out.splitlines()
    assert run.out.startswith("--- in/noisy.txt (as it is)\n+++ in/noisy.txt (cleaned)\n")


def test_dry_run_takes_the_options_of_the_real_run(command: Command, scrapes: Path) -> None:
    run = command("clean", "in", "-o", "out", "--dry-run")
    assert run.code == 0
    assert not Path("out").exists()


def test_json_files_carry_a_version_and_the_removals(command: Command, scrapes: Path) -> None:
    command("clean", "in", "-o", "out", "--format", "json", "-q")
    story = json.loads(Path("out/noisy.json").read_bytes())
    assert story["version"] == 1
    assert story["path"] == "noisy.txt"
    assert story["headline"] == "# Harbour crane falls"
    assert story["body"] == "The crane fell at noon.\nNobody was hurt."
    (removed,) = story["removed"]
    assert (removed["class"], removed["text"]) == ("related", "Read also: Crane prices")
    assert STORY[removed["start"] : removed["end"]] == removed["text"]
    assert removed["evidence"][0] == {"name": "rule:related.fake", "points": 0.0}


def test_json_lines_go_to_one_file(command: Command, scrapes: Path) -> None:
    command("clean", "in", "-o", "out.jsonl", "--format", "jsonl", "-q")
    paths = [json.loads(line)["path"] for line in Path("out.jsonl").read_text().splitlines()]
    assert paths == ["clean.txt", "noisy.txt", "sub/page.html"]
    command("clean", "in", "-o", "out", "--format", "jsonl", "-q")
    assert Path("out/stories.jsonl").read_bytes() == Path("out.jsonl").read_bytes()


def test_html_is_escaped(command: Command, place: Path) -> None:
    Path("a.txt").write_text("# Cats & <dogs>\n\nIt is 3 < 4.\n")
    run = command("clean", "a.txt", "--format", "html")
    assert "<h1># Cats &amp; &lt;dogs&gt;</h1>" in run.out
    assert "<p>It is 3 &lt; 4.</p>" in run.out


def test_windows_line_ends_stay(command: Command, place: Path) -> None:
    Path("a.txt").write_bytes(STORY.replace("\n", "\r\n").encode())
    command("clean", "a.txt", "--in-place")
    assert Path("a.txt").read_bytes() == CLEANED.replace("\n", "\r\n").encode()


def test_no_final_newline_stays_so(command: Command, place: Path) -> None:
    Path("a.txt").write_text("One.\nRead also: x\nTwo.")
    command("clean", "a.txt", "--in-place")
    assert Path("a.txt").read_text() == "One.\nTwo."


def test_a_byte_order_mark_and_the_encoding_stay_in_place(command: Command, place: Path) -> None:
    for name, encoding in (("a.txt", "utf-16"), ("b.txt", "utf-8-sig"), ("c.txt", "cp1252")):
        raw = STORY.replace("crane", "Kränchen").encode(encoding)
        Path(name).write_bytes(raw)
    command("clean", "a.txt", "b.txt", "c.txt", "--in-place")
    for name, encoding in (("a.txt", "utf-16"), ("b.txt", "utf-8-sig"), ("c.txt", "cp1252")):
        assert Path(name).read_bytes() == CLEANED.replace("crane", "Kränchen").encode(encoding)


def test_the_usual_gap_is_kept_where_noise_was_set_off(command: Command, place: Path) -> None:
    Path("a.txt").write_text("One.\nTwo.\n\n\nRead also: x\n\n\nThree.\n")
    Path("b.txt").write_text("One.\n\nTwo.\nRead also: x\nThree.\n")
    command("clean", "a.txt", "b.txt", "--in-place")
    assert Path("a.txt").read_text() == "One.\nTwo.\nThree.\n"
    assert Path("b.txt").read_text() == "One.\n\nTwo.\n\nThree.\n"


def test_a_headline_stays_set_off(command: Command, place: Path) -> None:
    Path("a.txt").write_text("# Head\n\nApp: x\nOne.\nTwo.\n")
    command("clean", "a.txt", "--in-place")
    assert Path("a.txt").read_text() == "# Head\n\nOne.\nTwo.\n"


def test_include_exclude_and_the_ignore_file(command: Command, scrapes: Path) -> None:
    for name in ("a.text", "skip.txt", "draft.txt", ".hidden.txt"):
        (scrapes / name).write_text(CLEAN)
    (scrapes / ".cleanerignore").write_text("# not ours\ndraft*\n")
    command("clean", "in", "-o", "out", "--exclude", "skip.txt", "--exclude", "sub/", "-q")
    assert sorted(_names("out")) == ["clean.txt", "noisy.txt"]
    command("clean", "in", "-o", "out2", "--include", "*.text", "-q")
    assert _names("out2") == ["a.text"]


def test_the_ignore_list_of_the_config(command: Command, scrapes: Path) -> None:
    Path("cleaner.toml").write_text('ignore = ["in/sub/", "in/clean.*"]\n')
    command("clean", "in", "-o", "out", "-q")
    assert _names("out") == ["noisy.txt"]


def _names(top: str) -> list[str]:
    return sorted(str(p.relative_to(top)) for p in Path(top).rglob("*.t*xt") if ".cleaner" not in p.parts)


def test_files_with_one_stem_give_one_output_and_a_fault(command: Command, place: Path) -> None:
    Path("in").mkdir()
    Path("in/a.txt").write_text(CLEAN)
    Path("in/a.html").write_text(PAGE)
    run = command("clean", "in", "-o", "out")
    assert run.code == 3
    assert run.faults == [
        "cleaner: in/a.html: would give the same output as a.txt; clean it by itself, or rename one of them"
    ]
    assert Path("out/a.txt").read_text() == CLEAN


def test_several_folders_are_mirrored_below_what_holds_them_all(command: Command, place: Path) -> None:
    for folder in ("x/a", "x/b"):
        Path(folder).mkdir(parents=True)
        Path(folder, "one.txt").write_text(CLEAN)
    command("clean", "x/a", "x/b", "x/a/one.txt", "-o", "out", "-q")
    assert _names("out") == ["a/one.txt", "b/one.txt"]


def test_refused_documents_are_kept_as_they_were(command: Command, place: Path) -> None:
    Path("a.txt").write_text("Read also: one\nApp: two\n")
    run = command("clean", "a.txt", "-o", "out")
    assert run.code == 0
    assert run.faults == ["cleaner: a.txt: refused: no story was found; kept as it was"]
    assert Path("out/a.txt").read_text() == Path("a.txt").read_text()
    command("clean", "a.txt", "--in-place")
    assert Path("a.txt").read_text() == "Read also: one\nApp: two\n"


def test_explain_tells_of_every_block(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY.replace("fell at", "fell [cut] at"))
    run = command("explain", "a.txt")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[:3] == ["a.txt", "story · 4 blocks: 3 kept, 1 dropped", "language: en"]
    assert any(line.split()[:3] == ["3", "dropped", "related"] and "+4.0" in line for line in lines)
    assert any("rule related.fake, link_density +1.2" in line for line in lines)
    assert any("cut label: “[cut]” (rule label.fake)" in line for line in lines)
    assert "\x1b" not in run.out


def test_explain_as_json_replays_to_the_body(command: Command, place: Path) -> None:
    text = STORY.replace("fell at", "fell [cut] at")
    Path("a.txt").write_text(text)
    told = json.loads(command("explain", "a.txt", "--json").out)
    kept = [block for block in told["blocks"] if block["kept"]]
    assert [text[block["start"] : block["end"]] for block in kept] == [block["text"] for block in kept]
    (cut,) = [cut for block in kept for cut in block["cuts"] if cut["class"] == "label"]
    assert (cut["text"], cut["replacement"]) == ("[cut]", "")


def test_explain_as_a_page_is_escaped(command: Command, place: Path) -> None:
    Path("a.txt").write_text("Read also: <script>alert(1)</script>\nIt rained.\n")
    run = command("explain", "a.txt", "--html")
    assert "&lt;script&gt;" in run.out
    assert "<script>" not in run.out


def test_rules_of_the_package_can_be_listed_shown_and_found(real_command: Command) -> None:
    listed = real_command("rules", "list")
    assert listed.code == 0
    first = listed.out.splitlines()[0].split()[0]
    shown = real_command("rules", "show", first)
    assert f'id = "{first}"' in shown.out
    assert Path(real_command("rules", "path").out.strip()).is_dir()
    unknown = real_command("rules", "show", "related.no-such-rule")
    assert unknown.code == 3
    assert unknown.faults[0].startswith("cleaner: no rule `related.no-such-rule` is in force; ")


def test_rules_test_proves_the_rules_of_a_file(real_command: Command, place: Path) -> None:
    Path("mine.toml").write_text(
        '[[rule]]\nid = "mine.x"\nclass = "related"\npattern = "^look here:"\nwhy = "A link."\n'
        'match = ["Look here: boats"]\nspare = ["Look here, he said."]\n'
    )
    assert real_command("rules", "test", "mine.toml").code == 0
    Path("mine.toml").write_text(Path("mine.toml").read_text().replace("Look here, he", "Look here: he"))
    run = real_command("rules", "test", "mine.toml")
    assert run.code == 1
    assert "mine.x" in run.out


@pytest.mark.parametrize("arguments", [["--version"], ["-V"]])
def test_version(arguments: list[str]) -> None:
    from cleaner import __version__

    for command in ([sys.executable, "-m", "cleaner"],):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout == f"cleaner {__version__}\n"


def test_the_version_needs_no_heavy_import() -> None:
    code = (
        "import sys; sys.argv = ['cleaner', '--version']\n"
        "from cleaner.__main__ import main\nmain()\n"
        "print({'typer', 'rich', 'numpy', 'msgspec', 'selectolax'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["clean", "in"], "nothing says where the stories of several files go"),
        (["clean", "in", "-o", "out", "--in-place"], "--in-place: excludes -o; choose one"),
        (["clean", "in", "--in-place", "--format", "json"], "--in-place: cannot write json; give -o DIR"),
        (["clean", "in", "--in-place", "--no-record"], "--no-record: excludes --in-place"),
        (["clean", "-", "in"], "-: the standard input goes to the standard output; give it alone"),
        (["clean", "in", "-o", "in"], "in: is the folder that is read"),
        (["clean", "in/sub", "-o", "in"], "in: is the folder that is read, or one that holds it"),
        (["clean", "in", "-o", "in/clean.txt"], "in/clean.txt: is no folder"),
        (["clean", "in", "-o", "out", "--set", "caption"], "--set: `caption` has no `=`"),
        (["clean", "in", "-o", "out", "--set", "nonsense=keep"], "--set: `nonsense=keep` names `nonsense`"),
        (
            ["clean", "in", "-o", "out", "--set", "caption=burn"],
            "--set: `caption=burn` says `burn` for caption",
        ),
        (["clean", "in", "-o", "out", "--policy", "none"], "there is no policy `none`"),
        (["clean", "in", "-o", "out", "--exclude", "!"], "--exclude: has a pattern that cannot be read"),
        (["clean", "in", "-o", "out", "--include", "*.pdf"], "no document in in; name .txt or .html files"),
    ],
)
def test_wrong_options_are_told_in_one_line(command: Command, scrapes: Path, arguments: list[str], told: str) -> None:
    run = command(*arguments)
    assert run.code == 2
    (line,) = run.err.splitlines()
    assert line.startswith(f"cleaner: {told}")
    assert "; " in line
    assert (scrapes / "clean.txt").read_text() == CLEAN


def test_an_unknown_option_is_2(command: Command, scrapes: Path) -> None:
    assert command("clean", "in", "--no-such-option").code == 2
