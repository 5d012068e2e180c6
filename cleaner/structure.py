"""Where blocks stand on a page: the containers around each block and what those hold in all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.model import Markup

Indices = NDArray[np.int64]
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
        wider = [0] * len(parent)
        regions = [0] * len(parent)
        depth = [0] * len(parent)
        tags = markup.tags
        for container in range(1, len(parent)):
            above = parent[container]
            regions[container] = regions[above] | _BIT.get(tags[container], 0)
            depth[container] = depth[above] + 1
            if stop[above] == stop[container] and first[above] == first[container]:
                wider[container] = wider[above]
            else:
                wider[container] = above
        self.regions = np.array(regions, dtype=np.int64)
        self.depth = np.array(depth, dtype=np.float64)
        self.low = np.array(first, dtype=np.int64)
        self.high = np.array(stop, dtype=np.int64)
        self.parent = np.array(parent, dtype=np.int64)
        self.parent[0] = 0
        around = np.array(wider, dtype=np.int64)
        self.holder = np.array(markup.holder, dtype=np.int64)
        self.level = [self.holder]
        for _ in range(LEVELS):
            self.level.append(around[self.level[-1]])

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of a per-block array over each container."""
        running = np.concatenate(([0.0], np.cumsum(values)))
        return running[np.maximum(self.high, self.low)] - running[self.low]
