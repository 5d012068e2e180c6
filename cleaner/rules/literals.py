"""The literals that a pattern cannot do without, and where in a block they must stand.

A rule's pattern is only tried on a block where one of them was found, which one pass over the whole text
tells for all rules. What is not understood of a pattern makes the answer weaker, never wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from cleaner.facts import fold
from cleaner.rules.text import GONE, LIST_NAME, SITE_SLOT, literal, phrase_pattern, rewrite, seen, stem

ANYWHERE = 32767
"""No limit to the room before or after a literal."""


class Needle(NamedTuple):
    """A literal that must occur, and where: exact conditions that are much cheaper to test than the pattern."""

    text: str
    left: bool = False
    """Its begin must be a word's begin."""
    right: bool = False
    before: int = ANYWHERE
    """At most so many characters of the block stand before it."""
    after: int = ANYWHERE


class Phrase(NamedTuple):
    """A phrase of a word list, ready for use in patterns."""

    pattern: str
    needle: Needle
    """What to seek for it: the phrase, or its longest part where it has a slot."""
    width: int | None
    """The most characters that it takes; None without end."""


def phrase(text: str) -> Phrase:
    """Prepare a phrase.

    >>> phrase("More from <site>").needle.text
    'more from'
    """
    return phrases([text])[0]


def phrases(texts: Sequence[str]) -> list[Phrase]:
    """Prepare phrases: all at once is much faster than one by one."""
    if not texts:
        return []
    plain = [" ".join(text.split()) for text in seen("\n".join(texts)).replace(GONE, "").split("\n")]
    folded = fold("\n".join(plain)).split("\n")
    return [_phrase(text, low) for text, low in zip(plain, folded, strict=True)]


def _phrase(text: str, low: str) -> Phrase:
    core, left, right = stem(low)
    if SITE_SLOT not in core:
        return Phrase(phrase_pattern(text), Needle(core, left, right), len(core) if left and right else None)
    pieces = core.split(SITE_SLOT)
    best = max(range(len(pieces)), key=lambda index: len(pieces[index].strip()))
    needle = Needle(pieces[best].strip(), left and best == 0, right and best == len(pieces) - 1)
    return Phrase(phrase_pattern(text), needle, None)


Lists = Mapping[str, Sequence[Phrase]]


class Must(NamedTuple):
    """What a lower-case text must have for a pattern to match it: one of these literals, or a phrase of these lists."""

    texts: tuple[str, ...]
    lists: tuple[str, ...] = ()


class Anatomy:
    """What can be said of a pattern without trying it. `lists` are the word lists that it names.

    >>> Anatomy(r"^\\W?(?:photo|foto): \\w+$", {}).required()[0]
    Needle(text='photo', left=False, right=True, before=1, after=32767)
    """

    def __init__(self, pattern: str, lists: Lists) -> None:
        self.branches = _Reader(rewrite(pattern)).branches()
        self.lists = lists
        self._finder = _Finder(lists)

    def required(self) -> tuple[Needle, ...]:
        """Literals of which each match holds at least one; empty when there is no such set."""
        choice = self._finder.of_branches(self.branches, _Room(None, None, at_begin=True, at_end=True))
        return tuple(dict.fromkeys(choice)) if choice else ()

    def musts(self) -> tuple[Must, ...]:
        """What each match must have: all of these.

        >>> Anatomy("^(?:ad|{w}) by b+", {}).musts()
        (Must(texts=('by',), lists=()), Must(texts=('ad',), lists=('w',)))
        """
        return tuple(sorted(_musts((_Item(branches=self.branches),)), key=_size))

    def widest(self) -> int:
        """The most characters of a block that the pattern fits from `^` to `$`; `ANYWHERE` when it is open.

        >>> Anatomy(r"^\\d{1,2}:\\d\\d$", {}).widest(), Anatomy(r"^\\d{1,2}:\\d\\d", {}).widest()
        (5, 32767)
        """
        if not all(items and items[0].anchor == "^" and items[-1].anchor == "$" for items in self.branches):
            return ANYWHERE
        return _limit(_longest(self._finder.width_of(items) for items in self.branches))

    def requires_digit(self) -> bool:
        """Whether each match holds one of 0 to 9.

        >>> Anatomy(r"^(?:at )?\\d+:(?:[0-5]\\d|xx)$", {}).requires_digit()
        True
        """
        return all(map(_has_digit, self.branches))

    def requires_beyond_ascii(self) -> bool:
        """Whether each match holds a character that ASCII has not.

        >>> Anatomy(r"^\\p{Han}{2}", {}).requires_beyond_ascii()
        True
        """
        return all(_is_beyond(items, self.lists) for items in self.branches)

    def list_edges(self) -> tuple[bool, bool]:
        """Whether the pattern begins and ends with a word list: then a match must not cut a word there.

        >>> Anatomy("^(?:foto|{photo})", {}).list_edges(), Anatomy("(?:foto|{photo})", {}).list_edges()
        ((False, True), (True, True))
        """
        return _list_at(self.branches, 0), _list_at(self.branches, -1)


# --- reading a pattern ----------------------------------------------------------------------------


class _Item(NamedTuple):
    """One part of a sequence, to occur `least` to `most` times (None: without end)."""

    char: str = ""
    """The character that it is, if it is one."""
    list_name: str = ""
    branches: tuple[_Items, ...] = ()
    width: int = 0
    """Characters that it takes, if it is neither a list nor a group."""
    digit: bool = False
    """It is a digit."""
    no_letter: bool = False
    """It is one character, and no letter."""
    beyond: bool = False
    """It is a character of a script that is not in ASCII."""
    anchor: str = ""
    least: int = 1
    most: int | None = 1

    @property
    def blank(self) -> bool:
        """It takes no character."""
        return not (self.width or self.list_name or self.branches or self.anchor)


_Items = tuple[_Item, ...]
_ONCE = (1, 1)
_QUANTIFIER = re.compile(r"(?:([?*+])|\{(\d+)(?:(,)(\d*))?\})[?]?")
_TIMES: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_FLAGS = re.compile(r"\(\?[imsU-]+\)")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU-]*:))?")
_CLASS = re.compile(r"\[\^?\]?(?:\\[pP]\{[^}]*\}|\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.S)
_ESCAPE = re.compile(r"\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|.)", re.S)


_SCRIPTS = "Han|Hiragana|Katakana|Hangul|Thai|Arabic|Hebrew|Greek|Cyrillic|Devanagari|Bengali"
_BEYOND = tuple(rf"\p{{{script}}}" for script in _SCRIPTS.split("|"))
_ONLY_BEYOND = re.compile(rf"\[(?!\^)(?:\\p\{{(?:{_SCRIPTS})\}}|[^\x00-\x7f])+\]")
_NO_LETTER_ESCAPES = (r"\s", r"\d", r"\PL", r"\P{L}")
_DIGITS = re.compile(r"\[(?:\\d|[0-9]-?)+\]")


class _Reader:
    """Reads RE2's syntax as far as literals need it."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def branches(self) -> tuple[_Items, ...]:
        found = [self.items()]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            found.append(self.items())
        return tuple(found)

    def items(self) -> _Items:
        found: list[_Item] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            item = self.item()
            least, most = self.times()
            found.append(item._replace(least=least, most=most))
        return tuple(found)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.pattern, self.at)
        if found:
            self.at = found.end()
        return found

    def times(self) -> tuple[int, int | None]:
        found = self.take(_QUANTIFIER)
        if not found:
            return _ONCE
        if found[1]:
            return _TIMES[found[1]]
        least = int(found[2])
        return least, (int(found[4]) if found[4] else None) if found[3] else least

    def item(self) -> _Item:
        if self.take(_FLAGS):
            return _Item()
        if named := self.take(LIST_NAME):
            return _Item(list_name=named[1])
        if found := self.take(_CLASS):
            return _set(found[0])
        if self.take(_GROUP):
            branches = self.branches()
            self.at += 1
            return _Item(branches=branches)
        if escape := self.take(_ESCAPE):
            return _escaped(escape[0])
        self.at += 1
        return _plain(self.pattern[self.at - 1])


def _plain(char: str) -> _Item:
    if char in "^$":
        return _Item(anchor=char)
    if char == ".":
        return _Item(width=1)
    return _Item(char=char, width=1, digit=char in "0123456789", no_letter=not _is_wordy(char))


def _set(text: str) -> _Item:
    digit = _DIGITS.fullmatch(text) is not None
    beyond = _ONLY_BEYOND.fullmatch(text) is not None
    return _Item(width=1, digit=digit, no_letter=_has_no_letter(text), beyond=beyond)


def _escaped(escape: str) -> _Item:
    if escape in (r"\b", r"\B"):
        return _Item()
    if len(escape) == 2 and not escape[1].isalnum():
        return _Item(char=escape[1], width=1, no_letter=not _is_wordy(escape[1]))
    return _Item(width=1, digit=escape == r"\d", no_letter=escape in _NO_LETTER_ESCAPES, beyond=escape in _BEYOND)


def _has_no_letter(character_class: str) -> bool:
    """Whether the class surely has no letter."""
    if character_class.startswith("[^"):
        return r"\pL" in character_class or r"\p{L}" in character_class
    rest = re.sub(r"\\[sd]|\\[^\w]|\d-\d|-(?=\])", "", character_class[1:-1] + "]")
    return not any(char in "-\\[" or _is_wordy(char) for char in rest)


def _is_wordy(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


# --- finding literals in it -----------------------------------------------------------------------


class _Room(NamedTuple):
    """What stands around a part of a pattern."""

    before: int | None
    """The most characters of the block before it; None without end."""
    after: int | None
    at_begin: bool
    """Nothing of the pattern stands before it."""
    at_end: bool
    no_letter_before: bool = False
    """The character before it, if any, is no letter."""
    no_letter_after: bool = False


_Choice = tuple[Needle, ...]
"""One way to say what a part of a pattern cannot do without: any of these literals."""


def frequency(choice: tuple[Needle, ...]) -> float:
    """How often the literals of a choice are about to be found; only good to compare choices with."""
    return sum(map(_frequency, choice))


def _frequency(needle: Needle) -> float:
    length = len(needle.text.encode())
    near = 0.3 if min(needle.before, needle.after) <= 20 else 1.0
    whole = 0.1 if needle.left and needle.right and length > 2 else 1.0
    return float(10.0**-length * near * whole)


def _musts(items: _Items) -> list[Must]:
    """What a match of a sequence must have."""
    found: list[Must] = []
    run = ""
    for item in (*items, _Item()):
        if item.char and item.least == item.most == 1:
            run += item.char
            continue
        if text := literal(run):
            found.append(Must((text,)))
        run = ""
        if item.least:
            found += _musts_of(item)
    return list(dict.fromkeys(found))


def _musts_of(item: _Item) -> list[Must]:
    """What a match of a list or a group must have: of several branches one thing of each."""
    if item.list_name:
        return [Must((), (item.list_name,))]
    branches = list(map(_musts, item.branches))
    if len(branches) <= 1 or not all(branches):
        return branches[0] if len(branches) == 1 else []
    best = [min(branch, key=_commonness) for branch in branches]
    texts = dict.fromkeys(text for one in best for text in one.texts)
    return [Must(tuple(texts), tuple(dict.fromkeys(name for one in best for name in one.lists)))]


def _commonness(must: Must) -> float:
    return float(sum(10.0 ** -len(text.encode()) for text in must.texts)) + 0.01 * len(must.lists)


def _size(must: Must) -> int:
    return len(must.texts) + len(must.lists)


def _has_digit(items: _Items) -> bool:
    return any(item.least and (item.digit or (item.branches and all(map(_has_digit, item.branches)))) for item in items)


def _is_beyond(items: _Items, lists: Lists) -> bool:
    def one(item: _Item) -> bool:
        if item.list_name:
            return all(not phrase.needle.text.isascii() for phrase in lists.get(item.list_name, ()))
        if item.branches:
            return all(_is_beyond(branch, lists) for branch in item.branches)
        return item.beyond or bool(item.char and not item.char.isascii())

    return any(item.least and one(item) for item in items)


def _list_at(branches: Sequence[_Items], end: int) -> bool:
    """Whether a branch has a list as its first (0) or last (-1) item."""
    ends = [items[end] for items in branches if items]
    return any(item.list_name or _list_at(item.branches, end) for item in ends)


class _Finder:
    def __init__(self, lists: Lists) -> None:
        self.lists = lists

    def of_branches(self, branches: Sequence[_Items], room: _Room) -> _Choice | None:
        """All branches' literals together, if each has some."""
        found = [self.of_items(items, room) for items in branches]
        sure = [choice for choice in found if choice]
        return tuple(chain.from_iterable(sure)) if len(sure) == len(found) else None

    def of_items(self, items: _Items, room: _Room) -> _Choice | None:
        """The best of what the items of a sequence offer."""
        rooms = self.rooms(items, room)
        offers = [self.of_item(item, here) for item, here in zip(items, rooms, strict=True)]
        choices = [choice for choice in offers if choice] + _runs(items, rooms)
        return min(choices, key=frequency, default=None)

    def rooms(self, items: _Items, room: _Room) -> list[_Room]:
        """The room around each item."""
        widths = [self.width(item) for item in items]
        before, after = [room.before], [room.after]
        for item, width in zip(items, widths, strict=True):
            before.append(0 if item.anchor == "^" else _sum(before[-1], width))
        for item, width in zip(reversed(items), reversed(widths), strict=True):
            after.append(0 if item.anchor == "$" else _sum(after[-1], width))
        last = len(items) - 1
        return [
            _Room(
                before[i],
                after[last - i],
                room.at_begin and i == 0,
                room.at_end and i == last,
                _no_letter(items[:i][::-1], "^", beyond=room.no_letter_before),
                _no_letter(items[i + 1 :], "$", beyond=room.no_letter_after),
            )
            for i in range(len(items))
        ]

    def width(self, item: _Item) -> int | None:
        """The most characters that the item takes."""
        if item.list_name:
            one = _longest(phrase.width for phrase in self.lists.get(item.list_name, ()))
        elif item.branches:
            one = _longest(self.width_of(items) for items in item.branches)
        else:
            one = item.width
        return None if one is None or item.most is None else one * item.most

    def width_of(self, items: _Items) -> int | None:
        total: int | None = 0
        for item in items:
            total = _sum(total, self.width(item))
        return total

    def of_item(self, item: _Item, room: _Room) -> _Choice | None:
        """What a list or a group requires."""
        if not item.least:
            return None
        here = self.repeated(item, room)
        if item.branches:
            return self.of_branches(item.branches, here)
        return tuple(_in_room(one, here) for one in self.lists.get(item.list_name, ())) or None

    def repeated(self, item: _Item, room: _Room) -> _Room:
        """The room around the first of the times that the item occurs."""
        if item.most == 1:
            return room
        return room._replace(after=_sum(room.after, self.width(item)), at_end=False, no_letter_after=False)


def _no_letter(items: _Items, anchor: str, *, beyond: bool) -> bool:
    """Whether what comes next, in `items` or `beyond` them, is no letter or the block's end.

    `items` go away from where it is asked: backwards where `anchor` is `^`.
    """
    for index, item in enumerate(items):
        if item.anchor == anchor:
            return True
        if item.blank:
            continue
        if item.branches:
            step = -1 if anchor == "^" else 1
            rest = _no_letter(items[index + 1 :], anchor, beyond=beyond)
            inside = all(_no_letter(branch[::step], anchor, beyond=rest) for branch in item.branches)
            return inside and (bool(item.least) or rest)
        if not item.no_letter:
            return False
        if item.least:
            return True
    return beyond


def _in_room(phrase: Phrase, room: _Room) -> Needle:
    """The needle for a phrase that stands in a pattern."""
    found = phrase.needle
    return Needle(
        found.text,
        found.left and (room.at_begin or room.no_letter_before),
        found.right and (room.at_end or room.no_letter_after),
        _limit(room.before if found.left else None),
        _limit(room.after if found.right else None),
    )


def _runs(items: _Items, rooms: Sequence[_Room]) -> list[_Choice]:
    """Each run of plain characters."""
    found: list[_Choice] = []
    first = 0
    while first < len(items):
        stop = first
        while stop < len(items) and items[stop].char and items[stop].least == items[stop].most == 1:
            stop += 1
        run = "".join(item.char for item in items[first:stop])
        if text := literal(run):
            left, right = rooms[first], rooms[stop - 1]
            before = _limit(_sum(left.before, len(run) - len(run.lstrip())))
            after = _limit(_sum(right.after, len(run) - len(run.rstrip())))
            whole = run == run.strip()
            found.append(
                (Needle(text, whole and left.no_letter_before, whole and right.no_letter_after, before, after),)
            )
        first = stop + 1
    return found


def _longest(widths: Iterable[int | None]) -> int | None:
    known = list(widths)
    return None if None in known else max((width for width in known if width is not None), default=0)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _limit(room: int | None) -> int:
    return ANYWHERE if room is None else min(room, ANYWHERE)
