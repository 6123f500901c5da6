"""The bot was down: what still means something goes out, what is stale does not, people decide the rest.

Exampleshire is on site from Monday 9 to Thursday 12 November 2026.
"""

import pytest

from store.outbox import Outgoing
from store.task import Task
from tests.handlers.time_passing import Passing


@pytest.fixture
def passing(house):
    """Everybody in their part, each room bound, and nothing said yet."""
    for name, role in (
        ("Priya", "programme_manager"), ("Sam", "organiser"), ("Martin", "lead_peer"),
        ("Dana", "peer"), ("Amir", "peer"),
    ):  # fmt: skip
        house.appoint(name, role)
    for kind in ("team", "liaison", "council"):
        house.make_room(kind)
    house.says("Jo", "kloe add Front door: are threshold decisions consistent?")
    house.says("Jo", "ready")
    return Passing(house)


def noted(passing):
    passing.house.says("Dana", "note front door strength Staff explain thresholds in the same way")


def text(passing, template):
    """The words of the newest message of a template."""
    row = max(passing.rows(template=template), key=lambda row: row.id)
    return passing.house.answer(template, row.facts, row.hidden).plain


# From 15:00 to 19:00 on an on-site day


def test_afternoon_on_site_was_missed_drafts_once_and_asks_nobody_to_prepare_for_what_is_over(passing):
    passing.down_until("2026-11-09", "14:30")
    noted(passing)
    passing.rest()
    passing.down_until("2026-11-09", "19:00")
    assert sorted(passing.since("2026-11-09T15:00")) == [
        ("2026-11-09T19:00", "Martin", "summary_draft"),
        ("2026-11-09T19:00", "Priya", "summary_step_late"),
        ("2026-11-09T19:00", "Ruth", "summary_draft"),
        ("2026-11-09T19:00", "team", "summary_draft"),
    ]
    assert "This comes late: it was meant for 6.45pm." in text(passing, "summary_step_late")


def test_afternoon_without_notes_was_missed_asks_each_one_question(passing):
    passing.down_until("2026-11-09", "15:00")
    passing.down_until("2026-11-09", "19:00")
    assert sorted(passing.since("2026-11-09T15:01")) == [
        ("2026-11-09T19:00", "Martin", "summary_silent"),
        ("2026-11-09T19:00", "Priya", "summary_step_late"),
        ("2026-11-09T19:00", "Ruth", "summary_silent"),
    ]
    assert "This comes late: it was meant for 6.15pm." in text(passing, "summary_silent")


def test_message_that_was_released_and_not_sent_is_held_and_people_are_asked(passing):
    passing.down_until("2026-11-09", "15:00")
    noted(passing)
    for name, words in (("Ruth", "summary"), ("Martin", "summary agree"), ("Ruth", "summary agree")):
        passing.house.says(name, words)
    passing.down_until("2026-11-09", "19:00")
    assert ("2026-11-09T19:00", "Helen", "summary_released") not in passing.said
    assert passing.house.one(Outgoing, template="summary_released").state == "held"
    asked = {who for _, who, template in passing.said if template == "summary_undelivered"}
    assert asked == {"Martin", "Ruth"}
    passing.house.says("Ruth", "summary send anyway")
    passing.rest()
    assert passing.said.count(("2026-11-09T19:00", "Helen", "summary_released")) == 1


def test_evening_was_missed_altogether_tells_the_programme_in_the_morning_and_nobody_of_the_evening(passing):
    passing.down_until("2026-11-09", "15:00")
    passing.down_until("2026-11-09", "22:00")
    assert passing.since("2026-11-09T15:01") == []
    passing.to("2026-11-10", "08:29")
    assert passing.since("2026-11-09T15:01") == [("2026-11-10T08:00", "Priya", "summary_step_missed")]
    assert "message to the sponsor of Monday 9 November was not settled" in text(
        passing, "summary_step_missed"
    )


def test_eve_of_the_presentation_was_missed_tells_the_programme_before_the_presentation(passing):
    passing.down_until("2026-11-11", "15:00")
    passing.down_until("2026-11-12", "07:00")
    passing.to("2026-11-12", "08:15")
    assert passing.since("2026-11-11T15:01") == [("2026-11-12T08:00", "Priya", "preview_step_late")]


# Over a weekend


def test_nudge_that_was_not_sent_on_friday_waits_on_saturday_for_monday(passing):
    passing.down_until("2026-10-16", "14:00")
    passing.house.says("Jo", 'task sam "book rooms" by 20 oct')
    passing.down_until("2026-10-17", "10:00")
    assert passing.since("2026-10-16T14:01") == []
    passing.to("2026-10-19", "08:00")
    assert passing.since("2026-10-16T14:01") == [("2026-10-19T08:00", "Sam", "task_for_you")]


def test_weekend_was_missed_brings_mondays_digest_once_and_fridays_never(passing):
    passing.down_until("2026-10-16", "07:00")
    passing.down_until("2026-10-19", "09:00")
    passing.to("2026-10-19", "17:00")
    digests = [one for one in passing.since("2026-10-16T07:01") if one[2] == "digest"]
    assert {when for when, *_ in digests} == {"2026-10-19T09:00"}
    assert len(digests) == len(set(digests)) > 0


def test_question_put_off_until_friday_is_asked_on_monday_and_not_on_saturday(passing):
    passing.down_until("2026-10-14", "10:00")
    passing.house.says("Helen", "scoping")
    passing.house.says("Helen", "later fri 4pm")
    passing.rest()
    passing.down_until("2026-10-17", "10:00")
    assert passing.since("2026-10-14T10:01") == []
    passing.to("2026-10-19", "08:00")
    asked = [one for one in passing.since("2026-10-14T10:01") if one[1] == "Helen"]
    assert asked[0][0] == "2026-10-19T08:00"


def test_morning_was_missed_wishes_a_good_afternoon(passing):
    passing.down_until("2026-10-19", "07:00")
    passing.down_until("2026-10-19", "14:00")
    assert text(passing, "digest").startswith("Good afternoon. Monday 19 October")


# What waits is kept in line with what it is about


def test_task_that_is_settled_before_its_owner_hears_of_it_is_not_told(passing):
    passing.down_until("2026-10-16", "19:00")
    passing.house.says("Jo", 'task sam "book rooms" by 20 oct')
    number = passing.house.one(Task, title="book rooms").number
    passing.house.says("Jo", f"pin {number} 22 oct")
    assert passing.rows(template="task_for_you")[0].facts["due"] == "2026-10-22"
    passing.house.says("Jo", f"done {number} not needed because Sam is away")
    passing.to("2026-10-19", "10:00")
    assert [one for one in passing.said if one[2] == "task_for_you"] == []
