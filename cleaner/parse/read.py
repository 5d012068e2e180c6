"""Bytes as text: byte-order marks, declared charsets, a detector for the rest, and what kind of source it is."""

from __future__ import annotations

import codecs
import re
from typing import Literal

SourceKind = Literal["html", "text"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_PAGE = re.compile(
    r"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|head|body|meta|title|script|div|article|main|section|p|h1)\b",
    re.I | re.S,
)
# What browsers read these labels as: the Windows page that contains them.
_WIDER = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "windows-1252",
          "ascii": "windows-1252", "iso-8859-9": "windows-1254", "gb2312": "gb18030", "gbk": "gb18030",
          "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "euc-kr": "cp949",
          "ks_c_5601-1987": "cp949", "tis-620": "cp874", "iso-8859-11": "cp874", "windows-874": "cp874"}  # fmt: skip


_EVERY_MARK = tuple(mark for mark, _ in _MARKS)
_SHIFTS = b"\x1b$"
"""How ISO-2022 texts turn to their two-byte characters; no UTF-8 text has it."""
_NO_CHARSETS = frozenset(
    ["idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "charmap", "mbcs", "oem", "utf_7"]
)


class NotText(ValueError):
    """The bytes are no text in any encoding: a picture, an archive, a database."""


def decode(raw: bytes) -> tuple[str, str]:
    """Turn bytes into text; returns the text and the name of the encoding it was read with.

    A byte-order mark counts first, then UTF-8 that decodes, then what the page declares, then a detector.
    Raises `NotText` where the bytes hold control codes as no text does.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace"), name
    text = as_utf8(raw)
    if text is not None:
        return text, "utf-8"
    wide = _wide(raw)
    if wide:
        return raw.decode(wide, "replace"), wide
    _refuse_binary(raw)
    return _as_declared(raw) or _detect(raw)


def as_utf8(raw: bytes) -> str | None:
    """The text of bytes that are UTF-8 without a mark, None for others."""
    if _SHIFTS in raw or raw.startswith(_EVERY_MARK):
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if b"\x00" not in raw or text.count("\x00") <= len(text) // 1000 else None


def _as_declared(raw: bytes) -> tuple[str, str] | None:
    declared = _DECLARED.search(raw, 0, 4096)
    if not declared:
        return None
    name = declared.group(1).decode("ascii", "replace").lower()
    name = _WIDER.get(name, name)
    try:
        codec = codecs.lookup(name).name.replace("-", "_")
    except LookupError:
        return None
    if codec in _NO_CHARSETS or codec.startswith(("utf_8", "utf_16", "utf_32")):
        return None
    try:
        text = raw.decode(name, "replace")
    except (LookupError, UnicodeError):
        return None
    return (text, name) if text and text.count("\ufffd") <= len(text) // 50 else None


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: the zero bytes of its spaces and digits all stand on one side."""
    head = raw[: min(len(raw), 4000) // 2 * 2]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < 2 or max(even, odd) < 20 * min(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = head.decode(name, "replace")
    plain = sum(char.isprintable() or char.isspace() for char in text)
    return name if plain >= 0.98 * len(text) and "\ufffd" not in text[:-1] else None


def _refuse_binary(raw: bytes) -> None:
    head = raw[:8000]
    controls = sum(head.count(code) for code in (0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23))
    if controls > len(head) // 100 + 1:
        raise NotText("these bytes are not text")


def _detect(raw: bytes) -> tuple[str, str]:
    bad = raw.decode("utf-8", "replace")
    if bad.count("\ufffd") * 200 < len(bad):
        return bad, "utf-8"
    import cchardet

    name = (cchardet.detect(raw[:200_000]).get("encoding") or "windows-1252").lower()
    name = _WIDER.get(name, name)
    try:
        return raw.decode(name, "replace"), name
    except LookupError:
        return raw.decode("windows-1252", "replace"), "windows-1252"


def sniff(text: str) -> SourceKind:
    """Tell a page from a text by how it begins."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if _PAGE.match(head):
        return "html"
    return "html" if head.startswith("<") and len(re.findall(r"</?[a-zA-Z][^<>]*>", head)) >= 4 else "text"
