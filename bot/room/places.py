"""The places of the room: rooms with members, and each person's direct conversation with the bot."""

import sqlite3
from dataclasses import dataclass

from bot.room.chat import Chat

_PLACES = """SELECT places.*, archived.place AS archived
             FROM places LEFT JOIN archived ON archived.place = address"""


@dataclass(frozen=True, kw_only=True)
class Room:
    """A place. `key` is the one the bot made it with; a person's own room has none."""

    address: str
    title: str
    topic: str
    key: str | None
    direct: bool
    archived: bool = False


def make(chat: Chat, *, title: str, topic: str = "", key: str | None = None) -> str:
    """Make a room with nobody in it, and return its address."""
    with chat.change() as change:
        address = f"room-{change.sequence}"
        change.run(
            "INSERT INTO places VALUES (?, ?, ?, ?, 0, ?)", address, title, topic, key, change.sequence
        )
    return address


def get(chat: Chat, address: str) -> Room | None:
    """The place at this address."""
    row = chat.row(f"{_PLACES} WHERE address = ?", address)
    return _room(row) if row else None


def made_with(chat: Chat, key: str) -> str | None:
    """The address of the room that was made with this key."""
    row = chat.row("SELECT address FROM places WHERE key = ? ORDER BY made", key)
    return row["address"] if row else None


def seen_by(chat: Chat, account: str) -> list[Room]:
    """The places this account is in now: the direct conversation first, then rooms as they were made."""
    query = f"""{_PLACES} JOIN members ON members.place = address
                WHERE account = ? AND left IS NULL ORDER BY direct DESC, made"""
    return [_room(row) for row in chat.rows(query, account)]


def has(chat: Chat, place: str, account: str) -> bool:
    """Whether the account is in the place now."""
    query = "SELECT 1 FROM members WHERE place = ? AND account = ? AND left IS NULL"
    return chat.row(query, place, account) is not None


def members(chat: Chat, place: str) -> list[str]:
    """The ids of those who are in the place now, in the order they came."""
    query = "SELECT account FROM members WHERE place = ? AND left IS NULL ORDER BY joined"
    return [row["account"] for row in chat.rows(query, place)]


def join(chat: Chat, place: str, account: str) -> None:
    """Bring somebody in; already there is well."""
    if has(chat, place, account):
        return
    with chat.change() as change:
        change.run("INSERT INTO members VALUES (?, ?, ?, NULL)", place, account, change.sequence)


def leave(chat: Chat, place: str, account: str) -> None:
    """Take somebody out; not there is well."""
    if not has(chat, place, account):
        return
    with chat.change() as change:
        change.run(
            "UPDATE members SET left = ? WHERE place = ? AND account = ? AND left IS NULL",
            change.sequence, place, account,
        )  # fmt: skip


def rename(chat: Chat, place: str, title: str) -> None:
    """Give a room another title."""
    with chat.change() as change:
        change.run("UPDATE places SET title = ? WHERE address = ?", title, place)


def archive(chat: Chat, place: str) -> None:
    """Close a room: what stands there stays, and nothing more is said. Closed already is well."""
    with chat.change() as change:
        change.run("INSERT OR IGNORE INTO archived VALUES (?)", place)


def unarchive(chat: Chat, place: str) -> None:
    """Open a room again. Open already is well."""
    with chat.change() as change:
        change.run("DELETE FROM archived WHERE place = ?", place)


def mark_read(chat: Chat, place: str, account: str) -> None:
    """Remember that the account has seen everything in the place up to now."""
    if not unread(chat, place, account):
        return
    with chat.change() as change:
        change.run("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", place, account, change.sequence)


def unread(chat: Chat, place: str, account: str) -> int:
    """How many messages by others the account has not seen. An edit does not make one unread again."""
    query = """SELECT count(*) AS number FROM messages
               WHERE place = ?1 AND author IS NOT ?2 AND (only_for IS NULL OR only_for = ?2)
               AND id > coalesce((SELECT read FROM marks WHERE place = ?1 AND account = ?2), 0)"""
    found = chat.row(query, place, account)
    return int(found["number"]) if found else 0


def _room(row: sqlite3.Row) -> Room:
    return Room(
        address=row["address"], title=row["title"], topic=row["topic"],
        key=row["key"], direct=bool(row["direct"]), archived=row["archived"] is not None,
    )  # fmt: skip
