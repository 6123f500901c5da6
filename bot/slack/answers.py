"""How each answer is handed over in Slack: one that can be seen for each act.

| To | Where the act was done | How |
|---|---|---|
| anybody | with the bot, or in the app's home | a message in the direct conversation |
| the asker | a channel, by slash | the response itself; late or long, the response_url |
| the asker | a channel, otherwise | the response_url, else chat.postEphemeral |
| the room | a channel | a message there; where the bot is not, the asker alone, as above |
| a form | anywhere | views.open, else its card as above; sent in with errors, at its fields |
| a mistake of ours | a form | at its first field; it stays open with what was typed |
| a form, late | anywhere | "one moment" in its place, then views.update with what was typed |

What only its reader sees cannot be found again. So whatever may not have arrived is left to the
postman, who looks in the direct conversation and brings it there.
"""

import structlog

from bot import handover
from bot.answering import Response
from bot.handover import Handover
from bot.hear import Ear
from bot.platform import RoomGone
from bot.slack.addresses import is_slacks
from bot.slack.client import Json, Refusal
from bot.slack.draw import messages
from bot.slack.draw_form import errors
from bot.slack.hearing import Act, Modal
from bot.slack.late_forms import LateForms
from bot.slack.platform import SlackPlatform
from bot.slack.response_url import respond
from bot.slack.steps import Steps
from handlers.message import Answer, Card, Form

log = structlog.get_logger()

TROUBLE = (*handover.TROUBLE, Refusal)


class Answers:
    """Hands over each answer once, and tells the ear whether it stands."""

    def __init__(self, ear: Ear, platform: SlackPlatform, steps: Steps) -> None:
        self._handover = Handover(ear, platform, Refusal)
        self.left = self._handover.left
        self._platform = platform
        self._line = platform.line
        self._steps = steps
        self._late = LateForms(ear.desk, platform.line)

    async def hand_over(self, act: Act, answer: Answer, response: Response) -> None:
        """Show an answer where it belongs, unless it was shown before. Never raises.

        One that the response holds stands when that was sent: see `left`.
        """
        if not answer.again:
            await self._handover.of(answer.said, self._shown(act, answer, response), response)

    async def refuse(self, act: Act, card: Card, response: Response) -> None:
        """Say that nothing was done. A form stays open with what was typed, the words at its first field."""
        if not _is_at_a_field(act, card, None, response):
            await self.hand_over(act, Answer(said=act.id, card=card), response)

    def wait(self, act: Act, response: Response) -> None:
        """Keep a form open whose answer takes longer than Slack waits."""
        if act.modal and response.waits:
            response.hold({"response_action": "update", "view": self._late.moment(act.modal)})

    async def _shown(self, act: Act, answer: Answer, response: Response) -> None:
        if answer.form and await self._shown_as_form(act, answer, answer.form, response):
            return
        if answer.broken and answer.card and _is_at_a_field(act, answer.card, answer.said, response):
            return
        await self._show(act, answer, answer.card, response)
        if act.modal:
            await self._steps.done(act)
            if not response.waits and response.answers is None:
                await self._late.answered(act.modal, response)

    # Forms

    async def _shown_as_form(self, act: Act, answer: Answer, form: Form, response: Response) -> bool:
        """Whether the form stands open; where it does not, its card must be shown instead."""
        try:
            if act.modal:
                return await self._kept_open(act, act.modal, answer.said, form, response)
            view = await self._steps.first(form, act)
            await self._line.call("views.open", trigger_id=act.trigger, view=view)
        except (*TROUBLE, ValueError) as trouble:
            log.info("form_not_opened", said=act.id, trouble=type(trouble).__name__)
            return False
        return True

    async def _kept_open(self, act: Act, modal: Modal, said: str, form: Form, response: Response) -> bool:
        """Say at the fields of a form what is wrong; with everything typed, where a field is not in sight."""
        wrong = errors(form)
        if response.waits and wrong and wrong.keys() <= set(modal.blocks):
            response.hold({"response_action": "errors", "errors": wrong}, said)
            return True
        view = await self._steps.at_fault(form, act)
        if not response.waits:
            return await self._late.put_back(modal, view, response)
        response.hold({"response_action": "update", "view": view}, said)
        return True

    # Cards

    async def _show(self, act: Act, answer: Answer, card: Card | None, response: Response) -> None:
        if card is None:
            return
        if act.direct or act.channel is None:
            await self._platform.post(await self._platform.direct(act.user), card, answer.said)
        elif answer.to == "room":
            await self._show_room(act, act.channel, card, answer.said, response)
        else:
            await self._show_asker(act, act.channel, answer.said, list(messages(card)), response)

    async def _show_room(self, act: Act, channel: str, card: Card, key: str, response: Response) -> None:
        """Post in the room. Where the bot is no more, nobody knows who reads: the asker alone sees it."""
        try:
            await self._platform.post(channel, card, key)
        except RoomGone:
            await self._show_asker(act, channel, key, list(messages(card)), response)

    async def _show_asker(
        self, act: Act, channel: str, said: str, drawn: list[Json], response: Response
    ) -> None:
        if act.in_body and response.waits and len(drawn) == 1:
            response.hold({"response_type": "ephemeral", **drawn[0]}, said)
            return
        if act.response_url:
            try:
                while drawn:
                    await self._respond(act.response_url, drawn[0])
                    drawn.pop(0)
            except Refusal:
                log.info("response_url_used_up", said=act.id)
        thread = {"thread_ts": act.thread} if act.thread else {}
        for message in drawn:
            await self._line.call("chat.postEphemeral", channel=channel, user=act.user, **thread, **message)

    async def _respond(self, url: str, message: Json) -> None:
        web = self._line.web
        if web.session is None or not is_slacks(url, web.base_url):
            raise Refusal("response_url")
        await respond(web.session, url, message)


def _is_at_a_field(act: Act, card: Card, said: str | None, response: Response) -> bool:
    """Whether the words stand at the first field of a form that stays open with what was typed."""
    fields = [block for block in act.modal.blocks if block.startswith("field:")] if act.modal else []
    if not (fields and response.waits):
        return False
    response.hold({"response_action": "errors", "errors": {fields[0]: card.plain}}, said)
    return True
