"""A press that Teams sends again under another id, because no response came in time, is the same press."""

from datetime import timedelta
from functools import partial
from typing import Final

from bot.hear import Ear
from bot.teams.conversations import PLATFORM
from bot.teams.hearing import Act
from handlers.message import Pressed
from handlers.presses import not_in_time

AGAIN_WITHIN: Final = timedelta(seconds=30)
"""The same press within this is one. Teams waits five seconds for a response, and tries again twice."""


def pressed(act: Act, ear: Ear) -> Pressed:
    """Which button it was, of whom, for whichever process hears of it again."""
    now, who = ear.clock.wall(), f"{PLATFORM}:{act.where.tenant}:{act.speaker}"
    return Pressed(who=who, button=act.press, at=now, since=now - AGAIN_WITHIN)


async def late(act: Act, ear: Ear) -> None:
    """The response to an act is not sent in time."""
    if act.press:
        await ear.work_at_once(partial(not_in_time, pressed=pressed(act, ear), said=act.id))
