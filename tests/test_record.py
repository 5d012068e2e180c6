"""The record of removals, and the way back."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from fake_cleaner import CLEANED, STORY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.faults import Fault
from cleaner.files import record


def _lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_what_was_removed_is_told_with_class_offsets_and_evidence(command: Command, place: Path) -> None:
    Path("in/sub").mkdir(parents=True)
    Path("in/sub/a.txt").write_text(STORY)
    command("clean", "in", "--in-place")
    head, removed = _lines("in/.cleaner/removed/sub/a.txt.jsonl")
    assert head["cleaner"] == 1
    assert head["document"] == "sub/a.txt"
    assert head["before"] == record.digest(STORY.encode())
    assert head["after"] == record.digest(CLEANED.encode())
    assert (removed["class"], removed["text"]) == ("related", "Read also: Crane prices")
    assert STORY[removed["start"] : removed["end"]] == removed["text"]
    assert removed["evidence"]
    assert Path("in/.cleaner/.gitignore").read_text() == "*\n"


def test_in_place_and_back(command: Command, place: Path) -> None:
    raw = STORY.replace("\n", "\r\n").replace("crane", "Kränchen").encode("utf-16")
    Path("a.txt").write_bytes(raw)
    Path("a.txt").chmod(0o600)
    command("clean", "a.txt", "--in-place")
    assert Path("a.txt").read_bytes() != raw
    run = command("restore", "a.txt")
    assert (run.code, run.out) == (0, "a.txt: original restored (1 removed line back)\n")
    assert Path("a.txt").read_bytes() == raw
    assert Path("a.txt").stat().st_mode & 0o777 == 0o600
    again = command("restore", "a.txt")
    assert (again.code, again.out) == (0, "a.txt: is the original already\n")


def test_back_over_two_cleanings_to_the_very_first(command: Command, place: Path) -> None:
    Path("in").mkdir()
    first = STORY + "\nAdvert: buy cranes\n"
    Path("in/a.txt").write_text(first)
    command("clean", "in", "--in-place")
    # A later version finds more: here, noise that is renamed so that the stand-in knows it.
    once = Path("in/a.txt").read_bytes()
    record.keep_original("in/.cleaner", once)
    second = once.replace(b"Advert", b"App")
    told = record.Cleaning(
        str(Path("in/a.txt").absolute()), record.digest(once), record.digest(second), None, "in/.cleaner"
    )
    record.save("in/.cleaner", told, ())
    Path("in/a.txt").write_bytes(second)
    command("hook", "in/a.txt")  # this one is recorded in another folder
    assert "App" not in Path("in/a.txt").read_text()
    assert Path(".cleaner").is_dir()
    assert command("restore", "in/a.txt").code == 0
    assert Path("in/a.txt").read_text() == first


def test_a_file_changed_since_is_not_written_over_unless_forced(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY)
    command("clean", "a.txt", "--in-place")
    Path("a.txt").write_text("mine")
    run = command("restore", "a.txt")
    assert run.code == 3
    assert run.faults[0].startswith("cleaner: a.txt: was changed since it was cleaned; ")
    assert Path("a.txt").read_text() == "mine"
    assert command("restore", "--force", "a.txt").code == 0
    assert Path("a.txt").read_text() == STORY


def test_a_deleted_file_comes_back(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY)
    command("clean", "a.txt", "--in-place")
    Path("a.txt").unlink()
    assert command("restore", "a.txt").code == 0
    assert Path("a.txt").read_text() == STORY


def test_a_whole_folder_comes_back(command: Command, place: Path) -> None:
    Path("in/sub").mkdir(parents=True)
    for name in ("in/a.txt", "in/sub/b.txt"):
        Path(name).write_text(STORY + name)
    command("clean", "in", "--in-place")
    run = command("restore", "in")
    assert run.code == 0
    assert len(run.out.splitlines()) == 2
    for name in ("in/a.txt", "in/sub/b.txt"):
        assert Path(name).read_text() == STORY + name


def test_an_output_folder_remembers_its_sources(command: Command, place: Path) -> None:
    Path("in").mkdir()
    page = "<html><p>The crane fell.</p>\n<p>App: get ours</p></html>"
    Path("in/a.txt").write_text(STORY)
    Path("in/b.html").write_text(page)
    command("clean", "in", "-o", "out")
    assert not Path("out/.cleaner/originals").exists()
    run = command("restore", "out")
    assert run.code == 0
    assert Path("out/a.txt").read_text() == STORY
    assert Path("out/b.html").read_text() == page
    assert Path("out/b.txt").exists()
    Path("in/a.txt").write_text("something else")
    Path("out/a.txt").write_text(CLEANED)
    run = command("restore", "out/a.txt")
    assert run.code == 3
    assert run.faults[0].startswith("cleaner: in/a.txt: is not the original that was cleaned; ")


def test_no_record_is_kept_when_told_so(command: Command, place: Path) -> None:
    Path("in").mkdir()
    Path("in/a.txt").write_text(STORY)
    command("clean", "in", "-o", "out", "--no-record")
    assert not Path("out/.cleaner").exists()


def test_a_record_elsewhere(command: Command, place: Path) -> None:
    Path("in").mkdir()
    Path("in/a.txt").write_text(STORY)
    command("clean", "in", "--in-place", "--record", "kept/here")
    assert not Path("in/.cleaner").exists()
    assert command("restore", "in/a.txt").code == 3
    assert command("restore", "in", "--record", "kept/here").code == 0
    assert Path("in/a.txt").read_text() == STORY


def test_no_record_at_all(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY)
    run = command("restore", "a.txt")
    assert run.code == 3
    assert run.faults[0].startswith("cleaner: a.txt: no record of removals tells of it; ")
    assert command("restore", ".").code == 3


def test_a_lost_or_broken_original_is_a_fault(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY)
    command("clean", "a.txt", "--in-place")
    (original,) = Path(".cleaner/originals").rglob("*.z")
    original.write_bytes(b"broken")
    assert command("restore", "a.txt").faults[0].endswith("the original is not there any more; look for a copy of it")
    assert Path("a.txt").read_text() == CLEANED


def test_a_broken_record_is_a_fault(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY)
    command("clean", "a.txt", "--in-place")
    Path(".cleaner/removed/a.txt.jsonl").write_text('{"cleaner": 99}\n')
    run = command("restore", "a.txt")
    assert run.code == 3
    assert run.faults[0].startswith("cleaner: .cleaner/removed/a.txt.jsonl:1: is no record that this version can read")


def test_cleaning_again_after_a_restore_adds_nothing(command: Command, place: Path) -> None:
    Path("a.txt").write_text(STORY)
    for _ in range(3):
        command("clean", "a.txt", "--in-place")
        command("restore", "a.txt")
    assert len(_lines(".cleaner/removed/a.txt.jsonl")) == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raws=st.lists(st.binary(min_size=1, max_size=300), min_size=2, max_size=6, unique=True))
def test_any_chain_of_bytes_leads_back_to_its_first(
    tmp_path_factory: pytest.TempPathFactory, raws: list[bytes]
) -> None:
    top = tmp_path_factory.mktemp("chain")
    folder, path = str(top / record.FOLDER), top / "a.txt"
    for before, after in pairwise(raws):
        name = record.keep_original(folder, before)
        record.save(folder, record.Cleaning(str(path), name, record.digest(after), None, folder), ())
    path.write_bytes(raws[-1])
    assert record.restore(str(path), None).path == str(path)
    assert path.read_bytes() == raws[0]
    path.write_bytes(b"".join(raws) + b"x")
    with pytest.raises(Fault):
        record.restore(str(path), None)
