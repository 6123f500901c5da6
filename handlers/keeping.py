"""What follows from any change by itself: tasks, rooms and who is in them; then messages, cards and dates."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers import by_hand, digest, homes, invitations, look_ups, roles, rooms, scoping, state_card, tasks
from handlers.agenda import upcoming
from handlers.due import SOURCES
from handlers.holding import holding
from handlers.post import Post
from handlers.shapes import Format
from store.challenge import Challenge
from store.query import changed_in
from store.questionnaire import Participation
from store.role import Role
from store.room import Room, RoomMember
from store.scoping import Proposal
from store.task import Task

_SETTLING = frozenset({Challenge, Participation, Proposal, Role, Task})
"""Rows by which a task is settled or dated."""
_GATHERING = frozenset({Challenge, Role, Room, RoomMember})
"""Rows by which there is a room, and by which somebody may be in it."""


def keep_in_step(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, today: date
) -> None:
    """Bring into line at once what the next words may rely on; the rest follows with the next tick.

    A task that appears or is settled, and the way into a room and out of it, belong to the change
    itself. That the challenge is to be looked at is committed with it, so the rest cannot be lost.
    """
    changed = changed_in(session)
    if changed & _SETTLING:
        tasks.keep(session, challenge, format, holding(session, challenge, today), now)
    if changed & _GATHERING and challenge.closed_at is None:
        rooms.want_rooms(session, challenge, format, post, now)
        rooms.keep_members(session, challenge, format, post, today)
    if changed:
        look_again(challenge, now)


def look_again(challenge: Challenge, now: datetime) -> None:
    """Have a challenge looked at with the next tick, which is woken at once.

    One that is due already is let be: units of work come one after the other, so that tick sees this change.
    """
    if challenge.next_due_at is None or challenge.next_due_at > now:
        challenge.next_due_at = now


def keep_up(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, today: date
) -> None:
    """Bring everything that depends on a challenge into line with it."""
    if challenge.closed_at is None:
        _keep_going(session, challenge, format, post, now, today)
    digest.plan(session, challenge, format, post.words, holding(session, challenge, today), now)
    state_card.refresh(session, challenge, format, post, now)
    homes.refresh(session, challenge, now)
    plan_next(session, challenge, format)


def _keep_going(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, today: date
) -> None:
    """What a challenge that is closed does not need any more."""
    tasks.keep(session, challenge, format, holding(session, challenge, today), now)
    rooms.want_rooms(session, challenge, format, post, now)
    rooms.keep_members(session, challenge, format, post, today)
    by_hand.ask(session, challenge, post)
    look_ups.want(session, challenge, post)
    invitations.ask_waiting(session, challenge, post, now)
    roles.tell_new_holders(session, challenge, post, now, today)
    scoping.invite(session, challenge, post, today)


def plan_next(session: Session, challenge: Challenge, format: Format) -> None:
    """Note when something of a challenge falls due next; None: nothing does."""
    dues = upcoming(SOURCES, session, challenge, format)
    challenge.next_due_at = dues[0].at if dues else None
