"""The living card at the top of each room: where we are, what waits for whom, what is next, who reads this."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.post import Post
from handlers.rules.local import local_day, local_text
from handlers.rules.stages import stage
from handlers.shapes import Format
from store.challenge import Challenge
from store.role import holders
from store.room import rooms_of
from store.task import Task, open_tasks

SLOT = "state:"
_SHOWN = 5


def refresh(session: Session, challenge: Challenge, format: Format, post: Post, now: datetime) -> None:
    """Send each room of a challenge its state card anew, where something on it has changed."""
    for room in rooms_of(session, challenge.id):
        facts = facts_for(session, challenge, format, room.kind, now)
        if room.state != "bound" or facts == room.card:
            continue
        room.card = facts
        post.to_room(
            room,
            f"state_{room.kind}",
            {**facts, "updated": local_text(now, challenge.zone)},
            key=f"{SLOT}{room.id}:{secrets.token_hex(8)}",
            slot=f"{SLOT}{room.id}",
            challenge=challenge,
        )


def facts_for(
    session: Session, challenge: Challenge, format: Format, kind: str, now: datetime
) -> dict[str, Any]:
    """What the card of one kind of room says: only what everybody who reads that room may know."""
    today = local_day(now, challenge.zone)
    where = stage(
        today,
        ready=challenge.ready_at is not None,
        proposal_agreed=challenge.proposal_agreed_at is not None,
        first_day=challenge.first_day,
        last_day=challenge.last_day,
        final_issued=challenge.final_issued_at is not None,
        closed=challenge.closed_at is not None,
    )
    audience = format.audience(kind)
    waiting = [task for task in open_tasks(session, challenge.id) if task.owner_role in audience]
    return {
        "challenge": challenge.name,
        "stage": where.name,
        "day": where.day,
        "days": where.days,
        "waiting": [_task(session, challenge, task, now) for task in waiting[:_SHOWN]],
        "help": [person.name for role in _HELP for person in _holders(session, challenge, role, now)],
    }


_HELP = ("challenge_manager", "coordinator")


def _task(session: Session, challenge: Challenge, task: Task, now: datetime) -> dict[str, Any]:
    owners = [task.owner] if task.owner else _holders(session, challenge, str(task.owner_role), now)
    return {
        "title": task.title,
        "who": ", ".join(person.name for person in owners),
        "due": task.due_on.isoformat() if task.due_on else "",
    }


def _holders(session: Session, challenge: Challenge, role: str, now: datetime) -> list[Any]:
    return holders(session, challenge.id, challenge.programme_id, role, local_day(now, challenge.zone))
