"""People of organisations that the bot is not for: told so in a few words; nothing is kept of them."""

from collections import deque
from typing import Final

import structlog

from bot.answering import Response
from bot.handover import TROUBLE
from bot.teams.answers import Answers
from bot.teams.hearing import Act
from bot.teams.transport import Refusal
from handlers.message import Account

log = structlog.get_logger()

_MOST_REMEMBERED: Final = 1000


class Outsider(Exception):
    """Whoever did this belongs to a tenant whose people may not talk to the bot."""


class Outsiders:
    """Knows whose people may talk to the bot: those of `tenants`; everybody where there are none to name.

    A conversation of one of these tenants can hold people of any other.
    """

    def __init__(self, tenants: frozenset[str] | None, answers: Answers) -> None:
        self._tenants = tenants
        self._answers = answers
        self._told: deque[str] = deque(maxlen=_MOST_REMEMBERED)

    def check(self, by: Account) -> None:
        """Raise Outsider."""
        if self._tenants is not None and by.tenant not in self._tenants:
            raise Outsider

    async def turn_away(self, act: Act, response: Response) -> None:
        """Say so where the act was done, once for a message that is delivered again. Never raises."""
        log.info("teams_turned_away", why="tenant")
        if act.id in self._told and not response.waits:
            return
        self._told.append(act.id)
        try:
            await self._answers.turn_away(act, response)
        except (*TROUBLE, Refusal) as trouble:
            log.warning("not_even_turned_away", trouble=type(trouble).__name__)
