"""Letters as tests write, send and read them: tasks, requests and reports that wait or stand."""

import pytest
from sqlalchemy import select, update

from store.challenge import Challenge
from store.outbox import Outgoing
from tests.fakes.house import BEGINS
from tests.handlers.chat_rooms import claim, comes_to

EVENING = BEGINS.replace(hour=18)
"""Seven in the evening in London: whoever may be nudged only by day hears of it tomorrow."""


def with_a_team(house):
    """A house whose outbox is empty, with an organiser, a lead peer and a programme manager."""
    house.change(
        lambda session: session.execute(update(Challenge).values(ready_at=BEGINS, next_due_at=BEGINS))
    )
    for name, role in (("Sam", "organiser"), ("Martin", "lead_peer")):
        house.appoint(name, role)
    house.appoint("Priya", "programme_manager")
    house.settle()
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


@pytest.fixture
def a_team(house):
    """For the tests of letters: the house has a team, and its outbox is empty."""
    return with_a_team(house)


def letter(house, template="task_for_you"):
    """The newest message of a template."""
    found = house.ask(select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.id.desc()))
    return found[0]


def letters(house, template):
    """The messages of a template, the oldest first."""
    return house.ask(select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.id))


def given(house, by="Jo", to="Sam", text="book romes"):
    """A task that somebody was given, as a message that waits."""
    house.says(by, f'task {to.casefold()} "{text}" by 27 oct')
    return letter(house)


def taken(house, row):
    """Take a message in hand."""
    return next(call for call in claim(house) if call.key == row.key)


def sent(house, row):
    """Let a message arrive, whatever the hour, and all that goes before it."""
    house.change(lambda session: setattr(session.get_one(Outgoing, row.id), "not_before", house.clock.now()))
    arrives(house)
    assert house.one(Outgoing, id=row.id).state == "sent"


def arrives(house):
    """Let everything arrive: how each is said, where, and its words."""
    said = []
    while calls := claim(house):
        for call in calls:
            comes_to(house, call, "done", address=call.address or f"at-{call.key}")
        said += [(call.op, call.address, call.card.plain) for call in calls if call.card]
    return said


def answer_to(house, name, text, **of):
    """The template that answers somebody, and its facts."""
    house.says(name, text, **of)
    _outcome, kept = house.outcome()
    return kept["template"], kept["facts"]


def shown(house, name, text="delivery"):
    return answer_to(house, name, text)[1]


def corrects(house, name, number, text):
    """Somebody corrects a letter, once they were shown what becomes of it; how it is answered."""
    proposed = answer_to(house, name, f"delivery correct {number} {text}")
    if proposed[0] != "letter_preview":
        return proposed
    return answer_to(house, name, "delivery correct confirm", hidden=house.outcome()[1]["hidden"])
