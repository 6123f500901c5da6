"""Rooms that cannot be made, are lost, come back or have another name: what waits waits, and it is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from store.outbox import Outgoing
from store.room import Room
from tests.fakes.house import account
from tests.handlers.chat_rooms import (
    bound,
    claim,
    comes_to,
    members,
    people,
    queued,
    strangers_told,
    wanted,
    where,
)


@pytest.fixture
def house(house):
    house.appoint("Martin", "lead_peer")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _comes_to(house, op, kind, **of):
    """Take the next call of a kind in hand, and let it come to something."""
    call = next(call for call in claim(house) if call.op == op)
    comes_to(house, call, kind, **of)


def _told(house, template, state="ready"):
    return [(row.person.name, row.facts["room"]) for row in queued(house, template, state)]


def _state(house, kind="team"):
    return house.one(Room, kind=kind).state


# Cannot be made


def test_room_that_may_not_be_made_is_told_once_to_those_who_can_bind_one(house):
    wanted(house, "team")
    _comes_to(house, "make_room", "never", reason="restricted_action")
    house.says("Jo", "kloe add Is it soon enough?")

    assert _state(house) == "wanted"
    assert _told(house, "make_a_room") == [("Ruth", "team"), ("Jo", "team")]
    assert queued(house, "not_done") == []
    assert len(house.ask(select(Outgoing).where(Outgoing.op == "make_room"))) == 1


def test_room_that_may_not_be_made_stands_on_the_programmes_card_and_in_reach(house):
    wanted(house, "team")
    _comes_to(house, "make_room", "never", reason="restricted_action")
    house.tick()
    answer = house.says("Jo", "reach")

    assert queued(house, "state_programme")[-1].facts["rooms"] == [{"kind": "team", "trouble": "to_bind"}]
    assert "I may not make the peer team room" in answer.card.plain


def test_asking_ends_when_somebody_has_bound_one(house):
    wanted(house, "team")
    _comes_to(house, "make_room", "never", reason="restricted_action")
    house.says("Ruth", "use this as team room", room="C1", gathered={"members": people("Ruth", "Martin")})

    assert _state(house) == "bound"
    assert _told(house, "make_a_room", "withdrawn") == [("Ruth", "team"), ("Jo", "team")]


def test_room_that_the_chat_makes_after_a_person_bound_one_is_let_go(house):
    wanted(house, "team")
    [call] = claim(house)
    house.says("Ruth", "use this as team room", room="C1", gathered={"members": people("Ruth", "Martin")})
    comes_to(house, call, "done", address="C9")

    assert house.one(Room, kind="team").address == "C1"


def test_room_that_is_another_already_is_not_taken_from_it_and_a_person_is_asked(house):
    bound(house, "liaison")
    wanted(house, "team")
    _comes_to(house, "make_room", "done", address="liaison-Exampleshire")

    assert (_state(house, "liaison"), _state(house)) == ("bound", "wanted")
    assert _told(house, "make_a_room") == [("Ruth", "team"), ("Jo", "team")]


# Lost and back


@pytest.mark.parametrize("why", ["archived", "deleted", "removed"])
def test_lost_room_waits_and_the_manager_is_told_once(house, why):
    bound(house, "team", "Ruth", "Martin")
    for again in (False, True):
        house.happens("room_gone", **where(), why=why, again=again)
    house.happens("room_gone", **where(), why=why)

    assert _state(house) == "lost"
    assert [(row.person.name, row.facts["why"]) for row in queued(house, "room_lost")] == [("Ruth", why)]


def test_lost_programme_room_is_told_to_the_coordinators(house):
    house.happens("room_gone", **{**where(), "address": "programme"}, why="archived")

    assert _told(house, "room_lost") == [("Jo", "programme")]


def test_room_that_is_back_is_bound_and_what_waited_is_said(house):
    bound(house, "team", "Ruth", "Martin")
    house.happens("room_gone", **where(), why="archived")
    house.says("Jo", "kloe add Is it soon enough?")
    while_lost = queued(house, "state_team")
    house.happens("room_back", **where())

    assert (while_lost, _state(house)) == ([], "bound")
    assert len(queued(house, "state_team")) == 1
    assert _told(house, "room_lost", "withdrawn") == [("Ruth", "team")]


def test_room_that_is_back_is_looked_through(house):
    house.appoint("Dana", "peer")
    bound(house, "team", "Ruth", "Martin")
    house.happens("room_gone", **where(), why="removed")
    house.happens("room_back", **where(), members=people("Ruth", "Dana", "Owen"))

    assert members(house) == {"Ruth": "inside", "Martin": "left", "Dana": "inside", "Owen": "stranger"}
    assert [names for _reader, *names in strangers_told(house)] == [["Owen"]]
    assert [row.facts["name"] for row in queued(house, "left_room")] == ["Martin"]


def test_room_lost_again_is_told_again(house):
    bound(house, "team", "Ruth")
    for kind, of in (
        ("room_gone", {"why": "archived"}),
        ("room_back", {}),
        ("room_gone", {"why": "archived"}),
    ):
        house.happens(kind, **where(), **of)
        house.clock.told += timedelta(minutes=1)

    assert len(_told(house, "room_lost")) == 1
    assert len(_told(house, "room_lost", "withdrawn")) == 1


def test_lost_room_shows_on_the_programmes_card(house):
    bound(house, "team", "Ruth")
    house.happens("room_gone", **where(), why="archived")
    house.tick()

    assert queued(house, "state_programme")[-1].facts["rooms"] == [{"kind": "team", "trouble": "lost"}]
    assert "is lost to me" in house.says("Jo", "reach").card.plain


def test_renamed_room_is_the_same_room(house):
    bound(house, "team", "Ruth")
    house.happens("room_renamed", **where(), title="exampleshire-peers")
    room = house.one(Room, kind="team")

    assert (room.title, room.state) == ("exampleshire-peers", "bound")
    assert house.ask(select(Outgoing).where(Outgoing.state == "ready")) == []


def test_rooms_that_are_not_ours_are_nobodys_business(house):
    for kind, of in (("room_gone", {"why": "deleted"}), ("room_back", {}), ("room_renamed", {"title": "x"})):
        house.happens(kind, **{**where(), "address": "elsewhere"}, **of)

    assert house.ask(select(Outgoing).where(Outgoing.state == "ready")) == []
    assert members(house, "programme") == {"Jo": "inside"}
    house.happens("entered", **{**where(), "address": "programme"}, account=account("Jo"))
    assert members(house, "programme") == {"Jo": "inside"}
