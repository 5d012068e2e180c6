"""Rules in the form that the matcher runs: literals and what they lead to, patterns compiled when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from difflib import get_close_matches
from functools import cached_property
from itertools import chain
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from cleaner.rules.alphabet import recode_pattern
from cleaner.rules.files import (
    MAX_PATTERN_LOADED,
    MAX_RULES,
    Rule,
    RuleError,
    RuleFile,
    WordLists,
    engine_rule,
    merge_words,
)
from cleaner.rules.literals import ANYWHERE, Anatomy, Lists, Needle, Phrase, frequency, phrase, phrases
from cleaner.rules.search import EVERY_GROUP, GROUPS, Groups, by_group, group_of
from cleaner.rules.text import LIST_NAME, expand, list_names, rewrite

USUAL_MEMORY = 2 << 20
MAX_MEMORY = 16 << 20
"""Bytes that one compiled pattern may take, and its caches: as usual, and if it is too large for that."""
FORMAT = 22
USUAL_GROUPS: tuple[Groups, ...] = ((0,), (0, 1))
"""The scripts of most texts: ASCII alone, and Latin."""
LEFT, RIGHT = 1, 2
"""Flags: the ends that must be a word's ends."""
BRIEF = 20_000
"""RE2 instructions of a pattern that may be searched for in every line."""
TOO_LONG = 1 << 30
OFTEN = 0.05
"""A `frequency` of literals above which a block's length and digits say more."""


class Needles(msgspec.Struct, frozen=True, array_like=True):
    """The literals of a rule set, and for each the rules that it lets try: entries `first[i]:first[i+1]`."""

    texts: tuple[str, ...]
    """The longer literals, `by_group`: those of phrases that announce no rule too."""
    short: str
    """Literals too common to be sought in a text, one a line, numbered on from `texts`: words of one or two letters,
    and those of up to three characters that announce no rule."""
    first: bytes
    rules: bytes
    flags: bytes
    before: bytes
    after: bytes

    def all(self) -> list[str]:
        """Every literal, in order of the numbers."""
        return [text for group in (*self.texts, self.short) for text in group.split("\n") if text]


class Plan(msgspec.Struct, frozen=True, array_like=True):
    """How the blocks are found that one rule is tried on, and what is tested before its pattern."""

    found_by: Literal["literal", "shape", "line", "selector"]
    """By a literal in the block; by the block's length, words and digits; by a search over all lines; by CSS."""
    width: int
    """The most characters that the block may have."""
    digit: bool
    """The block must have a digit."""
    beyond_ascii: bool
    """The block must have a character that ASCII has not."""
    edges: int
    """`LEFT` or `RIGHT` where the pattern's end is a word list: a match must not cut a word there."""
    size: int = 0
    """RE2's instructions for the pattern, where the block is found by a search over all lines."""
    must: bytes = b""
    """The pattern's `Must`s, packed."""
    demands: tuple[int, ...] = ()
    """Numbers of the literals in `needs`, one of which must occur, where they do not lead to the block."""
    whole: tuple[int, ...] = ()
    """For each of `demands` the ends that must be a word's ends."""


class ListEntries(msgspec.Struct, frozen=True, array_like=True):
    """The phrases of a list, packed: most documents need few of them."""

    numbers: bytes
    """The number of each one's literal, as int32."""
    patterns: bytes
    """Their patterns, one behind the other."""
    bounds: bytes
    """Where each pattern begins, and where the last one ends, as int32."""

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, str]]) -> ListEntries:
        """From each phrase's number and pattern."""
        patterns = [pattern.encode() for _, pattern in pairs]
        numbers = np.array([number for number, _ in pairs], dtype=np.int32)
        bounds = np.cumsum([0, *map(len, patterns)], dtype=np.int32)
        return cls(numbers.tobytes(), b"".join(patterns), bounds.tobytes())

    def all_numbers(self) -> list[int]:
        """The number of each phrase's literal."""
        return memoryview(self.numbers).cast("i").tolist()

    def patterns_of(self, chosen: Set[int]) -> list[str]:
        """The patterns of the phrases with these literals, in the list's order."""
        places = [place for place, number in enumerate(self.all_numbers()) if number in chosen]
        bounds = memoryview(self.bounds).cast("i")
        return [self.patterns[bounds[place] : bounds[place + 1]].decode() for place in places]


class Compiled(msgspec.Struct, frozen=True, array_like=True):
    """What is kept on disk."""

    format: int
    rules: tuple[Rule, ...]
    off: frozenset[str]
    """Ids that these rules replace or switch off in the sets that they are added to."""
    words: bytes
    """`WordLists`, packed: few need them again."""
    lists: dict[str, ListEntries]
    """For each word list (and choice of languages) that a pattern names."""
    needles: Needles
    plans: tuple[Plan, ...]
    bare: tuple[tuple[str, ...], ...]
    """For each of `USUAL_GROUPS` the rules' recoded patterns, their word lists not filled in; empty where one fails."""


class Phrasebook:
    """Word lists, each phrase prepared once."""

    def __init__(self, words: WordLists) -> None:
        self.words = words
        self._known: dict[tuple[str, tuple[str, ...]], tuple[Phrase, ...]] = {}

    @cached_property
    def packed(self) -> bytes:
        """The word lists, for `Compiled.words`."""
        return msgspec.msgpack.encode(self.words)

    def phrases(self, name: str, languages: tuple[str, ...]) -> tuple[Phrase, ...]:
        """The phrases of a list, longest first: of `languages`, or of all when there are none."""
        found = self._known.get((name, languages))
        if found is None:
            by_language = self.words.get(name, {})
            texts = list(chain.from_iterable(by_language.get(code, ()) for code in languages or by_language))
            unique = {prepared.pattern: prepared for prepared in phrases(texts)}
            ordered = sorted(unique.values(), key=lambda one: (-len(one.pattern), one.pattern))
            found = self._known[name, languages] = tuple(ordered)
        return found

    def lists(self, rule: Rule) -> Lists:
        """The word lists that the rule names."""
        return {name: self.phrases(name, rule.language) for name in _names(rule)}


def _names(rule: Rule) -> list[str]:
    return list(dict.fromkeys(name for text in (rule.pattern or "", *rule.needs) for name in list_names(text)))


def list_key(name: str, rule: Rule) -> str:
    """The key in `Compiled.lists` of a list as `rule` uses it."""
    return "@".join((name, *rule.language))


def rule_needles(rule: Rule, lists: Lists) -> tuple[Needle, ...]:
    """The literals of which a block must hold one for the rule to hit; empty when nothing is known."""
    return needed(rule, lists) or (Anatomy(rule.pattern, lists).required() if rule.pattern else ())


def needed(rule: Rule, lists: Lists) -> tuple[Needle, ...]:
    """The literals that the rule's `needs` asks for."""
    found: list[Needle] = []
    for text in rule.needs:
        name = LIST_NAME.fullmatch(text)
        found += [one.needle for one in (lists[name[1]] if name else (phrase(text),))]
    return tuple(dict.fromkeys(found))


class _Draft(NamedTuple):
    """A rule's plan before literals are numbered."""

    plan: Plan
    needles: tuple[Needle, ...]
    demands: tuple[Needle, ...]


def _draft(rule: Rule, lists: Lists) -> _Draft:
    """Choose what leads to the blocks that the rule is tried on: whatever is about to be found least often."""
    asked = needed(rule, lists)
    pattern = rule.pattern or ""
    anatomy = Anatomy(pattern, lists)
    left, right = anatomy.list_edges()
    plan = Plan(
        "literal",
        anatomy.widest() if pattern else ANYWHERE,
        anatomy.requires_digit(),
        anatomy.requires_beyond_ascii(),
        (LEFT if left else 0) | (RIGHT if right else 0),
        must=msgspec.msgpack.encode(anatomy.musts()),
    )
    if rule.css:
        return _Draft(msgspec.structs.replace(plan, found_by="selector"), (), asked)
    ways = [way for way in (asked, anatomy.required()) if way]
    best = min(ways, key=frequency, default=())
    if best and frequency(best) < OFTEN:
        return _Draft(plan, best, () if best is asked else asked)
    size = _program_size(rule, _filled(pattern, lists)) if pattern else TOO_LONG
    by_line = msgspec.structs.replace(plan, found_by="line", size=size)
    if size <= BRIEF:
        return _Draft(by_line, (), asked)
    if _has_shape(rule, plan):
        return _Draft(msgspec.structs.replace(plan, found_by="shape"), (), asked)
    return _Draft(plan, best, () if best is asked else asked) if best else _Draft(by_line, (), asked)


def _program_size(rule: Rule, pattern: str) -> int:
    """RE2's instructions for a pattern; `TOO_LONG` where that is not worth knowing."""
    try:
        return int(compile_pattern(pattern, rule).programsize) if len(pattern) < BRIEF else TOO_LONG
    except PatternError:
        return TOO_LONG


def _has_shape(rule: Rule, plan: Plan) -> bool:
    """Whether few blocks are as short as the rule wants them, and have a digit if it wants one."""
    return plan.width <= 12 or (plan.digit and (plan.width <= 80 or (rule.max_words or 99) <= 12))


def join_layers(layers: Sequence[Sequence[RuleFile]], words: WordLists | None = None) -> Compiled:
    """The rules that are left when each layer has overridden those before it; `words` are lists known already."""
    book = Phrasebook(merge_words([file for layer in layers for file in layer], words))
    rules: dict[str, Rule] = {}
    off: set[str] = set()
    for layer in layers:
        owner: dict[str, RuleFile] = {}
        for file in layer:
            for written in file.rules:
                if written.id in owner:
                    other = owner[written.id].path
                    raise file.fault(written, "id", f"the id occurs in {other} too", "rename or remove one of them")
                owner[written.id] = file
                rules.pop(written.id, None)
                off.add(written.id)
                if not written.off:
                    check_lists(written, file, book)
                    rules[written.id] = engine_rule(written)
    if len(rules) > MAX_RULES:
        raise RuleError(layers[-1][0].path, 0, f"more than {MAX_RULES:,} rules in all", "remove what is not needed")
    return compile_rules(tuple(rules.values()), book, frozenset(off))


def compile_rules(rules: tuple[Rule, ...], book: Phrasebook, off: frozenset[str] = frozenset()) -> Compiled:
    """The compiled form of these rules alone."""
    drafts = [_draft(rule, book.lists(rule)) for rule in rules]
    named = {
        list_key(name, rule): book.phrases(name, rule.language)
        for rule in rules
        for name in list_names(rule.pattern or "")
    }
    others = [one.needle.text for entries in named.values() for one in entries]
    others += [one.text for draft in drafts for one in draft.demands]
    table = _needles([draft.needles for draft in drafts], others)
    number = {text: index for index, text in enumerate(table.all())}
    lists = {
        key: ListEntries.of([(number[one.needle.text], one.pattern) for one in entries])
        for key, entries in named.items()
    }
    plans = tuple(_numbered(draft, number) for draft in drafts)
    bare = tuple(tuple(_bare(rule, groups) for rule in rules) for groups in USUAL_GROUPS)
    return Compiled(FORMAT, rules, off, book.packed, lists, table, plans, bare)


def _numbered(draft: _Draft, number: Mapping[str, int]) -> Plan:
    return msgspec.structs.replace(
        draft.plan,
        demands=tuple(number[one.text] for one in draft.demands),
        whole=tuple(_ends(one) for one in draft.demands),
    )


def _ends(needle: Needle) -> int:
    return (LEFT if needle.left else 0) | (RIGHT if needle.right else 0)


def _needles(of_rules: Sequence[Sequence[Needle]], of_phrases: Iterable[str]) -> Needles:
    uses: dict[str, list[tuple[int, Needle]]] = {}
    for index, needles in enumerate(of_rules):
        for found in needles:
            uses.setdefault(found.text, []).append((index, found))
    for text in of_phrases:
        uses.setdefault(text, [])
    short = {text for text, entries in uses.items() if _is_short(text, [found for _, found in entries])}
    order = sorted(uses, key=lambda text: (GROUPS if text in short else group_of(text), text))
    uses = {text: uses[text] for text in order}
    entries = [entry for group in uses.values() for entry in group]
    flags = [_ends(found) for _, found in entries]
    return Needles(
        by_group(text for text in uses if text not in short),
        "\n".join(text for text in uses if text in short),
        np.cumsum([0, *map(len, uses.values())], dtype=np.int32).tobytes(),
        np.array([rule for rule, _ in entries], dtype=np.int32).tobytes(),
        np.array(flags, dtype=np.uint8).tobytes(),
        np.array([found.before for _, found in entries], dtype=np.int16).tobytes(),
        np.array([found.after for _, found in entries], dtype=np.int16).tobytes(),
    )


def check_lists(rule: Rule, file: RuleFile, book: Phrasebook, longest: int = MAX_PATTERN_LOADED) -> None:
    """Refuse word lists that the rule names and that do not exist, and patterns that grow too long with them."""
    for key, texts in (("pattern", (rule.pattern or "",)), ("needs", rule.needs)):
        for name in (name for text in texts for name in list_names(text)):
            if name not in book.words:
                near = ", ".join(f"`{other}`" for other in get_close_matches(name, book.words))
                advice = f"write [words.{name}], or give the folder that has it with --rules"
                raise file.fault(rule, key, f"no word list `{name}`", advice + (f" (there is {near})" if near else ""))
            if not book.phrases(name, rule.language):
                fault = f"list `{name}` has no phrase in the rule's languages"
                raise file.fault(rule, key, fault, "add some")
    for text in rule.needs:
        if list_names(text) and not LIST_NAME.fullmatch(text):
            fault = f"`{text}` mixes a list and other text"
            raise file.fault(rule, "needs", fault, 'give the list by itself, like "{list}"')
    if rule.pattern and (length := len(full_pattern(rule, book))) > longest:
        fault = f"{length:,} characters once the lists are filled in, over {longest:,}"
        raise file.fault(rule, "pattern", fault, "shorten the lists or split the rule by `language`")


def full_pattern(rule: Rule, book: Phrasebook) -> str:
    """The rule's pattern with its word lists filled in."""
    return _filled(rule.pattern or "", book.lists(rule))


def _filled(pattern: str, lists: Lists) -> str:
    return expand(pattern, {name: [one.pattern for one in lists[name]] for name in lists})


def _is_short(text: str, uses: Sequence[Needle]) -> bool:
    if not uses:
        return len(text) <= 3 and text.isascii()
    return len(text) <= 2 and text.isascii() and text.isalpha() and all(one.left and one.right for one in uses)


def _bare(rule: Rule, groups: Groups) -> str:
    try:
        return recoded(rewrite(rule.pattern or ""), rule, groups)
    except PatternError:
        return ""


class PatternError(Exception):
    """RE2 refuses a pattern."""


def compile_pattern(pattern: str, rule: Rule, groups: Groups = EVERY_GROUP) -> Any:
    """Compile for RE2, to be searched in the recoded UTF-8 of texts that use these groups of scripts."""
    return compile_recoded(recoded(pattern, rule, groups), rule)


def compile_recoded(pattern: str, rule: Rule) -> Any:
    """Compile a pattern of the rule that is recoded already."""
    options = _options()
    options.case_sensitive = rule.case_sensitive
    return _compiled(pattern, options)


def compile_lines(patterns: Iterable[tuple[str, Rule]]) -> Any:
    """Compile recoded patterns into one that is searched in many lines at once and never matches across them."""
    options = _options()
    options.never_nl = True
    options.max_mem = MAX_MEMORY
    parts = [("(?-i:" if rule.case_sensitive else "(?i:") + pattern + ")" for pattern, rule in patterns]
    return _compiled("(?m)" + "|".join(parts), options)


def recoded(pattern: str, rule: Rule, groups: Groups) -> str:
    """A pattern of the rule, or a piece of one, for recoded texts of these groups of scripts."""
    try:
        return recode_pattern(pattern, "minded" if rule.case_sensitive else "ignored", groups)
    except LookupError as error:
        raise PatternError(error.args[0]) from None


def _options() -> Any:
    import re2

    options = re2.Options()
    options.max_mem = USUAL_MEMORY
    options.log_errors = False
    options.never_capture = True
    return options


def _compiled(pattern: str, options: Any) -> Any:
    import re2

    raw = pattern.encode("utf-8", "replace")
    try:
        return re2.compile(raw, options)
    except re2.error:
        options.max_mem = MAX_MEMORY
    try:
        return re2.compile(raw, options)
    except re2.error as error:
        what = error.args[0]
        raise PatternError(what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)) from None


def check_patterns(files: Iterable[RuleFile], book: Phrasebook) -> None:
    """Compile every pattern once; raises `RuleError` for the first that RE2 refuses."""
    for file in files:
        for rule in file.rules:
            if rule.off:
                continue
            for key, pattern in (("pattern", full_pattern(rule, book)), ("url", rule.url or "")):
                try:
                    compile_pattern(pattern, rule)
                except PatternError as error:
                    raise file.fault(rule, key, *refusal(error)) from None


def refusal(error: PatternError) -> tuple[str, str]:
    """What RE2 says against a pattern, and what to do."""
    what = str(error)
    if "perl operator" in what or "invalid escape" in what:
        advice = "RE2 has no look-around or back-references: use `spare`, `follows` or another rule instead"
    elif "too large" in what or "repetition size" in what:
        advice = "use smaller counts: those of nested repetitions multiply"
    else:
        advice = "see https://github.com/google/re2/wiki/Syntax"
    return f"RE2 refuses the pattern: {what}", advice
