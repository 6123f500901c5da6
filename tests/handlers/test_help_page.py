from pathlib import Path

import pytest

from handlers.commands import COMMANDS
from handlers.help_page import FIRST
from handlers.shapes import Shapes

TEMPLATES = Path(__file__).parents[2] / "templates"
PHRASES = {command.phrase: command for command in COMMANDS}


@pytest.mark.parametrize("role", sorted(FIRST))
def test_what_a_role_wants_first_is_on_the_contents_page_and_may_be_said_by_it(role):
    for phrase in FIRST[role]:
        assert phrase in PHRASES
        assert not PHRASES[phrase].roles or role in PHRASES[phrase].roles, phrase


def test_every_role_with_first_wishes_is_a_role_of_the_formats():
    formats = Shapes.load(TEMPLATES).formats.values()
    assert set(FIRST) <= set.intersection(*(set(format.roles) for format in formats))


@pytest.mark.parametrize("text", ["", "hi", "Hello?", "hey there!", "hello, who are you?", "help me please"])
def test_greeting_is_answered_with_three_examples(house, text):
    assert house.says("Jo", text).card == house.says("Jo", "help").card


def test_greeting_before_other_words_is_none(house):
    house.says("Jo", "hello thresholds are high")

    assert house.outcome()[1]["template"] == "no_such_command"
