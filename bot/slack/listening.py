"""What people do in Slack is heard and answered, for each account in the order of its acts."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.answering import Response
from bot.hear import Ear
from bot.listening import ActsInOrder, not_found, with_names
from bot.platform import Gone
from bot.slack import hearing
from bot.slack.answers import TROUBLE, Answers
from bot.slack.gathering import gathered
from bot.slack.hearing import Act, Payload
from bot.slack.people import PLATFORM
from bot.slack.platform import SlackPlatform
from bot.slack.refusals import is_direct
from bot.slack.rich import Drawn
from bot.slack.steps import Forgotten, Steps
from bot.slack.typed import mentioned, typed
from handlers.message import Account, Place, Said

_MOST_NAMED = 20
"""People in one message; any more keep what Slack wrote."""

RESPONSE_SECONDS = 2.5
"""Slack waits three seconds for a response, and lets a form be opened as long."""


class Listening(ActsInOrder[Act]):
    """A `bot.slack.bolt.Acts`."""

    def __init__(self, ear: Ear, platform: SlackPlatform) -> None:
        self._platform = platform
        self._steps = Steps(ear)
        self._answers = Answers(ear, platform, self._steps)
        super().__init__(ear, platform, self._answers, TROUBLE)

    async def slash(self, body: Payload) -> "Responds":
        """A slash command; the response may be the answer."""
        return await self._asked(hearing.slash(body, self._platform.tenant))

    async def press(self, body: Payload) -> "Responds":
        """A button."""
        return await self._asked(hearing.press(body, self._platform.tenant))

    async def submission(self, body: Payload) -> "Responds":
        """A form, or one step of it; the response may keep it open."""
        act = hearing.submission(body, self._platform.tenant)
        try:
            act, following = await self._turned(act)
        except Forgotten:
            return await self._refused(act, "form_forgotten")
        except Exception as trouble:  # the store is out of order
            response = Response()
            await self._not_heard(act, response, trouble)
            return Responds(self._answers, response)
        if following:
            return self._held({"response_action": "update", "view": following})
        return await self._asked(act)

    async def _turned(self, act: Act) -> tuple[Act, Drawn | None]:
        """The whole of a form that was sent in, or its next page; one that was settled is its own answer.

        Raises Forgotten.
        """
        try:
            following = await self._steps.next(act)
            return await self._steps.whole(act), following
        except Forgotten:
            if not await self._ear.is_settled(act.id):
                raise
            return act, None

    async def message(self, body: Payload) -> None:
        """Something typed. Returns when it is written down; the answer may still be under way."""
        act = hearing.message(body["event"], self._platform.tenant, self._platform.me)
        if act is None:
            return
        response = Response()
        task = self.begin(self._turn(act, response))
        await asyncio.wait({task, response.heard}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            with contextlib.suppress(Gone):  # whoever wrote it was deactivated since
                task.result()

    async def _asked(self, act: Act) -> "Responds":
        """What the response holds when it has to be sent; an answer that comes later finds another way."""
        return Responds(self._answers, await self._within(RESPONSE_SECONDS, act))

    def _held(self, body: dict[str, Any]) -> "Responds":
        response = Response()
        response.hold(body)
        return Responds(self._answers, response)

    async def _refused(self, act: Act, template: str) -> "Responds":
        response = Response()
        await self._answers.refuse(act, self._ear.desk.words.card(template, {}), response)
        return Responds(self._answers, response)

    async def _is_direct(self, act: Act) -> bool:
        """Whether it was done in the direct conversation with the bot, not in one with somebody else."""
        if act.direct or act.channel is None:
            return True
        if not is_direct(act.channel):
            return False
        return act.channel == await self._platform.direct(act.user)

    async def _said(self, act: Act) -> tuple[Act, Said] | None:
        act = replace(await self._steps.answerable(act), direct=await self._is_direct(act))
        by = await self._platform.people.account(act.user)
        if by is None:
            return None
        names = await self._named(act)
        text = self._text(act, names)
        said = Said(
            id=act.id,
            at=self._ear.clock.now(),
            by=by,
            place=self._place(act),
            text=text,
            fields=with_names(act.fields, act.picked, names),
            not_found=not_found(act.picked, names),
            hidden=act.hidden,
            mentions=tuple(names.values()),
            gathered=await self._gathered(act, text),
            can_open_form=act.trigger is not None,
            attached=act.attached,
            tried_again=act.modal is not None,
        )
        return act, said

    def _text(self, act: Act, names: Mapping[str, Account]) -> str:
        called = {user: account.name for user, account in names.items()}
        return typed(act.text, self._platform.me, called) if act.typed else act.text

    async def _named(self, act: Act) -> dict[str, Account]:
        """The accounts of the people who were named in what was typed, or picked, by their ids."""
        named = mentioned(act.text, self._platform.me)[:_MOST_NAMED] if act.typed else ()
        users = [*named, *act.picked.values()]
        found = await asyncio.gather(*map(self._platform.people.known, users))
        return {user: account for user, account in zip(users, found, strict=True) if account}

    def _place(self, act: Act) -> Place:
        address = act.channel or act.user
        return Place(platform=PLATFORM, tenant=self._platform.tenant, address=address, direct=act.direct)

    async def _gathered(self, act: Act, text: str) -> Mapping[str, Any]:
        if act.direct or act.channel is None:
            return {}
        return await gathered(self._platform, act.channel, self._ear.needs(text))


class Responds:
    """A `bot.slack.bolt.Answer`: a response that is sent now."""

    def __init__(self, answers: Answers, response: Response) -> None:
        response.close()
        self.body: Mapping[str, Any] = response.body
        self._answers = answers
        self._response = response

    async def left(self, *, arrived: bool) -> None:
        """It was sent, or could not be."""
        await self._answers.left(self._response, arrived=arrived)
