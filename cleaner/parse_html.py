"""A page as blocks: lexbor builds the tree, one walk over it makes the blocks and their containers."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from cleaner.guard import check_nesting
from cleaner.metadata import headline_candidates, language_code
from cleaner.model import Block, Document, Kind, Markup
from cleaner.structured import read_structured

UNSEEN = ["script", "style", "svg", "template", "iframe", "object", "canvas", "datalist", "select", "math"]
TEXT, LINK, INLINE, BREAK, SKIP, BLOCK = range(6)
_INLINE_TAGS = (
    "abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rb rp rt ruby s samp "
    "small source span strike strong sub sup time tt u var wbr input picture audio video"
)


def _roles() -> dict[int, int]:
    """Map lexbor's tag ids to what the walk does with such a node; every other tag is a block."""
    tree = LexborHTMLParser("<p>a<!-- b --><br>" + "".join(f"<{t}>" for t in _INLINE_TAGS.split()) + "<a>")
    roles = {node.tag_id: INLINE for node in tree.css(_INLINE_TAGS.replace(" ", ","))}
    for node in tree.root.traverse(include_text=True):
        if node.is_text_node:
            roles[node.tag_id] = TEXT
        elif node.is_comment_node:
            roles[node.tag_id] = SKIP
    roles[tree.css_first("br").tag_id] = BREAK
    roles[tree.css_first("a").tag_id] = LINK
    return roles


ROLES = _roles()
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


def attribute_names(attributes: dict[str, str | None]) -> str:
    """What an element calls itself: its class, id, role and itemprop, and `hidden` where it is not shown."""
    name = attributes.get("class") or ""
    for key in _NAMING:
        if key in attributes:
            name = f"{name} {key}={attributes[key]}"
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return name + " hidden"
    style = attributes.get("style")
    if style and _HIDDEN.search(style):
        return name + " hidden"
    return name


def parse_html(source: str) -> Document:
    """Cut a page into blocks. Raises `Bomb` where its nesting would exhaust the parser."""
    raw = source.encode("utf-8", "replace")
    check_nesting(raw)
    tree = LexborHTMLParser(raw)
    structured = read_structured(tree)
    headlines = headline_candidates(tree)
    language = _declared_language(tree)
    tree.strip_tags(UNSEEN)
    body = tree.body
    if body is None:
        return Document("", ())
    blocks: list[Block] = []
    texts: list[str] = []
    holder: list[int] = []
    link_counts: list[int] = []
    parent: list[int] = [-1]
    tags: list[str] = ["body"]
    names: list[str] = [""]
    first: list[int] = [0]
    kinds: list[Kind] = ["paragraph"]

    # Each open element by its address: the container it belongs to, and whether it is inside a link.
    plain: dict[int, int] = {body.mem_id: 0}
    linked: dict[int, int] = {}
    pieces: list[str] = []
    current = 0
    position = link_chars = links = breaks = 0

    def flush() -> None:
        nonlocal position, link_chars, links, breaks
        kind = kinds[current]
        text = "".join(pieces)
        pieces.clear()
        if kind == "preformatted":
            text = text.replace("\v", "\n").strip("\n")
        elif breaks:
            text = "\n".join([line for part in text.split("\v") if (line := " ".join(part.split()))])
        else:
            text = " ".join(text.split())
        if text:
            end = position + len(text)
            blocks.append(Block(text, kind, position, end, link_chars))
            texts.append(text)
            holder.append(current)
            link_counts.append(links)
            position = end + 1
        link_chars = links = breaks = 0

    nodes = body.traverse(include_text=True)
    next(nodes)
    role = ROLES.get
    for node in nodes:
        above = node.parent.mem_id
        container = plain.get(above)
        in_link = container is None
        if in_link:
            container = linked[above]
        what = role(node.tag_id, BLOCK)
        if what == TEXT:
            if container != current:
                if pieces:
                    flush()
                current = container
            text = node.text_content
            if pieces or not text.isspace():
                pieces.append(text)
                if in_link:
                    link_chars += len(text)
        elif what == INLINE:
            (linked if in_link else plain)[node.mem_id] = container
        elif what == LINK:
            if container != current:
                if pieces:
                    flush()
                current = container
            links += 1
            linked[node.mem_id] = container
        elif what == BLOCK:
            if pieces:
                flush()
            links = 0
            tag = node.tag or ""
            attributes = node.attributes
            current = len(parent)
            (linked if in_link else plain)[node.mem_id] = current
            parent.append(container)
            first.append(len(blocks))
            tags.append(tag)
            kinds.append(KIND_OF_TAG.get(tag) or kinds[container])
            if attributes:
                names.append(attribute_names(attributes))
            else:
                names.append("")
        elif what == BREAK and pieces:
            last = pieces[-1]
            if last == "\v" or (last.isspace() and len(pieces) > 1 and pieces[-2] == "\v"):
                flush()
            else:
                pieces.append("\v")
                breaks += 1
    if pieces:
        flush()
    markup = Markup(parent, first, tags, names, holder, link_counts)
    return Document(
        "\n".join(texts),
        tuple(blocks),
        markup,
        headlines,
        structured.article,
        language,
        bool(structured.paywalled),
        structured.live,
    )


def _declared_language(tree: LexborHTMLParser) -> str | None:
    root = tree.root
    return language_code(root.attributes.get("lang")) if root is not None else None
