"""Steps that should have happened and did not: each is found, told once, and not if it mends itself."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

import handlers
from bot.settings import OWN_TEMPLATES
from handlers import consequences, digest, jobs, keeping, resuming
from handlers.agenda import Due
from handlers.consequences import Unit
from handlers.findings import FAILING, LOOKED_FOR, ONCE, audit
from store.challenge import Challenge
from store.conversation import OpenQuestion
from store.finding import Finding
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person
from store.room import Room
from tests.fakes.house import BEGINS, CHAT

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = BEGINS - HOUR


@pytest.fixture
def house(house):
    """A house at rest: nobody is owed anything, and nothing is due."""

    def rest(session):
        session.execute(update(Outgoing).values(state="sent", sent_at=BEGINS))
        session.execute(update(Person).values(next_digest_at=None, digest_time="never"))
        session.execute(update(Challenge).values(next_due_at=None))
        session.execute(update(Heard).values(handed_over_at=BEGINS))

    house.settle()
    house.change(rest)
    return house


def look(house, later=timedelta()):
    """The bot looks at itself, so long after the beginning; what it tells, as the items of each message."""
    house.clock.told = BEGINS + later
    house.clock.machine = BEGINS + later
    house.change(lambda session: audit(session, house.desk, house.clock.now(), house.clock.wall()))
    rows = house.ask(select(Outgoing).where(Outgoing.template == "undone").order_by(Outgoing.id))
    return [row.facts["items"] for row in rows]


def told(house, since=timedelta()):
    """What it tells of something that is so for a quarter of an hour from then on: the one message."""
    look(house, since)
    [items] = look(house, since + 15 * MINUTE)
    return items


def item(kind, **of):
    """What one finding says."""
    blank = {
        "challenge": "", "slug": "", "count": 1, "what": "", "who": "", "room": "", "state": "", "chat": ""
    }  # fmt: skip
    told = {**blank, "kind": kind, "at": "2026-07-06T08:00", **of}
    return {"steps": [told["what"]], **told}


IN_EXAMPLESHIRE = {"challenge": "Exampleshire", "slug": "exampleshire"}


def queue(house, **of):
    """A message that was to go out an hour before the beginning."""
    row = {
        "programme_id": 1, "key": "one", "op": "post", "person_id": helen(house).id, "template": "dates_told",
        "facts": {}, "hidden": {}, "state": "ready", "late": "skip", "queued_at": LONG_AGO,
        "not_before": LONG_AGO, "challenge_id": 1,
    }  # fmt: skip
    house.change(lambda session: session.add(Outgoing(**row | of)))


def helen(house):
    return house.one(Person, name="Helen")


def set_all(house, model, **values):
    house.change(lambda session: session.execute(update(model).values(**values)))


# Each kind is found


def test_message_that_nobody_took_is_found_by_its_name(house):
    queue(house)

    expected = item("message_waits", what="dates_told", who="Helen", state="ready", **IN_EXAMPLESHIRE)
    assert told(house) == [expected]


def test_call_that_was_taken_in_hand_and_never_settled_is_found(house):
    queue(house, state="sending", lease_until=LONG_AGO)

    expected = item("message_waits", what="dates_told", who="Helen", state="sending", **IN_EXAMPLESHIRE)
    assert told(house) == [expected]


def test_message_of_which_the_programme_may_not_know_is_a_message(house):
    queue(house, template="summary_released", state="uncertain")

    expected = item("message_waits", who="Helen", state="uncertain", **IN_EXAMPLESHIRE)
    assert told(house) == [expected]
    assert "message to Helen waits since" in card(house)


def test_messages_of_one_challenge_are_one_line(house):
    for number in range(3):
        queue(house, key=f"number {number}", queued_at=LONG_AGO - DAY, not_before=LONG_AGO - number * HOUR)

    [line] = told(house)
    assert (line["count"], line["at"]) == (3, "2026-07-06T06:00")


def test_making_a_room_that_hangs_is_found(house):
    room = wanted(house)
    queue(house, op="make_room", template=None, person_id=None, room_id=room)

    expected = item("message_waits", what="make_room", room="team", state="ready", **IN_EXAMPLESHIRE)
    assert told(house) == [expected]


def test_agenda_that_nobody_looked_at_is_found(house):
    set_all(house, Challenge, next_due_at=LONG_AGO)

    assert told(house) == [item("agenda_waits", **IN_EXAMPLESHIRE)]


def test_digest_that_was_not_made_is_found(house):
    house.change(lambda session: setattr(session.get(Person, helen(house).id), "next_digest_at", LONG_AGO))

    assert told(house) == [item("digest_waits", who="Helen")]


def put_off(house):
    """Helen put a question off until an hour before the beginning."""
    row = OpenQuestion(
        person_id=helen(house).id, challenge_id=1, series="scoping", asked_at=LONG_AGO, resume_at=LONG_AGO
    )  # fmt: skip
    house.change(lambda session: session.add(row))


def test_question_that_was_not_asked_again_is_found_and_not_whose_it_is(house):
    put_off(house)

    assert told(house) == [item("question_waits", **IN_EXAMPLESHIRE)]


def test_answer_that_nobody_brought_is_found_and_not_whose_it_is(house):
    house.says("Jo", "status")
    look(house, 20 * MINUTE)

    [[line]] = look(house, 35 * MINUTE)
    assert line == item("answers_wait", at="2026-07-06T09:00")


def wanted(house, **of):
    """The team's room is wanted since the beginning; its id."""
    row = {
        "programme_id": 1, "challenge_id": 1, "kind": "team", "title": "", "topic": "", "state": "wanted",
        "platform": CHAT, "tenant": "programme", "wanted_at": BEGINS,
    }  # fmt: skip
    house.change(lambda session: session.add(Room(**row | of)))
    return house.one(Room, kind="team").id


@pytest.mark.parametrize("state", ["wanted", "lost"])
def test_room_that_stands_nowhere_is_found_after_two_days(house, state):
    wanted(house, state=state)
    assert look(house) == look(house, 2 * DAY - MINUTE) == []

    [[line]] = look(house, 2 * DAY)
    at = {"wanted": "2026-07-06T09:00", "lost": "2026-07-06T09:00"}[state]
    assert line == item("room_nowhere", room="team", state=state, chat=CHAT, at=at, **IN_EXAMPLESHIRE)


def test_team_room_that_nobody_can_look_into_is_found(house):
    wanted(house, state="bound", address="team", unseen_since=LONG_AGO)

    assert told(house) == [item("room_unseen", room="team", chat=CHAT, **IN_EXAMPLESHIRE)]


# What tells of itself


def agenda(house, monkeypatch, *dues):
    """An agenda of these moments alone, the first of which is planned."""

    def source(_session, _challenge, _format):
        yield from dues

    for module in (jobs, keeping, handlers.auditing):
        monkeypatch.setattr(module, "SOURCES", (source,))
    set_all(house, Challenge, next_due_at=dues[0].at)


def ask_for_notes():
    raise LookupError("a private word")


def tick(house, later=timedelta()):
    house.clock.told = BEGINS + later
    house.tick()


def test_step_that_failed_is_told_at_once_and_by_name(house, monkeypatch):
    agenda(house, monkeypatch, Due(at=BEGINS + HOUR, run=ask_for_notes))
    tick(house, HOUR)

    expected = item("step_failed", what="ask_for_notes", at="2026-07-06T10:00", **IN_EXAMPLESHIRE)
    assert look(house, HOUR + MINUTE) == [[expected]]
    assert "a private word" not in card(house)


def test_step_that_nobody_was_there_for_is_told(house, monkeypatch):
    agenda(house, monkeypatch, Due(at=BEGINS + HOUR, run=ask_for_notes, until=BEGINS + 2 * HOUR))
    tick(house, 4 * HOUR)

    expected = item("step_missed", what="ask_for_notes", at="2026-07-06T10:00", **IN_EXAMPLESHIRE)
    assert look(house, 4 * HOUR + MINUTE) == [[expected]]


def test_steps_that_nobody_was_there_for_are_one_line_of_their_challenge(house, monkeypatch):
    def call_debrief():
        raise AssertionError("too late")

    until = {"until": BEGINS + 3 * HOUR}
    first = Due(at=BEGINS + HOUR, run=ask_for_notes, **until)
    agenda(house, monkeypatch, first, Due(at=BEGINS + 2 * HOUR, run=call_debrief, **until))
    tick(house, 4 * HOUR)

    look(house, 4 * HOUR + MINUTE)
    assert card(house) == (
        "A step that should have happened has not.\n\n"
        "- Exampleshire: I was not there from Monday 6 July 10am on for the prompt for notes and the call to "
        "the debrief; by now it is too late for that. Please see whether anything is missing."
    )


def test_step_that_was_past_already_when_it_came_up_is_not_missed(house, monkeypatch):
    agenda(house, monkeypatch, Due(at=BEGINS + HOUR, run=ask_for_notes, until=BEGINS + 2 * HOUR))
    set_all(house, Challenge, next_due_at=BEGINS + 4 * HOUR)
    tick(house, 4 * HOUR)

    assert look(house, 4 * HOUR + MINUTE) == []


def test_step_that_would_be_passed_by_while_on_site_is_done_and_told(house, monkeypatch):
    done = []

    def call_debrief(challenge):
        done.append(challenge.name)

    agenda(house, monkeypatch, Due(at=BEGINS + HOUR, run=call_debrief))
    set_all(house, Challenge, next_due_at=None, first_day=BEGINS.date(), last_day=BEGINS.date() + DAY)

    expected = item("step_overslept", what="call_debrief", at="2026-07-06T10:00", **IN_EXAMPLESHIRE)
    assert look(house, 2 * HOUR) == [[expected]]
    tick(house, 2 * HOUR)
    assert done == ["Exampleshire"]


def failing(monkeypatch, module, name):
    def fails(*_given, **_named):
        raise LookupError

    monkeypatch.setattr(module, name, fails)


def tick_and_look(house, until):
    """Tick and look every five minutes; everything that is told."""
    for minutes in range(0, until + 1, 5):
        tick(house, minutes * MINUTE)
        found = look(house, minutes * MINUTE)
    return found


def test_challenge_that_fails_again_and_again_is_told_after_ten_minutes(house, monkeypatch):
    failing(monkeypatch, keeping, "plan_next")
    set_all(house, Challenge, next_due_at=BEGINS)

    assert tick_and_look(house, 5) == []
    expected = item("challenge_failing", at="2026-07-06T09:00", **IN_EXAMPLESHIRE)
    assert tick_and_look(house, 30) == [[expected]]


def on_site(house, first_day=None):
    """The team is on site from the beginning."""
    first_day = first_day or BEGINS.date()
    set_all(house, Challenge, first_day=first_day, last_day=first_day + DAY, ready_at=BEGINS - DAY)


def test_challenge_that_fails_on_site_is_told_and_not_as_overslept_too(house, monkeypatch):
    agenda(house, monkeypatch, Due(at=BEGINS + MINUTE, run=ask_for_notes))
    failing(monkeypatch, jobs, "_carry_out")
    on_site(house)

    expected = item("challenge_failing", at="2026-07-06T09:05", **IN_EXAMPLESHIRE)
    assert tick_and_look(house, 40) == [[expected]]


def test_agenda_that_cannot_be_worked_out_on_site_silences_nothing_else(house, monkeypatch):
    def broken(*_given):
        raise ZeroDivisionError

    for module in (jobs, keeping, handlers.auditing):
        monkeypatch.setattr(module, "SOURCES", (broken,))
    on_site(house)
    queue(house)

    waits = item("message_waits", what="dates_told", who="Helen", state="ready", **IN_EXAMPLESHIRE)
    wrong = item("challenge_failing", at="2026-07-06T09:00", **IN_EXAMPLESHIRE)
    assert tick_and_look(house, 40) == [[waits, wrong]]


def test_look_that_goes_wrong_is_told_and_keeps_nobody_from_the_others(house, monkeypatch):
    queue(house)
    told(house)
    failing(monkeypatch, handlers.auditing, "messages_overdue")
    set_all(house, Challenge, next_due_at=LONG_AGO)
    for minutes in (20, 25, 30, 35):
        messages = look(house, minutes * MINUTE)

    kinds = [[one["kind"] for one in items] for items in messages]
    assert kinds == [["message_waits"], ["agenda_waits", "look_failing"]]
    assert house.one(Finding, kind="message_waits").told_at is not None


def test_challenge_whose_format_is_gone_silences_nothing(house):
    set_all(house, Challenge, format="gone")
    on_site(house)
    queue(house)

    kinds = [one["kind"] for items in tick_and_look(house, 40) for one in items]
    assert sorted(kinds) == ["challenge_failing", "message_waits"]


def test_team_is_on_site_by_the_day_of_its_challenge(house, monkeypatch):
    """East of the programme the day has begun already."""
    agenda(house, monkeypatch, Due(at=BEGINS - HOUR, run=ask_for_notes))
    on_site(house, BEGINS.date() + DAY)
    set_all(house, Challenge, zone="Pacific/Auckland", next_due_at=None, agenda_done_at=BEGINS - DAY)
    look(house, 5 * HOUR)

    assert house.one(Finding).kind == "step_overslept"


def test_digest_that_fails_again_and_again_is_told(house, monkeypatch):
    failing(monkeypatch, digest, "send")
    house.change(lambda session: setattr(session.get(Person, helen(house).id), "next_digest_at", BEGINS))

    assert tick_and_look(house, 30) == [[item("digest_failing", who="Helen", at="2026-07-06T09:00")]]


def test_question_that_fails_to_be_asked_again_is_told(house, monkeypatch):
    failing(monkeypatch, resuming, "ask_again")
    put_off(house)

    assert tick_and_look(house, 30) == [[item("question_failing", at="2026-07-06T09:00", **IN_EXAMPLESHIRE)]]


def test_what_should_have_followed_and_did_not_is_told(house):
    queue(house, op="make_room", template=None, room_id=None, state="sent")
    row = house.one(Outgoing, key="one")
    now, desk = house.clock.now(), replace(house.desk, happenings={})
    house.change(
        lambda session: consequences.settle(
            Unit(session=session, desk=desk, now=now, wall=now), session.get(Outgoing, row.id)
        )
    )

    expected = item("follow_failed", what="room_made", at="2026-07-06T09:00", **IN_EXAMPLESHIRE)
    assert look(house, MINUTE) == [[expected]]


# Once, and only if it does not mend itself


def test_what_mends_itself_within_ten_minutes_is_not_told(house):
    queue(house)
    look(house)
    set_all(house, Outgoing, state="sent")

    assert look(house, 15 * MINUTE) == []
    assert house.ask(select(Finding)) == []


def test_what_was_told_is_told_again_only_when_it_comes_back(house):
    set_all(house, Challenge, next_due_at=LONG_AGO)
    look(house)
    assert len(look(house, 15 * MINUTE)) == len(look(house, 5 * HOUR)) == 1

    set_all(house, Challenge, next_due_at=None)
    look(house, 5 * HOUR + 5 * MINUTE)
    set_all(house, Challenge, next_due_at=LONG_AGO)
    look(house, 5 * HOUR + 10 * MINUTE)
    assert len(look(house, 5 * HOUR + 25 * MINUTE)) == 2


def test_what_is_found_in_quiet_hours_is_told_in_the_morning_if_it_is_so_still(house):
    evening, morning = 11 * HOUR, 22 * HOUR + 55 * MINUTE
    set_all(house, Challenge, next_due_at=BEGINS)
    assert look(house, evening) == look(house, evening + HOUR) == look(house, morning) == []

    assert len(look(house, morning + 5 * MINUTE)) == 1


def test_what_concerns_a_team_on_site_is_told_in_the_evening_too(house):
    set_all(house, Challenge, next_due_at=BEGINS, first_day=BEGINS.date(), last_day=BEGINS.date())
    evening = 9 * HOUR + 30 * MINUTE
    look(house, evening)

    assert len(look(house, evening + 10 * MINUTE)) == 1


def test_what_concerns_a_team_on_site_lets_people_sleep(house):
    set_all(house, Challenge, next_due_at=BEGINS, first_day=BEGINS.date(), last_day=BEGINS.date())
    look(house, 11 * HOUR)

    assert look(house, 11 * HOUR + 10 * MINUTE) == []


def test_programme_without_its_room_hears_it_through_its_coordinators(house):
    set_all(house, Room, state="lost")
    set_all(house, Challenge, next_due_at=LONG_AGO)
    look(house)
    look(house, 15 * MINUTE)

    [row] = house.ask(select(Outgoing).where(Outgoing.template == "undone"))
    assert (row.person.name, row.room_id, row.facts["as_role"]) == ("Jo", None, "coordinator")


def test_alert_that_cannot_be_delivered_is_no_finding_itself(house):
    queue(house, key="alert:1")
    look(house)

    assert look(house, 15 * MINUTE) == []


def test_what_waits_for_a_room_is_told_as_the_room(house):
    queue(house, person_id=None, room_id=wanted(house))
    look(house)

    assert look(house, 15 * MINUTE) == []


def test_message_for_later_is_not_missing(house):
    queue(house, not_before=BEGINS + DAY)
    look(house)

    assert look(house, 15 * MINUTE) == []


def test_many_findings_are_one_message_of_bearable_length(house):
    jo = house.one(Person, name="Jo")
    house.change(lambda session: session.add_all(
        Person(programme_id=1, name=f"Person {number}", next_digest_at=LONG_AGO) for number in range(60)
    ))  # fmt: skip
    assert jo.next_digest_at is None

    items = told(house)
    [row] = house.ask(select(Outgoing).where(Outgoing.template == "undone"))
    assert (len(items), row.facts["more"]) == (8, 42)


def test_finding_of_a_challenge_goes_with_it(house):
    set_all(house, Challenge, next_due_at=LONG_AGO)
    look(house)
    house.change(lambda session: session.execute(delete(Challenge)))

    assert house.ask(select(Finding)) == []


# What it says


def card(house):
    """The words of the newest message."""
    rows = house.ask(select(Outgoing).where(Outgoing.template == "undone").order_by(Outgoing.id))
    return house.answer("undone", rows[-1].facts).plain


def test_step_is_named_in_plain_words_with_what_to_do(house, monkeypatch):
    agenda(house, monkeypatch, Due(at=BEGINS + HOUR, run=ask_for_notes))
    tick(house, HOUR)
    look(house, HOUR)

    assert card(house) == (
        "A step that should have happened has not.\n\n"
        "- Exampleshire: the prompt for notes, due Monday 6 July 10am, went wrong, and I do not try it "
        "again. Please see to it yourselves, and have whoever runs me look for due_failed in the log."
    )


def test_every_kind_has_words_of_its_own(house):
    lines = {
        kind: house.answer("undone", {"items": [item(kind, chat=CHAT)], "more": 0, "as_role": ""}).plain
        for kind in LOOKED_FOR | FAILING | ONCE
    }

    alike = {"digest_failing": "digest_waits", "question_failing": "question_waits"}
    assert len(set(lines.values())) == len(lines) - len(alike)
    assert {kind: lines[kind] for kind in alike} == {kind: lines[other] for kind, other in alike.items()}


def test_every_step_of_the_agenda_has_a_name(desk):
    """Walks the code: whatever is given to a Due as `run` can be named when it goes wrong."""
    trees = [ast.parse(path.read_text()) for path in Path(handlers.__file__).parent.glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    dues = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Due"]
    runs = {ast.unparse(key.value) for call in dues for key in call.keywords if key.arg == "run"} - {"run"}
    names = (OWN_TEMPLATES / "names.toml").read_text()

    assert len(runs) > 10
    assert [
        run for run in sorted(runs | {"ask_for_notes", "call_debrief"}) if f"\n{run} = " not in names
    ] == []


def test_moment_is_said_as_the_clock_of_the_challenge_shows_it(house, monkeypatch):
    agenda(house, monkeypatch, Due(at=datetime(2026, 7, 6, 15, 45, tzinfo=UTC), run=ask_for_notes))
    tick(house, 8 * HOUR)

    assert [line["at"] for [line] in look(house, 8 * HOUR)] == ["2026-07-06T16:45"]
