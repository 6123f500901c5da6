"""Somebody's name in a chat is never taken for words of a command, whatever is in it."""

import pytest
from sqlalchemy import select

from store.invitation import Invitation
from store.person import Person
from store.programme import Council
from store.scoping import KeyLine
from tests.fakes.house import account

HERE = {"challenge": 1}


@pytest.mark.parametrize(
    "name",
    [
        "Dana Doe from Saltmarsh",
        "Dana Doe as lead peer",
        "Dana Doe for care leavers",
        "Dana Doe in Northmere",
        "Dana O’Neil",
        'Dana "front door" Doe',
        "Dana 12-13 Nov",
    ],
)
def test_words_in_a_name_say_nothing(house, name):
    dana = account(name)
    text = f"invite @{name.replace('’', chr(39))} from Dunford as peer"
    house.says("Jo", text, mentions=(dana,), hidden=HERE)
    assert house.outcome()[0] == "done", house.outcome()

    person = house.one(Person, name=name)
    invited = house.one(Invitation, person_id=person.id)
    councils = {council.name for council in house.ask(select(Council))}
    assert (invited.role, person.council.name) == ("peer", "Dunford")
    assert not councils & {"Saltmarsh", "Northmere"}


def test_name_is_kept_in_its_own_words(house):
    dana = account("Dana Doe from Saltmarsh")
    house.says("Jo", "kloe add Front door: does @Dana Doe from Saltmarsh know?", mentions=(dana,))

    assert house.one(KeyLine, number=1).text == "Front door: does @Dana Doe from Saltmarsh know?"


def test_name_in_a_form_is_left_as_it_was_picked(house):
    dana = account("Dana Doe from Saltmarsh")
    fields = {"name": "@Dana Doe from Saltmarsh", "role": "peer", "council": "Dunford"}
    house.says("Jo", "invite", fields=fields, mentions=(dana,), hidden=HERE)

    assert house.one(Person, name="Dana Doe from Saltmarsh").council.name == "Dunford"
