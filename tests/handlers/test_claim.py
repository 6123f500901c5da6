"""Who claims the programme, and which room becomes its own."""

import pytest
from sqlalchemy import select

from handlers.programme import found_programme
from store.outbox import Outgoing
from store.room import Room
from tests.fakes import database
from tests.fakes.house import CODE, TENANT, House, account
from tests.handlers.chat_rooms import members

JO = (account("Jo"),)


@pytest.fixture
def unclaimed(tmp_path, desk):
    house = House(database.fresh(tmp_path), desk)
    house.change(lambda session: found_programme(session, CODE))
    yield house
    house.close()


def _claimed(house, **of):
    house.says("Jo", f"claim {CODE}", **of)
    outcome, kept = house.outcome()
    assert (outcome, kept["template"]) == ("done", "claimed")
    [room] = house.ask(select(Room))
    return kept["facts"]["elsewhere"], room.state, room.address


def test_channel_that_only_its_members_read_becomes_the_programmes_own(unclaimed):
    owner = {"tenant": TENANT, "private": True}

    assert _claimed(unclaimed, room="C1", gathered={"members": JO, "owner": owner}) == (False, "bound", "C1")


def test_direct_conversation_becomes_no_room_but_one_is_made(unclaimed):
    assert _claimed(unclaimed) == (False, "wanted", None)


def test_whoever_is_in_the_channel_already_is_not_invited_to_it(unclaimed):
    owner = {"tenant": TENANT, "private": True}
    _claimed(unclaimed, room="C1", gathered={"members": (*JO, account("Priya")), "owner": owner})
    inside = members(unclaimed, "programme")
    unclaimed.says("Jo", "confirm priya as programme manager", room="C1", mentions=(account("Priya"),))

    assert (inside, members(unclaimed, "programme")) == (
        {"Jo": "inside", "Priya": "stranger"}, {"Jo": "inside", "Priya": "inside"},
    )  # fmt: skip
    assert unclaimed.ask(select(Outgoing).where(Outgoing.op == "invite")) == []


@pytest.mark.parametrize(
    "gathered", [{}, {"members": JO, "owner": {"tenant": TENANT, "private": False}}], ids=["unknown", "open"]
)
def test_channel_where_others_may_read_along_does_not_become_the_programmes_own(unclaimed, gathered):
    assert _claimed(unclaimed, room="C1", gathered=gathered) == (True, "wanted", None)
