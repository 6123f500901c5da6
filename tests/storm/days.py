"""What people do on the on-site days. The same seed is the same story, whatever happens to the bot."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.talk.script import Step, read
from tests.storm.councils import EVE, Council

NOTES = """
{lead} in team of {name}: /challenge note front door strength Staff explain thresholds in the same way
{peer}: note front door to consider Reasons are recorded in different ways on day {day}
{manager}: note care leavers exploring Housing choices, too early to say more
"""
ASKS = """
{manager}: ask host "learning plan {day}" by fri noon
"""
DRAFTS = """
{manager}: summary
"""
AGREES = (
    """
{manager} presses "Agree"
""",
    """
{lead}: summary agree
""",
)
THANKS = """
{sponsor} presses "Thank you"
"""
SPOKE = """
{lead}: summary spoke
{lead} fills "We spoke instead": actions="Share the recording form {day}"
"""
HELD = """
{manager}: summary hold
"""
SUITS = """
{lead} presses "Tell the sponsor"
{lead} fills "Preview with the sponsor": when=5.30pm
"""
TOOK_PLACE = """
{manager} presses "It took place"
"""
LOOKS = """
{sponsor}: status
{organiser}: next
"""

EVENINGS = ("together", "together", "one_by_one", "late", "spoke", "held")


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What happens from a moment on. The steps of a lane follow each other, the lanes go side by side."""

    moment: datetime
    lanes: tuple[tuple[Step, ...], ...]


def story(councils: Sequence[Council], days: int, seed: int) -> list[Chapter]:
    """The chapters of so many on-site days, of up to four."""
    lot = random.Random(seed)  # noqa: S311
    found = [_chapter(EVE, [])]
    for number in range(1, days + 1):
        evenings = {council: lot.choice(EVENINGS) for council in councils}
        found += _day(EVE + timedelta(days=number), number, _DAYS[number], evenings)
    return found


Acts: TypeAlias = Sequence[tuple[str, dict[str, tuple[str, ...]]]]
"""The moments of a day, with what is done in each, by the kind of evening ("": whichever it is)."""

_WITH_MESSAGE: Acts = (
    ("08:45", {"": (LOOKS,)}),
    ("11:20", {"": (NOTES, ASKS)}),
    ("17:10", {"together": (DRAFTS,), "one_by_one": (DRAFTS,), "held": (DRAFTS,), "spoke": (SPOKE,)}),
    ("17:12", {"together": AGREES, "one_by_one": AGREES[:1], "held": (HELD,)}),
    ("17:25", {"together": (THANKS,), "one_by_one": AGREES[1:]}),
    ("18:50", {"late": AGREES}),
    ("19:10", {"late": (THANKS,)}),
    ("20:30", {}),
)
_DAYS: dict[int, Acts] = {
    1: _WITH_MESSAGE,
    2: _WITH_MESSAGE,
    3: (("09:00", {"": (SUITS, LOOKS)}), ("18:20", {"": (TOOK_PLACE,)})),
    4: (("09:00", {"": (LOOKS,)}), ("16:30", {})),
}


def _day(begins: datetime, number: int, acts: Acts, evenings: dict[Council, str]) -> Iterator[Chapter]:
    for clock, by_evening in acts:
        hour, minute = map(int, clock.split(":"))
        lanes = [
            script.format(day=number, **vars(council))
            for council, evening in evenings.items()
            for script in (*by_evening.get("", ()), *by_evening.get(evening, ()))
        ]
        yield _chapter(begins.replace(hour=hour, minute=minute), lanes)


def _chapter(moment: datetime, lanes: Sequence[str]) -> Chapter:
    return Chapter(moment=moment, lanes=tuple(tuple(read(lane)) for lane in lanes))
