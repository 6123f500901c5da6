"""The real command, with a SIGKILL waiting at one point. Run as: python -m tests.kill.mortal FILE ARGS…

While FILE exists, the process kills itself at the point whose name is in it, once: FILE is removed first.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot import cli, hear
from bot.rehearsal import Rehearsal
from bot.room.platform import RoomPlatform
from handlers import jobs
from store.session import Store

DieAt = Callable[[str], None]


def _die_at(armed: Path, point: str) -> None:
    if armed.exists() and armed.read_text() == point:
        armed.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def before_commit(die_at: DieAt) -> None:
    """A change was made, and is not committed."""
    dispatch = hear.dispatch

    def dying(*args, **kwargs):
        answer = dispatch(*args, **kwargs)
        die_at("before the commit")
        return answer

    hear.dispatch = dying


def committed_not_answered(die_at: DieAt) -> None:
    """The change is committed, the answer not handed over."""
    listen = hear.Ear.hear

    async def dying(self, said):
        answer = await listen(self, said)
        die_at("committed but not answered")
        return answer

    hear.Ear.hear = dying


def accepted_not_recorded(platform, die_at: DieAt) -> None:
    """The chat has the message, the bot has not written that down."""
    post = platform.post

    async def dying(self, place, card, key, *more):
        address = await post(self, place, card, key, *more)
        die_at("accepted but not recorded")
        return address

    platform.post = dying


def middle_of_tick(die_at: DieAt) -> None:
    """Something that fell due was carried out, and the batch is not committed."""
    carry_out = jobs._carry_out

    def dying(*args, **kwargs):
        carry_out(*args, **kwargs)
        die_at("in the middle of a tick")

    jobs._carry_out = dying


def alone() -> None:
    """Let it settle at its start what it left behind, as on SQLite, whichever the database is.

    On PostgreSQL others may just be doing that, so it waits for the leases: that is for tests/storm.
    """
    Store.alone = property(lambda _store: True)


def mortal(platform, armed: Path) -> None:
    """Let death wait at every point of a bot that speaks on this platform."""
    die_at = partial(_die_at, armed)
    alone()
    before_commit(die_at)
    committed_not_answered(die_at)
    accepted_not_recorded(platform, die_at)
    middle_of_tick(die_at)


def live(armed: Path, arguments: list[str]) -> None:
    """Run the command with these arguments, until death comes. A rehearsal keeps to DATABASE_URL as well."""
    mortal(RoomPlatform, armed)
    cli.Rehearsal = partial(Rehearsal, database=os.environ["DATABASE_URL"])
    sys.argv[1:] = arguments
    cli.main()


if __name__ == "__main__":
    live(Path(sys.argv[1]), sys.argv[2:])
