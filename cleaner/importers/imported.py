"""What importers hand on: each line of a file of another tool, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple


class Format(StrEnum):
    """What files can be imported: site files of Full-Text RSS, cosmetic filters of advert blockers."""

    FTR = "ftr"
    COSMETIC = "cosmetic"


class Line(NamedTuple):
    """A line of a source: its file's name, its number from 1, and its text."""

    file: str
    number: int
    text: str


class Selected(NamedTuple):
    """A line that can be said in CSS."""

    line: Line
    kind: str
    """What the source calls it, such as `strip`."""
    action: Literal["drop", "body"]
    css: tuple[str, ...]
    sites: tuple[str, ...] = ()
    """The domains that it is for; none: every site."""
    spared: tuple[str, ...] = ()
    """Domains that it is not for."""


class Lifted(NamedTuple):
    """A line that takes a selector back: on some sites, or everywhere where none is named."""

    line: Line
    kind: str
    css: str
    sites: tuple[str, ...] = ()


class Needless(NamedTuple):
    """A line that has nothing to say to a cleaner: a comment's kin, a setting of the other tool."""

    line: Line
    kind: str


class Unsaid(NamedTuple):
    """A line that is not carried over, and why."""

    line: Line
    kind: str
    why: str


Outcome = Selected | Lifted | Needless | Unsaid
DOMAIN = r"(?:[\w-]+\.)+[\w-]+"
"""A domain's form, in lower case."""
