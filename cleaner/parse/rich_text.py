"""Paragraphs from the HTML, Markdown or plain text that structured data holds."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from cleaner.parse.loose_json import JSON

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|small|h[1-6]|ul|ol|li|img|figure|figcaption|blockquote|html|body|table|t[rdh]"
    r"|section|article|aside|iframe|script|style|pre|code|hr|sup|sub|center|font)(?:\s[^<>]*)?/?>",
    re.I,
)
_CLOSING = re.compile(r"</p>|<br|^\s*<", re.I)
_UNREAD = [
    "script", "style", "figure", "aside", "iframe", "noscript", "button", "form", "nav", "svg", "template",
]  # fmt: skip
_BREAKING = (
    "p,br,div,li,ul,ol,dl,dt,dd,h1,h2,h3,h4,h5,h6,blockquote,section,article,header,footer,pre,hr,center,table,tr,td,th"
)
_BREAK = "\v"


def plain(value: JSON) -> str:
    """A string of structured data as one line of text, "" where it is none.

    >>> plain("Fish &amp; <b>chips</b>\\n")
    'Fish & chips'
    """
    return " ".join(paragraphs_of(value)) if isinstance(value, str) else ""


def paragraphs_of(source: str) -> list[str]:
    """The paragraphs of a text that may be HTML, escaped HTML, Markdown or have entities in it.

    >>> paragraphs_of("<p>One &amp; <b>all</b>.</p><p>Two.</p>")
    ['One & all.', 'Two.']
    >>> paragraphs_of("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;")
    ['One.', 'Two.']
    >>> paragraphs_of("A line that was\\nwrapped.\\n\\nAnother&hellip;")
    ['A line that was wrapped.', 'Another…']
    """
    text = _CONTROLS.sub("", source)
    if "<" in text and TAG.search(text) and (_CLOSING.search(text) or not _MARKDOWN.search(text)):
        return _markup_lines(text)
    for _ in range(2):
        if "&" not in text:
            break
        text = unescape(text)
        if TAG.match(text.lstrip()):
            return _markup_lines(text)
    return _plain_lines(text)


def _markup_lines(html: str) -> list[str]:
    if _too_deep(html):
        text = unescape(re.sub("<[^<>]*>", _BREAK, html))
    else:
        tree = LexborHTMLParser(html)
        tree.strip_tags(_UNREAD)
        body = tree.body
        if body is None:
            return []
        for node in body.css(_BREAKING):
            node.insert_before(_BREAK)
            node.insert_after(_BREAK)
        text = _CONTROLS.sub("", body.text())
    return [line for part in text.split(_BREAK) if (line := " ".join(part.split()))]


def _too_deep(html: str) -> bool:
    """Whether tags may nest so deeply that parsing them takes quadratic time."""
    if html.count("<") < 1000:
        return False
    depth = 0
    for tag in re.finditer(r"<(/?)[a-zA-Z]", html):
        depth += -1 if tag[1] else 1
        if depth > 1000:
            return True
    return False


_MARKDOWN = re.compile(r"^#{1,6}\s|\]\((?:https?:|/)|\*\*\S|\[#\w+:", re.M)
_MARKDOWN_PARTS = (
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*\)|\[#\w+:[^\[\]\n]*\]|^#{1,6}\s+", re.M), ""),
    (re.compile(r"\[([^\[\]\n]*)\]\((?:https?:|/|mailto:)[^()\s]*\)"), r"\1"),
    (re.compile(r"\*\*(?=\S)([^*\n]+)\*\*"), r"\1"),
)


def _plain_lines(text: str) -> list[str]:
    """Cut into paragraphs; where empty lines do that, a line break before a small letter is only a wrap."""
    if _MARKDOWN.search(text):
        for pattern, left in _MARKDOWN_PARTS:
            text = pattern.sub(left, text)
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    if "" not in lines:
        return lines
    out: list[str] = []
    above = ""
    for line in lines:
        if above and line and line[0].islower() and above[-1] not in ".!?:…":
            out[-1] = f"{out[-1]} {line}"
        elif line:
            out.append(line)
        above = line
    return out
