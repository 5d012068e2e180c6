"""The six laws, on made documents and on every document of the corpus.

The made documents are cut from the corpus: paragraphs of real prose in some thirty languages, real noise lines, and
whatever a scraper may leave between them. They are the same in every run; `LAW_EXAMPLES=500 pytest tests/test_laws.py`
draws as many new ones for each law.
"""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import escape
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from test_corpus import ROOT, UNTOUCHED, Done, cases, cleaned_case, squeeze, the_cleaner

from cleaner.cleaned import Cleaned, replay
from cleaner.fitting.gold import Case
from cleaner.model import CLASSES, NOISE_CLASSES
from cleaner.parse.hydration import hydration_text
from cleaner.parse.markdown import plain
from cleaner.parse.read import SourceKind, decode
from cleaner.parse.structured import read_structured
from cleaner.pipeline import Cleaner

EXAMPLES = os.environ.get("LAW_EXAMPLES")
LAW = settings(
    max_examples=int(EXAMPLES or 60),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# --- made documents ------------------------------------------------------------------------------


class Made(NamedTuple):
    """A document and the text that a reader of it sees."""

    source: str
    kind: SourceKind
    shown: str


class Prose(NamedTuple):
    headline: str
    paragraphs: tuple[str, ...]


@cache
def prose() -> dict[str, list[Prose]]:
    """The stories of the corpus by language; the files are read, nothing is cleaned."""
    found: dict[str, list[Prose]] = defaultdict(list)
    for _, case in cases():
        paragraphs = tuple((case.body or "").split("\n"))
        if len(paragraphs) >= 3:
            found[case.name.partition("-")[0]].append(Prose(case.headline or paragraphs[0], paragraphs))
    return dict(found)


@cache
def noise() -> dict[str, list[str]]:
    """The noise lines of the corpus by language."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, case in cases():
        found[case.name.partition("-")[0]] += [text for _, text in case.noise]
    return dict(found)


ODD = ["😀 🔥", "\u200b", "\ufeff", "•", "—", "* * *", "12", "14:32", "1.", "…", "\u200f", "\u202eabc\u202c", "\x00"]
ODD += ["Ｆｕｌｌ　ｗｉｄｔｈ", "e\u0301", "a" * 200, "https://elm.test/a?b=c", "@elm", "#vote", "<p>", "&amp;"]
ODD += [".", "{{ad}}", "שלום", "👩\u200d🚒", "Elm Post", "By Ann Lee", "Source: Elm Post", "READ MORE:", "(Image: Elm)"]
INSIDE = ["", "", "", "", "\u200b", "\u00a0", "\u00ad", "\u200e", " ", "  ", "\t", "😀", "\ufeff", "\u200c"]
MARKED = ["# {}", "## {}", "**{}**", "> {}", "- {}", "[{}](https://elm.test/a)", "### [{}][12]", "![{}](/elm.png)"]
MARKED += ["[{}", "{}](/a)", "[1]: {}", "** {}", "[![{}](/elm.png)](/a)", "Elm [{}](/a_(b)) **elm**"]
LANGUAGES = sorted(language for language in prose() if noise().get(language))


@st.composite
def story_lines(draw: st.DrawFn) -> list[str]:
    """Lines of a scrape: most of a story, noise and odd things around and between, in order."""
    language = draw(st.sampled_from(LANGUAGES))
    story = draw(st.sampled_from(prose()[language]))
    size = len(story.paragraphs)
    lines = list(story.paragraphs[: draw(st.sampled_from([size, size, size, size - 2, 1, 0]))])
    if draw(st.booleans()):
        lines.insert(0, story.headline)
    other = draw(st.sampled_from([language, language, draw(st.sampled_from(LANGUAGES))]))
    extra = st.sampled_from(noise()[other]) | st.sampled_from(ODD) | st.sampled_from(story.paragraphs)
    extra |= st.sampled_from(draw(st.sampled_from(prose()[other])).paragraphs)
    for line in draw(st.lists(extra, max_size=12)):
        lines.insert(draw(st.integers(0, len(lines))), line)
    at = draw(st.integers(0, max(0, len(lines) - 1)))
    if lines and " " in lines[at]:
        lines[at] = lines[at].replace(" ", f" {draw(st.sampled_from(INSIDE))}", 3)
    if draw(st.integers(0, 3)) == 0:
        for at in draw(st.lists(st.integers(0, max(0, len(lines) - 1)), max_size=5)):
            lines[at : at + 1] = [draw(st.sampled_from(MARKED)).format(line) for line in lines[at : at + 1]]
    return lines


@st.composite
def texts(draw: st.DrawFn) -> Made:
    lines = draw(story_lines())
    end = draw(st.sampled_from(["\n", "\r\n"]))
    between = draw(st.sampled_from([1, 2, 3])) * end
    width = draw(st.sampled_from([None, None, None, 40, 72]))
    if width is not None:
        lines = [end.join(textwrap.wrap(line, width, break_on_hyphens=False)) for line in lines]
    indent = draw(st.sampled_from(["", "", "", "  ", "\t", "\u3000"]))
    body = between.join(indent + line for line in lines)
    source = draw(st.sampled_from(["", "\n\n", " "])) + body + draw(st.sampled_from(["", "\n", "\r\n\r\n", " "]))
    return Made(source, "text", source)


HOLDERS = ["p", "p", "p", "div", "li", "dd", "h1", "h2", "h3", "blockquote", "figcaption", "span", "pre", "a"]
AROUND = ["div", "section", "article", "main", "aside", "nav", "footer", "header", "ul", "form", "figure"]
AROUND += ["div class=story-body", "div hidden", "div id=comments", "article itemprop=articleBody", "noscript"]
AROUND += ["table><tr><td"]
UNSEEN = ["<script>var no = '<p>no</p>';</script>", "<!-- no -->", "<style>no{}</style>", "<hr>", "<p></p>", "&nbsp;"]
UNSEEN += ["<img alt=no>", "<svg><text>no</text></svg>", "<br>", "<iframe src=x></iframe>", "<template>no</template>"]
HEADS = ["", "<title>Elm Post</title>", "<html lang=en><head><title>Vote</title></head><body>"]


def end_of(opening: str) -> str:
    """The end tags of what was opened; text between a table and its cells would move out of its place."""
    return "".join(f"</{tag.partition(' ')[0]}>" for tag in reversed(opening.split("><")))


@st.composite
def pages(draw: st.DrawFn) -> Made:
    parts: list[str] = []
    shown: list[str] = []
    opened: list[str] = []
    for line in draw(story_lines()):
        step = draw(st.integers(0, 9))
        if step == 0 and len(opened) < 8:
            opened.append(draw(st.sampled_from(AROUND)))
            parts.append(f"<{opened[-1]}>")
        elif step == 1 and opened:
            parts.append(end_of(opened.pop()))
        elif step == 2:
            parts.append(draw(st.sampled_from(UNSEEN)))
        holder = draw(st.sampled_from(HOLDERS))
        inner = escape(line, quote=False)
        if draw(st.integers(0, 4)) == 0:
            words = inner.split(" ")
            at = draw(st.integers(0, len(words) - 1))
            mark = draw(st.sampled_from(["a href=/x", "b", "em", "span class=dropcap", "time"]))
            words[at] = f"<{mark}>{words[at]}</{mark.partition(' ')[0]}>"
            inner = " ".join(words)
        closing = f"</{holder}>" if draw(st.integers(0, 6)) else ""
        parts.append(f"<{holder}>{inner}{closing}\n" if holder != "a" else f"<a href=/y>{inner}</a>\n")
        shown.append(line.replace("\x00", ""))
    head = draw(st.sampled_from(HEADS))
    return Made(f"<!doctype html>{head}{''.join(parts)}", "html", "\n".join(shown))


SCRAPS = ["", " \r\n", "\ufeff", "<", "\x00", "😀", ".", "Elm", "Elm\n\nOak"]
scraps = st.sampled_from([Made(source, "text", source) for source in SCRAPS])
scraps |= st.sampled_from([Made(source, "html", source.replace("\x00", "")) for source in SCRAPS])
any_text = st.text(max_size=400).map(lambda text: Made(text, "text", text))
documents = texts() | pages() | scraps | any_text


def clean(made: Made) -> Cleaned:
    return the_cleaner().clean(made.source, made.kind)


# --- the laws ------------------------------------------------------------------------------------


def is_left_of(text: str, shown: str) -> bool:
    """Whether `text` is what is left when characters are taken out of `shown`, white space aside."""
    rest = iter(squeeze(shown))
    return all(char in rest for char in squeeze(text))


def is_idempotent(cleaned: Cleaned, site: str | None = None) -> bool:
    again = the_cleaner().clean(cleaned.text, "text", None, site)
    return squeeze(again.text) == squeeze(cleaned.text)


def check_explained(cleaned: Cleaned, cleaner: Cleaner | None = None) -> None:
    """Replaying the verdicts gives the body, and each removal has a class, evidence and offsets."""
    verdicts = tuple(cleaned.verdicts)
    assert replay(cleaned.source, verdicts) == cleaned.body
    assert all(0 <= v.start < v.end <= len(cleaned.source) for v in verdicts)
    assert all(a.end <= b.start for a, b in pairwise(verdicts))
    edges = [0, *(edge for v in verdicts for edge in (v.start, v.end)), len(cleaned.source)]
    outside = [cleaned.source[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert not any(squeeze(text) for text in outside), "text that no verdict tells of"
    known = {f"rule:{rule.id}" for rule in (cleaner or the_cleaner()).rules}
    for verdict in verdicts:
        assert verdict.label in CLASSES
        assert math.isfinite(verdict.points)
        assert all(a.end <= b.start for a, b in pairwise(verdict.cuts))
        for cut in verdict.cuts:
            assert verdict.kept
            assert verdict.start <= cut.start <= cut.end <= verdict.end
            assert not cut.replacement.strip()
            assert cut.label in NOISE_CLASSES or cut.label in (*CLASSES, "space")
        if verdict.label == "headline":
            continue
        names = [e.name for e in (*verdict.evidence, *(e for cut in verdict.cuts for e in cut.evidence))]
        assert all(name in known for name in names if name.startswith("rule:"))
    removed = cleaned.removed
    assert all(a.end <= b.start for a, b in pairwise(removed))
    for gone in removed:
        assert gone.label in CLASSES
        assert gone.text == cleaned.source[gone.start : gone.end]
        assert gone.evidence, f"nothing tells why {gone.text[:60]!r} is gone ({gone.label})"
        assert all(evidence.name for evidence in gone.evidence)
    if cleaned.headline is not None:
        titles = [cleaned.source[v.start : v.end] for v in verdicts if v.label == "headline"]
        assert (cleaned.marked_headline or cleaned.headline) in titles
        assert cleaned.headline in [*titles, *(" ".join(plain(title).text.split()) for title in titles)]


def check_never_silently_empty(cleaned: Cleaned) -> None:
    """No body means refused; refused means whole, untouched, and with a reason."""
    assert cleaned.body.strip() or cleaned.refused
    if cleaned.refused is not None:
        assert cleaned.refused.strip()
        assert cleaned.page == "no-story"
        assert squeeze(cleaned.body) == squeeze(cleaned.source)
        assert not cleaned.removed
        assert not cleaned.changed


def everything(cleaned: Cleaned) -> tuple[object, ...]:
    return (
        cleaned.body,
        cleaned.headline,
        dict(cleaned.metadata),
        tuple(cleaned.verdicts),
        cleaned.source,
        cleaned.page,
        cleaned.flags,
        cleaned.refused,
    )


# --- on made documents ---------------------------------------------------------------------------


@given(documents)
@LAW
def test_nothing_is_invented(made: Made) -> None:
    assert is_left_of(clean(made).body, made.shown)


@given(documents)
@LAW
def test_nothing_is_invented_by_putting_the_headline_first(made: Made) -> None:
    assert is_left_of(clean(made).text, made.shown)


@given(documents)
@LAW
def test_cleaning_again_changes_nothing(made: Made) -> None:
    """A page that was refused is no cleaned story: as a text it may be read in another way."""
    cleaned = clean(made)
    if cleaned.refused is None or made.kind == "text":
        assert is_idempotent(cleaned)


@given(documents)
@LAW
def test_every_removal_is_explained(made: Made) -> None:
    check_explained(clean(made))


@given(documents)
@LAW
def test_never_silently_empty(made: Made) -> None:
    check_never_silently_empty(clean(made))


@cache
def another_cleaner() -> Cleaner:
    return Cleaner()


@cache
def a_pickled_cleaner() -> Cleaner:
    the_cleaner().clean("Used before it is sent away.\n\nSo that its caches are not empty.")
    sent: Cleaner = pickle.loads(pickle.dumps(the_cleaner()))
    return sent


@given(st.lists(documents, min_size=1, max_size=5))
@settings(LAW, max_examples=max(20, LAW.max_examples // 3))
def test_order_threads_and_workers_do_not_matter(batch: list[Made]) -> None:
    expected = [everything(clean(made)) for made in batch]
    backwards = [everything(another_cleaner().clean(made.source, made.kind)) for made in reversed(batch)]
    assert backwards[::-1] == expected
    assert [everything(a_pickled_cleaner().clean(made.source, made.kind)) for made in batch] == expected
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(lambda made: everything(clean(made)), batch * 3))
    assert threaded == expected * 3


@given(documents)
@LAW
def test_bytes_are_read_as_their_text(made: Made) -> None:
    raw = made.source.encode()
    if decode(raw)[0] == made.source:  # but for byte-order marks, and where there is hardly a letter
        assert everything(the_cleaner().clean(raw, made.kind)) == everything(clean(made))


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Case, str]:
    """A clean story of the corpus laid out in another way."""
    case = draw(st.sampled_from([case for part, case in cases() if part in UNTOUCHED]))
    raw = case.read()
    source = raw if isinstance(raw, str) else decode(raw)[0]
    lines = [line for line in source.splitlines() if line.strip()]
    end = draw(st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\n\n\n"]))
    indent, trail = draw(st.sampled_from(["", "", "  ", "\t"])), draw(st.sampled_from(["", "", " ", "\t"]))
    last = draw(st.sampled_from(["", end]))
    return case, end.join(f"{indent}{line}{trail}" for line in lines) + last


@given(layouts())
@LAW
def test_a_clean_story_is_left_alone_however_it_is_laid_out(laid_out: tuple[Case, str]) -> None:
    case, source = laid_out
    cleaned = the_cleaner().clean(source, "text", None, case.site)
    assert cleaned.refused is None, case.name
    assert not cleaned.changed, (case.name, cleaned.removed)
    assert squeeze(cleaned.text) == squeeze(source)


# --- on the corpus -------------------------------------------------------------------------------

CASES = {f"{part}/{case.name}": (part, case) for part, case in cases()}
CLEAN = [name for name, (part, _) in CASES.items() if part in UNTOUCHED]


@pytest.fixture
def done(request: pytest.FixtureRequest) -> Done:
    return cleaned_case(*CASES[request.param])


def on(names: Iterable[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("done", names, indirect=True)


def what_is_shown(done: Done) -> list[str]:
    """What a reader of the document sees, by other means than the parser; and that with the article carried as data."""
    if done.case.kind == "text":
        return [done.source]
    tree = LexborHTMLParser(done.source)
    carried = [text for text in (read_structured(tree).article, hydration_text(tree)) if text]
    tree.strip_tags(["script", "style", "template"])
    assert tree.body is not None
    shown = tree.body.text()
    return [shown, *carried, *(f"{shown}\n{text}" for text in carried)]


@on(CASES)
def test_nothing_is_invented_in_the_corpus(done: Done) -> None:
    assert any(is_left_of(done.cleaned.text, shown) for shown in what_is_shown(done))


@on(CASES)
def test_cleaning_the_corpus_again_changes_nothing(done: Done) -> None:
    if done.cleaned.refused is None or done.case.kind == "text":
        again = the_cleaner().clean(done.cleaned.text, "text", None, done.case.site)
        assert [gone.text for gone in again.removed] == []
        assert squeeze(again.text) == squeeze(done.cleaned.text)


@on(CASES)
def test_every_removal_from_the_corpus_is_explained(done: Done) -> None:
    check_explained(done.cleaned)


@on(CASES)
def test_the_corpus_is_never_silently_empty(done: Done) -> None:
    check_never_silently_empty(done.cleaned)


@pytest.mark.parametrize("policy", ["full", "prose"])
def test_other_policies_explain_themselves_too(policy: str) -> None:
    cleaner = Cleaner(policy)
    for _, case in cases()[::9]:
        cleaned = cleaner.clean(case.read(), case.kind, case.url, case.site)
        check_explained(cleaned, cleaner)
        check_never_silently_empty(cleaned)


@on(CLEAN)
def test_a_clean_story_is_left_alone(done: Done) -> None:
    assert done.cleaned.refused is None
    assert [(gone.label, gone.text, gone.evidence[0].name) for gone in done.cleaned.removed] == []
    assert not done.cleaned.changed
    assert squeeze(done.cleaned.text) == squeeze(done.source)
    assert squeeze((done.cleaned.headline or "") + done.cleaned.body) == squeeze(
        (done.case.headline or "") + (done.case.body or "")
    )


def test_the_corpus_in_another_order_by_another_cleaner() -> None:
    for part, case in cases()[::-7]:
        cleaned = another_cleaner().clean(case.read(), case.kind, case.url, case.site)
        assert everything(cleaned) == everything(cleaned_case(part, case).cleaned), case.name


def test_the_corpus_in_threads() -> None:
    def in_thread(entry: tuple[str, Case]) -> tuple[object, ...]:
        case = entry[1]
        return everything(a_pickled_cleaner().clean(case.read(), case.kind, case.url, case.site))

    some = cases()[3::11]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(in_thread, some))
    assert found == [everything(cleaned_case(part, case).cleaned) for part, case in some]


IN_ANOTHER_PROCESS = """
import hashlib, sys
from test_laws import cases, everything
from cleaner import Cleaner
cleaner = Cleaner()
seen = [everything(cleaner.clean(c.read(), c.kind, c.url, c.site)) for _, c in cases()[5::40]]
print(hashlib.sha256(repr(seen).encode()).hexdigest())
"""


def test_the_corpus_in_other_processes() -> None:
    """Whatever the hash seed: no set's order reaches the output."""

    def run(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "tests")}
        command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    assert run("1") == run("2")
