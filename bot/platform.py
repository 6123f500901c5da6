"""The port: the handful of things a chat must be able to do for the bot.

An address is text that only the chat itself understands. A key names one call for ever: a chat
can be asked later what became of it (`find`, `find_room`), which is how a dropped line is settled.
"""

from typing import Final, Protocol

from handlers.message import Account, Card

MOST_INSIDE: Final = 200
"""The most people in a room. A challenge has some dozens; where hundreds read, nobody knows who they are."""

CROWDED: Final = "crowded"


class Platform(Protocol):
    """A chat the bot can speak in. Each method raises one of the errors below, and nothing else."""

    name: str

    @property
    def pace(self) -> float:
        """Seconds from one message in a place to the next, as the chat asks for; 0 where it asks for none.

        A card of several messages is one: what chats allow as a short burst.
        """

    @property
    def whispers(self) -> bool:
        """Whether something in a room can be shown to one account alone."""

    async def direct(self, account: str) -> str:
        """The address of the direct conversation with an account."""

    async def look_up(self, email: str) -> Account | None:
        """The account with this e-mail address, asked for one by one; None when there is none."""

    async def post(
        self, place: str, card: Card, key: str, only_for: str | None = None, begun: str | None = None
    ) -> str:
        """Post a card and return its address. `only_for`: an account that alone may see it.

        `begun`: what `begun` told after an earlier try, perhaps in another process.
        """

    def begun(self, key: str) -> str | None:
        """Where what stands is of a card that this process could post in part only, and nobody could find."""

    async def edit(self, address: str, card: Card, key: str) -> str:
        """Put another card in the place of a posted one, and return where it stands now."""

    async def pin(self, address: str) -> None:
        """Pin a posted card where it stands."""

    async def make_room(self, title: str, topic: str, key: str) -> str:
        """Make a private room and return its address."""

    async def invite(self, place: str, account: str) -> None:
        """Bring an account into a room. Already there is well."""

    async def remove(self, place: str, account: str) -> None:
        """Take an account out of a room. Not there is well. Raises Gone where the chat cannot."""

    async def members(self, place: str) -> tuple[Account, ...]:
        """The accounts of the people in a room, the bot and other apps left out. Raises RoomGone."""

    async def home(self, account: str, card: Card, key: str) -> None:
        """Show a card as somebody's own page. Raises Gone where the chat has none."""

    async def find(self, key: str, place: str) -> str | None:
        """The address of the whole card posted to a place with this key; None when it does not stand.

        A chat that knows every key may look beyond the place. Raises CannotLook.
        """

    async def find_room(self, key: str, title: str) -> str | None:
        """The address of the room made with this key, or None when none was. Raises CannotLook."""


class TooMany(Exception):
    """The chat asks for patience: try again after `seconds`.

    `everywhere`: the limit is of such calls to the chat, wherever they go; else it may be the place's alone.
    """

    def __init__(self, seconds: float, *, everywhere: bool = False) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.everywhere = everywhere


class LineDropped(Exception):
    """Nobody can say whether the call took effect: ask `find` before trying again."""


class NotNow(Exception):
    """The chat is out of order and did nothing: try again later."""


class Gone(Exception):
    """It can never work: the person, the room or the message is not there for the bot."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotLook(Gone):
    """The chat shows the bot nothing of what stands in it: what became of a call is never known."""


class RoomGone(Gone):
    """The room is not there for the bot any more: `reason` is archived, deleted, removed, public or crowded.

    Public: anybody may read it now, so nothing is said there any more. Crowded: more than MOST_INSIDE do.
    """
