from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from store.challenge import Challenge
from store.outbox import Outgoing
from store.task import Task
from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import CONFIRMED, PEOPLE, READY

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
Jo sees "Exampleshire: 10 to 13 November 2026 becomes 22 to 25 December 2026"
Jo sees "Moves: 1. Hold the scoping meeting, from Monday 20 July to"
Jo sees "And 26 other dates"
Jo sees "Stays: 12. Put the advance documents in the shared folder, Monday 19 October"
Jo sees "Friday 25 December (Christmas Day)"
Jo sees "Nothing has changed yet."
Helen: dates
Helen sees "on site 10 to 13 November 2026"
Jo presses "Move the visit"
Jo sees "Exampleshire is on site 22 to 25 December 2026. 31 dates have moved"
Jo sees "2 stayed where they were pinned"
Helen sees "on site 22 to 25 December 2026"
Helen sees "Before, it was 10 to 13 November 2026"
Jo presses "Move the visit"
Jo sees "The visit is 22 to 25 December 2026 already. Nothing has changed."
""",
    )


async def test_move_back_makes_everything_as_before(room):
    rehearsal, client = room
    await talk(client, CONFIRMED)
    before = due_days(rehearsal)
    await talk(client, 'Jo: dates move to 17 nov\nJo presses "Move the visit"')
    assert due_days(rehearsal) != before
    await talk(client, 'Jo: dates move 17 nov to 10 nov\nJo presses "Move the visit"')
    assert due_days(rehearsal) == before


def test_preview_is_confirmed_in_words_by_whoever_was_shown_it_within_the_hour(house):
    house.says("Jo", "dates move to 16 nov")
    house.says("Ruth", "dates confirm")
    assert house.outcome()[1]["template"] == "nothing_to_move"

    house.clock.told += timedelta(minutes=59)
    assert house.says("Jo", "dates confirm").card.plain.startswith("Moved: Exampleshire is on site 16 to 19")


def test_preview_of_longer_ago_is_not_confirmed_in_words(house):
    house.says("Jo", "dates move to 16 nov")
    house.clock.told += timedelta(minutes=61)
    house.says("Jo", "dates confirm")

    assert house.outcome()[1]["template"] == "nothing_to_move"


def test_words_confirm_the_newest_preview_though_the_clock_stood_still(house):
    house.says("Jo", "dates move to 16 nov")
    house.says("Jo", "dates move to 23 nov")
    assert "on site 23 to 26 November" in house.says("Jo", "dates confirm").card.plain


def test_preview_whose_length_was_changed_meanwhile_moves_nothing(house):
    house.says("Jo", "dates move to 16 nov")
    house.says("Ruth", "dates move to 9-13 nov")
    house.says("Ruth", "dates confirm")
    house.says("Jo", "dates confirm")

    assert house.outcome()[1]["template"] == "dates_changed"


def test_press_of_an_older_preview_that_would_do_something_else_by_now_shows_it_again(house):
    house.says("Jo", "dates move to 16 nov")
    older = house.outcome()[1]["hidden"]
    house.says("Jo", "dates move to 23 nov")
    house.says("Ruth", "pin 4 19 aug")
    again = house.says("Jo", "dates confirm", hidden=older).card.plain
    assert ("becomes 16 to 19" in again, "Something has changed since" in again) == (True, True)


def test_press_of_a_preview_of_longer_ago_shows_it_again_and_then_moves(house):
    house.says("Jo", "dates move to 16 nov")
    older = house.outcome()[1]["hidden"]
    house.clock.told += timedelta(minutes=61)
    again = house.says("Jo", "dates confirm", hidden=older).card.plain
    assert "You were shown this more than an hour ago, so please look once more." in again

    assert house.says("Jo", "dates confirm", hidden=older).card.plain.startswith("Moved: ")


def test_preview_that_would_do_something_else_by_now_is_shown_again_and_then_confirmed_in_words(house):
    house.says("Jo", "dates move to 16 nov")
    house.says("Ruth", "pin 12 19 oct")
    again = house.says("Jo", "dates confirm").card.plain
    assert ("Something has changed since you were shown this" in again, "1 is pinned" in again) == (
        True,
        True,
    )

    assert house.says("Jo", "dates confirm").card.plain.startswith("Moved: Exampleshire is on site 16 to 19")


def test_button_of_a_preview_that_would_do_something_else_by_now_shows_it_again(house):
    preview = house.says("Jo", "dates move to 16 nov").card
    house.says("Ruth", "pin 12 19 oct")
    again = house.says("Jo", "dates confirm", hidden=preview.buttons[0].hidden).card
    assert "Something has changed since you were shown this" in again.plain

    moved = house.says("Jo", "dates confirm", hidden=preview.buttons[0].hidden).card.plain
    assert moved.startswith("Moved: Exampleshire is on site 16 to 19")


async def test_preview_confirmed_after_the_dates_changed_moves_nothing(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm @Priya as programme manager
Jo: dates move to 17 nov
Priya: dates move to 24 nov
Priya presses "Move the visit"
Priya sees "on site 24 to 27 November 2026"
Jo presses "Move the visit"
Jo sees "The dates have changed since that preview: the visit is now 24 to 27 November 2026"
Jo: dates confirm
Jo sees "The dates have changed since that preview: the visit is now 24 to 27 November 2026"
""",
    )


async def test_move_from_another_day_or_to_the_same_days_is_refused_at_the_field(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: dates move 11 nov to 17 nov
Jo sees "The visit is 10 to 13 November 2026. Please say its first day, 10 November 2026, or only to when"
Jo: dates move soon to 17 nov
Jo sees "Please say its first day, 10 November 2026"
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
            ("digest:1:2026-11-10:a", "ready"),
            ("digest:1:2026-11-10:b", "sent"),
            ("digest:1:2026-10-20:c", "ready"),
            ("task_for:1:2026-11-10", "ready"),
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
    await talk(client, 'Jo: dates move to 17 nov\nJo presses "Move the visit"')

    def left(session):
        keys = session.scalars(select(Outgoing.key)).all()
        return [key for key in keys if key.startswith(("digest:1:", "task_for:1:2026-11"))]

    assert sorted(rehearsal._store.work(left)) == ["digest:1:2026-11-10:b", "task_for:1:2026-11-10"]


# The same over a house in which time stands still


_NEWS = ("dates_told", "invitation_moved", "team_days_moved")


def told(house):
    """Who is still to hear of new dates, from which to which."""
    rows = house.ask(select(Outgoing).where(Outgoing.template.in_(_NEWS)))
    return [(row.person.name, row.facts["old_first"], row.facts["first_day"]) for row in rows]


def move(house, words):
    """Preview a move and confirm it."""
    preview = house.says("Jo", f"dates move {words}").card
    house.says("Jo", "dates confirm", hidden=preview.buttons[0].hidden)
    return preview.plain


def test_move_that_was_not_told_yet_is_told_as_one_and_not_at_all_once_moved_back(house):
    house.says("Jo", "ready")
    house.clock.told = datetime(2026, 7, 6, 20, 0, tzinfo=UTC)
    move(house, "to 16 nov")
    assert told(house) == [
        ("Helen", "2026-11-09", "2026-11-16"),
        ("Ruth", "2026-11-09", "2026-11-16"),
    ]
    move(house, "to 23 nov")
    assert {one[1:] for one in told(house)} == {("2026-11-09", "2026-11-23")}
    move(house, "to 9 nov")
    assert told(house) == []


def _moved_in_the_evening(house):
    """The visit was moved to the 16th, and nobody was told yet."""
    house.says("Jo", "ready")
    house.clock.told = datetime(2026, 7, 6, 20, 0, tzinfo=UTC)
    move(house, "to 16 nov")
    return house.one(Outgoing, template="dates_told")


def _to_helen(house):
    return [days for name, *days in told(house) if name == "Helen"]


def test_move_that_was_withdrawn_is_told_as_one_with_the_next_and_not_sent_after_all(house):
    old = _moved_in_the_evening(house)
    house.says("Jo", f"delivery withdraw {old.id}")
    move(house, "to 23 nov")
    house.says("Jo", f"delivery send {old.id}")

    assert _to_helen(house) == [["2026-11-09", "2026-11-16"], ["2026-11-09", "2026-11-23"]]
    assert house.outcome()[1]["template"] == "no_longer_so"
    assert house.one(Outgoing, id=old.id).state == "replaced"


def test_move_that_was_withdrawn_is_told_no_more_once_moved_back(house):
    old = _moved_in_the_evening(house)
    house.says("Jo", f"delivery withdraw {old.id}")
    move(house, "to 9 nov")

    assert (_to_helen(house), house.one(Outgoing, id=old.id).state) == (
        [["2026-11-09", "2026-11-16"]], "replaced"
    )  # fmt: skip


def test_move_that_may_have_been_told_is_taken_back_in_words(house):
    old = _moved_in_the_evening(house)
    house.change(lambda session: setattr(session.get_one(Outgoing, old.id), "repeated", True))
    move(house, "to 9 nov")

    assert _to_helen(house) == [["2026-11-09", "2026-11-16"], ["2026-11-16", "2026-11-09"]]


def test_preview_says_who_is_told_in_the_room_or_one_by_one_and_nobody_before_ready(house):
    assert "Once you do it" not in house.says("Jo", "dates move to 16 nov").card.plain
    house.says("Jo", "ready")
    who = {"name": "Nora Kaye", "email": "nora@saltmarsh.example", "council": "Saltmarsh"}
    house.says("Jo", "invite", fields={**who, "role": "peer", "expertise": ""})
    house.tick()
    preview = house.says("Jo", "dates move to 16 nov").card.plain
    assert (
        "outside quiet hours, I tell Helen, and I ask 2 people whether the new days suit: Ruth and Nora Kaye."
        in preview
    )

    house.make_room("liaison")
    preview = house.says("Jo", "dates move to 16 nov").card.plain
    assert (
        "I say so in the liaison room, and I ask 2 people whether the new days suit: Ruth and Nora" in preview
    )


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        (datetime(2026, 7, 7, 20, 30, tzinfo=UTC), datetime(2026, 7, 8, 7, 0, tzinfo=UTC)),
        (datetime(2026, 7, 10, 20, 30, tzinfo=UTC), datetime(2026, 7, 13, 7, 0, tzinfo=UTC)),
        (datetime(2026, 7, 7, 9, 30, tzinfo=UTC), datetime(2026, 7, 7, 9, 30, tzinfo=UTC)),
        (datetime(2026, 11, 10, 20, 30, tzinfo=UTC), datetime(2026, 11, 10, 20, 30, tzinfo=UTC)),
    ],
    ids=["evening", "Friday evening", "by day", "on site"],
)
def test_room_hears_of_new_dates_when_quiet_hours_are_over(house, moved, told):
    house.says("Jo", "ready")
    house.make_room("liaison")
    house.clock.told = moved
    move(house, "to 10 nov")

    [row] = house.ask(select(Outgoing).where(Outgoing.template == "dates_told"))
    assert (row.room.kind, row.not_before) == ("liaison", told)


async def test_move_asks_those_who_are_invited_again_and_takes_the_same_answer_once_more(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: confirm @Priya as programme manager
Ruth: invite @Dana from saltmarsh as peer
Dana presses "Available"
at 2026-07-06 10:30
Jo: move to 17 nov
Jo presses "Move the visit"
Dana sees "it was 10 to 13 November 2026 and is now 17 to 20 November 2026. You said that you were available"
Dana presses "Available"
Ruth sees "Dana O'Neil is available as peer"
Dana: available
Dana sees "You said available already"
""",
    )


async def test_preview_that_is_confirmed_after_its_days_moves_nothing(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: dates move to 21 jul
at 2026-07-27 09:00
Jo presses "Move the visit"
Jo sees "Those days were over by 24 July 2026, so the visit stays where it is. Nothing has changed."
""",
    )


def test_move_says_which_deputy_stays_and_which_days_nobody_works(house):
    house.appoint("Tom", "organiser", starts=date(2026, 11, 10), ends=date(2026, 11, 11), covers_id=1)
    preview = move(house, "to 25 dec")
    assert "2 on-site days fall on a bank holiday, 2 on-site days fall at a weekend" in preview
    assert "Stays: Tom stands in from Tuesday 10 November until Wednesday 11 November" in preview


def test_move_without_a_word_in_front_is_dates_move(house):
    typed, meant = (house.says("Jo", f"{line} 9 nov to 16 nov").card for line in ("move", "dates move"))
    assert typed == meant
    house.says("Jo", "Move the visit to the 1st of December, please.")
    assert house.outcome()[1]["template"] == "dates_preview"
    house.says("Jo", "move dana to the team")
    assert house.outcome()[1]["template"] == "no_such_command"


def test_opening_for_another_year_with_a_weekend_in_it_says_so(house):
    house.clock.told = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    card = house.says("Jo", "new Northmere lga_full 10-13 nov").card
    assert "10 to 13 November 2027" in card.plain
    assert "That is 2027, not this year." in card.plain
    assert "Weekend: Saturday 13 November 2027" in card.plain
    assert [button.label for button in card.buttons] == ["Ready to contact", "Other dates"]
