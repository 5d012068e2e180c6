"""What is known about a story beside its body: from its own lines, and from its page when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec


class Notes(Mapping[str, str]):
    """A story's metadata by name; a page is read for it at the first look.

    Names are `headline byline dateline credit source timestamp language` from the text, and
    `headline byline published modified site canonical language description credit` from a page. What the page says
    of itself comes first. `origins` tells for each where it came from.
    """

    def __init__(self, lines: Mapping[str, str], page: str | None = None, url: str | None = None) -> None:
        self._lines = dict(lines)
        self._page = page
        self._url = url
        self._known: dict[str, str] | None = None
        self._origins: dict[str, str] = {}

    def _read(self) -> dict[str, str]:
        if self._known is None:
            known: dict[str, str] = {}
            if self._page is not None:
                from selectolax.lexbor import LexborHTMLParser

                from cleaner.parse.metadata import read_metadata

                fields = msgspec.structs.asdict(read_metadata(LexborHTMLParser(self._page), self._url))
                for name, field in fields.items():
                    if field is not None:
                        known[name] = field.value
                        self._origins[name] = field.origin
            for name, value in self._lines.items():
                if name not in known:
                    known[name] = value
                    self._origins[name] = "text"
            self._known = known
        return self._known

    @property
    def origins(self) -> dict[str, str]:
        """Where each entry came from: `json-ld`, `og:title`, `h1`, `text` and the like."""
        self._read()
        return self._origins

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())
