"""Rounds of asking after a challenge: when one opens, who is asked, who is reminded and when."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from handlers.rules.counting import WorkingDays, months_after, offset_day

_P = TypeVar("_P", bound=Hashable)


class Timed(Protocol):
    """A question that is asked always, or only once the final is issued."""

    @property
    def asked_when(self) -> str: ...


_Q = TypeVar("_Q", bound=Timed)


def opens_on(
    anchor: date | None, *, working_days: int | None, months: int | None, calendar: WorkingDays
) -> date | None:
    """The first day of a round; None while its anchor is not known.

    Without an offset it is the anchor itself, whether that is worked or not; months end on a
    working day. LGA manual: the interview is about a month after the challenge.
    """
    if anchor is None:
        return None
    if months is not None:
        return calendar.after(months_after(anchor, months), 0)
    return offset_day(anchor, working_days, calendar) if working_days else anchor


def is_open(day: date | None, today: date) -> bool:
    """Whether a round that opens on `day` is open. One whose anchor is not known is not."""
    return day is not None and day <= today


def who_is_asked(holders: Sequence[tuple[str, Iterable[_P]]], *, only_first: bool) -> list[tuple[_P, str]]:
    """Each person once, with the first of the roles that they hold.

    `only_first`: only the holders of the first role that anybody holds.
    """
    filled = [(role, list(people)) for role, people in holders]
    filled = [(role, people) for role, people in filled if people]
    asked: dict[_P, str] = {}
    for role, people in filled[:1] if only_first else filled:
        for person in people:
            asked.setdefault(person, role)
    return list(asked.items())


def reminder_days(asked_on: date, working_days: Iterable[int], calendar: WorkingDays) -> list[date]:
    """The days on which those who have not answered are reminded, the first first, none twice."""
    return sorted({calendar.after(asked_on, count) for count in working_days})


def over_on(
    opens: date, asked: Sequence[tuple[date, date | None]], *,
    reminders: Sequence[int], patience: int, calendar: WorkingDays,
) -> date:  # fmt: skip
    """The working day on which nobody need wait for a round any more.

    `asked`: when each was asked, and finished. It is the next after the last answer; else so many working
    days (`patience`) after the last reminder, or after it opened where nobody was asked.
    """
    if not asked:
        return calendar.after(opens, patience)
    finished = [done for _asked, done in asked if done]
    if len(finished) == len(asked):
        return calendar.next(max(finished))
    return calendar.after(max(day for day, _done in asked), max(reminders, default=0) + patience)


def questions_now(questions: Iterable[_Q], *, final_issued: bool) -> list[_Q]:
    """The questions that make sense now: one about the final is left out until it is issued."""
    return [one for one in questions if one.asked_when == "always" or final_issued]
