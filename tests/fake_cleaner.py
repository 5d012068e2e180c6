"""A `Cleaner` whose decisions a test can read off its input, and which can be made to hang or die."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence

from cleaner.cleaned import Cleaned, replay
from cleaner.model import Cut, Evidence, Verdict
from cleaner.parse.read import SourceKind
from cleaner.policy import Policy

NOISE = re.compile(r"^(Read also|App):.*", re.I)
SPAN = re.compile(r"\[cut\]")
CLASSES = {"read also": "related", "app": "app"}

STORY = "# Harbour crane falls\n\nThe crane fell at noon.\n\nRead also: Crane prices\n\nNobody was hurt.\n"
CLEANED = "# Harbour crane falls\n\nThe crane fell at noon.\n\nNobody was hurt.\n"
CLEAN = "The ferry came late.\n\nThe mayor shrugged.\n"


class FakeCleaner:
    """Drops lines that begin with `Read also:` or `App:`, cuts `[cut]`, repairs `  ` and obeys orders."""

    def __init__(self, policy: Policy, rules: Sequence[str] = (), sites: str | None = None) -> None:
        self.calls = 0

    def clean(
        self,
        source: str | bytes,
        kind: SourceKind | None = None,
        url: str | None = None,
        site: str | None = None,
    ) -> Cleaned:
        assert isinstance(source, str)
        self.calls += 1
        _obey(source)
        if kind == "html":
            source = "\n".join(re.sub(r"<[^>]+>", "", source).split("\n"))
        verdicts = tuple(_verdict(m) for m in re.finditer(r"^[^\S\n]*(\S.*?)[^\S\n]*$", source, re.M))
        headline = next((source[v.start : v.end] for v in verdicts if v.label == "headline"), None)
        if "INVENT" in source:
            verdicts = (*verdicts, Verdict("story", True, 0, 6, 0.0))
        if verdicts and not any(v.kept for v in verdicts):
            kept = tuple(Verdict("story", True, v.start, v.end, 0.0) for v in verdicts)
            return Cleaned(replay(source, kept), None, {}, kept, source, "no-story", (), "no story was found")
        return Cleaned(replay(source, verdicts), headline, {"language": "en"}, verdicts, source)


def _obey(source: str) -> None:
    if "DIE" in source:
        os._exit(9)
    if "HANG" in source:
        time.sleep(3600)
    if "HOG" in source:
        bytearray(2_000_000_000)
    if "CRASH" in source:
        raise RuntimeError("a bug")
    if "SLOW" in source:
        time.sleep(0.3)


def _verdict(match: re.Match[str]) -> Verdict:
    start, end = match.span(1)
    text = match[1]
    if noise := NOISE.match(text):
        name = CLASSES[noise[1].lower()]
        evidence = (Evidence(f"rule:{name}.fake", 0.0), Evidence("link_density", 1.25))
        return Verdict(name, False, start, end, 4.0, evidence)
    if text.startswith("# "):
        return Verdict("headline", False, start, end, -1.0)
    cuts = [
        Cut(start + m.start(), start + m.end(), "", "label", (Evidence("rule:label.fake", 0.0),))
        for m in SPAN.finditer(text)
    ]
    cuts += [Cut(start + m.start(), start + m.end(), " ", "space") for m in re.finditer("  +", text)]
    return Verdict("story", True, start, end, -2.5, (), tuple(sorted(cuts, key=lambda cut: cut.start)))
