"""Compiled rules at work: the literals, the tables they lead to, and patterns made when first needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.rules.compile import (
    USUAL_GROUPS,
    Compiled,
    PatternError,
    Plan,
    compile_lines,
    compile_pattern,
    compile_recoded,
    list_key,
    recoded,
    refusal,
)
from cleaner.rules.files import Rule, RuleError
from cleaner.rules.literals import ANYWHERE, Must
from cleaner.rules.search import EVERY_GROUP, GROUPS, Groups, Literals
from cleaner.rules.text import expand, list_names, rewrite

_VARIANTS_KEPT = 8
_GATE = 5_000
"""RE2 instructions of patterns that are searched for at once: RE2 slows down with too many."""
_SETS_KEPT = 64
_CHARACTERS_KEPT = 1 << 21
Spans = tuple[tuple[int, int], ...]
Known = dict[str, tuple[tuple[int, Spans], ...]]


_LIST_MINDS_CASE = re.compile(r"\(\?[a-zA-Z]*-?[a-zA-Z]*i[a-zA-Z]*:[^()]*\{[a-z]")
"""A word list inside a group that says whether case counts."""
_PLAIN_PHRASE = re.compile(r"(?:[^\\\[\x80-\U0010ffff]|\\[^pPx])*")


def short_key(first: Any, second: Any) -> Any:
    """A number for a word of one letter (`second` is 0) or two of ASCII, given their codes."""
    return first << 7 | second


def _size(texts: str) -> int:
    return texts.count("\n") + 1 if texts else 0


class Wants:
    """What rules want of a block, tested before their patterns; arrays have an entry per rule."""

    def __init__(self, rules: Sequence[Rule], plans: Sequence[Plan]) -> None:
        far = 1 << 40
        self.width = np.array([far if plan.width == ANYWHERE else plan.width for plan in plans], dtype=np.int64)
        self.digit = np.array([plan.digit for plan in plans], dtype=np.bool_)
        self.beyond_ascii = np.array([plan.beyond_ascii for plan in plans], dtype=np.bool_)
        self.min_words = np.array([rule.min_words or 0 for rule in rules], dtype=np.float64)
        self.max_words = np.array([rule.max_words or np.inf for rule in rules], dtype=np.float64)


class Gate(NamedTuple):
    """Rules to search for at once, in lines of so many words at most, if they want it only in those with a digit."""

    rules: tuple[int, ...]
    digit: bool
    most_words: float


class Program:
    """What the matcher runs. Everything is made when first asked for; nothing changes an answer."""

    def __init__(self, compiled: Compiled) -> None:
        self.rules = compiled.rules
        self.needles = compiled.needles
        self._lists = compiled.lists
        self.plans = compiled.plans
        self._variants: list[dict[tuple[Groups, frozenset[int]], Any]] = [{} for _ in self.rules]
        self._whole: list[dict[Groups, Any]] = [{} for _ in self.rules]
        known = [zip(USUAL_GROUPS, bare, strict=True) for bare in zip(*compiled.bare, strict=True)]
        self._bare = [{groups: bare for groups, bare in own if bare} for own in known]
        self._recoded_phrases: dict[tuple[str, bool, Groups], str] = {}
        self._phrases: dict[int, frozenset[int]] = {}
        self._musts: dict[int, list[tuple[tuple[str, ...], frozenset[int]]]] = {}
        self._list_numbers: dict[str, frozenset[int]] = {}
        self._demands: dict[int, dict[int, list[int]]] = {}
        self._urls: dict[int, Any] = {}
        self._gates: dict[tuple[tuple[int, ...], Groups], Any] = {}
        self._known: dict[bytes, Known] = {}
        self._room = _CHARACTERS_KEPT

    def known(self, active: NDArray[np.bool_]) -> Known:
        """What those rules are known to match by a block's text, were it of the kind that they want.

        It is the same dictionary for the same rules.
        """
        return self._known.setdefault(active.tobytes(), {})

    def forget(self, size: int) -> None:
        """Keep what is remembered within bounds; call it for each document, with the characters in it."""
        self._room -= size
        if self._room < 0 or len(self._known) > _SETS_KEPT:
            self._room = _CHARACTERS_KEPT
            self._known = {}

    @cached_property
    def literals(self) -> Literals:
        """Finds the longer literals."""
        return Literals(self.needles.texts)

    @cached_property
    def needle_first(self) -> NDArray[np.int32]:
        return np.frombuffer(self.needles.first, dtype=np.int32)

    @cached_property
    def needle_rules(self) -> NDArray[np.int32]:
        return np.frombuffer(self.needles.rules, dtype=np.int32)

    @cached_property
    def needle_flags(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.needles.flags, dtype=np.uint8)

    @cached_property
    def needle_least(self) -> NDArray[np.uint8]:
        """The flags of each literal that all its rules want; all flags where it has none."""
        found = np.full(len(self.needle_first) - 1, 0xFF, dtype=np.uint8)
        used = self.needle_first[1:] > self.needle_first[:-1]
        found[used] = np.bitwise_and.reduceat(self.needle_flags, self.needle_first[:-1][used])
        return found

    @cached_property
    def needle_before(self) -> NDArray[np.int16]:
        return np.frombuffer(self.needles.before, dtype=np.int16)

    @cached_property
    def needle_after(self) -> NDArray[np.int16]:
        return np.frombuffer(self.needles.after, dtype=np.int16)

    @cached_property
    def by_shape(self) -> tuple[int, ...]:
        """Rules that a block's length, words and digits announce."""
        return tuple(i for i, plan in enumerate(self.plans) if plan.found_by == "shape")

    @cached_property
    def by_line(self) -> tuple[int, ...]:
        """Rules that nothing announces: each line is searched for one of them."""
        return tuple(i for i, plan in enumerate(self.plans) if plan.found_by == "line")

    def gate(self, rules: tuple[int, ...], groups: Groups) -> Any:
        """A pattern that finds each line where one of these rules may hold."""
        found = self._gates.get((rules, groups))
        if found is None:
            patterns = [(self._filled(index, None, groups), self.rules[index]) for index in rules]
            found = self._gates[rules, groups] = compile_lines(patterns)
        return found

    def has_gate(self, rules: tuple[int, ...], groups: Groups) -> bool:
        """Whether the gate was made already."""
        return (rules, groups) in self._gates

    @cached_property
    def gates(self) -> list[Gate]:
        """The rules of `by_line` in such groups as can be searched for at once."""
        wants, size = self.wants, [plan.size for plan in self.plans]
        found: list[Gate] = []
        room = 0
        for index in sorted(self.by_line, key=lambda one: (wants.digit[one], wants.max_words[one], size[one])):
            digit, most = bool(wants.digit[index]), float(wants.max_words[index])
            if size[index] > room or digit != found[-1].digit or np.isinf(most) != np.isinf(found[-1].most_words):
                found.append(Gate((), digit, most))
                room = max(size[index], _GATE)
            found[-1] = Gate((*found[-1].rules, index), digit, most)
            room -= size[index]
        return found

    @cached_property
    def wants(self) -> Wants:
        return Wants(self.rules, self.plans)

    @cached_property
    def index_of(self) -> dict[str, int]:
        return {rule.id: index for index, rule in enumerate(self.rules)}

    @cached_property
    def url_scoped(self) -> tuple[int, ...]:
        """Rules for some addresses only."""
        return tuple(index for index, rule in enumerate(self.rules) if rule.url)

    def url_pattern(self, index: int) -> Any:
        found = self._urls.get(index)
        if found is None:
            found = self._urls[index] = compile_pattern(self.rules[index].url or "", self.rules[index])
        return found

    @cached_property
    def short(self) -> frozenset[int]:
        """The numbers of the short literals."""
        first = sum(map(_size, self.needles.texts))
        return frozenset(range(first, first + _size(self.needles.short)))

    @cached_property
    def texts(self) -> list[str]:
        """Every literal by its number."""
        return self.needles.all()

    @cached_property
    def short_words(self) -> NDArray[np.int32]:
        """By `short_key` the number of the short literal that announces a rule, or -1."""
        found = np.full(1 << 14, -1, dtype=np.int32)
        for number, text in zip(sorted(self.short), self.needles.short.split("\n"), strict=False):
            if self.needle_first[number] < self.needle_first[number + 1]:
                found[short_key(ord(text[0]), ord(text[1:] or "\0"))] = number
        return found

    def compiled(self, index: int, groups: Groups) -> Any:
        """Rule `index`'s pattern for texts of these scripts, with all phrases, if it was made already."""
        return self._whole[index].get(groups)

    def _make_whole(self, index: int, groups: Groups) -> Any:
        found = self._whole[index][groups] = self._compile(index, None, groups)
        return found

    def may_match(self, index: int, low: str, phrases: frozenset[int]) -> bool:
        """Whether a text, given in lower case, has all that rule `index` cannot do without."""
        musts = self._musts.get(index)
        if musts is None:
            musts = self._musts[index] = list(self._read_musts(index))
        for texts, numbers in musts:
            if numbers.isdisjoint(phrases) and not any(map(low.__contains__, texts)):
                return False
        return True

    def _read_musts(self, index: int) -> Iterator[tuple[tuple[str, ...], frozenset[int]]]:
        """The literals of which a text must have one, and the numbers of others."""
        rule, plan = self.rules[index], self.plans[index]
        musts = msgspec.msgpack.decode(plan.must, type=tuple[Must, ...]) if plan.must else ()
        found = [(must.texts, self._numbers_of(must.lists, rule)) for must in musts]
        if plan.demands:
            found.append(((), frozenset(plan.demands)))
        for texts, numbers in dict.fromkeys(found):
            short = [self.texts[number] for number in numbers & self.short]
            yield (*texts, *short), numbers - self.short

    def demanded(self, index: int, phrases: frozenset[int]) -> Iterator[tuple[str, int]]:
        """The literals that rule `index` demands and that such a text may hold, and the ends of words they need."""
        demands = self._demands.get(index)
        if demands is None:
            demands = self._demands[index] = {}
            for number, ends in zip(self.plans[index].demands, self.plans[index].whole, strict=True):
                demands.setdefault(number, []).append(ends)
        numbers = chain(demands.keys() & phrases, demands.keys() & self.short)
        return ((self.texts[number], ends) for number in numbers for ends in demands[number])

    def _numbers_of(self, names: Iterable[str], rule: Rule) -> frozenset[int]:
        """The literals of the phrases of lists."""
        return frozenset[int]().union(*(self._numbers_in(list_key(name, rule)) for name in names))

    def _numbers_in(self, key: str) -> frozenset[int]:
        """The literals of a list's phrases."""
        found = self._list_numbers.get(key)
        if found is None:
            found = self._list_numbers[key] = frozenset(self._lists[key].all_numbers())
        return found

    def pattern(self, index: int, groups: Groups, phrases: frozenset[int]) -> Any:
        """Rule `index`'s pattern, for a block of these scripts in which `phrases` occur.

        A phrase that does not occur in the block cannot take part in a match, so the pattern is compiled
        with the phrases that do: much smaller, much sooner ready. After a few such the whole is compiled.
        """
        if not self._phrases_of(index):
            return self._make_whole(index, groups)
        known = self._variants[index]
        key = groups, self._phrases_of(index) & (phrases | self.short)
        found = known.get(key)
        if found is None:
            if len(known) == _VARIANTS_KEPT:
                known.clear()
                return self._make_whole(index, groups)
            found = known[key] = self._compile(index, key[1], groups)
        return found

    def _compile(self, index: int, phrases: frozenset[int] | None, groups: Groups = EVERY_GROUP) -> Any:
        rule = self.rules[index]
        try:
            return compile_recoded(self._filled(index, phrases, groups), rule)
        except PatternError as error:
            fault, advice = refusal(error)
            raise RuleError(rule.file, rule.line, f"{rule.id}: {fault}", advice) from None

    def _phrases_of(self, index: int) -> frozenset[int]:
        """The literals of the phrases that rule `index`'s pattern names."""
        found = self._phrases.get(index)
        if found is None:
            rule = self.rules[index]
            found = self._phrases[index] = self._numbers_of(list_names(rule.pattern or ""), rule)
        return found

    def _filled(self, index: int, phrases: frozenset[int] | None, groups: Groups = EVERY_GROUP) -> str:
        """Rule `index`'s recoded pattern, its word lists filled in: with all phrases of the scripts, or with these."""
        rule = self.rules[index]
        pattern = rule.pattern or ""
        names = list_names(pattern)
        chosen = {name: self._chosen(list_key(name, rule), phrases, groups) for name in names}
        if _LIST_MINDS_CASE.search(pattern):
            return recoded(expand(pattern, chosen), rule, groups)
        bare = self._bare[index].get(groups)
        if bare is None:
            bare = self._bare[index][groups] = recoded(rewrite(pattern), rule, groups)
        if not names:
            return bare
        return expand(bare, {name: [self._phrase(one, rule, groups) for one in some] for name, some in chosen.items()})

    def _phrase(self, pattern: str, rule: Rule, groups: Groups) -> str:
        """A phrase's pattern, recoded."""
        if _PLAIN_PHRASE.fullmatch(pattern):
            return pattern
        key = pattern, rule.case_sensitive, groups
        found = self._recoded_phrases.get(key)
        if found is None:
            found = self._recoded_phrases[key] = recoded(pattern, rule, groups)
        return found

    def _chosen(self, key: str, phrases: frozenset[int] | None, groups: Groups) -> list[str]:
        """The patterns of a list's phrases, longest first: of all phrases in the scripts, or of these."""
        group, numbers = self._group_of, self._numbers_in(key)
        if phrases is None:
            return self._lists[key].patterns_of({number for number in numbers if group[number] in groups})
        return self._lists[key].patterns_of(numbers & phrases)

    @cached_property
    def _group_of(self) -> list[int]:
        """The group of scripts of each literal."""
        sizes = [*map(_size, self.needles.texts), _size(self.needles.short)]
        return np.repeat([*range(GROUPS), 0], sizes).tolist()
