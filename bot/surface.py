"""What `serve` needs of a chat: somewhere to listen, and a platform to speak on."""

from collections.abc import Sequence
from typing import Protocol

from starlette.routing import BaseRoute

from bot.hear import Ear
from bot.platform import Platform


class Surface(Protocol):
    """A chat that the bot hears and answers in. `trusted` are the (platform, tenant) pairs of its own."""

    @property
    def name(self) -> str: ...

    @property
    def platform(self) -> Platform: ...

    @property
    def trusted(self) -> frozenset[tuple[str, str]]: ...

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What it answers over HTTP; nothing where it listens in another way."""

    async def trouble(self) -> str | None:
        """What keeps it from hearing or speaking now, in a word; None while it can do both."""

    async def start(self, ear: Ear) -> None:
        """Hear what people say, from now on. Raises CannotServe."""

    async def stop(self, seconds: float) -> None:
        """Hear nothing more, finish the answers in hand within so many seconds, and close what is open.

        An answer that takes longer is broken off: the next start, or another process, brings it.
        """


class CannotServe(Exception):
    """`serve` cannot begin; the message is a plain sentence that says what to do."""
