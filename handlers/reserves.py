"""Who could step into a place of the team: those who were asked to join it and did not decline."""

from typing import Any

from sqlalchemy.orm import Session

from handlers.asked_again import again_invited, is_asked_again
from handlers.invitations import as_chosen, facts_of
from handlers.rules.balance import ASKED_AGAIN, Reserve, reserves
from handlers.rules.councils import short_name
from store.challenge import Challenge
from store.invitation import Invitation, invitations

_SHOWN = 3
_CAN = frozenset({"available", "possibly"})


def who_could(session: Session, challenge: Challenge, role: str) -> list[dict[str, Any]]:
    """The likeliest people for a role among those who were asked and did not decline, at most three."""
    open_ones = {asked.id: asked for asked in invitations(session, challenge.id) if asked.open}
    near = reserves((_reserve(session, asked) for asked in open_ones.values()), role)
    return [
        {
            **described(session, challenge, open_ones[one.id]),
            "wanted": role,
            "hidden": {"challenge": challenge.id, "chosen": as_chosen(open_ones[one.id])},
        }
        for one in near[:_SHOWN]
    ]


def described(session: Session, challenge: Challenge, asked: Invitation) -> dict[str, Any]:
    """An invitation as whoever finds the team reads of it; `again`: the answer was for other days."""
    return {
        **facts_of(asked),
        **again_invited(session, challenge, asked),
        "council": short_name(asked.person.council.name) if asked.person.council else "",
        "connection": asked.connection or "",
        "director": asked.director_approves,
    }


def _reserve(session: Session, asked: Invitation) -> Reserve:
    """What was answered for days from which the visit has moved counts for less."""
    state = ASKED_AGAIN if asked.state in _CAN and is_asked_again(session, asked) else asked.state
    return Reserve(id=asked.id, role=asked.role, state=state, expertise=asked.expertise or "")
