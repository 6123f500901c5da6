"""The room as a surface of the bot: what a person does becomes Said, and its Answer is shown."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.room import deliveries, forms, messages, people, places, unkindness
from bot.room.answers import Answers
from bot.room.chat import Chat
from bot.room.house import House
from bot.room.mistakes import Mistake
from bot.room.platform import RoomPlatform
from handlers.message import Place, Said

LONGEST = 20_000
"""Characters the room takes in one message, well over what the bot does."""

_PREFIX = re.compile(r"\s*(?P<prefix>/challenge|@critical friend)(?!\w)[\s:,]*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Whether the bot was addressed, and how many answers were shown."""

    heard: bool
    answers: int = 0


class Surface:
    """What people do in the room, in the order in which each of them did it."""

    def __init__(self, chat: Chat, platform: RoomPlatform, house: House) -> None:
        self._chat = chat
        self._house = house
        self._answers = Answers(chat, platform, house)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._withheld: set[str] = set()

    async def say(self, person: people.Person, place: str, text: str) -> Outcome:
        """Post what a person typed, and let the bot hear it if it is for the bot."""
        room = self._place_of(person, place)
        if room.archived:
            raise Mistake("This room is closed: nothing more is said in it.", 409)
        _check_text(text)
        async with self._turns[person.id]:
            said = self._post_typed(person, room, text)
            return await self._tell(said) if said else Outcome(heard=False)

    async def press(self, person: people.Person, message: int, button: str) -> Outcome:
        """Press a button, named "version.number": a page may still show an older version."""
        found = messages.get(self._chat, message)
        if found is None or not messages.may_see(self._chat, found, person.id):
            raise Mistake("There is no such message here.", 404)
        version, _, number = button.partition(".")
        if not (version.isdecimal() and number.isdecimal()):
            raise Mistake("A button is named by its version and number, like 12.0.")
        pressed = messages.button(self._chat, found, int(version), int(number))
        if pressed is None:
            raise Mistake("There is no such button on this message.", 404)
        async with self._turns[person.id]:
            with self._chat.change() as change:
                said = self._said(
                    f"{found.place}:press:{change.sequence}", person, self._place_of(person, found.place),
                    text=pressed.phrase, hidden=pressed.hidden,
                    can_open_form=self._trigger(person, press=True),
                )  # fmt: skip
                deliveries.put(self._chat, said)
            return await self._tell(said)

    async def submit(self, person: people.Person, form: int, fields: Mapping[str, Any]) -> Outcome:
        """Send a form in. It stays open, with its errors, when the bot answers with a form again."""
        async with self._turns[person.id]:
            found = self._form_of(person, form)
            values = _values(found, fields)
            with self._chat.change() as change:
                said = self._said(
                    f"{found.place}:form:{change.sequence}", person, self._place_of(person, found.place),
                    text=found.phrase, fields=values, hidden=found.hidden, can_open_form=True,
                    named=" ".join(values[one["name"]] for one in found.fields if one["kind"] == "person"),
                )  # fmt: skip
                deliveries.put(self._chat, said, found.id)
            return await self._tell(said, found.id)

    async def close(self, person: people.Person, form: int) -> None:
        """Close a form without sending it in. The bot does not hear of it."""
        async with self._turns[person.id]:
            forms.close(self._chat, self._form_of(person, form).id)

    async def redeliver(self) -> int:
        """After a start: deliver what a bot that was killed did not take; how many acts there were."""
        waiting = deliveries.waiting(self._chat)
        for delivery in waiting:
            async with self._turns[delivery.said.by.id]:
                deliveries.tried(self._chat, delivery.said.id)
                await self._tell(delivery.said, delivery.form)
        return len(waiting)

    def _post_typed(self, person: people.Person, room: places.Room, text: str) -> Said | None:
        """Keep what was typed and, if it is for the bot, that it has to be delivered, both or neither."""
        prefix = _PREFIX.match(text)
        with self._chat.change():
            message = messages.say(self._chat, place=room.address, author=person.id, text=text)
            places.mark_read(self._chat, room.address, person.id)
            if prefix is None and not room.direct:
                return None
            slash = prefix is not None and prefix["prefix"].startswith("/")
            said = self._said(
                f"{room.address}:{message.id}", person, room,
                text=text[prefix.end() :].rstrip() if prefix else text.strip(),
                can_open_form=slash and self._trigger(person, press=False),
            )  # fmt: skip
            deliveries.put(self._chat, said)
        return said

    async def _tell(self, said: Said, came_from: int | None = None) -> Outcome:
        shown, said = 0, replace(said, gathered=self._gathered(said))
        for _ in range(2 if unkindness.now(self._chat).twice else 1):
            answer = await self._house.hear(said)
            if answer is not None:
                shown += await self._answers.show(said, answer, came_from)
        deliveries.taken(self._chat, said.id)
        return Outcome(heard=True, answers=shown)

    def _gathered(self, said: Said) -> dict[str, Any]:
        """What the bot needs to know beside what was said: who is in the room, and whose chat it is."""
        if "members" not in self._house.needs(said.text):
            return {}
        there = (people.get(self._chat, one) for one in places.members(self._chat, said.place.address))
        return {
            "members": tuple(person.account() for person in there if person),
            "owner": {"tenant": people.TENANT, "private": True},
        }

    def _said(
        self, act: str, person: people.Person, room: places.Room, *, text: str, named: str = "", **of: Any
    ) -> Said:
        """What was said; `named` are words beside the text that may mention somebody too."""
        place = Place(
            platform=people.PLATFORM, tenant=people.TENANT, address=room.address, direct=room.direct
        )
        mentioned = tuple(one.account() for one in people.mentioned(self._chat, f"{text} {named}"))
        return Said(
            id=f"{people.PLATFORM}:{people.TENANT}:{act}", at=self._house.now(), by=person.account(),
            place=place, text=text, mentions=mentioned, **of,
        )  # fmt: skip

    def _trigger(self, person: people.Person, *, press: bool) -> bool:
        """Whether this act may open a form; where triggers are withheld, only the press after a refusal."""
        if not unkindness.now(self._chat).no_trigger:
            return True
        if press and person.id in self._withheld:
            self._withheld.discard(person.id)
            return True
        self._withheld.add(person.id)
        return False

    def _place_of(self, person: people.Person, place: str) -> places.Room:
        found = places.get(self._chat, person.direct if place == "direct" else place)
        if found is None or not places.has(self._chat, found.address, person.id):
            raise Mistake("There is no such place for this person.", 404)
        return found

    def _form_of(self, person: people.Person, form: int) -> forms.OpenForm:
        for found in forms.open_for(self._chat, person.id):
            if found.id == form:
                return found
        raise Mistake("This form is not open any more.", 409)


def _check_text(text: str) -> None:
    if not text.strip():
        raise Mistake("Write something first.")
    if len(text) > LONGEST:
        raise Mistake(f"A message has at most {LONGEST:,} characters; this one has {len(text):,}.")


def _values(form: forms.OpenForm, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed into the form's own fields: text, or a list of texts for several choices."""
    kinds = {field["name"]: field["kind"] for field in form.fields}
    strange = sorted(set(typed) - set(kinds))
    if strange:
        raise Mistake(f"This form has no field called {strange[0]}. It has: {', '.join(kinds)}.")
    return {name: _value(kind, typed.get(name)) for name, kind in kinds.items()}


def _value(kind: str, typed: Any) -> str | list[str]:
    if kind == "choices":
        several = typed if isinstance(typed, list) else [typed]
        return [str(one) for one in several if one not in (None, "")]
    if isinstance(typed, list | dict | bool):
        raise Mistake("A field takes one text.")
    return "" if typed is None else str(typed)
