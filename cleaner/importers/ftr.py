"""Site files of Full-Text RSS and Instapaper (`example.com.txt`), line by line.

The format: https://help.fivefilters.org/full-text-rss/site-patterns.html. `body`, `strip` and `strip_id_or_class` say
which elements hold the story and which are noise; most other directives are about fetching a page or its metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.importers.imported import DOMAIN, Line, Needless, Outcome, Selected, Unsaid
from cleaner.importers.xpath_css import Bias, Unsayable, to_css
from cleaner.workbench.css_example import holds_text, subject_tag

DIRECTIVE = re.compile(r"\s*(?P<name>[a-z_]+)\s*(?:\((?P<argument>.*?)\))?\s*:(?P<value>.*)", re.S)
_SETTINGS = (
    "autodetect_next_page autodetect_on_failure convert_double_br_tags dissolve footnotes insert_detected_image "
    "native_ad_clue parser post_strip_attr prune skip_json_ld src_lazy_load_attr strip_attr strip_comments "
    "strip_image_src test_contains test_url tidy wrap_in"
)
NEEDLESS = frozenset(_SETTINGS.split())
"""Settings of the other tool, tests, and what touches no text."""
_FETCHING = "is about fetching pages, which is done before"
_METADATA = "metadata is found without site rules"
NOT_CARRIED = {
    "title": _METADATA,
    "author": _METADATA,
    "date": _METADATA,
    "find_string": "edits the page's source before it is read",
    "replace_string": "edits the page's source before it is read",
    "http_header": _FETCHING,
    "next_page_link": _FETCHING,
    "single_page_link": _FETCHING,
    "if_page_contains": _FETCHING,
    "login_extra_fields": _FETCHING,
    "login_password_field": _FETCHING,
    "login_uri": _FETCHING,
    "login_username_field": _FETCHING,
    "not_logged_in_xpath": _FETCHING,
    "requires_login": _FETCHING,
    "move_into": "moves elements, and a cleaner keeps the order of the text",
    "skip_id_or_class": "spares elements from rules that are not used here",
}
PART = 5
"""Letters from which on `strip_id_or_class` may be a part of a class: `top` would hit `desktop`, too."""


def is_ftr(text: str) -> bool:
    """Whether a text looks like a site file."""
    known = NEEDLESS | NOT_CARRIED.keys() | {"body", "strip", "strip_id_or_class"}
    names = [found["name"] for line in text.splitlines() if (found := DIRECTIVE.match(line))]
    return sum(name in known for name in names) > len(names) / 2


def read_ftr(name: str, text: str) -> Iterator[Outcome]:
    """What becomes of each line of the site file `name`; comments and empty lines are left out.

    >>> [found.css for found in read_ftr("news.test.txt", "body: //article")]
    [('article',)]
    """
    site = _site(name)
    for number, raw in enumerate(text.splitlines(), 1):
        line = Line(name, number, raw.strip())
        if not line.text or line.text.startswith("#"):
            continue
        found = DIRECTIVE.fullmatch(line.text)
        if found is None:
            yield Unsaid(line, "(other)", "no directive: `name: value` is expected")
        elif site is None and found["name"] not in NEEDLESS:
            yield Unsaid(line, found["name"], "the file's name is no domain, so that its site is not known")
        else:
            yield _outcome(line, found["name"], found["value"].strip(), site or "")


def _site(name: str) -> str | None:
    """The domain that a file is for: `.example.com.txt`, for subdomains, is for the domain as a whole here."""
    domain = re.split(r"[/\\]", name)[-1].lower().removesuffix(".txt").removeprefix(".").removeprefix("www.")
    return domain if re.fullmatch(DOMAIN, domain) else None


def _outcome(line: Line, name: str, value: str, site: str) -> Outcome:
    if name in NEEDLESS or (not value and name not in NOT_CARRIED):
        return Needless(line, name)
    if name == "strip_id_or_class":
        return _by_id_or_class(line, value, site)
    if name in ("body", "strip"):
        return _by_xpath(line, name, value, site)
    return Unsaid(line, name, NOT_CARRIED.get(name, "is no directive that is known"))


def _by_id_or_class(line: Line, value: str, site: str) -> Outcome:
    part = re.sub(r"['\"\\]", "", value).strip()
    if not part:
        return Needless(line, "strip_id_or_class")
    sign = "*" if len(part) >= PART else "~"
    css = ", ".join(f"body [{attribute}{sign}='{part}']" for attribute in ("class", "id"))
    return Selected(line, "strip_id_or_class", "drop", (css,), (site,))


def _by_xpath(line: Line, name: str, value: str, site: str) -> Outcome:
    """An XPath as CSS: what is dropped may be fewer elements than meant, what is kept may be more."""
    try:
        css, bias = to_css(value)
    except Unsayable as refused:
        if name == "strip" and re.search(r"/@[\w-]+\s*$", value):
            return Needless(line, name)
        return Unsaid(line, name, str(refused))
    shown = tuple(filter(holds_text, css))
    if name == "body" and bias is Bias.FEWER:
        return Unsaid(line, name, "CSS would find less than the whole story")
    if name == "strip" and bias is Bias.MORE:
        return Unsaid(line, name, "CSS would find more than is meant")
    if any(subject_tag(selector) in ("html", "body") for selector in shown):
        return Needless(line, name) if name == "body" else Unsaid(line, name, "would drop the whole page")
    if not shown:
        return Needless(line, name)
    return Selected(line, name, "body" if name == "body" else "drop", shown, (site,))
