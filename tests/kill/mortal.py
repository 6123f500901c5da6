"""The real command, with a SIGKILL waiting at one point. Run as: python -m tests.kill.mortal FILE ARGS…

While FILE exists, the process kills itself at the point whose name is in it, once: FILE is removed first.
"""

import os
import signal
import sys
from pathlib import Path

from bot import cli, hear
from bot.room.platform import RoomPlatform
from handlers import jobs

ARMED = Path(sys.argv[1])


def die_at(point: str) -> None:
    if ARMED.exists() and ARMED.read_text() == point:
        ARMED.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def before_commit() -> None:
    """A change was made, and is not committed."""
    dispatch = hear.dispatch

    def dying(*args, **kwargs):
        answer = dispatch(*args, **kwargs)
        die_at("before the commit")
        return answer

    hear.dispatch = dying


def committed_not_answered() -> None:
    """The change is committed, the answer not handed over."""
    listen = hear.Ear.hear

    async def dying(self, said):
        answer = await listen(self, said)
        die_at("committed but not answered")
        return answer

    hear.Ear.hear = dying


def accepted_not_recorded(platform) -> None:
    """The chat has the message, the bot has not written that down."""
    post = platform.post

    async def dying(self, place, card, key, only_for=None):
        address = await post(self, place, card, key, only_for)
        die_at("accepted but not recorded")
        return address

    platform.post = dying


def middle_of_tick() -> None:
    """Something that fell due was carried out, and the batch is not committed."""
    carry_out = jobs._carry_out

    def dying(*args, **kwargs):
        carry_out(*args, **kwargs)
        die_at("in the middle of a tick")

    jobs._carry_out = dying


def mortal(platform) -> None:
    """Let death wait at every point of a bot that speaks on this platform."""
    before_commit()
    committed_not_answered()
    accepted_not_recorded(platform)
    middle_of_tick()


if __name__ == "__main__":
    mortal(RoomPlatform)
    sys.argv[1:] = sys.argv[2:]
    cli.main()
