"""Home: somebody's parts, what waits for them with the buttons to do it, and what is next."""

from datetime import UTC, date, datetime
from string import ascii_lowercase

import pytest
from sqlalchemy import select

from bot.slack.draw import messages
from bot.slack.draw_home import view
from store.challenge import Challenge
from store.person import Person
from store.task import Task
from tests.drawn_slack import assert_slack_home, assert_slack_message
from tests.fakes.house import BEGINS, account


@pytest.fixture
def ready(house):
    house.says("Jo", "ready in exampleshire")
    return house


def _home(house, name, text="home"):
    card = house.says(name, text).card
    assert house.outcome()[0] == "done"
    return card


def _things(house, name):
    """The kinds of thing that wait for somebody, challenge by challenge."""
    _home(house, name)
    _, kept = house.outcome()
    return {part["challenge"]: [thing["what"] for thing in part["things"]] for part in kept["facts"]["parts"]}


def _presses(card):
    return [(button.label, button.phrase) for button in card.buttons]


# Who sees what


def test_home_of_somebody_without_a_part_says_what_the_bot_is_and_whom_to_ask(ready):
    card = _home(ready, "Owen")

    assert card.plain.startswith("I am Critical Friend.")
    assert card.plain.endswith("You have no part in a challenge at the moment. Jo can tell you more.")
    assert card.buttons == ()


def test_home_before_ready_to_contact_is_for_those_who_prepare(house):
    assert _things(house, "Helen") == {}
    assert _things(house, "Ruth") == {"Exampleshire": ["not_ready"]}
    assert ("Ready to contact", "ready") in _presses(_home(house, "Jo"))


def test_my_challenges_is_the_same(ready):
    assert _home(ready, "Helen", "my challenges") == _home(ready, "Helen")


def test_home_in_a_room_is_refused(ready):
    room = ready.make_room("team")
    ready.says("Ruth", "home", room=room)

    assert ready.outcome()[1]["template"] == "wrong_place"


def test_home_with_nothing_to_do_says_so(ready):
    assert _home(ready, "Ruth").plain.startswith("Nothing waits for you at the moment.")


def test_home_of_whoever_runs_the_programme_has_its_buttons(ready):
    assert ("New challenge", "new") in _presses(_home(ready, "Jo"))
    assert ("New challenge", "new") not in _presses(_home(ready, "Ruth"))


def test_home_of_somebody_with_several_parts_says_of_which_challenge_each_button_is(ready):
    ready.says("Jo", "new northmere lga_full 16-19 nov")
    ready.appoint("Helen", "lead_peer", challenge="Northmere")
    ready.says("Jo", "ready in northmere")
    ready.says("Jo", 'task helen "read the position statement" by 10 jul in northmere')
    card = _home(ready, "Helen")

    assert "Exampleshire\n\nYou as sponsor." in card.plain
    assert "Northmere\n\nYou as lead peer." in card.plain
    assert ("Go on with the questions (Exampleshire)", "scoping") in _presses(card)
    [done] = [button for button in card.buttons if button.label.startswith("Done")]
    assert (done.label[-11:], done.under, dict(done.hidden)) == ("(Northmere)", "Northmere", {"challenge": 2})


def test_button_of_a_home_does_what_it_says(ready):
    ready.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    [done] = [button for button in _home(ready, "Helen").buttons if button.label.startswith("Done")]
    ready.says("Helen", done.phrase, hidden=done.hidden)

    assert ready.outcome()[1]["template"] == "task_settled"
    assert "task" not in _things(ready, "Helen")["Exampleshire"]


def test_guest_of_a_challenge_reads_neither_its_stage_nor_its_days(ready):
    ready.appoint("Tom", "summary_reader")
    card = _home(ready, "Tom")

    assert "You as reader of the daily summary." in card.plain
    assert "Now:" not in card.plain
    assert "What is next" not in card.plain


# What waits


def test_task_waits_when_it_is_near_or_has_no_day_and_otherwise_is_next(ready):
    for title, day in (("near", "by 10 jul"), ("far", "by 1 dec"), ("some day", "")):
        ready.says("Jo", f'task helen "{title}" {day} in exampleshire')
    waits, later = _home(ready, "Helen").plain.split("What is next")

    assert ". near, Friday 10 July" in waits
    assert ". some day\n" in waits
    assert ("far" in waits, ". far" in later) == (False, True)


def test_late_task_says_so_and_offers_help(ready):
    ready.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    ready.clock.told = datetime(2026, 7, 13, 9, tzinfo=UTC)
    card = _home(ready, "Helen")

    assert "say who speaks: this was due on Friday 10 July" in card.plain
    [stuck] = [button for button in card.buttons if button.phrase == "stuck"]
    assert stuck.opens_form
    assert (
        ready.says("Helen", "stuck", hidden=stuck.hidden, can_open_form=True).form.fields[0].value is not None
    )


def test_snoozed_task_is_next_and_does_not_wait(ready):
    ready.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    [number] = [task.number for task in ready.ask(select(Task).where(Task.title == "say who speaks"))]
    ready.says("Helen", f"snooze {number} 9 jul in exampleshire")

    assert "task" not in _things(ready, "Helen")["Exampleshire"]


def test_invitation_waits_until_it_is_answered_and_then_for_whoever_confirms(ready):
    nora = account("Nora", email="nora@saltmarsh.example")
    ready.says(nora, "help")
    fields = {"name": "Nora", "role": "peer", "email": "nora@saltmarsh.example", "council": "Saltmarsh"}
    ready.says("Jo", "invite", fields=fields, hidden={"challenge": 1})

    assert _things(ready, "Nora") == {"Exampleshire": ["invitation"]}
    available = _home(ready, "Nora").buttons[0]
    ready.says("Nora", available.phrase, hidden=available.hidden)
    assert _things(ready, "Nora") == {"Exampleshire": []}
    assert "can_come" in _things(ready, "Jo")["Exampleshire"]
    [confirm] = [one for one in _home(ready, "Jo").buttons if one.label == "Confirm Nora"]
    ready.says("Jo", confirm.phrase, hidden=confirm.hidden)
    assert ready.outcome()[1]["template"] == "confirmed"
    assert "can_come" not in _things(ready, "Jo")["Exampleshire"]


def test_invitation_that_was_not_sent_yet_waits_for_nobody(house):
    nora = account("Nora", email="nora@saltmarsh.example")
    house.says(nora, "help")
    fields = {"name": "Nora", "role": "peer", "email": "nora@saltmarsh.example", "council": "Saltmarsh"}
    house.says("Jo", "invite", fields=fields, hidden={"challenge": 1})

    assert _things(house, "Nora") == {}


def test_message_to_be_passed_on_by_hand_waits_for_whoever_coordinates(ready):
    ready.post(_by_hand)

    assert "by_hand" in _things(ready, "Jo")["Exampleshire"]
    assert "by_hand" not in _things(ready, "Helen")["Exampleshire"]


def _by_hand(session, post):
    person = session.scalars(select(Person).where(Person.name == "Helen")).one()
    row = post.to_person(
        person, "for_person", {"text": "hello"}, key="hello", challenge=session.get_one(Challenge, 1)
    )
    row.state = "by_hand"


# However much there is


def _much(house, challenges, tasks):
    """Helen leads in many challenges, with many tasks in each."""

    def unit(session):
        person = session.scalars(select(Person).where(Person.name == "Helen")).one()
        for challenge in session.scalars(select(Challenge)):
            session.add_all(
                Task(
                    challenge_id=challenge.id, number=900 + number, kind="task",
                    audience="liaison", title=f"{number} " + "x" * 190, owner_id=person.id,
                    due_on=date(2026, 7, 10), added_by=person.id, added_at=BEGINS,
                )
                for number in range(tasks)
            )  # fmt: skip

    for letter in ascii_lowercase[:challenges]:
        house.says("Jo", f"new {letter * 6}ford lga_full 9-12 nov")
    house.appoint("Helen", "principal_adviser", challenge=None)
    house.change(unit)


def test_home_of_twenty_challenges_with_ten_things_each_keeps_to_the_limits_of_slack(house):
    _much(house, 20, 10)
    for text in ("home", "home all"):
        card = _home(house, "Helen", text)
        assert_slack_home(view(card))
        for message in messages(card):
            assert_slack_message(message)
    first = _home(house, "Helen")

    assert len(messages(first)) <= 3
    assert ("Show all", "home all") in _presses(first)
    assert "And 15 more challenges." in first.plain
    assert "And 5 more." in first.plain
