"""The living cards: one at the top of each room of a challenge, and one of each challenge for the programme.

Each says where we are, what waits for whom, what is next and who reads it: no more than everybody
who reads that room may know.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers import evidence, explaining, team, visit
from handlers.agenda import Due
from handlers.holding import Holding, holding, is_late, room_sees
from handlers.post import Post
from handlers.reach import chats_of, rooms_in_trouble
from handlers.rules.dates import at
from handlers.rules.local import local_day, local_text
from handlers.rules.stages import Stage, stage
from handlers.shapes import Format
from handlers.tasks import milestone_of
from store.challenge import Challenge
from store.outbox import Outgoing
from store.room import Room, programme_room, rooms_of
from store.slot import newest_in_slot
from store.task import Task, open_tasks, tasks_of

SLOT = "state:"
"""What the slot of a room's own card begins with; such a card is pinned."""
PROGRAMME_SLOT = "challenge:"
"""What the slot of a challenge's card in the programme's room begins with."""

_SHOWN = 5
_NEW_DAY = time(6, 0)
_HELP = ("challenge_manager", "coordinator")


def stage_of(challenge: Challenge, today: date) -> Stage:
    """The stage that a challenge is in."""
    return stage(
        today,
        ready=challenge.ready_at is not None,
        proposal_agreed=challenge.proposal_agreed_at is not None,
        first_day=challenge.first_day,
        last_day=challenge.last_day,
        final_issued=challenge.final_issued_at is not None,
        closed=challenge.closed_at is not None,
    )


def is_card(row: Outgoing) -> bool:
    """Whether a message is such a card: nobody waits for it, and it is made anew."""
    return (row.slot or "").startswith((SLOT, PROGRAMME_SLOT))


def refresh(session: Session, challenge: Challenge, format: Format, post: Post, now: datetime) -> None:
    """Send each card anew where something on it has changed."""
    held = holding(session, challenge, local_day(now, challenge.zone))
    for room in rooms_of(session, challenge.id):
        _send(session, challenge, format, held, post, room, f"{SLOT}{room.id}")
    home = programme_room(session, challenge.programme_id)
    if home:
        _send(session, challenge, format, held, post, home, f"{PROGRAMME_SLOT}{challenge.id}")


def _send(
    session: Session, challenge: Challenge, format: Format, held: Holding, post: Post, room: Room, slot: str
) -> None:
    if room.state != "bound":
        return
    facts = facts_for(session, challenge, format, held, room.kind, local_day(post.now, challenge.zone))
    newest = newest_in_slot(session, slot)
    before = {name: value for name, value in newest.facts.items() if name != "updated"} if newest else None
    if facts != before:
        post.to_room(
            room,
            f"state_{room.kind}",
            {**facts, "updated": local_text(post.now, challenge.zone)},
            key=f"{slot}:{secrets.token_hex(8)}",
            slot=slot,
            challenge=challenge,
        )


def due(session: Session, challenge: Challenge, _format: Format) -> Iterator[Due]:
    """The mornings on which cards change by themselves: on-site days, the day after, something late."""
    days = visit.days_of(challenge)
    late = {task.due_on for task in open_tasks(session, challenge.id) if task.due_on}
    changing = {*days, *(day + timedelta(days=1) for day in (*late, *days[-1:]))}
    for day in sorted(changing):
        yield Due(at=at(day, _NEW_DAY, challenge.zone), run=_looked_at_again)


def _looked_at_again() -> None:
    """Nothing else: after whatever fell due, cards are looked at again."""


# What each kind of room reads


def facts_for(
    session: Session, challenge: Challenge, format: Format, held: Holding, kind: str, today: date
) -> dict[str, Any]:
    """What the card of one kind of room says."""
    where = stage_of(challenge, today)
    seen = [one for one in open_tasks(session, challenge.id) if room_sees(one, kind, format, held, today)]
    soonest = sorted(seen, key=lambda task: task.kind != "request") if where.name == "on_site" else seen
    waiting = [explaining.in_brief(task, challenge, format, held) for task in soonest[:_SHOWN]]
    facts = {
        "challenge": challenge.name,
        "stage": where.name,
        "open": where.name != "closed",
        "day": where.day,
        "days": where.days,
        "first_day": challenge.first_day.isoformat() if challenge.first_day else "",
        "last_day": challenge.last_day.isoformat() if challenge.last_day else "",
        "waiting": waiting,
        "ahead": visit.ahead(challenge, format, today),
        "help": _help(format, held),
    }
    return {**facts, **_MORE[kind](session, challenge, format, held, today)}


def _help(format: Format, held: Holding) -> list[dict[str, str]]:
    """Whom to ask; somebody who only covers is named with their last day."""
    return [
        {
            "name": row.person.name,
            "role": shape.label,
            "until": row.ends.isoformat() if row.ends and row.covers_id else "",
        }
        for wanted in _HELP
        for role, shape in format.roles.items()
        for row in held.roles
        if role == wanted == row.role and row.person in held.people(role)
    ]


def _council(
    session: Session, challenge: Challenge, format: Format, held: Holding, today: date
) -> dict[str, Any]:
    return {"times": visit.shared(visit.times(challenge, format, today)), **_meeting(format, held)}


def _team(
    session: Session, challenge: Challenge, format: Format, held: Holding, today: date
) -> dict[str, Any]:
    return {
        "times": visit.times(challenge, format, today),
        **_meeting(format, held),
        "noted": evidence.noted(session, challenge),
        "message": evidence.message(session, challenge, format, held, today),
    }


def _meeting(format: Format, held: Holding) -> dict[str, list[str]]:
    """Who meets whom in the conversation with the sponsor."""
    speak = [person.name for role in format.release.agreed_by for person in held.people(role)]
    return {"speak": speak, "sponsors": [person.name for person in held.people("sponsor")]}


def _programme(
    session: Session, challenge: Challenge, format: Format, held: Holding, today: date
) -> dict[str, Any]:
    """Steps, gaps in the team, and reach; no findings."""
    steps = [task for task in tasks_of(session, challenge.id) if _is_step(task, format, held, today)]
    people = held.everybody()
    return {
        "steps": len(steps),
        "settled": sum(task.state != "open" for task in steps),
        "late": sum(is_late(task, today) for task in steps),
        "people": len(people),
        "reached": len(chats_of(session, people)),
        "gaps": gaps(session, challenge, format, today),
        "rooms": [
            {"kind": one["kind"], "trouble": one["trouble"]} for one in rooms_in_trouble(session, challenge)
        ],
    }


def _is_step(task: Task, format: Format, held: Holding, today: date) -> bool:
    return milestone_of(task, format) is not None and room_sees(task, "programme", format, held, today)


def gaps(session: Session, challenge: Challenge, format: Format, today: date) -> list[dict[str, Any]]:
    """The roles that fewer people hold than the format looks for, as `team` counts them."""
    short = team.missing(session, challenge, format, today)
    return [{"role": one["label"], "missing": one["short"]} for one in short]


_MORE: Mapping[str, Callable[[Session, Challenge, Format, Holding, date], dict[str, Any]]] = {
    "council": _council,
    "liaison": _council,
    "team": _team,
    "programme": _programme,
}
