"""What a message waits for that has not left: its moment, its turn, the chat's patience, or its room."""

from datetime import datetime

from sqlalchemy.orm import object_session

from store.outbox import Outgoing
from store.room import Room, is_overheard


def by_what(row: Outgoing, now: datetime) -> str:
    """One word for what a message waits for; the template of `delivery` has a sentence for each."""
    if row.state != "ready":
        return {"sending": "leaving", "uncertain": "looking"}.get(row.state, "")
    if row.not_before > now:
        return "moment"
    return _room(row.room) or _chat(row)


def _room(room: Room | None) -> str:
    """What keeps anything from being said in a room; "" where nothing does."""
    if room is None:
        return ""
    if room.state != "bound":
        return room.state
    session = object_session(room)
    if session is None or not is_overheard(session, room):
        return ""
    return "seen" if room.unseen_since else "left"


def _chat(row: Outgoing) -> str:
    """Whether the chat refused it so far, or it has only to wait for its turn."""
    if row.retry_at is None:
        return "turn"
    return "again" if row.attempts else "patience"
