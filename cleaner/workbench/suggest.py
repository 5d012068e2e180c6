"""Rules proposed from scrapes: lines that look like noise, recur in one shape, and that no rule names yet.

Lines of one shape differ in numbers and in the name of their site alone; what is left over is put together by the
words that lines begin or end with. Every proposal is proved by the engine before it is shown, and is for a person to
judge: `why` and missing `spare` examples are marked to be written, which `to_do` finds.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from cleaner.cleaned import Cleaned
from cleaner.facts import fold
from cleaner.model import NOISE_CLASSES, Verdict
from cleaner.rules.compile import Phrasebook, compile_rules
from cleaner.rules.files import Example, RuleFile, engine_rule, parse
from cleaner.rules.lines import count_words
from cleaner.rules.match import as_document, match_rules
from cleaner.rules.ruleset import RuleSet
from cleaner.rules.text import collapse, seen
from cleaner.sites.memory import is_sentence, site_name
from cleaner.workbench.check import Finding, check_file

LEAST = 3
"""Documents that lines of a shape must be seen in."""
MOST_RULES = 100
"""Those of most sites come first, then those of most lines that are kept so far."""
SURE = 0.9
"""Share of a shape's lines that are dropped already, for a rule without `weight`."""
TODO = "TODO"
_MOST_WORDS = 40
_FIXED_WORDS = 3
"""Words that lines must begin or end with to be put together."""
_EXAMPLES, _SPARES, _SENTENCES = 4, 2, 8
_HINT = 2
NUMBER, SITE = "\ue000", "\ue001"
"""Stand in shapes for a number and for the name of the site."""
_PATTERNS = {NUMBER: r"\d+", SITE: r"\S+(?: \S+){0,3}"}
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_WORD = re.compile(r"[^\W_]+")
_HEADER = """\
# Rules proposed from {documents} documents: a draft. It is in no folder of rules and so not in force.
# Shapes of lines that there was no room for: {left_out}.
# For each: is it noise in every document that will ever come? Then write its `why`, and `spare` sentences that a
# reporter would write with the same words; choose its class and name. Remove the others.
# `cleaner rules test FILE` tells what is still to do. Then move the file into a folder of your rules.
"""


class Line(NamedTuple):
    """A line that may be noise, with what became of it."""

    document: int
    site: str | None
    text: str
    label: str | None
    """Its class where it is dropped; None where it is kept."""
    place: str


class Proposal(NamedTuple):
    """Lines that one rule would name."""

    pattern: str
    lines: list[Line]
    whole: bool
    """The pattern is the whole line, but for numbers and the site's name."""

    @property
    def documents(self) -> int:
        return len({line.document for line in self.lines})

    @property
    def kept(self) -> int:
        return sum(line.label is None for line in self.lines)

    @property
    def sites(self) -> list[str]:
        return sorted({line.site for line in self.lines if line.site})


class Suggester:
    """Gathers lines from cleaned documents and proposes rules for them."""

    def __init__(self) -> None:
        self.documents: set[bytes] = set()
        self._shapes: dict[str, list[Line]] = defaultdict(list)
        self._sentences: list[str] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._told: Counter[str] = Counter()

    def add(self, cleaned: Cleaned, site: str | None) -> None:
        """Take a document's lines; a document without a story, and a second copy of one, are left aside."""
        story = hashlib.blake2b(cleaned.body.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if cleaned.refused is not None or story in self.documents:
            return
        self.documents.add(story)
        low = seen(fold(cleaned.source))
        verdicts = list(cleaned.verdicts)
        lines = [collapse(low[verdict.start : verdict.end]) for verdict in verdicts]
        told = [n for n, verdict in enumerate(verdicts) if verdict.kept and is_sentence(lines[n])] or [0]
        name = site_name(site) if site else None
        for number, (verdict, line) in enumerate(zip(verdicts, lines, strict=True)):
            text = " ".join(cleaned.source[verdict.start : verdict.end].split()).encode("utf-8", "replace").decode()
            place = "before" if number < told[0] else "after" if number > told[-1] else "inside"
            if place == "inside" and verdict.kept and is_sentence(line):
                self._add_sentence(text, line)
            elif _may_be_noise(verdict, line):
                shape = shape_of(line, name)
                label = None if verdict.kept else verdict.label
                self._shapes[shape].append(Line(len(self.documents), name, text, label, place))

    def _add_sentence(self, text: str, line: str) -> None:
        self._told[line] += 1
        if self._told[line] > 1 or count_words(line) > _MOST_WORDS:
            return
        fresh = [word for word in set(_WORD.findall(line)) if len(self._by_word[word]) < _SENTENCES]
        for word in fresh:
            self._by_word[word].append(len(self._sentences))
        if fresh:
            self._sentences.append(text)

    def propose(self, path: Path) -> str:
        """The text of a rule file to be named `path`; empty where there is nothing to propose."""
        proposals = sorted(self._proposals(), key=lambda p: (-len(p.sites), -p.kept, -p.documents, p.pattern))
        left_out = max(0, len(proposals) - MOST_RULES)
        proposals = proposals[:MOST_RULES]
        names = _names(path.stem, proposals)
        spares = [self._spares(proposal) for proposal in proposals]
        tables = [_table(*parts) for parts in zip(names, proposals, spares, strict=True)]
        header = _HEADER.format(documents=len(self.documents), left_out=left_out)
        good = self._sound(parse("\n".join([header, *tables]), path, path.stem))
        chosen = [table for table, name in zip(tables, names, strict=True) if name in good]
        return "\n".join([header, *chosen]) if chosen else ""

    def _proposals(self) -> Iterator[Proposal]:
        rest: dict[str, list[Line]] = {}
        for shape, lines in self._shapes.items():
            if recurring := _recurring(lines):
                yield Proposal(f"^{_pattern(shape)}$", recurring, whole=True)
            else:
                rest[shape] = [line for line in lines if line.label or line.place == "after"]
        for fixed in (_beginning, _ending):
            yield from _together(rest, fixed)

    def _spares(self, proposal: Proposal) -> list[str]:
        """Sentences of the stories that share most of the words that all lines of the proposal have."""
        shared = set.intersection(*(set(_WORD.findall(seen(fold(line.text)))) for line in proposal.lines))
        words = sorted(word for word in shared if len(word) > 3 or not word.isascii())
        if not words:
            return []
        votes = Counter(sentence for word in words for sentence in self._by_word.get(word, ()))
        best = sorted(votes, key=lambda sentence: (-votes[sentence], len(self._sentences[sentence]), sentence))
        return [self._sentences[sentence] for sentence in best[:_SPARES] if 2 * votes[sentence] > len(words)]

    def _sound(self, file: RuleFile) -> set[str]:
        """The ids of the rules that hold for their examples and take none of the stories' sentences."""
        if not file.rules:
            return set()
        book = Phrasebook(file.words)
        wrong = {finding.rule for finding in check_file(file, book)}
        free = {"place": None, "site": (), "max_words": None}
        anywhere = tuple(msgspec.structs.replace(engine_rule(rule), **free) for rule in file.rules)
        hits = match_rules(RuleSet(compile_rules(anywhere, book)), *as_document(self._sentences))
        return {rule.id for rule in file.rules} - wrong - {hit.rule.id for hit in hits}


def _recurring(lines: list[Line]) -> list[Line]:
    """The lines of a shape that speak for a rule: most are dropped or outside of stories, or one site has them often.

    What stays amid the stories of many sites is a subheading.
    """
    if len(lines) < LEAST:
        return []
    documents = {line.document for line in lines}
    outside = {line.document for line in lines if line.label or line.place != "inside"}
    if len(outside) >= max(LEAST, len(documents) / 2):
        return lines
    by_site = Counter(site for site, _ in {(line.site, line.document) for line in lines} if site)
    return [line for line in lines if by_site[line.site or ""] >= LEAST]


def _may_be_noise(verdict: Verdict, line: str) -> bool:
    """Whether no rule names the line and it is short text; headlines, captions and the like have their own classes."""
    if any(evidence.name.startswith("rule:") for evidence in verdict.evidence):
        return False
    if not verdict.kept and (verdict.label not in NOISE_CLASSES or verdict.label == "duplicate"):
        return False
    return count_words(line) <= _MOST_WORDS and line.isprintable() and any(map(str.isalpha, line))


def shape_of(line: str, site: str | None) -> str:
    """A folded line with a mark in place of each number, and of the site's name where three words stand beside it.

    >>> shape_of("12 more from the gull news", "gullnews.test").replace(NUMBER, "<n>").replace(SITE, "<site>")
    '<n> more from the <site>'
    """
    shape = re.sub(r"\d+", NUMBER, line)
    name = re.sub(r"[\W_]", "", site.partition(".")[0]) if site else ""
    if len(name) > 2:
        spaced = r"[\s'.&-]{0,2}".join(map(re.escape, name))
        marked = re.sub(rf"(?<!\w)(?:www\.)?{spaced}(?:\.\w{{2,4}}){{0,2}}(?!\w)", SITE, shape)
        if len(_WORD.findall(marked)) >= _FIXED_WORDS:  # with fewer words beside it, any line would be of that shape
            return marked
    return shape


def _pattern(shape: str) -> str:
    return "".join(_PATTERNS.get(char) or _SPECIAL.sub(r"\\\g<0>", char) for char in shape)


# --- lines that begin or end alike ----------------------------------------------------------------

Fixed = Callable[[Sequence[str]], tuple[str, ...] | None]


def _beginning(words: Sequence[str]) -> tuple[str, ...] | None:
    """What a line begins with: up to a colon among its first words, or its first three words."""
    colon = next((n for n, word in enumerate(words[: _FIXED_WORDS + 1], 1) if word.endswith((":", "："))), _FIXED_WORDS)
    return tuple(words[:colon]) if len(words) > colon else None


def _ending(words: Sequence[str]) -> tuple[str, ...] | None:
    """What a line ends with: its last three words."""
    return tuple(words[-_FIXED_WORDS:]) if len(words) > _FIXED_WORDS else None


def _together(rest: dict[str, list[Line]], fixed: Fixed) -> Iterator[Proposal]:
    """Proposals for shapes that share a beginning or ending; what they take is removed from `rest`."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for shape in rest:
        key = fixed(shape.split(" "))
        if key and any(map(str.isalpha, "".join(key))):
            groups[key].append(shape)
    for key, shapes in groups.items():
        pattern = _pattern(" ".join(key))
        pattern = f"^{pattern} .+$" if fixed is _beginning else f"^.+ {pattern}$"
        proposal = Proposal(pattern, [line for shape in shapes for line in rest[shape]], whole=False)
        if len(shapes) >= LEAST and proposal.documents >= LEAST:
            yield proposal
            for shape in shapes:
                del rest[shape]


# --- the file -------------------------------------------------------------------------------------


def _names(prefix: str, proposals: Sequence[Proposal]) -> list[str]:
    taken: Counter[str] = Counter()
    names = []
    for proposal in proposals:
        slug = "-".join(re.findall(r"[a-z]+", proposal.lines[0].text.lower())[:5])[:40].strip("-") or "line"
        taken[slug] += 1
        names.append(f"{prefix}.{slug}" if taken[slug] == 1 else f"{prefix}.{slug}--{taken[slug]}")
    return names


def _table(name: str, proposal: Proposal, spares: Sequence[str]) -> str:
    """One proposal as TOML."""
    lines = proposal.lines
    labels = Counter(line.label for line in lines if line.label)
    places = {line.place for line in lines}
    examples = list(dict.fromkeys(line.text for line in lines))[:_EXAMPLES]
    rows = [
        f"# {_counts(proposal)}",
        "[[rule]]",
        f"id = {_string(name)}",
        f"why = {_string(f'{TODO}: what this is, and what makes it safe.')}",
        f"class = {_string(min(labels, key=lambda label: (-labels[label], label)) if labels else 'template')}",
        "pattern = '" + proposal.pattern.replace("'", r"\x27") + "'",
    ]
    if not proposal.whole:
        rows.append(f"max_words = {max(int(count_words(line.text)) for line in lines) + 2}")
    if len(places) == 1 and "inside" not in places:
        rows.append(f"place = {_string(*places)}")
    if len(proposal.sites) == 1 and "." in proposal.sites[0] and all(line.site for line in lines):
        rows.append(f"site = [{_string(proposal.sites[0])}]")
    if proposal.kept > (1 - SURE) * len(lines) or not proposal.whole:
        rows.append(f"weight = {_HINT}")
    rows.append(f"match = [{', '.join(map(_string, examples))}]")
    rows.append(f"spare = [{', '.join(map(_string, spares or [f'{TODO}: a sentence of a story with these words.']))}]")
    return "\n".join(rows) + "\n"


def _counts(proposal: Proposal) -> str:
    sites = proposal.sites
    of = f", sites: {len(sites)} ({', '.join(sites[:3])}{', …' if len(sites) > 3 else ''})" if sites else ""
    places = Counter(line.place for line in proposal.lines)
    stands = ", ".join(f"{count} times {place}" for place, count in sorted(places.items()))
    dropped = len(proposal.lines) - proposal.kept
    times = f"now dropped {dropped} times, kept {proposal.kept}"
    return f"documents: {proposal.documents}{of}; {times}; stands {stands} the story"


_ESCAPES = {'"': '\\"', "\\": "\\\\"}


def _string(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'


def to_do(file: RuleFile) -> list[Finding]:
    """What a person has still to write in a file of proposals."""
    advice = "write it, or remove the rule"
    return [
        Finding(at.path, at.line, at.column, rule.id, f"`{key}` is still to be written", advice, at.around)
        for rule in file.rules
        for key, texts in (("why", (rule.why,)), ("spare", rule.spare))
        for at in [file.fault(rule, key, "", "")]
        if any((text.text if isinstance(text, Example) else text).startswith(TODO) for text in texts)
    ]
