"""A home that was opened is kept up: drawn after each change, each morning, and never without need."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from handlers import claiming, homes, jobs, recording
from handlers.call import Outcome
from handlers.dispatch import happened
from handlers.message import Happened
from store.challenge import Challenge
from store.home import OpenHome
from store.outbox import Outgoing
from tests.fakes.house import BEGINS, CHAT, account


@pytest.fixture
def house(house):
    """A house whose outbox is empty, and in which people may be contacted."""
    house.says("Jo", "ready in exampleshire")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _open(house, name, times=1):
    event = Happened(
        id=f"opened-{name}-{times}",
        at=house.clock.now(),
        kind="home_opened",
        facts={"account": account(name)},
    )
    house.change(lambda session: happened(session, house.desk, event, house.clock.now()))


def _claim(house, chat=CHAT):
    """The calls for homes that are made next; other messages are not looked at."""
    clock = house.clock

    def unit(session):
        every = claiming.claim(session, house.desk, clock.now(), clock.wall(), {chat: 50})
        return [call for call in every if call.op == "home"]

    return house.change(unit)


def _record(house, call, kind, **of):
    clock, outcome = house.clock, Outcome(call=call, kind=kind, **of)
    house.change(lambda session: recording.record(session, house.desk, outcome, clock.now(), clock.wall()))


def _shown(house):
    """What is shown in homes now, by account; each is shown well."""
    house.clock.wait(5)
    calls = _claim(house)
    for call in calls:
        _record(house, call, "done")
    return {call.account: call.card.plain for call in calls}


def _rows(house):
    return house.ask(select(Outgoing).where(Outgoing.op == "home"))


def test_home_that_is_opened_is_drawn(house):
    _open(house, "Helen")
    [call] = _claim(house)

    assert (call.op, call.platform, call.account) == ("home", CHAT, "helen")
    assert "You as sponsor. Now: scoping; on site 9 to 12 November 2026" in call.card.plain


def test_change_in_a_challenge_draws_the_home_of_whoever_opened_one_and_has_a_part(house):
    for name in ("Helen", "Jo", "Owen"):
        _open(house, name)
    _shown(house)
    house.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    shown = _shown(house)

    assert list(shown) == ["helen"]
    assert "say who speaks, Friday 10 July" in shown["helen"]


def test_change_that_shows_nowhere_is_not_sent(house):
    _open(house, "Helen")
    _shown(house)
    house.says("Ruth", "note front door strength They explain thresholds in exampleshire")

    assert len([row for row in _rows(house) if row.state == "ready"]) == 1
    assert _shown(house) == {}
    assert [row.state for row in _rows(house)] == ["replaced"]


def test_home_that_waits_to_be_drawn_waits_once(house):
    _open(house, "Helen")
    for number in range(3):
        house.says("Jo", f'task helen "thing {number}" by 10 jul in exampleshire')

    assert len(_rows(house)) == 1
    assert "thing 2" in _shown(house)["helen"]


def test_change_while_a_home_is_in_hand_is_drawn_afterwards(house):
    _open(house, "Helen")
    [call] = _claim(house)
    house.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    _record(house, call, "done")

    assert "say who speaks" in _shown(house)["helen"]
    assert len(_rows(house)) == 1


def test_homes_rest_between_two_changes(house):
    _open(house, "Helen")
    _shown(house)
    house.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')

    assert _claim(house) == []
    house.clock.wait(4)
    assert len(_claim(house)) == 1


def test_home_opened_again_is_drawn_whatever_stands_there(house):
    _open(house, "Helen")
    _shown(house)
    _open(house, "Helen", times=2)

    assert list(_shown(house)) == ["helen"]


def test_home_does_not_wait_for_messages_nor_they_for_it(house):
    _open(house, "Helen")
    house.change(
        lambda session: session.execute(update(Outgoing).values(retry_at=BEGINS + timedelta(days=1)))
    )
    house.says("Jo", "confirm @Helen as organiser", mentions=(account("Helen"),), hidden={"challenge": 1})
    house.says("Jo", "stand down ruth in exampleshire")
    ops = house.change(
        lambda session: [
            call.op for call in claiming.claim(session, house.desk, BEGINS, house.clock.wall(), {CHAT: 50})
        ]
    )

    assert "post" in ops
    assert "home" not in ops


def test_somebody_who_stood_down_loses_it_at_once(house):
    _open(house, "Ruth")
    before = _shown(house)["ruth"]
    house.says("Jo", "stand down ruth in exampleshire")
    after = _shown(house)["ruth"]

    assert "Exampleshire" in before
    assert "Exampleshire" not in after
    assert "You have no part in a challenge at the moment" in after


def test_invited_peer_who_stood_down_loses_it_at_once(house):
    house.says(account("Nora", email="nora@saltmarsh.example"), "help")
    fields = {"name": "Nora", "role": "peer", "expertise": "", "email": "nora@saltmarsh.example"}
    house.says("Jo", "invite", fields={**fields, "council": "Saltmarsh"}, hidden={"challenge": 1})
    _open(house, "Nora")
    before = _shown(house)["nora"]
    house.says("Jo", "stand down nora in exampleshire")

    assert "You are asked to come as peer" in before
    assert "Exampleshire" not in _shown(house)["nora"]


def test_end_of_a_role_for_the_whole_programme_draws_the_home(house):
    house.appoint("Priya", "programme_manager", challenge=None)
    _open(house, "Priya")
    before = _shown(house)["priya"]
    house.says("Jo", "stand down priya for the programme")

    assert "Exampleshire" in before
    assert "Exampleshire" not in _shown(house)["priya"]


def test_new_day_draws_the_home_anew_as_dates_move_on(house):
    house.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    _open(house, "Helen")
    _shown(house)
    morning = datetime(2026, 7, 7, 5, 15, tzinfo=UTC)
    assert house.change(lambda session: jobs.next_moment(session, house.clock.now())) <= morning
    for day in (7, 8, 9, 10):
        house.clock.told = datetime(2026, 7, day, 5, 15, tzinfo=UTC)
        while house.change(lambda session: jobs.tick(session, house.desk, house.clock.told)):
            continue
        shown = _shown(house)

    assert "say who speaks: due today" in shown["helen"]
    assert house.one(OpenHome).next_at.date() == date(2026, 7, 11)


def test_conversation_that_ends_draws_the_home(house):
    _open(house, "Helen")
    _shown(house)
    house.says("Helen", "scoping")
    house.says("Helen", "start")
    for _ in range(20):
        house.says("Helen", "skip")

    assert _shown(house) != {}


def test_home_whose_call_may_have_failed_is_drawn_again(house):
    _open(house, "Helen")
    [call] = _claim(house)
    _record(house, call, "uncertain")
    house.clock.wait(1)

    assert [again.op for again in _claim(house)] == ["home"]


def test_home_that_cannot_be_shown_is_forgotten_and_nobodys_trouble(house):
    house.make_room("programme", challenge=None)
    _open(house, "Helen")
    [call] = _claim(house)
    _record(house, call, "never", reason="user_not_found")

    assert house.ask(select(OpenHome)) == []
    assert house.ask(select(Outgoing).where(Outgoing.template == "not_done")) == []


def test_home_in_a_chat_that_is_not_there_is_left_out(house):
    _open(house, "Helen")

    assert _claim(house, chat="another") == []
    assert [row.state for row in _rows(house)] == ["skipped"]


def test_stranger_who_opens_a_home_reads_who_the_bot_is_and_whom_to_ask(house):
    _open(house, "Owen")

    assert "You have no part in a challenge at the moment. Jo can tell you more." in _shown(house)["owen"]


def test_change_makes_one_statement_for_homes_that_nobody_opened(house):
    seen = []

    def unit(session):
        challenge = session.get_one(Challenge, 1)
        event.listen(session.bind, "before_cursor_execute", lambda *of: seen.append(of[2]))
        homes.refresh(session, challenge, house.clock.now())

    house.change(unit)

    assert len(seen) == 1


def test_messages_go_before_homes_and_only_a_few_homes_are_drawn_at_once(house):
    for number in range(5):
        _open(house, f"Stranger {number}")
    house.says(
        "Jo", "confirm @Ruth as programme manager", mentions=(account("Ruth"),), hidden={"challenge": 1}
    )
    house.says("Jo", "stand down ruth in exampleshire")
    clock = house.clock

    def claimed():
        return house.change(
            lambda session: claiming.claim(session, house.desk, clock.now(), clock.wall(), {CHAT: 50})
        )

    first, second = ([call.op for call in claimed()] for _ in range(2))
    assert (first[0], first.count("home"), second) == ("post", 3, ["home", "home"])
