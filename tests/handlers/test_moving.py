from datetime import UTC, datetime

from sqlalchemy import select

from store.challenge import Challenge
from store.outbox import Outgoing
from store.task import Task
from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import CONFIRMED, PEOPLE

BLANK = (
    PEOPLE
    + """
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full
"""
)


def due_days(rehearsal):
    def unit(session):
        return {task.number: task.due_on for task in session.scalars(select(Task))}

    return rehearsal._store.work(unit)


async def test_blank_dates_are_set_at_once_in_any_wording(room):
    _, client = room
    await talk(
        client,
        BLANK
        + """
Jo: dates
Jo sees "the on-site dates are not agreed yet"
Jo presses "Set the dates"
Jo fills "On-site dates": days=10 nov to 13 nov
Jo sees "Exampleshire is on site 10 to 13 November 2026. 33 dates are worked out from that."
""",
    )


async def test_dates_past_reversed_none_or_of_the_wrong_length_are_said_at_the_field(room):
    _, client = room
    await talk(
        client,
        BLANK
        + """
Jo: dates set 13-10 nov
Jo sees "The last day is before the first"
Jo: dates set 1-3 may 2026
Jo sees "passed already"
Jo: dates set sometime
Jo sees "I cannot read this as a date"
Jo: dates set 10-30 nov
Jo sees "21 days"
Jo: dates set 10 nov
Jo sees "1 day"
Jo: dates set 31 feb
Jo sees "I cannot read this as a date"
Jo: dates
Jo sees "the on-site dates are not agreed yet"
""",
    )


async def test_move_shows_what_it_does_and_does_it_once_confirmed(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: pin documents 19 oct
Jo sees "12. Put the advance documents in the shared folder: Monday 19 October. It stays there"
Jo: pin 13 20 oct
Jo: dates move 10 nov to 22 dec
Jo sees "31 dates move, 2 are pinned, 1 on-site day falls on a bank holiday"
Jo sees "Stays: 12. Put the advance documents in the shared folder, Monday 19 October"
Jo sees "Friday 25 December (Christmas Day)"
Jo sees "Nothing has changed yet."
Helen: dates
Helen sees "on site 10 to 13 November 2026"
Jo presses "Move them"
Jo sees "Exampleshire is on site 22 to 25 December 2026. 31 dates have moved"
Jo sees "2 stayed where they were pinned"
Helen sees "on site 22 to 25 December 2026"
Helen sees "Before, it was 10 to 13 November 2026"
Jo presses "Move them"
Jo sees "The visit is 22 to 25 December 2026 already. Nothing has changed."
""",
    )


async def test_move_back_makes_everything_as_before(room):
    rehearsal, client = room
    await talk(client, CONFIRMED)
    before = due_days(rehearsal)
    await talk(client, 'Jo: dates move to 17 nov\nJo presses "Move them"')
    assert due_days(rehearsal) != before
    await talk(client, 'Jo: dates move 17 nov to 10 nov\nJo presses "Move them"')
    assert due_days(rehearsal) == before


async def test_preview_confirmed_after_the_dates_changed_moves_nothing(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm @Priya as programme manager
Jo: dates move to 17 nov
Priya: dates move to 24 nov
Priya presses "Move them"
Priya sees "on site 24 to 27 November 2026"
Jo presses "Move them"
Jo sees "The dates have changed since that preview: the visit is now 24 to 27 November 2026"
Jo: dates confirm
Jo sees "say to when the visit moves"
""",
    )


async def test_move_from_another_day_or_to_the_same_days_is_refused_at_the_field(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: dates move 11 nov to 17 nov
Jo sees "The visit is 10 to 13 November 2026. Please say from which of these days it moves"
Jo: dates move soon to 17 nov
Jo sees "Please say from which of these days it moves"
Jo: dates move to 10 nov
Jo sees "already. Nothing has changed"
""",
    )


async def test_move_is_for_the_coordination_and_over_once_the_visit_is(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: dates move to 17 nov
Sam sees "I can't do dates move for you"
Dana: dates set 10-13 nov
Dana sees "I can't do dates"
at 2026-11-16 09:00
Jo: dates move to 24 nov
Jo sees "the last on-site day was 13 November 2026"
""",
    )


async def test_unsent_message_whose_moment_moved_is_deleted_and_others_stay(room):
    rehearsal, client = room
    await talk(client, CONFIRMED)
    later = datetime(2026, 11, 10, 16, 45, tzinfo=UTC)

    def queue(session):
        challenge = session.scalars(select(Challenge)).one()
        for key, state in (
            ("a:2026-11-10", "ready"),
            ("b:2026-11-10", "sent"),
            ("c:2026-10-20", "ready"),
            ("d", "ready"),
        ):
            session.add(
                Outgoing(
                    programme_id=1,
                    challenge_id=challenge.id,
                    key=key,
                    op="post",
                    person_id=1,
                    template="digest",
                    facts={},
                    hidden={},
                    state=state,
                    late="skip",
                    queued_at=later,
                    not_before=later,
                )
            )

    rehearsal._store.work(queue)
    await talk(client, 'Jo: dates move to 17 nov\nJo presses "Move them"')

    def left(session):
        keys = session.scalars(select(Outgoing.key)).all()
        return [key for key in keys if key[:2] in {"a:", "b:", "c:", "d"}]

    assert sorted(rehearsal._store.work(left)) == ["b:2026-11-10", "d"]
