"""What is kept of a page's panels: polls and readers' comments, told by those of their lines that rules know."""

from __future__ import annotations

import numpy as np

from cleaner.decide.decision import Decision
from cleaner.facts import DIGIT, QUESTION, Bools
from cleaner.weigh.view import View

_ANSWERS = 7
_ANSWER_WORDS = 10
_LEAST_BELOW = 2
"""Answers that a question below a poll's label must have."""
_QUESTION_WORDS = 30
_HEADER_WORDS = 10
_NAME_WORDS = 12
_COMMENT_WORDS = 70
_STORY_BEFORE = 0.6
"""Share of the other words that must stand above readers' comments: higher up, a header is a link to them."""
_NAMING = ("timestamp", "byline", "comment", "ui", "nav")
_UNNAMED = ("tail", "related", "story")
"""What a name or a button may have been dropped for, or by its points alone."""


def drop_polls(view: View, decision: Decision) -> None:
    """Drop a poll's question and answers where a line right below or above them is known for a poll's."""
    free = ~decision.noise
    free[list(decision.protected)] = False
    known = _labelled(decision, "poll")
    questions = (free | known) & ((view.last_class & QUESTION) != 0) & (view.words <= _QUESTION_WORDS)
    asks = questions & free
    answers = ~asks & ((free & (view.words <= _ANSWER_WORDS)) | known)
    listed = answers & ~view.ends_sentence
    for sure in [block for block in range(view.size) if _is_of(decision, block, "poll")]:
        if questions[sure] or (sure + 1 < view.size and asks[sure + 1]):
            question = sure if questions[sure] else sure + 1
            stop = _reach(listed, question + 1, 1)
            poll = range(sure + 1, stop) if stop > question + _LEAST_BELOW else range(0)
        else:
            question = _reach(answers & ~questions, sure - 1, -1)
            poll = range(question, sure) if 0 <= question < sure - 1 and questions[question] else range(0)
        _drop(decision, poll, "poll")


def _reach(answers: Bools, start: int, step: int) -> int:
    """Where a run of answers ends that begins at `start`; it counts at most so many."""
    at = start
    while 0 <= at < len(answers) and answers[at] and abs(at - start) < _ANSWERS:
        at += step
    return at


def drop_comments(view: View, decision: Decision) -> None:
    """Drop readers' comments below their header: a line that names and dates each one, and what it says."""
    prose = np.where(decision.noise, 0.0, view.words)
    for header in range(view.size - 1):
        if view.words[header] <= _HEADER_WORDS and _is_of(decision, header, "comment"):
            found, known = _comments(view, decision, header + 1)
            story = prose.sum() - prose[found].sum()
            if known and prose[:header].sum() >= _STORY_BEFORE * story:
                _drop(decision, found, "comment")


def _comments(view: View, decision: Decision, start: int) -> tuple[list[int], bool]:
    """The kept blocks of the comments from `start` on, and whether one of them bears a time, a figure or a button."""
    found: list[int] = []
    known = False
    named = -2
    figures = view.facts.count(DIGIT) > 0
    for block in range(start, view.size):
        dropped, words = bool(decision.noise[block]), view.words[block]
        brief = words <= _NAME_WORDS and not view.ends_sentence[block]
        if block in decision.protected or (dropped and decision.label[block] not in (*_NAMING, *_UNNAMED)):
            break
        if brief or (dropped and words <= _NAME_WORDS):
            named = block
            known |= bool(decision.label[block] in _NAMING and dropped) or bool(figures[block])
        elif words > _COMMENT_WORDS or block - named > 1:
            break
        if not dropped:
            found.append(block)
    return found, known


def _labelled(decision: Decision, label: str) -> Bools:
    found: Bools = decision.noise & np.array([name == label for name in decision.label], dtype=bool)
    return found


def _is_of(decision: Decision, block: int, label: str) -> bool:
    """Whether it is noise of that class, and a rule speaks of it."""
    return decision.label[block] == label and bool(decision.noise[block]) and block in decision.rules


def _drop(decision: Decision, blocks: range | list[int], label: str) -> None:
    for block in blocks:
        if not decision.noise[block]:
            decision.drop(block, label, "panel")
