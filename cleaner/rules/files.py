"""Rule files: TOML in, checked rules and word lists out; every fault with its place and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from cleaner.model import CLASSES, Kind
from cleaner.rules.text import SITE_SLOT, literal

MAX_FILE_BYTES = 2_000_000
MAX_RULES = 20_000
MAX_PATTERN = 30_000
"""Characters of a pattern with its word lists filled in, for whoever writes it."""
MAX_PATTERN_LOADED = 40_000
"""The same for whoever uses it and adds words of their own."""
MAX_SELECTOR = 500
MAX_COMBINATORS = 12
MAX_LOOSE = 2
MAX_PHRASE = 200
_SHOWN = 120
"""Characters of a line that are shown around a fault."""

Action = Literal["drop", "cut", "keep", "body"]
Place = Literal["before", "inside", "after"]
Positive = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]


class RuleError(Exception):
    """A fault in a rule file: `str()` is one line that says where, what and what next, then the lines around it."""

    def __init__(self, path: Path | str, line: int, fault: str, advice: str, text: str = "", column: int = 0) -> None:
        self.path, self.line, self.column = str(path), line, column
        self.fault, self.advice = fault, advice
        self.around = excerpt(text, line, column)
        where = ":".join([self.path, *(str(n) for n in (line, column) if n)])
        super().__init__(f"{where}: {fault}; {advice}{self.around}")


def excerpt(text: str, line: int, column: int = 0) -> str:
    """The lines around `line`, numbered and clipped, with a mark at it; empty when there is no such line."""
    lines = text.splitlines()
    if not 1 <= line <= len(lines):
        return ""
    numbered = range(max(1, line - 2), min(len(lines), line + 2) + 1)
    return "".join(
        f"\n{'>' if n == line else ' '} {n:4} | {_clipped(lines[n - 1], column if n == line else 0)}" for n in numbered
    )


def _clipped(line: str, column: int) -> str:
    """As much of a line as a terminal shows well, `column` included."""
    start = column - _SHOWN // 2 if column > _SHOWN else 0
    end = start + _SHOWN
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """A text, or a piece of a page, that a rule must hit or spare."""

    text: str = ""
    left: str | None = None
    after: str | None = None
    html: str | None = None
    language: str | None = None
    place: Place | None = None
    kind: Kind | None = None
    class_: str | None = None
    site: str | None = None
    url: str | None = None


Examples = tuple[str | Example, ...]


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """One rule, as the engine uses it. The fields are the keys that docs/rules.md explains."""

    id: str
    class_: str = ""
    action: Action = "drop"
    pattern: str | None = None
    needs: tuple[Text, ...] = ()
    css: tuple[Text, ...] = ()
    kinds: tuple[Kind, ...] = ()
    min_words: Positive | None = None
    max_words: Positive | None = None
    place: Place | None = None
    first: Positive | None = None
    last: Positive | None = None
    follows: tuple[str, ...] = ()
    run: Positive = 1
    language: tuple[Annotated[str, Meta(pattern="^[a-z]{2,3}$")], ...] = ()
    site: tuple[Text, ...] = ()
    url: str | None = None
    weight: Annotated[float, Meta(gt=0, le=10)] | None = None
    case_sensitive: bool = False
    amid: bool = False
    """It holds for a sentence amid the story too, which else outranks rules."""
    quoted: bool = False
    """It holds also where what the pattern finds stands within quotation marks."""
    apart: Positive | None = None
    """It holds for a notice only: of at most so many words, without quotation or speech, off the topic of the rest."""
    most: Positive | None = None
    """It holds only where it finds at most so many blocks: more of them are the story's own way to speak."""
    why: str = ""
    file: str = ""
    line: int = 0


class WrittenRule(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One rule as its file has it: with its examples."""

    match: Examples = ()
    spare: Examples = ()
    misses: Examples = ()
    off: bool = False


KEYS = tuple(f.encode_name for f in msgspec.structs.fields(WrittenRule) if f.name not in ("file", "line"))
_RULE_FIELDS = tuple(f.name for f in msgspec.structs.fields(Rule))


def engine_rule(written: WrittenRule) -> Rule:
    """The rule without its examples."""
    return Rule(**{name: getattr(written, name) for name in _RULE_FIELDS})


WordLists = dict[str, dict[str, tuple[str, ...]]]


class RuleFile(msgspec.Struct, frozen=True):
    """What one file holds: rules in order (those switched off among them) and word lists."""

    path: Path
    prefix: str
    text: str
    rules: tuple[WrittenRule, ...]
    words: WordLists

    def fault(self, rule: Rule, key: str, fault: str, advice: str) -> RuleError:
        """An error at `key` of `rule`."""
        line, column = _key_place(self.text, rule.line, key)
        return RuleError(self.path, line, f"{rule.id}: {fault}", advice, self.text, column)


def read_raw(path: Path) -> bytes:
    """A rule file's content, refused when it is too large or not there."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES else None
    except OSError as error:
        raise RuleError(path, 0, f"cannot be read ({error.strerror})", "check the path and its permissions") from None
    if raw is None:
        raise RuleError(path, 0, f"is larger than {MAX_FILE_BYTES:,} bytes", "split it into several files")
    return raw


def decoded(raw: bytes, path: Path) -> str:
    """The text of a rule file with this content, refused when it is no UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RuleError(path, line, "is not UTF-8", "save the file as UTF-8") from None


def read_text(path: Path) -> str:
    """The text of a rule file."""
    return decoded(read_raw(path), path)


def read_file(path: Path, prefix: str) -> RuleFile:
    """Read and check one rule file; ids must start with `prefix` and a dot."""
    return parse(read_text(path), path, prefix)


def parse(text: str, path: Path, prefix: str) -> RuleFile:
    """Check the text of a rule file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(error, path, text) from None
    for key in data:
        if key not in ("rule", "words"):
            line, column = _find(text, rf"^\s*\[*\s*{re.escape(key)}\b")
            raise RuleError(path, line, f"unknown key `{key}`", "use [[rule]] and [words.NAME]", text, column)
    words = _word_lists(data.get("words", {}), path, text)
    rules = _rules(data.get("rule", []), RuleFile(path, prefix, text, (), words))
    return RuleFile(path, prefix, text, rules, words)


def _toml_error(error: tomllib.TOMLDecodeError, path: Path, text: str) -> RuleError:
    message = str(error)
    place = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    column = int(place[2]) if place and place[2] else 0
    fault = "not valid TOML: " + re.sub(r"\s*\(at .*\)", "", message)
    advice = "write patterns in '…' or '''…''' so that backslashes stay" if "escape" in fault else "correct the line"
    return RuleError(path, line, fault, advice, text, column)


def _find(text: str, pattern: str, start: int = 0, end: int | None = None) -> tuple[int, int]:
    """Line and column of the first match of `pattern`, or of `start`."""
    found = re.compile(pattern, re.M).search(text, start, len(text) if end is None else end)
    if not found:
        return text.count("\n", 0, start) + 1, 0
    at = found.start() + len(found[0]) - len(found[0].lstrip())
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _key_place(text: str, rule_line: int, key: str) -> tuple[int, int]:
    """Line and column of `key` in the rule whose header is at `rule_line`."""
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: rule_line - 1]))
    header = re.compile(r"^\s*\[", re.M)
    body = start + len(lines[rule_line - 1]) if rule_line <= len(lines) else start
    following = header.search(text, body)
    return _find(text, rf"^\s*{re.escape(key)}\s*=", start, following.start() if following else None)


def _word_lists(data: Any, path: Path, text: str) -> WordLists:
    def fault(name: str, what: str, advice: str) -> RuleError:
        line, column = _find(text, rf"^\s*\[\s*words\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*\]")
        return RuleError(path, line, f"[words.{name}]: {what}", advice, text, column)

    if not isinstance(data, dict):
        raise RuleError(path, 1, "`words` is no table", "head each word list with [words.NAME]", text)
    words: WordLists = {}
    for name, languages in data.items():
        try:
            words[name] = msgspec.convert(languages, dict[str, tuple[str, ...]])
        except msgspec.ValidationError:
            raise fault(name, "not lists of phrases", 'write one a language: en = ["phrase", "phrase"]') from None
    for name, languages in words.items():
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
            raise fault(name, "not a name for a list", "use small letters, digits and underscores")
        _check_phrases(languages, partial(fault, name))
    return words


def _check_phrases(languages: Mapping[str, Sequence[str]], fault: Callable[[str, str], RuleError]) -> None:
    for code, phrases in languages.items():
        if not re.fullmatch(r"[a-z]{2,3}", code):
            raise fault(f"`{code}` is no language code", "use ISO 639-1 codes like `en`")
        for text in phrases:
            core = text.replace(SITE_SLOT, "").strip(" *")
            if not any(map(str.isalnum, core)) and not literal(core):
                raise fault(f"`{text}` ({code}) has no letters to look for", "remove it")
            if len(text) > MAX_PHRASE:
                raise fault(f"a phrase in {code} has over {MAX_PHRASE} characters", "shorten it")


def _rules(data: Any, file: RuleFile) -> tuple[WrittenRule, ...]:
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        raise RuleError(file.path, 1, "`rule` is no list of tables", "head each rule with [[rule]]", file.text)
    if len(data) > MAX_RULES:
        raise RuleError(file.path, 1, f"more than {MAX_RULES:,} rules", "split what is not needed off")
    lines = [
        file.text.count("\n", 0, m.start(1)) + 1 for m in re.finditer(r"^\s*(\[\[)\s*rule\s*\]\]", file.text, re.M)
    ]
    rules = [_rule(raw, lines[index] if index < len(lines) else 1, file) for index, raw in enumerate(data)]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise file.fault(rule, "id", "the id occurs twice in this file", "rename or remove one of them")
        seen.add(rule.id)
    return tuple(rules)


def _rule(raw: Mapping[str, Any], line: int, file: RuleFile) -> WrittenRule:
    name = raw.get("id")
    shown = Rule(id=name if isinstance(name, str) else "rule without id", line=line)
    for key in raw:
        if key not in KEYS:
            raise file.fault(shown, key, f"unknown key `{key}`", f"use one of: {' '.join(KEYS)}")
    try:
        rule = msgspec.convert({**raw, "file": str(file.path), "line": line}, WrittenRule)
    except msgspec.ValidationError as error:
        at = re.search(r"`\$\.(\w+)", str(error))
        raise file.fault(shown, at[1] if at else "id", _reworded(str(error)), _advice(str(error), at)) from None
    rule = _with_defaults(rule, file.prefix)
    _check(rule, file)
    return rule


def _reworded(message: str) -> str:
    message = message.replace("Object missing required field", "missing key")
    message = message.replace("Object contains unknown field", "unknown key")
    message = message.replace("`array`", "a list").replace("`object`", "a table").replace("`str`", "a string")
    message = message.replace("`int`", "a number").replace("`bool`", "true or false").replace("`null`", "nothing")
    return re.sub(r"\$\.", "", message[:1].lower() + message[1:])


def _advice(message: str, key: re.Match[str] | None) -> str:
    if "required field" in message:
        return "add it"
    if "got `str`" in message and "array" in message:
        return 'put it in brackets: ["…"]'
    if key and key[1] in ("kinds", "action", "place"):
        allowed = get_args({"kinds": Kind, "action": Action, "place": Place}[key[1]])
        return f"use one of: {' '.join(allowed)}"
    return "see docs/rules.md for what the key takes"


def _with_defaults(rule: WrittenRule, prefix: str) -> WrittenRule:
    if rule.class_:
        return rule
    default = "story" if rule.action in ("keep", "body") else prefix
    return msgspec.structs.replace(rule, class_=default)


_PROOF = {
    "why": "say in a sentence what this is, and what makes it safe",
    "match": "give lines that the rule must hit",
    "spare": "give believable lines with the rule's words that it must leave alone",
}


def _check(rule: WrittenRule, file: RuleFile) -> None:
    """Refuse a rule that is incomplete or cannot mean anything."""
    if rule.off:
        return
    if not re.fullmatch(re.escape(file.prefix) + r"\.[a-z0-9][a-z0-9_-]*", rule.id):
        raise file.fault(
            rule,
            "id",
            "not an id for this file",
            f"name it `{file.prefix}.NAME`, small letters, digits and hyphens",
        )
    for key, advice in _PROOF.items():
        value = rule.why.strip() if key == "why" else getattr(rule, key)
        if not value:
            raise file.fault(rule, key, f"`{key}` is missing or empty", advice)
    for key, classes in (("class", (rule.class_,)), ("follows", rule.follows)):
        for name in classes:
            if name not in CLASSES:
                raise file.fault(rule, key, f"`{name}` is no class", f"use one of: {' '.join(CLASSES)}")
    _check_conditions(rule, file)
    for selector in rule.css:
        _check_selector(rule, selector, file)


def _check_conditions(rule: WrittenRule, file: RuleFile) -> None:
    if not (rule.pattern or rule.needs or rule.css):
        raise file.fault(rule, "id", "says nothing to look for", "give it a `pattern`, `needs` or `css`")
    if rule.action == "body" and (not rule.css or rule.pattern or rule.needs or rule.weight is not None):
        raise file.fault(rule, "action", "`body` goes with `css` alone", "say with selectors where the story stands")
    if rule.action == "cut" and not rule.pattern:
        raise file.fault(rule, "action", "`cut` without a `pattern`", "say with a pattern which span to cut")
    if rule.action == "cut" and rule.weight is not None:
        raise file.fault(
            rule,
            "weight",
            "`cut` with a `weight`",
            "a span has no points: remove `weight`, or drop the block",
        )
    if rule.min_words and rule.max_words and rule.min_words > rule.max_words:
        raise file.fault(rule, "min_words", "`min_words` is above `max_words`", "no block can have both: correct one")
    for key in ("pattern", "url"):
        pattern = getattr(rule, key)
        if pattern and (refused := re.search(r"\\[AzCQ]", re.sub(r"\\\\", "  ", pattern))):
            raise file.fault(
                rule,
                key,
                f"`{refused[0]}` is not part of the language",
                "use ^ and $, and escape each character",
            )
    for site in rule.site:
        if not re.fullmatch(r"(?:[\w-]+\.)+[\w-]+", site) or site != site.lower():
            raise file.fault(rule, "site", f"`{site}` is no domain", "write it like `example.com`, without https://")


def _check_selector(rule: WrittenRule, selector: str, file: RuleFile) -> None:
    if len(selector) > MAX_SELECTOR:
        raise file.fault(rule, "css", f"a selector is over {MAX_SELECTOR} characters", "split it into several")
    if any(_combinators(part) > MAX_COMBINATORS for part in selector.split(",")):
        raise file.fault(rule, "css", f"a selector has over {MAX_COMBINATORS} steps", "select by the last few elements")
    if any(_loose_steps(part) > MAX_LOOSE for part in selector.split(",")):
        fault = f"`{selector}` has over {MAX_LOOSE} steps of any length (a space, `~`, `:has`)"
        raise file.fault(rule, "css", fault, "use `>` and `+`, or fewer steps: each tries all elements again")
    if not selector_is_valid(selector):
        raise file.fault(rule, "css", f"`{selector}` is no CSS selector that can be used", "see docs/rules.md, `css`")


def _combinators(selector: str) -> int:
    return len(re.findall(r"\s*[>+~]\s*|\s+", _bare(selector)))


def _loose_steps(selector: str) -> int:
    """Steps that may lead to more than one element: a page can make each of them as costly as it is long."""
    steps = re.findall(r"\s*[>+~]\s*|\s+", _bare(selector))
    return sum(step.strip() not in (">", "+") for step in steps) + selector.count(":has(")


def _bare(selector: str) -> str:
    """A selector without attributes, strings and the formulas of `:nth-child()`."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|\[[^\]]*\]", "x", selector)
    bare = re.sub(r"(:nth-[\w-]+\()[^()]*\)", r"\1)", bare)
    return re.sub(r"\(\s+|\s+\)", "", bare).strip()


def selector_is_valid(selector: str) -> bool:
    """Whether lexbor takes the selector, and its brackets and quotes are closed."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    bare = re.sub(r"\\.|\"[^\"]*\"|'[^']*'", "", selector)
    if any(bare.count(a) != bare.count(b) for a, b in ("()", "[]")) or "'" in bare or '"' in bare:
        return False
    try:
        LexborHTMLParser("<p>x</p>").css(selector)
    except SelectolaxError:
        return False
    return True


def merge_words(files: Sequence[RuleFile], base: WordLists | None = None) -> WordLists:
    """The word lists of `files` added to those of `base`, each phrase once."""
    merged: WordLists = {name: dict(lists) for name, lists in (base or {}).items()}
    for file in files:
        for name, languages in file.words.items():
            into = merged.setdefault(name, {})
            for code, phrases in languages.items():
                into[code] = tuple(dict.fromkeys(into.get(code, ()) + phrases))
    return merged
