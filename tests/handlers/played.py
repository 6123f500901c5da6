"""A talk that was played in the room, and what comes of pressing its buttons once more, and undone."""

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from bot.room import messages, people
from bot.room.chat import Chat
from bot.talk.play import Player
from bot.talk.room_stage import RoomStage
from bot.talk.script import read
from handlers.dispatch import dispatch
from handlers.jobs import look_at_challenges
from handlers.message import Button, Place, Said
from store.challenge import Challenge
from store.everything import tables
from store.heard import AuditLine, Heard
from store.programme import RehearsalClock
from store.session import Store
from tests.conftest import at_hand, rehearsing

NOT_AN_EFFECT = {Heard.__tablename__, AuditLine.__tablename__}
"""That it was heard, and that somebody did it, is written down each time."""

COUNTED = Challenge.__table__.c.version
"""It goes up whenever a challenge is looked at."""


async def play_through(folder, url, script):
    """Play every act of a talk; what people see on the way is looked at elsewhere."""
    async with rehearsing(folder, url) as (_, client):
        player = Player(RoomStage(client))
        await player.begin()
        for step in read(script):
            if "sees" not in step.does:
                await player.act(step)


@dataclass(frozen=True)
class Pressed:
    """What came of a press: the outcome, the template of the answer, and the tables that changed."""

    outcome: str
    template: str
    changed: dict
    answer: object


@dataclass(frozen=True)
class Press:
    """A button on some version of a card, and somebody who can see the card now."""

    person: object
    place: object
    button: Button

    def __str__(self):
        return f"{self.person.id}: {self.button.phrase}"


def presses(chat):
    """Every button that ever stood on a card, for everybody who can see the card, each once."""
    found = {}
    rows = chat.rows("SELECT message, buttons FROM versions WHERE buttons != '[]' ORDER BY sequence")
    for row in rows:
        message = messages.get(chat, row["message"])
        for person in people.every(chat):
            if not messages.may_see(chat, message, person.id):
                continue
            for button in (Button(**one) for one in json.loads(row["buttons"])):
                key = (person.id, message.place, button.phrase, json.dumps(button.hidden, sort_keys=True))
                found.setdefault(key, Press(person, message.place, button))
    return list(found.values())


class Played:
    """A folder at the end of a talk, its bot's store and its chat opened again."""

    def __init__(self, folder, url):
        self.store = Store(url)
        self.now = self.store.work(lambda session: session.get_one(RehearsalClock, 1).now)
        self.chat = Chat(folder / "room.sqlite3", lambda: self.now)
        self.desk = at_hand()
        self.said = 0
        self.before = self.store.work(_everything)

    def close(self):
        self.store.close()
        self.chat.close()

    def press(self, press, text=None, hidden=None, fields=None):
        """Press a button, or something like it; nothing of it stays."""
        with self._undone() as session:
            return self._pressed(session, press, self.before, text=text, hidden=hidden, fields=fields)

    def press_twice(self, press):
        """What comes of the first press, and of the next where it did something; nothing of either stays."""
        with self._undone() as session:
            first = self._pressed(session, press, self.before)
            if first.outcome != "done":
                return first, first
            return first, self._pressed(session, press, _everything(session))

    @contextmanager
    def _undone(self):
        session = self.store._sessions()
        try:
            yield session
        finally:
            session.rollback()
            session.close()

    def _pressed(self, session, press, before, **other):
        said = self._said(press, **other)
        answer = dispatch(session, self.desk, said, self.now)
        while look_at_challenges(session, self.desk, self.now):
            continue
        session.flush()
        heard = session.get_one(Heard, said.id)
        changed = _more(before, _everything(session)) if heard.outcome == "done" else {}
        return Pressed(heard.outcome, heard.answer["template"], changed, answer)

    def _said(self, press, text=None, hidden=None, fields=None):
        self.said += 1
        place = Place(
            platform=people.PLATFORM, tenant=people.TENANT, address=press.place,
            direct=press.place.startswith("direct-"),
        )  # fmt: skip
        return Said(
            id=f"pressed-{self.said}", at=self.now, by=press.person.account(), place=place,
            text=press.button.phrase if text is None else text, fields=fields,
            hidden=press.button.hidden if hidden is None else hidden, can_open_form=True,
        )  # fmt: skip


def _more(before, now):
    """By table: the rows that are new or other than they were."""
    return {name: list(more.elements()) for name in now if (more := now[name] - before[name])}


def _everything(session):
    return {
        table.name: Counter(
            map(repr, session.execute(select(*(one for one in table.columns if one is not COUNTED))))
        )
        for table in tables.sorted_tables
        if table.name not in NOT_AN_EFFECT
    }
