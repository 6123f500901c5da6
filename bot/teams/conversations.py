"""What an activity says of the conversation it came from: a personal chat, a group chat or a channel."""

from dataclasses import dataclass
from typing import Final

from bot.teams.transport import Json, Reference

PLATFORM: Final = "teams"

KINDS: Final = ("personal", "group", "channel")
"""Where more people may read comes later."""

_SHARED: Final = "19:"
"""What the ids of channels, and of chats between people, begin with: never those of a chat with the bot."""


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Where the bot was spoken to. `kind` is personal, group or channel.

    `address` names it without a thread. `team` is a channel's, `account` whom a personal chat is with: an
    activity does not tell, as an administrator may add the app for somebody else. `user` is what Teams calls
    them before this bot ("29:…"): so it names whoever is mentioned.
    `gone`: Teams let the bot not speak there when it was tried last.
    """

    address: str
    tenant: str
    kind: str
    service_url: str
    team: str | None = None
    account: str | None = None
    user: str | None = None
    gone: bool = False

    @property
    def direct(self) -> bool:
        """Whether it is between one person and the bot."""
        return self.kind == "personal"

    def reference(self, thread: str = "") -> Reference:
        """The way there, or to one thread in it."""
        return Reference(
            conversation=thread or self.address, tenant=self.tenant, service_url=self.service_url
        )


def without_thread(conversation: str) -> str:
    """The conversation that a thread is in: Teams names a thread after its first message."""
    return conversation.partition(";")[0]


def conversation_of(activity: Json) -> Conversation | None:
    """The conversation of an activity; None where it names none."""
    about, data = _part(activity, "conversation"), _part(activity, "channelData")
    address, service_url = without_thread(str(about.get("id") or "")), activity.get("serviceUrl")
    if not (address and service_url):
        return None
    kind = _kind(about, address)
    return Conversation(
        address=address,
        tenant=str(about.get("tenantId") or _part(data, "tenant").get("id") or "").lower(),
        kind=kind,
        service_url=str(service_url),
        team=_team(data) if kind == "channel" else None,
    )


def _part(of: Json, name: str) -> Json:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _team(data: Json) -> str | None:
    found = _part(data, "team").get("id")
    return str(found) if found else None


def _kind(about: Json, address: str) -> str:
    """What it is said to be; whatever is not surely between one person and the bot is read by others."""
    named = about.get("conversationType")
    if named == "personal" and not address.startswith(_SHARED):
        return "personal"
    return "channel" if named == "channel" else "group"


def account_id(user: Json) -> str | None:
    """The id by which an account is kept: in Entra, else the one that Teams gave it; None for a bot."""
    known_as = str(user.get("id") or "")
    if known_as.startswith("28:") or user.get("role") == "bot":
        return None
    return str(user.get("aadObjectId") or user.get("objectId") or known_as) or None
