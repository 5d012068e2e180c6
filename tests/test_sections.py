"""What stands with its header in an element of its own, below the story."""

from __future__ import annotations

from cleaner import Cleaner

STORY = [
    "The ferry between Varnholm and Skeppsö will be pulled by hand again from Easter, the harbour board decided.",
    "Its engine failed in November, and a new one would have cost more than the boat, engineer Tilda Roos told it.",
    "Passengers turn a wheel at the bow that winds the boat along a chain on the bed of the sound.",
    "A trial in March took nine minutes for the crossing, with eleven pupils of the island's school at the wheel.",
    "Those who cannot turn it need not, said ferryman Aron Lind, who will stay aboard and who has the strongest arms.",
]
READERS = [
    "My grandfather pulled that chain as a boy, and he would have laughed at a board that needs a meeting for it.",
    "Nine minutes is faster than the old engine ever was. I would rather pull than smell the diesel again.",
]


def page(after: str) -> str:
    story = "".join(f"<p>{text}</p>" for text in STORY)
    return f"<html><body><main><h1>Ferry to be pulled by hand</h1>{story}{after}</main></body></html>"


def kept(after: str) -> list[str]:
    return Cleaner().clean(page(after), "html").body.split("\n")


def readers() -> str:
    names = zip(("Bo", "Ylva"), READERS, strict=True)
    return "".join(f"<div class=k><b>{name} Ros</b><p>{text}</p></div>" for name, text in names)


def test_readers_comments_go_with_their_header() -> None:
    assert kept(f"<section><h4>Comments (2)</h4>{readers()}</section>") == STORY


def test_paragraphs_in_an_element_without_a_header_stay() -> None:
    assert set(READERS) <= set(kept(f"<section>{readers()}</section>"))


def test_the_story_stays_where_the_header_stands_above_it() -> None:
    story = "".join(f"<p>{text}</p>" for text in STORY)
    source = (
        f"<html><body><article><div>3 comments</div><h1>Ferry to be pulled by hand</h1>{story}</article></body></html>"
    )
    assert Cleaner().clean(source, "html").body.split("\n") == STORY


def test_a_story_that_goes_on_beside_the_header_stays() -> None:
    more = "".join(f"<p>{text}</p>" for text in READERS)
    assert set(READERS) <= set(kept(f"<h4>Comments (2)</h4>{more}"))


def test_a_list_of_linked_titles_ends_at_a_line_without_a_link() -> None:
    head, tail = STORY[:3], STORY[3:]
    box = "<div><a href=/1><span>Read also</span><div>Last saddler hands over his shop</div></a></div>"
    quote = "<p><strong>A wheel for eleven pupils</strong></p>"
    story = ["".join(f"<p>{text}</p>" for text in part) for part in (head, tail)]
    source = (
        f"<html><body><main><h1>Ferry to be pulled by hand</h1>{story[0]}{box}{quote}{story[1]}</main></body></html>"
    )
    assert Cleaner().clean(source, "html").body.split("\n") == [*head, "A wheel for eleven pupils", *tail]


def test_ledes_at_the_end_go_with_the_linked_titles_over_them() -> None:
    titles = ("Fire at the old mill put out", "New bus line to the lake", "Choir sings for the lighthouse")
    ledes = ("Nobody was hurt.", "It starts in May and costs two crowns a ride.", "The concert is on Sunday at six.")
    cards = zip(titles, ledes, strict=True)
    assert kept("".join(f'<div><a href="/{title}">{title}</a><p>{lede}</p></div>' for title, lede in cards)) == STORY
    assert kept(f"<p>{ledes[0]}</p>") == [*STORY, ledes[0]]


def test_a_title_among_titles_is_no_label_though_it_reads_like_one(cleaner: Cleaner) -> None:
    titles = ["Hands on deck", "Engine money", "Wheel at the bow", "Most read", "Arms wanted"]
    pieces = [line for title, piece in zip(titles, STORY, strict=True) for line in (title, piece)]
    assert cleaner.clean("\n".join(["The week on the sound", *pieces]), "text").body.split("\n") == pieces
    labelled = "\n".join(["Ferry to be pulled by hand", *STORY[:3], "Most read", *STORY[3:]])
    assert cleaner.clean(labelled, "text").body.split("\n") == STORY
