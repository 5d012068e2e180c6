"""What several tests share: a cleaner, and the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaner import Cleaner
from cleaner.commands import config


class Run(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """The lines that tell of faults; every line on stderr must be one, or a line of the summary."""
        assert "Traceback" not in self.err
        return [line for line in self.err.splitlines() if line.startswith("cleaner: ")]


Command = Callable[..., Run]


@pytest.fixture(scope="session")
def cleaner() -> Cleaner:
    """The one that users get."""
    return Cleaner()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, out of reach of anybody's settings and caches."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def command(place: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line in this process, with a stand-in for the class that decides."""
    from cleaner.commands.cli import run

    monkeypatch.setattr(config.Settings.__new__, "__defaults__", _defaults_with("fake_cleaner:FakeCleaner"))
    return _command(run, capfdbinary)


@pytest.fixture
def real_command(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    """The command line in this process."""
    from cleaner.commands.cli import run

    return _command(run, capfdbinary)


def _defaults_with(factory: str) -> tuple[object, ...]:
    defaults = list(config.Settings._field_defaults.values())
    defaults[list(config.Settings._field_defaults).index("factory")] = factory
    return tuple(defaults)


def _command(run: Callable[[list[str]], object], captured: pytest.CaptureFixture[bytes]) -> Command:
    def run_once(*arguments: str | os.PathLike[str]) -> Run:
        captured.readouterr()
        try:
            run([os.fspath(argument) for argument in arguments])
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = captured.readouterr()
        return Run(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    return run_once
