"""What is not needed any more is forgotten: words first, then that there were any.

How long words are kept is the operator's to set (`dispatch.Kept`), and must be far longer than any chat
delivers anything again: Slack does within hours, Teams within minutes. What belongs to a challenge goes by
its format's numbers of days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from handlers import doubts
from handlers.apart import apart
from handlers.desk import Desk
from handlers.rules.local import local_day
from handlers.rules.retention import Days, kept_until
from handlers.shapes import Shapes
from store import erasing
from store.challenge import Challenge, challenges_after
from store.deleting import EVERY_KIND, delete_kind
from store.erasing import Batch, Mark
from store.finding import note
from store.heard import AuditLine, write_down
from store.hold import Deleted, deleted_of, is_held
from store.strangers import forget_strangers

log = structlog.get_logger()

_CHALLENGES_AT_ONCE = 20


@dataclass(frozen=True, kw_only=True)
class At:
    """How far a night's work is: which step, and where in it."""

    step: int = 0
    mark: Mark | None = None


Step = Callable[[Session, datetime, Mark | None], Batch]
_WORDS: tuple[Step, ...] = (
    erasing.forget_heard,
    doubts.give_up,
    erasing.empty_sent,
    erasing.forget_homes,
    erasing.forget_conversations,
    erasing.forget_pauses,
    forget_strangers,
)


def purge(session: Session, desk: Desk, now: datetime, at: At) -> At | None:
    """Forget one batch of what has had its time; where the next begins, None after the last.

    A step that goes wrong is told, and left until the next night.
    """
    step, before = _steps(desk, now)[at.step]
    batch = Batch(rows=0)
    with apart(session, "forgetting_broke", what=step.__name__) as tried:
        batch = step(session, before, at.mark)
    if tried.failure:
        return leave(session, desk, now, at)
    if batch.rows:
        log.info("forgotten", what=step.__name__, rows=batch.rows)
    return _next(desk, now, at, batch)


def leave(session: Session, desk: Desk, now: datetime, at: At) -> At | None:
    """Leave the rest of a step until the next night, and have it told; where the next begins."""
    step, _ = _steps(desk, now)[at.step]
    key = f"forgetting:{step.__name__}:{now.date()}"
    note(session, key, "forgetting_failed", now, due_at=now, what=step.__name__)
    return _next(desk, now, at, Batch(rows=0))


def _steps(desk: Desk, now: datetime) -> list[tuple[Step, datetime]]:
    """What is done in a night, in order, each with the moment up to which things have had their time."""

    def delete_records(session: Session, today: datetime, mark: Mark | None) -> Batch:
        return delete_challenges(session, desk.shapes, today, mark)

    answers, words = now - desk.kept.answers, now - desk.kept.words
    return [(erasing.empty_answers, answers), *((step, words) for step in _WORDS), (delete_records, now)]


def _next(desk: Desk, now: datetime, at: At, batch: Batch) -> At | None:
    if batch.next is not None:
        return At(step=at.step, mark=batch.next)
    return At(step=at.step + 1) if at.step + 1 < len(_steps(desk, now)) else None


# Challenges


def delete_challenges(session: Session, shapes: Shapes, now: datetime, after: Mark | None) -> Batch:
    """Delete those records of the next challenges whose time is over; at most one challenge's.

    Each night anew, as people write on in a challenge that is open; that it was done is told once.
    """
    for challenge in challenges_after(session, after or 0, _CHALLENGES_AT_ONCE):
        after = challenge.id
        kinds = _over(session, shapes, challenge, now)
        before = now - timedelta(days=days_kept(shapes, challenge).deliberation)
        for what in kinds:
            delete_kind(session, challenge.id, what, before)
        if kinds:
            return Batch(rows=_put_on_record(session, challenge, kinds, now), next=after)
    more = len(challenges_after(session, after or 0, 1)) > 0
    return Batch(rows=0, next=after if more else None)


def _over(session: Session, shapes: Shapes, challenge: Challenge, now: datetime) -> list[str]:
    """The kinds of its records whose time is over. None once all are gone: nobody can open it any more."""
    today = local_day(now, challenge.zone)
    over = [what for what, day in days_of_records(shapes, challenge).items() if day <= today]
    if not over or is_held(session, challenge.id):
        return []
    return [] if deleted_of(session, challenge.id) == EVERY_KIND else over


def days_of_records(shapes: Shapes, challenge: Challenge) -> dict[str, date]:
    """The day on which each kind of a challenge's records goes, where that is known yet."""
    return kept_until(
        days_kept(shapes, challenge),
        last_day=challenge.last_day,
        final=_day(challenge.final_issued_at, challenge),
        closed=_day(challenge.closed_at, challenge),
    )


def days_kept(shapes: Shapes, challenge: Challenge) -> Days:
    """How long records of a challenge are kept."""
    return Days(**shapes.format(challenge.format).retention.model_dump())


def _day(moment: datetime | None, challenge: Challenge) -> date | None:
    return local_day(moment, challenge.zone) if moment else None


def _put_on_record(session: Session, challenge: Challenge, kinds: list[str], now: datetime) -> int:
    """Put on record which kinds were deleted for the first time; how many."""
    gone = deleted_of(session, challenge.id)
    first = [what for what in kinds if what not in gone]
    known: dict[str, Any] = {"at": now, "person_id": None, "challenge_id": challenge.id, "where": ""}
    for what in first:
        session.add(Deleted(challenge_id=challenge.id, what=what, at=now))
        write_down(session, AuditLine, did="deleted", thing=what, **known)
        log.info("records_deleted", challenge=challenge.id, what=what)
    return len(first)
