"""Rule sets: layers of rule files, checked, joined, and kept on disk in compiled form."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from cleaner.disk_cache import remembered
from cleaner.parse.selectors import Selectors
from cleaner.rules.compile import FORMAT, Compiled, Phrasebook, check_patterns, join_layers
from cleaner.rules.files import (
    Rule,
    RuleError,
    RuleFile,
    WordLists,
    decoded,
    merge_words,
    parse,
    read_file,
    read_raw,
)
from cleaner.rules.program import Program

__all__ = [
    "Rule",
    "RuleError",
    "RuleSet",
    "Scope",
    "builtin_directory",
    "load_rules",
    "read_layers",
    "rule_paths",
]

NOT_RULES = frozenset({"scorecard.toml", "languages.toml", "wording.toml"})
_SITES_KEPT = 256
_MASKS_KEPT = 256


def builtin_directory() -> Path:
    """The rules that come with the package: inside an installed package, or beside a checkout's."""
    here = Path(__file__).parent.parent
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


class Scope(NamedTuple):
    """What a rule may ask of a document; None where it is not known."""

    language: str | None = None
    site: str | None = None
    url: str | None = None


class SiteRules(msgspec.Struct):
    """What a site's own files add to a rule set, and which of its rules they replace or switch off."""

    rules: RuleSet | None
    hidden: frozenset[int]
    selectors: Selectors | None = None


_NO_SITE_RULES = SiteRules(None, frozenset())
_NO_WORDS = msgspec.msgpack.encode({})


class RuleSet:
    """Rules that were checked and joined; never changes, may be shared by threads and sent to workers."""

    def __init__(self, compiled: Compiled, directories: Sequence[Path] = ()) -> None:
        self._compiled = compiled
        self.directories = tuple(directories)
        self.rules = compiled.rules
        self._sites: dict[str, SiteRules] = {}
        self._masks: dict[tuple[str | None, str | None, frozenset[int]], NDArray[np.bool_]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return RuleSet, (self._compiled, self.directories)

    def __len__(self) -> int:
        return len(self.rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    @cached_property
    def words(self) -> WordLists:
        """The word lists of all layers together."""
        return msgspec.msgpack.decode(self._compiled.words, type=WordLists)

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def program(self) -> Program:
        """What the matcher runs."""
        return Program(self._compiled)

    def open_to(self, scope: Scope, hidden: frozenset[int]) -> NDArray[np.bool_]:
        """Which rules a document of this language and site is open to, those of `hidden` left out."""
        key = (scope.language, scope.site if self._site_scoped else None, hidden)
        mask = self._masks.get(key)
        if mask is None:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.clear()
            allowed = [in_scope(rule, scope) for rule in self.rules]
            mask = np.array(allowed, dtype=np.bool_)
            mask[list(hidden)] = False
            self._masks[key] = mask
        return mask

    @cached_property
    def _site_scoped(self) -> bool:
        return any(rule.site for rule in self.rules)

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
            if not any(domain in self._site_files for domain in domains_of(site)):
                return _NO_SITE_RULES
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
        files = [file for layer in layers for file in layer]
        compiled = join_layers(layers, self.words)
        check_patterns(files, Phrasebook(merge_words(files, self.words)))
        hidden = frozenset(i for i, rule in enumerate(self.rules) if rule.id in compiled.off)
        own = RuleSet(msgspec.structs.replace(compiled, words=_NO_WORDS)) if compiled.rules else None
        return SiteRules(own, hidden)

    def selectors(self, site: str | None = None) -> Selectors:
        """Every CSS selector with the id of its rule, for a page of `site`."""
        own = self.at(site)
        if own is _NO_SITE_RULES:
            return self._own_selectors
        if own.selectors is None:
            own.selectors = Selectors([*self._css(own.hidden), *(own.rules._css() if own.rules else ())])
        return own.selectors

    @cached_property
    def _own_selectors(self) -> Selectors:
        return Selectors(self._css())

    def _css(self, hidden: frozenset[int] = frozenset()) -> Iterator[tuple[str, str]]:
        for index, rule in enumerate(self.rules):
            if index not in hidden:
                yield from ((selector, rule.id) for selector in rule.css)


def domains_of(site: str) -> Iterator[str]:
    """The site and the domains it belongs to, nearest first.

    >>> list(domains_of("a.b.example.com"))
    ['a.b.example.com', 'b.example.com', 'example.com', 'com']
    """
    labels = site.lower().split(".")
    for start in range(len(labels)):
        yield ".".join(labels[start:])


def in_scope(rule: Rule, scope: Scope) -> bool:
    """Whether the rule's `language` and `site` allow such a document."""
    if rule.language and scope.language is not None and scope.language not in rule.language:
        return False
    return not rule.site or (scope.site is not None and any(name in rule.site for name in domains_of(scope.site)))


# --- loading --------------------------------------------------------------------------------------


def load_rules(*directories: Path) -> RuleSet:
    """The built-in rules and then each directory's, later ones overriding earlier ones by id."""
    return load_layers([builtin_directory(), *directories])


def load_layers(directories: Sequence[Path]) -> RuleSet:
    """Like `load_rules`, of these directories alone; the compiled form is kept in the user's cache."""
    paths = [rule_paths(directory) for directory in directories]
    files = [[(path, read_raw(path)) for path in layer] for layer in paths]
    content = [f"{FORMAT} {Rule.__struct_fields__}".encode()]
    for layer in files:
        content += [b"layer", *(part for path, raw in layer for part in (str(path).encode(), raw))]
    compiled = remembered("rules", content, Compiled, lambda: _compile(files))
    return RuleSet(compiled, directories)


def _compile(files: Sequence[Sequence[tuple[Path, bytes]]]) -> Compiled:
    layers = [[parse(decoded(raw, path), path, path.stem) for path, raw in layer] for layer in files]
    compiled = join_layers(layers)
    builtin = builtin_directory()
    own = [file for layer in layers for file in layer if file.path.parent != builtin]
    check_patterns(own, Phrasebook(merge_words([file for layer in layers for file in layer])))
    return compiled
