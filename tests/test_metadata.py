"""What a page says about its story, and where each value came from: invented sites in several languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaner.parse.metadata import (
    Field,
    Metadata,
    headline_candidates,
    iso_date,
    language_code,
    read_metadata,
    second_opinion,
    site_names,
    without_site,
)
from cleaner.parse.structured import read_structured

URL = "https://www.kuestenbote.example/hafen/oeffnet-im-mai"
HEADLINE = "Hafen von Norderwiek öffnet im Mai"


def linked(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def read(html: str, url: str | None = URL) -> Metadata:
    return read_metadata(LexborHTMLParser(html), url)


def meta(name: str, content: str) -> str:
    key = "property" if ":" in name else "name"
    return f'<meta {key}="{name}" content="{content}">'


def news(**fields: Any) -> str:
    return linked({"@type": "NewsArticle", **fields})


def test_a_page_with_everything() -> None:
    graph = [
        {
            "@type": "NewsArticle",
            "headline": HEADLINE,
            "author": [{"@id": "#ilse"}, {"@type": "Person", "name": "Bo Ek"}],
            "publisher": {"@id": "#site"},
            "datePublished": "2024-03-01T06:00:00.000+0100",
            "dateModified": "2024-03-01T09:15:00Z",
            "image": {"@id": "#image"},
            "description": "Zwei Monate nach dem Sturm.",
        },
        {"@type": "Person", "@id": "#ilse", "name": "Ilse Brandt"},
        {"@type": "NewsMediaOrganization", "@id": "#site", "name": "Küstenbote"},
        {"@type": "ImageObject", "@id": "#image", "creditText": "Foto: N. Hansen"},
    ]
    head = linked({"@graph": graph}) + '<link rel="canonical" href="/hafen/oeffnet-im-mai#top">'
    assert read(f"<html lang=de-DE><head>{head}</head><body><h1>{HEADLINE}</h1>") == Metadata(
        headline=Field(HEADLINE, "h1"),
        byline=Field("Ilse Brandt, Bo Ek", "json-ld"),
        published=Field("2024-03-01T06:00:00+01:00", "json-ld"),
        modified=Field("2024-03-01T09:15:00+00:00", "json-ld"),
        site=Field("Küstenbote", "json-ld"),
        canonical=Field(URL, "link[rel=canonical]"),
        language=Field("de", "html[lang]"),
        description=Field("Zwei Monate nach dem Sturm.", "json-ld"),
        credit=Field("Foto: N. Hansen", "json-ld"),
    )


def test_a_page_with_nothing() -> None:
    empty = Metadata()
    assert read("", None) == empty
    assert read("<p>Text") == Metadata(site=Field("kuestenbote.example", "url"), canonical=Field(URL, "url"))


def test_scripts_stripped_since() -> None:
    tree = LexborHTMLParser(news(headline=HEADLINE, author="Ilse Brandt"))
    structured = read_structured(tree)
    tree.strip_tags(["script"])
    assert read_metadata(tree, URL, structured).byline == Field("Ilse Brandt", "json-ld")


class TestHeadline:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (f"<title>{HEADLINE} | Küstenbote</title>", (HEADLINE,)),
            (f"<title>{HEADLINE} | Küstenbote</title><h1>{HEADLINE}</h1>", (HEADLINE,)),
            (
                f"<title>{HEADLINE}</title>{meta('og:title', 'Schneller als geplant')}<h1>Menü</h1>",
                ("Schneller als geplant", "Menü", HEADLINE),
            ),
            (
                f"{meta('og:title', 'Norderwiek: Hafen öffnet im Mai')}<h1>Wetter</h1><h1>{HEADLINE}</h1>",
                (HEADLINE, "Norderwiek: Hafen öffnet im Mai"),
            ),
            (
                f"{meta('og:site_name', 'Der Küstenbote')}<h1>Küstenbote</h1>{meta('og:title', HEADLINE)}",
                (HEADLINE,),
            ),
            ("<h1>Der lange Weg\n zur <em>neuen</em> Mole</h1>", ("Der lange Weg zur neuen Mole",)),
            ("<h1><img src=a.png></h1><title></title>", ()),
            ("<frameset></frameset>", ()),
        ],
    )
    def test_candidates(self, html: str, expected: tuple[str, ...]) -> None:
        assert headline_candidates(LexborHTMLParser(f"<head>{html}")) == expected

    @pytest.mark.parametrize(
        ("title", "site", "expected"),
        [
            ("Pier opens in May - The Gull", "The Gull", "Pier opens in May"),
            ("The Gull: Pier opens in May", "The Gull", "The Gull: Pier opens in May"),
            ("The Gull - Pier opens in May", "The Gull", "Pier opens in May"),
            ("Pier opens | News | The Gull", "The Gull", "Pier opens"),
            ("Pier opens in May, to cheers | News | The Gull", "The Gull", "Pier opens in May, to cheers"),
            ("Порт откроется в мае — Морской вестник", "Морской вестник", "Порт откроется в мае"),
            ("桟橋、五月に再開へ｜海辺新聞", "海辺新聞", "桟橋、五月に再開へ"),
            ("码头五月重新开放_海边日报", "海边日报", "码头五月重新开放"),
            ("يفتح الميناء في مايو | صحيفة النورس", "صحيفة النورس", "يفتح الميناء في مايو"),
            ("Pier - a history in three storms", "The Gull", "Pier - a history in three storms"),
            ("The Gull", "The Gull", "The Gull"),
            ("", "", ""),
        ],
    )
    def test_site_in_a_title(self, title: str, site: str, expected: str) -> None:
        assert without_site(title, site_names(site, "")) == expected

    def test_domain_in_a_title(self) -> None:
        names = site_names("", "https://www.the-gull.co.test/a")
        assert without_site("Pier opens - Gull Online - The Gull", names) == "Pier opens - Gull Online"
        assert without_site("Pier opens - Company of the year", names) == "Pier opens - Company of the year"

    def test_stated_headline_where_none_is_shown(self) -> None:
        found = read(news(headline=f"{HEADLINE} - Küstenbote", publisher={"name": "Küstenbote"}))
        assert found.headline == Field(HEADLINE, "json-ld")


class TestByline:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (news(author="Ilse Brandt"), Field("Ilse Brandt", "json-ld")),
            (news(author={"@type": "Person", "name": "Ilse Brandt"}), Field("Ilse Brandt", "json-ld")),
            (news(author={"name": ["Ilse Brandt", "Bo Ek"]}), Field("Ilse Brandt, Bo Ek", "json-ld")),
            (news(creator=["Ilse Brandt"]), Field("Ilse Brandt", "json-ld")),
            (news(author=[{"name": "https://gull.example/ilse"}, None, 5, {}]), None),
            (meta("author", "Ilse Brandt"), Field("Ilse Brandt", "meta[name=author]")),
            (meta("author", "admin") + meta("byl", "Bo Ek"), Field("Bo Ek", "meta[name=byl]")),
            (meta("article:author", "https://social.example/ilse"), None),
            (meta("article:author", "Bo Ek") * 2, Field("Bo Ek", "article:author")),
            ("<a rel=author href=/ilse>Ilse Brandt</a>", Field("Ilse Brandt", "[rel=author]")),
            (
                "<a rel='author nofollow' href=/i>Autorin: Ilse Brandt</a>",
                Field("Ilse Brandt", "[rel=author]"),
            ),
            (
                "<span itemprop=author itemscope>Von <b itemprop=name>Ilse Brandt</b>, Hamburg</span>",
                Field("Ilse Brandt", "[itemprop=author] [itemprop=name]"),
            ),
            (meta("author", "ilse@kuestenbote.example"), None),
            (meta("author", "李明"), Field("李明", "meta[name=author]")),
        ],
    )
    def test_forms(self, html: str, expected: Field | None) -> None:
        assert read(html).byline == expected


class TestDates:
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("2024-02-29", "2024-02-29"),
            ("2024-2-9", "2024-02-09"),
            ("20240229", "2024-02-29"),
            ("2024-02-29T08:28:36Z", "2024-02-29T08:28:36+00:00"),
            ("2024-02-29T08:28:36.123456+05:30", "2024-02-29T08:28:36+05:30"),
            ("2024-02-29 08:28:36 -0500", "2024-02-29T08:28:36-05:00"),
            ("2024-02-29T08:28+01", "2024-02-29T08:28:00+01:00"),
            ("2024-02-29T08:28:36+01:00[Europe/Berlin]", "2024-02-29T08:28:36+01:00"),
            ("20240229T082836Z", "2024-02-29T08:28:36+00:00"),
            ("2024/02/29", "2024-02-29"),
            ("2024.2.29", "2024-02-29"),
            ("29.02.2024 08:28", "2024-02-29"),
            ("3.4.2024", "2024-04-03"),
            ("02/29/2024", "2024-02-29"),
            ("29/02/2024", "2024-02-29"),
            ("04/04/2024", "2024-04-04"),
            ("03/04/2024", None),
            ("2024年2月29日 8時", "2024-02-29"),
            ("2024년 2월 29일", "2024-02-29"),
            ("Thu, 29 Feb 2024 08:28:36 +0100", "2024-02-29T08:28:36+01:00"),
            (1709213316, "2024-02-29T13:28:36+00:00"),
            (1709213316000, "2024-02-29T13:28:36+00:00"),
            ("1709213316", "2024-02-29T13:28:36+00:00"),
            ({"@value": "2024-02-29"}, "2024-02-29"),
            (["2024-02-29"], "2024-02-29"),
            ("2023-02-29", None),
            ("0001-01-01T00:00:00", None),
            ("2024-13-01", None),
            ("2024-02-29T99:00", "2024-02-29"),
            ("2024-02-29T08:28:36+99:99", "2024-02-29T08:28:36"),
            ("202402291", None),
            ("yesterday", None),
            ("", None),
            (True, None),
            (float("nan"), None),
            (float("inf"), None),
            (10**30, None),
            ("9" * 10_000, None),
        ],
    )
    def test_forms(self, raw: Any, expected: str | None) -> None:
        assert iso_date(raw) == expected

    @given(st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.text()), st.none(), st.dates().map(str)))
    def test_never_fails(self, raw: Any) -> None:
        iso_date(raw)

    @pytest.mark.parametrize(
        ("language", "raw"),
        [
            ("de", "29. Februar 2024"),
            ("fr", "29 février 2024"),
            ("es", "29 de febrero de 2024"),
            ("ru", "29 февраля 2024"),
            ("pl", "29 lutego 2024"),
            ("en", "February 29, 2024"),
            ("tr", "29 Şubat 2024"),
        ],
    )
    def test_in_words(self, language: str, raw: str) -> None:
        html = f"<html lang={language}><head>{meta('date', raw)}"
        assert read(html).published == Field("2024-02-29", "meta[name=date]")

    @pytest.mark.parametrize(
        ("html", "url", "expected"),
        [
            (
                meta("article:published_time", "2024-03-01"),
                URL,
                Field("2024-03-01", "article:published_time"),
            ),
            (meta("DC.Date.Issued", "2024-03-01"), URL, Field("2024-03-01", "meta[name=dc.date.issued]")),
            (
                "<meta itemprop=datePublished content=2024-03-01>",
                URL,
                Field("2024-03-01", "[itemprop=datePublished]"),
            ),
            (
                "<body><time datetime=2020-01-01>alt</time><article><time datetime='2024-03-01'>heute</time>",
                URL,
                Field("2024-03-01", "time[datetime]"),
            ),
            ("", "https://gull.example/2024/03/01/pier", Field("2024-03-01", "url")),
            ("", "https://gull.example/a/20240301-pier", Field("2024-03-01", "url")),
            ("", "https://gull.example/2024/99/01/pier", None),
            (
                news(datePublished="soon") + meta("date", "2024-03-01"),
                URL,
                Field("2024-03-01", "meta[name=date]"),
            ),
        ],
    )
    def test_published(self, html: str, url: str, expected: Field | None) -> None:
        assert read(html, url).published == expected

    def test_modified(self) -> None:
        html = meta("article:modified_time", "2024-03-02T10:00:00Z") + meta("og:updated_time", "2024-03-03")
        assert read(html).modified == Field("2024-03-02T10:00:00+00:00", "article:modified_time")


class TestAddress:
    @pytest.mark.parametrize(
        ("html", "url", "expected"),
        [
            (
                "<link rel=canonical href='https://a.test/b?c=1#d'>",
                URL,
                Field("https://a.test/b?c=1", "link[rel=canonical]"),
            ),
            (
                "<link rel='Canonical' href='//a.test/b'>",
                URL,
                Field("https://a.test/b", "link[rel=canonical]"),
            ),
            (
                "<link rel=canonical href='/'>" + meta("og:url", "https://a.test/b"),
                URL,
                Field("https://a.test/b", "og:url"),
            ),
            ("<link rel=canonical href='javascript:x'>", URL, Field(URL, "url")),
            ("<link rel=canonical href='http://[bad'>", URL, Field(URL, "url")),
            (news(mainEntityOfPage={"@id": "https://a.test/b"}), None, Field("https://a.test/b", "json-ld")),
            ("<link rel=canonical href=/b>", None, None),
        ],
    )
    def test_canonical(self, html: str, url: str | None, expected: Field | None) -> None:
        assert read(html, url).canonical == expected

    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (meta("og:site_name", "Küstenbote"), Field("Küstenbote", "og:site_name")),
            (news(publisher={"@type": "Organization", "name": "Küstenbote"}), Field("Küstenbote", "json-ld")),
            (linked({"@type": "WebSite", "name": "Küstenbote"}), Field("Küstenbote", "json-ld")),
            (meta("application-name", "Küstenbote"), Field("Küstenbote", "meta[name=application-name]")),
            (meta("og:site_name", "https://kuestenbote.example"), Field("kuestenbote.example", "url")),
        ],
    )
    def test_site(self, html: str, expected: Field) -> None:
        assert read(html).site == expected


class TestLanguage:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            ("<html lang=pt-BR>", Field("pt", "html[lang]")),
            ("<html xml:lang='sr-Latn'>", Field("sr", "html[xml:lang]")),
            ("<html><body lang=ja>", Field("ja", "body[lang]")),
            ("<html lang=''><article lang='AR'>", Field("ar", "article[lang]")),
            (meta("og:locale", "zh_TW"), Field("zh", "og:locale")),
            (
                "<meta http-equiv='Content-Language' content='uk, ru'>",
                Field("uk", "meta[name=content-language]"),
            ),
            (
                news(inLanguage={"@type": "Language", "name": "Hindi", "alternateName": "hi"}),
                Field("hi", "json-ld"),
            ),
            ("<html lang='{{ locale }}'>", None),
        ],
    )
    def test_places(self, html: str, expected: Field | None) -> None:
        assert read(html).language == expected

    @pytest.mark.parametrize("raw", [None, 5, {}, [], [[]], "x", "english", "123", "{{lang}}", " "])
    def test_no_code(self, raw: Any) -> None:
        assert language_code(raw) is None


class TestCredit:
    @pytest.mark.parametrize(
        "image",
        [
            {"@type": "ImageObject", "creditText": "N. Hansen"},
            [{"url": "a.jpg"}, {"copyrightNotice": "N. Hansen"}],
            {"creator": {"@type": "Person", "name": "N. Hansen"}},
            {"copyrightHolder": "N. Hansen"},
        ],
    )
    def test_forms(self, image: Any) -> None:
        assert read(news(image=image)).credit == Field("N. Hansen", "json-ld")

    def test_a_picture_without(self) -> None:
        assert read(news(image="https://gull.example/a.jpg")).credit is None


class TestBadInput:
    @pytest.mark.parametrize(
        "html",
        [
            linked("x").replace('"x"', '{"@type": "NewsArticle", "author": '),
            news(author={"@id": "#a"}, publisher={"@id": "#a"}, **{"@id": "#a"}),
            linked({"@graph": [{"@id": "#a", "author": {"@id": "#b"}}, {"@id": "#b", "author": {"@id": "#a"}}]}),
            linked(["NewsArticle", None, 7, [[]]]),
            news(author=7, publisher=[], datePublished={}, image=[[]], headline=None, inLanguage=[{}], url=[{}]),
            news(author={"name": {"@value": "x"}}, headline=["x"], mainEntityOfPage={"@id": 5}),
            '<script type="application/ld+json">' + "[" * 10_000 + '"Article"' + "]" * 10_000 + "</script>",
            "<meta content=x><meta property content><meta name='' content=''><html lang><link rel=canonical>",
            "<title>\x00</title><meta name=author content='\x00'><h1>\x00</h1>",
            meta("author", "x" * 100_000) + meta("og:title", " | " * 20_000) + meta("date", "1" * 100_000),
            f"<h1>{'| - ' * 20_000}</h1><title>{' ' * 100_000}</title>",
            "<time datetime></time><span itemprop=author></span><time itemprop=datePublished>",
        ],
    )
    def test_never_fails(self, html: str) -> None:
        for part in read(html).__struct_fields__:
            assert isinstance(part, str)
        assert all(headline_candidates(LexborHTMLParser(html)))

    def test_five_megabytes(self) -> None:
        filler = [{"@type": "Thing", "@id": f"#{n}", "name": "Sturm " * 70} for n in range(11_000)]
        html = linked(
            {
                "@graph": [
                    *filler,
                    {"@type": "NewsArticle", "author": {"@id": "#a"}},
                    {"@id": "#a", "name": "Bo Ek"},
                ]
            }
        )
        assert read(html).byline == Field("Bo Ek", "json-ld")

    @given(st.text(max_size=200))
    @settings(deadline=None)
    def test_any_page(self, html: str) -> None:
        tree = LexborHTMLParser(f"<title>{html}</title><h1>{html}</h1>{html}")
        headline_candidates(tree)
        read_metadata(tree, html)


class TestSecondOpinion:
    HTML = (
        "<html><head><title>Pier opens in May</title><meta name=author content='Ana Lima; Bo Ek'>"
        "<meta property='og:site_name' content='The Gull'><meta name=date content=2024-03-01></head>"
        "<body><h1>Pier opens in May</h1><p>" + "The pier will open in May. " * 20
    )

    def test_fills_what_is_missing(self) -> None:
        found = second_opinion(self.HTML, "https://gull.example/pier")
        assert found.headline == Field("Pier opens in May", "trafilatura")
        assert found.published == Field("2024-03-01", "trafilatura")
        assert found.byline == Field("Ana Lima, Bo Ek", "trafilatura")

    def test_replaces_nothing(self) -> None:
        known = Metadata(headline=Field("Pier reopens", "h1"))
        found = second_opinion(self.HTML, None, known)
        assert found.headline == known.headline
        assert found.site == Field("The Gull", "trafilatura")

    @pytest.mark.parametrize("html", ["", "\x00", b"\xff\xfe", "<", "<!-- -->", "plain text"])
    def test_has_none_on_what_is_no_page(self, html: str | bytes) -> None:
        assert second_opinion(html, None).headline is None
