"""Whether the process is alive (/healthz), and whether it can do its work now (/readyz)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.app import Bot
from bot.watch import Watch
from store.backlog import Backlog, backlog
from store.migrations import is_newest

PATIENCE: Final = 2.0
"""Seconds for the database: whoever asks waits no longer either."""
STUCK_AFTER: Final = timedelta(minutes=2)
"""The postman looks for work at least every minute, also while calls hang."""

_LOOK_EVERY = 1.0
"""Seconds for which what was found is told again: asking often costs nothing."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What keeps the process from its work, in a word each; and what the outbox owes, while that is known."""

    trouble: Mapping[str, str]
    backlog: Sequence[Backlog] = field(default_factory=tuple)
    at: datetime

    @property
    def oldest_seconds(self) -> float:
        """For how long the oldest message that a chat should have by now has waited."""
        return max(((self.at - one.since).total_seconds() for one in self.backlog if one.since), default=0.0)


class Readiness:
    """Tells both. `at_work` are the tasks that run as long as the process does, by name."""

    def __init__(self, bot: Bot, watch: Watch) -> None:
        self.at_work: Mapping[str, asyncio.Task[None]] = {}
        self._bot = bot
        self._watch = watch
        self._looking = asyncio.Lock()
        self._found: Found | None = None
        self._found_at = 0.0

    @property
    def routes(self) -> list[Route]:
        """Both pages."""
        return [
            Route("/healthz", self._health, methods=["GET"]),
            Route("/readyz", self._readiness, methods=["GET"]),
        ]

    async def _health(self, _: Request) -> JSONResponse:
        """Only what a new start would mend: something that runs for ever has ended."""
        ended = {name: "ended" for name, task in self.at_work.items() if task.done()}
        return _page({"ok": not ended, **({"trouble": ended} if ended else {})}, well=not ended)

    async def _readiness(self, _: Request) -> JSONResponse:
        """A silent chat is told and no more: the bot can still hear, and another process could not speak."""
        found = await self.look()
        told = {
            "ready": not found.trouble,
            "trouble": dict(found.trouble),
            "chats": dict(self._watch.troubles),
            "oldest_message_seconds": round(found.oldest_seconds),
        }
        return _page(told, well=not found.trouble)

    async def look(self) -> Found:
        """What is found now, or was found a moment ago."""
        async with self._looking:
            time = asyncio.get_running_loop().time
            if self._found is None or time() - self._found_at >= _LOOK_EVERY:
                self._found = await self._looked()
                self._found_at = time()  # after the look: whoever waited for it is told the same
            return self._found

    async def _looked(self) -> Found:
        now = self._bot.ear.clock.now()
        trouble, owed = self._postmans_trouble(), list[Backlog]()
        try:
            async with asyncio.timeout(PATIENCE):
                newest, owed = await self._bot.ear.work(lambda session: _asked(session, now))
        except TimeoutError:
            trouble["database"] = "no_answer"
        except Exception as broken:
            trouble["database"] = type(broken).__name__.lower()
        else:
            trouble |= {} if newest else {"schema": "another"}
        return Found(trouble=trouble, backlog=owed, at=now)

    def _postmans_trouble(self) -> dict[str, str]:
        task = self.at_work.get("postman")
        if task is None or task.done():
            return {"postman": "not_running"}
        looked = self._bot.ear.clock.wall() - self._bot.postman.looked_at
        return {"postman": "stuck"} if looked > STUCK_AFTER else {}


def _asked(session: Session, now: datetime) -> tuple[bool, list[Backlog]]:
    newest = is_newest(session.connection())
    return newest, backlog(session, now) if newest else []


def _page(found: dict[str, Any], *, well: bool) -> JSONResponse:
    return JSONResponse(found, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})
