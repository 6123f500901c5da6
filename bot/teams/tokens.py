"""The bot's access token: asked for by one at a time, in a thread of its own, before the last one ends.

botbuilder asks for one in every turn and has the event loop wait for it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog

from bot.teams.transport import Json, NoToken

log = structlog.get_logger()

EARLY = 300.0
"""Seconds before its end in which a token is still used while another is asked for."""

_SOON = 60.0


class Login(Protocol):
    """Where tokens come from."""

    def ask(self) -> Json:
        """What a login answers, in OAuth's own words. It may take its time: it is called in a thread."""

    def forget(self) -> None:
        """Give no token again that was given before."""


class Tokens:
    """Keeps one token of a login. `now` gives seconds."""

    def __init__(self, login: Login, now: Callable[[], float]) -> None:
        self._login, self._now = login, now
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="teams-login")
        self._asking: asyncio.Task[None] | None = None
        self._token, self._since, self._until = "", 0.0, 0.0
        self._why = ""

    async def token(self) -> str:
        """A token that is good for now. Raises NoToken."""
        left = self._until - self._now()
        if left > min(EARLY, (self._until - self._since) / 2):
            return self._token
        self._asking = self._asking or asyncio.create_task(self._ask_anew())
        if left <= 0:
            await asyncio.shield(self._asking)
        if self._until <= self._now():
            raise NoToken(self._why)
        return self._token

    def forget(self) -> None:
        """Ask anew next time, because the token was not accepted; one that is quite new is kept."""
        if self._now() - self._since > _SOON:
            self._until = 0.0
            self._login.forget()

    def close(self) -> None:
        """Ask no more."""
        if self._asking:
            self._asking.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _ask_anew(self) -> None:
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._thread, self._login.ask)
        except Exception as trouble:
            self._failed("no_answer", type(trouble).__name__)
        else:
            self._keep(answer)
        finally:
            self._asking = None

    def _keep(self, answer: Json) -> None:
        if "access_token" not in answer:
            self._failed(str(answer.get("error", "no_answer")), answer.get("error_codes"))
            return
        self._why, self._token, self._since = "", str(answer["access_token"]), self._now()
        self._until = self._since + float(answer.get("expires_in", 0))

    def _failed(self, why: str, detail: object) -> None:
        """Said once until it works again: what waits is tried for ever, and would fill the log."""
        if self._why != why:
            log.error("teams_login_refused", why=why, detail=detail, next="doctor")
        self._why = why
