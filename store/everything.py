"""Every table, for migrations and tests that need all of them at once."""

from store import (
    challenge,
    conversation,
    digest,
    finding,
    form_in_hand,
    heard,
    home,
    invitation,
    note,
    outbox,
    pause,
    person,
    programme,
    questionnaire,
    reference,
    role,
    room,
    scoping,
    slot,
    summary,
    task,
)
from store.base import Base

tables = Base.metadata

__all__ = [
    "challenge",
    "conversation",
    "digest",
    "finding",
    "form_in_hand",
    "heard",
    "home",
    "invitation",
    "note",
    "outbox",
    "pause",
    "person",
    "programme",
    "questionnaire",
    "reference",
    "role",
    "room",
    "scoping",
    "slot",
    "summary",
    "tables",
    "task",
]
