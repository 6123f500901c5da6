"""The conversations in which the bot can speak first: in memory, and in the store for after a restart."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import RoomGone
from bot.teams.conversations import KINDS, PLATFORM, Conversation, without_thread
from store.reference import ConversationReference, personal_reference, reference, references


class References:
    """Every conversation the bot was ever in. What is unchanged is not written again."""

    def __init__(self) -> None:
        self._known: dict[str, Conversation] = {}
        self._personal: dict[str, str] = {}
        self._unwritten: set[str] = set()
        self._ear: Ear | None = None

    async def begin(self, ear: Ear) -> None:
        """Take up what an earlier process knew, and write down from now on."""
        self._ear = ear
        for found in await ear.work(_read):
            if found.address not in self._known:
                self._remember(found)
        await self._write()

    async def keep(self, found: Conversation) -> None:
        """Remember where a conversation is now. Somebody's stays theirs, a shared one shared."""
        before = self._known.get(found.address)
        if before:
            found = _as_known(found, before)
        if found != before:
            self._remember(found)
            self._unwritten.add(found.address)
        await self._write()

    async def lost(self, address: str) -> None:
        """Remember that the bot cannot speak there, until it hears from there again."""
        known = self.at(address)
        if known:
            await self.keep(replace(known, gone=True))

    async def back_in_team(self, team: str) -> None:
        """Remember that the bot can speak again in every channel of a team."""
        for one in self.in_team(team):
            await self.keep(replace(one, gone=False))

    def at(self, address: str) -> Conversation | None:
        """The conversation with this address, or with a thread of this name in it."""
        return self._known.get(without_thread(address))

    async def place(self, address: str) -> Conversation:
        """The same, which another process may have met.

        Raises RoomGone for one that was never heard from: a mention there makes it known.
        """
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

    def in_team(self, team: str) -> tuple[Conversation, ...]:
        """The channels of a team in which the bot was met."""
        return tuple(one for one in self._known.values() if one.team == team)

    def shared(self) -> tuple[Conversation, ...]:
        """The teams (by their own id, which leads to all their members) and group chats, the latest first."""
        latest = [one for one in reversed(self._known.values()) if not one.direct and not one.gone]
        whole = (replace(one, address=one.team or one.address) for one in latest)
        return tuple({one.address: one for one in whole}.values())

    def chats(self) -> tuple[Conversation, ...]:
        """The personal chats in which the bot may speak, the latest first."""
        return tuple(one for one in reversed(self._known.values()) if one.direct and not one.gone)

    async def _kept(self, wanted: Callable[[Session], ConversationReference | None]) -> Conversation | None:
        """What the store knows of a conversation, unless it is known here by something newer."""
        found = await self._ear.work(partial(_read_one, wanted=wanted)) if self._ear else None
        if found is None or found.address in self._unwritten:
            return None
        self._remember(found)
        return found

    def _remember(self, found: Conversation) -> None:
        self._known.pop(found.address, None)
        self._known[found.address] = found
        if found.direct and found.account:
            self._personal[found.account] = found.address

    async def _write(self) -> None:
        """Write down what is not yet: something that failed before too."""
        if self._ear is None or not self._unwritten:
            return
        changed = [self._known[address] for address in self._unwritten]
        now = self._ear.clock.now()
        await self._ear.work(partial(_written, changed=changed, now=now))
        self._unwritten.difference_update(one.address for one in changed)


def _as_known(found: Conversation, before: Conversation) -> Conversation:
    """What is found, with what was known: others read where they did once, and a chat stays its person's."""
    kind = max(found.kind, before.kind, key=KINDS.index)
    account = (before.account or found.account) if kind == "personal" else None
    return replace(found, kind=kind, team=found.team or before.team, account=account)


def _read(session: Session) -> list[Conversation]:
    return [_conversation(row) for row in references(session, PLATFORM)]


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
        gone=row.gone_at is not None,
    )


def _written(session: Session, changed: Iterable[Conversation], now: datetime) -> None:
    for found in changed:
        row = reference(session, PLATFORM, found.address)
        if row is None:
            row = ConversationReference(platform=PLATFORM, address=found.address)
            session.add(row)
        row.tenant, row.kind, row.service_url = found.tenant, found.kind, found.service_url
        row.team, row.account, row.since = found.team, found.account, now
        row.gone_at = (row.gone_at or now) if found.gone else None
