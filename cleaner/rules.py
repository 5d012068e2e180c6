"""Rule sets: layers of rule files, checked, joined, and kept on disk in compiled form."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.rule_classes import brief_classes
from cleaner.rule_files import (
    MAX_PATTERN_LOADED,
    MAX_RULES,
    Rule,
    RuleError,
    RuleFile,
    WordLists,
    engine_rule,
    merge_words,
    read_file,
    read_text,
)
from cleaner.rule_files import parse as parse_file
from cleaner.rule_literals import Needle, phrase_needle, required
from cleaner.rule_text import LIST_NAME, expand, list_names, phrases_for

__all__ = ["Rule", "RuleError", "RuleSet", "builtin_directory", "load_rules", "read_layers", "rule_paths"]

NOT_RULES = frozenset({"scorecard.toml", "languages.toml"})
MAX_MEMORY = 16 << 20
"""Bytes that one compiled pattern may take."""
_SITES_KEPT = 256
_VARIANTS_KEPT = 8
_FORMAT = 1
LEFT, RIGHT = 1, 2
"""Flags of a needle's use by a rule: the ends that must be a word's ends."""


def builtin_directory() -> Path:
    """The rules that come with the package: inside an installed package, or beside a checkout's."""
    here = Path(__file__).parent
    inside = here / "_rules"
    return inside if inside.is_dir() else here.parent / "rules"


def rule_paths(directory: Path) -> list[Path]:
    """The rule files of one layer, without those of its sites, in order of their names."""
    if not directory.is_dir():
        raise RuleError(directory, 0, "is no directory", "give a directory that holds rule files")
    return sorted(path for path in directory.glob("*.toml") if path.name not in NOT_RULES)


def read_layers(directories: Sequence[Path]) -> list[list[RuleFile]]:
    """Every layer's files, checked one by one."""
    return [[read_file(path, path.stem) for path in rule_paths(directory)] for directory in directories]


class Needles(msgspec.Struct, frozen=True, array_like=True):
    """The literals of a rule set, and for each the rules that it lets try: entries `first[i]:first[i+1]`."""

    texts: tuple[str, ...]
    first: bytes
    rules: bytes
    flags: bytes
    before: bytes
    after: bytes


class Compiled(msgspec.Struct, frozen=True, array_like=True):
    """What is kept on disk."""

    format: int
    rules: tuple[Rule, ...]
    off: frozenset[str]
    words: WordLists
    needles: Needles


def join_layers(layers: Sequence[Sequence[RuleFile]], words: WordLists | None = None) -> Compiled:
    """The rules that are left when each layer has overridden those before it."""
    merged = merge_words([file for layer in layers for file in layer], words)
    rules: dict[str, Rule] = {}
    off: set[str] = set()
    for layer in layers:
        owner: dict[str, RuleFile] = {}
        for file in layer:
            for written in file.rules:
                if written.id in owner:
                    other = owner[written.id].path
                    raise file.fault(
                        written, "id", f"the id occurs in {other} too", "rename or remove one of them"
                    )
                owner[written.id] = file
                rules.pop(written.id, None)
                off.add(written.id)
                if not written.off:
                    check_lists(written, file, merged)
                    rules[written.id] = engine_rule(written)
    if len(rules) > MAX_RULES:
        raise RuleError(
            layers[-1][0].path, 0, f"more than {MAX_RULES:,} rules in all", "remove what is not needed"
        )
    return compiled_of(tuple(rules.values()), merged, frozenset(off))


def compiled_of(rules: tuple[Rule, ...], words: WordLists, off: frozenset[str] = frozenset()) -> Compiled:
    """The compiled form of these rules alone; `off` are ids that they replace or switch off in other sets."""
    return compiled_with(rules, words, [rule_needles(rule, lists_for(rule, words)) for rule in rules], off)


def compiled_with(
    rules: tuple[Rule, ...],
    words: WordLists,
    needles: Sequence[Sequence[Needle]],
    off: frozenset[str] = frozenset(),
) -> Compiled:
    """Like `compiled_of`, with the literals that announce each rule."""
    return Compiled(_FORMAT, rules, off, words, _needles(needles))


def lists_for(rule: Rule, words: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    """The phrases of every word list that the rule names, for its languages."""
    names = dict.fromkeys(name for text in (rule.pattern or "", *rule.needs) for name in list_names(text))
    return {name: phrases_for(words.get(name, {}), rule.language) for name in names}


def rule_needles(rule: Rule, lists: Mapping[str, Sequence[str]]) -> tuple[Needle, ...]:
    """The literals of which a block must hold one before the rule is tried; empty: every block is tried."""
    if not rule.needs:
        return required(rule.pattern, lists) if rule.pattern else ()
    found: list[Needle] = []
    for text in rule.needs:
        name = LIST_NAME.fullmatch(text)
        found += [phrase_needle(phrase) for phrase in (lists[name[1]] if name else (text,))]
    return tuple(dict.fromkeys(found))


def check_lists(rule: Rule, file: RuleFile, words: WordLists, longest: int = MAX_PATTERN_LOADED) -> None:
    """Refuse word lists that the rule names and that do not exist, and patterns that grow too long with them."""
    for key, texts in (("pattern", (rule.pattern or "",)), ("needs", rule.needs)):
        for name in (name for text in texts for name in list_names(text)):
            if name not in words:
                known = " ".join(sorted(words)) or "none yet"
                raise file.fault(
                    rule, key, f"no word list `{name}`", f"write [words.{name}]; the lists are: {known}"
                )
            if not phrases_for(words[name], rule.language):
                raise file.fault(
                    rule, key, f"list `{name}` has no phrase in the rule's languages", "add some"
                )
    if rule.pattern and (length := len(expand(rule.pattern, lists_for(rule, words)))) > longest:
        fault = f"{length:,} characters once the lists are filled in, over {longest:,}"
        raise file.fault(rule, "pattern", fault, "shorten the lists or split the rule by `language`")


def _needles(of_rules: Sequence[Sequence[Needle]]) -> Needles:
    uses: dict[str, list[tuple[int, Needle]]] = {}
    for index, needles in enumerate(of_rules):
        for found in needles:
            uses.setdefault(found.text, []).append((index, found))
    entries = [entry for group in uses.values() for entry in group]
    flags = [(LEFT if found.left else 0) | (RIGHT if found.right else 0) for _, found in entries]
    return Needles(
        tuple(uses),
        np.cumsum([0, *map(len, uses.values())], dtype=np.int32).tobytes(),
        np.array([rule for rule, _ in entries], dtype=np.int32).tobytes(),
        np.array(flags, dtype=np.uint8).tobytes(),
        np.array([found.before for _, found in entries], dtype=np.int16).tobytes(),
        np.array([found.after for _, found in entries], dtype=np.int16).tobytes(),
    )


def compile_pattern(pattern: str, rule: Rule) -> Any:
    """Compile for RE2, to be searched in UTF-8; raises `re2.error`."""
    import re2

    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    options.case_sensitive = rule.case_sensitive
    return re2.compile(brief_classes(pattern).encode("utf-8", "replace"), options)


def compile_lines(pattern: str) -> Any:
    """Compile a pattern that is searched in many lines at once and never matches across them."""
    import re2

    options = re2.Options()
    options.max_mem = 4 * MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    options.never_nl = True
    return re2.compile(brief_classes(pattern).encode("utf-8", "replace"), options)


def check_patterns(files: Iterable[RuleFile], words: WordLists) -> None:
    """Compile every pattern once; raises `RuleError` for the first that RE2 refuses."""
    import re2

    for file in files:
        for rule in file.rules:
            if rule.off:
                continue
            lists = lists_for(rule, words)
            for key, pattern in (("pattern", rule.pattern), ("url", rule.url)):
                try:
                    compile_pattern(expand(pattern or "", lists), rule)
                except re2.error as error:
                    raise _refused(file, rule, key, error) from None


def _refused(file: RuleFile, rule: Rule, key: str, error: Exception) -> RuleError:
    what = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
    if "perl operator" in what or "invalid escape" in what:
        advice = "RE2 has no look-around or back-references: use `spare`, `follows` or another rule instead"
    elif "too large" in what:
        advice = "use smaller repetition counts"
    else:
        advice = "see https://github.com/google/re2/wiki/Syntax"
    return file.fault(rule, key, f"RE2 refuses the pattern: {what}", advice)


class SiteRules(msgspec.Struct, frozen=True):
    """What a site's own files add to a rule set, and which of its rules they replace or switch off."""

    rules: RuleSet | None
    hidden: frozenset[int]


_NO_SITE_RULES = SiteRules(None, frozenset())


class RuleSet:
    """Rules that were checked and joined; never changes, may be shared by threads and sent to workers."""

    def __init__(self, compiled: Compiled, directories: Sequence[Path] = ()) -> None:
        self._compiled = compiled
        self.directories = tuple(directories)
        self.rules = compiled.rules
        self.words = compiled.words
        self._variants: list[dict[Any, Any]] = [{} for _ in self.rules]
        self._sites: dict[str, SiteRules] = {}
        self._urls: dict[int, Any] = {}
        self.masks: dict[Any, NDArray[np.bool_]] = {}
        """Kept by the matcher: which rules a kind of document is open to."""

    def __reduce__(self) -> tuple[Any, ...]:
        return RuleSet, (self._compiled, self.directories)

    def __len__(self) -> int:
        return len(self.rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    # --- what the matcher reads ------------------------------------------------------------------

    @cached_property
    def automaton(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.AhoCorasick(self._compiled.needles.texts, store_patterns=False)

    @property
    def needle_texts(self) -> tuple[str, ...]:
        return self._compiled.needles.texts

    @cached_property
    def needle_first(self) -> NDArray[np.int32]:
        return np.frombuffer(self._compiled.needles.first, dtype=np.int32)

    @cached_property
    def needle_rules(self) -> NDArray[np.int32]:
        return np.frombuffer(self._compiled.needles.rules, dtype=np.int32)

    @cached_property
    def needle_flags(self) -> NDArray[np.uint8]:
        return np.frombuffer(self._compiled.needles.flags, dtype=np.uint8)

    @cached_property
    def needle_before(self) -> NDArray[np.int16]:
        return np.frombuffer(self._compiled.needles.before, dtype=np.int16)

    @cached_property
    def needle_after(self) -> NDArray[np.int16]:
        return np.frombuffer(self._compiled.needles.after, dtype=np.int16)

    @cached_property
    def has_needle(self) -> NDArray[np.bool_]:
        """Which rules a literal announces."""
        have = np.zeros(len(self.rules), dtype=np.bool_)
        have[self.needle_rules] = True
        return have

    @cached_property
    def without_needle(self) -> tuple[int, ...]:
        """Rules that no literal and no selector announces: each block within their bounds is tried."""
        have = self.has_needle
        return tuple(i for i, rule in enumerate(self.rules) if not have[i] and not rule.css)

    @cached_property
    def gate(self) -> Any:
        """One pattern that finds each line where a rule without a literal may hold."""
        parts = []
        for index in self.without_needle:
            rule = self.rules[index]
            case = "(?-i:" if rule.case_sensitive else "(?i:"
            parts.append(case + expand(rule.pattern or "", lists_for(rule, self.words)) + ")")
        return compile_lines("(?m)" + "|".join(parts))

    @cached_property
    def index_of(self) -> dict[str, int]:
        return {rule.id: index for index, rule in enumerate(self.rules)}

    @cached_property
    def site_scoped(self) -> bool:
        return any(rule.site for rule in self.rules)

    @cached_property
    def url_scoped(self) -> tuple[int, ...]:
        return tuple(index for index, rule in enumerate(self.rules) if rule.url)

    def url_pattern(self, index: int) -> Any:
        found = self._urls.get(index)
        if found is None:
            found = self._urls[index] = compile_pattern(self.rules[index].url or "", self.rules[index])
        return found

    def pattern(self, index: int, phrases: frozenset[int]) -> Any:
        """Rule `index`'s pattern, for a block in which `phrases` occur.

        A phrase that does not occur in the block cannot take part in a match, so the pattern is compiled
        with the phrases that do: much smaller, much sooner ready. After a few such the whole is compiled.
        """
        known = self._variants[index]
        key = phrases & self.narrowing.get(index, phrases) if len(known) < _VARIANTS_KEPT else None
        found = known.get(key)
        if found is None:
            rule = self.rules[index]
            lists = lists_for(rule, self.words)
            if key is not None:
                ids = self._phrase_ids
                lists = {
                    n: tuple(p for p in ps if ids[phrase_needle(p).text] in key) for n, ps in lists.items()
                }
            found = known[key] = compile_pattern(expand(rule.pattern or "", lists), rule)
        return found

    @cached_property
    def _phrase_ids(self) -> dict[str, int]:
        """The literals of all phrases that patterns name."""
        lists = [lists_for(rule, self.words) for rule in self.rules if "{" in (rule.pattern or "")]
        texts = {
            phrase_needle(phrase).text for named in lists for phrases in named.values() for phrase in phrases
        }
        return {text: index for index, text in enumerate(sorted(texts))}

    @cached_property
    def narrowing(self) -> dict[int, frozenset[int]]:
        """For each rule whose pattern names lists, the phrases of these."""
        found = {}
        for index, rule in enumerate(self.rules):
            if rule.pattern and list_names(rule.pattern):
                lists = lists_for(rule, self.words).values()
                found[index] = frozenset(self._phrase_ids[phrase_needle(p).text] for ps in lists for p in ps)
        return found

    @cached_property
    def _phrase_automaton(self) -> Any:
        import ahocorasick_rs

        return ahocorasick_rs.AhoCorasick(list(self._phrase_ids), store_patterns=False)

    def phrases_in(self, low: str) -> frozenset[int]:
        """The phrases that occur in a block's lower-case text."""
        return frozenset(
            [found[0] for found in self._phrase_automaton.find_matches_as_indexes(low, overlapping=True)]
        )

    # --- sites ----------------------------------------------------------------------------------

    @cached_property
    def _site_files(self) -> dict[str, list[Path]]:
        """Domain to its files, earliest layer first; the folders are listed at the first site met."""
        found: dict[str, list[Path]] = {}
        for directory in self.directories:
            folder = directory / "sites"
            if folder.is_dir():
                for entry in os.scandir(folder):
                    if entry.name.endswith(".toml"):
                        found.setdefault(entry.name[:-5].lower(), []).append(Path(entry.path))
        return found

    def at(self, site: str | None) -> SiteRules:
        """What the site's own files say; those of the domains it belongs to included."""
        if not site or not self._site_files:
            return _NO_SITE_RULES
        site = site.lower()
        found = self._sites.get(site)
        if found is None:
            if len(self._sites) >= _SITES_KEPT:
                self._sites.clear()
            found = self._sites[site] = self._read_site(site)
        return found

    def _read_site(self, site: str) -> SiteRules:
        layers = [
            [read_file(path, domain)]
            for domain in reversed(list(domains_of(site)))
            for path in self._site_files.get(domain, ())
        ]
        if not layers:
            return _NO_SITE_RULES
        compiled = join_layers(layers, self.words)
        check_patterns([file for layer in layers for file in layer], compiled.words)
        hidden = frozenset(i for i, rule in enumerate(self.rules) if rule.id in compiled.off)
        return SiteRules(RuleSet(compiled) if compiled.rules else None, hidden)

    def selectors(self, site: str | None = None, language: str | None = None) -> list[tuple[str, Rule]]:
        """Every CSS selector with its rule, for a page of `site` in `language`."""
        own = self.at(site)
        found = [
            (selector, rule)
            for index, rule in enumerate(self.rules)
            if rule.css and index not in own.hidden and in_scope(rule, language, site)
            for selector in rule.css
        ]
        return found + (own.rules.selectors(site, language) if own.rules else [])


def domains_of(site: str) -> Iterator[str]:
    """The site and the domains it belongs to, nearest first.

    >>> list(domains_of("a.b.example.com"))
    ['a.b.example.com', 'b.example.com', 'example.com', 'com']
    """
    labels = site.lower().split(".")
    for start in range(len(labels)):
        yield ".".join(labels[start:])


def in_scope(rule: Rule, language: str | None, site: str | None) -> bool:
    """Whether the rule's `language` and `site` allow such a document."""
    if rule.language and language is not None and language not in rule.language:
        return False
    return not rule.site or (site is not None and any(domain in rule.site for domain in domains_of(site)))


# --- loading --------------------------------------------------------------------------------------


def load_rules(*directories: Path) -> RuleSet:
    """The built-in rules and then each directory's, later ones overriding earlier ones by id."""
    return load_layers([builtin_directory(), *directories])


def load_layers(directories: Sequence[Path]) -> RuleSet:
    """Like `load_rules`, of these directories alone; the compiled form is kept in the user's cache."""
    paths = [rule_paths(directory) for directory in directories]
    texts = [[(path, read_text(path)) for path in layer] for layer in paths]
    cache = _cache_path(texts)
    compiled = _from_cache(cache)
    if compiled is None:
        layers = [[parse_file(text, path, path.stem) for path, text in layer] for layer in texts]
        compiled = join_layers(layers)
        builtin = builtin_directory()
        own = [file for layer in layers for file in layer if file.path.parent != builtin]
        check_patterns(own, compiled.words)
        _to_cache(cache, compiled)
    return RuleSet(compiled, directories)


def _cache_path(texts: Sequence[Sequence[tuple[Path, str]]]) -> Path | None:
    import platformdirs

    digest = hashlib.sha256(f"{_FORMAT} {Rule.__struct_fields__}".encode())
    for layer in texts:
        digest.update(b"\0layer")
        for path, text in layer:
            raw = text.encode()
            digest.update(f"\0{path}\0{len(raw)}\0".encode() + raw)
    try:
        return (
            Path(platformdirs.user_cache_dir("cleaner", appauthor=False)) / f"rules-{digest.hexdigest()[:32]}"
        )
    except (OSError, RuntimeError):
        return None


def _from_cache(path: Path | None) -> Compiled | None:
    if path is None:
        return None
    try:
        compiled = msgspec.msgpack.decode(path.read_bytes(), type=Compiled)
    except (OSError, msgspec.MsgspecError):
        return None
    return compiled if compiled.format == _FORMAT else None


def _to_cache(path: Path | None, compiled: Compiled) -> None:
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(msgspec.msgpack.encode(compiled))
        os.replace(file.name, path)
    except OSError:
        return
