"""Requests to the council: `ask host "learning plan" by thu noon`, kept as tasks, told in summaries."""

from datetime import datetime
from typing import Any

from handlers import tasks
from handlers.drafting import first_names, people
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.rules import phrases
from handlers.rules.local import local_day, local_text
from handlers.telling import when_to_tell
from store.challenge import Challenge
from store.person import Person
from store.room import Room, room_of
from store.task import Task

_OWNERS = ("organiser", "sponsor")
"""Whose task a request is: the first of these that the format has."""


class TooEarlyToAsk(Refused):
    """Nobody may be contacted about this challenge yet."""


class NobodyToAsk(Refused):
    """The council has no organiser yet, and no room."""


def only_once_ready(challenge: Challenge) -> None:
    """Refuse what would contact the council before *Ready to contact*."""
    if challenge.ready_at is None:
        raise TooEarlyToAsk(challenge=challenge.name)


def read(text: str) -> dict[str, str]:
    """What is asked for and by when, as typed on one line."""
    found = phrases.request(f"host {text}")
    return {name: found[name] for name in ("text", "by") if name in found}


def ask_host(post: Post, challenge: Challenge, speaker: Person, text: str, by: datetime | None) -> Reply:
    """Ask the council for something.

    Its organiser (in a format without one, the sponsor) is told where the council talks, else directly.
    """
    only_once_ready(challenge)
    if not _organisers(post, challenge) and _room(post, challenge) is None:
        raise NobodyToAsk
    task = ask(post, challenge, speaker, text, by)
    return Reply("request_asked", _facts(post, challenge, task, speaker))


def ask(post: Post, challenge: Challenge, speaker: Person, text: str, by: datetime | None) -> Task:
    """Keep a request as a task of the organiser's, and tell the council."""
    task = tasks.add(
        post.session,
        challenge,
        kind="request",
        title=text,
        audience="liaison",
        owner_role=_owner(post, challenge),
        due_on=local_day(by, challenge.zone) if by else None,
        due_at=by,
        added_by=speaker.id,
        added_at=post.now,
    )
    _tell_council(post, challenge, task, speaker)
    return task


def _tell_council(post: Post, challenge: Challenge, task: Task, speaker: Person) -> None:
    facts, key = _facts(post, challenge, task, speaker), f"request:{challenge.id}:{task.number}"
    room = _room(post, challenge)
    if room is not None:
        post.to_room(room, "request_to_council", facts, key=key, challenge=challenge)
        return
    for person in _organisers(post, challenge):
        to = f"{key}:{person.id}"
        at = when_to_tell(post, challenge, person)
        post.to_person(person, "request_to_council", facts, key=to, challenge=challenge, not_before=at)


def _room(post: Post, challenge: Challenge) -> Room | None:
    """The council's room, once it stands."""
    room = room_of(post.session, challenge.id, "council")
    return room if room is not None and room.state == "bound" else None


def _organisers(post: Post, challenge: Challenge) -> list[Person]:
    return people(post.session, challenge, [_owner(post, challenge)], local_day(post.now, challenge.zone))


def _owner(post: Post, challenge: Challenge) -> str:
    has = post.shapes.format(challenge.format).roles
    return next((role for role in _OWNERS if role in has), _OWNERS[0])


def _facts(post: Post, challenge: Challenge, task: Task, speaker: Person) -> dict[str, Any]:
    return {
        "challenge": challenge.name,
        "number": task.number,
        "title": task.title,
        "due": local_text(task.due_at, challenge.zone) if task.due_at else "",
        "who": first_names(_organisers(post, challenge)),
        "asks": speaker.name,
    }
