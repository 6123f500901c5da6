"""Questionnaires: who takes part, and, apart from them, what was answered."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person
from store.query import Query, given
from store.role import Role


class Participation(Base):
    """Somebody was asked to answer a questionnaire, for the `role` they held then.

    `sheet` leads to the answers once they began; it is forgotten when an anonymous questionnaire
    is finished. In an interview, `asked_by` fills it in.
    """

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


def _anywhere() -> int:
    return secrets.randbits(62)


class SheetAnswer(Base):
    """One answer on one sheet; None: left out.

    Nothing here says whose sheet it is, nor, the id being random, when the answer came.
    """

    __tablename__ = "sheet_answer"
    __table_args__ = (UniqueConstraint("sheet", "question"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False, default=_anywhere
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    questionnaire: Mapped[str]
    sheet: Mapped[str]
    question: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON)


def new_sheet() -> str:
    """A sheet that nothing leads to but its token."""
    return secrets.token_hex(16)


_PARTICIPATIONS = Query(
    select(Participation).where(Participation.challenge_id == given("challenge")).order_by(Participation.id)
)


def participations(session: Session, challenge_id: int, questionnaire: str) -> list[Participation]:
    """Everybody who was asked to answer a questionnaire."""
    rows = all_participations(session, challenge_id)
    return [row for row in rows if row.questionnaire == questionnaire]


def all_participations(session: Session, challenge_id: int) -> list[Participation]:
    """Everybody who was asked to answer any questionnaire of a challenge."""
    return _PARTICIPATIONS.all(session, challenge=challenge_id)


def sheet_answers(session: Session, sheet: str) -> dict[str, SheetAnswer]:
    """The answers on a sheet, by the name of the question."""
    rows = session.scalars(select(SheetAnswer).where(SheetAnswer.sheet == sheet))
    return {row.question: row for row in rows}


def finished_sheets(session: Session, challenge_id: int, questionnaire: str) -> list[dict[str, Any]]:
    """The answers of those who have finished: a sheet each, in no order, and nothing says whose it is."""
    unfinished = {
        one.sheet
        for one in participations(session, challenge_id, questionnaire)
        if one.finished_at is None and one.sheet
    }
    rows = session.scalars(
        select(SheetAnswer)
        .where(SheetAnswer.challenge_id == challenge_id, SheetAnswer.questionnaire == questionnaire)
        .order_by(SheetAnswer.id)
    )
    sheets: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.sheet not in unfinished:
            sheets.setdefault(row.sheet, {})[row.question] = row.value
    return list(sheets.values())


def ever_held(
    session: Session, person_id: int, challenge_id: int, programme_id: int, roles: Collection[str]
) -> bool:
    """Whether somebody has, had or will have one of these roles in a challenge, or in the whole programme."""
    held = select(Role).where(
        Role.programme_id == programme_id,
        Role.person_id == person_id,
        Role.role.in_(roles),
        or_(Role.challenge_id == challenge_id, Role.challenge_id.is_(None)),
    )
    return session.scalars(held).first() is not None


def unsent_keyed(session: Session, beginning: str) -> list[Outgoing]:
    """The outbox rows that no chat has seen yet and whose key begins like this."""
    unsent = select(Outgoing).where(Outgoing.state == "ready")
    return list(session.scalars(unsent.where(Outgoing.key.startswith(beginning, autoescape=True))))


def answers_heard(session: Session, person_id: int, since: datetime) -> list[Heard]:
    """Everything somebody said since, that was answered."""
    return list(
        session.scalars(
            select(Heard).where(Heard.person_id == person_id, Heard.at >= since, Heard.answer.is_not(None))
        )
    )


def asked_in_conversation(session: Session, person_id: int, challenge_id: int) -> list[Outgoing]:
    """The messages to somebody about a challenge that asked a question."""
    to_them = select(Outgoing).where(Outgoing.person_id == person_id, Outgoing.challenge_id == challenge_id)
    return list(session.scalars(to_them.where(Outgoing.template == "question")))
