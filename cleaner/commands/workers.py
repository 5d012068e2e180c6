"""Worker processes that a document can neither hang nor take down: each has a deadline and a memory limit.

Results come back in the order of the tasks, whatever the order in which they were ready, and only a bounded
number of tasks is under way, so the memory stays flat however many there are.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, TypeVar

from cleaner.commands.limits import Limits, memory_limit
from cleaner.faults import BrokenRules, Unusable
from cleaner.files.write import name_temporary_files

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 2
"""Tasks handed to a worker at once, so that it need not wait for the next."""
_WINDOW = 64
"""Tasks under way or waiting for an earlier one, for each worker."""
_START_SECONDS = 120.0
_GROW_SECONDS = 0.2


class Jobs(NamedTuple, Generic[Task, Result]):
    """What workers are to do."""

    prepare: Callable[[], Callable[[Task], Result]]
    """Called once in each worker, sent to it pickled; gives what turns a task into a result."""
    size: Callable[[Task], int]
    """Bytes of the document, for its deadline."""
    lost: Callable[[Task, str], Result]
    """The result of a task whose worker died or was stopped, and the reason."""
    sweep: Callable[[Task, str], None]
    """Removes the temporary files that a stopped worker left; called with the task and the worker's token."""


def run(tasks: Iterator[Task], jobs: Jobs[Task, Result], workers: int, limits: Limits) -> Iterator[Result]:
    """Work through `tasks` with up to `workers` processes; yields the results in the order of the tasks."""
    pool = _Pool(jobs, workers, limits)
    try:
        yield from pool.run(tasks)
    finally:
        pool.close()


class _Worker:
    """One process, the tasks that it was handed (the first is under way), and since when."""

    def __init__(self, prepare: Callable[[], Callable[[Any], Any]], memory: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.token = os.urandom(6).hex()
        self.tasks: deque[tuple[int, Any]] = deque()
        self.ready = False
        self.since = time.monotonic()
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=_work, args=(theirs, prepare, memory, self.token), daemon=True, name="cleaner-worker"
        )
        with _interrupts_ignored():
            self.process.start()
        theirs.close()

    def give(self, index: int, task: Any) -> None:
        if not self.tasks and self.ready:
            self.since = time.monotonic()
        self.tasks.append((index, task))
        with contextlib.suppress(OSError):  # a dead worker is noticed when its end of the pipe is read
            self.connection.send(task)

    def stop(self) -> int | None:
        """End the process at once; returns its exit code."""
        self.process.kill()
        self.process.join()
        code = self.process.exitcode
        self.connection.close()
        self.process.close()
        return code


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Let a child start with Ctrl-C ignored: the parent ends it in good order."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Pool(Generic[Task, Result]):
    def __init__(self, jobs: Jobs[Task, Result], workers: int, limits: Limits) -> None:
        self.jobs, self.most, self.limits = jobs, workers, limits
        self.workers: list[_Worker] = []
        self.again: deque[tuple[int, Task]] = deque()
        self.results: dict[int, Result] = {}
        self.handed = 0
        self.given_out = 0
        self.allowed = 1
        self.grow_at = float("inf")

    def run(self, tasks: Iterator[Task]) -> Iterator[Result]:
        exhausted = False
        while not (exhausted and self.given_out == self.handed):
            while not exhausted and (worker := self._free_worker()):
                exhausted = not self._hand_next(worker, tasks)
            while self.again and (worker := self._free_worker()):
                worker.give(*self.again.popleft())
            while self.given_out in self.results:
                yield self.results.pop(self.given_out)
                self.given_out += 1
            if self.given_out < self.handed:
                self._receive()

    def close(self) -> None:
        for worker in self.workers:
            under_way = list(worker.tasks)[:1]
            worker.stop()
            for _, task in under_way:
                self.jobs.sweep(task, worker.token)
        self.workers.clear()

    def _free_worker(self) -> _Worker | None:
        """A worker that can take a task now, started if need be; None while all have enough."""
        if self.handed - self.given_out >= _WINDOW * self.most:
            return None
        idle = min(self.workers, key=lambda worker: len(worker.tasks), default=None)
        if idle is not None and not idle.tasks:
            return idle
        if len(self.workers) < self.allowed:
            self.grow_at = float("inf")
            worker = _Worker(self.jobs.prepare, self.limits.memory)
            self.workers.append(worker)
            return worker
        return idle if idle is not None and len(idle.tasks) < _AHEAD else None

    def _hand_next(self, worker: _Worker, tasks: Iterator[Task]) -> bool:
        if self.again:
            worker.give(*self.again.popleft())
            return True
        for task in tasks:
            worker.give(self.handed, task)
            self.handed += 1
            return True
        return False

    def _receive(self) -> None:
        """Wait for the next message or deadline, and take in all that there is."""
        now = time.monotonic()
        remaining = min(self._deadline(worker) - now for worker in self.workers if worker.tasks)
        connections = {worker.connection: worker for worker in self.workers}
        seconds = max(0.0, min(remaining, self.grow_at - now))
        for connection in wait(list(connections), seconds):
            self._take(connections[connection])  # type: ignore[index]  # typeshed knows sockets and handles too
        now = time.monotonic()
        if now >= self.grow_at and self.allowed < self.most:
            # A small batch is done before a second process is ready: their number grows with time.
            self.allowed = min(2 * self.allowed, self.most)
            self.grow_at = float("inf")
        for worker in [w for w in self.workers if w.tasks and self._deadline(w) < now]:
            if not worker.connection.poll():
                self._give_up(worker, f"took longer than {round(self._seconds(worker.tasks[0][1]), 1):g} s")

    def _take(self, worker: _Worker) -> None:
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            self._give_up(worker, None)
            return
        worker.since = time.monotonic()
        if kind == "unusable":
            raise BrokenRules(value)
        if kind == "ready":
            worker.ready = True
            if all(other.ready for other in self.workers) and len(self.workers) < self.most:
                self.grow_at = time.monotonic() + _GROW_SECONDS
        else:
            index, task = worker.tasks.popleft()
            out_of_memory = f"needed more than {self.limits.memory // 1_000_000} MB of memory"
            self.results[index] = value if kind == "result" else self.jobs.lost(task, out_of_memory)

    def _give_up(self, worker: _Worker, reason: str | None) -> None:
        """Drop a worker that hangs or died: the task under way is lost, another does those behind it."""
        self.workers.remove(worker)
        started, tasks = worker.ready, list(worker.tasks)
        code = worker.stop()
        if not started:
            raise Unusable("", f"a worker process could not be started (exit code {code})", "try again with -j 1")
        if tasks:
            index, task = tasks[0]
            self.jobs.sweep(task, worker.token)
            self.results[index] = self.jobs.lost(task, reason or _how_it_died(code))
            self.again.extend(tasks[1:])

    def _deadline(self, worker: _Worker) -> float:
        if not worker.ready:
            return worker.since + _START_SECONDS
        return worker.since + self._seconds(worker.tasks[0][1])

    def _seconds(self, task: Task) -> float:
        return self.limits.seconds + self.limits.seconds_per_megabyte * self.jobs.size(task) / 1e6


def _how_it_died(code: int | None) -> str:
    if code is not None and code < 0:
        return f"ended the process that worked on it ({signal.Signals(-code).name})"
    return f"ended the process that worked on it (exit code {code})"


# --- in the worker -----------------------------------------------------------------------------------


def _work(
    connection: Connection[Any, Any], prepare: Callable[[], Callable[[Any], Any]], memory: int, token: str
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    name_temporary_files(token)
    try:
        do = prepare()
    except Unusable as fault:
        connection.send(("unusable", str(fault)))
        return
    except Exception as error:
        connection.send(("unusable", f"cannot start ({type(error).__name__}: {error}); install it again"))
        return
    gc.freeze()  # what is loaded stays: collections need not look at it again
    connection.send(("ready", None))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            task = connection.recv()
            try:
                with memory_limit(memory):
                    result = do(task)
            except MemoryError:
                connection.send(("memory", None))
                continue
            connection.send(("result", result))
