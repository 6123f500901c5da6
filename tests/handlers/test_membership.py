"""People come into rooms and leave them by themselves: strangers hold the team's room up, and it is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from handlers.membership import known_in
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.room import Room, RoomMember
from tests.fakes.house import BEGINS, account
from tests.handlers.chat_rooms import bound, claim, comes_to, members, people, queued, strangers_told, where


@pytest.fixture
def house(house):
    """Ruth manages, Martin and Dana are peers and in the team's room; nothing is in the outbox."""
    house.appoint("Martin", "lead_peer")
    house.appoint("Dana", "peer")
    bound(house, "team", "Ruth", "Martin", "Dana")
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=BEGINS)))
    house.settle()
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _enters(house, name, kind="team", **of):
    house.happens("entered", **where(kind), account=account(name), **of)


def _departs(house, name, kind="team", **of):
    house.happens("departed", **where(kind), account=account(name), **of)


def _told(house, template, **of):
    return [(row.person.name, row.facts["name"]) for row in queued(house, template, **of)]


def _says_to_the_team(house, key="to the team"):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        post.to_room(room, "for_team", {"text": key}, key=key, challenge=session.get_one(Challenge, 1))

    house.post(unit)


def _would_be_sent(house):
    return [call.key for call in claim(house)]


def test_somebody_with_a_part_is_simply_inside(house):
    house.appoint("Amir", "peer")
    _enters(house, "Amir")

    assert members(house)["Amir"] == "inside"
    assert strangers_told(house) == []


def test_stranger_holds_up_the_team_room_and_the_manager_is_told(house):
    _enters(house, "Owen")
    _says_to_the_team(house)

    assert members(house)["Owen"] == "stranger"
    assert strangers_told(house) == [("Ruth", "Owen")]
    assert "to the team" not in _would_be_sent(house)


def test_what_waited_is_said_when_the_stranger_has_left(house):
    _enters(house, "Owen")
    _says_to_the_team(house)
    _departs(house, "Owen")

    assert "Owen" not in members(house)
    assert "to the team" in _would_be_sent(house)
    assert [row.state for row in queued(house, "stranger_in_room", state=None)] == ["withdrawn"]


def test_what_waited_is_said_when_the_stranger_has_a_part(house):
    _enters(house, "Owen")
    _says_to_the_team(house)
    house.appoint("Owen", "peer")
    house.says("Jo", "kloe add Is it soon enough?")

    assert members(house)["Owen"] == "inside"
    assert "to the team" in _would_be_sent(house)


def test_manager_who_says_that_they_left_is_heard_and_believed_after_a_look(house):
    _enters(house, "Owen")
    [row] = queued(house, "stranger_in_room")
    button = house.answer(row.template, row.facts, row.hidden).buttons[0]
    house.says("Ruth", button.phrase, hidden=dict(button.hidden))

    assert house.outcome()[0] == "done"
    assert [call.op for call in claim(house) if call.place == "team-Exampleshire"] == ["look"]
    assert members(house)["Owen"] == "stranger"


def test_somebody_of_the_council_in_the_team_room_is_a_stranger_too(house):
    _enters(house, "Helen")

    assert members(house)["Helen"] == "stranger"


def test_reminder_comes_each_morning_until_they_are_out(house):
    _enters(house, "Owen")
    house.clock.told += timedelta(days=1, hours=1)
    house.tick()
    house.clock.told += timedelta(days=1)
    _departs(house, "Owen")
    house.tick()

    assert len(strangers_told(house, state=None)) == 2


@pytest.mark.parametrize(("name", "state"), [("Helen", "inside"), ("Dana", "inside"), ("Owen", "stranger")])
def test_liaison_room_is_for_the_council_and_the_peers(house, name, state):
    bound(house, "liaison")
    _enters(house, name, "liaison")

    assert members(house, "liaison")[name] == state


def test_stranger_in_the_liaison_room_is_told_of_once_and_holds_up_nothing(house):
    bound(house, "liaison")
    _enters(house, "Owen", "liaison")
    house.clock.told += timedelta(days=1, hours=1)
    house.tick()

    assert strangers_told(house, state=None) == [("Ruth", "Owen")]


def _big_team(number):
    return people("Ruth", "Martin", "Dana", *(f"Person {one:03}" for one in range(number)))


def _asked(house, members):
    """How many statements the store runs for a look into the team's room."""
    count = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *_: count.append(1))
    house.happens("room_seen", **where(), members=members, looked_at=BEGINS)
    return len(count)


def test_store_is_asked_no_more_about_a_big_room_than_about_a_small_one(house):
    some, many = _big_team(20), _big_team(190)

    assert _asked(house, many) - _asked(house, some) < 20


def test_everybody_in_a_room_is_recognised_as_they_would_be_one_by_one(house):
    owen = replace(account("Owen"), id="o1", email="Owen@Dunford.example")
    known = Person(programme_id=1, name="Owen Hale", email="owen@dunford.example")
    house.change(lambda session: session.add(known))
    there = (account("Ruth"), owen, replace(owen, id="o2"), replace(account("Dana"), id="d", name="Dana Doe"))
    for _ in range(2):
        house.happens("room_seen", **where(), members=there, looked_at=BEGINS)

    inside = {name for name, state in members(house).items() if state != "left"}
    assert inside == {"Ruth", "Owen Hale", "Dana Doe"}
    hale = house.one(Person, name="Owen Hale").id
    owens = select(PersonAccount.account).where(PersonAccount.person_id == hale)
    assert sorted(house.ask(owens)) == ["o1", "o2"]


def test_many_strangers_are_one_message_that_names_the_first_ten(house):
    house.happens("room_seen", **where(), members=_big_team(120), looked_at=BEGINS)
    [row] = queued(house, "stranger_in_room", state=None)
    card = house.answer(row.template, row.facts)

    assert [one["name"] for one in row.facts["people"]] == [f"Person {one:03}" for one in range(10)]
    assert "120 people are in the peer team room" in card.plain
    assert "Person 009 and 110 more." in card.plain
    assert [button.label for button in card.buttons][:2] == ["Person 000 has left", "Person 001 has left"]


def test_stranger_who_comes_later_that_day_is_put_into_the_same_message(house):
    _enters(house, "Owen")
    for call in claim(house):
        comes_to(house, call, "done", address="the message")
    house.clock.told += timedelta(minutes=5)
    _enters(house, "Nora")
    [call] = [call for call in claim(house) if call.op == "edit"]

    assert strangers_told(house, state=None) == [("Ruth", "Owen"), ("Ruth", "Owen", "Nora")]
    assert (call.address, "Owen, Nora" in call.card.plain) == ("the message", True)


def test_stranger_who_left_before_anybody_read_of_them_is_not_named(house):
    for name in ("Owen", "Nora"):
        _enters(house, name)
    _departs(house, "Owen")

    assert strangers_told(house) == [("Ruth", "Nora")]


def test_stranger_who_comes_when_all_others_had_left_is_told_of_anew(house):
    for name in ("Owen", "Nora"):
        _enters(house, name)
        for call in claim(house):
            comes_to(house, call, "done", address=name)
        house.clock.told += timedelta(minutes=5)
        _departs(house, name)

    told = queued(house, "stranger_in_room", state="sent")
    assert [row.address for row in told] == ["Owen", "Nora"]


def test_stranger_in_the_programme_room_is_told_to_the_coordinator(house):
    house.happens("entered", **{**where(), "address": "programme"}, account=account("Owen"))

    assert members(house, "programme")["Owen"] == "stranger"
    assert strangers_told(house) == [("Jo", "Owen")]


def test_somebody_with_a_part_who_leaves_is_not_fetched_back_and_it_is_told(house):
    _departs(house, "Dana")
    house.says("Jo", "kloe add Is it soon enough?")

    assert members(house)["Dana"] == "left"
    assert _told(house, "left_room") == [("Ruth", "Dana")]
    assert house.ask(select(Outgoing).where(Outgoing.op == "invite", Outgoing.state == "ready")) == []


def test_manager_who_leaves_is_not_told_of_it(house):
    _departs(house, "Ruth")

    assert _told(house, "left_room") == []


def test_somebody_who_comes_back_is_inside_again(house):
    _departs(house, "Dana")
    _enters(house, "Dana")

    assert members(house)["Dana"] == "inside"


def _is_to_come(house, state="invited"):
    """Amir has a part now, and is on the way into the team room."""
    house.appoint("Amir", "peer")
    house.says("Jo", "kloe add Is it soon enough?")
    mine = update(RoomMember).where(RoomMember.state == "invited")
    house.change(lambda session: session.execute(mine.values(state=state)))


@pytest.mark.parametrize("state", ["invited", "to_bring_in"])
def test_whoever_speaks_in_a_room_is_inside(house, state):
    _is_to_come(house, state)
    before = members(house)["Amir"]
    house.says("Amir", "status", room=where()["address"])

    assert (before, members(house)["Amir"]) == (state, "inside")


def test_invitation_of_somebody_who_came_in_meanwhile_is_not_sent(house):
    _is_to_come(house)
    _enters(house, "Amir")
    [row] = house.ask(select(Outgoing).where(Outgoing.op == "invite", Outgoing.state != "sent"))

    assert (row.state, members(house)["Amir"]) == ("withdrawn", "inside")


def test_whoever_has_no_part_and_speaks_in_a_room_is_let_be(house):
    house.says("Owen", "status", room=where()["address"])

    assert "Owen" not in members(house)


def test_somebody_who_left_and_stands_down_is_forgotten(house):
    _departs(house, "Dana")
    house.says("Jo", "stand down dana")

    assert "Dana" not in members(house)
    assert house.ask(select(Outgoing).where(Outgoing.op == "remove")) == []


def test_somebody_stood_down_is_on_the_way_out_whatever_the_chat_tells_late(house):
    house.says("Jo", "stand down dana")
    _enters(house, "Dana")
    leaving = members(house)["Dana"]
    _departs(house, "Dana")

    assert (leaving, "Dana" in members(house)) == ("leaving", False)
    assert _told(house, "left_room") == []


def test_same_thing_told_twice_has_one_effect(house):
    _enters(house, "Owen")
    _enters(house, "Owen", again=True)
    _departs(house, "Dana")
    _departs(house, "Dana", again=True)

    assert strangers_told(house) == [("Ruth", "Owen")]
    assert _told(house, "left_room") == [("Ruth", "Dana")]


def test_rooms_that_are_not_ours_are_nobodys_business(house):
    before = len(house.ask(select(Person)))
    house.happens("entered", **{**where(), "address": "elsewhere"}, account=account("Somebody"))
    house.happens("departed", **{**where(), "address": "elsewhere"}, account=account("Dana"))

    assert len(house.ask(select(Person))) == before
    assert members(house)["Dana"] == "inside"


def _is(house, name, state):
    """Let somebody be known to be in the team's room in this way, or not at all."""

    def unit(session):
        person = session.scalars(select(Person.id).where(Person.name == name)).one()
        member = session.get(
            RoomMember, (session.scalars(select(Room.id).where(Room.kind == "team")).one(), person)
        )
        if state is None:
            session.delete(member)
        else:
            member.state = state

    house.change(unit)


def _look_ends(house, *inside, known):
    house.happens("room_seen", **where(), members=people(*inside), looked_at=BEGINS, known=known)


@pytest.mark.parametrize(
    ("then", "seen", "now"),
    [("invited", False, "inside"), ("inside", True, "left"), ("leaving", True, None)],
)
def test_look_counts_for_nobody_of_whom_more_was_learned_meanwhile(house, then, seen, now):
    _is(house, "Dana", then)
    known = house.change(lambda session: known_in(session, **where()))
    _is(house, "Dana", now)
    before = members(house)
    _look_ends(house, "Ruth", "Martin", *(["Dana"] if seen else []), known=known)

    assert (members(house), _told(house, "left_room")) == (before, [])


def test_look_counts_for_everybody_else(house):
    known = house.change(lambda session: known_in(session, **where()))
    _look_ends(house, "Ruth", "Martin", "Owen", known=known)

    assert members(house) == {"Ruth": "inside", "Martin": "inside", "Dana": "left", "Owen": "stranger"}
    assert _told(house, "left_room") == [("Ruth", "Dana")]
