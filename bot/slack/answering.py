"""The response to one of Slack's requests, from the moment it can hold an answer to the moment it left."""

import asyncio
from typing import Literal

from bot.slack.client import Json


class Response:
    """The response to Slack's request: open while it can hold an answer, then holding one, then sent."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.heard: asyncio.Future[None] = loop.create_future()
        self.arrived: asyncio.Future[bool] = loop.create_future()
        self.body: Json = {}
        self.answers: str | None = None
        self._state: Literal["open", "holding", "sent"] = "open"

    @property
    def waits(self) -> bool:
        """Whether it can still hold an answer."""
        return self._state == "open"

    def hold(self, body: Json, said: str | None = None) -> None:
        """Answer with this; `said`: what was said, where this is the answer to it."""
        self.body, self.answers, self._state = body, said, "holding"

    def close(self) -> None:
        """It is sent now, with what it holds: too late for anything more."""
        self._state = "sent"

    def left(self, *, arrived: bool) -> None:
        """It was sent, or could not be."""
        if not self.arrived.done():
            self.arrived.set_result(arrived)
