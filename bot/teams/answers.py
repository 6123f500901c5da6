"""How each answer is handed over in Teams: one that can be seen for each act.

| To | Where the act was done | How |
|---|---|---|
| anybody | in the personal chat | a message there |
| the room | a channel or group chat | a message in that thread; where the bot is not, as to the asker |
| the asker | a channel or group chat | a message in the personal chat, which says where they asked |
| the asker, who has none | a channel or group chat | in the dialog; else how to get one, in that thread |
| anybody | a button that opens a form | the card in the dialog |
| a form | a button that opens one, or a dialog | the dialog; sent in with errors, they stand at its fields |
| a form | anywhere else, or late | its card as above, with the button |
| a mistake of ours | a dialog | the dialog, with what was typed into it |

A press that is answered elsewhere has a few words at its card besides, a form that is sent in closes.
What the bot posted cannot be found again: whatever may not have arrived the postman says once more.
"""

import secrets
from collections.abc import Iterator

import structlog

from bot.answering import Response
from bot.handover import TROUBLE, Handover
from bot.hear import Ear
from bot.platform import Gone, RoomGone
from bot.teams import dialogs
from bot.teams.hearing import Act
from bot.teams.platform import TeamsPlatform
from bot.teams.transport import Json, Refusal
from handlers.message import Answer, Card, Form, Quote, Run

log = structlog.get_logger()


class Answers:
    """Hands over each answer once, and tells the ear whether it stands."""

    def __init__(self, ear: Ear, platform: TeamsPlatform) -> None:
        self._words = ear.desk.words
        self._platform = platform
        self._handover = Handover(ear, platform, Refusal)
        self.left = self._handover.left

    async def hand_over(self, act: Act, answer: Answer, response: Response) -> None:
        """Show an answer where it belongs. Never raises.

        One that was shown before is not posted again, but an invoke that Teams repeats is answered again.
        One that the response holds stands when that was sent: see `left`.
        """
        if answer.again:
            self._hold_again(act, answer, response)
        else:
            await self._handover.of(answer.said, self._shown(act, answer, response), response)

    async def refuse(self, act: Act, card: Card, response: Response) -> None:
        """Say that nothing was done. What was typed into a form is shown, to be copied."""
        if act.way == "press" and response.waits:
            response.hold(dialogs.words_at_card(card.plain))
        elif act.dialog and response.waits and (body := dialogs.with_card(_with_typed(card, act))):
            response.hold(body)
        else:
            await self.hand_over(act, Answer(said=act.id, card=card), response)

    async def turn_away(self, act: Act, response: Response) -> None:
        """Say, where the act was done, that the bot is not there for them. Raises what Teams raises."""
        card = self._words.card("other_organisation", {})
        if response.waits:
            self._hold_words(act, card, response)
        else:
            await self._platform.answer(act.thread, card, f"{act.id}:turned_away")

    def wait(self, act: Act, response: Response) -> None:
        """Say that the answer comes as a message: it takes longer than Teams waits, or not all of it went."""
        if response.waits:
            self._hold_words(act, self._words.card("answer_follows", {}), response)

    async def _shown(self, act: Act, answer: Answer, response: Response) -> None:
        if answer.form and self._is_opened(act, answer.form, answer.said, response):
            return
        if answer.card is None:
            return
        if (
            answer.broken
            and act.dialog
            and _is_in_dialog(_with_typed(answer.card, act), answer.said, response)
        ):
            return
        public = answer.to == "room" and not act.where.direct
        if act.way == "fetch" and not public and _is_in_dialog(answer.card, answer.said, response):
            return
        if public:
            await self._show_room(act, answer, answer.card, response)
        else:
            await self._show_asker(act, answer, answer.card, response)

    def _is_opened(self, act: Act, form: Form, said: str, response: Response) -> bool:
        """Whether the form stands open; where it does not, its card must be shown instead."""
        if not (act.dialog and response.waits):
            return False
        try:
            body = dialogs.with_form(form, act.form or secrets.token_hex(8))
        except ValueError as trouble:
            log.info("form_not_opened", said=said, trouble=type(trouble).__name__)
            return False
        response.hold(body, said)
        return True

    def _is_kept_in_sight(self, act: Act, card: Card, said: str, response: Response) -> bool:
        """Whether what was typed into a dialog stands there still, below why nothing was saved."""
        return act.dialog and _is_in_dialog(_with_typed(card, act), said, response)

    async def _show_room(self, act: Act, answer: Answer, card: Card, response: Response) -> None:
        """Post in the thread. Where the bot is no more, nobody knows who reads: the asker alone sees it."""
        try:
            await self._platform.answer(act.thread, card, answer.said)
        except RoomGone:
            await self._show_asker(act, answer, card, response)
        else:
            self._hold_receipt(act, "here", response)

    async def _show_asker(self, act: Act, answer: Answer, card: Card, response: Response) -> None:
        """Post in the personal chat; what was asked elsewhere says there where that was."""
        try:
            if act.where.direct:
                await self._platform.answer(act.thread, card, answer.said)
            else:
                to = await self._platform.direct(act.user)
                shown = answer.elsewhere() if answer.elsewhere else card
                await self._platform.post(to, shown, answer.said)
        except (Gone, Refusal):
            if act.dialog and _is_in_dialog(card, answer.said, response):
                return
            await self._say_cannot_write(act, answer.said, response)
            raise
        self._hold_receipt(act, "here" if act.where.direct else "personal", response)

    async def _say_cannot_write(self, act: Act, said: str, response: Response) -> None:
        """Say, where others read, how to get the answer: nothing of what it says."""
        card = self._words.card("cannot_write", {})
        if act.way != "message" and response.waits:
            self._hold_words(act, card, response)
        elif not act.where.direct:
            try:
                await self._platform.answer(act.thread, card, f"{said}:cannot_write")
            except (*TROUBLE, Refusal) as trouble:
                log.warning("cannot_write_at_all", said=said, trouble=type(trouble).__name__)

    # Beside the answer

    def _hold_receipt(self, act: Act, where: str, response: Response) -> None:
        """Let the response say where the answer stands."""
        if not response.waits:
            return
        if act.way == "submit":
            response.hold(dialogs.CLOSED)
        else:
            self._hold_words(act, self._words.card("answered_there", {"where": where}), response)

    def _hold_again(self, act: Act, answer: Answer, response: Response) -> None:
        if act.way == "fetch" and answer.card and _is_in_dialog(answer.card, None, response):
            return
        elsewhere = answer.to == "asker" and not act.where.direct
        self._hold_receipt(act, "personal" if elsewhere else "here", response)

    def _hold_words(self, act: Act, card: Card, response: Response) -> None:
        body = _body(act, card)
        if body is not None:
            response.hold(body)


def _body(act: Act, card: Card) -> Json | None:
    """A few words as a response."""
    if act.way == "press":
        return dialogs.words_at_card(card.plain)
    return dialogs.with_card(card) if act.dialog else None


def _is_in_dialog(card: Card, said: str | None, response: Response) -> bool:
    """Whether a card stands in the dialog that the response opens."""
    body = dialogs.with_card(card) if response.waits else None
    if body is None:
        return False
    response.hold(body, said)
    return True


def _with_typed(card: Card, act: Act) -> Card:
    """The card, and below it what was filled in."""
    return Card(blocks=(*card.blocks, *_typed(act)), plain=card.plain, buttons=card.buttons)


def _typed(act: Act) -> Iterator[Quote]:
    for value in (act.fields or {}).values():
        for text in value if isinstance(value, list) else (value,):
            if str(text).strip():
                yield Quote((Run(str(text)),))
