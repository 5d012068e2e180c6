"""`cleaner rules …`: look at rules, prove them, and propose new ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner import faults
from cleaner.faults import BrokenRules, Fault, Unusable, shown
from cleaner.fitting.gold import read_gold
from cleaner.rules.files import RuleError, read_text
from cleaner.rules.ruleset import RuleSet, builtin_directory, load_rules
from cleaner.workbench.check import check_files, layer_files, read_sources, render

if TYPE_CHECKING:
    from cleaner.commands.learn import Request, Scrape
    from cleaner.fitting.gold import GoldSet
    from cleaner.pipeline import Cleaner
    from cleaner.workbench.suggest import Suggester


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


def prove_rules(files: Sequence[str], layers: Sequence[str], corpus: str | None) -> int:
    """Prove the rules in `files`, or all of them, by their examples and on a corpus; 1 where something is wrong."""
    from concurrent.futures import ProcessPoolExecutor

    from cleaner.workbench.corpus import prove_on_corpus, render_notes
    from cleaner.workbench.suggest import to_do

    layers = [*layers, *(file for file in files if os.path.isdir(file))]
    folders = [Path(layer) for layer in dict.fromkeys(map(os.path.abspath, layers))]
    folder = _corpus(corpus)
    gold = read_gold(folder) if folder else []
    try:
        paths = [path for file in files for path in _rule_files(Path(file))]
        with ProcessPoolExecutor(1) as aside:
            report = aside.submit(prove_on_corpus, gold, folders, paths)
            findings = check_files(paths, folders)
            chosen = paths or [path for layer in folders for path in layer_files(layer)]
            findings += [finding for file in read_sources(chosen).files for finding in to_do(file)]
            faults_there, notes = report.result()
    except RuleError as error:
        raise BrokenRules(str(error)) from None
    findings = sorted({*findings, *faults_there})
    sys.stdout.write(render(findings))
    sys.stderr.write(render_notes(notes, paths))
    print(f"proved by their own examples{_documents(gold, folder)}", file=sys.stderr)
    print(f"{len(findings)} fault{'' if len(findings) == 1 else 's'}" if findings else "all rules hold")
    return faults.FOUND if findings else faults.DONE


def _corpus(given: str | None) -> Path | None:
    """The corpus that is asked for, else that of a checkout."""
    beside = builtin_directory().parent / "corpus"
    return Path(given) if given else beside if beside.is_dir() else None


def _rule_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = layer_files(path)
    if not found:
        raise RuleError(path, 0, "has no rule file in it", "give a folder of .toml files")
    return found


def _documents(gold: Sequence[GoldSet], folder: Path | None) -> str:
    """What the corpus is, for the closing line."""
    if folder is None:
        return "; no corpus: give one with --corpus DIR"
    count = sum(len(one.cases) for one in gold)
    return f" and {count} document{'' if count == 1 else 's'} of {shown(str(folder))}"


def suggest_rules(request: Request, output: str | None) -> int:
    """Propose rules from scrapes: into a new file that is not in force, or on the standard output."""
    from cleaner.commands.config import build_cleaner
    from cleaner.commands.learn import Scrape, no_document, scrapes, tell_fault
    from cleaner.workbench.suggest import Suggester

    path = _new_file(output, request.settings.rules) if output else Path("suggested.toml")
    cleaner = build_cleaner(request.settings)
    suggester = Suggester()
    read = failed = 0
    for scrape in scrapes(request):
        read += 1
        if isinstance(scrape, Scrape):
            fault = _add(suggester, cleaner, scrape)
            failed += fault is not None and tell_fault(fault)
        else:
            failed += tell_fault(scrape)
    if not read:
        raise no_document(request.paths)
    _deliver(suggester.propose(path), path if output else None)
    return faults.FAILED if failed else faults.DONE


def _new_file(output: str, layers: Sequence[str]) -> Path:
    """Where proposals go: no file that is there, and no folder whose rules are in force."""
    path = Path(output).absolute()
    active = [os.path.realpath(folder) for folder in (str(builtin_directory()), *layers)]
    if os.path.realpath(path.parent) in [*active, *(os.path.join(folder, "sites") for folder in active)]:
        raise Unusable(output, "would be in force at once there", "give a file elsewhere, and move it when it is good")
    if path.exists():
        raise Unusable(output, "is there already", "give another name, or move it away")
    return path if path.suffix == ".toml" else path.with_name(path.name + ".toml")


def _add(suggester: Suggester, cleaner: Cleaner, scrape: Scrape) -> Fault | None:
    """Clean a document and hand it on; what is wrong with it is returned."""
    from cleaner.commands.limits import Limits, memory_limit

    try:
        with memory_limit(Limits().memory):
            cleaned = cleaner.clean(scrape.text, scrape.kind, site=scrape.site)
    except MemoryError:
        return Fault(scrape.path, "needs more memory than one document may", "split it, or leave it out")
    suggester.add(cleaned, scrape.site)
    return None


def _deliver(text: str, path: Path | None) -> None:
    from cleaner.files import write

    count = text.count("\n[[rule]]\n")
    if path is None:
        sys.stdout.write(text)
    elif count:
        write.replace(str(path), text.encode())
    where = f" in {shown(str(path))}; to do: cleaner rules test {shown(str(path))}" if path and count else ""
    print(f"rules suggested: {count}{where}", file=sys.stderr)
