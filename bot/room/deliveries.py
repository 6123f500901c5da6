"""What people did that the bot has still to take: a chat tries again when nobody answered it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.room.chat import Chat
from handlers.message import Account, Place, Said

TRIES = 4
"""How often the same act is delivered before the chat gives up, as Slack does."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Something said, and the open form that it came from."""

    said: Said
    form: int | None


def put(chat: Chat, said: Said, form: int | None = None) -> None:
    """Remember an act, about to be delivered for the first time, until the bot has taken it."""
    with chat.change() as change:
        text = json.dumps(asdict(said) | {"at": said.at.isoformat(), "not_found": sorted(said.not_found)})
        change.run("INSERT INTO deliveries VALUES (?, ?, ?, ?, 1)", change.sequence, said.id, text, form)


def tried(chat: Chat, said: str) -> None:
    """Count a try."""
    with chat.change() as change:
        change.run("UPDATE deliveries SET tries = tries + 1 WHERE said = ?", said)


def taken(chat: Chat, said: str) -> None:
    """The bot has taken it: nothing is to be tried again."""
    with chat.change() as change:
        change.run("DELETE FROM deliveries WHERE said = ?", said)


def waiting(chat: Chat) -> list[Delivery]:
    """What the bot has not taken yet, oldest first, as long as it is worth trying."""
    rows = chat.rows("SELECT * FROM deliveries WHERE tries < ? ORDER BY id", TRIES)
    return [Delivery(said=_said(json.loads(row["text"])), form=row["form"]) for row in rows]


def _said(kept: Mapping[str, Any]) -> Said:
    values = {
        "at": datetime.fromisoformat(kept["at"]),
        "by": Account(**kept["by"]),
        "place": Place(**kept["place"]),
        "mentions": tuple(Account(**account) for account in kept["mentions"]),
        "not_found": frozenset(kept.get("not_found", ())),
    }
    return Said(**{**kept, **values})
