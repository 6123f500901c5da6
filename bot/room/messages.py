"""The messages of the room, with every version that anybody could have read."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape

from bot.room import draw
from bot.room.chat import Change, Chat
from handlers.message import Button, Card


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it stands. No `author`: the bot's. `only_for`: a whisper to that account.

    `version` is the sequence number of its newest text, `changed` that of its newest change of any
    kind (a pin too).
    """

    id: int
    place: str
    author: str | None
    only_for: str | None
    at: datetime
    html: str
    plain: str
    buttons: tuple[Button, ...]
    pinned: bool
    version: int
    changed: int

    @property
    def address(self) -> str:
        return f"{self.place}/{self.id}"

    @property
    def edited(self) -> bool:
        return self.version != self.id


@dataclass(frozen=True, kw_only=True)
class _Version:
    html: str
    plain: str
    buttons: str = "[]"
    key: str | None = None


_MESSAGES = "SELECT messages.*, html, plain, buttons FROM messages JOIN versions ON sequence = version"


def say(chat: Chat, *, place: str, author: str, text: str) -> Message:
    """Keep what a person typed, as it was typed."""
    version = _Version(html=escape(text), plain=text)
    return _put(chat, version, place=place, author=author, only_for=None)


def post(chat: Chat, *, place: str, card: Card, key: str, only_for: str | None = None) -> Message:
    """Keep a card of the bot's. The same key twice makes two messages, as in any chat."""
    return _put(chat, _drawn(card, key), place=place, author=None, only_for=only_for)


def edit(chat: Chat, message: Message, card: Card, key: str) -> None:
    """Put another card in the place of a posted one."""
    with chat.change() as change:
        _add(change, message.id, _drawn(card, key))
        change.run(
            "UPDATE messages SET version = ?1, changed = ?1 WHERE id = ?2", change.sequence, message.id
        )


def pin(chat: Chat, message: Message) -> None:
    """Pin a message where it stands."""
    with chat.change() as change:
        change.run("UPDATE messages SET pinned = 1, changed = ? WHERE id = ?", change.sequence, message.id)


def at_address(chat: Chat, address: str) -> Message | None:
    """The message at "place/number"."""
    place, _, number = address.rpartition("/")
    found = get(chat, int(number)) if number.isdecimal() else None
    return found if found and found.place == place else None


def get(chat: Chat, number: int) -> Message | None:
    """The message with this number."""
    row = chat.row(f"{_MESSAGES} WHERE id = ?", number)
    return _message(row) if row else None


def with_key(chat: Chat, key: str) -> Message | None:
    """The first message posted or edited with this key, wherever it stands."""
    row = chat.row("SELECT message FROM versions WHERE key = ? ORDER BY sequence", key)
    return get(chat, row["message"]) if row else None


def seen_by(chat: Chat, account: str, since: int = 0) -> list[Message]:
    """What the account may see now and that changed, or that they came to see, after `since`."""
    query = f"""{_MESSAGES} JOIN members ON members.place = messages.place
                WHERE account = ?1 AND left IS NULL AND (only_for IS NULL OR only_for = ?1)
                AND (changed > ?2 OR joined > ?2) ORDER BY id"""
    return [_message(row) for row in chat.rows(query, account, since)]


def may_see(chat: Chat, message: Message, account: str) -> bool:
    """Whether the account is where the message stands, and it is not a whisper to somebody else."""
    query = "SELECT 1 FROM members WHERE place = ? AND account = ? AND left IS NULL"
    inside = chat.row(query, message.place, account) is not None
    return inside and message.only_for in (None, account)


def button(chat: Chat, message: Message, version: int, number: int) -> Button | None:
    """A button as it stood in one version of a message: a page may still show yesterday's."""
    row = chat.row("SELECT buttons FROM versions WHERE message = ? AND sequence = ?", message.id, version)
    buttons = _buttons(row["buttons"]) if row else ()
    return buttons[number] if 0 <= number < len(buttons) else None


def _drawn(card: Card, key: str) -> _Version:
    buttons = json.dumps([asdict(button) for button in card.buttons])
    return _Version(html=draw.card(card), plain=card.plain, buttons=buttons, key=key)


def _put(chat: Chat, version: _Version, *, place: str, author: str | None, only_for: str | None) -> Message:
    with chat.change() as change:
        change.run(
            "INSERT INTO messages VALUES (?1, ?2, ?3, ?4, ?5, 0, ?1, ?1)",
            change.sequence, place, author, only_for, chat.now().isoformat(),
        )  # fmt: skip
        _add(change, change.sequence, version)
    return _known(chat, change.sequence)


def _add(change: Change, message: int, version: _Version) -> None:
    change.run(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)",
        change.sequence, message, version.key, version.html, version.plain, version.buttons,
    )  # fmt: skip


def _known(chat: Chat, number: int) -> Message:
    found = get(chat, number)
    assert found  # noqa: S101 - just written
    return found


def _buttons(text: str) -> tuple[Button, ...]:
    return tuple(Button(**button) for button in json.loads(text))


def _message(row: sqlite3.Row) -> Message:
    values = {name: row[name] for name in ("id", "place", "author", "only_for", "html", "plain")}
    return Message(
        **values, at=datetime.fromisoformat(row["at"]), buttons=_buttons(row["buttons"]),
        pinned=bool(row["pinned"]), version=row["version"], changed=row["changed"],
    )  # fmt: skip
