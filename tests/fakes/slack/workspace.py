"""What a Slack workspace keeps: its people, conversations, messages and views, and one growing number.

The nouns lie beside this file; each is changed through functions that take the workspace, so that
everything that changes takes the next number, and what a bot may hear of is told to `watchers`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(kw_only=True)
class Switches:
    """What an administrator may have turned off. Each can be changed while the peer runs.

    `bots_make_channels`: the app may create channels. `bots_invite`: it may invite people.
    `bots_pin`: it may pin.
    `guests_command`: guests may use slash commands. `longest_history`: the most messages that one
    call of conversations.history returns (15 for an app sold outside the Marketplace).
    """

    bots_make_channels: bool = True
    bots_invite: bool = True
    bots_pin: bool = True
    guests_command: bool = True
    longest_history: int = 999


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that the app hears of if it subscribed to it. `channel`: where, for members only."""

    subscription: str
    body: Json
    channel: str | None = None
    author: str | None = None


@dataclass(kw_only=True)
class Workspace:
    """One team. `now` gives seconds; `ahead` are seconds by which its clock was moved on."""

    name: str = "Northmere Peer Challenges"
    domain: str = "northmere-challenges"
    team: str = "T0NORTHMERE"
    now: Callable[[], float] = time.time
    ahead: float = 0.0
    switches: Switches = field(default_factory=Switches)
    sequence: int = 0
    users: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=dict)
    posts: list[Any] = field(default_factory=list)
    views: dict[str, Any] = field(default_factory=dict)
    homes: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    watchers: list[Callable[[Event], None]] = field(default_factory=list)
    _ids: int = 0
    _stamp: int = 0

    def clock(self) -> float:
        """What time it is in Slack, in seconds."""
        return self.now() + self.ahead

    def changed(self) -> int:
        """Take the next number: something changed."""
        self.sequence += 1
        return self.sequence

    def id(self, prefix: str) -> str:
        """An id that nothing else has."""
        self._ids += 1
        return f"{prefix}0{self._ids:08d}"

    def ts(self) -> str:
        """The timestamp of a new message: later than every one before."""
        self._stamp = max(self._stamp + 1, round(self.clock() * 1_000_000))
        return f"{self._stamp // 1_000_000}.{self._stamp % 1_000_000:06d}"

    def tell(self, event: Event) -> None:
        """Let those who watch know what happened."""
        for watcher in tuple(self.watchers):
            watcher(event)
