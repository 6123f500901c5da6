"""Opening a challenge, and the moment from which people may be contacted about it."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from difflib import get_close_matches
from itertools import chain, count
from typing import Any

from sqlalchemy.orm import Session

from handlers import keeping, tasks
from handlers.command import COORDINATION
from handlers.holding import holding
from handlers.message import Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.people import recognise_council
from handlers.post import Post
from handlers.rules.councils import short_name
from handlers.rules.counting import WorkingDays
from handlers.rules.dates import Days
from handlers.rules.phrases import opening
from handlers.shapes import Format, Shapes
from handlers.visit import unusual
from handlers.words import Words
from store.challenge import Challenge, all_challenges, closed_challenges, open_names
from store.hold import deleted_of
from store.invitation import invitations
from store.programme import Programme
from store.role import roles_on


class AlreadyOpen(Refused):
    """An open challenge has this name already; `slug`: of the closed one that was to be opened again."""


class LooksLikeAnother(Refused):
    """One word that is nearly the name of an open challenge: a slip, or a council named too briefly."""


class TooManyDays(Refused):
    """The days are fewer or more than the format allows."""


class AlreadyReady(Refused):
    """*Ready to contact* was pressed before."""


class NothingToContact(Refused):
    """Nobody could be contacted: nobody has a part in the challenge yet, or was asked to."""


def read_opening(text: str, shapes: Shapes) -> dict[str, Any]:
    """Council, format and days, as typed on one line."""
    found = dict(opening(text, list(shapes.formats)))
    return {"council": found.get("council"), "format_name": found.get("format"), "days": found.get("days")}


def offered(shapes: Shapes) -> dict[str, Any]:
    """The formats that a challenge can be opened in."""
    return {"formats": [(name, shape.name) for name, shape in shapes.formats.items()]}


def open_challenge(
    session: Session, programme: Programme, shapes: Shapes, words: Words, post: Post, now: datetime,
    today: date, council: str, format_name: str, days: Days | None,
) -> Reply:  # fmt: skip
    """Open a challenge. Every milestone, and every date and name still blank, becomes a task."""
    host = recognise_council(session, programme, council)
    name = short_name(host.name)
    slug = _free_slug(session, programme, name)
    _check_no_slip(session, programme, council)
    format = shapes.format(format_name)
    if days:
        check_length(format, days)
    challenge = Challenge(
        programme_id=programme.id,
        slug=slug,
        name=name,
        format=format_name,
        zone=programme.zone,
        nation=programme.nation,
        first_day=days.first if days else None,
        last_day=days.last if days else None,
        opened_at=now,
        agenda_done_at=now,
    )
    challenge.hosts.append(host)
    session.add(challenge)
    session.flush()
    added = tasks.begin(session, challenge, format, words, holding(session, challenge, today))
    keeping.keep_in_step(session, challenge, format, post, now, today)
    return Reply(
        "challenge_opened",
        {
            "challenge": name,
            "format": format.name,
            "tasks": len(added),
            "first_day": days.first.isoformat() if days else None,
            "last_day": days.last.isoformat() if days else None,
            "slug": slug,
            "closed": _closed_before(session, programme, name),
            "this_year": today.year,
            **unusual(list(days or ()), WorkingDays(challenge.nation), today),
        },
        hidden={"challenge": challenge.id},
    )


def _free_slug(session: Session, programme: Programme, name: str) -> str:
    """What a new challenge goes by; numbered, where one of that name was closed. Raises AlreadyOpen."""
    if name in {one.name for one in open_names(session, programme.id)}:
        raise AlreadyOpen(at_field="council", name=name, slug="")
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    taken = {one.slug for one in all_challenges(session, programme.id)}
    return next(one for one in chain([slug], (f"{slug}-{n}" for n in count(2))) if one not in taken)


def _closed_before(session: Session, programme: Programme, name: str) -> str:
    """The slug of another of that name that could have been opened again instead, or ""."""
    closed = [one for one in closed_challenges(session, programme.id) if one.name == name]
    there = (one.slug for one in closed if "logistics" not in deleted_of(session, one.id))
    return next(there, "")


def _check_no_slip(session: Session, programme: Programme, council: str) -> None:
    """A single word close to an open challenge's name is asked about; a full name is believed."""
    if len(council.split()) > 1:
        return
    names = {one.name.casefold(): one.name for one in open_names(session, programme.id)}
    close = get_close_matches(council.casefold(), names, n=1, cutoff=0.8)
    if close and close[0] != council.casefold():
        raise LooksLikeAnother(at_field="council", typed=council, name=names[close[0]])


def check_length(format: Format, days: Days) -> None:
    """Refuse a visit shorter or longer than the format allows."""
    length = (days.last - days.first).days + 1
    if not format.on_site_days.min <= length <= format.on_site_days.max:
        raise TooManyDays(
            at_field="days", length=length, least=format.on_site_days.min, most=format.on_site_days.max
        )


def ready_to_contact(
    session: Session, programme: Programme, challenge: Challenge, now: datetime, today: date
) -> Reply:
    """From now on people may be contacted about a challenge, and its rooms made when their moment comes."""
    if challenge.ready_at is not None:
        raise AlreadyReady(challenge=challenge.name)
    if not _anybody(session, programme, challenge, today):
        raise NothingToContact(challenge=challenge.name)
    challenge.ready_at = now
    return Reply("ready_to_contact", {"challenge": challenge.name}, hidden={"challenge": challenge.id})


def _anybody(session: Session, programme: Programme, challenge: Challenge, today: date) -> bool:
    """Whether anybody beside the programme's own people has a part, or was asked to."""
    own = [role for role in roles_on(session, challenge.id, programme.id, today) if role.challenge_id]
    return bool(own or invitations(session, challenge.id))


def waits(part: Part) -> Iterator[Thing]:
    """For whoever coordinates: nobody is contacted yet."""
    if part.challenge.ready_at is None and part.roles & COORDINATION:
        yield thing("not_ready", part.button("ready", "ready"))
