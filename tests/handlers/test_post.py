"""Into the outbox: who may read it is checked, a key never repeats, a slot keeps its newest."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.post import WrongAudience
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import PersonAccount
from store.room import Room
from tests.fakes.house import BEGINS, CHAT, FORMAT, TENANT

FACTS = {"text": "hello"}


def _to_person(house, name="Helen", template="for_person", **of):
    def unit(session, post):
        person = session.get_one(PersonAccount, (CHAT, TENANT, name.casefold())).person
        row = post.to_person(person, template, FACTS, **{"key": "a key", **of})
        return row and row.id

    return house.post(unit)


def _to_room(house, kind, template, **of):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == kind)).one()
        challenge = session.get_one(Challenge, room.challenge_id)
        return post.to_room(room, template, FACTS, key="a key", challenge=challenge, **of).id

    return house.post(unit)


def _exampleshire(house):
    return house.one(Challenge)


def _rows(house):
    return house.ask(select(Outgoing).where(Outgoing.template.like("for_%")).order_by(Outgoing.id))


def test_message_waits_in_the_outbox_with_its_facts_and_challenge(house):
    _to_person(house, challenge=_exampleshire(house), hidden={"card": 3})
    [row] = _rows(house)

    assert (row.op, row.state, row.template, row.facts) == ("post", "ready", "for_person", FACTS)
    assert row.hidden == {"challenge": 1, "card": 3}
    assert (row.queued_at, row.not_before) == (BEGINS, BEGINS)


def test_key_that_was_queued_before_queues_nothing(house):
    first = _to_person(house)

    assert _to_person(house, name="Ruth") is None
    assert [row.id for row in _rows(house)] == [first]


def test_slot_keeps_its_newest_unsent_message(house):
    _to_person(house, key="first", slot="a card")
    _to_person(house, key="second", slot="a card")
    _to_person(house, key="third", slot="another card")

    assert [(row.key, row.state) for row in _rows(house)] == [
        ("first", "replaced"), ("second", "ready"), ("third", "ready")
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["sending", "sent", "uncertain"])
def test_slot_leaves_alone_what_a_chat_has_seen(house, state):
    _to_person(house, key="first", slot="a card")

    def send(session):
        session.scalars(select(Outgoing).where(Outgoing.key == "first")).one().state = state

    house.change(send)
    _to_person(house, key="second", slot="a card")

    assert [row.state for row in _rows(house)] == [state, "ready"]


@pytest.mark.parametrize(
    ("name", "template"), [("Helen", "for_sponsor"), ("Ruth", "for_team"), ("Helen", "for_person")]
)
def test_person_gets_what_their_role_may_read(house, name, template):
    assert _to_person(house, name, template, challenge=_exampleshire(house))


@pytest.mark.parametrize(("name", "template"), [("Helen", "for_team"), ("Ruth", "for_sponsor")])
def test_person_never_gets_what_no_role_of_theirs_may_read(house, name, template):
    with pytest.raises(WrongAudience, match=template):
        _to_person(house, name, template, challenge=_exampleshire(house))

    assert _rows(house) == []


def test_role_in_a_challenge_counts_for_nothing_outside_it(house):
    with pytest.raises(WrongAudience):
        _to_person(house, "Helen", "for_sponsor")


def test_role_in_the_programme_counts_outside_a_challenge(house):
    assert _to_person(house, "Jo", "for_coordination")


@pytest.mark.parametrize(("kind", "template"), [("team", "for_team"), ("council", "for_council")])
def test_room_gets_what_all_its_readers_may_read(house, kind, template):
    house.make_room(kind)

    assert _to_room(house, kind, template)


@pytest.mark.parametrize(
    ("kind", "template"),
    [
        ("council", "for_team"), ("liaison", "for_team"),
        ("liaison", "for_sponsor"), ("council", "for_sponsor"),
        ("team", "for_person"), ("team", "said_back"),
    ],
)  # fmt: skip
def test_room_never_gets_what_one_of_its_readers_may_not_read(house, kind, template):
    house.make_room(kind)

    with pytest.raises(WrongAudience, match=kind):
        _to_room(house, kind, template)


def _nudged_at(house, moment):
    house.clock.told = moment

    def unit(session, post):
        person = session.get_one(PersonAccount, (CHAT, TENANT, "helen")).person
        return post.nudge(
            person, "for_person", FACTS, key="n", challenge=session.get_one(Challenge, 1)
        ).not_before

    return house.post(unit)


def test_nudge_in_working_hours_goes_at_once(house):
    noon = datetime(2026, 7, 6, 11, 0, tzinfo=UTC)

    assert _nudged_at(house, noon) == noon


def test_nudge_on_friday_evening_waits_for_monday_morning(house):
    friday_evening = datetime(2026, 7, 10, 18, 30, tzinfo=UTC)
    monday_at_eight_in_london = datetime(2026, 7, 13, 7, 0, tzinfo=UTC)

    assert _nudged_at(house, friday_evening) == monday_at_eight_in_london


def test_room_is_asked_for_without_words(house):
    house.make_room("team")

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        row = post.to_move("make_room", room, key="room:team")
        return row.op, row.template, row.challenge_id, post.to_move("make_room", room, key="room:team")

    assert house.post(unit) == ("make_room", None, 1, None)


def test_message_for_later_says_when(house):
    later = BEGINS + timedelta(hours=3)
    _to_person(house, not_before=later, until=later, late="hold")
    [row] = _rows(house)

    assert (row.not_before, row.until, row.late) == (later, later, "hold")


def test_room_of_one_challenge_never_gets_what_is_about_another(house):
    house.make_room("council")
    house.says("Jo", f"new Northmere {FORMAT} 16-19 nov")

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "council")).one()
        other = session.scalars(select(Challenge).where(Challenge.name == "Northmere")).one()
        post.to_room(room, "for_council", FACTS, key="a key", challenge=other)

    with pytest.raises(WrongAudience):
        house.post(unit)
