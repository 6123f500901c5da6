"""Tasks: the format's milestones, the blanks of the opening, what people added and the council was asked."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.calendars import calendar_of
from handlers.coming import came
from handlers.holding import Holding
from handlers.rules.counting import WorkingDays
from handlers.rules.local import local_day
from handlers.shapes import Format, Milestone
from handlers.words import Words
from store.challenge import Challenge
from store.task import Task, tasks_of

BLANK_DATES = "dates:"
"""The key of the task to agree the on-site dates."""
BLANK_NAME = "name:"
"""The key, before the role's name, of the task to find somebody for a role."""

_ONE_HOLDER = 1


def begin(
    session: Session, challenge: Challenge, format: Format, words: Words, holding: Holding
) -> list[Task]:
    """Give a new challenge its milestones and a task for each blank, each with an owner."""
    for milestone in format.milestones:
        add(
            session,
            challenge,
            kind="milestone",
            key=milestone.key,
            title=milestone.title,
            owner_role=milestone.owner,
            audience=milestone.audience,
        )
    for key, title in _blanks(challenge, format, words, holding):
        _add_blank(session, challenge, format, key, title)
    redate(session, challenge, format)
    return tasks_of(session, challenge.id)


def add(
    session: Session,
    challenge: Challenge,
    *,
    kind: str,
    title: str,
    key: str | None = None,
    audience: str = "liaison",
    owner_role: str | None = None,
    owner_id: int | None = None,
    due_on: date | None = None,
    due_at: datetime | None = None,
    added_by: int | None = None,
    added_at: datetime | None = None,
) -> Task:
    """Add one task with the next number. `added_at` is the opening, where none is given."""
    task = Task(
        challenge_id=challenge.id,
        number=max((task.number for task in tasks_of(session, challenge.id)), default=0) + 1,
        kind=kind,
        key=key,
        title=title,
        audience=audience,
        owner_role=owner_role,
        owner_id=owner_id,
        due_on=due_on,
        due_at=due_at,
        state="open",
        added_by=added_by,
        added_at=added_at or challenge.opened_at,
    )
    session.add(task)
    session.flush()
    return task


# The blanks of the opening


def _blanks(
    challenge: Challenge, format: Format, words: Words, holding: Holding
) -> Iterator[tuple[str, str]]:
    """Key and title for the dates, and for each role of one that nobody holds."""
    if challenge.first_day is None:
        yield BLANK_DATES, words.card("blank_dates", {}).plain
    for role, shape in format.roles.items():
        if shape.fewest == _ONE_HOLDER and not holding.people(role):
            yield BLANK_NAME + role, words.card("blank_name", {"role": shape.label}).plain


def _add_blank(session: Session, challenge: Challenge, format: Format, key: str, title: str) -> None:
    opened = local_day(challenge.opened_at, challenge.zone)
    due = WorkingDays(challenge.nation).after(opened, format.opening.blanks_within)
    add(
        session,
        challenge,
        kind="blank",
        key=key,
        title=title,
        audience="programme",
        owner_role="coordinator",
        due_on=due,
    )


# What settles itself


def keep(session: Session, challenge: Challenge, format: Format, holding: Holding, now: datetime) -> None:
    """Settle what has come by itself, ask again for a name that is blank again, and date everything anew."""
    for task in tasks_of(session, challenge.id):
        event = settled_by(task, format)
        if event is None or task.settled_by is not None:
            continue
        known = came(session, challenge, format, holding, event)
        if task.state == "open" and known:
            task.state, task.settled_at = "done", now
        elif task.state == "done" and task.kind == "blank" and not known:
            task.state, task.settled_at = "open", None
    redate(session, challenge, format)


def settled_by(task: Task, format: Format) -> str | None:
    """The event that settles a task by itself: "proposal_agreed", "name:sponsor"; None for others."""
    if task.kind == "blank":
        return task.key
    milestone = milestone_of(task, format)
    return milestone.done_when if milestone else None


def milestone_of(task: Task, format: Format) -> Milestone | None:
    """The milestone behind a task, None for one that the format does not know."""
    return next((one for one in format.milestones if one.key == task.key), None)


# Dates


def redate(session: Session, challenge: Challenge, format: Format) -> None:
    """Work out the day of every milestone anew; pinned ones stay."""
    anchors = anchor_days(challenge)
    calendar = calendar_of(challenge)
    by_key = {milestone.key: milestone for milestone in format.milestones}
    for task in tasks_of(session, challenge.id):
        if task.key in by_key and task.pinned_by is None:
            due = milestone_day(by_key[task.key], challenge, anchors, calendar)
            if due != task.due_on:
                task.due_on = due


def milestone_day(
    milestone: Milestone, challenge: Challenge, anchors: dict[str, date | None], calendar: WorkingDays
) -> date | None:
    """When a milestone falls due: never before the working day after the opening. None: not known yet."""
    anchor = anchors[milestone.anchor]
    if anchor is None:
        return None
    opened = local_day(challenge.opened_at, challenge.zone)
    return max(milestone.due(anchor, calendar), calendar.next(opened))


def anchor_days(challenge: Challenge) -> dict[str, date | None]:
    """The days from which milestones are counted, None while one is not known."""
    issued = challenge.final_issued_at
    return {
        "opened": local_day(challenge.opened_at, challenge.zone),
        "first_day": challenge.first_day,
        "last_day": challenge.last_day,
        "final_issued": local_day(issued, challenge.zone) if issued else None,
    }
