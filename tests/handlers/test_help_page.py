from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.commands import COMMANDS
from handlers.help_page import FIRST
from handlers.shapes import Shapes
from store.challenge import Challenge
from store.hold import Deleted

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


def _closed(house):
    """The programme long after its last challenge."""

    def unit(session):
        challenge = session.scalars(select(Challenge)).one()
        challenge.closed_at = house.clock.now()
        session.add(Deleted(challenge_id=challenge.id, what="logistics", at=house.clock.now()))

    house.change(unit)


@pytest.mark.parametrize("line", ["status", "next", "invite dana"])
def test_coordinator_without_a_challenge_is_offered_to_open_one(house, line):
    _closed(house)
    answer = house.says("Jo", line)

    assert answer.card == house.answer("no_challenge", {"may_open": True})
    assert "new exampleshire lga_full" in answer.card.plain


def test_anybody_else_without_a_challenge_is_told_who_can_open_one(house):
    _closed(house)

    assert house.says("Helen", "status").card == house.answer("no_challenge", {"may_open": False})


def test_help_without_a_challenge_offers_what_can_be_done(house):
    _closed(house)
    house.says("Jo", "help")

    offered = [one["phrase"] for one in house.outcome()[1]["facts"]["commands"]]
    assert offered[0] == "new"
    assert not any(PHRASES[phrase].needs_challenge for phrase in offered)


def test_help_finds_a_word_further_on_in_a_phrase_where_none_begins_with_it(house):
    house.says("Jo", "help move")

    assert [one["phrase"] for one in house.outcome()[1]["facts"]["commands"]] == ["dates move"]
