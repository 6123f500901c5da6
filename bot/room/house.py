"""What the room needs of the house behind it: somebody who hears, and a clock that can be moved."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from handlers.message import Answer, Happened, Said


class House(Protocol):
    """The bot as the room knows it. `zone` is the programme's."""

    zone: ZoneInfo

    async def hear(self, said: Said) -> Answer | None:
        """Take in what a person said, once for each id, and answer. None: nothing to show."""

    def needs(self, text: str) -> tuple[str, ...]:
        """What the room has to add to what was said, by name: `Command.needs`."""

    async def happened(self, event: Happened) -> None:
        """Take in what happened in the room, once for each id."""

    async def handed_over(self, said_id: str) -> None:
        """The answer to this stands in the chat: nobody needs to deliver it any more."""

    async def not_handed_over(self, said_id: str) -> None:
        """The answer may not stand in the chat: the postman must look, and deliver it if it does not."""

    async def rest(self) -> None:
        """Return when the outbox is empty and nothing more is due."""

    def now(self) -> datetime:
        """What time the house believes it is, aware of its zone."""

    async def move_to(self, moment: datetime) -> None:
        """Move the clock forward; everything due on the way happens, in order."""

    async def next_moment(self) -> datetime | None:
        """When something is next due; None when nothing is."""

    async def start(self, how: str) -> None:
        """Forget everything, the chat too, and begin again: with "nothing" or in "preparation"."""
