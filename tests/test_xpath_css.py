"""XPath and its CSS find the same elements: lxml runs the one, lexbor the other."""

from __future__ import annotations

import random

import pytest
from lxml import html as lxml_html
from selectolax.lexbor import LexborHTMLParser

from cleaner.importers.xpath import Number, Path, Step, XPathError, parse_xpath
from cleaner.importers.xpath_css import Bias, Unsayable, to_css
from cleaner.rules.files import selector_is_valid

TAGS = ("div", "section", "article", "span", "ul", "nav")
CLASSES = ("a", "b", "a b", "b a c", "ab", "share-bar", "x a", "A")
HREFS = ("/news/1", "/tag/news", "mailto:desk@example.test")
TEXTS = ("", "", "Read also", "Share this", "the vote was read also", 'it\'s "so"')


def _tree(chance: random.Random, depth: int, names: list[str]) -> str:
    tag = chance.choice(TAGS)
    names.append(f"n{len(names)}")
    attributes = f' data-n="{names[-1]}"'
    if chance.random() < 0.7:
        attributes += f' class="{chance.choice(CLASSES)}"'
    if chance.random() < 0.3:
        attributes += f' href="{chance.choice(HREFS)}"'
    if chance.random() < 0.3:
        attributes += f' id="{chance.choice(("main", "side", "main-story"))}"'
    inner = "".join(
        chance.choice(TEXTS) + _tree(chance, depth - 1, names) for _ in range(chance.randint(0, 3) if depth else 0)
    )
    return f"<{tag}{attributes}>{inner}{chance.choice(TEXTS)}</{tag}>"


def _pages() -> list[str]:
    chance = random.Random(7)
    pages = []
    for _ in range(60):
        names: list[str] = []
        pages.append(f"<html><head></head><body>{''.join(_tree(chance, 4, names) for _ in range(3))}</body></html>")
    return pages


PAGES = _pages()


def _by_xpath(page: str, xpath: str) -> set[str]:
    found = lxml_html.document_fromstring(page).xpath(xpath)
    return {node.get("data-n") or node.tag for node in found}


def _by_css(page: str, css: tuple[str, ...]) -> set[str]:
    tree = LexborHTMLParser(page)
    return {node.attributes.get("data-n") or node.tag or "" for one in css for node in tree.css(one)}


EXACT = [
    "//div",
    ".//div",
    "//div[@class='a b']",
    '//*[@class = "a"]',
    "//div[contains(@class, 'a')]",
    "//div[contains(@class,'share')]/span",
    "//*[contains(concat(' ',normalize-space(@class),' '),' a ')]",
    "//*[contains(concat(' ', @class, ' '), ' a b ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' a')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), 'b ')]",
    "//section[@id='main']//span",
    "//*[starts-with(@id, 'main')]",
    "//*[starts-with(@href, 'mailto:') or contains(@href, '/tag/')]",
    "//div[@id and @class]",
    "//div[@id!='main']",
    "//div['main'=@id]",
    "//div[not(@class)]",
    "//div[not(contains(@class, 'a') and @id)]",
    "//*[contains(translate(@class, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), 'a')]",
    "//div[@class='a']|//span[@class='b'] | //nav",
    "//div[1]",
    "//*[1]",
    "//div[2]/span[1]",
    "//body/div[last()]",
    "//div[last()-1]",
    "//div[position()=2]",
    "//div[position()>1]",
    "//div[position() >= 2]",
    "//div[position()<3]",
    "//div[position()<=2]",
    "//*[position()<last()]",
    "//div[@class][1]",
    "//div[contains(@class,'a')][2]",
    "//*[@id][last()]",
    "//div[2][@class]",
    "/html/body/div[1]/span",
    "/html",
    "//div/..",
    "//span[@class='a']/parent::div",
    "//div/span[@class='a']/parent::*",
    "//section//span/parent::div",
    "//span[@class='a']/ancestor::div",
    "//span[@class='a']/ancestor-or-self::*[@id]",
    "//section/div[@id]/ancestor::article",
    "//nav/following-sibling::*",
    "//nav/following-sibling::div[@class]",
    "//nav/following-sibling::*[1]",
    "//nav/following-sibling::*[1][self::div and @class='a']",
    "//nav/preceding-sibling::div",
    "//section/nav/preceding-sibling::*[1]",
    "//nav | //nav/following-sibling::span",
    "//div/self::div",
    "//*[self::div or self::span]",
    "//*[name()='div']",
    "//div/descendant::span",
    "//div[@id='main']/descendant-or-self::div",
    "//div[span]",
    "//div[./span[@class='a']]",
    "//div[.//span[contains(@href,'news')]]",
    "//div[span/nav]",
    "//div[span/@href]",
    "//div[.//*/@href='/news/1']",
    "//div[parent::section]",
    "//div[../span]",
    "//span[ancestor::div[@id]]",
    "//span[following-sibling::div]",
    "//span[preceding-sibling::div]",
    "//span[preceding-sibling::*[1][self::div]]",
    "//span[following-sibling::*[1][@class]]",
    "//div[not(.//span)]",
    "//div[not(parent::section) and not(@id='main')]",
    "//*[text()[contains(., 'Read also')]]",
    '//*[text()[contains(., "it\'s")]]',
    "(//div[@class='a'])//span",
    "(//div | //span)[@id]",
    "//div[boolean(@id)]",
]


@pytest.mark.parametrize("xpath", EXACT)
def test_finds_the_same(xpath: str) -> None:
    css, bias = to_css(xpath)
    assert bias is Bias.EXACT
    assert all(map(selector_is_valid, css))
    for page in PAGES:
        assert _by_css(page, css) == _by_xpath(page, xpath)


def test_the_pages_are_worth_asking() -> None:
    """Few of the expressions find nothing anywhere: else the test above would prove little."""
    empty = [xpath for xpath in EXACT if not any(_by_xpath(page, xpath) for page in PAGES)]
    assert not empty


FEWER = [
    "//span[contains(., 'Read also')]",
    "//div[contains(normalize-space(), 'Share')]",
    "//span[contains(text(), 'Read also')]",
    '//nav[contains(text(), "it\'s")]/following-sibling::*',
    "//span[@class='a']/ancestor::div[1]",
    "//span[@class='a']/ancestor::div[1]/following-sibling::*",
    "//nav/following-sibling::div[1]",
    "//nav/preceding-sibling::div[1]",
]
MORE = ["(//div)[1]", "(//div[@class='a'])[1]", "(//section//span)[1]", "//div[not(contains(., 'Read also'))]"]


@pytest.mark.parametrize("xpath", FEWER)
def test_finds_no_more(xpath: str) -> None:
    css, bias = to_css(xpath)
    assert bias is Bias.FEWER
    found = [(_by_css(page, css), _by_xpath(page, xpath)) for page in PAGES]
    assert all(one <= other for one, other in found)
    assert any(one for one, _ in found)


@pytest.mark.parametrize("xpath", MORE)
def test_finds_no_fewer(xpath: str) -> None:
    css, bias = to_css(xpath)
    assert bias is Bias.MORE
    assert all(_by_css(page, css) >= _by_xpath(page, xpath) for page in PAGES)


@pytest.mark.parametrize("xpath", ["//nav/following::*", "//nav[@class='a']/preceding::*"])
def test_what_stands_inside_goes_without_saying(xpath: str) -> None:
    """Of `following` and `preceding` the outermost elements are found: with them goes all that is in them."""
    css, bias = to_css(xpath)
    assert bias is Bias.EXACT
    inside = tuple(f"{one} *" for one in css)
    for page in PAGES:
        assert _by_css(page, css) | _by_css(page, inside) == _by_xpath(page, xpath)


def test_random_expressions() -> None:
    chance = random.Random(11)
    said = 0
    for _ in range(600):
        xpath = _random_path(chance)
        try:
            css, bias = to_css(xpath)
        except Unsayable:
            continue
        said += 1
        for page in chance.sample(PAGES, 6):
            ours, theirs = _by_css(page, css), _by_xpath(page, xpath)
            assert ours <= theirs if bias is Bias.FEWER else ours == theirs, (xpath, css)
    assert said > 400


def _random_path(chance: random.Random) -> str:
    axes = ("/", "//", "/parent::", "/following-sibling::", "/preceding-sibling::", "/ancestor::", "/self::")
    names = (*TAGS, "*")
    path = f"//{chance.choice(names)}{_random_predicate(chance)}"
    for _ in range(chance.randint(0, 2)):
        path += f"{chance.choice(axes)}{chance.choice(names)}{_random_predicate(chance)}"
    return path


def _random_predicate(chance: random.Random) -> str:
    simple = (
        "@id",
        "@class='a'",
        "contains(@class, 'b')",
        "span",
        ".//nav",
        "parent::div",
        "@href",
        "1",
        "2",
        "last()",
    )
    what = chance.random()
    if what < 0.5:
        return ""
    if what < 0.8:
        return f"[{chance.choice(simple)}]"
    left, right = chance.choice(simple[:-3]), chance.choice(simple[:-3])
    return chance.choice((f"[{left} and {right}]", f"[{left} or {right}]", f"[not({left})]", f"[{left}][{right}]"))


@pytest.mark.parametrize(
    ("xpath", "why"),
    [
        ("//div[@class='a'", "`]` is missing at the end"),
        ("//div[", "it ends too soon"),
        ("//div/", "a name is missing at the end"),
        ("//div[@class=$x]", "`$x]` cannot be read"),
        ("//p/text()", "selects text"),
        ("//img/@src", "selects an attribute"),
        ("//p[.='Advertisement']", "whole text"),
        ("//p[starts-with(., 'Read')]", "a test of an element's text"),
        ("//div[class='a']", "`class` without `@`"),
        ("div[@class='a']", "`div` without `//`"),
        ("/div", "`div` without `//`"),
        ("//DIV", "`DIV` has capitals"),
        ("(//div)[2]", "whole document"),
        ("//span/ancestor::div[2]", "a position on the axis `ancestor`"),
        ("//div[0]", "a position that no element has"),
        ("//div[count(p) > 3]", "a comparison with `>`"),
        ("//div[contains(@class='a')]", "the function `contains()`"),
        ("//div[//span]", "another part of the document"),
        ("//p[preceding::hr]", "a condition on the axis `preceding`"),
        ("'text'", "it selects no elements"),
        ("//div[contains(@class, '')]", "a search for nothing"),
        ("//p[contains(., 'a') and not(contains(., 'b'))]", "on different sides"),
        ("//" + "(" * 50 + "a", "a name is missing"),
        ("(" * 50 + "a" + ")" * 50, "nested too deep"),
        ("//a" * 2000, "over 4,000 characters"),
        ("|".join(["//a"] * 900), "over 200 steps"),
        ("//a[" + "1 or " * 700 + "1]", "over 200 operators"),
        ("-" * 3000 + "1", "over 200 operators"),
        ("//a" + "/b" * 1500, "over 200 steps"),
        ("//a[" + "b/" * 1500 + "c]", "over 200 steps"),
        ("//a" + "/following-sibling::b[1]" * 10, "too many selectors"),
        ("(" * 30 + "//a[@class='x']" + ")[1]" * 30, "too many selectors"),
    ],
)
def test_refuses_with_the_reason(xpath: str, why: str) -> None:
    with pytest.raises(Unsayable) as refused:
        to_css(xpath)
    assert why in str(refused.value)


def test_quotes_and_brackets_stay_inside_strings() -> None:
    page = """<div class="it's">1</div><div class='say "so"'>2</div><div class="a]b">3</div><div class="a\\b">4</div>"""
    for text, xpath in (
        ("1", '//div[@class="it\'s"]'),
        ("2", "//div[@class='say \"so\"']"),
        ("3", "//div[@class='a]b']"),
    ):
        css = to_css(xpath).css
        assert selector_is_valid(css[0])
        assert [node.text() for node in LexborHTMLParser(page).css(css[0])] == [text]
    assert [node.text() for node in LexborHTMLParser(page).css(to_css("//div[@class='a\\b']").css[0])] == ["4"]


def test_reads_what_the_grammar_says() -> None:
    path = parse_xpath("ancestor::div[2]/@href")
    assert path == Path((Step("ancestor", "div", (Number(2),)), Step("attribute", "href")))
    assert parse_xpath("div [ 1 ]") == parse_xpath("div[1]") == Path((Step("child", "div", (Number(1),)),))
    with pytest.raises(XPathError, match="`sibling` is no axis"):
        parse_xpath("sibling::a")
