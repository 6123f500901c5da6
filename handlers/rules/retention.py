"""Which records of a challenge have had their time. DOMAIN: retention, with the format's numbers of days."""

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


def kept_until(
    days: Days, *, last_day: date | None, final: date | None, closed: date | None
) -> dict[str, date]:
    """The day on which each kind of records goes, in the order of `Days`; without those not known yet."""
    begins = {"access": last_day, "deliberation": final or closed, "logistics": closed, "evaluation": closed}
    return {
        what: since + timedelta(days=getattr(days, what))
        for what, since in begins.items()
        if since is not None
    }
