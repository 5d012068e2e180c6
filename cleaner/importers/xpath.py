"""XPath 1.0 expressions as values: what a location path says, without running it."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""\s*(?:
    (?P<literal>"[^"]*"|'[^']*')
  | (?P<number>\d+(?:\.\d*)?|\.\d+)
  | (?P<name>[^\W\d][\w.-]*(?::(?!:)(?:[^\W\d][\w.-]*|\*))?)
  | (?P<sign>//|::|!=|<=|>=|\.\.|[()\[\].@,/|+\-=<>*])
  )""",
    re.X,
)
NODE_TESTS = ("node", "text", "comment", "processing-instruction")
AXES = [
    "ancestor",
    "ancestor-or-self",
    "attribute",
    "child",
    "descendant",
    "descendant-or-self",
    "following",
    "following-sibling",
    "namespace",
    "parent",
    "preceding",
    "preceding-sibling",
    "self",
]
MAX_LENGTH = 4_000
MAX_DEPTH = 40
MAX_OPERATORS = 200
MAX_STEPS = 200


class XPathError(ValueError):
    """An expression that is no XPath 1.0; `str()` says why."""


class Step(NamedTuple):
    """`axis::test[predicate]…`; `test` is a name, `*`, or a node type such as `text()`."""

    axis: str
    test: str
    predicates: tuple[Expression, ...] = ()


class Path(NamedTuple):
    """A location path: from the document where `absolute`, else from `start` or the context."""

    steps: tuple[Step, ...]
    absolute: bool = False
    start: Expression | None = None


class Filtered(NamedTuple):
    """`(expression)[predicate]…`: positions count over all that the expression finds."""

    inner: Expression
    predicates: tuple[Expression, ...]


class Call(NamedTuple):
    """A function's call."""

    name: str
    arguments: tuple[Expression, ...]


class Binary(NamedTuple):
    """Two operands and what stands between them: `or and = != < <= > >= + - * div mod |`."""

    operator: str
    left: Expression
    right: Expression


class Literal(NamedTuple):
    """A string."""

    text: str


class Number(NamedTuple):
    """A number."""

    value: float


Expression = Path | Filtered | Call | Binary | Literal | Number
ANYWHERE = Step("descendant-or-self", "node()")
"""What `//` stands for."""
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))


def parse_xpath(text: str) -> Expression:
    """Read an expression (https://www.w3.org/TR/1999/REC-xpath-19991116/); raises `XPathError`.

    >>> parse_xpath("//p[1]").steps[1]
    Step(axis='child', test='p', predicates=(Number(value=1.0),))
    """
    if len(text) > MAX_LENGTH:
        raise XPathError(f"over {MAX_LENGTH:,} characters")
    parser = _Parser(_tokens(text))
    found = parser.expression()
    if parser.now is not None:
        raise XPathError(f"`{parser.now}` is not expected")
    return found


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = TOKEN.match(text, at)
        if not found:
            raise XPathError(f"`{text[at : at + 12].strip()}` cannot be read")
        tokens.append(found[0].strip())
        at = found.end()
    return tokens


def _is_name(token: str | None) -> bool:
    return token is not None and (token[0].isalpha() or token[0] == "_")


class _Parser:
    """Recursive descent, one method a level of the grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._operators = 0
        self._steps_read = 0

    @property
    def now(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    @property
    def _next(self) -> str | None:
        return self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None

    def _take(self, *wanted: str) -> str | None:
        """The token at hand if it is one of those wanted."""
        token = self.now
        if token is None or token not in wanted:
            return None
        self._at += 1
        return token

    def _operator(self, *wanted: str) -> str | None:
        """The token at hand if it is one of those operators."""
        token = self._take(*wanted)
        self._operators += token is not None
        if self._operators > MAX_OPERATORS:
            raise XPathError(f"over {MAX_OPERATORS} operators")
        return token

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise XPathError(f"`{wanted}` is missing" + (f" before `{self.now}`" if self.now else " at the end"))

    def expression(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XPathError("nested too deep")
        found = self._operation(0)
        self._depth -= 1
        return found

    def _operation(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._negated()
        left = self._operation(level + 1)
        while operator := self._operator(*_LEVELS[level]):
            left = Binary(operator, left, self._operation(level + 1))
        return left

    def _negated(self) -> Expression:
        if self._operator("-"):
            return Binary("-", Number(0), self._negated())
        left = self._path()
        while self._operator("|"):
            left = Binary("|", left, self._path())
        return left

    def _path(self) -> Expression:
        token = self.now
        if token is None:
            raise XPathError("it ends too soon")
        start = self._primary(token)
        if start is None:
            return self._location()
        if predicates := self._predicates():
            start = Filtered(start, predicates)
        if self.now in ("/", "//"):
            return Path(self._steps(), start=start)
        return start

    def _primary(self, token: str) -> Expression | None:
        """A literal, number, call or what stands in brackets; None where a location path begins."""
        if token[0] in "\"'":
            self._at += 1
            return Literal(token[1:-1])
        if token[0].isdigit() or (token[0] == "." and token[1:].isdigit()):
            self._at += 1
            return Number(float(token))
        if self._take("("):
            inner = self.expression()
            self._expect(")")
            return inner
        if _is_name(token) and self._next == "(" and token not in NODE_TESTS:
            return self._call(token)
        return None

    def _call(self, name: str) -> Call:
        self._at += 2
        arguments: list[Expression] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.expression())
        return Call(name, tuple(arguments))

    def _location(self) -> Path:
        if self.now == "/":
            self._at += 1
            more = self.now in (".", "..", "@", "*") or _is_name(self.now)
            return Path(self._relative() if more else (), absolute=True)
        if self.now == "//":
            return Path(self._steps(), absolute=True)
        return Path(self._relative())

    def _relative(self) -> tuple[Step, ...]:
        return (self._step(), *self._steps())

    def _steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while slash := self._take("/", "//"):
            if slash == "//":
                steps.append(ANYWHERE)
            steps.append(self._step())
        return tuple(steps)

    def _step(self) -> Step:
        self._steps_read += 1
        if self._steps_read > MAX_STEPS:
            raise XPathError(f"over {MAX_STEPS} steps")
        if self._take("."):
            return Step("self", "node()", self._predicates())
        if self._take(".."):
            return Step("parent", "node()", self._predicates())
        axis = "attribute" if self._take("@") else "child"
        if self._next == "::":
            axis = self.now or ""
            if axis not in AXES:
                raise XPathError(f"`{axis}` is no axis")
            self._at += 2
        return Step(axis, self._test(), self._predicates())

    def _test(self) -> str:
        token = self.now
        if token is None or not (token == "*" or _is_name(token)):
            raise XPathError(f"a name is missing before `{token}`" if token else "a name is missing at the end")
        self._at += 1
        if token in NODE_TESTS and self._take("("):
            self._expect(")")
            return token + "()"
        return token

    def _predicates(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while self._take("["):
            found.append(self.expression())
            self._expect("]")
        return tuple(found)
