"""Every rule that comes with the package proves itself by its examples."""

from __future__ import annotations

import pytest

from cleaner.rules.compile import Phrasebook
from cleaner.rules.files import RuleFile, WrittenRule, merge_words
from cleaner.rules.ruleset import builtin_directory, rule_paths
from cleaner.workbench.check import Sources, check_file_rule, read_sources, render

SOURCES: Sources = read_sources(rule_paths(builtin_directory()))
BOOK = Phrasebook(merge_words(SOURCES.files))
RULES = [(file, rule) for file in SOURCES.files for rule in file.rules if not rule.off]


def test_every_file_can_be_read() -> None:
    assert not SOURCES.findings, render(SOURCES.findings)


@pytest.mark.parametrize(("file", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_rule(file: RuleFile, rule: WrittenRule) -> None:
    findings = check_file_rule(rule, file, BOOK)
    assert not findings, render(findings)
