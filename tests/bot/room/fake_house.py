"""A house for the room's own tests: it hears a few phrases, and remembers what it was told."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.room import people, places
from bot.room.chat import Chat
from bot.room.platform import RoomPlatform
from handlers.message import Answer, Button, Happened, Said
from tests.bot.room.cards import card, key_line_form
from tests.bot.room.sample import furnish

MONDAY = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
"""Nine in the morning in London."""

Hear = Callable[[Said], Answer | None]


class FakeHouse:
    """What the room needs of a house. `answers` are tried before the phrases it knows."""

    def __init__(self, path):
        self.zone = ZoneInfo("Europe/London")
        self.moment = MONDAY
        self.chat = Chat(path, self.now)
        self.platform = RoomPlatform(self.chat)
        self.heard: list[Said] = []
        self.happenings: list[Happened] = []
        self.over: list[str] = []
        self.left: list[str] = []
        self.started: list[str] = []
        self.rested = 0
        self.due: list[tuple[datetime, str, str]] = []
        self.answers: dict[str, Hear] = {}

    def now(self):
        return self.moment

    async def hear(self, said):
        again = said.id in [one.id for one in self.heard]
        self.heard.append(said)
        answer = self.answers.get(said.text, _answer)(said)
        if answer is None or not again:
            return answer
        return Answer(
            said=said.id, card=answer.card, form=answer.form, to=answer.to, again=said.id in self.over
        )

    def needs(self, text):
        return ("members",) if text.startswith("use this") else ()

    async def happened(self, event):
        self.happenings.append(event)

    async def handed_over(self, said_id):
        self.over.append(said_id)

    async def not_handed_over(self, said_id):
        self.left.append(said_id)

    async def rest(self):
        self.rested += 1

    async def move_to(self, moment):
        for at, place, text in sorted(one for one in self.due if one[0] <= moment):
            self.moment = max(at, self.moment)
            await self.platform.post(place, card(text), f"due {at.isoformat()} {text}")
        self.due = [one for one in self.due if one[0] > moment]
        self.moment = moment

    async def next_moment(self):
        return min((at for at, _, _ in self.due), default=None)

    async def start(self, how):
        self.started.append(how)
        self.chat.wipe()
        self.moment = MONDAY
        self.due = []
        if how == "preparation":
            await furnish(self)

    def person(self, name, council="Exampleshire County Council"):
        """Add somebody and return their id."""
        return people.add(
            self.chat, name=name, email=f"{name.split()[0].lower()}@exampleshire.example", council=council
        ).id

    def room(self, title, key, *members):
        """Add a room with people in it and return its address."""
        place = places.make(self.chat, title=title, topic=f"Who reads here: {title}", key=key)
        for member in members:
            places.join(self.chat, place, member)
        return place


def _answer(said):
    if said.text == "kloe add" and not (said.fields or {}).get("text") and _may_open(said):
        error = "Say what the team should find out." if said.fields is not None else None
        return Answer(said=said.id, form=key_line_form(error=error))
    return Answer(said=said.id, card=_card(said), to="room" if said.text.startswith("agree") else "asker")


def _may_open(said):
    return said.can_open_form or said.fields is not None


def _card(said):
    if said.fields is not None:
        return card(f"Key line of enquiry 1 added: {said.fields['text']}")
    match said.text:
        case "help":
            return card("Three things you can say now:", _add(), points=("status", "kloe add", "next me"))
        case "status":
            return card("Preparation. Two things wait for you.", _add(main=False))
        case "kloe add":
            return card("Press the button to open the form.", _add())
        case _:
            return card(f"You said: {said.text}")


def _add(*, main=True):
    return Button(label="Add a key line", phrase="kloe add", main=main, opens_form=True)
