"""What is kept on disk: found again, made anew where it cannot be, and never more than a few files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from cleaner.disk_cache import remembered


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return tmp_path / "cache"


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def test_what_was_made_once_is_found_again(folder: Path) -> None:
    make = Maker()
    assert [remembered("thing", [b"a"], int, make) for _ in range(3)] == [1, 1, 1]
    assert remembered("thing", [b"b"], int, make) == 2
    assert remembered("other", [b"a"], int, make) == 3
    assert remembered("thing", [b"", b"a"], int, make) == 4


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\xa1x"])
def test_what_cannot_be_read_is_made_anew(folder: Path, content: bytes) -> None:
    make = Maker()
    remembered("thing", [b"a"], int, make)
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert [remembered("thing", [b"a"], int, make) for _ in range(2)] == [2, 2]


def test_where_there_is_no_folder_it_is_made_each_time(tmp_path: Path, folder: Path) -> None:
    folder.write_bytes(b"")
    make = Maker()
    assert [remembered("thing", [b"a"], int, make) for _ in range(2)] == [1, 2]


def test_of_each_kind_the_files_used_last_are_kept(folder: Path) -> None:
    make = Maker()
    remembered("other", [b"0"], int, make)
    for number in range(12):
        remembered("thing", [b"%d" % number], int, make)
    for age, file in enumerate(sorted(folder.iterdir())):
        os.utime(file, (1000 + age, 1000 + age))
    first = remembered("thing", [b"0"], int, make)
    for number in range(12, 40):
        remembered("thing", [b"%d" % number], int, make)
        assert remembered("thing", [b"0"], int, make) == first
    assert len(list(folder.glob("thing-*"))) == 12
    assert len(list(folder.glob("other-*"))) == 1
    assert remembered("thing", [b"1"], int, make) == make.asked
