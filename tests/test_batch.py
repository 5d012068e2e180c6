"""Batches: workers that hang or die cost their document only, order stays, and nothing piles up."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.commands import workers
from cleaner.commands.job import Outcome, Tally
from cleaner.commands.limits import Limits
from cleaner.faults import Unusable
from cleaner.files import sources
from cleaner.files.rewrite import is_subsequence
from cleaner.files.sources import Form, Noted, Selection, Skipped, Source, output_name


def prepare(log: str | None) -> Callable[[str], str]:
    """What a worker does with a task: obey it."""
    if log == "unusable":
        raise Unusable("rules/x.toml:3", "unknown key", "correct it")

    def work(task: str) -> str:
        order, _, rest = task.partition(" ")
        if order == "die":
            os._exit(7)
        if order == "abort":
            os.abort()
        if order == "sleep":
            time.sleep(float(rest))
        if order == "hog":
            bytearray(10**9)
        return f"{order} done"

    return work


def _run(tasks: list[str], count: int = 2, limits: Limits | None = None, log: str | None = None) -> list[str]:
    swept: list[str] = []
    jobs = workers.Jobs(
        prepare=partial(prepare, log),
        size=lambda task: 0,
        lost=lambda task, reason: f"{task}: {reason}",
        sweep=lambda task, token: swept.append(task),
    )
    return list(workers.run(iter(tasks), jobs, count, limits or Limits()))


def test_results_come_in_the_order_of_the_tasks() -> None:
    tasks = ["sleep 0.4" if n in (0, 30) else f"t{n}" for n in range(200)]
    expected = [f"{task.partition(' ')[0]} done" for task in tasks]
    assert _run(tasks, 1) == _run(tasks, 3) == expected


def test_no_task_no_worker() -> None:
    assert _run([]) == []


def test_a_worker_that_dies_costs_one_task() -> None:
    results = _run(["a", "die", "b", "abort", "c"])
    assert results == [
        "a done",
        "die: ended the process that worked on it (exit code 7)",
        "b done",
        "abort: ended the process that worked on it (SIGABRT)",
        "c done",
    ]


def test_a_worker_that_hangs_costs_one_task() -> None:
    results = _run(["a", "sleep 60", "b"], 1, Limits(seconds=0.3))
    assert results == ["a done", "sleep 60: took longer than 0.3 s", "b done"]


def test_a_task_that_needs_too_much_memory_costs_itself() -> None:
    results = _run(["a", "hog", "b"], 1, Limits(memory=100_000_000))
    assert results == ["a done", "hog: needed more than 100 MB of memory", "b done"]


def test_workers_that_cannot_start_end_the_batch_with_the_reason() -> None:
    with pytest.raises(Unusable, match=r"rules/x.toml:3: unknown key; correct it"):
        _run(["a"], log="unusable")


def test_only_a_bounded_number_of_tasks_is_taken_ahead() -> None:
    taken = 0

    def tasks() -> Iterator[str]:
        nonlocal taken
        for number in range(2000):
            taken += 1
            yield "sleep 0.5" if number == 0 else "t"

    jobs = workers.Jobs(
        prepare=partial(prepare, None),
        size=len,
        lost=lambda task, reason: reason,
        sweep=lambda task, token: None,
    )
    results = workers.run(tasks(), jobs, 2, Limits())
    next(results)
    assert taken <= 200
    results.close()  # type: ignore[attr-defined]


def test_a_tally_does_not_grow_with_the_documents() -> None:
    tally = Tally()
    outcome = Outcome("x" * 1000, "cleaned", "text", 10, 5, (("related", 2),), (("related.x", 2),), None, b"x" * 1000)
    tally.add(outcome)
    tracemalloc.start()
    for _ in range(20_000):
        tally.add(outcome)
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < 50_000
    assert (tally.documents, tally.classes["related"]) == (20_001, 40_002)


def test_finding_files_keeps_no_list_of_all_paths(place: Path) -> None:
    for folder in range(40):
        Path(f"in/{folder:02}").mkdir(parents=True)
        for number in range(50):
            Path(f"in/{folder:02}/{number}.txt").touch()
    tracemalloc.start()
    found = sum(1 for _ in sources.find(["in"], Selection()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 2000
    assert peak < 400_000


def test_found_in_order_of_names_below_the_common_folder(place: Path) -> None:
    for name in (
        "in/b.txt",
        "in/a/z.txt",
        "in/a.txt",
        "in/B.HTM",
        "in/c.md",
        "in/.git/x.txt",
        "in/.cleaner/y.txt",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    found = [s.name for s in sources.find(["in"], Selection()) if isinstance(s, Source)]
    assert found == ["B.HTM", "a.txt", "b.txt", "a/z.txt"]
    named = [s.name for s in sources.find(["in/c.md", "in/b.txt"], Selection()) if isinstance(s, Source)]
    assert named == ["b.txt", "c.md"]


def test_ignore_files_count_below_their_folder(place: Path) -> None:
    for name in ("in/a.txt", "in/x/a.txt", "in/x/keep.txt", "in/x/y/a.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    Path("in/x/.cleanerignore").write_text("*\n!keep.txt\n")
    found = [s.name for s in sources.find(["in"], Selection()) if isinstance(s, Source)]
    assert found == ["a.txt", "x/keep.txt"]
    Path("in/x/.cleanerignore").write_text("!\n")
    (fault,) = [s for s in sources.find(["in"], Selection()) if isinstance(s, Skipped)]
    assert str(fault.fault).startswith("in/x/.cleanerignore: has a pattern that cannot be read")


def test_a_loop_of_links_is_noted_once(place: Path) -> None:
    Path("in/sub").mkdir(parents=True)
    Path("in/sub/a.txt").touch()
    Path("in/sub/up").symlink_to("..")
    found = list(sources.find(["in"], Selection()))
    assert [type(f) for f in found] == [Noted, Source] or [type(f) for f in found] == [Source, Noted]


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("a.txt", Form.TEXT, "a.txt"),
        ("s/a.HTML", Form.TEXT, "s/a.txt"),
        ("a.text", Form.TEXT, "a.text"),
        ("a.b.htm", Form.JSON, "a.b.json"),
        ("a.txt", Form.HTML, "a.html"),
        ("a", Form.JSON, "a.json"),
    ],
)
def test_names_of_outputs(name: str, form: Form, expected: str) -> None:
    assert output_name(name, form) == expected


@given(st.text("ab c\n", max_size=30), st.text("ab c\n", max_size=12))
def test_subsequence_is_what_it_says(source: str, text: str) -> None:
    remaining = iter("".join(source.split()))
    assert is_subsequence(text, source) == all(char in remaining for char in "".join(text.split()))
