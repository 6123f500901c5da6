"""The same days without a storm: what everybody is to get, whatever happens to the bot."""

from dataclasses import dataclass
from pathlib import Path

from tests.storm import reckoning
from tests.storm.outbreak import stormed
from tests.storm.reckoning import Left
from tests.storm.storm import Plan


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """What is left, and how much passed between the chat and the bot until then."""

    left: Left
    happenings: int


async def undisturbed(plan: Plan, folder: Path) -> Undisturbed:
    """Play the story of a plan with one process that nobody kills."""
    async with stormed(plan, folder) as storm:
        with storm.engine.connect() as connection:
            return Undisturbed(
                left=reckoning.left(storm.peer, connection), happenings=storm.happenings.number
            )
