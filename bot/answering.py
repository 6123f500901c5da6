"""The response to a request of a chat's, from the moment it can hold an answer to the moment it left."""

import asyncio
from typing import Any, Literal


class Response:
    """Open while it can hold an answer, then holding one, then sent."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.heard: asyncio.Future[None] = loop.create_future()
        self.arrived: asyncio.Future[bool] = loop.create_future()
        self.body: dict[str, Any] = {}
        self.answers: str | None = None
        self._state: Literal["open", "holding", "sent"] = "open"

    @property
    def waits(self) -> bool:
        """Whether it can still hold an answer."""
        return self._state == "open"

    def hold(self, body: dict[str, Any], said: str | None = None) -> None:
        """Answer with this; `said`: what was said, where this is the answer to it."""
        self.body, self.answers, self._state = body, said, "holding"

    def close(self) -> None:
        """It is sent now, with what it holds: too late for anything more."""
        self._state = "sent"

    def left(self, *, arrived: bool) -> None:
        """It was sent, or could not be."""
        if not self.arrived.done():
            self.arrived.set_result(arrived)
