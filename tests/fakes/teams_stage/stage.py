"""Teams as a stage: people of a tenant act in the local peer, and the bot behind it answers.

A person in a talk is somebody of the programme's tenant, with their e-mail address and the app in their
personal chat. Those of a council are its guests, or federated from a tenant of their own. What a talk
types as `/challenge …` in a room they say to the bot by its name. What the bot may not do in Teams people
do for it: see `hands.py`.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.talk.stage import Asked, NotPossible, Outcome, Seen, check_named, typed
from tests.fakes.staging import Behind, ToldOff
from tests.fakes.teams import (
    ELSEWHERE,
    NAME,
    Act,
    Cannot,
    Control,
    Conversation,
    Item,
    Peer,
    Person,
    Screen,
    Shown,
)  # fmt: skip
from tests.fakes.teams_stage.hands import Hands
from tests.fakes.teams_stage.rooms import Rooms, whole

_COMMAND = re.compile(r"\s*/challenge(?!\w)[\s:,]*")
_RECEIPTS = (
    "Answered in your chat with me.", "Answered in this conversation.", "my answer comes as a message.",
)  # fmt: skip
_TRIES = 4

Do = Callable[[], Awaitable[Act]]


class TeamsStage:
    """A `bot.talk.stage.Stage`. `own` and `federated` begin the names of councils, as their people belong
    to the programme's tenant or to one of their own; all others are guests.
    """

    def __init__(self, peer: Peer, pace: Behind, *, own: str = "Regional", federated: str = "") -> None:
        self.peer = peer
        self._pace = pace
        self._own = own
        self._federated = federated
        self.users: dict[str, Person] = {}
        self.rooms = Rooms(peer)
        self.hands = Hands(self)
        self.takes_time: Callable[[], object] = lambda: None

    @property
    def people(self) -> list[str]:
        return list(self.users)

    async def begin(self) -> None:
        """Nobody is there before they are named."""

    async def add(self, name: str, details: Mapping[str, str]) -> None:
        council = details.get("council", self._own)
        elsewhere = bool(self._federated) and council.startswith(self._federated)
        guest = not elsewhere and not council.startswith(self._own)
        tenant = ELSEWHERE if elsewhere else None
        person = self.peer.add_person(name, email=details.get("email") or None, guest=guest, tenant=tenant)
        self.users[name.split(maxsplit=1)[0]] = person
        await self.peer.install(person)

    # What people do

    async def say(self, who: str, place: str, challenge: str, text: str) -> Outcome:
        direct = place == "direct"
        where = self.peer.direct(self.users[who]) if direct else self.room_of(who, place, challenge)
        command = _COMMAND.match(text)
        if command and not direct:
            text = f"@{NAME} {text[command.end() :]}"
        heard = direct or text.casefold().startswith(f"@{NAME}".casefold())
        return await self.say_in(who, where, text, heard=heard)

    async def say_in(self, who: str, where: Conversation, text: str, *, heard: bool = True) -> Outcome:
        """Type something right there. Whatever was open before somebody is closed then."""
        user = self.users[who]
        await self.peer.close(user)
        self.hands.watch(who, where, text)
        return await self._act(who, lambda: self.peer.say(user, where, self._naming(text)), heard=heard)

    async def press(self, who: str, label: str) -> Outcome:
        """In the dialog before somebody, else on the newest card with such a button."""
        user = self.users[who]
        form = self.peer.form(user)
        if form and label in form.labels:
            return await self._act(who, lambda: self.peer.press(user, form, label))
        for shown in reversed(self.peer.messages(user)):
            for control in shown.controls:
                if control.label == label and shown.author is None:
                    return await self.press_on(who, shown, control)
        raise NotPossible(f"{who} can see no button “{label}”")

    async def press_on(self, who: str, shown: Shown, control: Control) -> Outcome:
        """Press a button of a message. Whoever is answered elsewhere is told so where they pressed."""
        user = self.users[who]
        self.takes_time()  # the same button again is meant, and not Teams' own trying
        await self.peer.close(user)
        place = self.peer.tenancy.conversations[shown.place]
        self.hands.watch(who, place, str(control.action["data"].get("phrase")))
        return await self._act(who, lambda: self.peer.press(user, shown, control), pressed_in=place)

    async def fill(self, who: str, title: str, values: Mapping[str, str]) -> Outcome:
        user = self.users[who]
        form = await self._open_form(who, title)
        check_named(values, [_asked(field) for field in form.fields])
        return await self._act(who, lambda: self.peer.submit(user, self._typed(values, form)))

    async def open_room(self, who: str, title: str) -> None:
        await self.rooms.open(title, by=self.users[who])

    async def enter(self, who: str, place: str, challenge: str) -> None:
        user = self.users[who]
        await self.rooms.bring_in(user, self._known(place, challenge), by=user)

    async def leave(self, who: str, place: str, challenge: str) -> None:
        user = self.users[who]
        await self.rooms.take_out(user, self.room_of(who, place, challenge), by=user)

    async def close_room(self, who: str, place: str, challenge: str) -> None:
        await self.peer.archive(self.users[who], whole(self.room_of(who, place, challenge)))

    async def reopen_room(self, who: str, place: str, challenge: str) -> None:
        await self.peer.unarchive(self.users[who], whole(self.room_of(who, place, challenge)))

    async def let_make_rooms(self, *, allowed: bool) -> None:
        """The bot never may in Teams: whether people do, when it asks them."""
        self.hands.allowed["make"] = allowed

    async def let_bring_in(self, *, allowed: bool) -> None:
        """As with rooms."""
        self.hands.allowed["bring in"] = allowed

    async def let_pin(self, *, allowed: bool) -> None:
        """As with rooms."""
        self.hands.allowed["pin"] = allowed

    # What they see, and time

    async def appeared(self, who: str, since: int) -> list[Seen]:
        """Everything but the words that only say where an answer is."""
        return [
            Seen(sequence=one.sequence, place=one.place or "", author=one.author, plain=one.plain,
                 message=one.message)
            for one in self.peer.appeared(self.users[who], since) if not _is_receipt(one)
        ]  # fmt: skip

    async def rest(self) -> int:
        """What people do because the bot asked them has effects too."""
        while True:
            before = self.peer.sequence
            await self.settle()
            await self.hands.lend()
            if self.peer.sequence == before:
                return before

    async def settle(self) -> None:
        """Come back when the bot has nothing more to do, whatever it asked of people."""
        await self.peer.rest()
        await self._pace.rest()

    async def move_to(self, moment: datetime) -> None:
        await self._pace.move_to(moment)

    # How

    async def _act(
        self, who: str, do: Do, *, heard: bool = True, pressed_in: Conversation | None = None
    ) -> Outcome:
        """Do something, and count what answers it before anything else is delivered."""
        since = self.peer.sequence
        try:
            act = await do()
        except Cannot as cannot:
            raise NotPossible(str(cannot)) from cannot
        if act.trouble and act.trouble != "unheard":
            raise ToldOff(f"Teams told {who}: {act.trouble}")
        await self.peer.rest()
        await self._pace.answered()
        new = [one for one in self.peer.appeared(self.users[who], since) if one.author is None]
        elsewhere = {one.place for one in new if one.kind == "message"} - {pressed_in and pressed_in.id}
        if pressed_in and elsewhere and not any(map(_is_receipt, new)):
            raise NotPossible(f"{who} was not told in {pressed_in.name} where the answer is")
        return Outcome(heard=heard, answers=len(set(_answers(new))))

    def room_of(self, who: str, place: str, challenge: str = "") -> Conversation:
        """A room that this person is in."""
        for found in self.rooms.called(place, challenge):
            if self.users[who].id in found.members and not found.gone:
                return found
        raise NotPossible(f"{who} is in no {place} room")

    def _known(self, place: str, challenge: str) -> Conversation:
        for found in self.rooms.called(place, challenge):
            return found
        raise NotPossible(f"there is no {place} room")

    async def _open_form(self, who: str, title: str) -> Screen:
        """The dialog of that title: nothing that is typed opens one in Teams, its card's button does."""
        user = self.users[who]
        for _ in range(_TRIES):
            form = self.peer.form(user)
            if form and form.title == title:
                return form
            if not await self._press_towards(who, title):
                break
        raise NotPossible(f"{who} has no form “{title}” open")

    async def _press_towards(self, who: str, title: str) -> bool:
        for shown in reversed(self.peer.messages(self.users[who])):
            for control in shown.controls:
                if control.label == f"Open: {title}":
                    await self.press_on(who, shown, control)
                    return True
        return False

    def _naming(self, text: str) -> str:
        """Teams offers people as somebody types, so `@Helen` is sent as a mention of Helen Marsh."""
        for first, user in self.users.items():
            rest = user.name[len(first) :]
            text = re.sub(rf"@{re.escape(first)}(?!{re.escape(rest)})(?![\w-])", f"@{user.name}", text)
        return text

    def _typed(self, values: Mapping[str, str], form: Screen) -> dict[str, Any]:
        """Values by the inputs into which a person brings them; somebody of the organisation is picked."""
        picked = {field["name"] for field in form.fields if field["type"] == "people"}
        return {
            field["name"]: self._brought_in(typed(values, _asked(field)), field, picked)
            for field in form.fields
            if {field["name"], field["label"]} & set(values)
        }

    def _brought_in(self, value: Any, field: Mapping[str, Any], picked: set[str]) -> Any:
        """What Teams' own client would not send empty is sent blank."""
        if field["name"] in picked and value in self.users:
            return self.users[value]
        blank = value == "" and field["required"] and field["type"] == "Input.Text"
        return " " if blank else value


def _asked(field: Mapping[str, Any]) -> Asked:
    kind = "choices" if field["several"] else "text"
    return Asked(name=field["name"], label=field["label"], kind=kind, value=field["value"])


def _answers(new: list[Item]) -> Iterator[str]:
    """What tells one answer from another."""
    for one in new:
        if one.kind in {"form", "toast"} and not _is_receipt(one):
            yield str(one.sequence)
        elif one.kind == "message":
            yield str(one.message)


def _is_receipt(item: Item) -> bool:
    """Whether it only says where an answer is."""
    return item.kind in {"toast", "form"} and item.plain.endswith(_RECEIPTS)
