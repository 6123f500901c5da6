"""A letter is taken back before it leaves, and may be sent after all."""

import pytest

from store.outbox import Outgoing
from tests.handlers.chat_rooms import comes_to
from tests.handlers.letter_box import (
    EVENING,
    answer_to,
    corrects,
    given,
    letter,
    letters,
    sent,
    shown,
    taken,
)

pytestmark = pytest.mark.usefixtures("a_team")


def test_letter_that_waits_is_withdrawn_and_sent_after_all(house):
    house.clock.told = EVENING
    row = given(house)
    house.says("Jo", f"delivery withdraw {row.id}")
    withdrawn = house.one(Outgoing, id=row.id)
    listed = [(one["number"], one["who"]) for one in shown(house, "Jo")["withdrawn"]]
    house.says("Jo", f"delivery send {row.id}")
    again = house.one(Outgoing, id=row.id)

    assert (withdrawn.state, listed) == ("withdrawn", [(row.id, "Jo")])
    assert (again.state, again.withdrawn_by, again.not_before) == ("ready", None, row.not_before)


@pytest.mark.parametrize(
    ("outcome", "state"), [("later", "withdrawn"), ("done", "sent"), ("absent", "withdrawn")]
)
def test_letter_that_is_leaving_is_stopped_unless_it_arrived(house, outcome, state):
    row = given(house)
    call = taken(house, row)
    template, facts = answer_to(house, "Jo", f"delivery withdraw {row.id}")
    comes_to(house, call, outcome)

    assert (template, facts["was"]) == ("letter_withdrawn", "sending")
    assert house.one(Outgoing, id=row.id).state == state


def test_letter_that_arrived_is_not_withdrawn(house):
    row = given(house)
    sent(house, row)
    template, facts = answer_to(house, "Jo", f"delivery withdraw {row.id}")

    assert (template, facts["state"], facts["typed"]) == ("too_late_to_withdraw", "sent", True)


def test_letter_withdrawn_twice_or_never_is_said_so(house):
    house.clock.told = EVENING
    row = given(house)
    never, _ = answer_to(house, "Jo", f"delivery send {row.id}")
    house.says("Jo", f"delivery withdraw {row.id}")
    twice, facts = answer_to(house, "Ruth", f"delivery withdraw {row.id}")

    assert (never, twice, facts["state"]) == ("not_withdrawn", "too_late_to_withdraw", "withdrawn")


def test_letter_of_a_task_settled_meanwhile_is_not_sent_after_all(house):
    house.clock.told = EVENING
    row = given(house)
    house.says("Jo", f"delivery withdraw {row.id}")
    house.says("Jo", f"done {row.facts['number']}")
    said, _ = answer_to(house, "Jo", f"delivery send {row.id}")

    assert (said, house.one(Outgoing, id=row.id).state) == ("no_longer_so", "withdrawn")


def test_correction_alone_is_not_withdrawn_where_the_letter_stands(house):
    row = given(house)
    sent(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    newest = letter(house)
    template, facts = answer_to(house, "Jo", f"delivery withdraw {newest.id}")

    assert (template, facts["state"], facts["typed"]) == ("too_late_to_withdraw", "sent", True)
    assert [letter(house).state, letter(house, "letter_changed").state] == ["ready", "ready"]


def test_letter_withdrawn_after_it_was_corrected_in_hand_is_stopped_with_its_correction(house):
    row = given(house)
    call = taken(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    _, facts = answer_to(house, "Jo", f"delivery withdraw {row.id}")
    comes_to(house, call, "absent")

    assert facts["was"] == "sending"
    assert [one.state for one in letters(house, "task_for_you")] == ["withdrawn", "withdrawn"]
