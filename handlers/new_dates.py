"""Who hears of new dates of the visit, and who is asked whether they suit.

Who was not told yet of an earlier move hears of both as one, and nothing where it was moved back.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy.orm import Session

from handlers.asked_again import ASKS_INVITED, ASKS_TEAM, days_asked
from handlers.holding import holding
from handlers.post import Post
from handlers.rules.dates import Days
from handlers.rules.local import local_day
from handlers.shapes import Format
from handlers.suiting import forget, may_be_asked, take_back
from store.challenge import Challenge
from store.invitation import Invitation, invitations
from store.outbox import Outgoing, messages_about, unsent_keyed
from store.person import Person
from store.role import Role
from store.room import Room, room_of

_TOLD = "dates_told:"

Dates: TypeAlias = tuple[str, str]
"""The first and the last on-site day, "" while they are blank."""


def dates_of(challenge: Challenge) -> Dates:
    """The dates of a visit as it stands."""
    return str(challenge.first_day or ""), str(challenge.last_day or "")


@dataclass(frozen=True, kw_only=True)
class Move:
    """From which days to which the visit moves, and who moves it: they know whether it suits them."""

    old: Dates
    new: Days
    by: Person

    @property
    def to(self) -> Dates:
        """The new dates."""
        return self.new.first.isoformat(), self.new.last.isoformat()


@dataclass(frozen=True, kw_only=True)
class Hearers:
    """Who hears of a move. `known`: the dates of which somebody heard last (None: the room)."""

    move: Move
    known: Mapping[int | None, Dates]
    room: Room | None = None
    told: tuple[Person, ...] = ()
    invited: tuple[Invitation, ...] = ()
    team: tuple[Role, ...] = ()

    @property
    def named(self) -> dict[str, list[str]]:
        """The room, those told one by one, and those who are asked whether it suits."""
        team, invited = [one.person.name for one in self.team], [one.person.name for one in self.invited]
        return {
            "rooms": [self.room.kind] if self.room else [],
            "told": [one.name for one in self.told],
            "asked": team + invited,
        }

    def facts(self, challenge: Challenge, person_id: int | None) -> dict[str, str]:
        """The new dates, and the old as somebody knew them."""
        (first, last), (old_first, old_last) = self.move.to, self.known.get(person_id, self.move.old)
        new = {"challenge": challenge.name, "first_day": first, "last_day": last}
        return {**new, "old_first": old_first, "old_last": old_last}


def hearers(session: Session, challenge: Challenge, format: Format, today: date, move: Move) -> Hearers:
    """Who hears of it: the liaison room, or each of them before there is one; nobody before *Ready*."""
    known = {row.person_id: _before(row) for row in _untold(session, challenge)}
    if challenge.ready_at is None:
        return Hearers(move=move, known=known)

    def is_news(person_id: int | None) -> bool:
        return known.get(person_id, move.old) != move.to

    invited = [one for one in _invited(session, challenge) if is_news(one.person_id)]
    asked = {one.person_id for one in invited}
    team = [one for one in _team(session, challenge, format, today, move) if is_news(one.person_id)]
    team = [one for one in team if one.person_id not in asked]
    asked |= {one.person_id for one in team}
    room = room_of(session, challenge.id, "liaison")
    bound = room if room and room.state == "bound" else None
    people = () if bound else _concerned(session, challenge, format, today)
    return Hearers(
        move=move, known=known, room=bound if is_news(None) else None,
        told=tuple(one for one in people if one.id not in asked and is_news(one.id)),
        invited=tuple(invited), team=tuple(team),
    )  # fmt: skip


def _before(row: Outgoing) -> Dates:
    return row.facts["old_first"], row.facts["old_last"]


def _untold(session: Session, challenge: Challenge) -> list[Outgoing]:
    """What nobody read of earlier moves: it waits, or was withdrawn. What may stand is not among it."""
    key = f"{_TOLD}{challenge.id}:"
    by_hand = [row for row in messages_about(session, challenge.id, "by_hand") if row.key.startswith(key)]
    withdrawn = messages_about(session, challenge.id, "withdrawn")
    return [
        *(row for row in withdrawn if row.withdrawn_by and row.template == "dates_told" and not row.emptied),
        *(row for row in unsent_keyed(session, key) if row.state == "ready" and not row.repeated),
        *(row for row in by_hand if not row.repeated),
    ]


def _invited(session: Session, challenge: Challenge) -> list[Invitation]:
    """The invitations of which somebody has heard and that still stand."""
    return [one for one in invitations(session, challenge.id) if one.asked_at and one.open]


def _team(session: Session, challenge: Challenge, format: Format, today: date, move: Move) -> Iterable[Role]:
    """Those of the team who work on the new days, but whoever moves the visit."""
    parts = may_be_asked(session, challenge, format, today)
    there = [row for row in parts if any(map(row.is_on, move.new))]
    return {row.person_id: row for row in there if row.person_id != move.by.id}.values()


def _concerned(session: Session, challenge: Challenge, format: Format, today: date) -> Iterable[Person]:
    """Those with a part of their own in the challenge who may read what both sides read."""
    readers = format.audience("liaison")
    rows = holding(session, challenge, today).roles
    own = (row.person for row in rows if row.challenge_id and row.role in readers)
    return dict.fromkeys(own)


# Telling them


def tell(session: Session, challenge: Challenge, format: Format, post: Post, move: Move) -> int:
    """Tell those whom new dates concern, and ask the team whether they suit; how many are asked."""
    today = local_day(post.now, challenge.zone)
    found = hearers(session, challenge, format, today, move)
    if challenge.ready_at is None:
        return 0
    for row in _untold(session, challenge):
        _is_overtaken(session, row)
    take_back(session, challenge)
    session.flush()
    forget(session, challenge, format, move.by, today)
    if found.room:
        _tell_room(challenge, post, found.room, found)
    for person in found.told:
        key = f"{_key(challenge, post)}:{person.id}"
        post.nudge(person, "dates_told", found.facts(challenge, person.id), key=key, challenge=challenge)
    for asked in found.invited:
        _ask_invited(challenge, post, asked, found)
    for role in found.team:
        _ask_team(challenge, post, role, found)
    return len(found.invited) + len(found.team)


def _is_overtaken(session: Session, row: Outgoing) -> None:
    """What waits is as if it had never been; what somebody withdrew stays on record."""
    if row.state == "withdrawn":
        row.state = "replaced"
    else:
        session.delete(row)


def _tell_room(challenge: Challenge, post: Post, room: Room, found: Hearers) -> None:
    when, facts = post.when_to_tell_a_room(challenge), found.facts(challenge, None)
    post.to_room(room, "dates_told", facts, key=_key(challenge, post), challenge=challenge, not_before=when)


def _ask_invited(challenge: Challenge, post: Post, asked: Invitation, found: Hearers) -> None:
    """Ask somebody who was invited whether the new days suit; what they answered before stands until then."""
    facts = {**found.facts(challenge, asked.person_id), "role": asked.role, "state": asked.state}
    post.nudge(
        asked.person, ASKS_INVITED, facts, key=f"{_key(challenge, post)}:{asked.person_id}:{asked.id}",
        challenge=challenge, hidden={"invitation": asked.id, **days_asked(challenge)},
    )  # fmt: skip


def _ask_team(challenge: Challenge, post: Post, role: Role, found: Hearers) -> None:
    """Ask somebody of the team whether they are still free; their part stands meanwhile."""
    facts = {**found.facts(challenge, role.person_id), "role": role.role}
    key = f"{_key(challenge, post)}:{role.person_id}:team"
    post.nudge(role.person, ASKS_TEAM, facts, key=key, challenge=challenge, hidden=days_asked(challenge))


def _key(challenge: Challenge, post: Post) -> str:
    """One for each move, though a rehearsal's clock stands still."""
    return f"{_TOLD}{challenge.id}:from:{challenge.first_day}:{post.now.isoformat()}:{secrets.token_hex(4)}"
