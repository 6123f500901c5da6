"""What people do in Teams is heard and answered, for each account in the order of its acts."""

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

import structlog

from bot.answering import Response
from bot.handover import TROUBLE
from bot.hear import Ear
from bot.listening import ActsInOrder, not_found, with_names
from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.teams import presses
from bot.teams.answers import Answers
from bot.teams.conversations import PLATFORM, Conversation
from bot.teams.gathering import gathered
from bot.teams.hearing import Act
from bot.teams.outsiders import Outsider, Outsiders
from bot.teams.picks import Picks
from bot.teams.platform import TeamsPlatform
from bot.teams.remembered import remembered
from bot.teams.transport import Refusal
from bot.teams.typed import typed
from handlers.message import Account, Place, Said

log = structlog.get_logger()

_MOST_NAMED: Final = 20
"""People in one message; any more keep what Teams wrote."""

_MOST_PLACES: Final = 20
"""Teams and group chats in which somebody mentioned in a personal chat is looked for."""

RESPONSE_SECONDS = 4.0
"""Teams waits five seconds for a response, and then sends the same again, later under another id.

https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/respond-to-task-module-submit
"""


class Listening(ActsInOrder[Act]):
    """Hears acts, and gives the response to those that Teams waits for. `tenants`: see Outsiders."""

    def __init__(self, ear: Ear, platform: TeamsPlatform, tenants: frozenset[str] | None) -> None:
        self._platform = platform
        self._answers = Answers(ear, platform)
        self._outsiders = Outsiders(tenants, self._answers)
        self._picks = Picks(platform.people, platform.references)
        super().__init__(ear, platform, self._answers, (*TROUBLE, Refusal))

    async def told(self, act: Act) -> None:
        """A message. Returns when it is written down; the answer may still be under way."""
        response = Response()
        response.close()
        task = self.begin(self._answered(act, response))
        await asyncio.wait({task, response.heard}, return_when=asyncio.FIRST_COMPLETED)

    async def asked(self, act: Act, waiting: float = 0) -> Response:
        """A press, or what is done in a dialog: what the response holds when it has to be sent.

        `waiting`: for so many seconds Teams has been waiting already.
        """
        response = await self._within(max(0, RESPONSE_SECONDS - waiting), act)
        if not response.heard.done():
            self.begin(self._late(act))
        self._answers.wait(act, response)
        response.close()
        return response

    async def left(self, response: Response, *, arrived: bool) -> None:
        """A response was sent, or could not be."""
        await self._answers.left(response, arrived=arrived)

    async def _late(self, act: Act) -> None:
        try:
            await presses.late(act, self._ear)
        except Exception:
            log.exception("lateness_not_kept", said=act.id)

    async def _said(self, act: Act) -> tuple[Act, Said] | None:
        by = await self._account(act.where, act.user)
        if by is None:
            return None
        self._outsiders.check(by)
        self._keep_whose(act, by)
        names = await self._named(act)
        text = self._text(act, names)
        said = Said(
            id=act.id,
            at=self._ear.clock.now(),
            by=by,
            place=_place(act),
            text=text,
            fields=with_names(act.fields, act.picked, names),
            not_found=not_found(act.picked, names),
            hidden=act.hidden,
            mentions=tuple(names.values()),
            gathered=await gathered(self._platform, act.where, self._ear.needs(text)),
            can_open_form=act.dialog,
            attached=act.attached,
            tried_again=act.dialog,
            pressed=presses.pressed(act, self._ear),
        )
        return replace(act, user=by.id), said

    def _whose(self, act: Act) -> str:
        return act.speaker

    def _keep_whose(self, act: Act, by: Account) -> None:
        """Remember whom a personal chat is with: whoever writes there first."""
        known = self._platform.references.at(act.where.address)
        if act.where.direct and not (known and known.account and known.user):
            self.begin(self._kept(replace(act.where, account=by.id, user=act.speaker)))

    async def _kept(self, chat: Conversation) -> None:
        """Remember a chat; what cannot be written down now will be with what comes next."""
        try:
            await self._platform.references.keep(chat)
        except Exception:
            log.exception("conversation_not_kept")

    async def _not_heard(self, act: Act, response: Response, trouble: Exception) -> None:
        if isinstance(trouble, Outsider):
            await self._outsiders.turn_away(act, response)
        else:
            await super()._not_heard(act, response, trouble)

    def _text(self, act: Act, names: Mapping[str, Account]) -> str:
        called = {user: account.name for user, account in names.items()}
        return typed(act.text, act.mentions, called) if act.typed else act.text

    async def _named(self, act: Act) -> dict[str, Account]:
        """The accounts of the people who were named in what was typed, or picked, by their ids."""
        mentioned = dict.fromkeys(one.user for one in act.mentions if one.user)
        users = dict.fromkeys([*islice(mentioned, _MOST_NAMED), *act.picked.values()])
        found = await asyncio.gather(*(self._somebody(act, user) for user in users))
        return {user: account for user, account in zip(users, found, strict=True) if account}

    async def _somebody(self, act: Act, user: str) -> Account | None:
        """Whoever is mentioned is where that was said; somebody picked may be in any team or group chat."""
        if user in act.picked.values():
            return await self._or_remembered(self._picks.account(user), act.where, user)
        with contextlib.suppress(Gone):
            return await self._account(act.where, user)
        return await self._in_company(user) if act.where.direct else None

    async def _in_company(self, user: str) -> Account | None:
        """Whoever is mentioned in a personal chat may have one too, or be in a team or a group chat."""
        own = await self._platform.references.with_user(user)
        shared = await self._platform.references.shared()
        for place in (*filter(None, [own]), *shared[:_MOST_PLACES]):
            found = await self._platform.people.known(place, user)
            if found:
                return found
        return None

    async def _account(self, where: Conversation, user: str) -> Account | None:
        return await self._or_remembered(self._platform.people.account(where, user), where, user)

    async def _or_remembered(
        self, asked: Awaitable[Account | None], where: Conversation, user: str
    ) -> Account | None:
        """Whose id this is. Where Teams does not tell, whoever is known here by it in that tenant will do.

        Those who are mentioned are named by another id, which says nothing without Teams.
        """
        try:
            return await asked
        except (LineDropped, NotNow, TooMany):
            known = await remembered(self._ear, where.tenant, user)
            if known is None:
                raise
            return known


def _place(act: Act) -> Place:
    where = act.where
    kind = "chat" if where.kind == "group" else "channel"
    return Place(
        platform=PLATFORM, tenant=where.tenant, address=where.address, direct=where.direct, kind=kind
    )
