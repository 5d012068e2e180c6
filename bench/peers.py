"""The tools we are compared with, each with its recommended settings for news, as bytes to text.

A peer that is not installed is left out and reported. Peers that take text get it from our own decoder, so
that none is marked down for an encoding; the time of decoding is theirs to bear, as it is for the others.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Any

from cleaner.parse.read import decode

Extract = Callable[[bytes], str]

_BLOCK_TAGS = re.compile(
    "address|article|aside|blockquote|body|br|caption|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|html|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
).fullmatch


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool, the distribution it comes in, and how to get its extraction function."""

    name: str
    distribution: str
    load: Callable[[], Extract]

    @property
    def version(self) -> str | None:
        """The installed version, or None where the tool is missing."""
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return None


def _trafilatura(**settings: bool) -> Callable[[], Extract]:
    def load() -> Extract:
        extract = import_module("trafilatura").extract
        # Reader comments are never story.
        return lambda page: extract(page, include_comments=False, **settings) or ""

    return load


def _readability() -> Extract:
    document = import_module("readability").Document
    fragment = import_module("lxml.html").fromstring
    return lambda page: _flatten(fragment(document(decode(page)[0]).summary()))


def _flatten(tree: Any) -> str:
    """The text of an lxml tree, a line for each block: `text_content()` would glue paragraphs together."""
    pieces: list[str] = []
    for event, element in import_module("lxml.etree").iterwalk(tree, events=("start", "end")):
        shown = isinstance(element.tag, str)  # the tag of a comment is a function
        if shown and _BLOCK_TAGS(element.tag):
            pieces.append("\n")
        if event == "end":
            pieces.append(element.tail or "")
        elif shown:
            pieces.append(element.text or "")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _resiliparse() -> Extract:
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    tree = import_module("resiliparse.parse.html").HTMLTree
    detect = import_module("resiliparse.parse.encoding").detect_encoding
    return lambda page: str(
        extract(tree.parse_from_bytes(page, detect(page)), main_content=True, alt_texts=False, comments=False)
    )


_LANGUAGE = re.compile(rb"<html[^>]{0,500}?\slang\s*=\s*[\"']?([a-z]{2})", re.I)
_STOPLISTS = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ko": "Korean", "nl": "Dutch",
    "nb": "Norwegian_Bokmal", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese",
}  # fmt: skip


def _justext() -> Extract:
    justext = import_module("justext")
    known = justext.get_stoplists()
    stoplists = {code: justext.get_stoplist(name) for code, name in _STOPLISTS.items() if name in known}

    def extract(page: bytes) -> str:
        stated = _LANGUAGE.search(page, 0, 10_000)
        words = stoplists.get(stated.group(1).decode().lower() if stated else "en", stoplists["en"])
        return "\n".join(part.text for part in justext.justext(page, words) if not part.is_boilerplate)

    return extract


def _boilerpy() -> Extract:
    extractor = import_module("boilerpy3.extractors").ArticleExtractor()
    return lambda page: str(extractor.get_content(decode(page)[0]))


def _newspaper() -> Extract:
    newspaper = import_module("newspaper")

    def extract(page: bytes) -> str:
        # The address only has to look like one; nothing is fetched.
        article = newspaper.Article("https://news.example/2025/story.html", fetch_images=False)
        article.download(input_html=decode(page)[0])
        article.parse()
        return str(article.text)

    return extract


def _parse_only() -> Extract:
    parser = import_module("selectolax.lexbor").LexborHTMLParser

    def parse(page: bytes) -> str:
        parser(page)
        return ""

    return parse


PEERS = (
    Peer("trafilatura fast", "trafilatura", _trafilatura(fast=True)),
    Peer("trafilatura standard", "trafilatura", _trafilatura()),
    Peer("trafilatura precision", "trafilatura", _trafilatura(favor_precision=True)),
    Peer("readability-lxml", "readability-lxml", _readability),
    Peer("resiliparse", "resiliparse", _resiliparse),
    Peer("jusText", "justext", _justext),
    Peer("boilerpy3", "boilerpy3", _boilerpy),
    Peer("newspaper4k", "newspaper4k", _newspaper),
)
PARSE_ONLY = Peer("parse only (lexbor)", "selectolax", _parse_only)


def quiet() -> None:
    """Stop the peers from logging each page that they cannot read, and from warning about their own parts."""
    logging.disable(logging.CRITICAL)
    import warnings

    warnings.simplefilter("ignore")
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))


def safely(extract: Extract) -> Callable[[bytes], tuple[str, bool]]:
    """Run a tool on any page: its text and False, or nothing and True where it raised."""

    def run(page: bytes) -> tuple[str, bool]:
        try:
            return extract(page), False
        except Exception:  # whatever a tool raises on a page is its failure on that page
            return "", True

    return run
