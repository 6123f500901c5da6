"""A press that Teams sends again under another id, because no response came in time, is the same press."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.teams.hearing import Act
from store.heard import heard_before

AGAIN_WITHIN: Final = 30.0
"""Seconds within which the same press is one. Teams waits five, and tries again twice."""

_MOST: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class _Press:
    id: str
    press: str
    since: float


class Presses:
    """The last press of each account. `now` gives seconds, from whenever.

    What was refused may be pressed again at once, and so may a button after another one: somebody who
    says yes, no, and yes means yes.
    """

    def __init__(self, ear: Ear, now: Callable[[], float] = time.monotonic) -> None:
        self._ear = ear
        self._now = now
        self._last: OrderedDict[str, _Press] = OrderedDict()

    async def once(self, act: Act) -> Act:
        """The act; where it is the last press again, under the id by which that had its effect."""
        if act.press is None:
            return act
        last = self._last.get(act.user)
        if last and await self._is(last, act):
            return replace(act, id=last.id)
        self._last[act.user] = _Press(id=act.id, press=act.press, since=self._now())
        self._last.move_to_end(act.user)
        while len(self._last) > _MOST:
            self._last.popitem(last=False)
        return act

    async def _is(self, last: _Press, act: Act) -> bool:
        if last.press != act.press or self._now() - last.since >= AGAIN_WITHIN:
            return False
        return await self._ear.work(partial(_took_effect, said=last.id))


def _took_effect(session: Session, said: str) -> bool:
    heard = heard_before(session, said)
    return heard is not None and heard.outcome == "done"
