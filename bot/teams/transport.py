"""The line to Teams in plain values: what any SDK for it must do, so that one file can replace one.

Microsoft's own names stay as they are: an activity is the JSON that Teams sends and takes.
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from bot.platform import NotNow

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Where the bot can speak. `conversation` is named as in Teams, a thread with its ";messageid=…"."""

    conversation: str
    tenant: str
    service_url: str


@dataclass(frozen=True, kw_only=True)
class Response:
    """What is answered to a request of Teams, or to an invoke; the body is serialised once, by HTTP."""

    status: int
    body: Json | None = None


Hear: TypeAlias = Callable[[Json], Awaitable[Response | None]]
"""Takes a verified activity as Teams sent it, and gives the response to it, or None.

Without one, an invoke is answered 501, and anything else 202.
"""


class TeamsTransport(Protocol):
    """Hears Teams and speaks there. Every call outwards raises Refusal, NotNow or LineDropped, no more."""

    async def receive(self, headers: Mapping[str, str], body: bytes, hear: Hear) -> Response:
        """Have a request to /api/messages heard when it is Teams' own; 400, 401 or 413 when it is not."""

    async def send(self, to: Reference, activity: Json) -> str:
        """Post an activity and return its id."""

    async def update(self, to: Reference, activity_id: str, activity: Json) -> None:
        """Put another activity in the place of a posted one."""

    async def create_personal(self, near: Reference, account: str) -> str:
        """The personal conversation with a member of `near`, by the id in Teams ("29:…") or in Entra.

        The same one each time it is asked for.
        """

    async def create_thread(self, channel: Reference, activity: Json) -> tuple[str, str]:
        """Begin a thread in a channel: its conversation, with ";messageid=…", and the activity's id."""

    async def members(self, of: Reference, most: int | None = None) -> list[Json]:
        """Everybody in a conversation, from all pages. `most`: once more are found, no page is asked for."""

    async def member(self, of: Reference, user: str) -> Json:
        """One member of a conversation, by the id in Teams or in Entra."""

    async def team(self, of: Reference, team: str) -> Json:
        """What Teams tells about a team."""

    async def ready(self) -> None:
        """Return when a token can be had and Microsoft's signing keys are at hand. Raises NoToken, NoKeys."""

    async def open(self) -> None:
        """Get ready to be called; nothing is asked of Teams yet."""

    async def close(self) -> None:
        """Close what is open."""


class Refusal(Exception):
    """Teams refused a call: `code` is its word for why, `seconds` how long it asks to wait."""

    def __init__(self, status: int, code: str, seconds: float | None = None) -> None:
        super().__init__(status, code)
        self.status, self.code, self.seconds = status, code, seconds


FOREIGN = "ForeignServiceUrl"
"""The code of a refusal of our own (421): nothing was sent, because the address is not Microsoft's."""


class NoToken(NotNow):
    """Microsoft's login gave the bot no token: `code` is its word for why, "no_answer" when it had none."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoKeys(NotNow):
    """Microsoft's signing keys could not be fetched, so nobody can say whether a request is Teams' own."""
