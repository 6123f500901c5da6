"""Who was asked to come hears that a challenge is closed before its visit, and that it is open again."""

from datetime import date

import pytest
from sqlalchemy import select, update

from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import Outgoing
from store.person import Person
from tests.fakes.house import BEGINS
from tests.handlers.chat_rooms import claim, comes_to


@pytest.fixture
def house(house):
    """Exampleshire may be contacted about; Dana and Lucy were asked to come."""
    house.says("Jo", "ready")
    for name in ("Dana", "Lucy"):
        _invited(house, name)
    _arrives(house)
    return house


def _arrives(house):
    while calls := claim(house):
        for call in calls:
            comes_to(house, call, "done", address=f"at-{call.key}")


def _invited(house, name, state="asked"):
    house.appoint(name, "invited")

    def unit(session):
        person = session.scalars(select(Person).where(Person.name == name)).one()
        session.add(Invitation(challenge_id=1, person=person, role="peer", expertise=None, state=state,
                               invited_by=1, invited_at=BEGINS))  # fmt: skip
        session.get_one(Challenge, 1).next_due_at = BEGINS

    house.change(unit)
    house.settle()


def _close(house):
    house.says("Jo", "close")
    said = house.outcome()[1]["facts"]["invited"]
    house.says("Jo", "close confirm")
    return said


def _are(house, template, state):
    """Let the messages of a template be in a state."""
    there = update(Outgoing).where(Outgoing.template == template)
    house.change(lambda session: session.execute(there.values(state=state)))


def _told(house, template):
    rows = house.ask(select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.id))
    return [(row.person.name, row.state) for row in rows]


def test_whoever_was_asked_to_come_hears_of_the_closing_and_the_preview_says_so(house):
    assert _close(house) == ["Dana", "Lucy"]
    assert _told(house, "closed_for_invited") == [("Dana", "ready"), ("Lucy", "ready")]


def test_whoever_may_have_read_an_invitation_hears_of_the_closing_and_that_it_is_open_again(house):
    _are(house, "invitation", "unsure")
    said = _close(house)
    told = _told(house, "closed_for_invited")
    _arrives(house)
    house.says("Jo", "reopen exampleshire")

    assert (said, told) == (["Dana", "Lucy"], [("Dana", "ready"), ("Lucy", "ready")])
    assert _told(house, "open_again_for_invited") == [("Dana", "ready"), ("Lucy", "ready")]


@pytest.mark.parametrize("state", ["unavailable", "stood_down", "confirmed"])
def test_whoever_does_not_wait_for_the_visit_hears_nothing(house, state):
    house.change(lambda session: session.execute(update(Invitation).values(state=state)))

    assert (_close(house), _told(house, "closed_for_invited")) == ([], [])


def test_after_the_visit_nobody_who_was_asked_hears_of_the_closing(house):
    days = {"first_day": date(2026, 6, 1), "last_day": date(2026, 6, 2)}
    house.change(lambda session: session.execute(update(Challenge).values(**days)))

    assert (_close(house), _told(house, "closed_for_invited")) == ([], [])


def test_whoever_was_not_asked_yet_hears_nothing(house):
    house.clock.told = BEGINS.replace(hour=21)
    _invited(house, "Amir")

    assert _close(house) == ["Dana", "Lucy"]


def test_closing_that_is_taken_back_before_anybody_read_of_it_is_told_to_nobody(house):
    _close(house)
    house.says("Jo", "reopen exampleshire")

    assert _told(house, "closed_for_invited") == [("Dana", "withdrawn"), ("Lucy", "withdrawn")]
    assert _told(house, "open_again_for_invited") == []


def test_whoever_read_of_the_closing_hears_that_it_is_open_again(house):
    _close(house)
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    house.says("Jo", "reopen exampleshire")

    assert _told(house, "open_again_for_invited") == [("Dana", "ready"), ("Lucy", "ready")]


def test_second_closing_that_nobody_read_of_is_taken_back_without_a_word(house):
    _close(house)
    _arrives(house)
    house.says("Jo", "reopen exampleshire")
    _arrives(house)
    house.clock.told = BEGINS.replace(hour=21)
    _close(house)
    house.says("Jo", "reopen exampleshire")

    assert _told(house, "open_again_for_invited") == [("Dana", "sent"), ("Lucy", "sent")]


def test_whoever_read_of_the_closing_but_not_that_it_was_open_again_hears_it_after_the_next(house):
    _close(house)
    _arrives(house)
    for line in ("reopen exampleshire", "close", "close confirm", "reopen exampleshire"):
        house.says("Jo", line)

    assert _told(house, "open_again_for_invited") == [
        ("Dana", "withdrawn"), ("Lucy", "withdrawn"), ("Dana", "ready"), ("Lucy", "ready")
    ]  # fmt: skip


def test_closing_that_waits_for_a_person_to_pass_it_on_goes_when_it_is_open_again(house):
    _close(house)
    _are(house, "closed_for_invited", "by_hand")
    house.says("Jo", "reopen exampleshire")

    assert _told(house, "closed_for_invited") == [("Dana", "withdrawn"), ("Lucy", "withdrawn")]
    assert _told(house, "open_again_for_invited") == []


def test_closing_of_which_nobody_knows_whether_it_arrived_is_not_asked_about_any_more(house):
    _close(house)
    _are(house, "closed_for_invited", "unsure")
    house.says("Jo", "reopen exampleshire")

    assert _told(house, "closed_for_invited") == [("Dana", "withdrawn"), ("Lucy", "withdrawn")]
    assert _told(house, "open_again_for_invited") == [("Dana", "ready"), ("Lucy", "ready")]


# The team


def test_team_that_has_no_room_hears_of_the_closing_one_by_one_but_for_who_closes(house):
    for name in ("Martin", "Jo"):
        house.appoint(name, "lead_peer")
    house.says("Jo", "close")
    said = house.outcome()[1]["facts"]["team"]
    house.says("Jo", "close confirm")

    assert said == ["Ruth", "Martin"]
    assert _told(house, "closed_for_team") == [("Ruth", "ready"), ("Martin", "ready")]


@pytest.mark.parametrize("kind", ["team", "liaison"])
def test_team_that_has_a_room_hears_of_the_closing_there(house, kind):
    house.make_room(kind)
    house.appoint("Martin", "lead_peer")
    _close(house)

    assert _told(house, "closed_for_team") == []


def test_team_of_a_challenge_that_is_not_ready_hears_nothing_of_its_closing(house):
    house.change(lambda session: session.execute(update(Challenge).values(ready_at=None)))
    _close(house)

    assert _told(house, "closed_for_team") == []


def test_team_that_read_of_the_closing_hears_that_it_is_open_again(house):
    _close(house)
    _arrives(house)
    house.says("Jo", "reopen exampleshire")

    assert _told(house, "open_again_for_team") == [("Ruth", "ready")]


def test_whoever_was_asked_for_another_part_too_hears_of_the_closing_once(house):
    house.appoint("Dana", "peer")
    _close(house)

    assert (_told(house, "closed_for_invited")[0], _told(house, "closed_for_team")) == (
        ("Dana", "ready"), [("Ruth", "ready")]
    )  # fmt: skip
