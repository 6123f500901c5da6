"""What follows from a change by itself: rooms and who is in them, state cards, the next due moment."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers import digest, homes, invitations, look_ups, roles, rooms, scoping, state_card, tasks
from handlers.agenda import upcoming
from handlers.due import SOURCES
from handlers.holding import holding
from handlers.post import Post
from handlers.shapes import Format
from store.challenge import Challenge


def keep_up(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, today: date
) -> None:
    """Bring everything that depends on a challenge into line with it."""
    tasks.keep(session, challenge, format, holding(session, challenge, today), now)
    rooms.want_rooms(session, challenge, format, post, now)
    rooms.keep_members(session, challenge, format, post, today)
    look_ups.want(session, challenge, post)
    invitations.ask_waiting(session, challenge, post, now)
    roles.tell_new_holders(session, challenge, post, now, today)
    scoping.invite(session, challenge, post, today)
    digest.plan(session, challenge, format, post.words, holding(session, challenge, today), now)
    state_card.refresh(session, challenge, format, post, now)
    homes.refresh(session, challenge, now)
    plan_next(session, challenge, format)


def plan_next(session: Session, challenge: Challenge, format: Format) -> None:
    """Note when something of a challenge falls due next; None: nothing does."""
    dues = upcoming(SOURCES, session, challenge, format)
    challenge.next_due_at = dues[0].at if dues else None
