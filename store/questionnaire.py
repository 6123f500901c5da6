"""Questionnaires: who takes part, and, apart from them, what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person


class Participation(Base):
    """Somebody was asked to answer a questionnaire. `sheet` leads to the answers while that is allowed:
    it is forgotten when an anonymous questionnaire is finished."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("challenge_id", "questionnaire", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    questionnaire: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    sheet: Mapped[str | None]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


class SheetAnswer(Base):
    """One answer on one sheet. Nothing here says whose sheet it is."""

    __tablename__ = "sheet_answer"
    __table_args__ = (UniqueConstraint("sheet", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    questionnaire: Mapped[str]
    sheet: Mapped[str]
    question: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON)


def participations(session: Session, challenge_id: int, questionnaire: str) -> list[Participation]:
    """Everybody who was asked to answer a questionnaire."""
    return list(
        session.scalars(
            select(Participation)
            .where(Participation.challenge_id == challenge_id, Participation.questionnaire == questionnaire)
            .order_by(Participation.id)
        )
    )


def sheet_answers(session: Session, sheet: str) -> dict[str, SheetAnswer]:
    """The answers on a sheet, by the name of the question."""
    rows = session.scalars(select(SheetAnswer).where(SheetAnswer.sheet == sheet))
    return {row.question: row for row in rows}
