"""Giving somebody a task. Who may read it follows from whose it is and who gave it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import tasks
from handlers.calendars import calendar_of
from handlers.command import COORDINATION
from handlers.holding import Holding, holding
from handlers.message import Facts, Refused, Reply, Said
from handlers.morning import next_digest
from handlers.post import Post
from handlers.rules import phrases
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.visit import not_worked
from store.challenge import Challenge
from store.outbox import unsent_to, withdraw
from store.person import Person
from store.task import Task

_NEWS = "task_for_you"
_ME = {"me", "myself"}

_AUDIENCES = {
    ("council", "council"): "council",
    ("programme", "council"): "liaison",
    ("team", "council"): "liaison",
    ("team", "team"): "team",
    ("programme", "team"): "visitors",
    ("team", "programme"): "visitors",
    ("programme", "programme"): "programme",
}
"""By the side of whoever gives a task, and of whose it is: who may read it."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """How somebody hears of a task: "now", "later" when they may be nudged, in the next "digest", once it is
    "ready", or not at all where it is their "own"; and when, where that is known.
    """

    how: str
    at: datetime | None = None


class NotYoursToGive(Refused):
    """The speaker may not give a task to this person: to their own side only, the coordination to all."""


def read_task(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, said: Said, text: str,
) -> dict[str, str]:  # fmt: skip
    """The owner's id, the task and the day, from 'sam "book rooms" by 20 oct'. Raises NotYoursToGive."""
    held = holding(session, challenge, today)
    names = {name for one in held.everybody() for name in (one.name, one.name.split()[0])}
    found = dict(phrases.task(text, [*names, *_ME]))
    if "owner" in found:
        mine = found["owner"].casefold() in _ME
        person = speaker if mine else held.named(found["owner"], said, challenge)
        if _audience(person, roles, format, held) is None:
            raise NotYoursToGive(who=person.name)
        found["owner"] = str(person.id)
    return found


def offered(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], today: date
) -> dict[str, Any]:
    """The people to whom the speaker may give a task, with what they are."""
    held = holding(session, challenge, today)
    people = [one for one in held.everybody() if _audience(one, roles, format, held)]
    return {"people": [(str(one.id), _called(one, format, held)) for one in people]}


def give(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, now: datetime, post: Post, owner: str, text: str, by: date | None,
) -> Reply:  # fmt: skip
    """Give somebody a task. They hear of the first one of a day at once, of others in their next digest.

    Where that would come too late, of others at once too.
    """
    held = holding(session, challenge, today)
    person = next(one for one in held.everybody() if one.id == int(owner))
    audience = _audience(person, roles, format, held) or "programme"
    task = tasks.add(
        session,
        challenge,
        kind="task",
        title=text,
        audience=audience,
        owner_id=person.id,
        due_on=by,
        added_by=speaker.id,
        added_at=now,
    )
    facts = {
        "number": task.number,
        "title": text,
        "who": "" if person is speaker else person.name,
        "due": by.isoformat() if by else "",
        "audience": audience,
        **_told(_tell(challenge, format, held, task, person, speaker, post), challenge, by),
        **not_worked([by] if by else [], calendar_of(challenge)),
        "this_year": today.year,
    }
    return Reply("task_given", facts, hidden={"challenge": challenge.id})


def _told(told: Told, challenge: Challenge, by: date | None) -> Facts:
    """How and when its owner hears of a task, and whether the day has passed by then."""
    late = bool(told.at and by and local_day(told.at, challenge.zone) > by)
    return {"told": told.how, "hears": local_text(told.at, challenge.zone) if told.at else "", "late": late}


def _tell(
    challenge: Challenge, format: Format, held: Holding, task: Task, person: Person, speaker: Person,
    post: Post,
) -> Told:  # fmt: skip
    roles = held.roles_of(person.id)
    if challenge.ready_at is None and not roles & format.side("programme"):
        return Told(how="ready")
    if person is speaker:
        return Told(how="own")
    facts = {
        "challenge": challenge.name,
        "you": [role for role in format.roles if role in roles],
        "from": speaker.name,
        "number": task.number,
        "title": task.title,
        "due": task.due_on.isoformat() if task.due_on else "",
        "this_year": task.added_at.year,
    }
    return _nudge(challenge, task, person, post, facts) or _by_digest(
        challenge, format, task, person, post, facts
    )


def _nudge(
    challenge: Challenge, task: Task, person: Person, post: Post, facts: Facts, more: str = ""
) -> Told | None:
    """Tell the owner of the day's first task; None where there was one before."""
    key = f"task_for:{person.id}:{local_day(post.now, challenge.zone)}{more}"
    row = post.nudge(person, _NEWS, facts, key=key, challenge=challenge)
    if row is None:
        return None
    task.told_at = post.now
    return Told(how="now" if row.not_before <= post.now else "later", at=row.not_before)


def _by_digest(
    challenge: Challenge, format: Format, task: Task, person: Person, post: Post, facts: Facts
) -> Told:
    """Leave a further task to the digest, unless the owner has none before it is due."""
    morning = next_digest(person, challenge, format, post.now)
    if morning and (task.due_on is None or local_day(morning, challenge.zone) <= task.due_on):
        return Told(how="digest", at=morning)
    return _nudge(challenge, task, person, post, facts, f":{task.number}") or Told(how="digest", at=morning)


def keep_told(session: Session, challenge: Challenge, task: Task) -> None:
    """Bring what its owner was not sent yet into line with a task: its day, or that it is settled."""
    waiting = unsent_to(session, task.owner_id, challenge.id) if task.owner_id else []
    for row in waiting:
        if row.template == _NEWS and row.facts["number"] == task.number and row.state == "ready":
            row.facts = {**row.facts, "due": task.due_on.isoformat() if task.due_on else ""}
            if task.state != "open":
                withdraw(row)
                task.told_at = None


def _audience(person: Person, roles: frozenset[str], format: Format, held: Holding) -> str | None:
    """Who may read a task that somebody with these roles gives this person; None: they may not."""
    theirs = _side(held.roles_of(person.id), format)
    if roles & format.side("team"):
        own = "team"
        allowed = theirs == "team" or bool(roles & COORDINATION)
    else:
        own = _side(roles, format)
        allowed = theirs == own or bool(roles & COORDINATION)
    return _AUDIENCES.get((own, theirs), "visitors") if allowed else None


def _side(roles: frozenset[str], format: Format) -> str:
    """The side on which somebody with these roles stands; the council's counts first."""
    sides = {format.roles[role].side for role in roles if role in format.roles}
    return next((side for side in ("council", "team", "programme") if side in sides), "guest")


def _called(person: Person, format: Format, held: Holding) -> str:
    labels = [format.roles[role].label for role in sorted(held.roles_of(person.id)) if role in format.roles]
    return f"{person.name} ({', '.join(labels)})" if labels else person.name
