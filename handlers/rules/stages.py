"""Where a challenge is: which moments it has reached, and which stage it is in."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`name`: opening, scoping, preparation, on_site, reporting, evaluation or closed.

    `day` and `days` count the on-site days, 0 outside them.
    """

    name: str
    day: int = 0
    days: int = 0


def reached(*, ready: bool, proposal_agreed: bool, peer_confirmed: bool) -> frozenset[str]:
    """The moments that rooms wait for. None counts before somebody pressed *Ready to contact*."""
    if not ready:
        return frozenset()
    moments = {"proposal_agreed": proposal_agreed, "first_peer_confirmed": peer_confirmed}
    return frozenset({"ready", *(name for name, come in moments.items() if come)})


def stage(
    today: date,
    *,
    ready: bool,
    proposal_agreed: bool,
    first_day: date | None,
    last_day: date | None,
    final_issued: bool,
    closed: bool,
) -> Stage:
    """The stage of a challenge on a local day."""
    if closed:
        return Stage(name="closed")
    if final_issued:
        return Stage(name="evaluation")
    if first_day and last_day and today >= first_day:
        days = (last_day - first_day).days + 1
        if today <= last_day:
            return Stage(name="on_site", day=(today - first_day).days + 1, days=days)
        return Stage(name="reporting")
    if proposal_agreed:
        return Stage(name="preparation")
    return Stage(name="scoping" if ready else "opening")
