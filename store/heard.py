"""Everything the bot has heard, by its id, with the answer it gave: hearing it twice answers it once."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ForeignKey, Index, Insert, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.query import Query, given


class Heard(Base):
    """What was said is not kept, only that it was heard, and the answer's template and facts."""

    __tablename__ = "heard"
    __table_args__ = (Index("ix_heard_handed_over_at_at", "handed_over_at", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    outcome: Mapped[str]
    platform: Mapped[str | None]
    tenant: Mapped[str | None]
    account: Mapped[str | None]
    place: Mapped[str | None]
    direct: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    challenge_id: Mapped[int | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="SET NULL"), index=True
    )
    answer: Mapped[dict[str, Any] | None]
    handed_over_at: Mapped[datetime | None]


class AuditLine(Base):
    """Who did what to which thing, when and where. Never what was written."""

    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    challenge_id: Mapped[int | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="SET NULL"), index=True
    )
    did: Mapped[str]
    thing: Mapped[str | None]
    where: Mapped[str]


HEARD = Query(select(Heard).where(Heard.id == given("id")))
_NOT_HANDED_OVER = Query(
    select(Heard)
    .where(Heard.handed_over_at.is_(None), Heard.answer.is_not(None), Heard.at <= given("before"))
    .order_by(Heard.at)
    .limit(given("limit"))
)
_ABOUT_ONE, _ABOUT_NONE = (Heard.challenge_id == given("challenge"), Heard.challenge_id.is_(None))
_ANSWERED, _ANSWERED_ABOUT_NONE = (
    Query(
        select(Heard)
        .where(
            Heard.person_id == given("person"),
            about,
            Heard.outcome == "done",
            Heard.answer.is_not(None),
            Heard.at >= given("since"),
        )
        .order_by(Heard.at.desc())
    )
    for about in (_ABOUT_ONE, _ABOUT_NONE)
)
_HANDED_OVER = (
    update(Base.metadata.tables[Heard.__tablename__])
    .where(Heard.id == bindparam("said"))
    .values(handed_over_at=given("moment"))
)


def heard_before(session: Session, said: str) -> Heard | None:
    """What was heard under this id, and what was answered."""
    return HEARD.first(session, id=said)


def write_down(session: Session, row: type[Base], **values: Any) -> None:
    """Put a row straight into its table, in this transaction: nobody asks for it again in this unit of work.

    Every command writes two, and this is half as long as by way of the session.
    """
    session.connection().execute(_into(row), values)


@cache
def _into(row: type[Base]) -> Insert:
    return insert(Base.metadata.tables[row.__tablename__])


def mark_handed_over(session: Session, said: Sequence[str], now: datetime) -> None:
    """These answers stand in the chat."""
    if said:
        session.connection().execute(_HANDED_OVER, [{"said": one, "moment": now} for one in said])


def not_handed_over(session: Session, before: datetime, limit: int) -> list[Heard]:
    """Answers that nobody is known to have received, the oldest first."""
    return _NOT_HANDED_OVER.all(session, before=before, limit=limit)


def answered_since(
    session: Session, person_id: int, challenge_id: int | None, since: datetime
) -> list[Heard]:
    """What somebody was answered about a challenge, or about none, since a moment, the newest first."""
    if challenge_id is None:
        return _ANSWERED_ABOUT_NONE.all(session, person=person_id, since=since)
    return _ANSWERED.all(session, person=person_id, challenge=challenge_id, since=since)
