"""How each answer is handed over in Slack: one that can be seen for each act.

| To | Where the act was done | How |
|---|---|---|
| anybody | with the bot, or in the app's home | a message in the direct conversation |
| the asker | a channel, by slash | the response itself; late or long, the response_url |
| the asker | a channel, otherwise | the response_url, else chat.postEphemeral |
| the room | a channel | a message there; where the bot is not, the response_url |
| a form | anywhere | views.open, else its card as above; sent in with errors, at its fields |

What only its reader sees cannot be found again. So whatever may not have arrived is left to the
postman, who looks in the direct conversation and brings it there.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from bot.hear import Ear
from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.slack.addresses import is_slacks
from bot.slack.client import Json, Refusal
from bot.slack.draw import messages
from bot.slack.draw_form import errors
from bot.slack.hearing import Act
from bot.slack.platform import SlackPlatform
from bot.slack.response_url import respond
from bot.slack.steps import Steps
from handlers.message import Answer, Card, Form

log = structlog.get_logger()

TROUBLE = (TooMany, LineDropped, NotNow, Gone, Refusal)


class Response:
    """The response to Slack's request: it can hold an answer until it is sent."""

    def __init__(self) -> None:
        self.heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held: Json | None = {}

    @property
    def waits(self) -> bool:
        """Whether it can still hold an answer."""
        return self._held == {}

    def hold(self, answer: Json) -> None:
        """Answer with this."""
        self._held = answer

    def sent(self) -> Json:
        """What it holds. From now on it is too late for more."""
        held, self._held = self._held, None
        return held or {}


class Answers:
    """Hands over each answer once, and tells the ear whether it stands."""

    def __init__(self, ear: Ear, platform: SlackPlatform, steps: Steps) -> None:
        self._ear = ear
        self._platform = platform
        self._line = platform.line
        self._steps = steps

    async def hand_over(self, act: Act, answer: Answer, response: Response) -> None:
        """Show an answer where it belongs, unless it was shown before."""
        if answer.again:
            return
        try:
            if not (answer.form and await self._shown_as_form(act, answer.form, response)):
                await self._show(act, answer, answer.card, response)
        except TROUBLE as trouble:
            log.info("answer_not_handed_over", said=answer.said, trouble=type(trouble).__name__)
            await self._ear.not_handed_over(answer.said)
        except Exception:
            log.exception("answer_broke", said=answer.said)
            await self._ear.not_handed_over(answer.said)
        else:
            await self._ear.handed_over(answer.said)

    async def refuse(self, act: Act, card: Card, response: Response) -> None:
        """Say that nothing was done. A form stays open with what was typed, the words at its first field."""
        fields = [block for block in act.modal.blocks if block.startswith("field:")] if act.modal else []
        if fields and response.waits:
            response.hold({"response_action": "errors", "errors": {fields[0]: card.plain}})
        else:
            await self.hand_over(act, Answer(said=act.id, card=card), response)

    # Forms

    async def _shown_as_form(self, act: Act, form: Form, response: Response) -> bool:
        """Whether the form stands open; where it does not, its card must be shown instead."""
        where = _where(act)
        try:
            if act.modal:
                return response.waits and self._kept_open(act, form, where, response)
            view = self._steps.first(form, where)
            await self._line.call("views.open", trigger_id=act.trigger, view=view)
        except (*TROUBLE, ValueError) as trouble:
            log.info("form_not_opened", said=act.id, trouble=type(trouble).__name__)
            return False
        return True

    def _kept_open(self, act: Act, form: Form, where: Mapping[str, Any], response: Response) -> bool:
        """Say at the fields of a form what is wrong; with everything typed, where a field is not in sight."""
        wrong = errors(form)
        if act.modal and wrong and wrong.keys() <= set(act.modal.blocks):
            response.hold({"response_action": "errors", "errors": wrong})
        else:
            view = self._steps.at_fault(form, where)
            response.hold({"response_action": "update", "view": view})
        return True

    # Cards

    async def _show(self, act: Act, answer: Answer, card: Card | None, response: Response) -> None:
        if card is None:
            return
        if act.direct or act.channel is None:
            await self._platform.post(await self._platform.direct(act.user), card, answer.said)
        elif answer.to == "room":
            await self._show_room(act, act.channel, card, answer.said)
        else:
            await self._show_asker(act, act.channel, list(messages(card)), response)

    async def _show_room(self, act: Act, channel: str, card: Card, key: str) -> None:
        try:
            await self._platform.post(channel, card, key)
        except Gone:
            if act.response_url is None:
                raise
            for message in messages(card):
                await self._respond(act.response_url, message, to_all=True)

    async def _show_asker(self, act: Act, channel: str, drawn: list[Json], response: Response) -> None:
        if act.in_body and response.waits and len(drawn) == 1:
            response.hold({"response_type": "ephemeral", **drawn[0]})
            return
        if act.response_url:
            try:
                while drawn:
                    await self._respond(act.response_url, drawn[0], to_all=False)
                    drawn.pop(0)
            except Refusal:
                log.info("response_url_used_up", said=act.id)
        thread = {"thread_ts": act.thread} if act.thread else {}
        for message in drawn:
            await self._line.call("chat.postEphemeral", channel=channel, user=act.user, **thread, **message)

    async def _respond(self, url: str, message: Json, *, to_all: bool) -> None:
        web = self._line.web
        if web.session is None or not is_slacks(url, web.base_url):
            raise Refusal("response_url")
        await respond(web.session, url, message, to_all=to_all)


def _where(act: Act) -> dict[str, Any]:
    """Where a form was asked for: whoever sends it in is answered there."""
    where = {"channel": act.channel, "direct": act.direct, "url": act.response_url, "thread": act.thread}
    return {name: value for name, value in where.items() if value}
