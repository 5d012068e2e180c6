"""A page as blocks: lexbor builds the tree, one walk over it makes the blocks and their containers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaner.model import Block, Document, Kind, Markup
from cleaner.parse.guard import check_nesting
from cleaner.parse.metadata import description_of, headline_candidates, language_code
from cleaner.parse.selectors import Selectors
from cleaner.parse.structured import declared_kind, read_structured

T = TypeVar("T")
UNSEEN = ["title", "script", "style", "svg", "template", "iframe", "object", "canvas", "datalist", "select", "math"]
TEXT, BREAK, SKIP, DROP, INLINE, LINK, BLOCK = range(7)
_INLINE_TAGS = (
    "abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rb rp rt ruby s samp "
    "small source span strike strong sub sup time tt u var wbr input picture audio video"
)


def _roles() -> tuple[dict[int, int], dict[int, str]]:
    """Map lexbor's tag ids to what the walk does with such a node, and to tags; every other tag is a block."""
    special = {"-text": TEXT, "-comment": SKIP, "br": BREAK, "a": LINK, **dict.fromkeys(_INLINE_TAGS.split(), INLINE)}
    special.update(dict.fromkeys(UNSEEN, DROP))
    tree = LexborHTMLParser("<p>a<!-- b -->")
    nodes = [*tree.body.traverse(include_text=True)] if tree.body else []
    nodes += [tree.create_node(tag) for tag in special if tag.isalpha()]
    tags = {node.tag_id: node.tag for node in nodes if node.tag in special}
    return {number: special[tag] for number, tag in tags.items()}, tags


ROLES, TAGS = _roles()
KIND_OF_TAG: dict[str, Kind] = {
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "li": "list_item",
    "dt": "list_item",
    "dd": "list_item",
    "blockquote": "quote",
    "figcaption": "caption",
    "caption": "caption",
    "td": "table_cell",
    "th": "table_cell",
    "pre": "preformatted",
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_NAMING = ("id", "role", "itemprop")
_SEAM = "\0"
"""Where an element inside a line ends and another begins; no text of a page has this character."""
_SHORTEST_PART = 2
_TAGS_ALWAYS = ("html", "head", "body", "br")


def attribute_names(attributes: dict[str, str | None]) -> str:
    """What an element calls itself: its class, id, role and itemprop, and `hidden` where it is not shown."""
    name = attributes.get("class") or ""
    if name and len(attributes) == 1:
        return name
    for key in _NAMING:
        if key in attributes:
            name = f"{name} {key}={attributes[key]}"
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return name + " hidden"
    style = attributes.get("style")
    if style and _HIDDEN.search(style):
        return name + " hidden"
    return name


def parse_html(source: str | bytes, selectors: Selectors | None = None) -> Document:
    """Cut a page into blocks, and find those that stand in elements which `selectors` find.

    Bytes must be UTF-8.
    Raises `Bomb` where its nesting would exhaust the parser.
    """
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "ignore")
    check_nesting(raw)
    tree = LexborHTMLParser(raw)
    structured = read_structured(tree)
    headlines = headline_candidates(tree)
    description = description_of(tree)
    language = _declared_language(tree)
    declared = declared_kind(tree, structured)
    if tree.body is None:
        return Document("", ())
    walk = _Walk(tree.body)
    return Document(
        "\n".join([block.text for block in walk.blocks]),
        tuple(walk.blocks),
        walk.markup(),
        headlines,
        description,
        structured.article,
        language,
        declared=declared,
        paywalled=bool(structured.paywalled),
        live=structured.live,
        marked=walk.marked(selectors.find(tree, walk.all_attributes())) if selectors else (),
    )


class _Walk:
    """One walk over the tree: text gathers until another block begins, then becomes a block."""

    def __init__(self, body: LexborNode) -> None:
        self.blocks: list[Block] = []
        self.holder: list[int] = []
        self.links_in: list[int] = []
        self.parent: list[int] = [-1]
        self.tags: list[str] = ["body"]
        self.names: list[str] = [""]
        self.first: list[int] = [0]
        self.kinds: list[Kind] = ["paragraph"]
        # Each element by its address: the container that it is or belongs to.
        self.place: dict[int, int] = {body.mem_id: 0}
        # What the elements' attributes are and say, and the tags of those inside a line.
        self.keys: set[str] = set()
        self.said: set[str | None] = set()
        self.inline: set[int] = set()
        for node in (body.parent, body):
            if node:
                self.keys.update(node.attributes)
                self.said.update(node.attributes.values())
        self.pieces: list[str] = []
        self.position = self.link_chars = self.links = 0
        self._run(body)
        if "tr" in self.tags:
            self._join_rows()

    def _run(self, body: LexborNode) -> None:
        """Visit all nodes; what no reader sees is taken out of the tree."""
        role, pieces, place, inline = ROLES.get, self.pieces, self.place, self.inline
        has, says = self.keys.update, self.said.update
        outer: list[tuple[Iterator[LexborNode], int, bool]] = [(iter(()), 0, False)]
        children, container, in_link = body.iter(include_text=True), 0, False
        beside = False
        while outer:
            for node in children:
                tag = node.tag_id
                what = role(tag, BLOCK)
                if what == TEXT:
                    text = node.text_content or ""
                    if pieces or not text.isspace():
                        pieces.append(text)
                        self.link_chars += in_link and len(text)
                        beside = False
                elif what >= INLINE:
                    outer.append((children, container, in_link))
                    attributes = node.attributes
                    has(attributes)
                    says(attributes.values())
                    if what == BLOCK:
                        container = self._open(node.tag or "", attributes, container)
                    else:
                        pieces += [_SEAM] * beside
                        inline.add(tag)
                        self.links += what == LINK
                        in_link |= what == LINK
                    place[node.mem_id] = container
                    beside = False
                    children = node.iter(include_text=True)
                    break
                elif what == BREAK:
                    self._break(container)
                elif what == DROP:
                    node.decompose(recursive=False)
            else:
                inner = container
                children, container, in_link = outer.pop()
                beside = container == inner
                if container != inner and (pieces or self.links):
                    self._flush(inner)
        self._flush(0)

    def markup(self) -> Markup:
        """The containers that hold blocks, and the blocks' places in them."""
        parent, holder = self.parent, self.holder
        filled = {0}
        for own in set(holder):
            container = own
            while container not in filled:
                filled.add(container)
                container = parent[container]
        kept = sorted(filled)
        number = dict(zip(kept, range(len(kept)), strict=True))
        number[-1] = -1
        return Markup(
            [number[parent[container]] for container in kept],
            [self.first[container] for container in kept],
            [self.tags[container] for container in kept],
            [self.names[container] for container in kept],
            [number[container] for container in holder],
            self.links_in,
        )

    def marked(self, elements: Iterable[tuple[LexborNode, str]]) -> tuple[tuple[int, str], ...]:
        """The blocks that stand in these elements, or are all that one holds, each with what its element comes with."""
        found: set[tuple[int, str]] = set()
        inside: dict[int, tuple[int, int]] = {}
        own_blocks: dict[int, list[int]] = defaultdict(list)
        for block, container in enumerate(self.holder):
            own_blocks[container].append(block)
        for node, name in elements:
            container = self.place.get(node.mem_id, -1)
            if container < 0:
                continue
            if ROLES.get(node.tag_id or 0, BLOCK) != BLOCK:
                text = " ".join((node.text() or "").split())
                found.update((block, name) for block in own_blocks[container] if self.blocks[block].text == text)
                continue
            if container not in inside:
                inside[container] = self._blocks_in(container)
            found.update((block, name) for block in range(*inside[container]))
        return tuple(sorted(found))

    def all_attributes(self) -> bytes:
        """The tags, the attributes and their values of all elements, one a line, in lower case."""
        tags = {*_TAGS_ALWAYS, *self.tags, *map(TAGS.__getitem__, self.inline)}
        return "\n".join(filter(None, self.said.union(self.keys, [f"<{tag}>" for tag in tags]))).encode().lower()

    def _join_rows(self) -> None:
        """Make one block of the cells of a table row that hold a text each, and nothing else in the row does."""
        rows = self._rows()
        spans = list(rows.values())
        step = [0, *[1] * len(self.blocks)]
        for start, stop in spans:
            step[start + 1 : stop] = [0] * (stop - start - 1)
        number = list(accumulate(step))
        self.first = [number[first] for first in self.first]
        self.holder = _replaced(self.holder, spans, rows)
        self.links_in = _replaced(self.links_in, spans, [sum(self.links_in[start:stop]) for start, stop in spans])
        self.blocks = _replaced(self.blocks, spans, [_joined(self.blocks[start:stop]) for start, stop in spans])

    def _rows(self) -> dict[int, tuple[int, int]]:
        """The containers of rows to join, each with the first of its blocks and the one after the last."""
        row_of = [-1] * len(self.parent)
        nesting: set[int] = set()
        for container, tag in enumerate(self.tags):
            around = row_of[self.parent[container]] if container else -1
            if tag == "tr":
                nesting.add(around)
                around = container
            row_of[container] = around
        spans: dict[int, tuple[int, int]] = {}
        rows = [row_of[holder] for holder in self.holder]
        for row, held in groupby(range(len(rows)), rows.__getitem__):
            if row not in nesting:
                start, *_ = blocks = list(held)
                cells = {self.holder[block] for block in blocks}
                if len(cells) == len(blocks) > 1 and all(self.parent[cell] == row for cell in cells):
                    spans[row] = start, start + len(blocks)
        return spans

    def _blocks_in(self, container: int) -> tuple[int, int]:
        """The first of the blocks inside a container, and the one after the last."""
        end = container + 1
        while end < len(self.parent) and self.parent[end] >= container:
            end += 1
        first = stop = self.first[container]
        while stop < len(self.holder) and container <= self.holder[stop] < end:
            stop += 1
        return first, stop

    def _open(self, tag: str, attributes: dict[str, str | None], around: int) -> int:
        if self.pieces or self.links:
            self._flush(around)
        self.parent.append(around)
        self.first.append(len(self.blocks))
        self.tags.append(tag)
        self.kinds.append(KIND_OF_TAG.get(tag) or self.kinds[around])
        self.names.append(attribute_names(attributes) if attributes else "")
        return len(self.parent) - 1

    def _break(self, container: int) -> None:
        """A line break; a second one ends the paragraph."""
        pieces = self.pieces
        if not pieces:
            return
        if pieces[-1] == "\v" or (pieces[-1].isspace() and len(pieces) > 1 and pieces[-2] == "\v"):
            self._flush(container)
        else:
            pieces.append("\v")

    def _flush(self, container: int) -> None:
        """Make a block of the text that has gathered, if any."""
        if self.pieces:
            kind = self.kinds[container]
            text = "".join(_sewn(self.pieces) if _SEAM in self.pieces else self.pieces)
            if kind == "preformatted":
                text = text.replace("\v", "\n").strip("\n")
            elif "\v" in self.pieces:
                text = "\n".join([line for part in text.split("\v") if (line := " ".join(part.split()))])
            else:
                text = " ".join(text.split())
            if text and not text.isspace():
                end = self.position + len(text)
                self.blocks.append(Block(text, kind, self.position, end, self.link_chars))
                self.holder.append(container)
                self.links_in.append(self.links)
                self.position = end + 1
            self.pieces.clear()
            self.link_chars = 0
        self.links = 0


def _sewn(pieces: list[str]) -> list[str]:
    """Text with a space where an element inside a line ends and another begins, if they hold words of their own."""
    found: list[str] = []
    for before, piece, after in zip(["", *pieces[:-1]], pieces, [*pieces[1:], ""], strict=True):
        if piece != _SEAM:
            found.append(piece)
        elif _are_apart(before, after):
            found.append(" ")
    return found


def _are_apart(one: str, other: str) -> bool:
    """Whether what stands in two elements without a space between is a word each: a name and a date, two buttons."""
    starts = other[:1].isupper() or other[:1].isdigit()
    return starts and one[-1:].isalnum() and min(len(one), len(other)) >= _SHORTEST_PART


def _joined(cells: list[Block]) -> Block:
    """The cells of a row as one block, a tab between them; each character stays where it was."""
    text = "\t".join([cell.text.replace("\n", " ") for cell in cells])
    link_chars = sum(cell.link_chars or 0 for cell in cells)
    return Block(text, "table_cell", cells[0].start, cells[-1].end, link_chars)


def _replaced(values: list[T], spans: Iterable[tuple[int, int]], new: Iterable[T]) -> list[T]:
    """The values, with one new value for those of each span."""
    found: list[T] = []
    position = 0
    for (start, stop), value in zip(spans, new, strict=True):
        found += values[position:start]
        found.append(value)
        position = stop
    return found + values[position:]


def _declared_language(tree: LexborHTMLParser) -> str | None:
    root = tree.root
    return language_code(root.attributes.get("lang")) if root is not None else None
