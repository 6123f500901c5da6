"""What an activity says of the conversation it came from: a personal chat, a group chat or a channel."""

from dataclasses import dataclass
from typing import Final

from bot.teams.transport import Json, Reference

PLATFORM: Final = "teams"

_KINDS: Final = {"personal": "personal", "groupChat": "group", "channel": "channel"}


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Where the bot was spoken to. `kind` is personal, group or channel.

    `address` names it without a thread. `team` is a channel's, `account` whom a personal chat is with.
    `gone`: Teams let the bot not speak there when it was tried last.
    """

    address: str
    tenant: str
    kind: str
    service_url: str
    team: str | None = None
    account: str | None = None
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
    kind = _kind(about)
    return Conversation(
        address=address,
        tenant=str(about.get("tenantId") or _part(data, "tenant").get("id") or "").lower(),
        kind=kind,
        service_url=str(service_url),
        team=_team(data) if kind == "channel" else None,
        account=account_id(_part(activity, "from")) if kind == "personal" else None,
    )


def _part(of: Json, name: str) -> Json:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _team(data: Json) -> str | None:
    found = _part(data, "team").get("id")
    return str(found) if found else None


def _kind(about: Json) -> str:
    named = str(about.get("conversationType") or "")
    return _KINDS.get(named) or ("group" if about.get("isGroup") else "personal")


def account_id(user: Json) -> str | None:
    """The id by which an account is kept: in Entra, else the one that Teams gave it; None for a bot."""
    known_as = str(user.get("id") or "")
    if known_as.startswith("28:") or user.get("role") == "bot":
        return None
    return str(user.get("aadObjectId") or user.get("objectId") or known_as) or None
