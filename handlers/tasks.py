"""Tasks: the format's milestones, what people added, and what the council was asked for."""

from datetime import date

from sqlalchemy.orm import Session

from handlers.rules.dates import WorkingDays
from handlers.rules.local import local_day
from handlers.shapes import Format
from store.challenge import Challenge
from store.task import Task, tasks_of


def begin(session: Session, challenge: Challenge, format: Format) -> list[Task]:
    """Give a new challenge its milestones, each with an owner and, once the dates are known, a day."""
    for milestone in format.milestones:
        add(session, challenge, kind="milestone", key=milestone.key, title=milestone.title, owner_role=milestone.owner)
    session.flush()
    redate(session, challenge, format)
    return tasks_of(session, challenge.id)


def add(
    session: Session, challenge: Challenge, *, kind: str, title: str, key: str | None = None,
    owner_role: str | None = None, owner_id: int | None = None, due_on: date | None = None,
) -> Task:  # fmt: skip
    """Add one task with the next number."""
    number = max((task.number for task in tasks_of(session, challenge.id)), default=0) + 1
    task = Task(
        challenge_id=challenge.id, number=number, kind=kind, key=key, title=title,
        owner_role=owner_role, owner_id=owner_id, due_on=due_on, state="open",
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def redate(session: Session, challenge: Challenge, format: Format) -> None:
    """Work out the day of every milestone anew; pinned ones stay."""
    calendar = WorkingDays(challenge.nation)
    anchors = anchor_days(challenge)
    by_key = {milestone.key: milestone for milestone in format.milestones}
    for task in tasks_of(session, challenge.id):
        if task.key in by_key and task.pinned_by is None:
            anchor = anchors[by_key[task.key].anchor]
            task.due_on = by_key[task.key].due(anchor, calendar) if anchor else None


def anchor_days(challenge: Challenge) -> dict[str, date | None]:
    """The days from which milestones are counted, None while one is not known."""
    issued = challenge.final_issued_at
    return {
        "opened": local_day(challenge.opened_at, challenge.zone),
        "first_day": challenge.first_day,
        "last_day": challenge.last_day,
        "final_issued": local_day(issued, challenge.zone) if issued else None,
    }
