"""What happens to each class of block: it stays in the body, goes to the metadata, or is dropped."""

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


class UnknownPolicy(ValueError):
    """No such preset, class or choice."""


class Policy:
    """A choice for each class; a class that is not named is dropped."""

    def __init__(self, preset: str = "core", choices: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
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

    def keeps(self, label: str) -> bool:
        return self.choices.get(label) == "keep"

    def notes(self, label: str) -> bool:
        """Whether blocks of this class go to the metadata."""
        return self.choices.get(label) == "metadata"
