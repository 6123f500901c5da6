"""Roles that count in every challenge of the programme: `confirm priya as programme manager`."""

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers, rooms
from handlers.eligibility import AlreadyInRole
from handlers.message import Refused, Reply, Said
from handlers.minding import when_for_programme
from handlers.newcomers import Naming
from handlers.people import the_one
from handlers.post import Post
from handlers.rules.conflicts import PROGRAMME_WIDE
from handlers.rules.local import local_day
from handlers.rules.people import called
from handlers.rules.phrases import invitation
from handlers.shapes import Shapes
from store.challenge import open_challenges
from store.person import Person, accounts_of
from store.programme import Programme
from store.role import Role, programme_roles, programme_roles_on


class NoPartInProgramme(Refused):
    """They hold no programme-wide role, or not the one named."""


class LastCoordinator(Refused):
    """Without a coordinator nobody could give anybody a part."""


_FOR_PROGRAMME = re.compile(r"(?:^|\s+)(?:for|in|from) the (?:whole )?programme\s*[.!]?\s*$", re.IGNORECASE)


def confirm_instead(text: str, meant: bool, session: Session, speaker: Person, today: date) -> str | None:  # noqa: FBT001
    """The command that a typed appointment stands for when it is about the whole programme.

    It is when it says so ("for the programme"); and, from somebody who runs the programme, when it
    names one of the programme's own roles while no challenge is meant by room, card or name.
    """
    if _FOR_PROGRAMME.search(text):
        return f"confirm for the programme {_FOR_PROGRAMME.sub('', text)}"
    wide = invitation(text).get("role") in PROGRAMME_WIDE and programme_roles(session, speaker.id, today)
    return f"confirm for the programme {text}" if wide and not meant else None


def stand_down_instead(text: str) -> str | None:
    """Standing somebody down "from the programme" is about the whole programme; anything else is not."""
    return (
        f"stand down programme-wide {_FOR_PROGRAMME.sub('', text)}" if _FOR_PROGRAMME.search(text) else None
    )


def read(text: str, session: Session, programme: Programme) -> dict[str, Any]:
    """Name and role, as typed on one line."""
    return dict(newcomers.in_fields(invitation(text), session, programme))


def confirm(
    session: Session, programme: Programme, shapes: Shapes, post: Post, said: Said, speaker: Person,
    mentioned: tuple[Person, ...], now: datetime, today: date, name: str, role: str, email: str | None,
) -> Reply:  # fmt: skip
    """Give somebody a role in every challenge, those to come too. They are told at once."""
    naming = Naming(
        programme=programme, challenge_id=None, name=name, email=email, council=None,
        mentioned=mentioned, said=said, speaker=speaker,
        known=[row.person for row in programme_roles_on(session, programme.id, today)],
        phrase="confirm for the programme", typed={"name": name, "role": role},
    )  # fmt: skip
    person = newcomers.find(session, naming)
    if person and role in programme_roles(session, person.id, today):
        raise AlreadyInRole(name=person.name, role=role, challenge="")
    person = newcomers.welcome(session, naming, person, newcomers.employer(session, naming, person))
    row = Role(programme_id=programme.id, person=person, role=role, told_at=now)
    session.add(row)
    session.flush()
    if person.email and not accounts_of(session, person.id):
        post.to_look_up(person)
    if person is not speaker:
        _tell(post, person, row)
    keep_all_rooms(session, programme, shapes, post, now, today)
    return Reply("confirmed_for_programme", {"name": person.name, "role": role, "yours": person is speaker})


def _tell(post: Post, person: Person, row: Role) -> None:
    when = when_for_programme(post, person)
    facts = {"programme": post.programme.name, "role": row.role}
    post.to_person(person, "you_are_appointed_for_programme", facts, key=f"role:{row.id}", not_before=when)


def stand_down(
    session: Session, programme: Programme, shapes: Shapes, post: Post, said: Said,
    mentioned: tuple[Person, ...], now: datetime, today: date, text: str,
) -> Reply:  # fmt: skip
    """End somebody's programme-wide roles, or the one named, with their place in every room it gave them."""
    typed = invitation(text)
    name, role = typed.get("name", ""), typed.get("role")
    held = programme_roles_on(session, programme.id, today)
    people = list(dict.fromkeys(row.person for row in held))
    person = the_one(called(name, mentioned) or called(name, people), name, said)
    over = [row for row in held if row.person is person and role in {None, row.role}]
    if not over:
        raise NoPartInProgramme(name=person.name)
    if not any(row.role == "coordinator" and row not in over for row in held):
        raise LastCoordinator(name=person.name)
    for row in over:
        row.ends = date.fromordinal(today.toordinal() - 1)
    session.flush()
    keep_all_rooms(session, programme, shapes, post, now, today)
    return Reply("stood_down_from_programme", {"name": person.name, "roles": [row.role for row in over]})


def keep_all_rooms(
    session: Session, programme: Programme, shapes: Shapes, post: Post, now: datetime, today: date
) -> None:
    """Every room holds whom it should at once; the rest follows with the next tick."""
    rooms.keep_programme_members(session, programme, post, today)
    for challenge in open_challenges(session, programme.id):
        format = shapes.format(challenge.format)
        rooms.keep_members(session, challenge, format, post, local_day(now, challenge.zone))
        challenge.next_due_at = now
