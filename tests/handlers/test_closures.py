"""Days on which a council is closed: noted, counted by every date, and taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from handlers.calendars import calendar_for
from handlers.rules.dates import Days, in_a_row
from store.challenge import Challenge
from store.conversation import OpenQuestion
from store.outbox import Outgoing
from store.person import Person
from store.task import Task
from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.test_moving import move


async def test_closed_days_are_shown_with_what_moves_then_counted_by_no_date_and_taken_back(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: council closed 24 dec to 1 jan
Jo sees "Exampleshire: the council is closed 24 December 2026 to 1 January 2027"
Jo sees "2 dates move."
Jo sees "Moves: 32. Say what is factually wrong in the draft, from Tuesday 29 December to Tuesday 5 January"
Jo sees "Nothing has changed yet."
Sam: dates
Sam never sees "council closed"
Jo presses "Note it"
Jo sees "Noted: Exampleshire is closed 24 December 2026 to 1 January 2027."
Jo sees "2 dates have moved"
Jo: dates
Jo sees "Council closed, and not counted: Thursday 24 December to Friday 1 January 2027"
Jo sees "Thursday 24 December (council closed), Friday 25 December (Christmas Day), Monday 28 December"
Jo: council open 24 dec to 1 jan
Jo sees "Exampleshire: the council is not closed 24 December 2026 to 1 January 2027 after all"
Jo: council open confirm
Jo sees "Noted: Exampleshire is not closed 24 December 2026 to 1 January 2027 after all;"
Jo: dates
Jo sees "Tuesday 29 December: 32. Say what is factually wrong in the draft"
""",
    )


async def test_closed_days_by_form_and_what_is_wrong_with_them_at_the_field(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: council closed confirm
Jo sees "say on which days the council is closed"
Jo: council closed
Jo fills "Council closed": days=sometime
Jo sees "I cannot read this as a date"
Jo fills "Council closed": days=1 aug to 31 oct
Jo sees "That is more than 62 days"
Jo fills "Council closed": days=24 dec to 1 jan
Jo sees "Nothing has changed yet"
Jo: council open 24 dec
Jo sees "Exampleshire is not noted as closed on any of those days."
Sam: council closed 24 dec
Sam sees "I can't do council closed for you"
""",
    )


# The same over a house in which time stands still


def due_days(house):
    return {task.number: task.due_on for task in house.ask(select(Task))}


def closed(house):
    return house.one(Challenge, name="Exampleshire").closed_days


def test_closed_days_taken_back_leave_everything_as_before(house):
    before = due_days(house)
    house.says("Jo", "council closed 24 aug to 28 aug")
    house.says("Jo", "council closed confirm")
    assert due_days(house) != before

    house.says("Jo", "council open 24 aug to 28 aug")
    house.says("Jo", "council open confirm")
    assert (due_days(house), closed(house)) == (before, [])


def test_no_date_that_is_counted_lands_on_a_closed_day(house):
    august = Days(first=date(2026, 8, 3), last=date(2026, 8, 31))
    assert set(august) & set(due_days(house).values())

    house.says("Jo", "council closed 3 aug to 31 aug")
    house.says("Jo", "council closed confirm")
    assert not set(august) & set(due_days(house).values())


def test_closed_days_by_which_no_date_moves_are_noted_at_once(house):
    before = due_days(house)
    answer = house.says("Jo", "council closed 3 oct").card.plain

    assert ("No date moves." in answer, closed(house), due_days(house)) == (True, ["2026-10-03"], before)


def test_some_of_the_closed_days_can_be_taken_back(house):
    house.says("Jo", "council closed 3 to 4 oct")
    house.says("Jo", "council open 4 oct")

    assert closed(house) == ["2026-10-03"]


def test_closed_days_that_were_noted_before_change_nothing(house):
    house.says("Jo", "council closed 3 oct")
    house.says("Jo", "council closed 3 oct")

    [error] = house.outcome()[1]["facts"]["errors"]
    assert error.startswith("Exampleshire is noted as closed on all of those days already. Nothing has")


def test_preview_whose_visit_moved_meanwhile_notes_nothing(house):
    house.says("Jo", "council closed 24 aug to 28 aug")
    house.says("Ruth", "dates move to 16 nov")
    house.says("Ruth", "dates confirm")
    house.says("Jo", "council closed confirm")

    assert (house.outcome()[1]["template"], closed(house)) == ("closures_changed", [])


def test_preview_that_would_do_something_else_by_now_is_shown_again(house):
    house.says("Jo", "council closed 24 aug to 28 aug")
    house.says("Ruth", "pin 4 19 aug")
    again = house.says("Jo", "council closed confirm").card.plain
    assert ("Something has changed since you were shown this" in again, closed(house)) == (True, [])

    house.says("Jo", "council closed confirm")
    assert len(closed(house)) == 5


def test_closed_days_are_not_noted_by_words_that_say_open(house):
    house.says("Jo", "council closed 24 aug to 28 aug")
    answer = house.says("Jo", "council open confirm").card

    assert (house.outcome()[1]["template"], closed(house)) == ("nothing_to_note", [])
    assert [(one.label, one.phrase) for one in answer.buttons] == [("Open days", "council open")]


def test_visit_on_closed_days_says_so_when_it_is_previewed(house):
    house.says("Jo", "council closed 17 nov")
    house.says("Jo", "council closed confirm")
    preview = house.says("Jo", "dates move to 16 nov").card.plain

    assert "1 on-site day falls while the council is closed" in preview
    assert "Council closed: Tuesday 17 November" in preview


def test_the_councils_own_people_are_written_to_when_it_is_open_again_and_others_at_once(house):
    house.says("Jo", "ready")
    house.says("Jo", "council closed 7 jul")

    def of_the_council(session):
        helen = session.scalars(select(Person).where(Person.name == "Helen")).one()
        helen.council = session.scalars(select(Challenge)).one().hosts[0]

    house.change(of_the_council)
    house.clock.told = datetime(2026, 7, 7, 9, 0, tzinfo=UTC)
    house.says("Jo", "task helen read the letter")
    house.says("Jo", "task ruth read the letter")

    rows = house.ask(select(Outgoing).where(Outgoing.template == "task_for_you"))
    assert [(row.person.name, row.not_before.day) for row in rows] == [("Helen", 8), ("Ruth", 7)]


def test_room_where_the_council_reads_is_told_of_a_move_when_the_council_is_open_again(house):
    house.says("Jo", "ready")
    house.make_room("liaison")
    house.says("Jo", "council closed 7 jul")
    house.clock.told = datetime(2026, 7, 7, 9, 0, tzinfo=UTC)
    move(house, "to 16 nov")

    rows = house.ask(select(Outgoing).where(Outgoing.template == "dates_told"))
    assert [(row.room.kind, row.not_before.day) for row in rows] == [("liaison", 8)]


def test_somebody_of_the_council_who_says_later_is_asked_when_it_is_open_again(house):
    house.says("Jo", "ready")
    house.says("Jo", "council closed 7 jul")

    def of_the_council(session):
        helen = session.scalars(select(Person).where(Person.name == "Helen")).one()
        helen.council = session.scalars(select(Challenge)).one().hosts[0]

    house.change(of_the_council)
    for line in ("scoping", "start", "later"):
        house.says("Helen", line)
    assert house.one(OpenQuestion).resume_at.date() == date(2026, 7, 8)


def test_task_put_off_to_a_closed_day_is_seen_then_by_whoever_works(house):
    house.says("Jo", "council closed 29 dec to 31 dec")
    house.says("Jo", "council closed confirm")
    house.says("Jo", 'task me "ring the venue" by 8 jan 2027')
    house.says("Jo", f"snooze {house.outcome()[1]['facts']['number']} 29 dec")
    assert house.outcome()[1]["facts"]["seen"] == "2026-12-29"


@pytest.mark.parametrize("line", ["council closed 10 nov", "council closed 21 oct to 10 nov"])
def test_closed_days_on_which_the_visit_is_on_site_say_so_when_shown_or_noted(house, line):
    answer = house.says("Jo", line).card.plain

    template = {"council closed 10 nov": "closure_noted"}.get(line, "closure_preview")
    assert house.outcome()[1]["template"] == template
    assert "Tuesday 10 November. It stays where it is; dates move moves it." in answer


@pytest.mark.parametrize(("works_there", "works"), [(True, False), (False, True)])
def test_closed_day_is_none_for_those_who_work_there(house, works_there, works):
    house.says("Jo", "council closed 7 jul")

    def unit(session):
        challenge = session.scalars(select(Challenge)).one()
        person = Person(council_id=challenge.hosts[0].id if works_there else None)
        return calendar_for(person, challenge).is_working(date(2026, 7, 7))

    assert house.change(unit) is works


def test_days_in_a_row_are_put_together():
    found = in_a_row([date(2026, 12, 31), date(2026, 12, 24), date(2027, 1, 1)])

    assert found == [
        Days(first=date(2026, 12, 24), last=date(2026, 12, 24)),
        Days(first=date(2026, 12, 31), last=date(2027, 1, 1)),
    ]
    assert in_a_row([]) == []
