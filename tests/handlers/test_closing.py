"""Closing a challenge, opening it again, and keeping its records although their time is over."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.settings import OWN_TEMPLATES
from handlers.holding import holding
from handlers.purging import At, purge
from handlers.shapes import Shapes
from handlers.state_card import facts_for
from store.challenge import Challenge
from store.conversation import OpenQuestion
from store.heard import AuditLine
from store.hold import Deleted, LegalHold
from store.outbox import Outgoing
from store.person import Person
from store.room import Room, RoomMember
from store.task import Task
from tests.fakes.house import BEGINS, FORMAT
from tests.handlers.chat_rooms import wanted

DAY = timedelta(days=1)


@pytest.fixture
def house(house):
    """Exampleshire may be contacted about, and has its liaison room."""
    house.make_room("liaison")
    house.says("Jo", "ready")
    return house


def challenge_of(house):
    return house.one(Challenge, slug="exampleshire")


def close(house):
    house.says("Jo", "close")
    return house.says("Jo", "close confirm")


def _card_facts(session, kind):
    """What the card of one kind of room says."""
    challenge, shapes = session.get(Challenge, 1), Shapes.load(OWN_TEMPLATES)
    today = BEGINS.date()
    held = holding(session, challenge, today)
    return facts_for(session, challenge, shapes.format(challenge.format), held, kind, today)


def later(house, days):
    house.clock.told = BEGINS + days * DAY


def forget(house):
    """A night's work."""
    at = At()
    while at is not None:
        at = house.change(lambda session, at=at: purge(session, house.desk, house.clock.now(), at))


def said_to_rooms(house):
    rows = house.ask(select(Outgoing).where(Outgoing.room_id.is_not(None), Outgoing.slot.is_(None)))
    return [(row.template, row.room.kind) for row in rows if row.op == "post"]


# Closing


def test_close_shows_what_follows_and_does_nothing_yet(house):
    assert house.says("Jo", "close").card == house.answer(
        "close_preview",
        {
            "challenge": "Exampleshire", "report": "report", "final": False, "rooms": ["liaison"],
            "tasks": len(house.ask(select(Task).where(Task.state == "open"))),
            "unsent": 3,  # appointments to Helen and Ruth, and the first question to Helen
            "results": False, "invited": [], "team": [], "until": "2026-08-05", "goes": [
                {"what": "logistics", "on": "2026-08-05"}, {"what": "deliberation", "on": "2026-10-04"},
                {"what": "evaluation", "on": "2027-07-06"},
            ],
            "held": False,
        },
        {"challenge": 1},
    )  # fmt: skip
    assert challenge_of(house).closed_at is None


def test_closed_challenge_is_told_in_its_rooms_and_has_nothing_due(house):
    close(house)

    assert challenge_of(house).closed_at == BEGINS
    assert challenge_of(house).next_due_at is None
    assert ("challenge_closed", "liaison") in said_to_rooms(house)
    assert house.ask(select(Person.next_digest_at).where(Person.next_digest_at.is_not(None))) == []


def test_card_of_a_closed_challenge_says_so(house):
    close(house)

    newest = house.ask(select(Outgoing).where(Outgoing.slot == "challenge:1"))[-1]
    assert (newest.state, newest.facts["stage"]) == ("ready", "closed")


@pytest.mark.parametrize("kind", ["council", "liaison", "team", "programme"])
def test_card_of_a_closed_challenge_tells_of_nothing_to_come(house, kind):
    close(house)
    facts = house.change(lambda session: _card_facts(session, kind))
    card = house.answer(f"state_{kind}", {**facts, "updated": "2026-07-06T09:00"})

    assert card.plain.split("\n\n")[1:] == ["Now: closed", "Updated 9am, Monday 6 July"]
    assert card.buttons == ()


def test_what_was_not_delivered_is_withdrawn(house):
    helen = house.one(Person, name="Helen").id
    of = {"programme_id": 1, "challenge_id": 1, "op": "post", "template": "task_for_you", "person_id": helen,
          "facts": {}, "hidden": {}, "late": "skip", "queued_at": BEGINS, "not_before": BEGINS}  # fmt: skip
    states = ("ready", "sending", "by_hand", "held", "unsure", "sent")
    house.change(lambda session: session.add_all(Outgoing(key=one, state=one, **of) for one in states))
    close(house)

    became = {row.key: (row.state, row.unwanted) for row in house.ask(select(Outgoing)) if row.key in states}
    over = ("withdrawn", False)
    assert became == {
        "ready": over, "by_hand": over, "held": over, "unsure": over,
        "sending": ("sending", True), "sent": ("sent", False),
    }  # fmt: skip


def on_the_way_in(house):
    """The rooms still to be made, who is still to be brought into one, and who to be looked up."""
    rows = house.ask(select(Outgoing).where(Outgoing.op.in_(("make_room", "invite", "look_up"))))
    return sorted((row.op, row.person.name if row.person else "") for row in rows if row.state == "ready")


def is_on_the_way_in(house):
    """The council's room is to be made, Ruth to be brought into the liaison room, and looked up."""
    wanted(house, "council")

    def unit(session, post):
        liaison = session.scalars(select(Room).where(Room.kind == "liaison")).one()
        ruth = session.scalars(select(Person).where(Person.name == "Ruth")).one()
        session.execute(delete(RoomMember))
        session.execute(update(Outgoing).where(Outgoing.op.in_(("invite", "remove"))).values(state="sent"))
        session.add(RoomMember(room_id=liaison.id, person_id=ruth.id, state="invited"))
        post.to_move("invite", liaison, "invite ruth", ruth)
        post.to_look_up(ruth, session.get_one(Challenge, 1))

    house.post(unit)


def test_closed_challenge_has_no_room_made_and_brings_nobody_in(house):
    is_on_the_way_in(house)
    before = on_the_way_in(house)
    close(house)
    house.settle()

    assert before == [("invite", "Ruth"), ("look_up", "Ruth"), ("make_room", "")]
    assert on_the_way_in(house) == []


def test_reopened_challenge_has_its_rooms_made_and_brings_people_in_after_all(house):
    is_on_the_way_in(house)
    close(house)
    house.settle()
    house.says("Jo", "reopen exampleshire")
    house.settle()

    assert {("make_room", ""), ("invite", "Ruth")} <= set(on_the_way_in(house))


def test_nobody_is_asked_anything_more_about_a_closed_challenge(house):
    helen = house.one(Person, name="Helen").id
    asked = update(OpenQuestion).values(question="why_now", open=True, resume_at=BEGINS + DAY)
    house.change(lambda session: session.execute(asked))
    close(house)
    later(house, 2)
    house.tick()

    row = house.one(OpenQuestion, person_id=helen)
    assert (row.open, row.resume_at) == (False, None)


@pytest.mark.parametrize(("name", "may_reopen"), [("Jo", True), ("Helen", False)])
def test_whoever_names_a_closed_challenge_of_theirs_hears_that_it_is_closed(house, name, may_reopen):
    close(house)

    expected = {"challenge": "Exampleshire", "slug": "exampleshire", "may_reopen": may_reopen}
    assert house.says(name, "status in exampleshire").card == house.answer("challenge_is_closed", expected)
    assert house.says(name, "status", hidden={"challenge": 1}).card == house.answer(
        "challenge_is_closed", expected
    )


@pytest.mark.parametrize(("name", "may_reopen"), [("Jo", True), ("Helen", False)])
@pytest.mark.parametrize("line", ["status", "delivery", "done 11", "close exampleshire"])
def test_whoever_had_only_a_closed_challenge_hears_that_it_is_closed_and_not_that_there_is_none(
    house, line, name, may_reopen
):
    close(house)

    expected = {"challenge": "Exampleshire", "slug": "exampleshire", "may_reopen": may_reopen}
    assert house.says(name, line).card == house.answer("challenge_is_closed", expected)


def test_help_names_a_closed_challenge_to_whoever_had_a_part_in_it_and_to_nobody_else(house):
    close(house)

    assert "Exampleshire is closed." in house.says("Helen", "help").card.plain
    assert "You have no part in a challenge yet." in house.says("Stranger", "help").card.plain


def test_challenge_whose_planning_is_deleted_is_not_offered_to_be_opened_again(house):
    close(house)
    later(house, 30)
    forget(house)

    assert house.says("Jo", "status").card == house.answer("no_challenge", {"may_open": True})


def test_whoever_has_no_part_hears_nothing_of_a_closed_challenge(house):
    close(house)

    assert "closed" not in house.says("Stranger", "status in exampleshire").card.plain


@pytest.mark.parametrize("name", ["Helen", "Ruth"])
def test_close_is_for_those_who_run_the_programme(house, name):
    house.says(name, "close confirm")

    assert (house.outcome()[0], challenge_of(house).closed_at) == ("refused", None)


def test_challenge_is_not_closed_in_words_by_somebody_who_was_not_shown_what_follows(house):
    house.appoint("Priya", "programme_manager", challenge=None)
    house.says("Jo", "close")
    answer = house.says("Priya", "close confirm")

    assert answer.card == house.answer("not_shown_yet", {"challenge": "Exampleshire"})
    assert challenge_of(house).closed_at is None
    assert house.says("Priya", answer.card.buttons[0].phrase).card.plain.startswith("Close Exampleshire?")


def test_what_closing_does_is_shown_again_after_an_hour(house):
    house.says("Jo", "close")
    later(house, 1)
    house.says("Jo", "close confirm")

    assert (house.outcome()[1]["template"], challenge_of(house).closed_at) == ("not_shown_yet", None)


def test_button_closes_whenever_it_is_pressed(house):
    [button] = house.says("Jo", "close").card.buttons
    later(house, 1)
    house.says("Jo", button.phrase, hidden=button.hidden)

    assert challenge_of(house).closed_at == BEGINS + DAY


def test_close_understands_the_name_as_typed_after_it_and_no_other(house):
    assert house.says("Jo", "close Exampleshire").card == house.says("Jo", "close").card
    house.says("Jo", "close northmere")

    assert house.outcome()[1]["template"] == "no_such_challenge"


def test_nobody_hears_of_a_part_in_a_closed_challenge(house):
    close(house)
    house.appoint("Dana", "peer")
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=BEGINS)))
    house.settle()

    assert house.ask(select(Outgoing.id).join(Outgoing.person).where(Person.name == "Dana")) == []


def test_closing_is_told_each_time_though_the_clock_stands(house):
    close(house)
    house.says("Jo", "reopen exampleshire")
    close(house)

    assert said_to_rooms(house).count(("challenge_closed", "liaison")) == 2


def test_close_again_is_refused(house):
    close(house)
    house.says("Jo", "close confirm")

    assert house.outcome()[0] == "refused"


# Opening again


def test_reopened_challenge_goes_on_from_now(house):
    close(house)
    later(house, 20)
    house.says("Jo", "reopen exampleshire")

    challenge = challenge_of(house)
    assert (challenge.closed_at, challenge.agenda_done_at) == (None, BEGINS + 20 * DAY)
    assert challenge.next_due_at > BEGINS + 20 * DAY
    assert ("challenge_reopened", "liaison") in said_to_rooms(house)
    assert house.says("Jo", "status in exampleshire").card.plain.startswith("Exampleshire")


def test_reopen_alone_offers_the_closed_ones(house):
    close(house)
    form = house.says("Jo", "reopen", can_open_form=True).form

    assert [(one.value, one.label) for one in form.fields[0].choices] == [("exampleshire", "Exampleshire")]


def test_reopen_is_refused_once_the_planning_is_deleted(house):
    close(house)
    later(house, 30)
    forget(house)
    house.says("Jo", "reopen exampleshire")

    assert house.outcome()[1]["template"] == "nothing_to_reopen"
    assert house.outcome()[1]["facts"] == {"gone": True}


def test_reopen_is_for_those_who_run_the_programme(house):
    close(house)
    house.says("Helen", "reopen exampleshire")

    assert house.outcome()[1]["facts"] == {"gone": False}
    assert challenge_of(house).closed_at == BEGINS


def test_council_that_was_closed_can_be_opened_anew_and_the_old_one_waits(house):
    close(house)
    house.says("Jo", f"new Exampleshire {FORMAT} 16-19 nov")
    names = {one.slug: one.closed_at is None for one in house.ask(select(Challenge))}
    assert names == {"exampleshire": False, "exampleshire-2": True}
    assert house.outcome()[1]["facts"]["closed"] == "exampleshire"

    house.says("Jo", "reopen exampleshire")
    assert house.outcome()[0] == "form"
    assert "close the open one first (close in Exampleshire), then say reopen exampleshire" in str(
        house.outcome()[1]["facts"]
    )
    assert "There is an open challenge called Exampleshire already" in str(house.outcome()[1]["facts"])
    assert challenge_of(house).closed_at == BEGINS

    house.says("Jo", "close in Exampleshire")
    house.says("Jo", "close confirm")
    house.says("Jo", "reopen exampleshire")
    assert challenge_of(house).closed_at is None


# Closing lets the records go


def test_records_of_a_closed_challenge_go_and_those_of_an_open_one_stay(house):
    house.says("Jo", f"new Northmere {FORMAT} 16-19 nov")
    house.says("Jo", "close in exampleshire")
    house.says("Jo", "close confirm in exampleshire")
    later(house, 30)
    forget(house)

    assert {row.challenge_id for row in house.ask(select(Deleted))} == {1}
    assert {task.challenge_id for task in house.ask(select(Task))} == {2}
    assert house.one(Room, kind="liaison").state == "over"


def test_closed_and_opened_again_keeps_everything(house):
    close(house)
    house.says("Jo", "reopen exampleshire")
    later(house, 100)
    forget(house)

    assert house.ask(select(Deleted)) == []


def test_channel_of_a_challenge_whose_records_went_is_none_of_the_bots_any_more(house):
    close(house)
    later(house, 30)
    forget(house)

    assert house.says("Jo", "status", room="liaison-Exampleshire").card == house.says("Jo", "status").card


# Holds


def test_hold_keeps_everything_and_lifting_it_lets_it_go(house):
    close(house)
    house.says("Jo", "keep everything exampleshire")
    later(house, 400)
    forget(house)
    assert house.ask(select(Deleted)) == []
    assert house.one(LegalHold).placed_by == house.one(Person, name="Jo").id

    house.says("Jo", "keep no longer exampleshire")
    forget(house)
    assert house.ask(select(Deleted)) == []
    assert house.outcome()[1]["facts"]["tonight"] == ["access", "deliberation", "logistics", "evaluation"]

    house.says("Jo", "keep no longer confirm exampleshire")
    forget(house)
    assert sorted(house.ask(select(Deleted.what))) == ["access", "deliberation", "evaluation", "logistics"]


def test_hold_says_what_is_gone_already(house):
    close(house)
    later(house, 30)
    forget(house)

    assert house.says("Jo", "legal hold exampleshire").card == house.answer(
        "hold_placed", {"challenge": "Exampleshire", "gone": ["logistics"], "slug": "exampleshire"}
    )


def test_hold_on_an_open_challenge_is_told_when_it_is_closed(house):
    house.says("Jo", "keep everything exampleshire")

    assert "There is a hold on its records" in house.says("Jo", "close").card.plain
    assert "Its records are held" in house.says("Jo", "close confirm").card.plain


def test_hold_twice_says_whose_the_first_is(house):
    house.says("Jo", "keep everything exampleshire")
    house.says("Jo", "keep everything exampleshire")

    assert house.outcome()[1]["facts"] == {"challenge": "Exampleshire", "by": "Jo", "on": "2026-07-06T09:00"}


def test_lifting_what_is_not_held_is_refused(house):
    house.says("Jo", "keep no longer exampleshire")

    assert house.outcome()[1]["template"] == "nothing_is_held"


def test_hold_is_lifted_only_by_whoever_was_shown_what_goes_then(house):
    close(house)
    house.says("Jo", "keep everything exampleshire")
    house.says("Priya", "keep no longer exampleshire")
    said = [house.says("Jo", line) and house.outcome()[1]["template"] for line in (
        "keep no longer confirm exampleshire", "keep no longer", "keep no longer confirm")]  # fmt: skip

    assert said == ["hold_not_shown", "form_waits", "form_waits"]
    assert house.one(LegalHold).placed_by == house.one(Person, name="Jo").id


def test_hold_is_not_lifted_in_words_by_what_was_shown_of_an_earlier_one(house):
    for line in ("keep everything", "keep no longer", "keep no longer confirm"):
        house.says("Jo", f"{line} exampleshire")
    house.clock.told += timedelta(minutes=1)
    house.says("Jo", "keep everything exampleshire")
    house.says("Jo", "keep no longer confirm exampleshire")

    assert house.outcome()[1]["template"] == "hold_not_shown"
    assert house.one(LegalHold).since == house.clock.now()


def test_hold_is_not_lifted_by_the_button_of_what_is_not_so_any_more(house):
    close(house)
    house.says("Jo", "keep everything exampleshire")
    house.says("Jo", "keep no longer exampleshire")
    before = house.outcome()[1]
    later(house, 40)
    press = "keep no longer confirm exampleshire"
    house.says("Jo", press, hidden=before["hidden"])
    again = house.outcome()[1]
    held = house.one(LegalHold)
    house.says("Jo", press, hidden=again["hidden"])

    assert (before["facts"]["tonight"], again["facts"]["tonight"]) == ([], ["logistics"])
    assert (again["template"], again["facts"]["changed"], held.challenge_id) == ("hold_lift_preview", True, 1)
    assert house.outcome()[1]["template"] == "hold_lifted"


def test_lifting_a_hold_shows_the_days_on_which_records_go(house):
    house.says("Jo", "close")
    house.says("Jo", "close confirm")
    house.says("Jo", "keep everything exampleshire")
    house.says("Jo", "keep no longer exampleshire")
    days = [(one["what"], one["on"]) for one in house.outcome()[1]["facts"]["later"]]

    assert days == [
        ("logistics", "2026-08-05"),
        ("deliberation", "2026-10-04"),
        ("access", "2026-11-26"),
        ("evaluation", "2027-07-06"),
    ]


def test_hold_is_for_those_who_run_the_programme(house):
    house.says("Helen", "keep everything exampleshire")

    assert (house.outcome()[1]["template"], house.ask(select(LegalHold))) == ("nothing_to_hold", [])


def test_every_step_is_on_record(house):
    close(house)
    for line in ("reopen", "keep everything", "keep no longer", "keep no longer confirm"):
        house.says("Jo", f"{line} exampleshire")

    lines = [(line.did, line.thing) for line in house.ask(select(AuditLine).order_by(AuditLine.id))]
    assert lines[-4:] == [
        ("close confirm", None),
        ("reopen", "council exampleshire"),
        ("keep everything", "council exampleshire"),
        ("keep no longer confirm", "council exampleshire"),
    ]
