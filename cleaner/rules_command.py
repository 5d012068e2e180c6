"""`cleaner rules …`: look at rules and prove them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cleaner import faults
from cleaner.faults import BrokenRules, Fault
from cleaner.rule_check import check_files, render
from cleaner.rule_files import RuleError, read_text
from cleaner.rules import RuleSet, builtin_directory, load_rules


def _load(layers: Sequence[str]) -> RuleSet:
    try:
        return load_rules(*map(Path, layers))
    except RuleError as error:
        raise BrokenRules(str(error)) from None


def list_rules(layers: Sequence[str]) -> int:
    """One line a rule."""
    loaded = _load(layers)
    width = max((len(rule.id) for rule in loaded), default=0)
    for rule in loaded:
        how = rule.action if rule.weight is None else f"weight {rule.weight:g}"
        print(f"{rule.id:{width}}  {rule.class_:10} {how:9} {rule.why}")
    return faults.DONE


def show_rule(identifier: str, layers: Sequence[str]) -> int:
    """One rule, cut out of its file."""
    loaded = _load(layers)
    rule = loaded.by_id.get(identifier)
    if rule is None:
        family = identifier.split(".", maxsplit=1)[0]
        near = [name for name in loaded.by_id if identifier in name or name.startswith(family)]
        advice = f"did you mean: {' '.join(near[:8])}" if near else "see `cleaner rules list`"
        raise Fault("", f"no rule `{identifier}` is in force", advice)
    lines = read_text(Path(rule.file)).splitlines()
    end = next((n for n in range(rule.line, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    print(f"# {rule.file}:{rule.line}")
    print("\n".join(lines[rule.line - 1 : end]).rstrip())
    return faults.DONE


def print_paths(layers: Sequence[str]) -> int:
    """The folders that rules come from, in the order in which they are read."""
    for folder in (str(builtin_directory()), *layers):
        print(folder)
    return faults.DONE


def prove_rules(files: Sequence[str], layers: Sequence[str]) -> int:
    """Prove the rules in `files`, or all of them; 1 where something is wrong."""
    try:
        findings = check_files([Path(file) for file in files], [Path(layer) for layer in layers])
    except RuleError as error:
        raise BrokenRules(str(error)) from None
    sys.stdout.write(render(findings))
    print(f"{len(findings)} fault{'' if len(findings) == 1 else 's'}" if findings else "all rules hold")
    return faults.FOUND if findings else faults.DONE
