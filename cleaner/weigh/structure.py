"""Where blocks stand on a page: the containers around each block and what those hold in all."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.model import Markup

Indices = NDArray[np.int64]
Number = TypeVar("Number", bound=np.number[Any])
LEVELS = 4
REGIONS: dict[str, tuple[str, ...]] = {
    "nav": ("nav",),
    "header": ("header",),
    "footer": ("footer",),
    "aside": ("aside",),
    "article": ("article",),
    "main": ("main",),
    "form": ("form", "fieldset", "button"),
    "list": ("ul", "ol", "dl"),
    "table": ("table",),
    "figure": ("figure", "figcaption"),
    "section": ("section",),
    "details": ("details", "dialog", "noscript"),
    "paragraph": ("p",),
}
"""Elements that tell what their content is for."""
_BIT = {tag: 1 << number for number, tags in enumerate(REGIONS.values()) for tag in tags}
REGION_BIT = {name: 1 << number for number, name in enumerate(REGIONS)}


class Structure:
    """Containers as ranges of blocks.

    Container `c` holds the blocks `low[c]` to `high[c] - 1`. `level[k][b]` is the k-th container around block `b`,
    where one that holds exactly the same blocks as the one inside it does not count.
    """

    def __init__(self, markup: Markup, size: int) -> None:
        self.markup = markup
        parent = markup.parent
        first = markup.first
        stop = [0] * len(parent)
        for block, container in enumerate(markup.holder):
            stop[container] = block + 1
        for container in range(len(parent) - 1, 0, -1):
            end = stop[container]
            above = parent[container]
            stop[above] = max(stop[above], end)
        self.low = np.array(first, dtype=np.int64)
        self.high = np.array(stop, dtype=np.int64)
        self.parent = np.array(parent, dtype=np.int64)
        self.parent[0] = 0
        self.holder = np.array(markup.holder, dtype=np.int64)
        numbers: dict[str, int] = {}
        self.tag = np.array([numbers.setdefault(tag, len(numbers)) for tag in markup.tags], dtype=np.int64)
        """The number of each container's tag in `tags`."""
        self.tags = tuple(numbers)
        bits = np.array([_BIT.get(tag, 0) for tag in self.tags], dtype=np.int64)[self.tag]
        bits[0] = 0
        self.block_regions = self.gathered(bits, np.bitwise_or)[self.holder]
        """The bits of the regions that each block stands in."""
        self.depth = self.gathered(np.minimum(np.arange(len(parent)), 1), np.add).astype(np.float64)
        same = (self.low[self.parent] == self.low) & (self.high[self.parent] == self.high)
        widest = np.where(same, self.parent, np.arange(len(parent)))
        for _ in range(int(self.depth.max(initial=0)).bit_length()):
            widest = widest[widest]
        around = self.parent[widest]
        self.level = [self.holder]
        for _ in range(LEVELS):
            self.level.append(around[self.level[-1]])

    def nearest(self, tag: str) -> Indices:
        """For each container the innermost one around it, or itself, that has the tag; 0 where none has."""
        wanted = self.tags.index(tag) if tag in self.tags else -1
        return self.gathered(np.where(self.tag == wanted, np.arange(len(self.tag)), 0), np.maximum)

    def gathered(self, values: NDArray[Number], join: np.ufunc) -> NDArray[Number]:
        """Each container's value joined with those of all containers around it; the outermost one's must be 0."""
        parent = self.parent
        while parent.any():
            values = join(values, values[parent])
            parent = parent[parent]
        return values

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums of per-block arrays, one in a row, over each container."""
        running = np.zeros((len(values), values.shape[1] + 1))
        values.cumsum(axis=1, out=running[:, 1:])
        return running.take(np.maximum(self.high, self.low), axis=1) - running.take(self.low, axis=1)
