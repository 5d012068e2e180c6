"""Compiled rules at work: the automaton, the tables it leads to, and patterns made when first needed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.rule_compile import Compiled, PatternError, compile_lines, compile_pattern, list_key, refusal
from cleaner.rule_files import Rule, RuleError
from cleaner.rule_text import expand, list_names

_VARIANTS_KEPT = 8


class Program:
    """What the matcher runs. Everything is made when first asked for; nothing changes an answer."""

    def __init__(self, compiled: Compiled) -> None:
        self.rules = compiled.rules
        self.needles = compiled.needles
        self._lists = compiled.lists
        self.plans = compiled.plans
        self._variants: list[dict[frozenset[int], Any]] = [{} for _ in self.rules]
        self._whole: list[Any] = [None] * len(self.rules)
        self._phrases: dict[int, frozenset[int]] = {}
        self._urls: dict[int, Any] = {}

    @cached_property
    def automaton(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.AhoCorasick(self.needles.texts, store_patterns=False)

    @cached_property
    def _others(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.AhoCorasick(self.needles.others, store_patterns=False)

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

    @cached_property
    def gate(self) -> Any:
        """One pattern that finds each line where one of the rules in `by_line` may hold."""
        return compile_lines((self._filled(index, None), self.rules[index]) for index in self.by_line)

    @cached_property
    def widths(self) -> NDArray[np.int64]:
        return np.array([plan.width for plan in self.plans], dtype=np.int64)

    @cached_property
    def wants_digit(self) -> NDArray[np.bool_]:
        return np.array([plan.digit for plan in self.plans], dtype=np.bool_)

    @cached_property
    def min_words(self) -> NDArray[np.float64]:
        return np.array([rule.min_words or 0 for rule in self.rules], dtype=np.float64)

    @cached_property
    def max_words(self) -> NDArray[np.float64]:
        return np.array([rule.max_words or np.inf for rule in self.rules], dtype=np.float64)

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
            rule = self.rules[index]
            found = self._urls[index] = self._compile(rule.url or "", rule)
        return found

    def phrases_in(self, low: str) -> frozenset[int]:
        """The numbers of the literals that occur in a block's lower-case text."""
        found = [match[0] for match in self.automaton.find_matches_as_indexes(low, overlapping=True)]
        if self.needles.others:
            lead = len(self.needles.texts)
            others = self._others.find_matches_as_indexes(low, overlapping=True)
            found += [lead + match[0] for match in others]
        return frozenset(found)

    def text_of(self, number: int) -> str:
        """The literal with this number."""
        texts = self.needles.texts
        return texts[number] if number < len(texts) else self.needles.others[number - len(texts)]

    def whole_pattern(self, index: int) -> Any:
        """Rule `index`'s pattern with all phrases, if it names none or was made already."""
        found = self._whole[index]
        if found is None and not self._phrases_of(index):
            found = self._whole[index] = self._compile(self._filled(index, None), self.rules[index])
        return found

    def pattern(self, index: int, phrases: frozenset[int]) -> Any:
        """Rule `index`'s pattern, for a block in which `phrases` occur.

        A phrase that does not occur in the block cannot take part in a match, so the pattern is compiled
        with the phrases that do: much smaller, much sooner ready. After a few such the whole is compiled.
        """
        known = self._variants[index]
        wanted = phrases & self._phrases_of(index)
        found = known.get(wanted)
        if found is None:
            if len(known) == _VARIANTS_KEPT:
                found = self._whole[index] = self._compile(self._filled(index, None), self.rules[index])
                known.clear()
            else:
                found = known[wanted] = self._compile(self._filled(index, wanted), self.rules[index])
        return found

    @staticmethod
    def _compile(pattern: str, rule: Rule) -> Any:
        try:
            return compile_pattern(pattern, rule)
        except PatternError as error:
            fault, advice = refusal(error)
            raise RuleError(rule.file, rule.line, f"{rule.id}: {fault}", advice) from None

    def _phrases_of(self, index: int) -> frozenset[int]:
        """The literals of the phrases that rule `index`'s pattern names."""
        found = self._phrases.get(index)
        if found is None:
            rule = self.rules[index]
            names = list_names(rule.pattern or "")
            numbers = (number for name in names for _, number in self._lists[list_key(name, rule)])
            found = self._phrases[index] = frozenset(numbers)
        return found

    def _filled(self, index: int, phrases: frozenset[int] | None) -> str:
        """Rule `index`'s pattern with its word lists filled in: with all phrases, or with these."""
        rule = self.rules[index]
        lists = {name: self._lists[list_key(name, rule)] for name in list_names(rule.pattern or "")}
        chosen = {
            name: [pattern for pattern, number in entries if phrases is None or number in phrases]
            for name, entries in lists.items()
        }
        return expand(rule.pattern or "", chosen)
