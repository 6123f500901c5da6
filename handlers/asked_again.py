"""Whether what an invited person answered still counts: not once the visit moved and they were asked anew."""

from sqlalchemy.orm import Session

from store.invitation import Invitation
from store.outbox import messages_to


def is_asked_again(session: Session, asked: Invitation) -> bool:
    """Whether somebody was asked once more after their answer, as the visit moved."""
    rows = messages_to(session, asked.person_id, "invitation_moved")
    moved = [row.queued_at for row in rows if row.challenge_id == asked.challenge_id]
    return bool(moved and asked.answered_at and max(moved) > asked.answered_at)
