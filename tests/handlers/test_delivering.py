"""Rows of the outbox become calls, and what came of them is written back: nothing lost, nothing twice."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from handlers import claiming, delivering, recording
from handlers.call import Outcome
from handlers.message import Account
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.programme import Programme
from store.queue import next_retry
from store.role import Role
from store.room import Room, RoomMember
from store.slot import Posted
from tests.fakes.house import BEGINS, CHAT, TENANT


@pytest.fixture
def house(house):
    """A house whose outbox is empty: what its opening queued has gone."""
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _queue(house, name, key, template="for_person", **of):
    def unit(session, post):
        person = session.get_one(PersonAccount, (CHAT, TENANT, name.casefold())).person
        post.to_person(
            person, template, {"text": key}, key=key, challenge=session.get_one(Challenge, 1), **of
        )

    house.post(unit)


def _queue_to_room(house, kind, key, template=None, **of):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == kind)).one()
        challenge = session.get_one(Challenge, 1)
        post.to_room(room, template or f"for_{kind}", {"text": key}, key=key, challenge=challenge, **of)

    house.post(unit)


def _claim(house, chat=CHAT, limit=50):
    clock = house.clock

    def unit(session):
        return claiming.claim(session, house.desk, clock.now(), clock.wall(), {chat: limit})

    return house.change(unit)


def _record(house, call, kind, **of):
    clock = house.clock

    def unit(session):
        outcome = Outcome(call=call, kind=kind, **of)
        recording.record(session, house.desk, outcome, clock.now(), clock.wall())

    house.change(unit)


def _told(calls):
    return [(call.op, call.account or call.place, call.key) for call in calls]


def _state(house, key):
    row = house.one(Outgoing, key=key)
    return row.state, row.failure


def _deliver(house, **addresses):
    """Deliver everything that can be, each call done; the keys in order."""
    keys = []
    while calls := _claim(house):
        for call in calls:
            _record(house, call, "done", address=addresses.get(call.key, f"at {call.key}"))
            keys.append(call.key)
    return keys


# In order


def test_place_hears_one_message_at_a_time_in_the_order_they_were_queued(house):
    for key in ("one", "two", "three"):
        _queue(house, "Helen", key)
    _queue(house, "Ruth", "to ruth")

    assert _told(_claim(house)) == [("post", "helen", "one"), ("post", "ruth", "to ruth")]
    assert _claim(house) == []


def test_next_message_follows_when_the_one_before_is_settled(house):
    for key in ("one", "two", "three"):
        _queue(house, "Helen", key)

    assert _deliver(house) == ["one", "two", "three"]
    assert _state(house, "three") == ("sent", None)


def test_message_that_waits_holds_up_its_own_place_only(house):
    for name in ("Helen", "Ruth"):
        _queue(house, name, f"{name} one")
        _queue(house, name, f"{name} two")
    helen, ruth = _claim(house)
    _record(house, helen, "later", seconds=60)
    _record(house, ruth, "done", address="somewhere")

    assert _told(_claim(house)) == [("post", "ruth", "Ruth two")]


def test_messages_that_wait_never_starve_the_others(house):
    def many(session, post):
        for number in range(120):
            person = Person(programme_id=1, name=f"P{number}", working_days="12345")
            session.add(person)
            session.flush()
            session.add(
                PersonAccount(
                    platform=CHAT,
                    tenant=TENANT,
                    account=f"p{number}",
                    person=person,
                    name="P",
                    seen_at=BEGINS,
                )
            )
            row = post.to_person(person, "for_person", {"text": "x"}, key=f"waits {number}")
            row.retry_at = BEGINS + timedelta(hours=1)

    house.post(many)
    _queue(house, "Helen", "to helen")

    assert _told(_claim(house, limit=10)) == [("post", "helen", "to helen")]


def test_no_more_calls_are_taken_in_hand_than_asked_for(house):
    _queue(house, "Helen", "to helen")
    _queue(house, "Ruth", "to ruth")

    assert _told(_claim(house, limit=1)) == [("post", "helen", "to helen")]
    assert _told(_claim(house, limit=1)) == [("post", "ruth", "to ruth")]


def test_message_for_later_waits_for_its_moment(house):
    _queue(house, "Helen", "later", not_before=BEGINS + timedelta(minutes=5))
    early = _claim(house)
    house.clock.told += timedelta(minutes=5)

    assert (early, _told(_claim(house))) == ([], [("post", "helen", "later")])


@pytest.mark.parametrize(
    ("late", "state", "alerts"), [("skip", "skipped", 0), ("tell", "skipped", 1), ("hold", "held", 0)]
)
def test_message_after_its_time_is_not_sent_and_told_of_where_it_matters(house, late, state, alerts):
    _queue(house, "Helen", "stale", until=BEGINS, late=late)
    _queue(house, "Helen", "fresh")
    house.clock.told += timedelta(seconds=1)

    assert "stale" not in _deliver(house)
    assert _state(house, "stale") == (state, None)
    assert _state(house, "fresh") == ("sent", None)
    assert len(_alerts(house)) == alerts


def test_number_of_a_message_that_was_deleted_is_given_to_no_other(house):
    _queue(house, "Helen", "gone")
    number = house.one(Outgoing, key="gone").id
    house.change(lambda session: session.execute(delete(Outgoing).where(Outgoing.key == "gone")))
    _queue(house, "Helen", "new")

    assert house.one(Outgoing, key="new").id > number


# Nobody knows


def test_message_that_may_have_arrived_is_looked_for_and_found(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "uncertain")
    house.clock.wait(1)
    [look] = _claim(house)
    _record(house, look, "done", address="where it stands")

    assert (look.op, look.key) == ("find", "hello")
    assert (house.one(Outgoing, key="hello").address, _state(house, "hello")) == (
        "where it stands", ("sent", None)
    )  # fmt: skip
    assert _claim(house) == []


def test_message_that_did_not_arrive_is_sent_again(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "uncertain")
    house.clock.wait(1)
    [look] = _claim(house)
    _record(house, look, "absent")

    assert _told(_claim(house)) == [("post", "helen", "hello")]


def test_looking_that_fails_is_tried_again_before_anything_is_sent(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "uncertain")
    house.clock.wait(1)
    [look] = _claim(house)
    _record(house, look, "later", seconds=2)
    house.clock.wait(2)

    assert [one.op for one in _claim(house)] == ["find"]


def test_outcome_that_comes_twice_counts_once(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "done", address="first")
    _record(house, call, "done", address="second")

    assert house.one(Outgoing, key="hello").address == "first"


def test_call_that_is_never_heard_of_again_is_looked_for_when_its_lease_is_over(house):
    _queue(house, "Helen", "hello")
    _claim(house)
    house.clock.wait(59)
    early = _claim(house)
    house.clock.wait(2)

    assert (early, [one.op for one in _claim(house)]) == ([], ["find"])


def test_message_to_a_room_is_looked_for_in_that_room(house):
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")
    [call] = _claim(house)
    _record(house, call, "uncertain")
    house.clock.wait(1)
    [look] = _claim(house)

    assert (look.op, look.key, look.place) == ("find", "for the team", "team-Exampleshire")


def test_room_that_may_have_been_made_is_looked_for_by_its_title(house):
    house.make_room("team")
    house.change(lambda session: session.execute(update(Room).values(state="wanted", address=None)))

    def unit(session, post):
        post.to_move("make_room", session.scalars(select(Room).where(Room.kind == "team")).one(), "make it")

    house.post(unit)
    [make] = _claim(house)
    _record(house, make, "uncertain")
    house.clock.wait(1)
    [look] = _claim(house)
    _record(house, look, "later", seconds=2)
    house.clock.wait(2)

    assert (make.op, look.op, look.key, look.title) == ("make_room", "find_room", "make it", "team")
    assert [call.op for call in _claim(house)] == ["find_room"]


def _helen_is_reachable(house, reachable):
    account = PersonAccount.account == "helen"
    emailed = update(Person).where(Person.name == "Helen").values(email="helen@council.example")
    house.change(lambda session: session.execute(emailed))
    house.change(
        lambda session: session.execute(update(PersonAccount).where(account).values(reachable=reachable))
    )


def _in_doubt_and_looked_up(house):
    """A message that may stand, whose reader is looked up before it is looked for; the look-up."""
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "uncertain")
    _helen_is_reachable(house, False)
    house.clock.wait(1)
    [look_up] = _claim(house)
    assert look_up.op == "look_up"
    return look_up


@pytest.mark.parametrize("kind", ["account", "later", "not_begun", "uncertain", "broken"])
def test_message_that_may_have_arrived_is_looked_for_though_its_reader_was_looked_up_first(house, kind):
    _record(house, _in_doubt_and_looked_up(house), kind)
    _helen_is_reachable(house, True)
    house.clock.wait(5)

    assert [call.op for call in _claim(house)] == ["find"]


def _is_now_in(house, name, platform, *, still=False):
    """Somebody is seen in another chat; in the first one too, or there no more."""

    def unit(session):
        there = session.scalars(select(PersonAccount).where(PersonAccount.account == name)).one()
        known = {"tenant": TENANT, "account": name, "name": there.name, "person_id": there.person_id}
        later = there.seen_at + timedelta(days=1)
        session.add(PersonAccount(platform=platform, guest=False, active=True, seen_at=later, **known))
        there.active = still

    house.change(unit)


def _in_doubt(house, key, **of):
    _queue(house, "Helen", key, **of)
    [call] = [call for call in _claim(house) if call.key == key]
    _record(house, call, "uncertain")
    house.clock.wait(5)


def test_message_that_may_have_arrived_is_looked_for_in_the_chat_where_it_was_said(house):
    _in_doubt(house, "hello")
    _is_now_in(house, "helen", ELSEWHERE, still=True)

    assert _claim_in(house, here=5, elsewhere=5) == [("find", "hello")]
    assert house.one(Outgoing, key="hello").tried_in == CHAT


def test_message_that_may_have_arrived_where_its_reader_is_no_more_is_for_a_person_to_decide(house):
    _in_doubt(house, "hello")
    _is_now_in(house, "helen", ELSEWHERE)

    assert ("post", "hello") not in _claim_in(house, here=5, elsewhere=5)
    assert house.one(Outgoing, key="hello").state == "unsure"


def test_message_that_may_have_arrived_elsewhere_and_was_overtaken_gives_way_to_the_newer_one(house):
    _in_doubt(house, "first", slot="card")
    _queue(house, "Helen", "second", slot="card")
    _is_now_in(house, "helen", ELSEWHERE)
    _claim_in(house, here=5, elsewhere=5)
    rows = house.ask(select(Outgoing).where(Outgoing.slot == "card").order_by(Outgoing.id))

    assert [(row.state, row.repeated) for row in rows] == [("replaced", False), ("sending", True)]


def test_message_about_no_challenge_that_may_have_arrived_elsewhere_says_so_when_it_is_said_again(house):
    _in_doubt(house, "hello")
    house.change(lambda session: session.execute(update(Outgoing).values(challenge_id=None)))
    _is_now_in(house, "helen", ELSEWHERE)

    assert _claim_in(house, here=5, elsewhere=5) == [("post", "hello")]
    assert house.one(Outgoing, key="hello").repeated is True


def test_message_that_may_have_arrived_is_passed_on_as_such_where_nobody_is_found(house):
    _record(house, _in_doubt_and_looked_up(house), "account", account=None)
    _claim(house)
    row = house.one(Outgoing, key="hello")

    assert (row.state, row.repeated) == ("by_hand", True)


def test_look_up_that_nobody_heard_the_end_of_leaves_no_doubt(house):
    _queue(house, "Helen", "hello")
    _helen_is_reachable(house, False)
    [look_up] = _claim(house)
    _record(house, look_up, "uncertain")

    assert (look_up.op, _state(house, "hello")[0]) == ("look_up", "ready")


@pytest.mark.parametrize(("kind", "of"), [("later", {"seconds": 0.5}), ("not_begun", {})])
def test_outcome_written_twice_takes_no_message_out_of_other_hands(house, kind, of):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, kind, **of)
    house.clock.wait(1)
    [again] = _claim(house)
    _record(house, call, kind, **of)
    house.clock.wait(1)

    assert (again.op, _claim(house)) == ("post", [])


# Patience


def test_chat_that_asks_for_patience_gets_it(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "later", seconds=7)
    retry = house.one(Outgoing, key="hello").retry_at
    house.clock.wait(6)
    early = _claim(house)
    house.clock.wait(1)

    assert retry == BEGINS + timedelta(seconds=7)
    assert (early, _told(_claim(house))) == ([], [("post", "helen", "hello")])


def test_chat_that_is_out_of_order_is_tried_more_and_more_seldom(house):
    _queue(house, "Helen", "hello")
    waits = []
    for _ in range(7):
        [call] = _claim(house)
        _record(house, call, "later")
        waits.append((house.one(Outgoing, key="hello").retry_at - house.clock.wall()).seconds)
        house.clock.wait(waits[-1])

    assert waits == [1, 5, 30, 120, 600, 600, 600]


ELSEWHERE = "another"


@pytest.fixture
def in_two_chats(house):
    """Messages to Helen and Ruth, who are in another chat, and then to Jo."""
    for name in ("Helen", "Ruth", "Jo"):
        _queue(house, name, f"to {name}")
    in_other = PersonAccount.account.in_(("helen", "ruth"))
    house.change(
        lambda session: session.execute(update(PersonAccount).where(in_other).values(platform=ELSEWHERE))
    )
    return house


def _claim_in(house, **free):
    clock, free = house.clock, {CHAT: free["here"], ELSEWHERE: free["elsewhere"]}
    calls = house.change(lambda session: claiming.claim(session, house.desk, clock.now(), clock.wall(), free))
    return [(call.op, call.key) for call in calls]


@pytest.mark.parametrize("looked_at", [200, 2])
def test_chat_whose_places_are_taken_holds_up_no_other(in_two_chats, monkeypatch, looked_at):
    monkeypatch.setattr(claiming, "_LOOKED_AT", looked_at)
    full = _claim_in(in_two_chats, here=1, elsewhere=0)

    assert (full, _claim_in(in_two_chats, here=1, elsewhere=5)) == (
        [("post", "to Jo")], [("post", "to Helen"), ("post", "to Ruth")],
    )  # fmt: skip


def test_each_chat_has_as_many_calls_as_it_has_places_for(in_two_chats):
    assert _claim_in(in_two_chats, here=1, elsewhere=1) == [("post", "to Helen"), ("post", "to Jo")]


def test_chat_whose_places_are_taken_is_asked_for_no_account(house):
    def unit(session, post):
        person = Person(programme_id=1, name="Dana", email="dana@northmere.example", working_days="1")
        session.add(person)
        session.flush()
        post.to_person(person, "for_person", {"text": "hello"}, key="to dana")

    house.post(unit)
    full = _claim_in(house, here=5, elsewhere=0)

    assert (full, _claim_in(house, here=0, elsewhere=1)) == ([], [("look_up", "to dana")])


def test_readers_who_cannot_be_looked_up_just_now_hold_up_nobody(house, monkeypatch):
    def unit(session, post):
        for number in range(4):
            email = f"peer{number}@northmere.example"
            person = Person(programme_id=1, name=f"Peer {number}", email=email, working_days="1")
            session.add(person)
            session.flush()
            post.to_person(person, "for_person", {"text": "hello"}, key=f"to peer {number}")

    house.post(unit)
    _record(house, _claim(house, limit=1)[0], "later", seconds=30, refused="look_up")
    _queue(house, "Jo", "to jo")
    monkeypatch.setattr(claiming, "_LOOKED_AT", 2)

    assert [call.key for call in _claim(house)] == ["to jo"]


def test_first_retry_to_come_is_told(house):
    for name, seconds in (("Helen", 9), ("Ruth", 4)):
        _queue(house, name, name)
        [call] = _claim(house)
        _record(house, call, "later", seconds=seconds)

    def first(session):
        return next_retry(session, house.clock.now(), house.clock.wall())

    assert house.change(first) == BEGINS + timedelta(seconds=4)


def test_mistake_of_the_bot_is_given_up_after_a_while(house):
    _queue(house, "Helen", "hello")
    for _ in range(40):
        house.clock.wait(601)
        for call in _claim(house):
            _record(house, call, "absent" if call.op == "find" else "broken")

    assert _state(house, "hello") == ("dead", "mistake")


def test_first_mistake_after_much_patience_is_no_reason_to_give_up(house):
    _queue(house, "Helen", "hello")
    for kind in (*["later"] * 12, "broken"):
        house.clock.wait(601)
        for call in _claim(house):
            _record(house, call, kind)

    assert _state(house, "hello") == ("uncertain", None)


# Never


def _alerts(house):
    return [row.facts for row in house.ask(select(Outgoing).where(Outgoing.template == "not_done"))]


def test_message_to_somebody_who_is_gone_is_dead_and_the_programme_is_told(house):
    _queue(house, "Helen", "a private word")
    [call] = _claim(house)
    _record(house, call, "never", reason="account_inactive")
    [alert] = _alerts(house)

    assert _state(house, "a private word") == ("dead", "account_inactive")
    assert (alert["who"], alert["challenge"], alert["op"]) == ("Helen", "Exampleshire", "post")
    assert "a private word" not in str(alert)


def test_alert_that_cannot_be_said_causes_no_alert(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)
    _record(house, call, "never", reason="gone")
    for alert in _claim(house):
        _record(house, alert, "never", reason="gone")

    assert len(_alerts(house)) == 1
    assert _claim(house) == []


def test_message_that_cannot_be_put_into_words_is_dead_and_holds_nobody_up(house, logged):
    _queue(house, "Helen", "broken")

    def break_it(session):
        session.scalars(select(Outgoing).where(Outgoing.key == "broken")).one().facts = {"other": "private"}

    house.change(break_it)
    _queue(house, "Helen", "hello")

    assert "hello" in [call.key for call in _claim(house)]
    assert _state(house, "broken")[0] == "dead"
    assert "private" not in logged.getvalue()


# Who may read it, at the moment of sending


def test_message_to_somebody_who_stood_down_meanwhile_is_not_sent(house):
    _queue(house, "Ruth", "for the team", template="for_team")

    def stand_down(session):
        session.scalars(select(Role).where(Role.role == "challenge_manager")).one().ends = (
            BEGINS.date() - timedelta(days=1)
        )

    house.change(stand_down)

    assert "for the team" not in [call.key for call in _claim(house)]
    assert _state(house, "for the team") == ("dead", "not_for_its_reader")


def test_message_to_a_room_whose_readers_changed_meanwhile_is_not_sent(house):
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")
    house.change(
        lambda session: session.execute(update(Room).where(Room.kind == "team").values(kind="council"))
    )

    assert "for the team" not in [call.key for call in _claim(house)]
    assert _state(house, "for the team")[0] == "dead"


def test_team_room_with_somebody_in_it_who_may_not_read_is_told_nothing(house):
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")

    def stuck(session):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        session.add(RoomMember(room_id=room.id, person_id=1, state="stuck"))

    house.change(stuck)
    held = _claim(house)
    house.change(lambda session: session.execute(update(RoomMember).values(state="inside")))

    assert held == []
    assert [call.key for call in _claim(house)] == ["for the team"]


@pytest.mark.parametrize("state", ["wanted", "lost"])
def test_room_that_is_not_there_is_waited_for(house, state):
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")
    house.change(lambda session: session.execute(update(Room).where(Room.kind == "team").values(state=state)))
    held = _claim(house)
    house.change(
        lambda session: session.execute(update(Room).where(Room.kind == "team").values(state="bound"))
    )

    assert held == []
    assert _told(_claim(house)) == [("post", "team-Exampleshire", "for the team")]


@pytest.mark.parametrize(
    ("op", "level"), [("invite", "info"), ("pin", "info"), ("remove", "info"), ("post", "warning")]
)
def test_what_a_chat_lets_no_bot_do_is_no_warning(house, logged, op, level):
    """A person is asked to do it: nobody has to look at the log."""
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")
    [call] = _claim(house)
    house.change(lambda session: session.execute(update(Outgoing).values(op=op)))
    _record(house, call, "never", reason="cannot")

    [line] = [json.loads(line) for line in logged.getvalue().splitlines() if "message_dead" in line]
    assert (line["op"], line["level"]) == (op, level)


def test_chat_that_is_not_there_is_waited_for(house):
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")

    assert _claim(house, chat="another") == []
    assert _state(house, "for the team") == ("ready", None)


def _lost(house, op="post"):
    house.make_room("team")
    _queue_to_room(house, "team", "for the team")
    [call] = _claim(house)
    if op == "find":
        _record(house, call, "uncertain")
        house.clock.wait(1)
        [call] = _claim(house)
    _record(house, call, "room_gone", reason="archived")
    return call


@pytest.mark.parametrize(("op", "state"), [("post", "ready"), ("find", "uncertain")])
def test_room_that_is_gone_is_lost_and_what_it_is_owed_waits(house, op, state):
    call = _lost(house, op)
    house.clock.wait(601)

    assert call.op == op
    assert house.one(Room, kind="team").state == "lost"
    assert _state(house, "for the team") == (state, None)
    assert call.key not in [later.key for later in _claim(house)]


def test_room_that_is_back_gets_what_waited(house):
    _lost(house)
    house.change(lambda session: session.execute(update(Room).values(state="bound")))
    house.clock.wait(601)

    assert ("post", "team-Exampleshire", "for the team") in _told(_claim(house))


def test_what_follows_from_a_gone_room_fails_without_an_endless_loop(house, logged, monkeypatch):
    monkeypatch.setitem(house.desk.happenings, "room_gone", None)
    _lost(house)

    assert "for the team" not in [call.key for call in _claim(house)]
    assert "settling_broke" in logged.getvalue()


# Living cards


def test_card_of_a_slot_is_posted_once_and_then_edited_where_it_stands(house):
    _queue(house, "Helen", "first", slot="card")
    [call] = _claim(house)
    _record(house, call, "done", address="here")
    _queue(house, "Helen", "second", slot="card")
    [edit] = _claim(house)
    _record(house, edit, "done", address="here")

    assert (call.op, edit.op, edit.address, edit.card.plain) == ("post", "edit", "here", "person: second")
    assert house.one(Posted, slot="card").outgoing_id == house.one(Outgoing, key="second").id


def test_only_the_newest_card_of_a_slot_is_sent(house):
    for key in ("first", "second", "third"):
        _queue(house, "Helen", key, slot="card")

    assert _deliver(house) == ["third"]


def test_card_that_changes_while_it_is_being_posted_is_edited_afterwards(house):
    _queue(house, "Helen", "first", slot="card")
    [call] = _claim(house)
    _queue(house, "Helen", "second", slot="card")
    meanwhile = _claim(house)
    _record(house, call, "done", address="here")
    [edit] = _claim(house)

    assert (meanwhile, edit.op, edit.address) == ([], "edit", "here")


def test_edit_that_may_have_arrived_is_done_again(house):
    _queue(house, "Helen", "first", slot="card")
    _deliver(house)
    _queue(house, "Helen", "second", slot="card")
    [edit] = _claim(house)
    _record(house, edit, "uncertain")
    house.clock.wait(1)

    assert [(call.op, call.key) for call in _claim(house)] == [("edit", "second")]


def test_card_that_somebody_deleted_is_posted_anew(house):
    _queue(house, "Helen", "first", slot="card")
    _deliver(house)
    _queue(house, "Helen", "second", slot="card")
    [edit] = _claim(house)
    _record(house, edit, "never", reason="message_not_found")
    [post] = _claim(house)
    _record(house, post, "done", address="there")

    assert (post.op, post.key) == ("post", "second")
    assert house.one(Posted, slot="card").address == "there"


def test_message_withdrawn_while_in_hand_is_not_tried_again(house):
    _queue(house, "Helen", "hello")
    [call] = _claim(house)

    def unwanted(session):
        session.scalars(select(Outgoing).where(Outgoing.key == "hello")).one().unwanted = True

    house.change(unwanted)
    _record(house, call, "later", seconds=1)
    house.clock.wait(2)

    assert (_claim(house), _state(house, "hello")) == ([], ("withdrawn", None))


# Without an account


def _somebody(house, name, email):
    def unit(session, post):
        person = Person(programme_id=1, name=name, email=email, working_days="12345")
        session.add(person)
        session.flush()
        post.to_person(person, "for_person", {"text": "x"}, key="to somebody")

    house.post(unit)


DANA = Account(platform=CHAT, tenant=TENANT, id="U7", name="Dana", email="dana@northmere.example")


def test_message_to_somebody_without_account_or_email_is_for_a_person_to_pass_on(house):
    _somebody(house, "Dana Lee", None)

    assert _claim(house) == []
    assert _state(house, "to somebody")[0] == "by_hand"


def test_somebody_with_an_email_is_looked_up_and_then_written_to(house):
    _somebody(house, "Dana Lee", "dana@northmere.example")
    [look] = _claim(house)
    _record(house, look, "account", account=DANA)

    assert (look.op, look.email) == ("look_up", "dana@northmere.example")
    assert ("post", "U7", "to somebody") in _told(_claim(house))
    assert house.one(PersonAccount, account="U7").person_id == house.one(Person, name="Dana Lee").id


def _dana_cannot_be_written_to(house, **state):
    """Something is owed to Dana, whose account is known."""
    house.says(DANA, "help")

    def unit(session, post):
        session.execute(update(PersonAccount).where(PersonAccount.account == "U7").values(state))
        dana = session.scalars(select(Person).where(Person.name == "Dana")).one()
        post.to_person(dana, "for_person", {"text": "x"}, key="to somebody")

    house.post(unit)


def test_account_that_the_chat_let_nobody_write_to_is_in_reach_when_it_is_found(house):
    _dana_cannot_be_written_to(house, reachable=False)
    [look] = _claim(house)
    _record(house, look, "account", account=DANA)

    assert (look.op, house.one(PersonAccount, account="U7").state) == ("look_up", "reached")
    assert ("post", "U7", "to somebody") in _told(_claim(house))


@pytest.mark.parametrize("reachable", [True, False])
def test_account_that_is_over_is_looked_up_once(house, reachable):
    _dana_cannot_be_written_to(house, active=False, reachable=reachable)
    [look] = _claim(house)
    _record(house, look, "account", account=DANA)

    assert (_claim(house), _state(house, "to somebody")[0]) == ([], "by_hand")
    assert house.one(PersonAccount, account="U7").state == "over"


def test_somebody_whom_the_chat_does_not_know_is_looked_up_once(house):
    _somebody(house, "Dana Lee", "dana@northmere.example")
    [look] = _claim(house)
    _record(house, look, "account", account=None)

    assert "to somebody" not in [call.key for call in _claim(house)]
    assert _state(house, "to somebody")[0] == "by_hand"


@pytest.mark.parametrize(
    "found",
    [
        Account(platform=CHAT, tenant="another", id="U7", name="Dana"),
        Account(platform="another", tenant=TENANT, id="U7", name="Dana"),
        Account(platform=CHAT, tenant=TENANT, id="U7", name="Dana", guest=True),
    ],
    ids=["another tenant", "another chat", "a guest"],
)
def test_account_that_is_not_to_be_trusted_is_not_linked(house, found):
    _somebody(house, "Dana Lee", "dana@northmere.example")
    [look] = _claim(house)
    _record(house, look, "account", account=found)

    assert [row for row in house.ask(select(PersonAccount)) if row.account == "U7"] == []
    assert "to somebody" not in [call.key for call in _claim(house)]
    assert _state(house, "to somebody")[0] == "by_hand"


def test_account_that_is_somebody_elses_already_stays_theirs(house):
    _somebody(house, "Dana Lee", "dana@northmere.example")
    [look] = _claim(house)
    helens = Account(platform=CHAT, tenant=TENANT, id="helen", name="Helen")
    _record(house, look, "account", account=helens)

    assert house.one(PersonAccount, account="helen").person_id == house.one(Person, name="Helen").id
    assert _claim(house) == []
    assert _state(house, "to somebody")[0] == "by_hand"


def test_somebody_is_brought_into_a_room_by_their_account_in_its_chat(house):
    house.make_room("team")

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        person = session.get_one(PersonAccount, (CHAT, TENANT, "ruth")).person
        post.to_move("invite", room, "invite ruth", person)

    house.post(unit)
    [call] = _claim(house)

    assert (call.op, call.place, call.account) == ("invite", "team-Exampleshire", "ruth")


# After a crash


def _recover(house):
    house.change(lambda session: delivering.recover(session, house.desk, house.clock.now()))


def test_message_in_hand_at_a_crash_is_looked_for_before_it_is_sent_again(house):
    _queue(house, "Helen", "hello")
    _claim(house)
    _recover(house)

    assert [(call.op, call.key) for call in _claim(house)] == [("find", "hello")]


def test_move_in_hand_at_a_crash_is_made_again(house):
    house.make_room("team")

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        person = session.get_one(PersonAccount, (CHAT, TENANT, "ruth")).person
        post.to_move("invite", room, "invite ruth", person)

    house.post(unit)
    _claim(house)
    _recover(house)

    assert [call.op for call in _claim(house)] == ["invite"]


def _answered(house, **of):
    house.says("Helen", "say here", fields={"text": "hello", "day": "9 nov"}, **of)
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))


def test_answer_that_nobody_received_is_looked_for_and_brought(house):
    _answered(house)
    _recover(house)
    [look] = _claim(house)
    _record(house, look, "absent")
    [bring] = _claim(house)

    assert (look.op, look.key) == ("find", "said-1")
    assert (bring.op, bring.account, bring.key) == ("post", "helen", "said-1")
    assert bring.card == house.answer("said_back", {"text": "hello", "day": "2026-11-09"})


def test_answer_that_stood_before_the_crash_is_not_brought_again(house):
    _answered(house)
    house.change(lambda session: session.execute(update(Heard).values(handed_over_at=BEGINS)))
    _recover(house)

    assert _claim(house) == []


def test_answer_for_the_asker_in_a_room_is_brought_to_them_alone(house):
    team = house.make_room("team")
    house.says("Ruth", "say here", fields={"text": "hello", "day": "9 nov"}, room=team)
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    _recover(house)
    [look] = _claim(house)
    _record(house, look, "absent")
    [bring] = _claim(house)

    assert (bring.place, bring.account) == ("team-Exampleshire", "ruth")


def test_answer_for_the_asker_waits_for_no_room_where_nobody_can_whisper(house):
    house.desk = replace(house.desk, whispering=frozenset())
    team = house.make_room("team")
    _queue_to_room(house, "team", "waits", "for_team")
    house.says("Ruth", "say here", fields={"text": "hello", "day": "9 nov"}, room=team)
    house.change(lambda session: session.execute(update(Room).values(state="lost")))
    _recover(house)

    look = next(call for call in _claim(house) if call.key == "said-1")
    assert (look.op, look.place, look.account) == ("find", None, "ruth")


def test_answer_that_the_chat_refused_is_said_after_a_while_without_a_look(house):
    _answered(house)
    later = house.clock.wall() + timedelta(seconds=30)

    def unit(session):
        heard = session.get_one(Heard, "said-1")
        delivering.answer_by_outbox(session, house.desk, heard, house.clock.now(), retry_at=later)

    house.change(unit)
    assert _claim(house) == []
    house.clock.wait(30)
    assert _told(_claim(house)) == [("post", "helen", "said-1")]


def test_refusal_that_nobody_received_is_brought_too(house):
    house.says("Helen", "xyzzy")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    _recover(house)

    assert [call.key for call in _claim(house)] == ["said-1"]


def test_recovering_twice_brings_an_answer_once(house):
    _answered(house)
    _recover(house)
    _recover(house)

    assert len(house.ask(select(Outgoing).where(Outgoing.key == "said-1"))) == 1


def test_answers_are_brought_late_only_after_a_while(house):
    _answered(house)
    just_now = house.change(
        lambda session: delivering.sweep(session, house.desk, BEGINS - timedelta(seconds=1))
    )
    later = house.change(lambda session: delivering.sweep(session, house.desk, BEGINS))

    assert (just_now, later) == (0, 1)


def test_answer_in_an_unclaimed_programme_is_let_go(house):
    house.says("Helen", "xyzzy")
    house.change(lambda session: session.execute(update(Heard).values(person_id=None)))
    house.change(lambda session: session.execute(update(Programme).values(claimed_at=None)))
    _recover(house)

    assert _claim(house) == []


def test_answer_that_cannot_be_brought_holds_no_other_up(house, logged):
    house.says("Ruth", "help")
    house.change(lambda session: session.execute(update(Heard).values(answer={"template": "help"})))
    _answered(house)
    _recover(house)

    assert [call.key for call in _claim(house)] == ["said-2"]
    assert house.one(Heard, id="said-1").handed_over_at is not None
    assert "answer_cannot_be_brought" in logged.getvalue()
