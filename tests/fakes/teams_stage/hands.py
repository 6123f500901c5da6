"""What the bot may not do in Teams, done by the people it asks: each thing once, as a coordinator would."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from bot.talk.stage import NotPossible
from tests.fakes.teams import NAME, Conversation, Person
from tests.fakes.teams_stage.doubts import Doubt, Doubts
from tests.fakes.teams_stage.rooms import IN_A_CHAT

if TYPE_CHECKING:
    from tests.fakes.teams_stage.stage import TeamsStage

Found = re.Match[str]

_KINDS = ("programme", "liaison", "team", "council")
_BIND = re.compile(r"use this (?:channel )?as (?:the )?(?P<kind>\w+) room(?: in (?P<challenge>[^`\n.]+))?")
_BOUND = re.compile(r"This channel is now .+?(?: of the (?P<challenge>[^\n]+) peer challenge)?\.")
_STRANGER = " no part that may read here: please leave"
_OF = re.compile(r"(?!For the whole programme)(?P<challenge>[^\n,]+), you as ")
_TITLE = re.compile(r"I would have called it (?P<title>[^)]+)\)")


class Hands:
    """Reads what each person was told, and does what is `allowed` to be done when it is asked for."""

    def __init__(self, stage: "TeamsStage") -> None:
        self._stage = stage
        self._peer = stage.peer
        self._looked = 0
        self._to_do: list[tuple[str, str, Found]] = []
        self.allowed = dict.fromkeys(_ASKS, True)
        self._binding: list[tuple[str, Conversation, str, int]] = []
        self.pinned: list[str] = []
        self.doubts: Doubts | None = None

    async def lend(self) -> None:
        """Do everything that was asked for and is not done yet."""
        self._look()
        for doubt in self.in_doubt():
            await self._settle(doubt)
        since, self._looked = self._looked, self._peer.sequence
        if since == self._looked:
            return
        for who, user in self._stage.users.items():
            self._to_do += self._asked(who, user, since)
        now = [one for one in self._to_do if self.allowed[one[1]]]
        self._to_do = [one for one in self._to_do if not self.allowed[one[1]]]
        for who, what, found in now:
            await _ASKS[what][1](self, who, found)

    def _asked(self, who: str, user: Person, since: int) -> Iterator[tuple[str, str, Found]]:
        """What somebody was asked for after a number."""
        for item in self._peer.appeared(user, since):
            for what, (words, _) in _ASKS.items() if item.kind == "message" and not item.author else ():
                found = words.search(item.plain)
                if found:
                    yield who, what, found

    def in_doubt(self) -> list[Doubt]:
        """The messages of which a person has to find out whether they arrived."""
        return self.doubts.all() if self.doubts else []

    def watch(self, who: str, where: Conversation, text: str) -> None:
        """Remember which room will be bound by what somebody is about to say there, if one is."""
        asked = _BIND.search(text)
        if asked:
            self._binding.append((who, where, asked["kind"], self._peer.sequence))

    def _look(self) -> None:
        """Remember the rooms that were bound. The answer stands there, or with whoever asked."""
        for binding in list(self._binding):
            who, where, kind, since = binding
            bound = next(filter(None, map(_BOUND.search, self._told(who, since))), None)
            if bound:
                self._binding.remove(binding)
                self._stage.rooms.bound(kind, bound["challenge"] or "", where)

    def _told(self, who: str, since: int) -> list[str]:
        """What the bot said to somebody after a number, as a message."""
        new = self._peer.appeared(self._stage.users[who], since)
        return [one.plain for one in new if one.kind == "message" and one.author is None]

    async def _settle(self, doubt: Doubt) -> None:
        """Say whether a message arrived, or have it sent again: as somebody who may know of it."""
        label = f"{'It arrived' if doubt.stands else 'Send it again'}: {doubt.number}"
        for who in self._stage.users:
            if await self._can_press(who, label, f"delivery in {doubt.challenge}"):
                await self._stage.press(who, label)
                await self._stage.settle()
                return

    async def _can_press(self, who: str, label: str, text: str) -> bool:
        """Whether an answer has such a button for somebody."""
        user, since = self._stage.users[who], self._peer.sequence
        await self._stage.say_in(who, self._peer.direct(user), text)
        await self._stage.settle()
        return any(label in one.labels for one in self._peer.messages(user) if one.sequence > since)

    async def _make_room(self, who: str, found: Found) -> None:
        """Make a private team, or a chat, with the bot in it, and say there what it is to be."""
        kind, challenge = found["kind"], found["challenge"] or ""
        if any(self._stage.rooms.called(kind, challenge)):
            return
        named = _TITLE.search(found.string)
        title = named["title"] if named else f"{challenge} {kind}".strip()
        by = self._stage.users[who]
        place = await self._stage.rooms.open(title, by=by, as_chat=kind in IN_A_CHAT)
        of = f" in {challenge}" if challenge else ""
        since = self._peer.sequence
        await self._stage.say_in(who, place, f"@{NAME} use this channel as {kind} room{of}")
        await self._stage.settle()
        self._look()
        told = "\n".join(self._told(who, since))
        if not any(self._stage.rooms.called(kind, challenge)):
            raise NotPossible(f"{who} could not bind the {kind} room: {told}")
        if _STRANGER in told:
            await self._stage.rooms.take_out(by, place, by=by)

    async def _bring_in(self, who: str, found: Found) -> None:
        by = self._stage.users[who]
        come = [one for one in self._stage.users.values() if one.name in (found["names"] or "")]
        for person in [*come, *([by] if found["you"] else ())]:
            await self._stage.rooms.bring_in(person, self._meant(found), by=by)

    async def _take_out(self, who: str, found: Found) -> None:
        person = next(one for one in self._stage.users.values() if found["name"].strip().endswith(one.name))
        place = self._meant(found)
        if person.id in place.members:
            await self._stage.rooms.take_out(person, place, by=self._stage.users[who])

    async def _pin(self, who: str, found: Found) -> None:
        """Pin the newest card there. Teams tells the bot nothing of it."""
        place = self._meant(found)
        self.pinned.append(
            next(one.id for one in reversed(self._peer.messages(self._stage.users[who], place)))
        )

    def _meant(self, found: Found) -> Conversation:
        """The room of which a message speaks, in the challenge that it names first, if in any."""
        begins = _OF.match(found.string)
        challenge = begins["challenge"] if begins else ""
        kind = next(one for one in _KINDS if one in found["room"])
        return next(self._stage.rooms.called(kind, challenge))


_ASKS: dict[str, tuple[re.Pattern[str], Callable[[Hands, str, Found], Awaitable[None]]]] = {
    "make": (re.compile(rf"needs your help\. [\s\S]*?{_BIND.pattern}"), Hands._make_room),
    "bring in": (
        re.compile(
            r"I may bring nobody into (?P<room>.+?) in this chat\. Please "
            r"(?:bring in (?P<names>[^\n.]+?))?(?:, and )?(?P<you>come in yourself)?\."
        ),
        Hands._bring_in,
    ),
    "take out": (
        re.compile(r"(?P<name>[^.:\n]+?) no longer has a part there but can still read (?P<room>[\w' ]+)"),
        Hands._take_out,
    ),
    "pin": (re.compile(r"stands in (?P<room>.+?) now\. I may not pin it"), Hands._pin),
}
"""The words with which something is asked for, and how it is done."""
