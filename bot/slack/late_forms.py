"""Forms whose answer takes longer than Slack waits: they stay open, and what was typed comes back."""

import asyncio

import structlog

from bot.answering import Response
from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.slack.client import Json, Line, Refusal
from bot.slack.draw import messages
from bot.slack.draw_form import notice
from bot.slack.hearing import Modal
from handlers.desk import Desk

log = structlog.get_logger()

SETTLES = 0.5
"""Seconds in which Slack has done what a response told it. A modal that changed meanwhile is tried again."""

_PATIENCE = 5
_TRIES = 3


class LateForms:
    """Modals that say "one moment"."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk = desk
        self._line = line

    def moment(self, modal: Modal) -> Json:
        """A modal that asks for a moment, in the place of one that was sent in."""
        return self._notice(modal, "one_moment")

    async def put_back(self, modal: Modal, view: Json, response: Response) -> bool:
        """Show the form again, with its errors and what was typed; False where somebody closed it."""
        if not await asyncio.wait_for(asyncio.shield(response.arrived), _PATIENCE):
            return False
        for _ in range(_TRIES):
            try:
                await self._replace(modal, view)
            except Refusal as refused:
                if refused.word != "hash_conflict":
                    raise
            else:
                return True
        return False

    async def answered(self, modal: Modal, response: Response) -> None:
        """Say in the modal that the answer stands elsewhere."""
        try:
            await self.put_back(modal, self._notice(modal, "form_answered"), response)
        except (TooMany, LineDropped, NotNow, Gone, Refusal, TimeoutError) as trouble:
            log.info("modal_still_asks_for_a_moment", trouble=type(trouble).__name__)

    async def _replace(self, modal: Modal, view: Json) -> None:
        """Change a modal that stays as it is for a moment: what Slack does last would undo it otherwise."""
        stands = await self._line.call("views.update", view_id=modal.id, view=self.moment(modal))
        await asyncio.sleep(SETTLES)
        await self._line.call("views.update", view_id=modal.id, hash=stands["view"]["hash"], view=view)

    def _notice(self, modal: Modal, template: str) -> Json:
        card = self._desk.words.card(template, {})
        [message] = messages(card)
        return notice(modal.title, message["blocks"])
