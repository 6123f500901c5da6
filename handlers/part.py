"""Somebody's part in one challenge, as it is today: what they may know, and from when on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from handlers import finding
from handlers.command import COORDINATION
from handlers.holding import Sight, holding
from handlers.post import Post
from handlers.roles import INVITED
from handlers.rules.local import local_day
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import newest_invitation
from store.person import Person
from store.task import Task, open_tasks

Thing: TypeAlias = Mapping[str, Any]
"""Something that waits: `what` names its sentence; `buttons` say what can be done; `day` it is due, or ""."""

_GUESTS = frozenset({INVITED, "summary_reader"})


@dataclass(frozen=True, kw_only=True)
class Part:
    """A person, a challenge, and what that person may know of it today."""

    post: Post
    challenge: Challenge
    sight: Sight

    @property
    def session(self) -> Session:
        """The unit of work."""
        return self.post.session

    @property
    def person(self) -> Person:
        """Whose part it is."""
        return self.sight.person

    @property
    def roles(self) -> frozenset[str]:
        """The roles they hold in it."""
        return self.sight.roles

    @property
    def format(self) -> Format:
        """The challenge's format."""
        return self.sight.format

    @property
    def is_guest(self) -> bool:
        """Whether they are only invited, or only read the released messages: neither knows how it stands."""
        return self.roles <= _GUESTS

    @property
    def today(self) -> date:
        """The challenge's local day."""
        return self.sight.today

    @cached_property
    def tasks(self) -> list[Task]:
        """Their own open tasks, the soonest first."""
        own = filter(self.sight.owns, open_tasks(self.session, self.challenge.id))
        return self.sight.seen(own)

    def button(self, do: str, phrase: str, *, name: str = "", number: int = 0, **carries: Any) -> Thing:
        """A button on a thing: `do` names its label, with a name or a number; it carries the rest."""
        hidden = {"challenge": self.challenge.id, **carries}
        return {"do": do, "phrase": phrase, "name": name, "number": number, "hidden": hidden}


Waits: TypeAlias = Callable[[Part], Iterator[Thing]]
"""What a noun knows to wait for somebody in a challenge."""


def thing(what: str, *buttons: Thing, day: str = "", **facts: Any) -> Thing:
    """Something that waits for somebody."""
    return {"what": what, "buttons": list(buttons), "day": day, **facts}


def parts_of(post: Post, person: Person) -> list[Part]:
    """Somebody's parts in open challenges of which they may have heard, the newest first."""
    today = local_day(post.now, post.programme.zone)
    named = finding.own(post.session, post.programme, person, today)
    found = [_part(post, person, post.session.get_one(Challenge, one.id)) for one in named]
    return [part for part in reversed(found) if _has_heard(part)]


def _part(post: Post, person: Person, challenge: Challenge) -> Part:
    today = local_day(post.now, challenge.zone)
    held, format = holding(post.session, challenge, today), post.shapes.format(challenge.format)
    sight = Sight(format=format, holding=held, person=person, roles=held.roles_of(person.id), today=today)
    return Part(post=post, challenge=challenge, sight=sight)


def _has_heard(part: Part) -> bool:
    """Whether somebody may know of a challenge: before *Ready to contact*, only those who prepare it."""
    if part.roles & (part.format.side("programme") | COORDINATION):
        return True
    if part.challenge.ready_at is None:
        return False
    if part.roles != {INVITED}:
        return bool(part.roles)
    asked = newest_invitation(part.session, part.challenge.id, part.person.id)
    return asked is not None and asked.asked_at is not None
