"""The conversations in which the bot can speak first: kept in the store, and in memory as of late."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import RoomGone
from bot.teams.conversations import KINDS, PLATFORM, Conversation, without_thread
from store.reference import ConversationReference, personal_reference, reference, references

LATELY: Final = timedelta(seconds=10)
"""For so long other processes may know better where a conversation is. Whoever depends on it catches up."""

_CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""What changed so long before the newest of what is known may have been written after it."""


class References:
    """Every conversation the bot was ever in. What is unchanged is not written again."""

    def __init__(self) -> None:
        self._known: dict[str, Conversation] = {}
        self._personal: dict[str, str] = {}
        self._unwritten: set[str] = set()
        self._newest: datetime | None = None
        self._caught_up: datetime | None = None
        self._ear: Ear | None = None

    async def begin(self, ear: Ear) -> None:
        """Take up what an earlier process knew, and write down from now on."""
        self._ear = ear
        await self.catch_up()
        await self._write()

    async def catch_up(self) -> None:
        """Know what other processes wrote down since this was done last."""
        if self._ear is None:
            return
        began, since = self._ear.clock.wall(), self._newest and self._newest - _CLOCKS_DIFFER
        for changed, found in await self._ear.work(partial(_read, since=since)):
            self._newest = changed
            if found.address not in self._unwritten and self._known.get(found.address) != found:
                self._remember(found)
        self._caught_up = began

    async def keep(self, found: Conversation) -> None:
        """Remember where a conversation is now. Somebody's stays theirs, a shared one shared."""
        self._note(found)
        if await self._was_behind():
            self._note(found)
        await self._write()

    async def lost(self, address: str) -> None:
        """Remember that the bot cannot speak there, until it hears from there again."""
        known = self.at(address)
        if known:
            await self.keep(replace(known, gone=True))

    def at(self, address: str) -> Conversation | None:
        """The conversation with this address, or with a thread of this name in it."""
        return self._known.get(without_thread(address))

    async def place(self, address: str) -> Conversation:
        """The same, which another process may have met.

        Raises RoomGone for one that was never heard from: a mention there makes it known.
        """
        await self._was_behind()
        known = self.at(address)
        if known is None:
            wanted = partial(reference, platform=PLATFORM, address=without_thread(address))
            known = await self._kept(wanted)
        if known is None:
            raise RoomGone("removed")
        return known

    async def personal(self, account: str) -> Conversation | None:
        """The personal chat with somebody, once there was one, which another process may have begun."""
        known = self._known.get(self._personal.get(account, ""))
        if known is None or known.gone or not known.direct:
            wanted = partial(personal_reference, platform=PLATFORM, account=account)
            known = await self._kept(wanted) or known
        return known if known and known.direct else None

    async def with_user(self, user: str) -> Conversation | None:
        """The personal chat with whoever Teams calls so before this bot, once there was one."""
        await self.catch_up()
        return next((one for one in self._known.values() if one.direct and one.user == user), None)

    async def in_team(self, team: str) -> tuple[Conversation, ...]:
        """The channels of a team in which the bot was met."""
        await self.catch_up()
        return tuple(one for one in self._known.values() if one.team == team)

    async def shared(self) -> tuple[Conversation, ...]:
        """The teams (by their own id, which leads to all their members) and group chats, the latest first."""
        await self.catch_up()
        latest = [one for one in reversed(self._known.values()) if not one.direct and not one.gone]
        whole = (replace(one, address=one.team or one.address) for one in latest)
        return tuple({one.address: one for one in whole}.values())

    async def chats(self) -> tuple[Conversation, ...]:
        """The personal chats in which the bot may speak, the latest first."""
        await self.catch_up()
        return tuple(one for one in reversed(self._known.values()) if one.direct and not one.gone)

    async def _kept(self, wanted: Callable[[Session], ConversationReference | None]) -> Conversation | None:
        """What the store knows of a conversation, unless it is known here by something newer."""
        found = await self._ear.work(partial(_read_one, wanted=wanted)) if self._ear else None
        if found is None or found.address in self._unwritten:
            return None
        self._remember(found)
        return found

    async def _was_behind(self) -> bool:
        """Whether others may have written something since, which is known now."""
        if self._ear is None:
            return False
        if self._caught_up and self._ear.clock.wall() - self._caught_up < LATELY:
            return False
        await self.catch_up()
        return True

    def _note(self, found: Conversation) -> None:
        """Know it at once; it is still to be written where it changed."""
        before = self._known.get(found.address)
        if before:
            found = _as_known(found, before)
        if found != before:
            self._remember(found)
            self._unwritten.add(found.address)

    def _remember(self, found: Conversation) -> None:
        self._known.pop(found.address, None)
        self._known[found.address] = found
        if found.direct and found.account:
            self._personal[found.account] = found.address

    async def _write(self) -> None:
        """Write down what is not yet: something that failed before too."""
        if self._ear is None or not self._unwritten:
            return
        changed = {address: self._known[address] for address in self._unwritten}
        now = self._ear.clock.now()
        for found in await self._ear.work(partial(_written, changed=changed.values(), now=now)):
            if self._known[found.address] == changed[found.address]:  # nothing newer came meanwhile
                self._remember(found)
                self._unwritten.discard(found.address)


def _as_known(found: Conversation, before: Conversation) -> Conversation:
    """What is found, with what was known: others read where they did once, and a chat stays its person's."""
    kind = max(found.kind, before.kind, key=KINDS.index)
    if kind != "personal":
        return replace(found, kind=kind, team=found.team or before.team, account=None, user=None)
    account = before.account or found.account
    user = (before.user or found.user) if found.account in {None, account} else before.user
    return replace(found, kind=kind, account=account, user=user)


def _read(session: Session, since: datetime | None) -> list[tuple[datetime, Conversation]]:
    return [(row.since, _conversation(row)) for row in references(session, PLATFORM, since)]


def _read_one(
    session: Session, wanted: Callable[[Session], ConversationReference | None]
) -> Conversation | None:
    row = wanted(session)
    return _conversation(row) if row else None


def _conversation(row: ConversationReference) -> Conversation:
    return Conversation(
        address=row.address,
        tenant=row.tenant,
        kind=row.kind,
        service_url=row.service_url,
        team=row.team,
        account=row.account,
        user=row.user,
        gone=row.gone_at is not None,
    )


def _written(session: Session, changed: Iterable[Conversation], now: datetime) -> list[Conversation]:
    """What is written down of conversations: with what another process knew of them."""
    return [_one_written(session, found, now) for found in changed]


def _one_written(session: Session, found: Conversation, now: datetime) -> Conversation:
    row = reference(session, PLATFORM, found.address)
    if row is None:
        row = ConversationReference(platform=PLATFORM, address=found.address)
        session.add(row)
    else:
        found = _as_known(found, _conversation(row))
    row.tenant, row.kind, row.service_url = found.tenant, found.kind, found.service_url
    row.team, row.account, row.user, row.since = found.team, found.account, found.user, now
    row.gone_at = (row.gone_at or now) if found.gone else None
    return found
