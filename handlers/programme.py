"""The programme and its first coordinator: a one-time code makes whoever says it the first authority."""

import hashlib
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers import membership, rooms
from handlers.message import Refused, Reply, Said
from handlers.people import recognise
from handlers.post import Post
from store.person import Person
from store.programme import Programme, the_programme
from store.role import Role
from store.room import Room


class WrongCode(Refused):
    """The code is not the one that `critical-friend claim` printed, or was used before."""


class AlreadyClaimed(Refused):
    """The programme has its first coordinator."""


def found_programme(session: Session, code: str, name: str = "Peer challenge programme") -> Programme:
    """Make the programme of a new database, to be claimed with `code`."""
    programme = Programme(name=name, claim_hash=_hash(code))
    session.add(programme)
    session.flush()
    return programme


def new_claim(session: Session, code: str) -> bool:
    """Let the programme be claimed with another code; False when somebody has claimed it already."""
    programme = the_programme(session) or found_programme(session, code)
    if programme.claimed_at is None:
        programme.claim_hash = _hash(code)
    return programme.claimed_at is None


def claim(
    session: Session, programme: Programme, speaker: Person, said: Said, room: Room | None, post: Post,
    trusted: frozenset[tuple[str, str]], code: str, now: datetime, today: date,
) -> Reply:  # fmt: skip
    """Make the speaker the first coordinator, and the room where it was said the programme's own.

    Where others could read along, or the bot is not inside, a room is made instead.
    """
    if programme.claimed_at is not None:
        raise AlreadyClaimed
    if programme.claim_hash != _hash(code.strip()):
        raise WrongCode
    programme.claimed_at, programme.claim_hash = now, None
    session.add(Role(programme_id=programme.id, person_id=speaker.id, role="coordinator"))
    session.flush()
    elsewhere = not (said.place.direct or room or _only_its_members_read(said))
    if said.place.direct or elsewhere:
        rooms.want_room(session, post, None, "programme", "Programme", "", said.place)
    elif room is None:
        bound = rooms.bind_where_said(session, programme, said.place, now)
        members = (recognise(session, programme, one, now, trusted) for one in said.gathered["members"])
        membership.take_stock(session, bound, (speaker, *members), post, now)
    rooms.keep_programme_members(session, programme, post, today)
    return Reply("claimed", {"name": speaker.name, "elsewhere": elsewhere})


def _only_its_members_read(said: Said) -> bool:
    """Whether the place is closed to others, and the bot inside: else the chat does not tell who is."""
    return "members" in said.gathered and bool(said.gathered.get("owner", {}).get("private", True))


def _hash(code: str) -> str:
    return hashlib.sha256(code.casefold().encode()).hexdigest()
