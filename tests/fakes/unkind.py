"""What a chat does to a bot now and then, done on purpose: refusals, dropped lines, slowness, repeats.

Each switch holds for `times` calls (None: until `stop`), of one method or of every one, and only
for calls whose arguments `when` agrees to.
"""

import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

When = Callable[[dict[str, Any]], bool]


@dataclass(kw_only=True)
class Trouble:
    """One thing that goes wrong.

    `how`: too_many, drop_after, drop_before, status, slow, late, or a chat's own.
    """

    how: str
    method: str | None
    value: float = 0
    times: int | None = 1
    when: When | None = None
    detail: str = ""

    def meets(self, method: str, args: dict[str, Any]) -> bool:
        """Whether this call meets it."""
        return self.method in {None, method} and self.times != 0 and (self.when is None or self.when(args))


@dataclass(kw_only=True)
class Repeat:
    """Deliveries to the bot that come again, or late. `kind`: as the chat calls what it delivers.

    `another_id`: what comes again has an id of its own, in a chat that does so.
    """

    kind: str | None
    copies: int = 0
    during: bool = False
    late: float = 0.0
    times: int | None = 1
    unheard: bool = False
    another_id: bool = False


@dataclass(kw_only=True)
class Rate:
    """A limit on calls: so many seconds between two of the same place, by a clock. `place`: of a call."""

    method: str
    place: Callable[[dict[str, Any]], str]
    seconds: float
    wall: Callable[[], datetime]
    last: dict[str, datetime] = field(default_factory=dict)

    def refuses(self, method: str, args: dict[str, Any]) -> Trouble | None:
        """What a call meets that comes too soon; any other is counted."""
        if method != self.method:
            return None
        now, place = self.wall(), self.place(args)
        left = self.seconds - (now - self.last[place]).total_seconds() if place in self.last else 0
        if left > 0:
            return Trouble(how="too_many", method=method, value=math.ceil(left))
        self.last[place] = now
        return None


@dataclass(kw_only=True)
class Unkind:
    """How unkind a chat is being at present; kind, by default."""

    troubles: list[Trouble] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    refused: int = 0

    def strict(
        self,
        method: str,
        *,
        seconds: float,
        place: Callable[[dict[str, Any]], str],
        wall: Callable[[], datetime],
    ) -> None:
        """Answer 429 to what comes sooner after the last call to the same place; `refused` counts that."""
        self.rates.append(Rate(method=method, place=place, seconds=seconds, wall=wall))

    def too_many(
        self,
        method: str | None = None,
        *,
        seconds: float = 30,
        times: int | None = 1,
        when: When | None = None,
    ) -> None:
        """Answer 429 with Retry-After, and do nothing."""
        self._add("too_many", method, seconds, times, when)

    def drop_after(
        self, method: str | None = None, *, times: int | None = 1, when: When | None = None
    ) -> None:
        """Do what was asked, then drop the connection instead of answering."""
        self._add("drop_after", method, 0, times, when)

    def drop_before(
        self, method: str | None = None, *, times: int | None = 1, when: When | None = None
    ) -> None:
        """Drop the connection and do nothing."""
        self._add("drop_before", method, 0, times, when)

    def status(
        self, method: str | None = None, *, status: int = 503, times: int | None = 1, when: When | None = None
    ) -> None:
        """Answer an HTTP status, and do nothing."""
        self._add("status", method, status, times, when)

    def slow(
        self, method: str | None = None, *, seconds: float, times: int | None = None, when: When | None = None
    ) -> None:
        """Take this long before doing anything."""
        self._add("slow", method, seconds, times, when)

    def answers_late(
        self, method: str | None = None, *, seconds: float, times: int | None = None, when: When | None = None
    ) -> None:
        """Do what was asked at once, and say so this much later."""
        self._add("late", method, seconds, times, when)

    def redeliver(
        self, kind: str | None = None, *, copies: int = 1, during: bool = False, times: int | None = 1
    ) -> None:
        """Deliver the same thing again: after its answer or, `during`, while the first is still running."""
        self.repeats.append(Repeat(kind=kind, copies=copies, during=during, times=times))

    def late(self, kind: str | None = None, *, seconds: float, times: int | None = None) -> None:
        """Deliver late by so many seconds."""
        self.repeats.append(Repeat(kind=kind, late=seconds, times=times))

    def unheard(self, kind: str | None = None, *, times: int | None = 1) -> None:
        """Take the bot's answer for lost on the way."""
        self.repeats.append(Repeat(kind=kind, unheard=True, times=times))

    def stop(self) -> None:
        """Be kind again."""
        self.troubles.clear()
        self.repeats.clear()
        self.rates.clear()

    def trouble(self, method: str, args: dict[str, Any]) -> list[Trouble]:
        """What this call meets, each counted."""
        met = [one for one in self.troubles if one.meets(method, args)]
        for one in met:
            one.times = None if one.times is None else one.times - 1
        soon = [one for rate in self.rates if (one := rate.refuses(method, args))]
        self.refused += len(soon)
        return [*met, *soon]

    def repeat(self, kind: str) -> list[Repeat]:
        """What this delivery meets, each counted."""
        met = [one for one in self.repeats if one.kind in {None, kind} and one.times != 0]
        for one in met:
            one.times = None if one.times is None else one.times - 1
        return met

    def _add(
        self,
        how: str,
        method: str | None,
        value: float,
        times: int | None,
        when: When | None,
        *,
        detail: str = "",
    ) -> None:
        trouble = Trouble(how=how, method=method, value=value, times=times, when=when, detail=detail)
        self.troubles.append(trouble)


def first_time() -> When:
    """Agrees to a call with arguments that were not there before; a trigger never was: to every other."""
    seen: set[str] = set()
    odd = alternately()

    def first(args: dict[str, Any]) -> bool:
        call = json.dumps(args, sort_keys=True)
        if "trigger_id" in args:
            return odd(args)
        known = call in seen
        seen.add(call)
        return not known

    return first


def alternately() -> When:
    """Agrees to every other call."""
    turns = itertools.count()
    return lambda _args: next(turns) % 2 == 0
