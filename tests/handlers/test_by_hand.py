"""A chat that lets the bot bring nobody in and pin nothing: people are asked, kindly and once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from store.challenge import Challenge
from store.outbox import Outgoing
from store.room import Room
from tests.fakes.house import BEGINS, account
from tests.handlers.chat_rooms import bound, claim, comes_to, members, people, queued, where

EVENING = timedelta(hours=10)
_COMES_TO = {"invite": "never", "pin": "never", "look_up": "account"}


@pytest.fixture
def house(house):
    """Jo coordinates, Ruth manages, Martin and Dana are peers; nothing is in the outbox."""
    house.appoint("Martin", "lead_peer")
    house.appoint("Dana", "peer")
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=BEGINS)))
    house.settle()
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _binds(house, *inside, by="Ruth", kind="team", place="C1"):
    house.says(by, f"use this channel as {kind} room", room=place, gathered={"members": people(*inside)})
    assert house.outcome()[0] == "done"


def _goes_on(house):
    """Deliver everything; the chat lets the bot bring nobody in and pin nothing."""
    while calls := claim(house):
        for call in calls:
            comes_to(
                house,
                call,
                _COMES_TO.get(call.op, "done"),
                reason="not here",
                address=call.address or f"at {call.key}",
            )
        house.settle()


def _asked(house, state="sent"):
    """Who was asked to bring whom into which room."""
    return [
        (row.person.name, row.facts["room"], row.facts["names"], row.facts["you"])
        for row in queued(house, "bring_in", state)
    ]


def _waits(house, name):
    house.says(name, "home")
    [part] = house.outcome()[1]["facts"]["parts"]
    return [(one["names"], one["room"]) for one in part["things"] if one["what"] == "bring_in"]


def _line(house, name):
    house.says("Jo", "reach")
    return next(one for one in house.outcome()[1]["facts"]["people"] if one["name"] == name)


# Bringing people in


def test_whoever_bound_the_room_learns_at_once_whom_to_bring_in(house):
    house.clock.told += EVENING
    _binds(house, "Jo", by="Jo", kind="liaison")
    _goes_on(house)

    [(name, room, names, you)] = _asked(house)
    assert (name, room, you) == ("Jo", "liaison", False)
    assert sorted(names) == ["Dana", "Helen", "Martin", "Ruth"]
    assert set(members(house, "liaison").values()) == {"inside", "to_bring_in"}


def test_programme_room_hears_no_alarm(house):
    _binds(house, "Ruth")
    _goes_on(house)

    assert queued(house, "not_done", state=None) == []


def test_somebody_appointed_later_is_asked_for_alone_in_due_time(house):
    _binds(house, "Ruth", "Martin", "Dana")
    house.clock.told += EVENING
    house.appoint("Amir", "peer")
    house.says("Jo", "kloe add Is it soon enough?")
    [invite] = [call for call in claim(house) if call.op == "invite"]
    comes_to(house, invite, "never", reason="not here")
    house.settle()
    [row] = queued(house, "bring_in")

    assert row.facts["names"] == ["Amir"]
    assert row.not_before == BEGINS + timedelta(days=1, hours=-1)


def test_whoever_is_inside_where_a_room_stood_is_to_be_brought_in_where_it_stands_now(house):
    _binds(house, "Ruth", "Martin")
    _goes_on(house)
    house.happens("entered", account=account("Dana"), **where() | {"address": "C1"})
    house.says("Ruth", "use this channel as team room", room="C9", hidden={"anyway": True, "challenge": 1},
               gathered={"members": people("Ruth", "Martin")})  # fmt: skip
    _goes_on(house)

    assert _asked(house) == [("Ruth", "team", ["Dana"], False)] * 2


def test_somebody_appointed_anew_is_to_be_brought_in_once_more(house):
    _binds(house, "Ruth", "Martin")
    _goes_on(house)
    house.says("Jo", "stand down dana")
    _goes_on(house)
    house.clock.told += timedelta(days=1)
    house.says("Jo", "confirm dana from Saltmarsh as peer")
    _goes_on(house)

    assert _asked(house) == [("Ruth", "team", ["Dana"], False)] * 2


def test_several_who_come_after_each_other_are_in_one_message(house):
    _binds(house, "Ruth")
    calls = [call for call in claim(house) if call.op == "invite"]
    while calls:
        for call in calls:
            comes_to(house, call, "never", reason="not here")
            house.settle()
        calls = [call for call in claim(house) if call.op == "invite"]

    assert _asked(house, None) == [("Ruth", "team", ["Martin", "Dana"], False)]


def test_somebody_who_is_missing_later_that_day_is_put_into_the_same_message(house):
    _binds(house, "Ruth")
    _goes_on(house)
    house.appoint("Amir", "peer")
    house.says("Jo", "kloe add Is it soon enough?")
    [invite] = [call for call in claim(house) if call.op == "invite"]
    comes_to(house, invite, "never", reason="not here")
    house.settle()
    house.change(lambda session: session.execute(update(Outgoing).values(lease_until=BEGINS)))
    [call] = [call for call in claim(house) if call.account == "ruth"]

    assert call.op == "edit"
    assert "Martin, Dana and Amir" in call.card.plain


def test_nobody_is_asked_twice_for_the_same_people(house):
    _binds(house, "Ruth")
    _goes_on(house)
    asked = _asked(house)
    house.clock.told += timedelta(days=3)
    house.says("Jo", "kloe add Is it soon enough?")
    _goes_on(house)

    assert _asked(house) == asked == [("Ruth", "team", ["Martin", "Dana"], False)]


def test_two_rooms_are_asked_about_on_two_days_by_whoever_only_minds_them(house):
    for kind in ("team", "council"):
        bound(house, kind)
    house.says("Jo", "kloe add Is it soon enough?")
    for _ in range(10):
        for call in claim(house):
            comes_to(house, call, "never" if call.op == "invite" else "done", reason="not here")
        house.settle()
    days = [(row.facts["room"], row.not_before.day) for row in queued(house, "bring_in", None)]

    assert set(days) == {("team", BEGINS.day), ("council", BEGINS.day + 1)}


def test_on_site_both_rooms_are_asked_about_at_once(house):
    today = BEGINS.date()
    house.change(
        lambda session: session.execute(
            update(Challenge).values(first_day=today, last_day=today + timedelta(days=3))
        )
    )
    for kind in ("team", "council"):
        bound(house, kind)
    house.clock.told += EVENING
    house.says("Jo", "kloe add Is it soon enough?")
    _goes_on(house)

    assert {row.facts["room"] for row in queued(house, "bring_in", "sent")} == {"team", "council"}


def test_reader_who_is_missing_too_is_asked_to_come_in(house):
    bound(house, "team", "Martin", "Dana")
    house.says("Jo", "kloe add Is it soon enough?")
    _goes_on(house)

    assert _asked(house) == [("Ruth", "team", [], True)]


def test_reach_and_the_own_page_list_them_until_they_are_in(house):
    _binds(house, "Ruth")
    _goes_on(house)
    waits = _waits(house, "Ruth")
    missing = [_line(house, name)["to_bring_in"] for name in ("Dana", "Ruth")]
    house.happens("entered", **{**where(), "address": "C1"}, account=account("Martin"))
    house.happens("entered", **{**where(), "address": "C1"}, account=account("Dana"))

    assert (waits, missing) == ([(["Martin", "Dana"], "team")], [["team"], []])
    assert (_waits(house, "Ruth"), _line(house, "Dana")["to_bring_in"]) == ([], [])


def test_message_that_waits_for_the_morning_is_withdrawn_when_all_are_in(house):
    bound(house, "team", "Ruth", "Martin")
    house.clock.told += EVENING
    house.says("Jo", "kloe add Is it soon enough?")
    _goes_on(house)
    before = [row.state for row in queued(house, "bring_in", None)]
    house.happens("entered", **where(), account=account("Dana"))

    assert (before, [row.state for row in queued(house, "bring_in", None)]) == (["ready"], ["withdrawn"])


def test_message_that_waits_for_the_morning_names_who_is_missing_then(house):
    bound(house, "team", "Ruth")
    house.clock.told += EVENING
    house.says("Jo", "kloe add Is it soon enough?")
    _goes_on(house)
    house.happens("entered", **where(), account=account("Martin"))

    assert _asked(house, "ready") == [("Ruth", "team", ["Dana"], False)]


def test_looking_who_is_in_a_room_settles_it_too(house):
    _binds(house, "Ruth")
    _goes_on(house)
    there = people("Ruth", "Martin", "Dana")
    house.happens("room_seen", **{**where(), "address": "C1"}, members=there, looked_at=BEGINS)

    assert set(members(house).values()) == {"inside"}


def test_somebody_who_stands_down_before_was_never_in(house):
    _binds(house, "Ruth", "Martin")
    _goes_on(house)
    house.says("Jo", "stand down dana")

    assert "Dana" not in members(house)
    assert house.ask(select(Outgoing).where(Outgoing.op == "remove")) == []


def test_somebody_met_in_the_chat_only_now_is_tried_once_more(house):
    house.change(lambda session: session.get_one(Challenge, 1).__setattr__("ready_at", BEGINS))
    fields = {"name": "Lena", "role": "organiser", "email": "lena@exampleshire.example"}
    house.says("Jo", "confirm", fields=fields)
    _binds(house, "Jo", by="Jo", kind="liaison")
    _goes_on(house)
    before = members(house, "liaison").get("Lena")
    house.says(account("Lena", email="lena@exampleshire.example"), "help")
    house.says("Jo", "kloe add Is it soon enough?")

    assert (before, members(house, "liaison").get("Lena")) == ("to_bring_in", "invited")


def test_who_is_missing_from_the_programmes_room_is_asked_for_too(house):
    house.appoint("Priya", "programme_manager", challenge=None)
    house.says(
        "Jo", "use as programme room", room="P9", gathered={"members": people("Jo")}, hidden={"anyway": True}
    )
    _goes_on(house)

    assert _asked(house) == [("Jo", "programme", ["Priya"], False)]


# Pinning


def test_whoever_minds_the_room_is_asked_once_to_pin_its_card(house):
    _binds(house, "Ruth", "Martin", "Dana")
    _goes_on(house)
    house.says("Jo", "kloe add Is it soon enough?")
    _goes_on(house)
    house.clock.told += timedelta(days=2)
    house.says("Jo", "kloe add Is support ready at 18?")
    _goes_on(house)

    asked = [(row.person.name, row.facts["room"]) for row in queued(house, "pin_the_card", "sent")]
    assert asked == [("Ruth", "team")]
    assert queued(house, "not_done", state=None) == []


def test_nobody_is_asked_to_pin_in_quiet_hours(house):
    house.clock.told += EVENING
    _binds(house, "Ruth", "Martin", "Dana")
    _goes_on(house)
    [row] = queued(house, "pin_the_card")

    assert row.not_before == BEGINS + timedelta(days=1, hours=-1)


def test_card_that_cannot_be_pinned_is_no_trouble_with_a_room(house):
    _binds(house, "Ruth", "Martin", "Dana")
    _goes_on(house)
    house.says("Jo", "reach")

    assert house.outcome()[1]["facts"]["rooms"] == []
    assert house.one(Room, kind="team").state == "bound"
