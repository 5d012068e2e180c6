"""Learning what recurs on sites, into the file that `SiteMemory` reads.

What is kept is decided by the set of documents alone, never by their order: of each site a sample is remembered,
those documents whose hashes are smallest, and a line counts once for each different story it was seen with.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from cleaner.faults import of_system
from cleaner.model import Document
from cleaner.sites.memory import FORMAT, check_format, connect, fault_of, folded_lines, is_sentence, site_name

SAMPLE = 300
"""Documents that are remembered of a site."""
SAME_STORY = 0.5
"""Documents of which each has more than this share of its sentences in the other are one story."""
_SETTLE_AFTER = 20_000
_TABLES = f"""
    CREATE TABLE sites (number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, documents INTEGER NOT NULL);
    CREATE TABLE documents (site INTEGER, digest BLOB, short BLOB, sentences BLOB, UNIQUE (site, digest));
    CREATE TABLE lines (site INTEGER, hash INTEGER, text TEXT, sentence INTEGER, documents INTEGER, sites INTEGER,
                        PRIMARY KEY (site, hash)) WITHOUT ROWID;
    PRAGMA user_version = {FORMAT};
"""
_COUNTED = "(SELECT times FROM counted WHERE counted.hash = lines.hash)"

Hashes = NDArray[np.int64]


class Learner:
    """Adds documents to a site memory; use it in a `with` statement, at whose end all or nothing is written.

    `path` is made where it is not there and something is learnt. Raises `Unusable` where it is something else, and
    a `Fault` where it cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self.added = 0
        self._numbers: dict[str, int] = {}
        self._highest: dict[int, bytes] = {}
        self._touched: set[int] = set()
        self._fresh = not Path(self.path).exists()

    def __enter__(self) -> Learner:
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self._base = connect(self.path, "rwc")
        except OSError as error:
            raise of_system(self.path, error) from None
        except sqlite3.Error as error:
            raise fault_of(self.path, error) from None
        try:
            self._begin()
        except sqlite3.Error as error:
            self._base.close()
            raise fault_of(self.path, error) from None
        except BaseException:
            self._base.close()
            raise
        return self

    def _begin(self) -> None:
        if not self._base.execute("SELECT 1 FROM sqlite_master").fetchone():
            self._base.executescript(_TABLES)
        check_format(self._base, self.path)
        self._base.execute("BEGIN IMMEDIATE")
        self._numbers = dict(self._base.execute("SELECT name, number FROM sites"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and (self.added or not self._fresh):
                self._settle()
                self._count_sites()
                self._base.execute("COMMIT")
            else:
                self._base.execute("ROLLBACK")
        except sqlite3.Error as fault:
            kind = type(fault)
            raise fault_of(self.path, fault) from None
        finally:
            self._base.close()
            if self._fresh and (kind is not None or not self.added):
                with suppress(OSError):
                    Path(self.path).unlink()

    def add(self, site: str, document: Document) -> bool:
        """Learn one document of `site` (a domain or an address); False where that changes nothing."""
        number = self._number(site_name(site))
        digest = hashlib.blake2b(document.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest > self._highest.get(number, b"\xff" * 16):
            return False  # the sample has as many that come before it
        lines = {line: is_sentence(line) for line in folded_lines(document) if any(map(str.isalpha, line))}
        hashes = {line: _hash(line) for line in lines}
        short, sentences = (_packed(hashes[line] for line in lines if lines[line] is kind) for kind in (False, True))
        try:
            known = self._base.execute(
                "INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?)", (number, digest, short, sentences)
            )
            if not known.rowcount:
                return False
            rows = [(number, hashes[line], line, sentence) for line, sentence in lines.items()]
            self._base.executemany("INSERT OR IGNORE INTO lines VALUES (?, ?, ?, ?, 0, 1)", rows)
        except sqlite3.Error as error:
            raise fault_of(self.path, error) from None
        self._touched.add(number)
        self.added += 1
        if self.added % _SETTLE_AFTER == 0:
            self._settle()
        return True

    def _number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._base.execute("INSERT INTO sites (name, documents) VALUES (?, 0)", (name,)).lastrowid or 0
            self._numbers[name] = number
        return number

    def _settle(self) -> None:
        """Cut the samples down to size, count their lines, and forget the text of lines that do not recur."""
        for number in sorted(self._touched):
            rows = self._base.execute(
                "SELECT digest, short, sentences FROM documents WHERE site = ? ORDER BY digest", (number,)
            ).fetchall()
            if len(rows) >= SAMPLE:
                self._highest[number] = rows[SAMPLE - 1][0]
                self._base.execute(
                    "DELETE FROM documents WHERE site = ? AND digest > ?", (number, self._highest[number])
                )
            self._count_lines(number, [(_unpacked(short), _unpacked(long)) for _, short, long in rows[:SAMPLE]])
        self._touched.clear()

    def _count_lines(self, number: int, documents: Sequence[tuple[Hashes, Hashes]]) -> None:
        stories = story_numbers([sentences for _, sentences in documents])
        hashes = [np.concatenate(both) for both in documents]
        seen, times = _times(hashes, range(len(hashes)))
        again = seen[times > 1]
        lines, counts = _times([found[np.isin(found, again)] for found in hashes], stories)
        self._keep_counts(lines, counts)
        self._base.execute("DELETE FROM lines WHERE site = ? AND hash NOT IN (SELECT hash FROM counted)", (number,))
        self._base.execute(f"UPDATE lines SET documents = {_COUNTED} WHERE site = ?", (number,))
        self._base.execute("UPDATE sites SET documents = ? WHERE number = ?", (len(set(stories)), number))

    def _keep_counts(self, hashes: Hashes, counts: Hashes) -> None:
        """Fill the table that the next statement looks counts up in."""
        self._base.execute("CREATE TEMP TABLE IF NOT EXISTS counted (hash INTEGER PRIMARY KEY, times INTEGER)")
        self._base.execute("DELETE FROM counted")
        rows = zip(hashes.tolist(), counts.tolist(), strict=True)
        self._base.executemany("INSERT INTO counted VALUES (?, ?)", rows)

    def _count_sites(self) -> None:
        """For each sentence that recurs, the number of sites that have it: wire copy is on several."""
        recurring = {hash_ for (hash_,) in self._base.execute("SELECT DISTINCT hash FROM lines WHERE sentence")}
        wanted = np.array(sorted(recurring), dtype=np.int64)
        sites = np.zeros(len(wanted), dtype=np.int64)
        for found in self._sentences_by_site():
            sites += np.isin(wanted, found)
        self._keep_counts(wanted, sites)
        self._base.execute(f"UPDATE lines SET sites = {_COUNTED} WHERE sentence AND sites <> {_COUNTED}")

    def _sentences_by_site(self) -> Iterator[Hashes]:
        for number in self._numbers.values():
            rows = self._base.execute("SELECT sentences FROM documents WHERE site = ?", (number,))
            yield np.concatenate([np.empty(0, dtype=np.int64), *(_unpacked(raw) for (raw,) in rows)])


def story_numbers(documents: Sequence[Hashes]) -> list[int]:
    """Number documents by the story they tell, from the hashes of their sentences.

    Two are one story where each has more than half of its sentences in the other.

    >>> story_numbers([np.array([1, 2, 3]), np.array([2, 3, 4]), np.array([4, 5, 6]), np.array([])])
    [0, 0, 2, 3]
    """
    hashes, times = _times(documents, range(len(documents)))
    shared = hashes[times > 1]
    has = np.array([np.isin(shared, found) for found in documents], dtype=np.float32)
    common = has @ has.T
    size = np.array([len(found) for found in documents])
    alike = common > SAME_STORY * np.maximum(size[:, None], size)
    numbers = list(range(len(documents)))
    for first, second in np.argwhere(np.triu(alike, 1)).tolist():
        lower, upper = sorted((numbers[first], numbers[second]))
        if lower != upper:
            numbers = [lower if number == upper else number for number in numbers]
    return numbers


def _times(hashes: Sequence[Hashes], stories: Iterable[int]) -> tuple[Hashes, Hashes]:
    """The different hashes, and in how many stories each is."""
    pairs = {(hash_, story) for found, story in zip(hashes, stories, strict=True) for hash_ in found.tolist()}
    return np.unique(np.array([hash_ for hash_, _ in pairs], dtype=np.int64), return_counts=True)


def _hash(line: str) -> int:
    digest = hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _packed(hashes: Iterable[int]) -> bytes:
    return np.array(sorted(hashes), dtype="<i8").tobytes()


def _unpacked(raw: bytes) -> Hashes:
    return np.frombuffer(raw, dtype="<i8").astype(np.int64)
