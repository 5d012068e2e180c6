"""XPath to CSS: the same elements, said with a selector that lexbor takes.

What CSS cannot say is refused with the reason. Three things can be said nearly, and a `Bias` tells on which side the
selector errs: fewer elements (a text looked for in an element is not found where a child element interrupts it; the
nearest ancestor or next sibling of a name is looked for a few steps away) or more (`(…)[1]`, the first in the
document). White space in attributes is taken to be single plain spaces, as it is on nearly all pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from cleaner.importers.xpath import (
    ANYWHERE,
    MAX_LENGTH,
    Binary,
    Call,
    Expression,
    Filtered,
    Literal,
    Number,
    Path,
    Step,
    XPathError,
    parse_xpath,
)

REACH = 6
"""How many steps away the nearest ancestor or sibling of a name is looked for."""
MAX_WAYS = 64
"""Selectors that an XPath may become."""


class Bias(Enum):
    """How the elements that a selector finds compare with those of the XPath."""

    EXACT = "the same"
    FEWER = "the same or fewer"
    MORE = "the same or more"


class Unsayable(ValueError):
    """An XPath that CSS has no words for; `str()` says why."""


class Translation(NamedTuple):
    """CSS selectors that together find an XPath's elements."""

    css: tuple[str, ...]
    bias: Bias


def to_css(xpath: str) -> Translation:
    """Translate an XPath 1.0 expression that selects elements of an HTML page. Raises `Unsayable`.

    >>> to_css("//div[@id='a']/p[contains(@class, 'x')] | //h2[1]").css
    ("div[id='a'] > p[class*='x']", 'h2:nth-of-type(1)')
    """
    try:
        expression = parse_xpath(xpath)
    except XPathError as error:
        raise Unsayable(f"no XPath 1.0: {error}") from None
    translator = _Translator()
    found = translator.elements(expression)
    return Translation(tuple(dict.fromkeys(one.text for one in found)), translator.bias())


class _Selector(NamedTuple):
    """A complex selector: its last compound (a name and conditions), and what the combinator joins that to."""

    tag: str
    rest: str = ""
    joint: str = ""
    before: _Selector | None = None

    @property
    def compound(self) -> str:
        # In `:has()` lexbor gives up at the first element that fails a compound which begins with a pseudo-class.
        return self.rest if self.tag == "*" and self.rest.startswith("[") else self.tag + self.rest

    @property
    def text(self) -> str:
        return (self.before.text if self.before else "") + self.joint + self.compound

    @property
    def alone(self) -> str:
        """The whole selector as one compound."""
        return f"*:is({self.text})" if self.before else self.compound

    def having(self, condition: str) -> _Selector:
        return self._replace(rest=self.rest + condition)


def _alternatives(expression: Expression) -> list[Expression]:
    """The operands of a chain of `or`."""
    if isinstance(expression, Binary) and expression.operator in ("or", "|"):
        return _alternatives(expression.left) + _alternatives(expression.right)
    return [expression]


def _whole_condition(condition: str) -> str:
    """A condition as a compound of its own."""
    return condition if condition.startswith("[") else "*" + condition


def _string(text: str) -> str:
    """A CSS string. Characters that would end it are escaped by number, so that no quote stands in a string."""
    return "'" + re.sub(r"[\\'\"\x00-\x1f]", lambda m: f"\\{ord(m[0]):x} ", text) + "'"


def _name(test: str) -> str:
    """A CSS type or attribute name."""
    if test != test.lower():
        raise Unsayable(f"`{test}` has capitals: XPath finds no such name in HTML")
    if not re.fullmatch(r"[\w:-]+", test):
        raise Unsayable(f"`{test}` is no name in HTML")
    return test.replace(":", "\\:")


def _bounded_ways(found: list[_Selector]) -> list[_Selector]:
    """The selectors, if there are not too many of them: each nearest element and each `-or-self` multiplies them."""
    if len(found) > MAX_WAYS or any(len(one.text) > MAX_LENGTH for one in found):
        raise Unsayable("it would take too many selectors")
    return found


class _Subject(NamedTuple):
    """The elements that predicates are being added to."""

    axis: str
    found: list[_Selector]
    plain: bool = True
    """Nothing but the name was asked so far: positions count over elements of that name."""


class _Translator:
    def __init__(self) -> None:
        self._positive = True
        self._fewer = self._more = False

    def bias(self) -> Bias:
        if self._fewer and self._more:
            raise Unsayable("its parts can each be said only nearly, on different sides")
        return Bias.FEWER if self._fewer else Bias.MORE if self._more else Bias.EXACT

    def _errs(self, bias: Bias) -> None:
        """Take note that a part is said nearly; under a `not` it errs on the other side."""
        if (bias is Bias.FEWER) == self._positive:
            self._fewer = True
        else:
            self._more = True

    # --- elements ---------------------------------------------------------------------------------

    def elements(self, expression: Expression) -> list[_Selector]:
        """The selectors of what an expression selects from the document."""
        if isinstance(expression, Binary) and expression.operator == "|":
            return self.elements(expression.left) + self.elements(expression.right)
        if isinstance(expression, Filtered):
            return self._first_of_all(expression)
        if isinstance(expression, Path):
            if expression.start is not None:
                return self._follow(self.elements(expression.start), expression.steps)
            return self._follow(None, expression.steps)
        if isinstance(expression, Call) and expression.name == "id" and isinstance(expression.arguments[0], Literal):
            return [_Selector("*", f"[id={_string(expression.arguments[0].text)}]")]
        raise Unsayable("it selects no elements")

    def _first_of_all(self, expression: Filtered) -> list[_Selector]:
        """`(…)[1]`: what has none of its like before it."""
        found = self.elements(expression.inner)
        for predicate in expression.predicates:
            if predicate == Number(1) and len(found) == 1:
                self._errs(Bias.MORE)
                like = found[0].alone
                _bounded_ways(found)
                found = [found[0].having(f":not({like} *, {like} ~ *, {like} ~ * *, *:has({like}) ~ *)")]
            elif _is_position(predicate):
                raise Unsayable("a position counted over the whole document")
            else:
                found = self._filter(_Subject("self", found, plain=False), predicate).found
        return found

    def _follow(self, found: list[_Selector] | None, steps: Sequence[Step]) -> list[_Selector]:
        """Go from elements (None: the document) step by step."""
        at = 0
        while at < len(steps):
            deep = steps[at] == ANYWHERE and at + 1 < len(steps) and steps[at + 1].axis in ("child", "descendant")
            at += deep
            step = steps[at]._replace(axis="//") if deep and steps[at].axis == "child" else steps[at]
            if step != Step("self", "node()"):
                found = _bounded_ways(self._step(found, step))
            at += 1
        if not found:
            raise Unsayable("it selects no elements")
        return found

    def _step(self, found: list[_Selector] | None, step: Step) -> list[_Selector]:
        _check_test(step)
        if found is None:
            return self._from_document(step)
        near = _nearest(step)
        if near:
            if step.test not in ("*", "node()"):
                self._errs(Bias.FEWER)
            step = step._replace(predicates=step.predicates[1:])
        subject = _Subject(step.axis, _moved(found, step, near=near))
        return self._filtered(subject, step.predicates)

    def _from_document(self, step: Step) -> list[_Selector]:
        tag = _tag(step)
        if step.axis in ("//", "descendant", "descendant-or-self"):
            return self._filtered(_Subject(step.axis, [_Selector(tag)]), step.predicates)
        if step.axis == "child" and tag not in ("*", "html"):
            raise Unsayable(f"`{step.test}` without `//` is the outermost element, which is `html`")
        if step.axis == "child":
            return self._filtered(_Subject("self", [_Selector("*", ":root")]), step.predicates)
        raise Unsayable(f"`{step.axis}` of the document")

    # --- predicates -------------------------------------------------------------------------------

    def _filtered(self, subject: _Subject, predicates: Sequence[Expression]) -> list[_Selector]:
        for predicate in predicates:
            subject = self._filter(subject, predicate)
        return subject.found

    def _filter(self, subject: _Subject, predicate: Expression) -> _Subject:
        if _is_position(predicate):
            if subject.axis not in ("child", "//"):
                raise Unsayable(f"a position on the axis `{subject.axis}`")
            if self._fewer or self._more:
                raise Unsayable("a position among elements that can be said only nearly")
            chosen = [self._at_position(one, predicate, plain=subject.plain) for one in subject.found]
            return _Subject(subject.axis, chosen, plain=False)
        condition = self._holds(predicate)
        return _Subject(subject.axis, [one.having(condition) for one in subject.found], plain=False)

    def _at_position(self, one: _Selector, predicate: Expression, *, plain: bool) -> _Selector:
        formula, last = _formula(predicate)
        end = "last-" if last else ""
        if one.tag == "*" and not one.rest:
            return one.having(f":nth-{end}child({formula})")
        if plain:
            return one.having(f":nth-{end}of-type({formula})")
        # lexbor looks at the last condition of a compound only, unless all of them are in one.
        return one.having(f":nth-{end}child({formula} of :is({one.compound}))")

    def _holds(self, expression: Expression) -> str:
        """A condition on an element, to be put behind a compound."""
        if isinstance(expression, Path):
            return self._exists(expression)
        if isinstance(expression, Call):
            return self._call(expression)
        if isinstance(expression, Binary):
            return self._operation(expression)
        raise Unsayable("a string or number where a condition should be")

    def _operation(self, expression: Binary) -> str:
        operator, left, right = expression
        if operator == "and":
            return self._holds(left) + self._holds(right)
        if operator in ("or", "|"):
            ways = [_whole_condition(self._holds(one)) for one in _alternatives(expression)]
            return f":is({', '.join(ways)})"
        if isinstance(left, Literal):
            left, right = right, left
        if isinstance(right, Literal):
            return self._compared(operator, left, right.text)
        raise Unsayable(f"a comparison with `{operator}` of what CSS does not compare")

    def _compared(self, operator: str, left: Expression, text: str) -> str:
        if isinstance(left, Call) and left.name in ("name", "local-name") and not left.arguments and operator == "=":
            return f":is({_name(text)})"
        if isinstance(left, Path) and left.steps and left.steps[-1].axis == "child" and left.steps[-1].test == "class":
            raise Unsayable("`class` without `@` is an element, and there is none of that name")
        path, fold = _attribute(left)
        if path is None or operator not in ("=", "!="):
            raise Unsayable("a comparison of an element's whole text")
        wanted = f"[{path.name}={_string(text)}{fold}]"
        return self._at(path, wanted if operator == "=" else f"[{path.name}]:not({wanted})")

    def _at(self, path: _AttributePath, condition: str) -> str:
        """A condition on an attribute, of the element at hand or of one that a path leads to."""
        return self._reached(path.steps, condition)

    def _call(self, call: Call) -> str:
        name, arguments = call
        if name == "not" and len(arguments) == 1:
            self._positive = not self._positive
            inner = self._holds(arguments[0])
            self._positive = not self._positive
            return f":not({_whole_condition(inner)})"
        if name == "boolean" and len(arguments) == 1:
            return self._holds(arguments[0])
        if name in ("contains", "starts-with") and len(arguments) == 2 and isinstance(arguments[1], Literal):
            return self._string_test(name, arguments[0], arguments[1].text)
        raise Unsayable(f"the function `{name}()`")

    def _string_test(self, name: str, subject: Expression, text: str) -> str:
        if not text:
            raise Unsayable("a search for nothing")
        if name == "contains" and (attribute := _padded(subject)):
            return _word_test(attribute, text)
        path, fold = _attribute(subject)
        if path is not None:
            if path.steps:
                raise Unsayable("an attribute of the first of several elements")
            return f"[{path.name}{'*' if name == 'contains' else '^'}={_string(text)}{fold}]"
        if name == "contains" and _is_text_of_context(subject):
            self._errs(Bias.FEWER)
            found = f":lexbor-contains({_string(text)})"
            return f":is(*{found}, *:has(*{found}))"
        if name == "contains" and isinstance(subject, Path) and subject.steps == (Step("child", "text()"),):
            self._errs(Bias.FEWER)
            return f":lexbor-contains({_string(text)}):not(:has(*))"
        raise Unsayable("a test of an element's text other than that it contains something")

    def _exists(self, path: Path) -> str:
        if path.absolute or path.start is not None:
            raise Unsayable("a condition on another part of the document")
        if len(path.steps) == 1 and path.steps[0].test == "text()" and path.steps[0].axis == "child":
            return self._has_text(path.steps[0].predicates)
        if path.steps[-1].axis == "attribute":
            found, _ = _attribute(path)
            if found is None:
                raise Unsayable("a condition on attributes of any name")
            return self._at(found, f"[{found.name}]")
        return self._reached(path.steps, "")

    def _has_text(self, predicates: Sequence[Expression]) -> str:
        """`text()[contains(., '…')]`: one of the texts directly in the element has it."""
        conditions = []
        for predicate in predicates:
            if not (isinstance(predicate, Call) and predicate.name == "contains" and len(predicate.arguments) == 2):
                raise Unsayable("a test of an element's text other than that it contains something")
            subject, text = predicate.arguments
            if not (isinstance(text, Literal) and text.text and _is_text_of_context(subject)):
                raise Unsayable("a test of an element's text other than that it contains something")
            conditions.append(f":lexbor-contains({_string(text.text)})")
        if len(conditions) != 1:
            raise Unsayable("a condition on whether there is text")
        return conditions[0]

    def _reached(self, steps: Sequence[Step], condition: str) -> str:
        """The condition that a relative path leads to an element for which `condition` holds."""
        steps = [step for step in steps if step != Step("self", "node()")]
        if not steps:
            return condition
        deep = steps[0] == ANYWHERE and len(steps) > 1 and steps[1].axis == "child"
        step = steps[1]._replace(axis="//") if deep else steps[0]
        _check_test(step)
        adjacent = _nearest(step) and step.test in ("*", "node()")
        predicates = step.predicates[1:] if adjacent else step.predicates
        found = self._filtered(_Subject(step.axis, [_Selector(_tag(step))]), predicates)
        rest = self._reached(steps[1 + deep :], condition)
        return _toward(step.axis, found[0].having(rest), adjacent=adjacent)


class _AttributePath(NamedTuple):
    """An attribute of the element at hand, or of elements that `steps` lead to from there."""

    steps: tuple[Step, ...]
    name: str


def _attribute(expression: Expression) -> tuple[_AttributePath | None, str]:
    """The attribute that an expression is the value of, and the flag for its case; None where it is none."""
    if isinstance(expression, Call):
        name, arguments = expression
        if name in ("normalize-space", "string") and len(arguments) == 1:
            return _attribute(arguments[0])
        if name == "lower-case" and len(arguments) == 1:
            return _attribute(arguments[0])[0], " i"
        if name == "translate" and len(arguments) == 3 and _folds_case(arguments[1], arguments[2]):
            return _attribute(arguments[0])[0], " i"
        return None, ""
    if not isinstance(expression, Path) or expression.absolute or expression.start is not None:
        return None, ""
    *steps, last = expression.steps or (ANYWHERE,)
    if last.axis != "attribute" or last.predicates or last.test in ("*", "node()"):
        return None, ""
    return _AttributePath(tuple(steps), _name(last.test)), ""


def _folds_case(source: Expression, target: Expression) -> bool:
    if not isinstance(source, Literal) or not isinstance(target, Literal):
        return False
    return source.text.isupper() and source.text.isascii() and source.text.lower() == target.text


def _padded(expression: Expression) -> str | None:
    """The attribute in `concat(' ', @name, ' ')`."""
    if not (isinstance(expression, Call) and expression.name == "concat" and len(expression.arguments) == 3):
        return None
    before, middle, after = expression.arguments
    found, fold = _attribute(middle)
    if not (before == after == Literal(" ")) or found is None or found.steps or fold:
        return None
    return found.name


def _word_test(attribute: str, text: str) -> str:
    """What `contains(concat(' ', @name, ' '), text)` asks."""
    word = text.strip(" ")
    if not word:
        raise Unsayable("a search for nothing")
    if text == f" {word} " and not re.search(r"\s", word):
        return f"[{attribute}~={_string(word)}]"
    forms = [f"[{attribute}*={_string(text)}]"]
    if text.startswith(" "):
        forms.append(f"[{attribute}^={_string(text[1:])}]")
    if text.endswith(" "):
        forms.append(f"[{attribute}$={_string(text[:-1])}]")
    if text == f" {word} ":
        forms.append(f"[{attribute}={_string(word)}]")
    return forms[0] if len(forms) == 1 else f":is({', '.join(forms)})"


def _is_text_of_context(expression: Expression) -> bool:
    """Whether it is `.`, or a way to write it that differs in white space only."""
    if isinstance(expression, Call) and expression.name in ("normalize-space", "string"):
        return not expression.arguments or (
            len(expression.arguments) == 1 and _is_text_of_context(expression.arguments[0])
        )
    return expression == Path((Step("self", "node()"),))


def _check_test(step: Step) -> None:
    if step.axis == "attribute":
        raise Unsayable("it selects an attribute, not an element")
    if step.test in ("text()", "comment()", "processing-instruction()"):
        raise Unsayable("it selects text, not an element")


def _tag(step: Step) -> str:
    return "*" if step.test in ("*", "node()") else _name(step.test)


def _nearest(step: Step) -> bool:
    """Whether the step goes to the nearest element of its name."""
    nearing = step.axis in ("ancestor", "following-sibling", "preceding-sibling")
    return nearing and step.predicates[:1] == (Number(1),)


def _moved(found: list[_Selector], step: Step, *, near: bool) -> list[_Selector]:
    """The elements that an axis leads to from others."""
    tag = _tag(step)
    return [new for one in found for new in _moves(one, step.axis, tag, near=near)]


def _moves(one: _Selector, axis: str, tag: str, *, near: bool) -> list[_Selector]:
    own = [both] if axis.endswith("self") and (both := _both(one, tag)) else []
    if axis == "self":
        return own
    if axis in ("child", "//", "descendant", "descendant-or-self"):
        return [*own, _Selector(tag, "", " > " if axis == "child" else " ", one)]
    if axis == "following-sibling":
        return [_Selector(tag, "", way, one) for way in (_ways(tag, " + ") if near else (" ~ ",))]
    if axis in ("following", "preceding") and tag == "*":
        return _beyond(one, axis)
    return own + _back(one, axis, tag, near=near)


def _back(one: _Selector, axis: str, tag: str, *, near: bool) -> list[_Selector]:
    """What stands above the elements, or before them among their siblings."""
    if axis == "preceding-sibling":
        before = (one.joint, one.before, one.compound) if one.joint in (" > ", " ") else ("", None, one.alone)
        return [_Selector(tag, f":has({way}{before[2]})", *before[:2]) for way in _leads("+", "~", tag, near=near)]
    if axis == "parent" and one.joint == " > " and one.before:
        above = _both(one.before, tag)
        return [above.having(f":has(> {one.compound})")] if above else []
    if axis == "parent":
        return [_Selector(tag, f":has(> {one.alone})")]
    if axis in ("ancestor", "ancestor-or-self"):
        return [_Selector(tag, f":has({way}{one.alone})") for way in _leads(">", "", tag, near=near)]
    raise Unsayable(f"the axis `{axis}`")


def _both(one: _Selector, tag: str) -> _Selector | None:
    """The elements of a selector that have a name, too."""
    if tag in ("*", one.tag):
        return one
    return one._replace(tag=tag) if one.tag == "*" else None


def _ways(tag: str, joint: str) -> list[str]:
    """The ways over less than `REACH` elements of other names, as runs of combinators."""
    return [joint.join(["", *[f"*:not({tag})"] * gap, ""]) for gap in range(REACH if tag != "*" else 1)]


def _leads(close: str, far: str, tag: str, *, near: bool) -> list[str]:
    """What stands in `:has()` before the element that is led back from."""
    if near:
        return [way.lstrip() for way in _ways(tag, f" {close} ")]
    return [f"{far} " if far else ""]


def _beyond(one: _Selector, axis: str) -> list[_Selector]:
    """What stands after or before the elements in the document; what stands inside of that goes without saying."""
    if axis == "following":
        return [_Selector("*", "", " ~ ", one), _Selector("*", "", " ~ ", _Selector("*", f":has({one.alone})"))]
    return [_Selector("*", f":has(~ {one.alone}, ~ *:has({one.alone}))")]


def _toward(axis: str, one: _Selector, *, adjacent: bool) -> str:
    """The condition that an axis leads from the element at hand to `one`."""
    inner = one.compound
    if axis == "self":
        return f":is({inner})"
    forward = {"child": "> ", "//": "", "descendant": "", "following-sibling": "+ " if adjacent else "~ "}
    if axis in forward:
        return f":has({forward[axis]}{inner})"
    backward = {"parent": " > *", "ancestor": " *", "preceding-sibling": " + *" if adjacent else " ~ *"}
    if axis in backward and not (axis == "ancestor" and adjacent):
        return f":is({inner}{backward[axis]})"
    raise Unsayable(f"a condition on the axis `{axis}`")


def _is_position(expression: Expression) -> bool:
    """Whether a predicate is about an element's position."""
    if isinstance(expression, Number):
        return True
    if isinstance(expression, Call):
        return expression.name in ("last", "position")
    if isinstance(expression, Binary) and expression.operator not in ("or", "and", "|"):
        return _is_position(expression.left) or (expression.operator in "+-" and _is_position(expression.right))
    return False


def _formula(expression: Expression) -> tuple[str, bool]:
    """The formula of `:nth-child()` for a predicate, and whether it counts from the end."""
    if isinstance(expression, Number):
        return _whole(expression), False
    if expression == Call("last", ()):
        return "1", True
    if isinstance(expression, Binary):
        operator, left, right = expression
        if operator == "-" and left == Call("last", ()) and isinstance(right, Number):
            return _whole(Number(right.value + 1)), True
        if left == Call("position", ()):
            return _bounded(operator, right)
    raise Unsayable("a position that CSS cannot say")


def _bounded(operator: str, right: Expression) -> tuple[str, bool]:
    if operator == "=":
        return _formula(right)
    if operator == "<" and right == Call("last", ()):
        return "n+2", True
    if isinstance(right, Number):
        whole = int(_whole(right))
        formulas = {">": f"n+{whole + 1}", ">=": f"n+{whole}", "<": f"-n+{whole - 1}", "<=": f"-n+{whole}"}
        if operator in formulas and whole > 1:
            return formulas[operator], False
        if operator == ">" and whole == 1:
            return "n+2", False
    raise Unsayable("a position that CSS cannot say")


def _whole(number: Number) -> str:
    if number.value < 1 or number.value != int(number.value):
        raise Unsayable("a position that no element has")
    return str(int(number.value))
