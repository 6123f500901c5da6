"""Whether the chats let the bot hear and speak: looked at all the time, shown at /readyz, told to people."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.hear import Ear
from bot.outage import mistake
from bot.surface import Surface
from handlers.message import Happened

log = structlog.get_logger()

EVERY = 15.0
"""Seconds between two looks."""
TOLD_AFTER = timedelta(minutes=5)
"""A short silence is nobody's business: what was to be said goes out after it."""


class Watch:
    """`troubles` are what keeps a chat from working, in a word, by the chat's name."""

    def __init__(self, ear: Ear, surfaces: Sequence[Surface]) -> None:
        self.troubles: dict[str, str] = {}
        self._ear = ear
        self._surfaces = surfaces
        self._since: dict[str, datetime] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The chats that are looked at."""
        return tuple(surface.name for surface in self._surfaces)

    async def keep_looking(self) -> None:
        """Look at every chat, again and again, for ever."""
        while True:
            try:
                await self.look()
            except Exception as trouble:
                mistake("looking_at_chats_broke", trouble)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Look at every chat once."""
        for surface in self._surfaces:
            trouble = await surface.trouble()
            if trouble is None:
                self._works(surface.name)
            else:
                await self._is_silent(surface.name, trouble)

    def _works(self, name: str) -> None:
        self._since.pop(name, None)
        if self.troubles.pop(name, None):
            log.warning("chat_works_again", chat=name)

    async def _is_silent(self, name: str, trouble: str) -> None:
        """Tell people once: the same silence has the same id."""
        now = self._ear.clock.wall()
        since = self._since.setdefault(name, now)
        if self.troubles.get(name) != trouble:
            self.troubles[name] = trouble
            log.error("chat_is_silent", chat=name, why=trouble, next="doctor")
        if now - since >= TOLD_AFTER:
            facts = {"chat": name, "since": since}
            event = f"{name}:silent:{since.isoformat()}"
            await self._ear.happened(Happened(id=event, at=now, kind="chat_silent", facts=facts))
