"""Stories with teasers of other stories around them, made from clean ones: for fitting and for testing.

The other stories come from the same pool (same day, same country, shared names), so nothing but the change of
subject tells a teaser from a paragraph.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Article:
    """A clean story: its headline where one is known, its paragraphs, its language."""

    headline: str | None
    paragraphs: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True)
class Look:
    """How the teasers look on the page."""

    header: str | None
    with_headline: bool
    with_time: bool
    with_kicker: bool
    cut_short: bool


@dataclass(frozen=True)
class Made:
    """A made document: its lines, and for each whether it belongs to the story."""

    lines: tuple[str, ...]
    story: tuple[bool, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def random_look(chance: random.Random, headers: Sequence[str]) -> Look:
    return Look(
        header=chance.choice(headers) if headers and chance.random() < 0.4 else None,
        with_headline=chance.random() < 0.45,
        with_time=chance.random() < 0.25,
        with_kicker=chance.random() < 0.2,
        cut_short=chance.random() < 0.25,
    )


def teaser(article: Article, look: Look, chance: random.Random) -> list[str]:
    """The lines by which another page would advertise `article`: perhaps a time, a kicker, a headline, and its lede."""
    lines: list[str] = []
    if look.with_time:
        lines.append(f"{chance.randrange(24):02}:{chance.randrange(60):02}")
    lede = article.paragraphs[0]
    if look.with_kicker:
        words = [word for word in lede.split() if word[:1].isupper() and word.isalpha() and len(word) > 3]
        if words:
            lines.append(chance.choice(words))
    if look.with_headline and article.headline:
        lines.append(article.headline)
        if chance.random() < 0.3:
            return lines
    if look.cut_short and len(lede) > 90:
        at = lede.rfind(" ", 0, chance.randrange(70, min(len(lede), 180)))
        lede = lede[:at].rstrip(",;: ") + chance.choice((" ...", "...", "…"))
    return [*lines, lede]


def plain(story: Article) -> Made:
    """The story alone."""
    return Made(story.paragraphs, (True,) * len(story.paragraphs))


def sprinkle(made: Made, noise: Sequence[str], chance: random.Random) -> Made:
    """Put some lines of page noise between the lines, as many as a text has of them: none to one for two lines."""
    share = chance.random() * 0.5
    lines: list[tuple[str, bool]] = []
    for line, is_story in zip(made.lines, made.story, strict=True):
        if noise and chance.random() < share:
            lines.append((chance.choice(noise), False))
        lines.append((line, is_story))
    return Made(tuple(line for line, _ in lines), tuple(is_story for _, is_story in lines))


def surround(story: Article, others: Sequence[Article], chance: random.Random, headers: Sequence[str] = ()) -> Made:
    """Put teasers of `others` after the story, and sometimes before it or inside."""
    look = random_look(chance, headers)
    pieces = [teaser(other, look, chance) for other in others]
    where = chance.random()
    before: list[str] = []
    if where < 0.2 and len(pieces) > 1:
        before = [line for piece in pieces[:2] for line in piece]
        pieces = pieces[1:]
    inside: list[str] = []
    if where > (0.7 if headers else 0.9) and len(pieces) > 1 and len(story.paragraphs) > 4:
        inside = pieces.pop()
        if headers:
            inside = [f"{chance.choice(headers)}: {inside[0]}"]
    body = list(story.paragraphs)
    split = chance.randrange(2, len(body) - 1) if inside else len(body)
    parts = [(before, False)]
    if story.headline and chance.random() < 0.5:
        parts.append(([story.headline], True))
    parts += [(body[:split], True), (inside, False), (body[split:], True)]
    header = [look.header] if look.header else []
    parts.append((header + [line for piece in pieces for line in piece], False))
    lines = [(line, is_story) for part, is_story in parts for line in part]
    return Made(tuple(line for line, _ in lines), tuple(is_story for _, is_story in lines))
