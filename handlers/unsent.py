"""What was queued for a day from which its date has moved: it is forgotten; what was sent stays sent."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.shapes import Format
from handlers.tasks import redate
from handlers.visit import days_of
from store.challenge import Challenge
from store.outbox import unsent_later
from store.task import open_tasks


def redated(session: Session, challenge: Challenge, format: Format) -> set[date]:
    """Work every date out anew; the days on which nothing falls due any more."""
    before = _due_days(session, challenge)
    redate(session, challenge, format)
    return before - _due_days(session, challenge) - set(days_of(challenge))


def forget_moved(session: Session, challenge: Challenge, now: datetime, gone: set[date]) -> None:
    """Delete the unsent messages that were for these days."""
    steps = tuple(f":{challenge.id}:{day}" for day in gone)
    for row in unsent_later(session, challenge.id, now):
        if row.key.removeprefix(str(row.template)).startswith(steps):
            session.delete(row)
    session.flush()


def _due_days(session: Session, challenge: Challenge) -> set[date]:
    """Every day on which something falls due."""
    return {task.due_on for task in open_tasks(session, challenge.id) if task.due_on}
