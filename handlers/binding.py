"""A person gives a room its place: `use this channel as team room`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import membership, programme_team, rooms
from handlers.crowd import recognise_all
from handlers.message import Account, Facts, Refused, Reply, Said
from handlers.people import council_of_email
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.rules.room_kinds import kind_of
from handlers.shapes import Format, Shapes
from store.challenge import Challenge
from store.outbox import unsent_moves, withdraw
from store.person import Person
from store.programme import Programme
from store.role import roles_of
from store.room import Room, members_of, programme_room, room_of, room_once_at
from store.slot import forget_cards

_TEAM = "team"


class WhichRoom(Refused):
    """Nothing says which room this is to be, or no such room belongs to the format: asked in the channel."""

    to = "room"


class SayItInTheChannel(Refused):
    """A direct conversation cannot become a room."""


class AlreadyThatRoom(Refused):
    """The channel is this very room."""


class ChannelIsTaken(Refused):
    """The channel is another room already."""


class MembersUnknown(Refused):
    """The chat did not tell who is in the channel, so nobody knows who would read along."""


class TooManyInside(Refused):
    """More people are in the channel than a room may have: nobody would know who reads along."""


class OpenToAll(Refused):
    """Anybody may read the channel without being in it."""


class CouncilIsInside(Refused):
    """Somebody from the council would read what the team says among itself."""


class RoomStandsElsewhere(Refused):
    """The room stands in another channel: a person says whether to move it, in this one."""

    to = "room"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Where it was said: the members as people, each with the account the chat told, and whose it is."""

    said: Said
    members: tuple[tuple[Account, Person], ...]
    owner: Mapping[str, Any]

    @property
    def people(self) -> list[Person]:
        """Everybody in it, once."""
        return list(dict.fromkeys(person for _, person in self.members))


def instead(text: str) -> str | None:
    """The programme's own room belongs to no challenge."""
    return "use as programme room" if kind_of(text) == "programme" else None


def use(
    session: Session, programme: Programme, challenge: Challenge, format: Format, post: Post, said: Said,
    speaker: Person, room: Room | None, about: Facts, trusted: frozenset[tuple[str, str]], now: datetime,
    text: str,
) -> Reply:  # fmt: skip
    """Let the channel where this is said be a room of the challenge, and say there who reads it."""
    kind = kind_of(text)
    if kind is None or kind not in format.rooms:
        kinds = () if said.place.direct else (*format.rooms, "programme")
        raise WhichRoom(kinds=[{"kind": one} for one in kinds], chat=said.place.platform)
    old = room_of(session, challenge.id, kind)
    channel = _channel(session, programme, said, room, old, kind, trusted, now)
    if kind == _TEAM:
        _check_council(session, challenge, format, channel, now)
    _check_move(old, kind, about)
    shape = format.rooms[kind]
    found = old or rooms.new_room(
        programme, challenge, kind, shape.title.format(challenge=challenge.name),
        shape.topic.format(challenge=challenge.name), said.place, now,
    )  # fmt: skip
    found.bound_by = speaker.id
    return _bound(session, found, channel, format, post, challenge)


def use_for_programme(
    session: Session, programme: Programme, shapes: Shapes, post: Post, said: Said, speaker: Person,
    room: Room | None, about: Facts, trusted: frozenset[tuple[str, str]], now: datetime,
) -> Reply:  # fmt: skip
    """Let the channel where this is said be the programme's own room."""
    old = programme_room(session, programme.id)
    channel = _channel(session, programme, said, room, old, "programme", trusted, now)
    _check_move(old, "programme", about)
    found = old or rooms.new_room(programme, None, "programme", "", "", said.place, now)
    found.bound_by = speaker.id
    reply = _bound(session, found, channel, shapes.default, post, None)
    today = local_day(now, programme.zone)
    programme_team.keep_all_rooms(session, programme, shapes, post, now, today)
    return reply


# What speaks against it


def _channel(
    session: Session, programme: Programme, said: Said, room: Room | None, old: Room | None, kind: str,
    trusted: frozenset[tuple[str, str]], now: datetime,
) -> Channel:  # fmt: skip
    """The channel, once it is one that can become this room."""
    if said.place.direct:
        raise SayItInTheChannel(kind=kind, chat=said.place.platform)
    if room is not None:
        raise AlreadyThatRoom(kind=kind) if room is old else ChannelIsTaken(kind=room.kind)
    owner = said.gathered.get("owner", {})
    if not owner.get("private", True):
        raise OpenToAll(kind=kind)
    if "crowded" in said.gathered:
        raise TooManyInside(kind=kind, most=said.gathered["crowded"])
    accounts: tuple[Account, ...] | None = said.gathered.get("members")
    if accounts is None:
        raise MembersUnknown(kind=kind, chat=said.place.platform)
    people = recognise_all(session, programme, accounts, now, trusted)
    return Channel(said=said, members=tuple(zip(accounts, people, strict=True)), owner=owner)


def _check_council(
    session: Session, challenge: Challenge, format: Format, channel: Channel, now: datetime
) -> None:
    """Nobody on the council's side, and nobody it employs, reads the team's room.

    An e-mail address that is not trusted says enough here: it keeps out, and lets nobody in.
    """
    if format.reciprocal:
        return
    today, hosts = local_day(now, challenge.zone), {host.id for host in challenge.hosts}
    council = format.side("council")
    found = [
        person.name
        for account, person in channel.members
        if roles_of(session, person.id, challenge.id, challenge.programme_id, today) & council
        or hosts & _employers(session, account, person)
    ]
    if found:
        raise CouncilIsInside(names=list(dict.fromkeys(found)), challenge=challenge.name)


def _employers(session: Session, account: Account, person: Person) -> set[int]:
    by_email = (council_of_email(session, email) for email in (account.email, person.email) if email)
    return {person.council_id or 0, *(council.id for council in by_email if council)}


def _check_move(old: Room | None, kind: str, about: Facts) -> None:
    if old and old.state == "bound" and not about.get("anyway"):
        of = {"challenge": old.challenge_id} if old.challenge_id else {}
        raise RoomStandsElsewhere(kind=kind, choices=[{"hidden": {**of, "anyway": True}}])


# Binding


def _bound(
    session: Session, room: Room, channel: Channel, format: Format, post: Post, challenge: Challenge | None
) -> Reply:
    """Bind the room and say to everybody in it what it is now, who reads it, and who must leave."""
    moved = room.state == "bound"
    _take_place(session, room, channel.said, post.now)
    strangers = membership.take_stock(session, room, channel.people, post, post.now)
    readers = [shape.label for role, shape in format.roles.items() if role in format.audience(room.kind)]
    facts = {
        "challenge": challenge.name if challenge else "",
        "kind": room.kind,
        "chat": channel.said.place.platform,
        "readers": readers,
        "strangers": [person.name for person in strangers],
        "foreign": _is_foreign(session, room, channel),
        "moved": moved,
    }
    return Reply("room_bound", facts, to="room")


def _is_foreign(session: Session, room: Room, channel: Channel) -> bool:
    """Whether the channel belongs to another organisation's workspace than the programme's own room."""
    home = programme_room(session, room.programme_id)
    own = home.tenant if home and home.platform == channel.said.place.platform else channel.said.place.tenant
    return bool(channel.owner.get("tenant", own) != own)


def _take_place(session: Session, room: Room, said: Said, now: datetime) -> None:
    """Let a room stand where it was said, whatever it was or was to be before."""
    place = said.place
    session.add(room)
    session.flush()
    before = room_once_at(session, place.platform, place.tenant, place.address)
    if before is not None and before is not room:
        before.address = None
    for row in unsent_moves(session, room.id):
        withdraw(row)
    for member in members_of(session, room.id):
        rooms.put_right(session, member)
        session.delete(member)
    if room.address != place.address:
        forget_cards(session, room.id)
    rooms.forget_asking(session, room)
    room.platform, room.tenant, room.unseen_since = place.platform, place.tenant, None
    session.flush()
    rooms.bind(room, place.address, now)
    session.flush()
