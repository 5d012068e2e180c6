"""Where application pages keep their state: scripts, assignments, calls, and the rows of a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from cleaner.parse.loose_json import DEEPEST, JSON, LARGEST, LENIENT, decode_json, json_values

STREAM = "$"
"""The entity that says: strings that begin with a dollar sign are references."""


_States = Iterator[tuple[JSON, dict[str, JSON]]]
_ASSIGNED = re.compile(
    r"(?<![\w$.])(?:[A-Za-z_$][\w$]*(?:\.[\w$]+|\[\s*[\"'][^\"'\]]{1,80}[\"']\s*\])+|(?:var|let|const)\s+[\w$]+)"
    r"\s*=\s*(?=[{\[(\"'`JdO])"
)
_STATE_NAME = re.compile(r"window|self|globalThis|__|Fusion", re.I)
_SHORTEST = 300


def read_states(tree: LexborHTMLParser) -> _States:
    """The decoded state in the scripts of a page, each with the values that it refers to by name."""
    room = LARGEST
    pushed: list[str] = []
    for script in tree.css("script"):
        text = script.text()
        room -= len(text)
        if room < 0:
            break
        kind = (script.attributes.get("type") or "").lower()
        if "__next_f" in text[:300]:
            pushed += _PUSHED.findall(text)
        elif len(text) < _SHORTEST or "ld+json" in kind:
            continue
        elif "json" in kind:
            for value in decode_json(text):
                yield _named(value)
        elif not kind or "javascript" in kind or kind == "module":
            for value in _assigned(text):
                yield _named(value)
    if pushed:
        yield _streamed(pushed)


def _named(value: JSON) -> tuple[JSON, dict[str, JSON]]:
    """A state and its entities: Apollo's cache of objects by name; flat lists of Nuxt's are revived."""
    if isinstance(value, list):
        return _revive(value), {}
    if isinstance(value, dict):
        halls = [value, *(hall for hall in value.values() if isinstance(hall, dict))]
        for cache in [*halls, *(room for hall in halls for room in hall.values())]:
            if isinstance(cache, dict) and "ROOT_QUERY" in cache:
                return value, cache
    return value, {}


def _revive(flat: list[JSON]) -> JSON:
    """Undo devalue's flattening, where numbers in lists and objects are places of values; else as it is.

    >>> _revive([{"body": 1}, [2, 3], "One.", "Two."])
    {'body': ['One.', 'Two.']}
    """
    head = flat[0] if flat else None
    places = head[1:] if isinstance(head, list) else list(head.values()) if isinstance(head, dict) else []
    if not places or not all(type(place) is int and place < len(flat) for place in places):
        return flat
    made: list[JSON] = [type(v)() if isinstance(v, (dict, list)) else v for v in flat]

    def at(place: JSON) -> JSON:
        return made[place] if type(place) is int and 0 <= place < len(made) else None

    for whole, shell in zip(flat, made, strict=True):
        if isinstance(whole, dict):
            shell.update((key, at(place)) for key, place in whole.items())
        elif isinstance(whole, list):
            shell.extend(at(place) for place in whole if type(place) is int)
    return made[0]


def _assigned(text: str) -> Iterator[JSON]:
    """The values that a script assigns to names, as far as they are data."""
    position = tries = 0
    while tries < 200 and (name := _ASSIGNED.search(text, position)):
        tries += 1
        position = name.end()
        try:
            value, end = LENIENT.raw_decode(text, position) if text[position] in "{[" else (None, position)
        except (ValueError, RecursionError):
            value, end = None, position
        if value is None and _STATE_NAME.search(name[0]) and tries <= 20:
            value, end = _script_value(text, position)
        if end - position >= _SHORTEST:
            yield value
        position = end


def _script_value(text: str, start: int) -> tuple[JSON, int]:
    """A value written as JavaScript, and where it ends; (None, start) where it is not data."""
    try:
        factory = _FACTORY.match(text, start)
        if factory:
            return _made(text, factory)
        literal = _Literal(text, start, {})
        value = literal.value()
    except (ValueError, IndexError, RecursionError):
        return None, start
    if isinstance(value, str):
        value = next(iter(json_values(unquote(value) if value[:1] == "%" else value)), None)
    return value, literal.position


_FACTORY = re.compile(r"\(?\s*(?:function\s*[\w$]*\s*\(([\w$,\s]*)\)\s*\{|\(([\w$,\s]*)\)\s*=>\s*[({])")
_RETURN = re.compile(r"(?<![\w$.])return\s*\(?(?=\{)|(?<=[({])\s*(?=\{)")
_CALL = re.compile(r"[\s;})]*\(")


def _made(text: str, factory: re.Match[str]) -> tuple[JSON, int]:
    """What `(function(a,b){return {…}}(1,2))` gives, Nuxt's way of saying each repeated value once."""
    start = _RETURN.search(text, factory.end() - 1)
    if start is None:
        raise ValueError("a function that returns no object")
    first = _Literal(text, start.end(), {})
    first.value()
    call = _CALL.match(text, first.position)
    if call is None:
        raise ValueError("a function that is not called")
    arguments = _Literal(text, call.end(), {})
    names = (factory[1] or factory[2] or "").replace(",", " ").split()
    values = dict(zip(names, arguments.values(")"), strict=False))
    return _Literal(text, start.end(), values).value(), arguments.position


_TOKEN = re.compile(
    r"(?:\s|//[^\n]*|/\*.*?\*/)*"
    r"(?:(\"[^\"\\]*(?:\\.[^\"\\]*)*\"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`)"
    r"|([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)|([-+]?(?:0x[\da-fA-F]+|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([\[\]{}(),:!]))",
    re.S,
)
_CONSTANTS: dict[str, JSON] = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}


class _Literal:
    """Reads a JavaScript literal: names without quotes, any quotes, `void 0`, `!0`, `JSON.parse("…")`.

    Raises `ValueError` at anything that computes.
    """

    def __init__(self, text: str, start: int, names: dict[str, JSON]) -> None:
        self.text = text
        self.position = start
        self.names = names

    def value(self, depth: int = 0) -> JSON:
        if depth > 2 * DEEPEST:
            raise ValueError("nested too deeply")
        string, name, number, mark = self._next()
        if string:
            return _script_string(string)
        if number:
            return int(number) if number.isdigit() and len(number) < 18 else number
        if name:
            return self._name(name, depth)
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self.values("]", depth)
        if mark == "(":
            return self.values(")", depth)[-1]
        if mark == "!":
            return not self.value(depth + 1)
        raise ValueError(f"no value at {self.position}")

    def values(self, closing: str, depth: int = 0) -> list[JSON]:
        """The values up to a closing bracket."""
        found: list[JSON] = []
        while not self._ends(closing):
            if not self._ends(","):
                found.append(self.value(depth + 1))
        return found

    def _object(self, depth: int) -> dict[str, JSON]:
        node: dict[str, JSON] = {}
        while not self._ends("}"):
            if self._ends(","):
                continue
            string, name, number, _ = self._next()
            if not self._ends(":"):
                raise ValueError("a method or a shorthand")
            key = _script_string(string) if string else name or number
            node[key] = self.value(depth + 1)
        return node

    def _name(self, name: str, depth: int) -> JSON:
        if name in self.names:
            return self.names[name]
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in ("function", "async", "class", "typeof"):
            raise ValueError("code")
        if name in ("void", "new"):
            value = self.value(depth + 1)
            return value if name == "new" else None
        return self._call(name, depth) if self._ends("(") else None

    def _call(self, name: str, depth: int) -> JSON:
        """What a call gives, for those that only wrap a value."""
        value = next(iter(self.values(")", depth)), None)
        if name == "decodeURIComponent" and isinstance(value, str):
            return unquote(value)
        if name == "JSON.parse" and isinstance(value, str):
            return next(iter(json_values(value)), None)
        return value if name in ("Object.freeze", "String", "Date") else None

    def _ends(self, mark: str) -> bool:
        """Step over a mark if it comes next."""
        token = _TOKEN.match(self.text, self.position)
        if token is None:
            raise ValueError(f"no literal at {self.position}")
        if token[4] != mark:
            return False
        self.position = token.end()
        return True

    def _next(self) -> tuple[str, str, str, str]:
        token = _TOKEN.match(self.text, self.position)
        if token is None:
            raise ValueError(f"no literal at {self.position}")
        self.position = token.end()
        return token[1], token[2], token[3], token[4]


_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "", "\n": "", "\r\n": ""}


def _script_string(token: str) -> str:
    r"""What a JavaScript string stands for.

    >>> _script_string(r"'It\'s 5\u00a0\x25'")
    "It's 5\xa0%"
    """
    inside = token[1:-1]
    if "\\" not in inside:
        return inside
    text = _ESCAPE.sub(_unescape, inside)
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_SURROGATES = re.compile("[\ud800-\udfff]")


def _unescape(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) > 2 and code[0] in "ux":
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else ""
    return _ESCAPED.get(code, code)


# React's stream


_PUSHED = re.compile(r'__next_f\.push\(\s*\[\s*1\s*,\s*("[^"\\]*(?:\\.[^"\\]*)*")')
_ROW = re.compile(rb"([0-9a-f]*):(?:T([0-9a-f]{1,8}),)?")


def _streamed(pushed: list[str]) -> tuple[JSON, dict[str, JSON]]:
    """The rows of React's stream, as a list and by name; a row of text gives its length in bytes."""
    raw = "".join(map(_script_string, pushed)).encode("utf-8", "replace")
    rows: dict[str, JSON] = {STREAM: ""}
    position = 0
    while position < len(raw):
        row = _ROW.match(raw, position)
        if row and row[2]:
            position = row.end() + int(row[2], 16)
            rows["$" + row[1].decode()] = raw[row.end() : position].decode("utf-8", "replace")
            continue
        end = raw.find(b"\n", position)
        end = len(raw) if end < 0 else end
        if row and raw[row.end() : row.end() + 1] in (b"{", b"[", b'"'):
            values = json_values(raw[row.end() : end].decode("utf-8", "replace"))
            if values:
                rows["$" + row[1].decode()] = values[0]
        position = end + 1
    return [row for row in rows.values() if isinstance(row, (dict, list))], rows
