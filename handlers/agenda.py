"""What falls due in a challenge by itself, and when the bot must look again.

Every noun that has something dated offers a function `due(session, challenge, format)` which
works out its moments from the rows as they stand; nothing dated is kept twice. A moment is
carried out once: those up to `agenda_done_at` are past.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.rules.local import local_text
from handlers.shapes import Format
from store.challenge import Challenge


@dataclass(frozen=True, kw_only=True)
class Due:
    """At `at`, call `run` with what it asks for, and with `facts`. `until`: later it means nothing."""

    at: datetime
    run: Callable[..., None]
    until: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


_AT_ITS_TIME = timedelta(minutes=10)


def meant_for(due: Due, now: datetime, zone: str) -> str:
    """When something was to be said that is said late, as after an outage; "" where it comes in time."""
    return local_text(due.at, zone) if now - due.at > _AT_ITS_TIME else ""


Source = Callable[[Session, Challenge, Format], Iterable[Due]]


def upcoming(sources: Iterable[Source], session: Session, challenge: Challenge, format: Format) -> list[Due]:
    """Everything of a challenge that is still to fall due, the soonest first."""
    return sorted(_all(sources, session, challenge, format), key=lambda due: due.at)


def _all(sources: Iterable[Source], session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    if challenge.closed_at is not None:
        return
    for source in sources:
        for due in source(session, challenge, format):
            if due.at > challenge.agenda_done_at:
                yield due
