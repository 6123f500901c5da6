"""Which records of a challenge have had their time. DOMAIN: retention, with the format's numbers of days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class Days:
    """How many days after which moment each kind of records is kept.

    `access`: after the last on-site day, what peers told of themselves. `deliberation`: after the final
    (where none was issued, the closing), what the team thought. `logistics`: after the closing, the
    planning. `evaluation`: after the closing, answers to questionnaires.
    """

    access: int
    deliberation: int
    logistics: int
    evaluation: int


def time_is_over(
    days: Days, today: date, *, last_day: date | None, final: date | None, closed: date | None
) -> tuple[str, ...]:
    """The kinds of records of which nothing is kept any longer, in the order of `Days`."""
    begins = {"access": last_day, "deliberation": final or closed, "logistics": closed, "evaluation": closed}
    return tuple(_over(days, today, begins))


def _over(days: Days, today: date, begins: dict[str, date | None]) -> Iterator[str]:
    for what, since in begins.items():
        if since is not None and since + timedelta(days=getattr(days, what)) <= today:
            yield what
