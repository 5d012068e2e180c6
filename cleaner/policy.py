"""What happens to each class of block: kept, moved to the metadata or dropped; and what is repaired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from cleaner.model import CLASSES

Choice = Literal["keep", "drop", "metadata"]

_CORE: dict[str, Choice] = {
    "headline": "metadata",
    "standfirst": "keep",
    "subheading": "keep",
    "story": "keep",
    "correction": "keep",
    "byline": "metadata",
    "dateline": "metadata",
    "credit": "metadata",
    "source": "metadata",
    "timestamp": "metadata",
}
PRESETS: dict[str, dict[str, Choice]] = {
    "core": _CORE,
    "full": {**_CORE, "caption": "keep", "byline": "keep", "dateline": "keep", "source": "keep"},
    "prose": {**_CORE, "subheading": "drop", "standfirst": "drop"},
}
"""`core` is the story body; `full` adds captions, bylines, datelines and sources; `prose` is paragraphs alone."""


REPAIRS = ("wraps", "glued", "invisible")
"""White space that is put right: wrapped lines, full stops without a space after them, spaces that are not seen."""


class UnknownPolicy(ValueError):
    """No such preset, class, choice or repair."""


class Policy:
    """A choice for each class, where a class that is not named is dropped; and the repairs to make."""

    def __init__(
        self,
        preset: str = "core",
        choices: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        repairs: Iterable[str] = REPAIRS,
    ) -> None:
        if preset not in PRESETS:
            raise UnknownPolicy(f"there is no policy `{preset}`: use one of {', '.join(PRESETS)}")
        self.preset = preset
        self.choices: dict[str, str] = dict(PRESETS[preset])
        for name, choice in dict(choices).items():
            if name not in CLASSES:
                raise UnknownPolicy(f"there is no class `{name}`: use one of {', '.join(CLASSES)}")
            if choice not in ("keep", "drop", "metadata"):
                raise UnknownPolicy(f"`{choice}` is no choice for {name}: use keep, drop or metadata")
            self.choices[name] = choice
        self.repairs = frozenset(repairs)
        for name in self.repairs:
            if name not in REPAIRS:
                raise UnknownPolicy(f"there is no repair `{name}`: use one of {', '.join(REPAIRS)}")

    def fate(self, label: str) -> str:
        """What becomes of blocks of this class: `keep`, `drop` or `metadata`."""
        return self.choices.get(label, "drop")
