"""Whether what somebody answered still counts: not once the visit moved and they were asked anew."""

from typing import TypedDict

from sqlalchemy.orm import Session

from handlers.message import Refused
from handlers.rules.local import local_day
from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import Outgoing, messages_to
from store.role import Role

ASKS_INVITED = "invitation_moved"
ASKS_TEAM = "team_days_moved"
"""The templates that ask whoever is invited, and whoever is confirmed."""


class AlreadyAnswered(Refused):
    """The answer is the one that was noted before."""


class Again(TypedDict):
    """`again`: asked again, without an answer yet; `asked_on`: on which day, "" while it has not left."""

    again: bool
    asked_on: str


def is_asked_again(session: Session, asked: Invitation) -> bool:
    """Whether somebody was asked once more after their answer, as the visit moved."""
    moved = _newest(session, asked.challenge_id, asked.person_id, ASKS_INVITED)
    return bool(moved and asked.answered_at and moved.queued_at > asked.answered_at)


def question_to(session: Session, role: Role) -> Outgoing | None:
    """What somebody of the team was asked last as the visit moved, since they were told of their role."""
    moved = _newest(session, role.challenge_id, role.person_id, ASKS_TEAM)
    return moved if moved and (role.told_at is None or moved.queued_at >= role.told_at) else None


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
        again=unanswered is not None, asked_on=local_day(sent, challenge.zone).isoformat() if sent else ""
    )


def _newest(
    session: Session, challenge_id: int | None, person_id: int, template: str
) -> Outgoing | None:  # fmt: skip
    rows = messages_to(session, person_id, template)
    return next((row for row in rows if row.challenge_id == challenge_id), None)
