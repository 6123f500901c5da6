"""Conversations: personal chats, group chats, and the channels of teams; who is in them, and since when.

A team's first channel has the team's own id, and no name. A private channel has members of its own.
"""

import uuid
from dataclasses import dataclass, field

from tests.fakes.chat import Stay
from tests.fakes.teams.people import Person
from tests.fakes.teams.tenancy import Json, Tenancy, thread_id


@dataclass(kw_only=True)
class Team:
    """`bot`: whether the app is installed there."""

    id: str
    name: str
    group: str
    bot: bool = False
    archived: bool = False
    deleted: bool = False
    stays: list[Stay] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        """Who is in it now, in the order they came."""
        return _inside(self.stays)


@dataclass(kw_only=True)
class Conversation:
    """`kind` is "personal", "groupChat" or "channel". `bot`: whether the app is installed in it.

    Of a personal chat: `blocked` by the person, `removed` when they uninstalled the app, `known` to the
    bot. A standard channel has its team's `stays`; `made` is when it began.
    """

    id: str
    kind: str
    name: str
    tenant: str
    team: Team | None = None
    private: bool = False
    bot: bool = False
    blocked: bool = False
    removed: bool = False
    deleted: bool = False
    known: bool = False
    made: int = 0
    stays: list[Stay] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        """Who is in it now, in the order they came."""
        return _inside(self.stays)

    @property
    def gone(self) -> bool:
        """Whether it, or its whole team, was deleted."""
        return self.deleted or bool(self.team and self.team.deleted)


def make_team(tenancy: Tenancy, name: str, owner: Person) -> Team:
    """A new team with its first channel, and only its owner in it."""
    team = Team(id=thread_id("channel"), name=name, group=str(uuid.uuid4()))
    team.stays.append(Stay(user=owner.id, joined=tenancy.changed()))
    tenancy.teams[team.id] = team
    tenancy.conversations[team.id] = Conversation(
        id=team.id, kind="channel", name="General", tenant=tenancy.tenant, team=team, stays=team.stays
    )
    return team


def make_channel(tenancy: Tenancy, team: Team, name: str, *, private_for: Person | None) -> Conversation:
    """A new channel: a standard one is everybody's in the team, a private one its maker's."""
    stays = [Stay(user=private_for.id, joined=tenancy.changed())] if private_for else team.stays
    channel = Conversation(
        id=thread_id("channel"), kind="channel", name=name, tenant=tenancy.tenant, team=team,
        stays=stays, private=private_for is not None,
    )  # fmt: skip
    channel.made = tenancy.changed()
    tenancy.conversations[channel.id] = channel
    return channel


def make_chat(tenancy: Tenancy, name: str, members: tuple[Person, ...]) -> Conversation:
    """A new group chat."""
    chat = Conversation(id=thread_id("groupChat"), kind="groupChat", name=name, tenant=tenancy.tenant)
    chat.stays.extend(Stay(user=one.id, joined=tenancy.changed()) for one in members)
    tenancy.conversations[chat.id] = chat
    return chat


def personal(tenancy: Tenancy, person: Person) -> Conversation:
    """The personal chat of somebody with the bot: the same one each time it is asked for."""
    for found in tenancy.conversations.values():
        if found.kind == "personal" and found.members == [person.id] and not found.deleted:
            return found
    chat = Conversation(id=thread_id("personal"), kind="personal", name=person.name, tenant=person.tenant)
    chat.stays.append(Stay(user=person.id, joined=tenancy.changed()))
    tenancy.conversations[chat.id] = chat
    return chat


def join(tenancy: Tenancy, place: Team | Conversation, person: Person) -> None:
    """Come in."""
    place.stays.append(Stay(user=person.id, joined=tenancy.changed()))


def leave(tenancy: Tenancy, place: Team | Conversation, person: Person) -> None:
    """Go, or be removed; who leaves a team leaves its private channels too."""
    private = [one for one in channels(tenancy, place) if one.private] if isinstance(place, Team) else []
    for left in (place, *private):
        for stay in left.stays:
            if stay.user == person.id and stay.left is None:
                stay.left = tenancy.changed()


def channels(tenancy: Tenancy, team: Team) -> list[Conversation]:
    """The channels of a team, the first one first."""
    return [one for one in tenancy.conversations.values() if one.team is team and not one.deleted]


def has_bot(conversation: Conversation) -> bool:
    """Whether the app is installed where this is: in its team, and in a private channel by itself."""
    if conversation.team and not conversation.private:
        return conversation.team.bot
    return conversation.bot


def reaches(tenancy: Tenancy, person: Person) -> bool:
    """Whether the bot may write to somebody: installed for them, or in a team or chat of theirs.

    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
    """
    chat = personal(tenancy, person)
    if chat.removed or chat.bot:
        return chat.bot
    return any(
        person.id in one.members and has_bot(one) and not one.gone
        for one in tenancy.conversations.values()
        if one.kind != "personal"
    )


def details(tenancy: Tenancy, team: Team) -> Json:
    """A team as the connector shows one."""
    return {
        "id": team.id, "name": team.name, "aadGroupId": team.group, "type": "standard",
        "channelCount": len(channels(tenancy, team)), "memberCount": len(team.members),
        "tenantId": tenancy.tenant,
    }  # fmt: skip


def listed(tenancy: Tenancy, team: Team) -> Json:
    """A team's channels as the connector lists them: private ones only where the app is in them."""
    shown = [one for one in channels(tenancy, team) if not one.private or one.bot]
    return {
        "conversations": [
            {"id": one.id, "name": None if one.id == team.id else one.name, "type": "standard"}
            for one in shown
        ]
    }


def _inside(stays: list[Stay]) -> list[str]:
    return [stay.user for stay in stays if stay.left is None]
