"""A press that Teams sends again under another id, because no response came in time, is the same press."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.teams.hearing import Act
from store.heard import heard_before

AGAIN_WITHIN: Final = timedelta(seconds=30)
"""The same press within this is one. Teams waits five seconds for a response, and tries again twice."""

_MOST: Final = 10_000


@dataclass(kw_only=True)
class _Press:
    """`late`: the response to it was not sent in time, so that Teams sends it again."""

    id: str
    at: datetime
    late: bool = False


class Presses:
    """What was pressed lately, by account and button.

    What was refused may be pressed again at once; and where all was in time so may what took effect, once
    something else was done: somebody who says yes, no, and yes means yes.
    """

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._pressed: OrderedDict[Hashable, _Press] = OrderedDict()
        self._last: OrderedDict[Hashable, str] = OrderedDict()

    async def once(self, act: Act) -> Act:
        """The act; where it is a press that is sent again, under the id by which that had its effect."""
        before = self._pressed.get((act.user, act.press)) if act.press else None
        if before and await self._is_again(before, act):
            return replace(act, id=before.id)
        if act.press:
            _keep(self._pressed, (act.user, act.press), _Press(id=act.id, at=self._ear.clock.wall()))
        _keep(self._last, act.user, act.id)
        return act

    def late(self, act: Act) -> None:
        """The response to an act is not sent in time."""
        before = self._pressed.get((act.user, act.press))
        if before:
            before.late = True

    async def _is_again(self, before: _Press, act: Act) -> bool:
        if self._ear.clock.wall() - before.at >= AGAIN_WITHIN:
            return False
        if not before.late and self._last.get(act.user) != before.id:
            return False
        return await self._ear.work(partial(_took_effect, said=before.id))


def _keep(among: OrderedDict[Hashable, Any], name: Hashable, found: object) -> None:
    among[name] = found
    among.move_to_end(name)
    while len(among) > _MOST:
        among.popitem(last=False)


def _took_effect(session: Session, said: str) -> bool:
    heard = heard_before(session, said)
    return heard is not None and heard.outcome == "done"
