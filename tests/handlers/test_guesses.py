"""What the bot offers when it does not understand: nothing that a press would assert, end or send."""

import pytest

from handlers.command import Contents
from handlers.commands import COMMANDS

ASSERTS = frozenset(
    [
        "agree",
        "anyway",
        "arrived",
        "claim",
        "done",
        "drop",
        "finish",
        "issue",
        "needed",
        "no",
        "ready",
        "removed",
        "send",
        "spoke",
        "stand",
        "unpin",
        "yes",
    ]
)
CONTENTS = Contents(COMMANDS)


def guessed(text):
    return [one["line"] for one in CONTENTS.nearest(text)]


def test_commands_that_assert_something_are_deliberate():
    asserting = {one.phrase for one in COMMANDS if ASSERTS.intersection(one.phrase.split())}

    assert {one.phrase for one in COMMANDS if one.deliberate} >= asserting > {"removed", "stand down"}


@pytest.mark.parametrize(
    "text",
    [
        "remind sam",
        "remove sam",
        "move exampleshire to 16-19 nov",
        "redy",
        "isue final",
        "stnd down dana",
        "summary agre",
        "sumary send",
        "proposal agreee",
        "delivery arived 3",
        "avalable",
    ],
)
def test_deliberate_command_is_never_guessed(text):
    found = [CONTENTS.find(line).command.phrase for line in guessed(text)]

    assert [
        phrase for phrase in found if next(one for one in COMMANDS if one.phrase == phrase).deliberate
    ] == []


@pytest.mark.parametrize(
    ("typed", "guess"), [("conifrm sam as organiser", "confirm sam as organiser"), ("stauts", "status")]
)
def test_typing_mistake_is_still_guessed(typed, guess):
    assert guessed(typed)[0] == guess


@pytest.mark.parametrize("text", ["whats next??", "What's next?", "what is next"])
def test_question_for_what_is_next_is_understood(text):
    assert CONTENTS.find(text).command.phrase == "next"


@pytest.mark.parametrize(
    "text", ["thanks!", "Thank you very much", "many thanks", "cheers all", "thanks a lot"]
)
def test_thanks_get_a_kind_word(house, text):
    house.says("Jo", text)

    assert house.outcome()[1]["template"] == "thanked"


def test_thanks_before_other_words_are_none(house):
    house.says("Jo", "thanks thresholds are high")

    assert house.outcome()[1]["template"] == "no_such_command"
