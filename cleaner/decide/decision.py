"""What becomes of each block, and which of the kept ones are the story's prose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cleaner.facts import Bools, Floats
from cleaner.model import Cut, Evidence
from cleaner.rules.match import Hit, is_certain
from cleaner.weigh.view import View

_LEAST_WORDS = 20
_LIST_WORDS = 100
"""Words from which on lines without a sentence are a story: winners, results."""
PARAGRAPH_WORDS = 12
"""Words of a sentence from which on it is a paragraph of the story."""
MOST_DOUBT = 2.0
"""Points up to which a block is only doubted."""
MOST_POINTS = 4.0
"""Points from which on nothing that a page says of itself has a block back."""


@dataclass
class Decision:
    """What becomes of each block."""

    label: list[str]
    noise: Bools
    kept: Bools
    points: Floats
    rules: dict[int, list[Hit]] = field(default_factory=dict)
    protected: set[int] = field(default_factory=set)
    """The blocks that a rule keeps."""
    reason: dict[int, str] = field(default_factory=dict)
    """Why a block was decided other than by its points or a rule: the name of the step."""
    cuts: dict[int, list[Cut]] = field(default_factory=dict)
    noted: list[int] = field(default_factory=list)
    headline: int | None = None
    flags: tuple[str, ...] = ()
    refused: str | None = None

    def is_hinted(self, block: int) -> bool:
        """Whether it is a time or a label by no more than hints, as also the lines over teasers are."""
        found = self.rules.get(block, ())
        return self.label[block] in ("timestamp", "label") and all(hit.rule.weight is not None for hit in found)

    def is_surely_noise(self, block: int) -> bool:
        """Whether a rule by itself dropped it."""
        return any(is_certain(hit.rule) for hit in self.rules.get(block, ())) and bool(self.noise[block])

    def drop(self, block: int, label: str, reason: str) -> None:
        self.noise[block] = True
        self.label[block] = label
        self.reason[block] = reason

    def give_up(self, block: int, label: str, hits: Sequence[Hit]) -> None:
        """Drop a block after all: what is left around it shows what it is."""
        self.drop(block, label, "again")
        self.kept[block] = False
        self.rules.setdefault(block, []).extend(hits)
        if block == self.headline:
            self.headline = None

    def name_tail(self) -> None:
        """Where a tail was found after all, what only hints had named in it belongs to it."""
        tail = [block for block, reason in self.reason.items() if reason == "again" and self.label[block] == "tail"]
        for block in range(min(tail, default=0), max(tail, default=0)):
            if self.noise[block] and self.is_hinted(block):
                self.label[block] = "tail"

    def cut_line(self, view: View, block: int, line: str, label: str) -> bool:
        """Cut one line out of a block of several; False where it is not found or already cut."""
        at = view.document.blocks[block].text.find(line)
        start = view.document.blocks[block].start + at
        cuts = self.cuts.setdefault(block, [])
        if at < 0 or any(cut.meets(start, start + len(line)) for cut in cuts):
            return False
        cuts.append(Cut(start, start + len(line), "", label, (Evidence("step:again", 0.0),)))
        cuts.sort(key=lambda cut: (cut.start, cut.end))
        return True


def story_prose(view: View, decision: Decision) -> Bools:
    """The sentences that are no noise."""
    return ~decision.noise & view.is_sentence


def extent(view: View, decision: Decision) -> tuple[int, int]:
    """The first and the last block of the story's prose."""
    prose = np.flatnonzero(story_prose(view, decision))
    if not len(prose):
        prose = np.flatnonzero(~decision.noise)
    return (int(prose[0]), int(prose[-1])) if len(prose) else (0, view.size - 1)


def has_story(view: View, decision: Decision) -> bool:
    """Whether what would be kept is a story."""
    return tells(view, ~decision.noise & decision.kept)


def tells(view: View, kept: Bools) -> bool:
    """Whether these blocks are a story: a sentence among them, and words enough; or a list that a page calls one."""
    words = float(view.words[kept].sum())
    if (kept & view.is_sentence).any():
        return words >= _LEAST_WORDS
    return view.document.declared == "story" and words >= _LIST_WORDS


def only_doubted(decision: Decision, index: int) -> bool:
    """Whether it is no noise, or only the card doubts it."""
    if not decision.noise[index]:
        return True
    certain = any(is_certain(hit.rule) for hit in decision.rules.get(index, ()))
    return not certain and index not in decision.reason and bool(decision.points[index] < MOST_DOUBT)
