"""Each kind of bad input gets one clear line and the documented exit code, and harms nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Command, Run
from fake_cleaner import CLEAN, CLEANED, STORY

from cleaner.files import write


@pytest.fixture
def good(place: Path) -> Path:
    Path("in").mkdir()
    Path("in/a.txt").write_text(STORY)
    Path("in/z.txt").write_text(CLEAN)
    return Path("in")


def _only_fault(run: Run, *, names: str, says: str) -> None:
    """One line that names the file, the fault and the next step; and the rest of the batch was done."""
    assert run.code == 3
    (line,) = run.faults
    assert line.startswith(f"cleaner: {names}: {says}"), line
    assert "; " in line
    assert Path("out/a.txt").read_text() == CLEANED
    assert Path("out/z.txt").read_text() == CLEAN
    assert Path("in/a.txt").read_text() == STORY
    assert not list(Path().rglob("*.tmp"))


def test_a_missing_path(command: Command, good: Path) -> None:
    run = command("clean", "in/a.txt", "in/z.txt", "in/nowhere.txt", "-o", "out")
    _only_fault(run, names="in/nowhere.txt", says="does not exist; check the path")


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n"])
def test_an_empty_file(command: Command, good: Path, content: bytes) -> None:
    (good / "empty.txt").write_bytes(content)
    _only_fault(command("clean", "in", "-o", "out"), names="in/empty.txt", says="is empty")
    assert not Path("out/empty.txt").exists()


def test_a_binary_file(command: Command, good: Path) -> None:
    (good / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    _only_fault(command("clean", "in", "-o", "out"), names="in/picture.txt", says="is binary")


def test_a_file_that_may_not_be_read(command: Command, good: Path) -> None:
    (good / "secret.txt").write_text("x")
    (good / "secret.txt").chmod(0)
    if os.access(good / "secret.txt", os.R_OK):
        pytest.skip("this user may read everything")
    _only_fault(command("clean", "in", "-o", "out"), names="in/secret.txt", says="permission denied")


def test_a_folder_with_the_name_of_a_file(command: Command, good: Path) -> None:
    (good / "folder.txt").mkdir()
    assert command("clean", "in", "-o", "out").code == 0


def test_a_broken_encoding_is_cleaned_to_a_folder_and_left_alone_in_place(command: Command, good: Path) -> None:
    raw = STORY.encode().replace(b"fell", b"f\xffll") + "Kräne überall. ".encode() * 200
    (good / "broken.txt").write_bytes(raw)
    assert command("clean", "in", "-o", "out").code == 0
    assert "f\ufffdll" in Path("out/broken.txt").read_text()
    run = command("clean", "in/broken.txt", "--in-place")
    assert run.code == 3
    assert run.faults[0].startswith("cleaner: in/broken.txt: has bytes that are broken in its encoding (utf-8); ")
    assert (good / "broken.txt").read_bytes() == raw


def test_a_clean_file_of_broken_encoding_is_no_fault_in_place(command: Command, place: Path) -> None:
    raw = b"The f\xffrry came late.\n" + b"The mayor shrugged.\n" * 100
    Path("a.txt").write_bytes(raw)
    assert command("clean", "a.txt", "--in-place").code == 0
    assert Path("a.txt").read_bytes() == raw


def test_a_document_that_needs_too_much_memory(command: Command, good: Path) -> None:
    (good / "hog.txt").write_text("HOG\n")
    run = command("clean", "in", "-o", "out", "--memory", "300")
    _only_fault(run, names="in/hog.txt", says="needed more than 300 MB of memory")


def test_a_very_long_line(real_command: Command, place: Path) -> None:
    Path("in").mkdir()
    with open("in/long.txt", "wb") as file:
        for _ in range(100):
            file.write(b"The crane fell at noon and nobody was hurt by it. " * 20_000)
    Path("in/z.txt").write_text("The ferry came late on Monday, the harbour master said.\n")
    run = real_command("clean", "in", "-o", "out", "--timeout", "60")
    assert "Traceback" not in run.err
    assert Path("out/z.txt").exists()
    if run.code == 0:
        assert Path("out/long.txt").stat().st_size >= 99_000_000
    else:
        assert run.code == 3
        assert run.faults[0].startswith("cleaner: in/long.txt: needed more than 500 MB of memory; ")


def test_a_document_that_hangs(command: Command, good: Path) -> None:
    (good / "hang.txt").write_text("HANG\n")
    run = command("clean", "in", "-o", "out", "--timeout", "0.5", "-j", "2")
    _only_fault(run, names="in/hang.txt", says="took longer than 0.5 s")


def test_a_document_that_ends_the_process(command: Command, good: Path) -> None:
    (good / "die.txt").write_text("DIE\n")
    run = command("clean", "in", "-o", "out")
    _only_fault(run, names="in/die.txt", says="ended the process that worked on it (exit code 9)")


def test_a_bug_in_the_cleaner_costs_only_its_document(command: Command, good: Path) -> None:
    (good / "crash.txt").write_text("CRASH\n")
    run = command("clean", "in", "-o", "out")
    _only_fault(run, names="in/crash.txt", says="cleaning it failed (RuntimeError: a bug)")


def test_a_result_that_breaks_a_law_is_not_written(command: Command, place: Path) -> None:
    text = "INVENT\nRead also: x\n"
    Path("a.txt").write_text(text)
    run = command("clean", "a.txt", "--in-place")
    assert run.code == 3
    assert run.faults[0].startswith("cleaner: a.txt: is left as it was: ")
    assert Path("a.txt").read_text() == text


def test_an_output_folder_inside_the_input_is_not_read(command: Command, good: Path) -> None:
    for _ in range(2):
        assert command("clean", "in", "-o", "in/out", "-q").code == 0
    assert sorted(p.name for p in Path("in/out").iterdir()) == [".cleaner", "a.txt", "z.txt"]


def test_a_link_out_of_the_folder(command: Command, good: Path) -> None:
    Path("outside.txt").write_text("secret")
    (good / "link.txt").symlink_to("../outside.txt")
    _only_fault(command("clean", "in", "-o", "out"), names="in/link.txt", says="is a link out of the folder")
    assert not Path("out/link.txt").exists()


def test_a_folder_link_out_of_the_folder(command: Command, good: Path) -> None:
    Path("other").mkdir()
    Path("other/b.txt").write_text(CLEAN)
    (good / "link").symlink_to("../other")
    _only_fault(command("clean", "in", "-o", "out"), names="in/link", says="is a link out of the folder")


def test_a_loop_of_folders_is_a_note(command: Command, good: Path) -> None:
    (good / "loop").symlink_to(".")
    run = command("clean", "in", "-o", "out")
    assert run.code == 0
    assert run.faults == ["cleaner: note: in/loop: is a link to a folder that is read at its own place; nothing to do"]


def test_a_link_to_itself(command: Command, good: Path) -> None:
    (good / "self.txt").symlink_to("self.txt")
    _only_fault(command("clean", "in", "-o", "out"), names="in/self.txt", says="is a link that leads back to itself")


def test_a_link_to_nothing(command: Command, good: Path) -> None:
    (good / "gone.txt").symlink_to("nothing.txt")
    _only_fault(command("clean", "in", "-o", "out"), names="in/gone.txt", says="is a link to nothing")


def test_a_link_inside_the_folder_is_read(command: Command, good: Path) -> None:
    (good / "same.txt").symlink_to("a.txt")
    assert command("clean", "in", "-o", "out").code == 0
    assert not Path("out/same.txt").is_symlink()
    assert Path("out/same.txt").read_text() == CLEANED


def test_a_link_named_by_itself_is_rewritten_at_its_target(command: Command, good: Path) -> None:
    Path("link.txt").symlink_to("in/a.txt")
    assert command("clean", "link.txt", "--in-place").code == 0
    assert Path("link.txt").is_symlink()
    assert (good / "a.txt").read_text() == CLEANED


def test_a_name_with_a_newline_and_undecodable_bytes(command: Command, good: Path) -> None:
    name = os.fsdecode(b"one\ntwo-\xff.txt")
    (good / name).write_text(STORY)
    (good / (name + ".txt")).write_bytes(b"")
    run = command("clean", "in", "-o", "out")
    _only_fault(run, names=r"in/one\ntwo-\xff.txt.txt", says="is empty")
    assert (Path("out") / name).read_text() == CLEANED
    assert command("clean", good / name, "--in-place").code == 0
    assert (good / name).read_text() == CLEANED
    restored = command("restore", good / name)
    assert (restored.code, (good / name).read_text()) == (0, STORY)
    lines = command("clean", "in", "--format", "jsonl").out
    assert r"one\ntwo-\\xff.txt" in lines


def test_a_very_long_name(command: Command, good: Path) -> None:
    name = "n" * 251 + ".txt"
    (good / name).write_text(STORY)
    assert command("clean", "in", "--in-place").code == 0
    assert (good / name).read_text() == CLEANED
    assert command("restore", good / name).code == 0
    assert (good / name).read_text() == STORY


def test_a_full_disk(command: Command, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cleaner.commands import hook

    Path("a.txt").write_text(STORY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert hook.main(["a.txt"]) == 3
    monkeypatch.undo()
    assert Path(place / "a.txt").read_text() == STORY
    assert not list(place.rglob("*.tmp"))


def test_an_output_that_cannot_be_written(command: Command, good: Path) -> None:
    Path("out").mkdir()
    Path("out/b.txt").mkdir()
    (good / "b.txt").write_text(CLEAN)
    _only_fault(command("clean", "in", "-o", "out"), names="out/b.txt", says="is a folder")


def test_a_link_in_the_output_folder_does_not_lead_to_sources(command: Command, good: Path) -> None:
    (good / "sub").mkdir()
    (good / "sub" / "b.txt").write_text(STORY)
    Path("out").mkdir()
    Path("out/sub").symlink_to("../in/sub")
    _only_fault(command("clean", "in", "-o", "out"), names="out/sub", says="leads out of the output folder")
    assert (good / "sub" / "b.txt").read_text() == STORY


def test_a_read_only_folder(command: Command, good: Path) -> None:
    good.chmod(0o555)
    if os.access(good, os.W_OK):
        good.chmod(0o755)
        pytest.skip("this user may write everywhere")
    try:
        run = command("clean", "in/a.txt", "--in-place", "--record", "kept")
    finally:
        good.chmod(0o755)
    assert run.code == 3
    assert "permission denied" in run.faults[0]
    assert (good / "a.txt").read_text() == STORY


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[rule]\n", "not valid TOML"),
        ('[[rule]]\nid = "mine.x"\nnonsense = 1\n', "unknown key `nonsense`"),
        (
            '[[rule]]\nid = "mine.x"\nclass = "related"\npattern = "(a"\nwhy = "x"\nmatch = ["a"]\nspare = ["b"]\n',
            "RE2 refuses the pattern",
        ),
        (
            '[[rule]]\nid = "mine.x"\nclass = "related"\npattern = "a(?=b)"\nwhy = "x"\nmatch = ["a"]\nspare = ["b"]\n',
            "RE2 refuses the pattern",
        ),
    ],
)
def test_a_wrong_rule_file_is_2_and_shows_the_place(real_command: Command, good: Path, content: str, says: str) -> None:
    Path("rules").mkdir()
    Path("rules/mine.toml").write_text(content)
    for arguments in (
        ["clean", "in", "-o", "out"],
        ["rules", "list"],
        ["hook", "in/a.txt"],
        ["explain", "in/a.txt"],
    ):
        run = real_command(*arguments, "--rules", "rules")
        assert run.code == 2, arguments
        (line,) = run.faults
        assert "rules/mine.toml:" in line
        assert says in line
        assert "; " in line
    assert not Path("out").exists()


def test_a_missing_rules_folder_is_2(real_command: Command, good: Path) -> None:
    run = real_command("clean", "in", "-o", "out", "--rules", "nowhere")
    assert run.code == 2
    assert "nowhere" in run.faults[0]


def test_control_c_leaves_only_whole_files(place: Path) -> None:
    Path("in").mkdir()
    for number in range(400):
        Path(f"in/{number:03}.txt").write_text(f"Story {number}, told at length. " * 2000)
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "clean", "in", "-o", "out"],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    waited = time.monotonic() + 60
    while time.monotonic() < waited and not list(Path("out").glob("*.txt")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("the batch was done before it could be interrupted")
    assert process.returncode == 130
    assert err.decode().splitlines()[-1].startswith("cleaner: interrupted; ")
    assert b"Traceback" not in err
    assert not list(Path("out").rglob("*.tmp"))
    for path in Path("out").glob("*.txt"):
        assert path.read_bytes().strip()


def test_a_reader_that_closes_the_pipe(place: Path) -> None:
    Path("a.txt").write_text("A storm is coming, officials said.\n" * 5000)
    done = subprocess.run(
        f"{sys.executable} -m cleaner explain a.txt | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "a.txt\n"
    assert done.stderr == ""


def test_writing_what_is_there_already_touches_nothing(place: Path) -> None:
    path = str(place / "a.txt")
    assert write.put(path, b"one")
    os.utime(path, ns=(1, 1))
    assert not write.put(path, b"one")
    assert os.stat(path).st_mtime_ns == 1
    assert write.put(path, b"two")
