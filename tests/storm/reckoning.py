"""What is left when a storm is over, in values that can be compared with an undisturbed run's."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from store import everything
from store.base import Base
from store.outbox import OWED, Outgoing
from tests.fakes.slack import Peer, blocks
from tests.fakes.slack.posts import Post
from tests.storm.councils import COUNCILS
from tests.storm.people import is_answer

assert everything  # every table is known

_MOMENTS = re.compile(r"\d{1,2}(?:[.:]\d\d)?[ap]m|\d\d:\d\d")
_OF_TWO = ("has agreed the message", "is released and on its way")
_TWO = re.compile("|".join(rf"{name}(?: \w+son)?" for one in COUNCILS for name in (one.lead, one.manager))
                  + "|lead peer|peer challenge manager")  # fmt: skip
_TABLES = (
    "council", "person", "account", "challenge", "challenge_host", "key_line", "note", "task", "summary",
    "agreement", "summary_answer", "sponsor_talk", "role", "room", "room_member", "digest_day", "invitation",
    "open_question", "proposal", "participation", "summary_reader",
)  # fmt: skip
"""What a kill may not change. Not among them: what was heard and how often, and what passed to the chat."""
_OTHERWISE = {
    "account": {"account", "seen_at", "direct"},
    "challenge": {"version", "next_due_at", "agenda_done_at"},
    "room": {"address", "unseen_since"},
    "summary": {"version", "settled_by", "changed_by"},
}
"""Columns that hold a chat's own ids, the machine's affairs, or who of two was the quicker."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """What stands at the peer and in the database: to be compared with what an undisturbed run left."""

    messages: Counter[tuple[str, str]]
    rows: dict[str, Counter[Any]]


def left(peer: Peer, connection: Connection) -> Left:
    """Everything that is left."""
    return Left(messages=messages(peer), rows={name: rows(connection, name) for name in _TABLES})


# At the peer


def standing(peer: Peer) -> Iterator[Post]:
    """What the bot posted for whole places, and stands."""
    for post in peer.workspace.posts:
        gone = post.only_for or post.subtype or post.deleted is not None
        if post.author == peer.app.bot.id and not gone:
            yield post


def key_of(post: Post) -> str:
    """The key of a card, or of a part of it."""
    return str(post.newest.metadata["event_payload"]["key"]) if post.newest.metadata else ""


def keys(peer: Peer) -> Counter[str]:
    """How often the message of each key was posted."""
    return Counter(map(key_of, standing(peer)))


def messages(peer: Peer) -> Counter[tuple[str, str]]:
    """The words of what nobody asked for, with where they stand; which minute it was is left out."""
    return Counter(
        _alike(_place(peer, post), _MOMENTS.sub("…", _words(peer, post)))
        for post in standing(peer)
        if not is_answer(post.newest.metadata)
    )


def _alike(place: str, words: str) -> tuple[str, str]:
    """Where it stands, and its words; of two who agreed at the same moment either may have been the first."""
    if any(told in words for told in _OF_TWO):
        return _TWO.sub("one of two", place), _TWO.sub("one of two", words)
    return place, words


def _words(peer: Peer, post: Post) -> str:
    return peer._named(blocks.words({"text": post.newest.text, "blocks": post.newest.blocks}))


def _place(peer: Peer, post: Post) -> str:
    channel = peer.workspace.channels[post.channel]
    if channel.kind != "im":
        return str(channel.name)
    return ", ".join(
        sorted(peer.workspace.users[one].name for one in channel.members if one != peer.app.bot.id)
    )


# In the database


def rows(connection: Connection, name: str) -> Counter[Any]:
    """The rows of a table as values that mean the same in every run."""
    table = Base.metadata.tables[name]
    return Counter(_natural(connection, table, row._mapping) for row in connection.execute(select(table)))


def _natural(connection: Connection, table: Table, row: Any) -> tuple[Any, ...]:
    """A row without its number and without what may be otherwise; who or what it names, by name."""
    own = [column for column in table.columns if column.name not in _OTHERWISE.get(table.name, ())]
    return tuple(
        _value(connection, column, row[column.name])
        for column in own
        if not (column.primary_key and column.name == "id")
    )


def _value(connection: Connection, column: Column[Any], value: Any) -> Any:
    for key in column.foreign_keys:
        return _called(connection, key.column.table, value)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, str | int | date | None) else repr(value)


def _called(connection: Connection, table: Table, number: Any) -> Any:
    """What a row is called, where it has a name."""
    if number is None or table.name == "outgoing":
        return None
    row = connection.execute(select(table).where(table.c.id == number)).one()._mapping
    named = [row[name] for name in ("name", "kind", "day", "role", "title") if name in row]
    return (table.name, *named)


def owed(connection: Connection) -> list[str]:
    """The rows that nobody settled, of those that a chat may still have to hear of."""
    return list(connection.scalars(select(Outgoing.key).where(Outgoing.state.in_((*OWED, "unsure", "dead")))))
