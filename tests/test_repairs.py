"""Each repair of white space can be switched off by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.commands import config
from cleaner.faults import Unusable
from cleaner.policy import REPAIRS, Policy

WRAPPED = """\
The ferry to the island was late again on Monday because of the fog,
and two hundred people waited on the pier until the afternoon, when a
second boat was sent from the mainland to take them home before dark.
The company said that it would pay for the night of those who had to
stay, and that the next boat would leave at seven in the morning."""
GLUED = "The harbour master said the fog would lift by noon on Tuesday.Rare boats still left the port that morning."
INVISIBLE = "The council of the island voted \u200bfor a new and larger pier on Wednesday, by nine votes\u00a0 to four."
TEXTS = {
    "wraps": (f"{WRAPPED}\n", "because of the fog, and"),
    "glued": (f"{GLUED}\n\n{GLUED.replace('fog', 'mist')}\n", "Tuesday. Rare"),
    "invisible": (f"{INVISIBLE}\n\n{INVISIBLE.replace('pier', 'school')}\n", "votes to four"),
}


@pytest.mark.parametrize("repair", REPAIRS)
def test_one_repair_is_switched_off(repair: str) -> None:
    text, repaired = TEXTS[repair]
    others = [name for name in REPAIRS if name != repair]
    assert repaired in Cleaner().clean(text, "text").body
    assert repaired in Cleaner(Policy(repairs=[repair])).clean(text, "text").body
    without = Cleaner(Policy(repairs=others)).clean(text, "text")
    assert not without.changed
    assert without.body.split("\n") == [line for line in text.split("\n") if line]


def test_the_settings_name_the_repairs(tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text('repairs = ["glued"]\n')
    settings = config.load(str(tmp_path))
    assert settings.repairs == ("glued",)
    assert "the fog,\nand" in config.build_cleaner(settings).clean(TEXTS["wraps"][0], "text").body


def test_an_unknown_repair_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text('repairs = ["hyphens"]\n')
    with pytest.raises(Unusable, match="there is no repair `hyphens`: use one of wraps, glued, invisible"):
        config.build_cleaner(config.load(str(tmp_path)))


@pytest.mark.parametrize("call", ["log.Fatal(reason)", "queue.Drain() first", "torch.Sum[0]"])
def test_a_call_in_a_program_is_no_glued_sentence(call: str) -> None:
    text = f"The clerk's program ends with {call} where the ledger cannot be read, and that is what it did on Monday."
    assert not Cleaner().clean(text, "text").changed
