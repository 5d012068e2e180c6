"""The values that pass from stage to stage: blocks, documents, verdicts and the cleaned story."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["paragraph", "heading", "list_item", "quote", "caption", "table_cell", "preformatted"]
"""What a block is on the page; a table's row whose cells hold a text each is one `table_cell`.

Plain text knows paragraphs, list items and Markdown's headings only."""

KINDS: tuple[Kind, ...] = (
    "paragraph",
    "heading",
    "list_item",
    "quote",
    "caption",
    "table_cell",
    "preformatted",
)

STORY_CLASSES: tuple[str, ...] = (
    "headline",
    "standfirst",
    "subheading",
    "story",
    "caption",
    "byline",
    "dateline",
    "credit",
    "source",
    "correction",
)
NOISE_CLASSES: tuple[str, ...] = (
    "related",
    "tail",
    "comment",
    "app",
    "newsletter",
    "paywall",
    "share",
    "cookie",
    "advert",
    "nav",
    "legal",
    "timestamp",
    "audio",
    "donation",
    "affiliate",
    "poll",
    "embed",
    "duplicate",
    "label",
    "ui",
    "template",
)
CLASSES: tuple[str, ...] = STORY_CLASSES + NOISE_CLASSES


class Block(msgspec.Struct, frozen=True, gc=False):
    """One paragraph, heading, list item or the like, as a reader sees it.

    `start` and `end` are character offsets into `Document.text`, so that
    `document.shown[block.start:block.end] == block.text`.
    """

    text: str
    kind: Kind
    start: int
    end: int
    link_chars: int | None = None
    """Characters of `text` inside links; None for text without Markdown's."""


class Markup(msgspec.Struct, frozen=True, gc=False):
    """The containers that a page's blocks stand in, as parallel lists, in document order.

    Container `i` stands in container `parent[i]` (-1 for the body) and opens before block `first[i]`;
    `holder[b]` is the innermost container of block `b`, `links[b]` the number of links in it.
    """

    parent: list[int]
    first: list[int]
    tags: list[str]
    names: list[str]
    holder: list[int]
    links: list[int]


class Document(msgspec.Struct, frozen=True, gc=False):
    """What a parser makes of a source: its text, cut into blocks.

    For plain text, `text` is the decoded input itself. For a page it is the page's visible text,
    one block a line.
    """

    text: str
    blocks: tuple[Block, ...]
    markup: Markup | None = None
    headlines: tuple[str, ...] = ()
    """What the page itself gives as its headline, most trusted first."""
    description: str = ""
    """What the page says about itself in a sentence or two."""
    article: str | None = None
    """The article text that the page carries as structured data."""
    language: str | None = None
    """ISO 639-1 code that the source declares."""
    declared: Literal["story", "other"] | None = None
    """What the page says that it is: an article, or a list, a profile, a gallery and the like."""
    paywalled: bool = False
    """The page says that its story is not free to read."""
    live: bool = False
    """The page says that it is a live blog."""
    marked: tuple[tuple[int, str], ...] = ()
    """Blocks in elements that rules ask for by CSS selector, each with the rule's id."""
    plain: str | None = None
    """`text` with its Markdown blanked out, at equal length, where it has any."""
    links: tuple[tuple[int, int], ...] = ()
    """Where the links of Markdown stand in `text`, marks and all, in order."""

    @property
    def shown(self) -> str:
        """What a reader sees of `text`, at equal length."""
        return self.text if self.plain is None else self.plain


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """One reason for a verdict, and its points (above zero: for noise).

    It is named `rule:ID`, `words:` with those of the block that weigh most, `step:NAME`, or after a signal.
    """

    name: str
    points: float


class Cut(msgspec.Struct, frozen=True, gc=False):
    """A span taken out of a kept block, or white space put right (label `space`); offsets as in `Block`."""

    start: int
    end: int
    replacement: str
    label: str
    evidence: tuple[Evidence, ...] = ()

    def meets(self, start: int, end: int) -> bool:
        """Whether it has a place in common with the span from `start` to `end`."""
        return self.start < end and start < self.end


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one block: its class, whether the body keeps it, and why.

    `points` is the total for noise (above zero: noise). `cuts` are in order and do not overlap.
    """

    label: str
    kept: bool
    start: int
    end: int
    points: float
    evidence: tuple[Evidence, ...] = ()
    cuts: tuple[Cut, ...] = ()


class Removed(msgspec.Struct, frozen=True, gc=False):
    """One block or span that the body does not have."""

    label: str
    text: str
    start: int
    end: int
    evidence: tuple[Evidence, ...]
