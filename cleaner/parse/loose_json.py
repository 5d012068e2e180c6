"""JSON as people write it into pages: decoded where it can be mended, picked out where it cannot."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import msgspec

JSON = Any
"""A decoded JSON value."""

LARGEST = 8_000_000
"""Characters read at most, of one script of JSON-LD or of all application state of a page."""
DEEPEST = 60
"""Levels of nesting that a story is looked for in."""
MOST_NODES = 300_000


_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\s*\*/)?|;)\s*$"
)
_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[,}\]])|\bundefined\b', re.S)
LENIENT = json.JSONDecoder(strict=False)
_decode = msgspec.json.Decoder().decode


def decode_json(text: str) -> list[JSON]:
    """Decode a script of JSON, mending what is commonly wrong with it; [] where there is nothing to be had.

    Raw line breaks in strings, comments, surplus commas, wrong escapes, what follows after the end; where all
    that does not help, the fields of an article are picked out by name.

    >>> decode_json('<!-- {"headline": "It\\\\\\'s on",} -->')
    [{'headline': "It's on"}]
    >>> decode_json('{"headline": "The "new" pier", "articleBody": "Built in')
    [{'headline': 'The "new" pier'}]
    """
    if len(text) > LARGEST:
        return []
    try:
        return [_decode(text)]
    except msgspec.DecodeError:
        pass
    except RecursionError:
        return []
    text = _WRAPPING.sub("", _WRAPPING.sub("", text))
    if '"' not in text[:200] and "&quot;" in text[:200]:
        text = unescape(text)
    return json_values(text) or json_values(_PIECE.sub(_mend, text)) or _pick_out(text)


def json_values(text: str) -> list[JSON]:
    """The values at the head of a text, one after the other."""
    found: list[JSON] = []
    position = 0
    while opening := _OPENING.match(text, position):
        try:
            value, position = LENIENT.raw_decode(text, opening.end() - 1)
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


_OPENING = re.compile(r"[\s,;]*[{\[]")


def _mend(piece: re.Match[str]) -> str:
    token = piece[0]
    if token[0] == '"':
        return _mend_escapes(token)
    return "null" if token == "undefined" else ""


def _mend_escapes(token: str) -> str:
    """Drop the backslash of escapes that JSON does not know."""
    return _ANY_ESCAPE.sub(lambda e: e[0] if e[1] in _JSON_ESCAPES or len(e[1]) > 1 else e[1], token)


_ANY_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
_JSON_ESCAPES = frozenset('"\\/bfnrt')


_FIELD = re.compile(
    r'"(articleBody|headline|description|datePublished|dateModified|isAccessibleForFree|@type)"\s*:\s*"'
)
_FIELD_END = re.compile(r'"\s*(?:,\s*"[@\w]{1,60}"\s*:|\})')


def _pick_out(text: str) -> list[JSON]:
    """The fields of an article from JSON that cannot be mended: quotes not escaped, cut off."""
    node: dict[str, JSON] = {}
    for field in _FIELD.finditer(text):
        end = _FIELD_END.search(text, field.end())
        if end is None:
            break
        value = _string(text[field.end() : end.start()])
        if field[1] == "@type":
            node.setdefault("@type", []).append(value)
        else:
            node.setdefault(field[1], value)
    return [node] if "headline" in node or "articleBody" in node else []


def _string(inside: str) -> str:
    """What is between the quotes of a JSON string, whose own quotes may not be escaped."""
    mended = _mend_escapes(re.sub(r'\\.|"', lambda m: '\\"' if m[0] == '"' else m[0], inside, flags=re.S))
    try:
        return str(json.loads(f'"{mended}"', strict=False))
    except ValueError:
        return inside
