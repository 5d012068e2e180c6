"""What a page carries as structured data: real forms of markup, invented sites."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaner.parse.hydration import hydration_text
from cleaner.parse.loose_json import decode_json
from cleaner.parse.rich_text import paragraphs_of
from cleaner.parse.structured import Structured, read_structured

STORY = [
    "Der Hafen von Norderwiek öffnet im Mai wieder, teilte die Behörde am Montag mit.",
    "Er war seit dem Sturm im Januar geschlossen, als zwei Kräne ins Becken stürzten.",
    "„Wir haben schneller gebaut als geplant“, sagte Hafenmeisterin Ilse Brandt vor Ort.",
    "Die Kosten von 12 Millionen Euro trägt zur Hälfte das Land, der Rest kommt vom Bund.",
]
TEASER = "Mehr als hundert Schiffe lagen vor der Küste und warteten auf das Ende des Sturms. "
HEADLINE = "Hafen von Norderwiek öffnet im Mai"


def shown(text: str) -> str:
    """What of `text` can be seen: neither white space nor control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]", "", text)


def page(*scripts: str, title: str = HEADLINE) -> LexborHTMLParser:
    return LexborHTMLParser(f"<title>{title} | Küstenbote</title><body>{''.join(scripts)}<div id=root></div>")


def linked(*values: Any) -> LexborHTMLParser:
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return page(*(f'<script type="application/ld+json">{text}</script>' for text in texts))


def news(**fields: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, **fields}


class TestWhereTheArticleStands:
    BODY = "\n".join(STORY)

    @pytest.mark.parametrize(
        "value",
        [
            news(articleBody=BODY),
            [news(articleBody=BODY)],
            {"@graph": [{"@type": "WebSite", "name": "Küstenbote"}, news(articleBody=BODY)]},
            {"@type": "WebPage", "mainEntity": news(articleBody=BODY)},
            {"@type": ["WebPage", "http://schema.org/Report"], "articleBody": BODY},
            {"@type": "CreativeWork", "articleBody": BODY},
            news(articleBody=STORY),
        ],
        ids=["alone", "list", "graph", "main entity", "several types", "no article", "list of paragraphs"],
    )
    def test_any_nesting(self, value: Any) -> None:
        assert read_structured(linked(value)).article == self.BODY

    def test_other_script_first(self) -> None:
        found = read_structured(linked({"@type": "BreadcrumbList"}, news(), news(articleBody=self.BODY)))
        assert (found.article, found.headline, found.type) == (self.BODY, HEADLINE, "NewsArticle")

    def test_type_of_script_in_other_spellings(self) -> None:
        text = json.dumps(news(articleBody="Wind."))
        script = f"<script type='Application/LD+JSON; charset=utf-8'>{text}</script>"
        assert read_structured(page(script)).article == "Wind."

    def test_of_several_articles_the_one_with_the_title(self) -> None:
        others = [{"@type": "NewsArticle", "headline": f"Sturm {n}", "articleBody": TEASER} for n in range(3)]
        found = read_structured(linked([*others, news(articleBody=self.BODY), *others]))
        assert found.article == self.BODY

    @pytest.mark.parametrize("key", ["mentions", "hasPart", "isPartOf", "citation", "comment"])
    def test_an_article_that_is_only_mentioned_is_not_taken(self, key: str) -> None:
        found = read_structured(linked(news(**{key: {"@type": "Article", "articleBody": TEASER}})))
        assert found.article is None

    def test_index_page_has_no_article(self) -> None:
        items = [{"@type": "ListItem", "item": {"@type": "Article", "articleBody": TEASER}}]
        assert read_structured(linked({"@type": "ItemList", "itemListElement": items})).article is None

    def test_description_and_beginning_are_no_article(self) -> None:
        assert read_structured(linked(news(articleBody=STORY[0], description=STORY[0]))).article is None
        assert read_structured(linked(news(articleBody=STORY[0][:50] + "&hellip;"))).article is None

    def test_live_blog(self) -> None:
        updates = [{"@type": "BlogPosting", "headline": "x", "articleBody": line} for line in [*STORY, ""]]
        found = read_structured(linked({"@type": "LiveBlogPosting", "liveBlogUpdate": updates}))
        assert (found.live, found.article) == (True, self.BODY)

    def test_nothing(self) -> None:
        assert read_structured(LexborHTMLParser("")) == Structured()
        assert read_structured(linked({"@type": "Organization", "name": "Küstenbote"})).article is None


class TestPaywall:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (False, True),
            ("False", True),
            ("false", True),
            ("http://schema.org/False", True),
            (True, False),
            ("True", False),
            (None, None),
            ("maybe", None),
        ],
    )
    def test_forms(self, value: Any, expected: bool | None) -> None:
        assert read_structured(linked(news(isAccessibleForFree=value))).paywalled is expected

    def test_a_part(self) -> None:
        part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".meter"}
        assert read_structured(linked(news(isAccessibleForFree=True, hasPart=part))).paywalled is True
        assert read_structured(linked(news(hasPart=[part]))).paywalled is True

    def test_said_of_the_page(self) -> None:
        graph = [news(), {"@type": "WebPage", "isAccessibleForFree": False}]
        assert read_structured(linked({"@graph": graph})).paywalled is True


class TestForms:
    @pytest.mark.parametrize(
        ("source", "lines"),
        [
            ("<body><p>Eins.</p><p>Zwei <a href='/x'>mit Link</a>.</p></body>", ["Eins.", "Zwei mit Link."]),
            ("Eins.<br><br/>Zwei.", ["Eins.", "Zwei."]),
            ("<ul><li>Eins</li><li>Zwei</li></ul>", ["Eins", "Zwei"]),
            ("&lt;p class=&quot;t&quot;&gt;J&amp;oacute;venes&lt;/p&gt;", ["Jóvenes"]),
            ("Uma das lideran&ccedil;as&nbsp;disse", ["Uma das lideranças disse"]),
            ("Er kommt&amp;hellip;", ["Er kommt…"]),
            (
                "<p>a</p><script>b()</script><style>c{}</style><figure>d<figcaption>e</figcaption></figure>",
                ["a"],
            ),
            ("3 < 5 und 7 > 6", ["3 < 5 und 7 > 6"]),
            ("港は五月に再開する。\n市長が発表した。", ["港は五月に再開する。", "市長が発表した。"]),
            ("قال المتحدث\r\n\r\nإن الميناء", ["قال المتحدث", "إن الميناء"]),
            ("\n\n Eine Zeile,\n die umbrach.\n\n\nZwei.\n", ["Eine Zeile, die umbrach.", "Zwei."]),
            (
                "**Fett** und [Link](https://gull.example/a)\n\n## Zwischentitel",
                ["Fett und Link", "Zwischentitel"],
            ),
            ("Text\n\n[#image: /photos/61b0]|||Bild|||", ["Text", "|||Bild|||"]),
            ("a\x00b\ud800c\u200dd", ["abc\u200dd"]),
            ("", []),
        ],
    )
    def test_paragraphs(self, source: str, lines: list[str]) -> None:
        assert paragraphs_of(source) == lines

    @given(st.text(max_size=300))
    def test_nothing_is_invented(self, text: str) -> None:
        """What comes out is a subsequence of what was carried, unescaped as often as needed."""
        out = "".join("".join(paragraphs_of(escape(text, quote=False))).split())
        rest = iter(text)
        assert all(char in rest for char in out) or "&" in text or "<" in text

    @given(st.text())
    def test_any_string_comes_out_encodable(self, text: str) -> None:
        "\n".join(paragraphs_of(text)).encode()


class TestBrokenJson:
    @pytest.mark.parametrize(
        "text",
        [
            '{"@type": "Article", "articleBody": "Eins.\nZwei.",}',
            '<!-- {"@type": "Article", "articleBody": "Eins.\\nZwei."} -->',
            '//<![CDATA[\n{"@type": "Article", "articleBody": "Eins.\\nZwei."}\n//]]>',
            '/* Kopf */ {"@type": "Article", // Typ\n "articleBody": "Eins.\\nZwei."}',
            '{"@type": "Article", "articleBody": "Eins.\\nZwei.", "image": [1,,2,],, "x": undefined}',
            '{"@type": "Article", "articleBody": "Eins.\\nZwei."}}',
            '{"@type": "Article", "articleBody": "Eins.\\nZwei."};',
            '{"@type": "Person"} {"@type": "Article", "articleBody": "Eins.\\nZwei."}',
            '{"@type": "Article", "articleBody": "Eins.\\nZwei.", "url": "https:\\/\\/a.test\\x2f"}',
            "{&quot;@type&quot;: &quot;Article&quot;, &quot;articleBody&quot;: &quot;Eins.\\nZwei.&quot;}",
            '{"@type": "Article", "headline": "Der "neue" Hafen", "articleBody": "Eins.\\nZwei.", "a": }',
            '{"@type": "Article", "x": "\\ud83d", "articleBody": "Eins.\\nZwei."}',
            '\ufeff{"@type": "Article", "articleBody": "Eins.\\nZwei."',
        ],
    )
    def test_is_read_as_far_as_it_goes(self, text: str) -> None:
        if not text.rstrip().endswith('"'):
            assert read_structured(linked(text)).article == "Eins.\nZwei."
        else:
            read_structured(linked(text))

    def test_quotes_that_are_not_escaped(self) -> None:
        text = '{"@type": "Article", "headline": "Der "neue" Hafen", "articleBody": "Er sagte "ja", dann nein."}'
        found = read_structured(linked(text))
        assert (found.headline, found.article) == ('Der "neue" Hafen', 'Er sagte "ja", dann nein.')

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "null",
            "[]",
            "0",
            '"Article"',
            "Article",
            "{",
            "[[[",
            "{}",
            '{"@type": 5, "articleBody": 7, "x": "Article"}',
            '{"@graph": null, "Article": [null, [], 3]}',
            '{"@type": {"Article": 1}}',
            "\x00" * 50 + "Article",
        ],
    )
    def test_nothing_to_be_had(self, text: str) -> None:
        assert read_structured(linked(text)).article is None

    @given(st.text(alphabet='{}[]",:\\ntu0a /*\n', max_size=200))
    @settings(max_examples=300)
    def test_never_fails(self, text: str) -> None:
        decode_json(text)
        read_structured(linked('{"@type": "Article", "articleBody": ' + text))


class TestBadInput:
    @pytest.mark.parametrize("opening", ["[", '{"@graph":[', '{"a":'])
    def test_nested_ten_thousand_levels(self, opening: str) -> None:
        closing = "".join({"[": "]", "{": "}"}[c] for c in reversed(re.sub(r"[^\[{]", "", opening)))
        text = opening * 10_000 + '"Article"' + closing * 10_000
        assert read_structured(linked(text)).article is None
        assert hydration_text(page(f"<script>window.__STATE__ = {text}</script>")) is None

    def test_five_megabytes(self) -> None:
        body = " ".join(STORY)
        filler = [{"@type": "Thing", "name": TEASER * 5} for _ in range(11_000)]
        assert read_structured(linked({"@graph": [*filler, news(articleBody=body)]})).article == body

    @pytest.mark.parametrize(
        "text",
        [
            '"' * 500_000,
            "/*" * 300_000,
            "," * 500_000,
            ", " * 300_000,
            '{"' * 300_000,
            "\\" * 500_000,
            '"@type": "' * 50_000,
            '{"articleBody": "' * 50_000,
            "<!--" * 100_000,
            ";" * 300_000,
        ],
    )
    def test_broken_and_large(self, text: str) -> None:
        read_structured(linked("{" + text + "Article"))

    def test_too_large_is_left_alone(self) -> None:
        assert decode_json("[" + "1," * 5_000_000 + "1]") == []

    def test_cyclic_references(self) -> None:
        graph = [
            news(**{"@id": "#a", "isPartOf": {"@id": "#b"}, "author": {"@id": "#a"}}),
            {"@id": "#b", "mainEntity": {"@id": "#a"}},
        ]
        assert read_structured(linked({"@graph": graph})).headline == HEADLINE

    @pytest.mark.parametrize(
        "bomb", ["<div>" * 20_000 + "x", "<div>" * 20_000 + "x" + "</div>" * 20_000, "<" * 500_000]
    )
    def test_bomb_of_tags_in_a_body(self, bomb: str) -> None:
        assert len(paragraphs_of("<p>Eins.</p>" + bomb)) <= 2

    @pytest.mark.parametrize(
        "html", ["", "<frameset><frame></frameset>", "<script>", "\x00", "<html><head></head></html>"]
    )
    def test_pages_without_a_body(self, html: str) -> None:
        assert hydration_text(LexborHTMLParser(html)) is None
        assert read_structured(LexborHTMLParser(html)).data == ()


def state(value: Any, name: str = "window.__STATE__") -> str:
    text = json.dumps(value).replace("</", "<\\/")
    if name.startswith("#"):
        return f'<script id="{name[1:]}" type="application/json">{text}</script>'
    return f"<script>{name} = {text};(function(){{var s;s=document.currentScript;s.remove()}}());</script>"


def around(body: Any) -> dict[str, Any]:
    """A state as sites have them: the story, and much else that must not come out."""
    teasers = [
        {"title": f"Sturm {n}", "url": f"/sturm-{n}", "description": TEASER * 3, "text": TEASER} for n in range(30)
    ]
    return {
        "config": {"cookieText": TEASER * 9, "legal": {"content": [TEASER * 4] * 5}},
        "article": {
            "headline": HEADLINE,
            "published": "2024-03-01",
            "author": {"name": "Ilse Brandt", "bio": TEASER * 9},
            "body": body,
            "related": teasers,
            "promo": {"content": TEASER * 9},
        },
        "feed": teasers,
        "comments": [{"user": f"u{n}", "text": TEASER * 2} for n in range(30)],
        "next": {"headline": "Deiche sollen höher werden", "url": "/deiche", "body": [TEASER * 3] * 9},
    }


def draft(line: str) -> dict[str, Any]:
    return {"type": "unstyled", "text": line, "inlineStyleRanges": [], "key": "a1"}


def leaf(text: str, kind: str = "text") -> dict[str, Any]:
    return {"nodeType": kind, "value": text, "marks": [], "data": {}}


def contentful(line: str) -> dict[str, Any]:
    first, rest = line.split(" ", 1)
    link = {"nodeType": "hyperlink", "data": {"uri": "https://gull.example"}, "content": [leaf(first)]}
    return {"nodeType": "paragraph", "data": {}, "content": [link, leaf(" " + rest)]}


def slate(line: str) -> dict[str, Any]:
    first, rest = line.split(" ", 1)
    return {"type": "paragraph", "children": [{"text": first, "bold": True}, {"text": " " + rest}]}


def ricos(line: str) -> dict[str, Any]:
    return {
        "type": "PARAGRAPH",
        "id": "x",
        "nodes": [{"type": "TEXT", "textData": {"text": line, "decorations": []}}],
    }


def bbc(line: str) -> dict[str, Any]:
    fragments = [{"type": "fragment", "model": {"text": line, "attributes": []}}]
    return {
        "type": "text",
        "model": {"blocks": [{"type": "paragraph", "model": {"text": line, "blocks": fragments}}]},
    }


IMAGE = {"type": "image", "url": "https://gull.example/1.jpg", "caption": TEASER}
PROMO = {"type": "related-content", "title": "Mehr dazu", "items": [{"text": TEASER}] * 5}
FORMS: dict[str, Any] = {
    "strings": STORY,
    "html string": "".join(f"<p>{escape(line)}</p>\n" for line in STORY),
    "escaped html": escape("".join(f"<p>{line}</p>" for line in STORY)),
    "text with breaks": "\n\n".join(STORY),
    "rendered html": {"rendered": "".join(f"<p>{line}</p>" for line in STORY), "protected": False},
    "arc": [IMAGE, *({"_id": "A", "type": "text", "content": line} for line in STORY), PROMO],
    "prismic": [
        {"type": "paragraph", "text": line, "spans": [{"start": 0, "end": 3, "type": "strong"}]} for line in STORY
    ],
    "prismic slices": [
        {"slice_type": "text", "primary": {"paragraph": [{"type": "paragraph", "text": t}]}} for t in STORY
    ],
    "contentful": {"json": {"nodeType": "document", "data": {}, "content": [contentful(line) for line in STORY]}},
    "sanity": [{"_type": "block", "style": "normal", "children": [{"_type": "span", "text": t}]} for t in STORY],
    "slate": [slate(line) for line in STORY],
    "prosemirror": {
        "type": "doc",
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": t}]} for t in STORY],
    },
    "draft": {"blocks": [draft(line) for line in STORY], "entityMap": {}},
    "editor.js": {
        "blocks": [IMAGE, *({"id": "a", "type": "paragraph", "data": {"text": t}} for t in STORY)],
        "version": "2",
    },
    "gutenberg": [{"name": "core/paragraph", "attributes": {"content": t}, "innerBlocks": []} for t in STORY],
    "block html": [{"blockName": "core/paragraph", "attrs": [], "innerHTML": f"\n<p>{t}</p>\n"} for t in STORY],
    "ricos": {"nodes": [ricos(line) for line in STORY], "metadata": {"version": 1}},
    "bbc": [{"type": "headline", "model": {"blocks": []}}, *map(bbc, STORY)],
    "components": [{"type": "pb-text", "props": {"text": line, "thirdPartyText": line}} for line in STORY],
    "sections": [{"section": {"content": [{"general": {"content": f"<p>{t}</p>"}}]}} for t in STORY],
    "jsonml": [
        "div",
        {"class": "body"},
        *(["p", t.split(" ", 1)[0], ["em", {}, " "], t.split(" ", 1)[1]] for t in STORY),
    ],
    "json in a string": json.dumps({"blocks": [draft(line) for line in STORY]}),
}


class TestHydration:
    EXPECTED = "\n".join(STORY)

    @pytest.mark.parametrize("form", FORMS)
    def test_forms_of_rich_text(self, form: str) -> None:
        assert hydration_text(page(state(around(FORMS[form])))) == self.EXPECTED

    @pytest.mark.parametrize(
        "name",
        [
            "#__NEXT_DATA__",
            "#__NUXT_DATA__",
            "#app-state",
            "window.__NUXT__",
            "window.__APOLLO_STATE__",
            "Fusion.globalContent",
            "window.__PRELOADED_STATE__",
            "window['__INITIAL_STATE__']",
            "window.app.state",
            "var __DATA__",
            "self.pageData",
        ],
    )
    def test_places_of_state(self, name: str) -> None:
        assert hydration_text(page(state(around(STORY), name))) == self.EXPECTED

    def test_state_parsed_from_a_string(self) -> None:
        text = json.dumps(json.dumps(around(STORY)))
        assert hydration_text(page(f"<script>window.__S__=JSON.parse({text})</script>")) == self.EXPECTED
        single = json.dumps(around(STORY)).replace("\\", "\\\\").replace("'", "\\'")
        assert hydration_text(page(f"<script>window.__S__=JSON.parse('{single}');</script>")) == self.EXPECTED

    def test_state_as_a_function_call(self) -> None:
        lines = ",".join(f"{{type:a,text:{json.dumps(line)}}}" for line in STORY[:-1])
        script = (
            "window.__NUXT__=(function(a,b,c,d){c.x=1;return {layout:'d',data:[{headline:b,body:["
            + lines
            + ',{type:a,text:d}],n:-.5,e:void 0,ok:!0,when:new Date(1)}]}}("paragraph",'
            + f"{json.dumps(HEADLINE)},{{}},{json.dumps(STORY[-1])}));"
        )
        assert hydration_text(page(f"<script>{script}</script>")) == self.EXPECTED

    def test_state_as_a_literal(self) -> None:
        lines = ",".join(f"'{line}'" for line in STORY)
        script = f"window.__S__ = {{page: {{title: `{HEADLINE}`, /* text */ body: [{lines}], ad: undefined,}},}};"
        assert hydration_text(page(f"<script>{script}</script>")) == self.EXPECTED

    def test_flat_list_of_values(self) -> None:
        flat = [["Reactive", 1], {"data": 2}, {"headline": 3, "body": 4}, HEADLINE, [5, 6, 7, 8], *STORY]
        assert hydration_text(page(state(flat, "#__NUXT_DATA__"))) == self.EXPECTED

    def test_cache_of_objects_by_name(self) -> None:
        cache: dict[str, Any] = {f"Paragraph:{n}": {"__typename": "Paragraph", "text": t} for n, t in enumerate(STORY)}
        refs = [{"__ref": f"Paragraph:{n}"} for n in range(len(STORY))]
        cache["Post:1"] = {"__typename": "Post", "title": HEADLINE, "content": {"paragraphs": refs}}
        cache["ROOT_QUERY"] = {"post": {"__ref": "Post:1"}}
        assert hydration_text(page(state(cache, "window.__APOLLO_STATE__"))) == self.EXPECTED

    def stream(self, *rows: str) -> str:
        text = "".join(rows)
        chunks = [text[i : i + 97] for i in range(0, len(text), 97)]
        pushes = [f"<script>self.__next_f.push({json.dumps([1, chunk])})</script>" for chunk in chunks]
        return "<script>(self.__next_f=self.__next_f||[]).push([0])</script>" + "".join(pushes)

    def test_stream_of_elements(self) -> None:
        story = [*STORY, *(line.upper() for line in STORY)]
        lines = [["$", "p", str(n), {"className": "t", "children": [t]}] for n, t in enumerate(story)]
        nav = ["$", "nav", None, {"children": [["$", "a", None, {"href": "/", "children": TEASER}]] * 20}]
        tree = [
            "$",
            "div",
            None,
            {"children": [nav, ["$", "article", None, {"children": lines}], "$L9", "$undefined"]},
        ]
        script = [
            "$",
            "script",
            None,
            {"type": "application/ld+json", "dangerouslySetInnerHTML": {"__html": TEASER * 40}},
        ]
        rows = [
            f"0:{json.dumps(script)}\n",
            f"1:{json.dumps(tree)}\n",
            '2:I["chunk.js",[],"default"]\n',
            "x\n",
        ]
        assert hydration_text(page(self.stream(*rows))) == "\n".join(story)

    def test_stream_with_a_row_of_text(self) -> None:
        html = "".join(f"<p>{line}</p>" for line in STORY)
        rows = [
            f"a:T{len(html.encode()):x},{html}",
            f"1:{json.dumps({'post': {'title': HEADLINE, 'content': '$a'}})}\n",
        ]
        assert hydration_text(page(self.stream(*rows))) == self.EXPECTED

    def test_scripts_without_spaces(self) -> None:
        body = ["港湾当局は月曜日、嵐で壊れた桟橋が五月に再開すると発表した。費用は国と市が半分ずつ負担する。"] * 3
        lines = [f"{n}番目、{line}" for n, line in enumerate(body)]
        tree = page(state({"article": {"title": "桟橋、五月に再開へ", "body": lines}}), title="桟橋、五月に再開へ")
        assert hydration_text(tree) == "\n".join(lines)

    def test_teasers_alone_are_no_story(self) -> None:
        data = around(None)
        assert hydration_text(page(state(data))) is None

    @pytest.mark.parametrize(
        "script",
        [
            "<script>!function(e){e.a={b:1};" + "var x={};" * 400 + "}(window)</script>",
            "<script>window.dataLayer = [{'event': 'x', 'page': {" + "'k': 'v'," * 200 + "}}];</script>",
            "<script>window.__S__ = {" + "a:" * 500 + "</script>",
            "<script>window.__S__ = " + "[" * 5000 + "</script>",
            "<script>window.__S__ = function(){" + "return {a:1};" * 100 + "}</script>",
            "<script>" + "a." * 100_000 + "</script>",
            "<script>" + "a" * 300_000 + "</script>",
            "<script>window.__S__ = '" + "\\" * 100_000 + "</script>",
            "<script>window.__S__ = {a: /*" + " " * 100_000 + "</script>",
            "<script>window.__S__ = {" + " " * 100_000 + "+</script>",
            '<script>self.__next_f.push([1,"' + "0:T" * 10_000 + '"])</script>',
        ],
    )
    def test_code_is_no_story(self, script: str) -> None:
        assert hydration_text(page(script)) is None

    def test_a_stream_that_refers_to_itself(self) -> None:
        rows = ['1:["$","div",null,{"children":["$1","$L2","$1"]}]\n', '2:{"body":["$2","$1"]}\n']
        assert hydration_text(page(self.stream(*rows))) is None

    def test_flat_list_that_contains_itself(self) -> None:
        flat = [{"a": 1}, [0, 1, 1], *[TEASER] * 9]
        assert hydration_text(page(state(flat, "#__NUXT_DATA__"))) is None

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=20)
            | st.just(TEASER * 2)
            | st.just("<p>" + TEASER),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["body", "type", "text", "children", "title", "$", "id", "__ref", "content"]),
                    inner,
                )
            ),
            max_leaves=30,
        )
    )
    @settings(max_examples=150, deadline=None)
    def test_never_fails_and_invents_nothing(self, value: Any) -> None:
        out = hydration_text(page(state([value]))) or ""
        carried = shown(re.sub(r"\\\\(?:u00[01][0-9a-f]|[bfnrt])", "", json.dumps(value, ensure_ascii=False)))
        for line in out.split("\n"):
            rest = iter(carried)
            assert all(char in rest for char in shown(line)), "more than what the script carries, or in another order"
