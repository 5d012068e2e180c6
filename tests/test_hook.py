"""The pre-commit hook: fixes in place, exits 1 when it did and 0 on the second run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command
from fake_cleaner import CLEAN, CLEANED, STORY

ROOT = Path(__file__).parent.parent


def test_fixes_and_tells_what(command: Command, place: Path) -> None:
    Path("noisy.txt").write_text(STORY)
    Path("clean.txt").write_text(CLEAN)
    run = command("hook", "noisy.txt", "clean.txt")
    assert (run.code, run.err) == (1, "")
    assert run.out == "noisy.txt: 1 line removed (related 1)\n"
    assert Path("noisy.txt").read_text() == CLEANED
    again = command("hook", "noisy.txt", "clean.txt")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_a_clean_file_is_not_touched(command: Command, place: Path) -> None:
    Path("clean.txt").write_text(CLEAN)
    os.utime("clean.txt", ns=(1, 1))
    assert command("hook", "clean.txt").code == 0
    assert Path("clean.txt").stat().st_mtime_ns == 1
    assert not Path(".cleaner").exists()


def test_check_only_reports(command: Command, place: Path) -> None:
    Path("noisy.txt").write_text(STORY)
    run = command("hook", "--check", "noisy.txt")
    assert (run.code, run.out) == (1, "noisy.txt: 1 line would be removed (related 1)\n")
    assert Path("noisy.txt").read_text() == STORY


def test_no_file_at_all_is_0(command: Command, place: Path) -> None:
    assert command("hook").code == 0


@pytest.mark.parametrize("option", [[], ["--check"]])
def test_pages_are_skipped_with_a_line(command: Command, place: Path, option: list[str]) -> None:
    page = "<!doctype html><p>App: get ours</p>\n<p>It rained.</p>"
    Path("page.html").write_text(page)
    run = command("hook", *option, "page.html")
    assert (run.code, run.out) == (0, "page.html: skipped: a page, and the hook rewrites texts only\n")
    assert Path("page.html").read_text() == page


def test_an_empty_file_is_told_and_no_failure(command: Command, place: Path) -> None:
    Path("empty.txt").write_text("")
    run = command("hook", "empty.txt")
    assert run.code == 0
    assert run.faults[0].startswith("cleaner: empty.txt: is empty")


def test_a_missing_file_fails_and_the_rest_is_done(command: Command, place: Path) -> None:
    Path("noisy.txt").write_text(STORY)
    run = command("hook", "nowhere.txt", "noisy.txt")
    assert run.code == 3
    assert run.faults == ["cleaner: nowhere.txt: does not exist; check the path"]
    assert Path("noisy.txt").read_text() == CLEANED


def test_ignored_files_are_left_alone(command: Command, place: Path) -> None:
    Path("noisy.txt").write_text(STORY)
    Path(".cleanerignore").write_text("noisy.*\n")
    assert command("hook", "noisy.txt").code == 0
    assert Path("noisy.txt").read_text() == STORY


def test_a_wrong_config_is_2(command: Command, place: Path) -> None:
    Path("noisy.txt").write_text(STORY)
    Path("cleaner.toml").write_text("\nnonsense = 1\n")
    run = command("hook", "noisy.txt")
    assert run.code == 2
    assert run.faults[0].startswith("cleaner: cleaner.toml:2: unknown key `nonsense`; ")


def test_restore_undoes_the_hook(command: Command, place: Path) -> None:
    Path("noisy.txt").write_text(STORY)
    command("hook", "noisy.txt")
    run = command("restore", "noisy.txt")
    assert (run.code, run.out) == (0, "noisy.txt: original restored (1 removed line back)\n")
    assert Path("noisy.txt").read_text() == STORY


def test_the_hook_imports_no_command_line_library() -> None:
    code = (
        "import sys, cleaner.commands.hook\n"
        "print({'typer', 'rich', 'multiprocessing', 'tomllib', 'jinja2', 'trafilatura'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def _git(*arguments: str, cwd: Path) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.test"]
    subprocess.run(["git", *identity, *arguments], cwd=cwd, env=environment, check=True, capture_output=True)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_manifest_works_with_try_repo(place: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed: install the dev extra")
    hooks = tmp_path / "hooks"
    wanted = ("cleaner", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
    hooks.mkdir()
    for name in wanted:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, hooks / name, ignore=ignored) if source.is_dir() else shutil.copy(source, hooks)
    _git("init", "-q", cwd=hooks)
    _git("add", "-A", cwd=hooks)
    _git("commit", "-qm", "hooks", cwd=hooks)
    _git("init", "-q", cwd=place)
    noisy = "The crane fell at noon, the harbour master said on Monday.\n\nNobody was hurt.\n\nRead also:\n"
    Path("noisy.txt").write_text(noisy)
    _git("add", "-A", cwd=place)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), "cleaner", "--all-files"]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if "No matching distribution" in done.stdout + done.stderr or "CalledProcessError" in done.stdout + done.stderr:
        pytest.skip("pre-commit cannot install the hook here: " + (done.stdout + done.stderr)[-300:])
    changed = Path("noisy.txt").read_text() != noisy
    assert "cleaner" in done.stdout
    assert done.returncode == (1 if changed else 0), done.stdout + done.stderr
