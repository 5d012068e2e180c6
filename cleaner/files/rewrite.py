"""A cleaned text in the manner of its source, and the laws that must hold before it may take its place."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import msgspec

from cleaner.cleaned import Cleaned, replay
from cleaner.model import Verdict
from cleaner.parse.read import decode

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Encoded(NamedTuple):
    """A text and how its file writes it."""

    text: str
    encoding: str
    mark: bytes
    """The byte-order mark, or nothing."""
    exact: bool
    """Whether the text gives the file's bytes again; if not, some of them are broken in this encoding."""

    def back(self, text: str) -> bytes:
        return self.mark + text.encode(self.encoding)


def read_exactly(raw: bytes) -> Encoded:
    """Decode a file's bytes so that they can be written again; raises `read.NotText`."""
    text, encoding = decode(raw)
    mark = next((mark for mark in _MARKS if raw.startswith(mark)), b"")
    try:
        again = mark + text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Encoded(text, encoding, mark, exact=False)
    return Encoded(text, encoding, mark, exact=again == raw)


def story_in_its_manner(cleaned: Cleaned) -> str:
    """The story with its headline, laid out as the source was: same line ends, same space between paragraphs.

    Between two paragraphs that follow each other in the source everything stays as it is; where something
    between them was removed, they get the space that this source usually puts between paragraphs.
    """
    pieces = list(_pieces(cleaned))
    if not pieces:
        return ""
    usual = _usual_gap(cleaned, [index for index, _ in pieces])
    out = [cleaned.source[: cleaned.verdicts[0].start]]
    before = None
    for index, piece in pieces:
        if before is not None:
            out.append(_between(cleaned, before, index, usual))
        out.append(piece)
        before = index
    out.append(cleaned.source[cleaned.verdicts[-1].end :])
    return "".join(out)


def _between(cleaned: Cleaned, before: int, index: int, usual: str | None) -> str:
    gap = _gap(cleaned, index)
    if before == index - 1:
        return gap
    if cleaned.verdicts[before].label == "headline":
        # A headline keeps what set it off.
        return max(_gap(cleaned, before + 1), usual or gap, key=len)
    return usual or gap


def _pieces(cleaned: Cleaned) -> Iterator[tuple[int, str]]:
    """The index and text of each block that stays, the headline among them."""
    windows = "\r\n" in cleaned.source
    for index, verdict in enumerate(cleaned.verdicts):
        if verdict.kept or (verdict.label == "headline" and cleaned.headline is not None):
            piece = replay(cleaned.source, (_as_kept(verdict),))
            if piece:
                yield index, re.sub(r"(?<!\r)\n", "\r\n", piece) if windows else piece


def _as_kept(verdict: Verdict) -> Verdict:
    return verdict if verdict.kept else msgspec.structs.replace(verdict, kept=True)


def _gap(cleaned: Cleaned, index: int) -> str:
    """What stands between block `index` and the one before it."""
    return cleaned.source[cleaned.verdicts[index - 1].end : cleaned.verdicts[index].start]


def _usual_gap(cleaned: Cleaned, kept: list[int]) -> str | None:
    """The commonest space between neighbouring paragraphs of the story; of equals the widest."""
    gaps = Counter(_gap(cleaned, b) for a, b in pairwise(kept) if a == b - 1)
    return max(gaps, key=lambda gap: (gaps[gap], len(gap), gap), default=None)


def broken_law(source: str, cleaned: Cleaned, result: str, clean_again: Callable[[str], Cleaned]) -> str | None:
    """What forbids that `result` takes the place of `source`, or None. See the laws in the README."""
    if cleaned.source != source:
        return "the offsets are not those of the file"
    if replay(source, cleaned.verdicts) != cleaned.body:
        return "the verdicts do not give the story"
    if unaccounted := _unaccounted(cleaned):
        return f"no verdict tells of {unaccounted!r}"
    if not result.strip():
        return "nothing would be left"
    if not is_subsequence(result, source):
        return "the result has text that the file has not"
    again = clean_again(result)
    if again.refused is None and story_in_its_manner(again) != result:
        return "cleaning the result again would change it"
    return None


def _unaccounted(cleaned: Cleaned) -> str | None:
    """The first text of the source that lies in no block."""
    position = 0
    for verdict in cleaned.verdicts:
        if between := cleaned.source[position : verdict.start].strip():
            return between[:40]
        position = verdict.end
    return cleaned.source[position:].strip()[:40] or None


def is_subsequence(text: str, source: str) -> bool:
    """Whether `text`, white space aside, is left when characters are taken out of `source`.

    >>> is_subsequence("one three", "one two three"), is_subsequence("three one", "one two three")
    (True, False)
    """
    position = 0
    for word in text.split():
        after = _after(word, source, position)
        if after is None:
            return False
        position = after
    return True


def _after(word: str, source: str, position: int) -> int | None:
    """The offset after the earliest characters of `source` from `position` that spell `word`; None if none do."""
    at = source.find(word, position)
    if at != -1 and not source[position:at].strip():
        return at + len(word)  # it stands there unbroken and next, as nearly all words do
    return _spread(word, source, position)


def _spread(word: str, source: str, position: int) -> int | None:
    for char in word:
        at = source.find(char, position)
        if at == -1:
            return None
        position = at + 1
    return position
