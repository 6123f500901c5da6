"""The people of the room: everybody that one person can be."""

import re
import sqlite3
from dataclasses import dataclass

from bot.room.chat import Change, Chat
from handlers.message import Account

PLATFORM = "room"
TENANT = "room"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account in the room. `direct` is their direct conversation with the bot."""

    id: str
    name: str
    email: str | None
    council: str

    @property
    def direct(self) -> str:
        return direct_with(self.id)

    def account(self) -> Account:
        """The person as the bot meets them."""
        return Account(platform=PLATFORM, tenant=TENANT, id=self.id, name=self.name, email=self.email)


def direct_with(account: str) -> str:
    """The address of the direct conversation between the bot and an account."""
    return f"direct-{account}"


def add(chat: Chat, *, name: str, email: str | None = None, council: str = "") -> Person:
    """Add a person and their direct conversation. The id is the first name, unless it is taken."""
    with chat.change() as change:
        person = Person(id=_free_id(chat, name), name=name, email=email or None, council=council)
        change.run("INSERT INTO people VALUES (?, ?, ?, ?)", person.id, name, person.email, council)
        _make_direct(change, person)
    return person


def every(chat: Chat) -> list[Person]:
    """Everybody, in the order they came."""
    return [_person(row) for row in chat.rows("SELECT * FROM people ORDER BY rowid")]


def get(chat: Chat, account: str) -> Person | None:
    """The person with this id."""
    row = chat.row("SELECT * FROM people WHERE id = ?", account)
    return _person(row) if row else None


def with_email(chat: Chat, email: str) -> Person | None:
    """The person with this e-mail address, in capitals or not."""
    row = chat.row("SELECT * FROM people WHERE email = ?", email.strip())
    return _person(row) if row else None


def mentioned(chat: Chat, text: str) -> list[Person]:
    """Who is named in a text as @Dana Reed or, by id, as @dana; each once, in the order of the text."""
    ids = {name.casefold(): person for person in every(chat) for name in (person.id, person.name)}
    names = sorted(ids, key=len, reverse=True)
    if not names:
        return []
    pattern = r"(?<!\w)@(" + "|".join(re.escape(name) for name in names) + r")(?![\w-])"
    found = [ids[name.casefold()] for name in re.findall(pattern, text, re.IGNORECASE)]
    return list(dict.fromkeys(found))


def _free_id(chat: Chat, name: str) -> str:
    words = re.findall(r"\w+", name.casefold()) or ["somebody"]
    wanted = [words[0], "-".join(words), *(f"{words[0]}-{number}" for number in range(2, 1000))]
    free: str = next(one for one in wanted if get(chat, one) is None)
    return free


def _make_direct(change: Change, person: Person) -> None:
    change.run(
        "INSERT INTO places VALUES (?, 'Critical Friend', '', NULL, 1, ?)", person.direct, change.sequence
    )
    change.run("INSERT INTO members VALUES (?, ?, ?, NULL)", person.direct, person.id, change.sequence)


def _person(row: sqlite3.Row) -> Person:
    return Person(id=row["id"], name=row["name"], email=row["email"], council=row["council"])
