"""What a Teams cloud keeps: people, teams, conversations, messages and dialogs, and one growing number.

The nouns lie beside this file; each is changed through functions that take the tenancy, so that
everything that changes takes the next number.
"""

import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

HOME = "6f0e5a52-0c3e-4d6a-9b67-1d0c5f2e9a01"
DOMAIN = "challenges.example"


@dataclass(kw_only=True)
class Switches:
    """What can be changed while the peer runs. `longest_page`: the most members on a page of a roster."""

    longest_page: int = 500


@dataclass(kw_only=True)
class Tenancy:
    """One tenant of its own, and people of others. `ahead` are seconds by which its clock was moved on."""

    tenant: str = HOME
    domain: str = DOMAIN
    now: Callable[[], float] = time.time
    ahead: float = 0.0
    switches: Switches = field(default_factory=Switches)
    sequence: int = 0
    people: dict[str, Any] = field(default_factory=dict)
    teams: dict[str, Any] = field(default_factory=dict)
    conversations: dict[str, Any] = field(default_factory=dict)
    posts: list[Any] = field(default_factory=list)
    dialogs: list[Any] = field(default_factory=list)
    toasts: list[Any] = field(default_factory=list)
    _stamp: int = 0

    def clock(self) -> float:
        """What time it is in Teams, in seconds."""
        return self.now() + self.ahead

    def changed(self) -> int:
        """Take the next number: something changed."""
        self.sequence += 1
        return self.sequence

    def stamp(self) -> str:
        """The id of a new message: its time in milliseconds, later than every one before."""
        self._stamp = max(self._stamp + 1, round(self.clock() * 1000))
        return str(self._stamp)

    def moment(self) -> str:
        """The time as activities tell it."""
        told = datetime.fromtimestamp(self.clock(), UTC)
        return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_id() -> str:
    """The id of an activity that is no message."""
    return f"f:{uuid.uuid4()}"


def account_id() -> str:
    """How Teams names somebody to one bot alone."""
    return f"29:1{secrets.token_urlsafe(48)}"


def thread_id(kind: str) -> str:
    """The id of a new conversation, as Teams writes each kind."""
    if kind == "personal":
        return f"a:1{secrets.token_urlsafe(60)}"
    return f"19:{secrets.token_hex(16)}@{'thread.tacv2' if kind == 'channel' else 'thread.v2'}"
