"""Bytes as text, in every encoding that a scraper meets, and what kind of source a text is."""

from __future__ import annotations

import codecs
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.parse.read import NotText, decode, sniff

TEXTS = {
    "de": "Die Bürgermeisterin von Übersee ist am Dienstag zurückgetreten. „Wir müssen größer denken“, sagte sie – "
    "für 12 € im Jahr.",
    "fr": "Le maire d'Évreux a démissionné mardi après de longs débats. « Nous n'avons pas su écouter », a-t-elle "
    "déclaré.",
    "pl": "Burmistrz zrezygnował we wtorek po długiej debacie w radzie miasta. Powiedziała, że źle spała.",
    "tr": "Belediye başkanı salı günü uzun tartışmaların ardından istifa etti. Yetkililer açıklamayı doğruladı.",
    "ru": "Мэр города ушла в отставку во вторник после долгих споров в совете. «Мы не справились», сказала она.",
    "el": "Ο δήμαρχος παραιτήθηκε την Τρίτη μετά από μακρά συζήτηση στο συμβούλιο, είπαν αξιωματούχοι.",
    "he": "ראש העיר התפטר ביום שלישי לאחר דיון ארוך במועצה, אמרו גורמים רשמיים.",
    "ar": "استقال رئيس البلدية يوم الثلاثاء بعد نقاش طويل في المجلس، بحسب مسؤولين.",
    "th": "นายกเทศมนตรีลาออกเมื่อวันอังคารหลังจากการอภิปรายยาวนานในสภา เจ้าหน้าที่กล่าว",
    "ja": "東京都は八日、路線バスの運行本数を来年四月から二割減らすと発表した。運転手の不足が続いているためだ。",
    "zh": "市政府周二宣布，从明年四月起，该市公交线路将减少两成。官员说，司机短缺是主要原因，市民对此表示担忧。",
    "tw": "台北市政府週二宣布，從明年四月起，公車路線將減少兩成。官員說，司機短缺是主要原因，市民對此表示擔憂。",
    "ko": "서울시는 화요일에 내년 4월부터 버스 운행을 줄이겠다고 발표했다. 운전기사 부족이 주된 이유라고 한다.",
}
OLD = [
    ("de", "windows-1252"),
    ("fr", "windows-1252"),
    ("fr", "iso-8859-15"),
    ("pl", "windows-1250"),
    ("pl", "iso-8859-2"),
    ("tr", "windows-1254"),
    ("ru", "windows-1251"),
    ("el", "windows-1253"),
    ("he", "windows-1255"),
    ("ar", "windows-1256"),
    ("th", "tis-620"),
    ("ja", "shift_jis"),
    ("ja", "euc-jp"),
    ("zh", "gb18030"),
    ("zh", "gb2312"),
    ("tw", "big5"),
    ("ko", "euc-kr"),
]


def text_in(language: str) -> str:
    return "\n".join([TEXTS[language]] * 5)


def page_in(language: str, charset: str) -> str:
    return f'<!doctype html><html><head><meta charset="{charset}"></head><body><p>{text_in(language)}</p></body></html>'


def test_nothing() -> None:
    assert decode(b"")[0] == ""


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_and_without_a_mark(language: str, encoding: str) -> None:
    text = text_in(language)
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_mark_counts_more_than_what_is_declared(mark: bytes, encoding: str) -> None:
    page = page_in("ru", "windows-1251")
    text, name = decode(mark + page.encode(encoding))
    assert text == page
    assert codecs.lookup(name).name in (encoding, "utf-8")


@pytest.mark.parametrize("language", ["de", "ru", "ja", "zh", "ko", "ar"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(language: str, encoding: str) -> None:
    page = page_in(language, "utf-16")
    assert decode(page.encode(encoding))[0] == page
    text = text_in(language)
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(("language", "encoding"), OLD)
def test_declared(language: str, encoding: str) -> None:
    page = page_in(language, encoding)
    assert decode(page.encode(encoding))[0] == page


@pytest.mark.parametrize(("language", "encoding"), OLD)
def test_detected(language: str, encoding: str) -> None:
    text = text_in(language)
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    "declaration",
    [
        "<meta charset=windows-1251>",
        "<meta http-equiv='Content-Type' content='text/html; charset=WINDOWS-1251'>",
        '<META CONTENT="text/html; charset=windows-1251" HTTP-EQUIV=content-type>',
        '<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_forms_of_declaring(declaration: str) -> None:
    page = f"{declaration}<p>Мэр ушла.</p>"
    assert decode(page.encode("windows-1251"))[0] == page


def test_labels_mean_the_wider_windows_page() -> None:
    page = page_in("de", "iso-8859-1")
    assert decode(page.encode("windows-1252"))[0] == page
    page = page_in("zh", "gb2312").replace("官员", "㐀官员")
    assert decode(page.encode("gb18030"))[0] == page


def test_iso_2022_jp_is_declared() -> None:
    """Seven-bit, so it reads as ASCII unless the declaration is believed."""
    page = page_in("ja", "iso-2022-jp")
    assert decode(page.encode("iso-2022-jp"))[0] == page


# --- declared wrongly ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "declared", "real"),
    [
        ("de", "iso-8859-1", "utf-8"),
        ("ru", "windows-1251", "utf-8"),
        ("ja", "shift_jis", "utf-8"),
        ("de", "utf-8", "windows-1252"),
        ("ru", "utf-8", "windows-1251"),
        ("ja", "utf-8", "shift_jis"),
        ("zh", "utf-8", "gb18030"),
        ("de", "utf-16", "windows-1252"),
        ("ru", "utf-16", "windows-1251"),
        ("de", "utf-16le", "utf-8"),
        ("ru", "shift_jis", "windows-1251"),
        ("ru", "x-nonsense", "windows-1251"),
        ("ja", "none", "shift_jis"),
    ],
)
def test_a_declaration_that_cannot_be_true(language: str, declared: str, real: str) -> None:
    page = page_in(language, declared)
    assert decode(page.encode(real))[0] == page


@pytest.mark.parametrize(
    "declared",
    ["rot13", "base64", "hex", "zlib", "bz2", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape",
     "utf-7", "mbcs", "oem", "x-user-defined", "charmap", "string-escape"],
)  # fmt: skip
def test_a_codec_that_is_no_charset_is_not_used(declared: str) -> None:
    page = page_in("ru", declared)
    assert decode(page.encode("windows-1251"))[0] == page


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    raw = text_in("de").encode() * 30
    text, name = decode(raw[:500] + b"\xff" + raw[500:])
    assert name == "utf-8"
    assert text.count("\ufffd") == 1


def test_bytes_cut_inside_a_character() -> None:
    raw = (text_in("ja") * 10).encode()
    assert decode(raw[:-1])[0].rstrip("\ufffd") == (text_in("ja") * 10)[:-1]


# --- no text -------------------------------------------------------------------------------------

BINARY = {
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 4,
    "gzip": gzip.compress(text_in("de").encode()),
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)) * 4,
    "pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 4,
    "elf": b"\x7fELF\2\1\1\0" + b"\0" * 100,
    "sqlite": b"SQLite format 3\0" + b"\0" * 500 + b"abc",
    "zeros": b"\0" * 1000,
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_is_refused(name: str) -> None:
    with pytest.raises(NotText):
        decode(BINARY[name])


def test_stray_control_codes_do_not_make_a_text_binary() -> None:
    raw = text_in("de").encode() * 10 + b"\0 and \x1a"
    assert decode(raw)[0] == raw.decode()
    raw = text_in("de").encode("windows-1252") * 10 + b"\0 and \x1a"
    assert decode(raw)[0] == raw.decode("windows-1252")


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda raw: b'<meta charset="utf-7">' + raw * 3))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    try:
        text, name = decode(raw)
    except NotText:
        return
    codecs.lookup(name)
    text.encode("utf-8")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1b")))
@settings(max_examples=200, deadline=None)
def test_utf_8_comes_back(text: str) -> None:
    raw = ("Elm. " * 100 + text).encode()
    assert decode(raw)[0].encode() == raw


# --- what kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><title>T</title>",
        "\ufeff\r\n  <!doctype HTML>",
        "<html lang=en>",
        '<?xml version="1.0"?><html xmlns="x">',
        "<!-- saved from a site --><!-- twice --><div>One.",
        "<p>One.</p>",
        '<p class="lead">One.',
        "<article>One.</article>",
        "<script>x</script>",
        "<ul><li>One</li><li>Two</li></ul>",
        "<b>One</b> <i>two</i>",
    ],
)
def test_pages(text: str) -> None:
    assert sniff(text) == "html"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "The mayor left.",
        "<3 from Elm",
        "< 5 degrees",
        "<Ann> I left.\n<Tom> Why?",
        "1 < 2 and 3 > 2",
        "The <b>mayor</b> left.",
        "The page began with <html><body>, and nobody knew why. <p>So it goes.</p>",
        "- <p> is a tag",
    ],
)
def test_plain_texts(text: str) -> None:
    assert sniff(text) == "text"
