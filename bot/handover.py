"""Whether an answer stands in a chat: the ear is told, and the postman brings one that may not."""

import asyncio
import logging
from collections.abc import Awaitable

import structlog

from bot.answering import Response
from bot.hear import Ear
from bot.platform import Gone, LineDropped, NotNow, Platform, TooMany

log = structlog.get_logger()

TROUBLE = (TooMany, LineDropped, NotNow, Gone)
SECONDS = 45.0
"""For all calls that an answer takes: after a minute the sweep has the postman look for it, and bring it."""


class Handover:
    """Hands over each answer once. `refusals`: a chat's own errors, raised where it did nothing."""

    def __init__(self, ear: Ear, platform: Platform, *refusals: type[Exception]) -> None:
        self._ear = ear
        self._platform = platform
        self._refusals = refusals

    async def of(self, said: str, showing: Awaitable[None], response: Response) -> None:
        """Have the answer to what was said shown. Never raises.

        One that the response holds stands when that was sent: see `left`.
        """
        try:
            async with asyncio.timeout(SECONDS):
                await showing
        except TimeoutError:
            await self.missing(said, LineDropped())
        except Exception as trouble:
            await self.missing(said, trouble)
        else:
            if response.answers != said:
                await self._ear.handed_over(said)

    async def left(self, response: Response, *, arrived: bool) -> None:
        """A response was sent, or could not be: so stands the answer that it held, or not. Never raises."""
        response.left(arrived=arrived)
        if response.answers and arrived:
            await self._ear.handed_over(response.answers)
        elif response.answers:
            await self.missing(response.answers, LineDropped())

    async def missing(self, said: str, trouble: Exception) -> None:
        """Leave an answer to the postman, who may have to look for it first. Never raises."""
        known = isinstance(trouble, (*TROUBLE, *self._refusals))
        log.log(
            logging.INFO if known else logging.ERROR, "answer_not_handed_over", said=said,
            trouble=type(trouble).__name__, exc_info=None if known else trouble,
        )  # fmt: skip
        try:
            begun, seconds = self._platform.begun(said), self._again_after(trouble)
            await self._ear.not_handed_over(said, seconds=seconds, begun=begun)
        except Exception:
            log.exception("answer_is_left_to_the_sweep", said=said)

    def _again_after(self, trouble: Exception) -> float | None:
        """Seconds after which what was refused can be said; None where it may have arrived."""
        if isinstance(trouble, TooMany):
            return trouble.seconds
        return 0 if isinstance(trouble, (NotNow, Gone, *self._refusals)) else None
