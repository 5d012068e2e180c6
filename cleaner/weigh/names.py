"""What the words in an element's class, id, role and itemprop are worth."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
_LONGEST = 400
_REMEMBERED = 50_000


def name_words(name: str) -> frozenset[str]:
    """The words of a class or id attribute, in lower case.

    >>> sorted(name_words("entry-content relatedPosts"))
    ['content', 'entry', 'posts', 'related']
    """
    return frozenset(map(str.lower, _WORD.findall(name[:_LONGEST])))


class Names:
    """Points for words in names; above zero speaks for noise."""

    def __init__(self, points: Mapping[str, float]) -> None:
        self.points = dict(points)
        self._known: dict[str, float] = {}

    def of(self, name: str) -> float:
        """The sum over the different words of one attribute."""
        known = self._known.get(name)
        if known is None:
            known = sum(self.points[word] for word in sorted(name_words(name) & self.points.keys()))
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[name] = known
        return known
