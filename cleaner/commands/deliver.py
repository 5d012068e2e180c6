"""One document: read it, clean it, put the result where it belongs; the outcome tells every fault."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

from cleaner.cleaned import Cleaned
from cleaner.commands.config import build_cleaner
from cleaner.commands.job import Job, Mode, Outcome, record_folder, target_of
from cleaner.faults import Fault, of_system
from cleaner.files import record, write
from cleaner.files.formats import as_html, as_json, as_json_line, removed_from
from cleaner.files.rewrite import Encoded, broken_law, read_exactly, story_in_its_manner
from cleaner.files.sources import Form, Source, is_page
from cleaner.parse.read import NotText, SourceKind, sniff
from cleaner.pipeline import Cleaner


class PageInPlace(Fault):
    """A page that was to be rewritten in place."""


class Empty(Fault):
    """A file with nothing but white space."""


class Read(NamedTuple):
    """A source as it was read."""

    source: Source
    raw: bytes
    encoded: Encoded
    kind: SourceKind
    status: os.stat_result | None = None
    """The file's, where it came from one."""


def site_of(document: Read) -> str | None:
    """The site that a page names as its own, or else the one that a document's folder is named after."""
    from cleaner.sites.memory import site_of_page, site_of_path

    own = site_of_page(document.encoded.text) if document.kind == "html" else None
    base = document.source.path.removesuffix(document.source.name).rstrip(os.sep)
    return own or site_of_path(os.path.join(os.path.basename(base), document.source.name))


class Processor:
    """Cleans one document after the other with one compiled `Cleaner`."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.cleaner: Cleaner = build_cleaner(job.settings)
        self.checked_folder = ""
        self.deliver: Callable[[Read, Cleaned], Outcome] = {
            Mode.OUTPUT: self._to_output,
            Mode.IN_PLACE: self._in_place,
            Mode.CHECK: self._report,
            Mode.DRY_RUN: self._report,
            Mode.DIFF: self._difference,
            Mode.PRINT: self._print,
        }[job.mode]

    def __call__(self, source: Source) -> Outcome:
        """Read, clean and deliver one document. Whatever is wrong with it is told in the outcome."""
        try:
            return self._checked(read(source, self.job.kind))
        except Fault as fault:
            return _failed(source, fault)
        except MemoryError:
            raise
        except Exception as error:  # a document must never take the batch with it
            told = f"cleaning it failed ({type(error).__name__}: {str(error)[:200]})"
            return Outcome(source.path, "failed", message=str(Fault(source.path, told, "report it, with the file")))

    def printed(self, name: str, raw: bytes) -> Outcome:
        """Clean bytes that did not come from a file."""
        source = Source(name, name)
        try:
            return self._checked(decoded(source, raw, self.job.kind))
        except Fault as fault:
            return _failed(source, fault)

    def _checked(self, document: Read) -> Outcome:
        if self.job.mode is Mode.IN_PLACE and document.kind == "html":
            what = "is a page, which a text cannot take the place of"
            raise PageInPlace(document.source.path, what, "write the story to a folder with -o")
        cleaned = self.clean(document)
        outcome = self.deliver(document, cleaned)
        return outcome if cleaned.refused is None else outcome._replace(state="refused", message=cleaned.refused)

    def clean(self, document: Read, text: str | None = None) -> Cleaned:
        """Clean a document, or a text in its place."""
        source, kind = (document.encoded.text, document.kind) if text is None else (text, "text")
        return self.cleaner.clean(source, kind, self.job.url, self._site(document))

    def _site(self, document: Read) -> str | None:
        """The site that the document is from, where it is given or there is a memory of sites."""
        return self.job.site or (site_of(document) if self.job.settings.sites else None)

    def _report(self, document: Read, cleaned: Cleaned) -> Outcome:
        return _outcome(document, cleaned)

    def _print(self, document: Read, cleaned: Cleaned) -> Outcome:
        return _outcome(document, cleaned)._replace(printed=self._rendered(document, cleaned))

    def _difference(self, document: Read, cleaned: Cleaned) -> Outcome:
        from cleaner.commands.report import difference

        after = story_of(document, cleaned)
        before = document.encoded.text if document.kind == "text" else cleaned.source
        shown = difference(before, after, document.source.path)
        return _outcome(document, cleaned)._replace(printed=shown.encode("utf-8", "replace"))

    def _to_output(self, document: Read, cleaned: Cleaned) -> Outcome:
        target = target_of(self.job, document.source)
        self._check_folder(target)
        data = self._rendered(document, cleaned)
        if self.job.record:
            before, after = record.digest(document.raw), record.digest(data)
            told = record.Cleaning(target, before, after, document.source.path, self.job.record)
            if before != after:
                record.save(self.job.record, told, removed_from(cleaned))
        wrote = write.put(target, data, _mode(document))
        return _outcome(document, cleaned)._replace(wrote=wrote)

    def _check_folder(self, target: str) -> None:
        """Refuse to write through a link in the output folder to somewhere else: that may hold sources."""
        folder = os.path.dirname(target)
        if folder == self.checked_folder:
            return
        output = os.path.realpath(self.job.output or "")
        if not (os.path.realpath(folder) + os.sep).startswith(output + os.sep):
            raise Fault(folder, "leads out of the output folder", "remove the link")
        self.checked_folder = folder

    def _in_place(self, document: Read, cleaned: Cleaned) -> Outcome:
        path = os.path.realpath(document.source.path)
        text = document.encoded.text
        result = story_of(document, cleaned)
        if cleaned.refused is not None or not cleaned.changed or result == text:
            return Outcome(document.source.path, "clean", "text", kept_words=count_words(text))
        if not document.encoded.exact:
            what = f"has bytes that are broken in its encoding ({document.encoded.encoding})"
            raise Fault(path, what, "it is left as it was; write the story to a folder with -o")
        law = broken_law(text, cleaned, result, partial(self.clean, document))
        if law:
            raise Fault(path, f"is left as it was: {law}", "report it, with the file")
        data = document.encoded.back(result)
        folder = record_folder(self.job, document.source) or record.folder_for(path, None)
        before = record.keep_original(folder, document.raw)
        record.save(folder, record.Cleaning(path, before, record.digest(data), None, folder), cleaned.removed)
        _refuse_if_changed(path, document.status)
        write.replace(path, data)
        return _outcome(document, cleaned)._replace(wrote=True)

    def _rendered(self, document: Read, cleaned: Cleaned) -> bytes:
        name = document.source.name
        match self.job.form:
            case Form.JSON:
                return as_json(cleaned, name)
            case Form.JSONL:
                return as_json_line(cleaned, name)
            case Form.HTML:
                return as_html(cleaned)
        if document.encoded.encoding == "utf-8" and document.kind == "text":
            if not cleaned.changed and document.encoded.exact:
                return document.raw
            return document.encoded.mark + story_of(document, cleaned).encode("utf-8", "replace")
        return story_of(document, cleaned).encode("utf-8", "replace")


def _failed(source: Source, fault: Fault) -> Outcome:
    kind: Literal["html", "empty", ""] = ""
    if isinstance(fault, PageInPlace):
        kind = "html"
    elif isinstance(fault, Empty):
        kind = "empty"
    return Outcome(source.path, "failed", kind, message=str(fault))


def story_of(document: Read, cleaned: Cleaned) -> str:
    """The story as text: in the manner of its source where that is a text, headline first for a page."""
    if document.kind == "html":
        return cleaned.text + "\n"
    if cleaned.refused is not None or not cleaned.changed:
        return document.encoded.text
    return story_in_its_manner(cleaned)


def read(source: Source, kind: SourceKind | None) -> Read:
    """Read a file; raises `Fault` where it is missing, empty, unreadable or no text."""
    try:
        with open(source.path, "rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read()
    except OSError as error:
        raise of_system(source.path, error) from None
    return decoded(source, raw, kind)._replace(status=status)


def decoded(source: Source, raw: bytes, kind: SourceKind | None) -> Read:
    """Decode the bytes of a source; raises `Fault` where they are empty or no text."""
    if not raw.strip():
        raise Empty(source.path, "is empty", "scrape it again, or remove it")
    try:
        encoded = read_exactly(raw)
    except NotText:
        raise Fault(source.path, "is binary, no text or page", "leave it out with --exclude") from None
    kind = kind or ("html" if is_page(source.name) else sniff(encoded.text))
    return Read(source, raw, encoded, kind)


def _mode(document: Read) -> int | None:
    return document.status.st_mode & 0o777 if document.status else None


def _refuse_if_changed(path: str, status: os.stat_result | None) -> None:
    try:
        now = os.stat(path)
    except OSError as error:
        raise of_system(path, error) from None
    if status and (now.st_mtime_ns, now.st_size, now.st_ino) != (
        status.st_mtime_ns,
        status.st_size,
        status.st_ino,
    ):
        raise Fault(path, "was changed by something else meanwhile", "run again")


def _reason(name: str, label: str) -> str:
    """What a summary counts a reason as: words by the class that they speak for."""
    return f"words:{label}" if name.startswith("words:") else name


def _outcome(document: Read, cleaned: Cleaned) -> Outcome:
    removed = removed_from(cleaned)
    rules = Counter(
        name for piece in removed for name in {_reason(e.name, piece.label) for e in piece.evidence} if ":" in name
    )
    return Outcome(
        path=document.source.path,
        state="cleaned" if cleaned.changed else "clean",
        kind=document.kind,
        kept_words=count_words(cleaned.text),
        removed_words=sum(count_words(piece.text) for piece in removed),
        classes=tuple(sorted(Counter(piece.label for piece in removed).items())),
        rules=tuple(sorted((name.removeprefix("rule:"), count) for name, count in rules.items())),
    )


_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """Words of `text`; in scripts without spaces two characters count as one.

    >>> count_words("two words"), count_words("東京の天気")
    (2, 3)
    """
    if text.isascii():
        return len(text.split())
    spaced, unspaced = _UNSPACED.subn(" ", text)
    return len(spaced.split()) + (unspaced + 1) // 2
