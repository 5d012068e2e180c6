"""Keep the core story of a scraped news page or text, and account for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.cleaned import Cleaned
    from cleaner.pipeline import Cleaner, clean

__version__ = "0.1.0"
__all__ = ["Cleaned", "Cleaner", "__version__", "clean"]

_HOMES = {"Cleaned": "cleaner.cleaned", "Cleaner": "cleaner.pipeline", "clean": "cleaner.pipeline"}


def __getattr__(name: str) -> object:
    # Imported on first use: `cleaner --version` must not wait for numpy.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
