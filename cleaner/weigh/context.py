"""The second pass: what a block's surroundings got in the first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cleaner.facts import Floats
from cleaner.weigh.signals import neighbours
from cleaner.weigh.view import View, ratio

ContextSignal = Callable[[View, Floats], Floats]
CONTEXT: dict[str, ContextSignal] = {}
_FAR = 60.0
_LIMIT = 6.0
_REACH = 8
_KERNEL = np.exp(-np.abs(np.arange(-_REACH, _REACH + 1)) / 3.0)


def context(function: ContextSignal) -> ContextSignal:
    CONTEXT[function.__name__] = function
    return function


def core(view: View, points: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Blocks that the first pass takes for story without doubt."""
    found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (points < -1.0) & (view.words >= 10)
    return found


@context
def first_points(view: View, points: Floats) -> Floats:
    """What the block itself got."""
    return points


def _neighbour(name: str, offset: int) -> None:
    def neighbour(view: View, points: Floats) -> Floats:
        return neighbours(points, offset, _LIMIT)

    neighbour.__name__ = name
    neighbour.__doc__ = f"Points of the block {abs(offset)} {'before' if offset < 0 else 'after'} it."
    context(neighbour)


for _offset in (1, 2, 3):
    _neighbour(f"points_{_offset}_before", -_offset)
    _neighbour(f"points_{_offset}_after", _offset)


@context
def points_around(view: View, points: Floats) -> Floats:
    """Mean points of the eight blocks on either side, nearer and longer ones counting more."""
    weight = np.sqrt(view.words + 1)
    padded = np.zeros((2, view.size + 2 * _REACH))
    padded[:, _REACH:-_REACH] = points * weight, weight
    total, whole = (np.convolve(values, _KERNEL, "valid") for values in padded)
    return ratio(total, whole)


@context
def blocks_since_core(view: View, points: Floats) -> Floats:
    return view.since(core(view, points), _FAR)


@context
def blocks_to_core(view: View, points: Floats) -> Floats:
    return view.until(core(view, points), _FAR)


@context
def core_before(view: View, points: Floats) -> Floats:
    """Share of the words in core blocks that stand before the block."""
    words = view.words * core(view, points)
    return (words.cumsum() - words) / max(1.0, float(words.sum()))


@context
def core_after(view: View, points: Floats) -> Floats:
    words = view.words * core(view, points)
    total = float(words.sum())
    return (total - words.cumsum()) / max(1.0, total)


@context
def noise_since_core(view: View, points: Floats) -> Floats:
    """log2 of the words of noise since the last core block."""
    noise: Floats = (view.words * (points > 0)).cumsum()
    last = view.last_marked(core(view, points))
    return np.asarray(np.log2(1 + noise - np.where(last >= 0, noise[np.maximum(last, 0)], 0.0)), dtype=np.float64)


@context
def noise_to_core(view: View, points: Floats) -> Floats:
    """log2 of the words of noise up to the next core block."""
    noise: Floats = (view.words * (points > 0))[::-1].cumsum()[::-1]
    following = view.next_marked(core(view, points))
    beyond = np.where(following < view.size, noise[np.minimum(following, view.size - 1)], 0.0)
    return np.asarray(np.log2(1 + noise - beyond), dtype=np.float64)


@context
def document_points(view: View, points: Floats) -> Floats:
    """Mean points of the document, by words."""
    return np.full(view.size, float((points * view.words).sum()) / view.total)


@context
def core_words(view: View, points: Floats) -> Floats:
    """log2 of all the words in core blocks."""
    return np.full(view.size, np.log2(1 + float((view.words * core(view, points)).sum())))


@context
def story_vocabulary_share(view: View, points: Floats) -> Floats:
    """Share of content words that occur in another core block."""
    return view.shared_terms(core(view, points), 1)


@context
def story_theme_share(view: View, points: Floats) -> Floats:
    """Share of content words that occur in two other core blocks."""
    return view.shared_terms(core(view, points), 2)
