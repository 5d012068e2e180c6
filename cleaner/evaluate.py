"""How good an output is: the metrics, the gold files they are read from, and the report of `cleaner eval`.

All metrics are pure functions on strings and count `\\w+` tokens, lower-cased. A case with a gold `body` is
scored by shingles and by words, a text case line by line as well; one with snippets by what the output must
and must not hold. Nothing here knows how the output was made, so peers are measured by the same functions.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cleaner.faults import Unusable, of_system
from cleaner.read import SourceKind, decode

if TYPE_CHECKING:
    from cleaner.cleaned import Cleaned

REPORT_VERSION = 1
SHINGLE = 4
"""Tokens in a shingle; a line with fewer is short."""
BODY_SHARE = 0.6
"""A line is body if at least this share of its shingles is in gold."""
FOLDS = 5

Gram = tuple[str, ...]
_TOKEN = re.compile(r"\w+")


# --- tokens and scores ---------------------------------------------------------------------------


def tokens(text: str) -> list[str]:
    """Cut `text` into lower-case runs of word characters.

    >>> tokens("U.S. won't, said “Ann”.")
    ['u', 's', 'won', 't', 'said', 'ann']
    """
    return _TOKEN.findall(text.lower())


def shingles(words: Sequence[str]) -> Counter[Gram]:
    """Count the 4-grams of `words`; fewer than four words are one shingle, none at all are none.

    >>> sorted(shingles("a b a b a".split()).items())
    [(('a', 'b', 'a', 'b'), 1), (('b', 'a', 'b', 'a'), 1)]
    >>> shingles(["a", "b"])
    Counter({('a', 'b'): 1})
    """
    if not words:
        return Counter()
    if len(words) < SHINGLE:
        return Counter([tuple(words)])
    return Counter(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


class Indexed:
    """A text prepared for asking which words of a line it has."""

    def __init__(self, text: str) -> None:
        self.words = tokens(text)
        self.shingles = shingles(self.words)
        self._sequence = f" {' '.join(self.words)} "

    def holds(self, gram: Gram) -> bool:
        """Whether the shingle, or a run of fewer than four words, occurs in the text."""
        if len(gram) == SHINGLE:
            return gram in self.shingles
        return f" {' '.join(gram)} " in self._sequence

    def coverage(self, words: Sequence[str]) -> list[bool]:
        """For each word, whether a shingle around it occurs in the text."""
        covered = [False] * len(words)
        for at, gram in enumerate(_grams(words)):
            if self.holds(gram):
                covered[at : at + SHINGLE] = [True] * len(gram)
        return covered


@lru_cache(maxsize=8)
def indexed(text: str) -> Indexed:
    """`Indexed(text)`, kept for as long as one case is measured: every metric asks for the same few texts."""
    return Indexed(text)


def _grams(words: Sequence[str]) -> list[Gram]:
    """The 4-grams of a line in order; a short line is one gram, whatever its length."""
    if len(words) < SHINGLE:
        return [tuple(words)] if words else []
    return list(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0.

    >>> f1(0.5, 1.0)
    0.6666666666666666
    """
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one page, or the mean of many."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return f1(self.precision, self.recall)


def overlap(output: Counter[Any], gold: Counter[Any]) -> Score:
    """Compare two multisets. What is empty has nothing wrong: its precision (or recall) is 1.

    >>> overlap(Counter("aab"), Counter("abcd"))
    Score(precision=0.6666666666666666, recall=0.5)
    >>> overlap(Counter(), Counter("ab"))
    Score(precision=1.0, recall=0.0)
    """
    common = sum((output & gold).values())
    made, wanted = output.total(), gold.total()
    return Score(common / made if made else 1.0, common / wanted if wanted else 1.0)


def shingle_score(output: str, gold: str) -> Score:
    """Multiset precision and recall of 4-gram shingles on one page.

    >>> shingle_score("One two three four five.", "two three four five")
    Score(precision=0.5, recall=1.0)
    """
    return overlap(indexed(output).shingles, indexed(gold).shingles)


def word_score(output: str, gold: str) -> Score:
    """Bag-of-words precision and recall on one page.

    >>> word_score("the cat and the dog", "The cat.")
    Score(precision=0.4, recall=1.0)
    """
    return overlap(Counter(indexed(output).words), Counter(indexed(gold).words))


def exact(output: str, gold: str) -> bool:
    """Whether both have the same tokens in the same order.

    >>> exact("It’s  Ann.", "it's\\nAnn")
    True
    """
    return indexed(output).words == indexed(gold).words


def mean_score(scores: Sequence[Score]) -> Score:
    """Precision and recall averaged over pages; its `f1` is the F1 of the averages.

    >>> mean_score([Score(1.0, 0.0), Score(0.5, 1.0)])
    Score(precision=0.75, recall=0.5)
    """
    if not scores:
        return Score(0.0, 0.0)
    count = len(scores)
    return Score(sum(s.precision for s in scores) / count, sum(s.recall for s in scores) / count)


@dataclass(frozen=True, slots=True)
class Snippets:
    """How many snippets that must be in the output are (`found`), how many that must not be (`leaked`)."""

    found: int = 0
    missed: int = 0
    leaked: int = 0
    avoided: int = 0

    def __add__(self, other: Snippets) -> Snippets:
        return Snippets(
            self.found + other.found,
            self.missed + other.missed,
            self.leaked + other.leaked,
            self.avoided + other.avoided,
        )

    @property
    def score(self) -> Score:
        """Precision and recall over all snippets counted, not over pages."""
        return Score(
            _share(self.found, self.found + self.leaked), _share(self.found, self.found + self.missed)
        )


def snippet_counts(output: str, must: Iterable[str], must_not: Iterable[str]) -> Snippets:
    """Look for each snippet in the output, white space folded on both sides.

    >>> snippet_counts("The  mayor\\nresigned. Share", ["mayor resigned", "on Monday"], ["Share", "Home"])
    Snippets(found=1, missed=1, leaked=1, avoided=1)
    """
    folded = fold_space(output)
    wanted = [fold_space(snippet) in folded for snippet in must]
    unwanted = [fold_space(snippet) in folded for snippet in must_not]
    found, leaked = sum(wanted), sum(unwanted)
    return Snippets(found, len(wanted) - found, leaked, len(unwanted) - leaked)


def fold_space(text: str) -> str:
    """Make each run of white space one space."""
    return " ".join(text.split())


# --- text in: line by line -----------------------------------------------------------------------


def label_lines(text: str, gold: str) -> list[bool | None]:
    """Tell for each line of `text` whether it is body (True) or noise (False); None where it has no word.

    A line is body if 60 % of its 4-grams are in gold; a line of fewer than four words if it occurs there.

    >>> label_lines("Home\\n\\nThe mayor of Elm resigned today.\\nShe left.\\nRead next", "The mayor of Elm"
    ...     " resigned today. She left.")
    [False, None, True, True, False]
    """
    index = indexed(gold)
    return [_is_body(_grams(tokens(line)), index) for line in text.split("\n")]


def _is_body(grams: list[Gram], gold: Indexed) -> bool | None:
    if not grams:
        return None
    return sum(map(gold.holds, grams)) >= BODY_SHARE * len(grams)


def oracle(text: str, gold: str) -> str:
    """Delete exactly the noise lines: the best that any tool which drops whole lines can do.

    >>> oracle("Home\\nThe mayor of Elm resigned.\\nRead next", "The mayor of Elm resigned.")
    'The mayor of Elm resigned.'
    """
    labels = label_lines(text, gold)
    return "\n".join(line for line, body in zip(text.split("\n"), labels, strict=True) if body is not False)


@dataclass(frozen=True, slots=True)
class LineTally:
    """What became of the lines of one text, or of many; see `line_tally`."""

    documents: int = 0
    harmed: int = 0
    with_residue: int = 0
    body_lines: int = 0
    body_lost: int = 0
    noise_lines: int = 0
    noise_left: int = 0
    body_words: int = 0
    words_lost: int = 0

    def __add__(self, other: LineTally) -> LineTally:
        return LineTally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def noise(self) -> Score:
        """Precision and recall over noise lines: of the lines removed, and of those to be removed."""
        removed = self.noise_lines - self.noise_left
        return Score(_share(removed, removed + self.body_lost), _share(removed, self.noise_lines))

    @property
    def lost_share(self) -> float:
        return self.words_lost / self.body_words if self.body_words else 0.0


def line_tally(text: str, output: str, gold: str) -> LineTally:
    """Compare what went in (`text`) with what came out, line by line of what went in.

    Lines are looked up in the output by the rule that labels them: a body line is lost when fewer than 60 %
    of its shingles that are in gold are in the output, a noise line is left when it would be labelled body
    with the output as gold. So a second copy of a body line may go, and words cut out of a line that is kept
    still count: `words_lost` are the words of body lines inside shingles of gold, but none of the output.

    >>> tally = line_tally("Home\\nThe mayor of Elm resigned.\\nShe left.", "Home The mayor of Elm resigned.",
    ...     "The mayor of Elm resigned. She left.")
    >>> tally.body_lost, tally.noise_left, tally.words_lost, tally.body_words
    (1, 1, 2, 7)
    """
    wanted, made = indexed(gold), indexed(output)
    lines = body = lost = noise = left = words_in = words_out = 0
    for line in text.split("\n"):
        words = tokens(line)
        grams = _grams(words)
        label = _is_body(grams, wanted)
        if label is None:
            continue
        lines += 1
        if not label:
            noise += 1
            left += bool(_is_body(grams, made))
            continue
        body += 1
        lost += not _is_body([gram for gram in grams if wanted.holds(gram)], made)
        story = wanted.coverage(words)
        words_in += sum(story)
        words_out += sum(wants and not has for wants, has in zip(story, made.coverage(words), strict=True))
    return LineTally(1, int(lost > 0), int(left > 0), body, lost, noise, left, words_in, words_out)


# --- sites and folds -----------------------------------------------------------------------------

_SHARED_SUFFIX = re.compile(
    r"\.(?:ac|asn|co|com|edu|gen|go|gob|gouv|gov|govt|gv|id|ltd|me|mil|mod|ne|net|nhs|nic|nom|or|org|plc|sch)"
    r"\.[a-z]{2}$"
)


def registered_domain(address: str) -> str:
    """The domain that was registered, from a URL or a host name, without a list of public suffixes.

    Two labels, or three where the second-last is a kind of organisation under a country (`co.uk`, `com.br`).

    >>> registered_domain("https://www.news.example.co.uk:443/a?b"), registered_domain("WWW.Example.com")
    ('example.co.uk', 'example.com')
    """
    host = re.sub(r"^[\w+.-]*:*//", "", address.strip().lower())
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].strip(".")
    labels = host.removeprefix("www.").split(".")
    if labels[-1].isdigit():
        return host
    return ".".join(labels[-3:] if _SHARED_SUFFIX.search(host) else labels[-2:])


def fold_of(site: str, folds: int = FOLDS) -> int:
    """The fold of a site, the same in every process and on every machine; all pages of a site share it.

    >>> fold_of("https://www.example.com/a") == fold_of("sport.example.com")
    True
    """
    digest = hashlib.sha256(registered_domain(site).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") % folds


# --- gold files ----------------------------------------------------------------------------------


class GoldError(Unusable):
    """A gold file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Case:
    """One document with what is known of it. `None` is what the gold does not say."""

    name: str
    kind: SourceKind
    source: str | Path
    """A text itself, or the file that holds it (gzip where its name ends in `.gz`)."""
    site: str
    url: str | None = None
    body: str | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    page: str | None = None
    flags: frozenset[str] | None = None
    noise: tuple[tuple[str, str], ...] = ()
    headline: str | None = None

    def read(self) -> str | bytes:
        if isinstance(self.source, str):
            return self.source
        raw = self.source.read_bytes()
        return gzip.decompress(raw) if self.source.suffix == ".gz" else raw


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Cases that are reported together, and what was wrong with the file they come from."""

    name: str
    cases: tuple[Case, ...]
    complaints: tuple[str, ...] = ()


def read_gold(path: Path) -> list[GoldSet]:
    """Read the gold at `path`: a `.jsonl` or `.jsonl.gz`, one corpus case (`.toml`), or a folder of either.

    A line with `text` is a text case; one without is a page, in `html/ID.html.gz` (or `.html`) beside it.
    Lines with an `origin` are split into sets by it. A corpus folder is a set for each of its sub-folders.
    A gzip that was cut short gives the lines that could be read, and a complaint that says so.

    Raises a `Fault` (`GoldError` for what is in the file) where nothing can be read.
    """
    if path.is_dir():
        files = sorted(path.rglob("*.jsonl")) + sorted(path.rglob("*.jsonl.gz"))
        folders = sorted({file.parent for file in path.rglob("*.toml")})
        sets = [gold for file in files for gold in _read_lines(file)]
        sets += [_corpus_set(folder.name, sorted(folder.glob("*.toml"))) for folder in folders]
        if not sets:
            raise GoldError(str(path), "no .jsonl, .jsonl.gz or .toml file in it", "give a folder of gold")
        return sets
    if path.suffix == ".toml":
        return [_corpus_set(path.parent.name, [path])]
    return _read_lines(path)


def read_records(path: Path) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The objects of a `.jsonl` or `.jsonl.gz` file, and a complaint where the gzip was cut short."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise of_system(str(path), error) from None
    whole = True
    if raw[:2] == b"\x1f\x8b":
        raw, whole = _unpack(raw, path)
    lines = raw.decode("utf-8", "replace").split("\n")
    if not whole:
        lines.pop()  # cut in the middle
    records = [_read_object(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    cut_short = f"{path}: the gzip is cut short; used the {len(records)} records that could be read."
    return records, () if whole else (cut_short,)


def _unpack(raw: bytes, path: Path) -> tuple[bytes, bool]:
    """Unpack as far as it goes (gzip may have several members); False where the end is missing."""
    pieces = []
    while raw:
        member = zlib.decompressobj(31)
        try:
            pieces.append(member.decompress(raw))
        except zlib.error as error:
            if not pieces:
                raise GoldError(str(path), f"not a sound gzip ({error})", "fetch the file again") from None
            return b"".join(pieces), False
        if not member.eof:
            return b"".join(pieces), False
        raw = member.unused_data.lstrip(b"\0")
    return b"".join(pieces), True


def _read_object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise GoldError(
            f"{path}:{number}", f"not JSON ({error})", "put one JSON object on each line"
        ) from None
    if not isinstance(found, dict):
        raise GoldError(f"{path}:{number}", "not a JSON object", "put one JSON object on each line")
    return found


def _read_lines(path: Path) -> list[GoldSet]:
    records, complaints = read_records(path)
    stem = path.name.removesuffix(".gz").removesuffix(".jsonl")
    folder = path.resolve().parent
    name = folder.name if stem in ("gold", folder.name) else f"{folder.name}/{stem}"
    if (folder.parent / "gold.jsonl.gz").exists():
        name = f"{folder.parent.name}/{name}"
    groups: dict[str, list[Case]] = {}
    for number, record in enumerate(records, 1):
        group = f"{name}:{record['origin']}" if record.get("origin") else name
        groups.setdefault(group, []).append(_case(path, number, record))
    return [GoldSet(group, tuple(cases), complaints) for group, cases in groups.items()]


def _case(path: Path, number: int, record: dict[str, Any]) -> Case:
    place = f"{path}:{number}"
    if "id" not in record or not {"body", "must"} & set(record):
        raise GoldError(place, "a gold record needs an id, and a body or must", "add what is missing")
    name = str(record["id"])
    url = record.get("url")
    text = record.get("text")
    page = path.parent / "html" / f"{name}.html.gz"
    if text is None and not page.exists():
        page = page.with_suffix("")
        if not page.exists():
            raise GoldError(place, f"no text, and no page at {page}", "put the page there")
    return Case(
        name,
        "html" if text is None else "text",
        page if text is None else str(text),
        _site_name(url or record.get("site") or name),
        url if url and url.startswith("http") else None,
        record.get("body"),
        tuple(record.get("must") or ()),
        tuple(record.get("must_not") or ()),
    )


def _site_name(address: str) -> str:
    # trafilatura's evaluation names some pages "hard::HOST-word.html".
    return registered_domain(re.sub(r"^hard::|(?:-\w+)?\.html?$", "", address))


FORMAT = "see corpus/README.md for the format"


def _corpus_set(name: str, files: list[Path]) -> GoldSet:
    return GoldSet(f"corpus/{name}", tuple(_corpus_case(file) for file in files))


def _corpus_case(path: Path) -> Case:
    try:
        wanted = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GoldError(str(path), str(error), FORMAT) from None
    sources = [file for suffix in (".txt", ".html") if (file := path.with_suffix(suffix)).exists()]
    if len(sources) != 1:
        raise GoldError(
            str(path), f"needs one .txt or .html beside it, has {len(sources)}", "add or remove one"
        )
    if not isinstance(wanted.get("body"), str) or not wanted.get("site"):
        raise GoldError(str(path), "a case needs a site and a body", FORMAT)
    return Case(
        path.stem,
        "html" if sources[0].suffix == ".html" else "text",
        sources[0],
        str(wanted["site"]),
        None,
        wanted["body"].strip("\n"),
        page=wanted.get("page", "story"),
        flags=frozenset(wanted.get("flags", ())),
        noise=tuple((str(label), str(text)) for label, text in wanted.get("noise", ())),
        headline=wanted.get("headline"),
    )


# --- what came of a case -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Noise lines of one class in gold, how many are gone, how many of those under the right name.

    `wrong` are blocks and spans removed under that name which gold has in the body.
    """

    gold: int = 0
    removed: int = 0
    named: int = 0
    wrong: int = 0

    def __add__(self, other: ClassCount) -> ClassCount:
        return ClassCount(
            self.gold + other.gold,
            self.removed + other.removed,
            self.named + other.named,
            self.wrong + other.wrong,
        )


_SAME = {"tail": "related", "standfirst": "story"}
"""Classes that may stand for each other."""


def class_counts(cleaned: Cleaned, case: Case) -> dict[str, ClassCount]:
    """Count by class what was to be removed, what was, and what went wrongly; white space does not count."""
    counts: dict[str, ClassCount] = {}

    def count(label: str, more: ClassCount) -> None:
        counts[label] = counts.get(label, ClassCount()) + more

    gone = [(piece.label, _squeeze(piece.text)) for piece in cleaned.removed]
    body = _squeeze(cleaned.body)
    for label, text in case.noise:
        wanted = _squeeze(text)
        names = {_SAME.get(name, name) for name, piece in gone if _is_part(wanted, piece)}
        count(
            label,
            ClassCount(1, int(bool(names) or wanted not in body), int(_SAME.get(label, label) in names)),
        )
    story = {_squeeze(line) for line in (case.body or "").split("\n")} - {""}
    for label, piece in gone:
        if piece in story and piece not in body:
            count(label, ClassCount(wrong=1))
    return counts


def _is_part(wanted: str, piece: str) -> bool:
    """Whether `piece` holds what was wanted, or at least half of it."""
    return wanted in piece or (piece in wanted and 2 * len(piece) >= len(wanted))


def _squeeze(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class Outcome:
    """The scores of one case; `None` is what its gold does not allow to measure."""

    case: str
    site: str
    kind: SourceKind
    shingle: Score | None = None
    word: Score | None = None
    exact: bool | None = None
    snippets: Snippets | None = None
    before: Score | None = None
    """Shingles of a text as it came in."""
    best: Score | None = None
    """Shingles of a text less exactly its noise lines."""
    lines: LineTally | None = None
    verdicts: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    """For each page verdict and flag: is it so, and was it said."""
    classes: dict[str, ClassCount] = field(default_factory=dict)


def outcome(case: Case, output: str, source: str | None = None) -> Outcome:
    """Score one output. `source` is the text that went in, where the case is a text."""
    snippets = snippet_counts(output, case.must, case.must_not) if case.must or case.must_not else None
    if case.body is None:
        return Outcome(case.name, case.site, case.kind, snippets=snippets)
    gold = case.body
    measured = Outcome(
        case.name,
        case.site,
        case.kind,
        shingle_score(output, gold),
        word_score(output, gold),
        exact(output, gold),
        snippets,
    )
    if source is None:
        return measured
    return replace(
        measured,
        before=shingle_score(source, gold),
        best=shingle_score(oracle(source, gold), gold),
        lines=line_tally(source, output, gold),
    )


VERDICTS = ("no-story", "truncated", "live-blog")


def page_verdicts(cleaned: Cleaned, case: Case) -> dict[str, tuple[bool, bool]]:
    """For each page verdict: whether gold says so, and whether the cleaner does."""
    if case.page is None or case.flags is None:
        return {}
    gold = {case.page, *case.flags}
    said = {cleaned.page, *cleaned.flags}
    return {verdict: (verdict in gold, verdict in said) for verdict in VERDICTS}


class Cleans(Protocol):
    """What is evaluated: a `Cleaner`, or whatever cleans as one."""

    def clean(
        self,
        source: str | bytes,
        kind: SourceKind | None = None,
        url: str | None = None,
        site: str | None = None,
    ) -> Cleaned: ...


def evaluate(gold_paths: Iterable[str | Path], cleaner: Cleans) -> Report:
    """Clean every document of the gold at `gold_paths` (see `read_gold`) and measure what comes out."""
    return evaluate_by_site(gold_paths, lambda _site: cleaner)


def evaluate_by_site(gold_paths: Iterable[str | Path], cleaner_for: Callable[[str], Cleans]) -> Report:
    """As `evaluate`, with a cleaner for each site: one that was not fitted on that site's pages."""
    sets = []
    for path in gold_paths:
        for gold in read_gold(Path(path)):
            measured = [_clean_and_measure(case, cleaner_for(case.site)) for case in gold.cases]
            sets.append(SetReport(gold.name, tuple(measured), gold.complaints))
    return Report(tuple(sets))


def _clean_and_measure(case: Case, cleaner: Cleans) -> Outcome:
    source = case.read()
    # A site that is no domain (a publisher's name) is for the folds only.
    cleaned = cleaner.clean(source, case.kind, case.url, case.site if "." in case.site else None)
    if case.page == "no-story":
        # A page without a story is kept as it was: its words say nothing, its verdict does.
        measured = Outcome(case.name, case.site, case.kind)
    else:
        text = decode(source)[0] if isinstance(source, bytes) else source
        measured = outcome(case, cleaned.body, text if case.kind == "text" else None)
    return replace(measured, verdicts=page_verdicts(cleaned, case), classes=class_counts(cleaned, case))


# --- the report ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetReport:
    """All outcomes of one set, and the means over any part of them."""

    name: str
    outcomes: tuple[Outcome, ...]
    complaints: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        return summarise(self.outcomes)

    def by_fold(self, folds: int = FOLDS) -> dict[int, dict[str, Any]]:
        """The summary of each site fold that has a case."""
        parts: dict[int, list[Outcome]] = {}
        for measured in self.outcomes:
            parts.setdefault(fold_of(measured.site, folds), []).append(measured)
        return {fold: summarise(parts[fold]) for fold in sorted(parts)}


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The means and counts over `outcomes`, under stable names; a name is absent where nothing was measured.

    >>> summarise([outcome(Case("a", "html", "", "a.test", body="One two."), "One two three.")])
    ... # doctest: +NORMALIZE_WHITESPACE
    {'documents': 1, 'shingle': {'precision': 0.0, 'recall': 0.0, 'f1': 0.0}, 'exact': 0.0,
     'word': {'precision': 0.6667, 'recall': 1.0, 'f1': 0.8}}
    """
    found: dict[str, Any] = {"documents": len(outcomes)}
    scored = [o for o in outcomes if o.shingle is not None]
    if scored:
        words = [o.word for o in scored if o.word]
        found["shingle"] = _score_dict(mean_score([o.shingle for o in scored if o.shingle]))
        found["exact"] = _round(_share(sum(bool(o.exact) for o in scored), len(scored)))
        word = _score_dict(mean_score(words))
        found["word"] = word | {"f1": _round(sum(score.f1 for score in words) / len(words))}
    snippets = sum((o.snippets for o in outcomes if o.snippets), Snippets())
    if snippets != Snippets():
        found["snippets"] = _score_dict(snippets.score)
    tallies = [o.lines for o in outcomes if o.lines]
    if tallies:
        found["before"] = _score_dict(mean_score([o.before for o in outcomes if o.before]))
        found["oracle"] = _score_dict(mean_score([o.best for o in outcomes if o.best]))
        found["lines"] = lines_dict(sum(tallies, LineTally()))
    return found | _verdict_summary(outcomes) | _class_summary(outcomes)


def lines_dict(tally: LineTally) -> dict[str, Any]:
    """A tally as shares: body words lost, documents harmed and with residue, noise lines."""
    return {
        "words_lost": round(tally.lost_share, 5),
        "harmed": _round(_share(tally.harmed, tally.documents)),
        "with_residue": _round(_share(tally.with_residue, tally.documents)),
        "noise": _score_dict(tally.noise),
    }


def _verdict_summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    judged = [o.verdicts for o in outcomes if o.verdicts]
    found: dict[str, Any] = {}
    for verdict in VERDICTS if judged else ():
        pairs = Counter(verdicts[verdict] for verdicts in judged)
        right, wrong, missed = pairs[True, True], pairs[False, True], pairs[True, False]
        found[verdict] = {"gold": right + missed, "said": right + wrong, "right": right}
    return {"verdicts": found} if found else {}


def _class_summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts: dict[str, ClassCount] = {}
    for measured in outcomes:
        for label, count in measured.classes.items():
            counts[label] = counts.get(label, ClassCount()) + count
    found = {
        label: {"gold": count.gold, "removed": count.removed, "named": count.named, "wrong": count.wrong}
        for label, count in sorted(counts.items())
    }
    return {"classes": found} if found else {}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _round(value: float) -> float:
    return round(value, 4)


def _score_dict(score: Score) -> dict[str, float]:
    return {"precision": _round(score.precision), "recall": _round(score.recall), "f1": _round(score.f1)}


@dataclass(frozen=True, slots=True)
class Report:
    """What `evaluate` found, set by set."""

    sets: tuple[SetReport, ...]

    @property
    def complaints(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for part in self.sets for text in part.complaints))

    def to_json(self) -> str:
        """The summaries of all sets, each as a whole and by site fold, with a version."""
        sets = [
            {"name": part.name, **part.summary(), "folds": {str(k): v for k, v in part.by_fold().items()}}
            for part in self.sets
        ]
        whole = {"version": REPORT_VERSION, "complaints": list(self.complaints), "sets": sets}
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def render(self) -> str:
        """Aligned tables: stories, text line by line, page verdicts, classes, site folds."""
        summaries = [(part.name, part.summary()) for part in self.sets]
        parts = [
            table(
                ("story", "docs", "shingle P", "R", "F1", "exact", "word P", "R", "F1"),
                _story_rows(summaries),
            ),
            table(("snippets", "docs", "P", "R", "F1"), _snippet_rows(summaries)),
            table(
                ("text in", "as it is", "ours", "oracle", "words lost", "harmed", "residue", "noise P", "R"),
                _line_rows(summaries),
            ),
            table(("page verdict", "gold", "said", "right", "P", "R"), _verdict_rows(self.sets)),
            table(("class", "gold", "removed", "named", "story lost"), _class_rows(self.sets)),
            table(("F1 by site fold", *(str(fold) for fold in range(FOLDS))), _fold_rows(self.sets)),
            "\n".join(self.complaints),
        ]
        return "\n\n".join(part for part in parts if part)


Row = tuple[object, ...]


def table(head: Sequence[str], rows: Iterable[Row]) -> str:
    """Align `rows` under `head`, the first column to the left, the others to the right; "" without rows.

    Floats are shown with three digits, None as a dash.

    >>> print(table(("tool", "F1", "ms"), [("ours", 0.95, 2), ("theirs", None, 16.25)]))
    tool       F1      ms
    ours    0.950       2
    theirs      -  16.250
    """
    lines = [[_cell(value) for value in row] for row in rows]
    if not lines:
        return ""
    lines.insert(0, list(head))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


Summaries = list[tuple[str, dict[str, Any]]]


def _story_rows(summaries: Summaries) -> Iterator[Row]:
    for name, found in summaries:
        if "shingle" in found:
            shingle, word = found["shingle"], found["word"]
            yield (name, found["documents"], *shingle.values(), found["exact"], *word.values())


def _snippet_rows(summaries: Summaries) -> Iterator[Row]:
    for name, found in summaries:
        if "snippets" in found:
            yield (name, found["documents"], *found["snippets"].values())


def _line_rows(summaries: Summaries) -> Iterator[Row]:
    for name, found in summaries:
        if "lines" in found:
            lines = found["lines"]
            f1s = (found["before"]["f1"], found["shingle"]["f1"], found["oracle"]["f1"])
            shares = (percent(lines["words_lost"]), percent(lines["harmed"]), percent(lines["with_residue"]))
            yield (name, *f1s, *shares, lines["noise"]["precision"], lines["noise"]["recall"])


def percent(share: float) -> str:
    """
    >>> percent(0.0034)
    '0.34 %'
    """
    return f"{100 * share:.2f} %"


def _verdict_rows(sets: Sequence[SetReport]) -> Iterator[Row]:
    found = _verdict_summary([o for part in sets for o in part.outcomes]).get("verdicts", {})
    for verdict, count in found.items():
        right = count["right"]
        shares = (_share(right, count["said"]), _share(right, count["gold"]))
        yield (verdict, count["gold"], count["said"], right, *shares)


def _class_rows(sets: Sequence[SetReport]) -> Iterator[Row]:
    found = _class_summary([o for part in sets for o in part.outcomes]).get("classes", {})
    for label, count in found.items():
        yield (label, *count.values())


def _fold_rows(sets: Sequence[SetReport]) -> Iterator[Row]:
    for part in sets:
        folds = part.by_fold()
        by_fold = [folds.get(fold, {}) for fold in range(FOLDS)]
        f1s = [(found.get("shingle") or found.get("snippets") or {}).get("f1") for found in by_fold]
        if len(folds) > 1 and any(value is not None for value in f1s):
            yield (part.name, *f1s)
