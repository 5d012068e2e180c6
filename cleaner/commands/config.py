"""The user's settings: `[tool.cleaner]` in pyproject.toml, or cleaner.toml, found upwards from a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from cleaner.faults import BrokenRules, Unusable
from cleaner.policy import REPAIRS

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

OWN_FILE, SHARED_FILE = "cleaner.toml", "pyproject.toml"
_TABLE = re.compile(rb"^\s*\[\s*tool\s*\.\s*[\"']?cleaner[\"']?\s*[.\]]|^\s*\[\s*tool\s*\]", re.M)


class Settings(NamedTuple):
    """What decides how a document is cleaned, and which files are left alone. Paths are absolute."""

    policy: str = "core"
    overrides: tuple[tuple[str, str], ...] = ()
    """Pairs of a class and what becomes of it: keep, drop or metadata."""
    rules: tuple[str, ...] = ()
    sites: str | None = None
    repairs: tuple[str, ...] = REPAIRS
    ignore: tuple[str, ...] = ()
    """Patterns in the manner of .gitignore, relative to `home`."""
    jobs: int | None = None
    home: str | None = None
    """The folder of the file that the settings come from."""
    factory: str = "cleaner.pipeline:Cleaner"
    """Module and class that cleans; tests put another in its place, in worker processes too."""


def load(start: str) -> Settings:
    """Read the nearest settings at or above the folder `start`; raises `Unusable` where they are wrong."""
    folder = os.path.abspath(start)
    while True:
        for name in (OWN_FILE, SHARED_FILE):
            found = _read(os.path.join(folder, name))
            if found is not None:
                return found
        above = os.path.dirname(folder)
        if above == folder:
            return Settings()
        folder = above


def _read(path: str) -> Settings | None:
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise Unusable(path, (error.strerror or "cannot be read").lower(), "change its permissions") from None
    own = os.path.basename(path) == OWN_FILE
    if not own and not _TABLE.search(raw):
        return None
    import tomllib  # most people have no settings, and the hook must start fast

    text = raw.decode("utf-8", "replace")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unusable(*_toml_fault(path, text, str(error))) from None
    if not own:
        tool = data.get("tool")
        data = tool.get("cleaner", {}) if isinstance(tool, dict) else {}
        if not data:
            return None
    return _checked(data, path, text)


def _toml_fault(path: str, text: str, message: str) -> tuple[str, str, str]:
    place = re.search(r"at line (\d+), column (\d+)", message)
    line, column = (place[1], place[2]) if place else (str(text.count("\n") + 1), "1")
    what = re.sub(r"\s*\(at [^)]*\)", "", message)
    return f"{path}:{line}:{column}", f"is no valid TOML: {what[:1].lower()}{what[1:]}", "correct the line"


def _checked(data: Mapping[str, Any], path: str, text: str) -> Settings:
    home = os.path.dirname(path)
    settings: dict[str, Any] = {"home": home}
    for key, value in data.items():
        reader = _READERS.get(key)
        place = f"{path}:{_line(text, key)}"
        if reader is None:
            raise Unusable(place, f"unknown key `{key}`", f"use one of: {' '.join(_READERS)}")
        try:
            settings.update(reader(value, home))
        except ValueError as error:
            raise Unusable(place, f"`{key}` {error}", "see docs/config.md") from None
    return Settings(**settings)


def _line(text: str, key: str) -> int:
    table = re.search(rf"^\s*\[[^\]]*\b{re.escape(key)}[\"']?\s*\]", text, re.M)
    found = re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", text, re.M) or table
    return text.count("\n", 0, found.end()) + 1 if found else 1


def _policy(value: object, home: str) -> dict[str, Any]:
    if not isinstance(value, str):
        raise ValueError('is no name of a policy: write it as policy = "core"')
    return {"policy": value}


def _set(value: object, home: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError('is no table: write it as set = { caption = "keep" }')
    return {"overrides": tuple(override(name, str(choice)) for name, choice in value.items())}


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError('is no list of strings: write it as ["one", "two"]')
    return value


def _rules(value: object, home: str) -> dict[str, Any]:
    return {"rules": tuple(os.path.join(home, os.path.expanduser(entry)) for entry in _strings(value))}


def _sites(value: object, home: str) -> dict[str, Any]:
    if not isinstance(value, str):
        raise ValueError("is no path: write it in quotes")
    return {"sites": os.path.join(home, os.path.expanduser(value))}


def _repairs(value: object, home: str) -> dict[str, Any]:
    return {"repairs": tuple(_strings(value))}


def _ignore(value: object, home: str) -> dict[str, Any]:
    return {"ignore": tuple(_strings(value))}


def _jobs(value: object, home: str) -> dict[str, Any]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("is no number of processes: write 1 or more")
    return {"jobs": value}


_READERS: dict[str, Callable[[object, str], dict[str, Any]]] = {
    "policy": _policy,
    "set": _set,
    "rules": _rules,
    "sites": _sites,
    "repairs": _repairs,
    "ignore": _ignore,
    "jobs": _jobs,
}
_CHOICES = ("keep", "drop", "metadata")


def override(name: str, choice: str) -> tuple[str, str]:
    """A class and what becomes of it; raises `ValueError` where there is no such class or choice."""
    from cleaner.model import CLASSES

    if name not in CLASSES:
        raise ValueError(f"names `{name}`, which is no class (use one of: {' '.join(CLASSES)})")
    if choice not in _CHOICES:
        raise ValueError(f"says `{choice}` for {name}: use keep, drop or metadata")
    return name, choice


def parse_override(text: str) -> tuple[str, str]:
    """Read `CLASS=keep|drop|metadata` as given on the command line."""
    name, sign, choice = text.partition("=")
    if not sign:
        raise Unusable("--set", f"`{text}` has no `=`", "write it as CLASS=keep, CLASS=drop or CLASS=metadata")
    try:
        return override(name.strip(), choice.strip())
    except ValueError as error:
        raise Unusable("--set", f"`{text}` {error}", "see docs/config.md") from None


def merged(settings: Settings, policy: str | None, overrides: list[str], rules: list[str]) -> Settings:
    """The settings with what the command line says on top."""
    given = tuple(parse_override(text) for text in overrides)
    return settings._replace(
        policy=policy or settings.policy,
        overrides=tuple((dict(settings.overrides) | dict(given)).items()),
        rules=settings.rules + tuple(os.path.abspath(path) for path in rules),
    )


def build_cleaner(settings: Settings) -> Cleaner:
    """Compile a `Cleaner`; raises `Unusable` where the policy or a rule file is wrong."""
    from cleaner.policy import Policy
    from cleaner.rules.files import RuleError

    module, _, name = settings.factory.partition(":")
    factory: type[Cleaner] = getattr(import_module(module), name)
    try:
        policy = Policy(settings.policy, settings.overrides, settings.repairs)
        return factory(policy=policy, rules=settings.rules, sites=settings.sites)
    except RuleError as error:
        raise BrokenRules(str(error)) from None
    except ValueError as error:
        raise Unusable("", str(error), "see docs/config.md") from None
    except OSError as error:
        raise Unusable(str(error.filename), "is missing or cannot be read", "install cleaner again") from None
