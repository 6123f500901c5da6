"""What is to be done in a challenge: milestones of the format, added tasks, requests to the council."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person
from store.query import Query, given


class Task(Base):
    """`kind`: milestone, blank, task or request. `state`: open, done or not_needed.

    `key` names the milestone in the format; "dates:" and "name:ROLE" are blanks of the opening.
    Owned by a role, or by a person where one was named; read by an audience of the format.
    `due_on` is a local day; `due_at` the exact moment where one was asked for. A pinned date
    does not move with the visit. `told_at`: its owner heard of it
    at once; `chased_at`: a director was reminded of it, which happens once.
    """

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str]
    key: Mapped[str | None]
    title: Mapped[str]
    audience: Mapped[str]
    owner_role: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    due_at: Mapped[datetime | None]
    pinned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    snoozed_until: Mapped[date | None]
    chased_at: Mapped[datetime | None]

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    pinner: Mapped[Person | None] = relationship(foreign_keys=[pinned_by], viewonly=True)
    adder: Mapped[Person | None] = relationship(foreign_keys=[added_by], viewonly=True)


TASKS = Query(select(Task).where(Task.challenge_id == given("challenge")).order_by(Task.number))


def tasks_of(session: Session, challenge_id: int) -> list[Task]:
    """Every task of a challenge, by number."""
    return TASKS.all(session, challenge=challenge_id)


def open_tasks(session: Session, challenge_id: int) -> list[Task]:
    """The tasks still open, the soonest due first and undated ones last."""
    tasks = [task for task in tasks_of(session, challenge_id) if task.state == "open"]
    return sorted(tasks, key=lambda task: (task.due_on or date.max, task.number))


def task_keyed(session: Session, challenge_id: int, key: str) -> Task | None:
    """The task of a milestone or of a blank ("dates:", "name:sponsor")."""
    return next((task for task in tasks_of(session, challenge_id) if task.key == key), None)
