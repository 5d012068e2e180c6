"""What recurs on a site is learnt, whatever the order, and what is journalism is not."""

from __future__ import annotations

import pickle
import random
import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Command

from cleaner.faults import Unusable
from cleaner.model import Document
from cleaner.parse.html import parse_html
from cleaner.parse.text import parse_text
from cleaner.sites import learn
from cleaner.sites.learn import Learner
from cleaner.sites.memory import SiteMemory

SITE = "gull.test"
PITCH = "For two coins a week you read every report that our small newsroom writes about this coast."
FOOTER = ["Gull weather desk", "Write to the pier office"]
SUBJECTS = ["crane", "ferry", "school", "market", "lighthouse", "museum", "tunnel", "library", "bakery", "stadium"]


def story(number: int, sentences: int = 4) -> list[str]:
    """A headline and paragraphs that no other number has."""
    name = SUBJECTS[number % len(SUBJECTS)]
    told = [
        f"On day {number} of part {part} the {name} stayed shut and the town council met about it."
        for part in range(sentences)
    ]
    return [f"Town waits for its {name}, day {number}", *told]


def text(lines: Iterable[str]) -> Document:
    return parse_text("\n\n".join(lines))


def learnt(file: Path, documents: Sequence[tuple[str, Document]]) -> SiteMemory:
    with Learner(file) as learner:
        for site, document in documents:
            learner.add(site, document)
    return SiteMemory(file)


def found(memory: SiteMemory, document: Document, site: str | None = SITE) -> dict[str, int]:
    return {document.blocks[block].text: documents for block, documents in memory.recurring(site, document)}


def content(file: Path) -> tuple[list[tuple[object, ...]], ...]:
    """All that a memory knows, without the numbers that it gives to sites."""
    with closing(sqlite3.connect(file)) as base:
        return (
            base.execute("SELECT name, documents FROM sites ORDER BY name").fetchall(),
            base.execute("SELECT name, digest FROM documents JOIN sites ON number = site ORDER BY 1, 2").fetchall(),
            base.execute(
                "SELECT name, hash, text, sentence, l.documents, l.sites FROM lines l JOIN sites ON number = site "
                "ORDER BY 1, 2"
            ).fetchall(),
        )


def test_a_line_in_three_documents_is_template_and_one_in_two_is_not(tmp_path: Path) -> None:
    documents = [(SITE, text([*story(n), FOOTER[0]])) for n in range(3)]
    assert found(learnt(tmp_path / "two", documents[:2]), documents[0][1]) == {}
    memory = learnt(tmp_path / "three", documents)
    assert found(memory, documents[0][1]) == {FOOTER[0]: 3}
    assert found(memory, text([*story(9), "GULL  weather desk"])) == {"GULL  weather desk": 3}


def test_a_sentence_needs_five_documents(tmp_path: Path) -> None:
    documents = [(SITE, text([*story(n), PITCH])) for n in range(5)]
    assert found(learnt(tmp_path / "four", documents[:4]), documents[0][1]) == {}
    assert found(learnt(tmp_path / "five", documents), documents[0][1]) == {PITCH: 5}


def test_a_sentence_that_few_of_many_documents_have_is_the_background_of_a_story(tmp_path: Path) -> None:
    documents = [(SITE, text([*story(n), PITCH] if n < 5 else story(n))) for n in range(60)]
    assert found(learnt(tmp_path / "sites", documents), documents[0][1]) == {}


def test_wire_copy_that_another_site_has_too_is_nobodys_template(tmp_path: Path) -> None:
    ours = [(SITE, text([*story(n), PITCH])) for n in range(6)]
    assert found(learnt(tmp_path / "sites", ours), ours[0][1]) == {PITCH: 6}
    other = [("heron.test", text([*story(99), PITCH]))]
    assert found(learnt(tmp_path / "sites", other), ours[0][1]) == {}
    assert found(learnt(tmp_path / "at once", [*other, *ours]), ours[0][1]) == {}


def test_short_lines_may_be_the_template_of_several_sites(tmp_path: Path) -> None:
    documents = [(site, text([*story(n), *FOOTER])) for n in range(3) for site in (SITE, "heron.test")]
    assert found(learnt(tmp_path / "sites", documents), documents[0][1]) == dict.fromkeys(FOOTER, 3)


def test_one_story_at_several_addresses_counts_once(tmp_path: Path) -> None:
    told = [*story(1, sentences=6), "The full results", "Harbour ward"]
    copies = [(SITE, text([f"Version {n}", *told[: 5 + n % 3], *told[-2:]])) for n in range(7)]
    memory = learnt(tmp_path / "sites", copies)
    assert found(memory, copies[0][1]) == {}
    others = [(SITE, text([*story(n), *FOOTER])) for n in range(2, 5)]
    memory = learnt(tmp_path / "sites", others)
    assert found(memory, copies[0][1]) == {}
    assert found(memory, others[0][1]) == dict.fromkeys(FOOTER, 3)


def test_documents_with_one_pitch_alone_do_not_make_all_documents_one_story(tmp_path: Path) -> None:
    documents = [(SITE, text([*story(n), PITCH])) for n in range(5)] + [(SITE, text(["Photos", PITCH]))]
    assert found(learnt(tmp_path / "sites", documents), documents[0][1]) == {PITCH: 6}


def test_subheadings_and_tables_amid_the_story_stay(tmp_path: Path) -> None:
    documents = []
    for number in range(9):
        told = story(number)
        documents.append((SITE, text([*told[:2], "What happened next", *told[2:], "What happened next"])))
    memory = learnt(tmp_path / "sites", documents)
    assert memory.recurring(SITE, documents[0][1]) == [(6, 9)]
    table = ["Rovers", "Wanderers", "Albion"]
    some = [(SITE, text([*story(n)[:2], *table, *story(n)[2:]])) for n in range(20, 24)]
    assert found(learnt(tmp_path / "sites", some), some[0][1]) == {}


def test_template_amid_the_story_goes_where_most_documents_have_it(tmp_path: Path) -> None:
    box = ["More from the coast", "Tide tables", "Ferry times"]
    documents = [(SITE, text([*story(n)[:2], PITCH, *story(n)[2:4], *box, *story(n)[4:]])) for n in range(6)]
    memory = learnt(tmp_path / "sites", documents)
    assert found(memory, documents[0][1]) == dict.fromkeys([PITCH, *box], 6)
    alone = [(SITE, text([*story(n)[:3], "Gull advert", *story(n)[3:]])) for n in range(20, 32)]
    assert found(learnt(tmp_path / "alone", alone[:9]), alone[0][1]) == {}
    assert found(learnt(tmp_path / "alone", alone), alone[0][1]) == {"Gull advert": 12}


def page(lines: Sequence[str], teasers: Sequence[str]) -> Document:
    body = "".join(f"<p>{line}</p>" for line in lines[1:])
    most_read = "".join(f"<li>{line}</li>" for line in teasers)
    title = f"<title>{lines[0]}</title>"
    return parse_html(f"<!doctype html><head>{title}</head><body><h1>{lines[0]}</h1>{body}<ul>{most_read}</ul>")


def test_a_story_keeps_the_headline_and_standfirst_that_other_pages_advertise(tmp_path: Path) -> None:
    headline = "Ferry runs aground off the north pier"
    standfirst = "Forty people were brought ashore by the lifeboat after the ferry struck a bank at night."
    teasers = [headline, standfirst]
    documents = [(SITE, page(story(n), teasers)) for n in range(6)]
    own = page([headline, standfirst, *story(70)[1:]], ["Tides"])
    memory = learnt(tmp_path / "sites", [*documents, (SITE, own)])
    assert found(memory, documents[0][1]) == {headline: 7, standfirst: 7}
    assert found(memory, own) == {}
    bare = text([headline, standfirst, *story(70)[1:]])
    assert found(memory, bare) == {}


def test_pages_and_texts_of_all_subdomains_are_one_site(tmp_path: Path) -> None:
    documents = [
        ("https://www.gull.test/a", page(story(1), FOOTER)),
        ("sport.gull.test", text([*story(2), *FOOTER])),
        ("GULL.test", text([*story(3), *FOOTER])),
    ]
    memory = learnt(tmp_path / "sites", documents)
    assert found(memory, documents[1][1], "m.gull.test") == dict.fromkeys(FOOTER, 3)
    assert found(memory, documents[1][1], "heron.test") == {}
    assert found(memory, documents[1][1], None) == {}


def test_lines_without_letters_are_left_to_others(tmp_path: Path) -> None:
    documents = [(SITE, text([*story(n), "1", "28", "* * *"])) for n in range(4)]
    assert found(learnt(tmp_path / "sites", documents), documents[0][1]) == {}


@pytest.fixture
def many() -> list[tuple[str, Document]]:
    documents = [(SITE, text([*story(n), *(FOOTER if n % 2 else FOOTER[:1]), PITCH])) for n in range(14)]
    documents += [("heron.test", text([*story(n), "Heron bird desk"])) for n in range(20, 29)]
    documents += [("heron.test", text([*story(30), PITCH])), (SITE, text([*story(3), "Updated"]))]
    return documents


@pytest.mark.parametrize("sample", [300, 6])
def test_order_chunks_and_repetition_change_nothing(
    tmp_path: Path, many: list[tuple[str, Document]], monkeypatch: pytest.MonkeyPatch, sample: int
) -> None:
    monkeypatch.setattr(learn, "SAMPLE", sample)
    learnt(tmp_path / "once", many)
    wanted = content(tmp_path / "once")
    assert wanted[0]
    assert wanted[2]
    for seed in range(4):
        shuffled = random.Random(seed).sample(many, len(many))
        file = tmp_path / f"chunks-{seed}"
        with monkeypatch.context() as patch:
            patch.setattr(learn, "_SETTLE_AFTER", 1 + seed)
            for start in range(0, len(shuffled), 3 + seed):
                learnt(file, shuffled[start : start + 3 + seed])
        learnt(file, shuffled)
        assert content(file) == wanted


def test_a_site_is_remembered_by_a_sample_of_its_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "SAMPLE", 10)
    documents = [(SITE, text([*story(n), *FOOTER])) for n in range(40)]
    assert found(learnt(tmp_path / "sites", documents), documents[0][1]) == dict.fromkeys(FOOTER, 10)


def test_nothing_is_written_when_learning_fails(tmp_path: Path, many: list[tuple[str, Document]]) -> None:
    class Stopped(Exception):
        pass

    def stop(file: Path) -> None:
        with Learner(file) as learner:
            learner.add(*many[0])
            raise Stopped

    with pytest.raises(Stopped):
        stop(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
    learnt(tmp_path / "old", many[1:])
    before = content(tmp_path / "old")
    with pytest.raises(Stopped):
        stop(tmp_path / "old")
    assert content(tmp_path / "old") == before


def test_it_reads_only_and_goes_to_workers_and_threads(tmp_path: Path, many: list[tuple[str, Document]]) -> None:
    memory = learnt(tmp_path / "sites", many)
    before = (tmp_path / "sites").read_bytes()
    wanted = [memory.recurring(site, document) for site, document in many]
    assert any(wanted)
    again = pickle.loads(pickle.dumps(memory))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda pair: again.recurring(*pair), many)) == wanted
    assert (tmp_path / "sites").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["sites"]


def test_a_file_that_is_missing_or_no_memory_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"gone\.db: there is no such site memory; make it with: cleaner learn"):
        SiteMemory(tmp_path / "gone.db")
    (tmp_path / "text.db").write_text("no database at all")
    with pytest.raises(Unusable, match=r"text\.db: is no site memory .*; remove it"):
        SiteMemory(tmp_path / "text.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(Unusable, match=r"empty\.db: is no site memory of this version"):
        SiteMemory(tmp_path / "empty.db")
    with pytest.raises(Unusable, match=r"text\.db: is no site memory"), Learner(tmp_path / "text.db"):
        pass
    assert (tmp_path / "text.db").read_text() == "no database at all"


# --- the command ----------------------------------------------------------------------------------


def write(path: str, lines: Iterable[str]) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n\n".join(lines) + "\n")


def test_the_command_learns_each_site_by_its_folder_or_its_page(real_command: Command) -> None:
    for number in range(3):
        write(f"in/gull.test/{number}.txt", [*story(number), *FOOTER])
        link = f'<link rel="canonical" href="https://www.heron.test/{number}">'
        write(f"in/pages/{number}.html", [f"<html><head>{link}</head><body><p>{line}</p>" for line in story(number)])
    run = real_command("learn", "in", "--sites", "sites.db")
    assert (run.code, run.out) == (0, "")
    first, second = run.err.splitlines()
    assert first == "documents read: 6, sites: 2, new to sites.db: 6"
    assert second == f"to clean with it, put this into cleaner.toml: sites = '{Path('sites.db').absolute()}'"
    assert [name for name, _ in content(Path("sites.db"))[0]] == ["gull.test", "heron.test"]
    assert found(SiteMemory("sites.db"), text([*story(7), *FOOTER])) == dict.fromkeys(FOOTER, 3)
    before = content(Path("sites.db"))
    assert "documents read: 6, sites: 2, new to sites.db: 0" in real_command("learn", "in", "--sites", "sites.db").err
    assert content(Path("sites.db")) == before


def test_the_command_takes_the_site_that_is_given(real_command: Command) -> None:
    write("in/gull.test/a.txt", story(1))
    assert real_command("learn", "in", "--sites", "sites.db", "--site", "www.heron.test").code == 0
    assert [name for name, _ in content(Path("sites.db"))[0]] == ["heron.test"]


@pytest.mark.parametrize("folder", ["in", "in/gull.test"])
def test_what_was_learnt_is_left_out_wherever_the_folder_of_the_site_is_named(
    real_command: Command, folder: str
) -> None:
    for number in range(3):
        write(f"in/gull.test/{number}.txt", [*story(number), *FOOTER])
    assert real_command("learn", "in", "--sites", "sites.db").code == 0
    cleaned = Path("out", "gull.test" if folder == "in" else "", "1.txt")
    assert real_command("clean", folder, "-o", "out").code == 0
    assert FOOTER[1] in cleaned.read_text()
    Path("cleaner.toml").write_text('sites = "sites.db"\n')
    assert real_command("clean", folder, "-o", "out").code == 0
    assert FOOTER[1] not in cleaned.read_text()
    assert story(1)[-1] in cleaned.read_text()


def test_documents_of_no_known_site_are_told(real_command: Command) -> None:
    write("in/a.txt", story(1))
    write("in/gull.test/b.txt", story(2))
    run = real_command("learn", "in", "--sites", "sites.db")
    assert run.code == 3
    assert run.faults == [
        "cleaner: documents of no known site, left out: 1; "
        "give --site DOMAIN, or keep them in folders named by their domain"
    ]
    assert len(content(Path("sites.db"))[1]) == 1


def test_the_memory_is_the_configs_or_the_users_own(
    real_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    write("gull.test/a.txt", story(1))
    assert real_command("learn", "gull.test").code == 0
    assert content(tmp_path / "data" / "cleaner" / "sites.db")[0] == [("gull.test", 1)]
    Path("cleaner.toml").write_text('sites = "ours.db"\n')
    run = real_command("learn", "gull.test")
    assert run.err.splitlines() == ["documents read: 1, sites: 1, new to ours.db: 1"]


def test_a_page_that_would_exhaust_the_parser_is_a_failed_input(real_command: Command) -> None:
    write("gull.test/a.txt", story(1))
    write("gull.test/b.html", ["<html><head><link rel=canonical href=https://gull.test/b></head>" + "<div>" * 200_000])
    run = real_command("learn", "gull.test", "--sites", "sites.db")
    assert (run.code, len(run.faults)) == (3, 1)
    assert run.faults[0].startswith("cleaner: gull.test/b.html: cannot be read: ")
    assert len(content(Path("sites.db"))[1]) == 1


def test_faults_of_the_command_are_one_line(real_command: Command) -> None:
    run = real_command("learn", "nowhere", "--sites", "sites.db")
    assert (run.code, run.faults) == (3, ["cleaner: nowhere: does not exist; check the path"])
    Path("empty").mkdir()
    run = real_command("learn", "empty", "--sites", "sites.db")
    assert (run.code, len(run.faults)) == (2, 1)
    assert not Path("sites.db").exists()
    write("gull.test/a.txt", story(1))
    Path("gull.test/b.txt").write_bytes(bytes(range(256)) * 40)
    Path("bad.db").write_text("something else")
    run = real_command("learn", "gull.test", "--sites", "bad.db")
    assert (run.code, len(run.faults)) == (2, 1)
    run = real_command("learn", "gull.test", "--sites", "sites.db")
    assert run.code == 3
    assert run.faults == ["cleaner: gull.test/b.txt: is binary, no text or page; leave it out with --exclude"]
    assert real_command("learn", "gull.test", "--sites", "sites.db", "--exclude", "b.*").code == 0
    run = real_command("learn", "gull.test", "--sites", "sites.db", "--exclude", "!")
    assert (run.code, len(run.faults)) == (2, 1)
    run = real_command("learn", "gull.test", "--sites", "gull.test/a.txt/sites.db")
    assert (run.code, len(run.faults)) == (3, 1)
