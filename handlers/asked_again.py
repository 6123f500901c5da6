"""Whether what somebody answers counts, and still counts once the visit moved and they were asked anew."""

from typing import Any, TypedDict

from sqlalchemy.orm import Session

from handlers.message import Facts, Refused
from handlers.rules.local import local_day
from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import OWED, Outgoing, messages_to, withdraw
from store.role import Role

ASKS_INVITED = "invitation_moved"
ASKS_TEAM = "team_days_moved"
"""The templates that ask whoever is invited, and whoever is confirmed."""

_DAYS = ("first_day", "last_day")


class AlreadyAnswered(Refused):
    """The answer is the one that was noted before."""


class VisitMovedSince(Refused):
    """The card asked about days from which the visit has moved since: they are asked for its days now."""


class Again(TypedDict):
    """`again`: asked again, without an answer yet; `asked_on`: on which day, "" while it has not left.

    `lost`: the question can never be delivered.
    """

    again: bool
    asked_on: str
    lost: bool


def days_asked(challenge: Challenge) -> dict[str, Any]:
    """What a card carries that asks whether the days of the visit suit: which days these are."""
    if challenge.first_day is None:
        return {}
    return {"first_day": str(challenge.first_day), "last_day": str(challenge.last_day)}


def check_days(challenge: Challenge, about: Facts) -> None:
    """Raise VisitMovedSince where a card was pressed that asked about other days."""
    now, asked = days_asked(challenge), {name: about[name] for name in _DAYS if name in about}
    if asked and now and asked != now:
        old = {"old_first": asked.get("first_day", ""), "old_last": asked.get("last_day", "")}
        raise VisitMovedSince(
            challenge=challenge.name, **now, **old, hidden={**about, "challenge": challenge.id, **now}
        )


def is_asked_again(session: Session, asked: Invitation) -> bool:
    """Whether somebody was asked once more after their answer, as the visit moved."""
    moved = _newest(session, asked.challenge_id, asked.person_id, ASKS_INVITED)
    return bool(moved and asked.answered_at and moved.queued_at > asked.answered_at)


def withdraw_unread(session: Session, asked: Invitation) -> None:
    """Let nobody be asked about new days for which they have answered before the question left."""
    moved = _newest(session, asked.challenge_id, asked.person_id, ASKS_INVITED)
    if moved and moved.state in OWED:
        withdraw(moved)


def question_to(session: Session, role: Role) -> Outgoing | None:
    """What somebody of the team was asked last as the visit moved, since they were told of their role.

    None once they moved it themselves.
    """
    moved = _newest(session, role.challenge_id, role.person_id, ASKS_TEAM)
    if moved is None or (role.answer is None and role.answer_to == moved.id):
        return None
    return moved if role.told_at is None or moved.queued_at >= role.told_at else None


def again_invited(session: Session, challenge: Challenge, asked: Invitation) -> Again:
    """Whether an invited person has yet to answer for new days."""
    moved = _newest(session, asked.challenge_id, asked.person_id, ASKS_INVITED)
    return _again(challenge, moved if is_asked_again(session, asked) else None)


def again_in_team(session: Session, challenge: Challenge, role: Role) -> Again:
    """Whether somebody of the team has yet to answer for new days."""
    moved = question_to(session, role)
    return _again(challenge, moved if moved and moved.id != role.answer_to else None)


def _again(challenge: Challenge, unanswered: Outgoing | None) -> Again:
    sent = unanswered.sent_at if unanswered else None
    return Again(
        again=unanswered is not None,
        asked_on=local_day(sent, challenge.zone).isoformat() if sent else "",
        lost=unanswered is not None and unanswered.state == "dead",
    )


def _newest(
    session: Session, challenge_id: int | None, person_id: int, template: str
) -> Outgoing | None:  # fmt: skip
    rows = messages_to(session, person_id, template)
    return next((row for row in rows if row.challenge_id == challenge_id), None)
