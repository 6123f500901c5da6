"""`removed dana`: the bot looks who is in the room, and believes nobody who errs."""

import pytest
from sqlalchemy import select, update

from store.outbox import Outgoing
from store.room import RoomMember
from tests.handlers.chat_rooms import bound, claim, comes_to, members, people, queued, where


@pytest.fixture
def house(house):
    """A team room into which Helen, the council's sponsor, has come, and a card that waits for it."""
    house.appoint("Martin", "lead_peer")
    bound(house, "team", "Ruth", "Martin")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    house.happens("entered", account=people("Helen")[0], **where())
    house.says("Jo", "kloe add Is it soon enough?")
    return house


def _look(house):
    """The call that looks who is in the team's room."""
    [call] = [call for call in claim(house) if call.op == "look"]
    return call


def _posts_to_team(house):
    return [call for call in claim(house) if call.op == "post" and call.place == "team-Exampleshire"]


def _told(house, template):
    return [(row.person.name, row.facts["name"], row.facts["room"]) for row in queued(house, template, None)]


def test_removed_is_answered_with_a_look_before_anything_is_posted(house):
    answer = house.says("Ruth", "removed helen")

    assert answer.card == house.answer("removed_noted", {"name": "Helen", "rooms": ["team"]})
    assert _look(house).place == "team-Exampleshire"
    assert _posts_to_team(house) == []
    assert members(house) == {"Ruth": "inside", "Martin": "inside", "Helen": "stranger"}


def test_removed_of_somebody_who_is_still_inside_posts_nothing_and_says_so(house):
    house.says("Ruth", "removed helen")
    comes_to(house, _look(house), "seen", members=people("Ruth", "Martin", "Helen"))
    house.settle()

    assert _told(house, "still_inside") == [("Ruth", "Helen", "team")]
    assert members(house)["Helen"] == "stranger"
    assert _posts_to_team(house) == []


def test_removed_of_somebody_who_is_out_lets_go_what_waited(house):
    house.says("Ruth", "removed helen")
    comes_to(house, _look(house), "seen", members=people("Ruth", "Martin"))
    house.settle()

    assert members(house) == {"Ruth": "inside", "Martin": "inside"}
    assert _told(house, "still_inside") == []
    assert len(_posts_to_team(house)) == 1


def test_look_that_finds_somebody_else_inside_posts_nothing(house):
    house.says("Ruth", "removed helen")
    comes_to(house, _look(house), "seen", members=people("Ruth", "Martin", "Jo"))
    house.settle()

    assert members(house) == {"Ruth": "inside", "Martin": "inside", "Jo": "stranger"}
    assert _posts_to_team(house) == []


@pytest.mark.parametrize("trouble", ["later", "uncertain"])
def test_look_that_fails_is_taken_again_and_nothing_is_posted_before(house, trouble):
    house.says("Ruth", "removed helen")
    comes_to(house, _look(house), trouble)
    before = _posts_to_team(house)
    house.clock.wait(3600)

    assert before == []
    assert _look(house).place == "team-Exampleshire"


def test_look_that_can_never_be_taken_is_told_to_whoever_asked(house):
    house.says("Ruth", "removed helen")
    comes_to(house, _look(house), "never", reason="the chat does not tell")

    assert _told(house, "room_not_seen") == [("Ruth", "Helen", "team")]
    assert queued(house, "not_done", None) == []
    assert _posts_to_team(house) == []


def test_look_into_where_a_room_does_not_stand_any_more_says_nothing_of_it(house):
    house.says("Ruth", "removed helen")
    call = _look(house)
    house.says("Ruth", "use this channel as team room", room="C9", hidden={"anyway": True, "challenge": 1},
               gathered={"members": people("Ruth", "Martin")})  # fmt: skip
    comes_to(house, call, "seen", members=people("Ruth", "Helen"))

    assert members(house) == {"Ruth": "inside", "Martin": "inside"}
    assert _told(house, "still_inside") == []


def test_what_is_pressed_after_being_told_takes_another_look(house):
    house.says("Ruth", "removed helen")
    comes_to(house, _look(house), "seen", members=people("Ruth", "Martin", "Helen"))
    [row] = queued(house, "still_inside", None)
    [button] = house.answer("still_inside", row.facts, row.hidden).buttons
    house.says("Ruth", button.phrase, hidden=dict(button.hidden))
    comes_to(house, _look(house), "seen", members=people("Ruth", "Martin"))

    assert members(house) == {"Ruth": "inside", "Martin": "inside"}
    assert house.ask(select(RoomMember.state).where(RoomMember.state == "stranger")) == []
