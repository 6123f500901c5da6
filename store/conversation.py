"""Questions asked in direct messages, one at a time: plain words answer the open one."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.challenge import Challenge
from store.person import Person
from store.query import Query, given


class OpenQuestion(Base):
    """One person, one series of questions, in one challenge.

    `series` names it ("scoping"); `thing` says which of several ("" where there is one). `question`
    is the one asked last, "" before the first and after the last (`ended`). `open`: plain words of this
    person answer it; at most one a person is. `resume_at`: put off until then, when it is asked again, once.
    """

    __tablename__ = "open_question"
    __table_args__ = (UniqueConstraint("person_id", "challenge_id", "series", "thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    series: Mapped[str]
    thing: Mapped[str] = mapped_column(default="")
    question: Mapped[str] = mapped_column(default="")
    open: Mapped[bool] = mapped_column(default=False)
    ended: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    resume_at: Mapped[datetime | None] = mapped_column(index=True)

    person: Mapped[Person] = relationship(lazy="joined")
    challenge: Mapped[Challenge] = relationship(lazy="joined")


_PERSON = given("person")

OPEN = Query(
    select(OpenQuestion).where(OpenQuestion.person_id == _PERSON, OpenQuestion.open.is_(True)).limit(1)
)
_CONVERSATION = Query(
    select(OpenQuestion).where(
        OpenQuestion.person_id == _PERSON,
        OpenQuestion.challenge_id == given("challenge"),
        OpenQuestion.series == given("series"),
        OpenQuestion.thing == given("thing"),
    )
)
_TO_RESUME = Query(
    select(OpenQuestion)
    .where(OpenQuestion.resume_at <= given("now"))
    .order_by(OpenQuestion.resume_at, OpenQuestion.id)
    .limit(given("limit"))
)


def open_question(session: Session, person_id: int) -> OpenQuestion | None:
    """What somebody's plain words answer now."""
    return OPEN.first(session, person=person_id)


def last_question(session: Session, person_id: int) -> OpenQuestion | None:
    """What somebody was asked last, open or not."""
    return session.scalars(
        select(OpenQuestion)
        .where(OpenQuestion.person_id == person_id)
        .order_by(OpenQuestion.open.desc(), OpenQuestion.asked_at.desc(), OpenQuestion.id.desc())
        .limit(1)
    ).first()


def conversation(
    session: Session, person_id: int, challenge_id: int, series: str, thing: str
) -> OpenQuestion | None:
    """The conversation with somebody about one series, once it was begun."""
    return _CONVERSATION.first(session, person=person_id, challenge=challenge_id, series=series, thing=thing)


def conversations(session: Session, challenge_id: int, series: str) -> list[OpenQuestion]:
    """Every conversation about one series in a challenge."""
    mine = (OpenQuestion.challenge_id == challenge_id, OpenQuestion.series == series)
    return list(session.scalars(select(OpenQuestion).where(*mine).order_by(OpenQuestion.id)))


def take_the_floor(session: Session, row: OpenQuestion) -> None:
    """From now on plain words answer this one."""
    for other in session.scalars(
        select(OpenQuestion).where(OpenQuestion.person_id == row.person_id, OpenQuestion.open.is_(True))
    ):
        other.open = False
    session.flush()
    row.open = True


def to_resume(session: Session, now: datetime, limit: int) -> list[OpenQuestion]:
    """Conversations that are to be taken up again by `now`, at most `limit`."""
    return _TO_RESUME.all(session, now=now, limit=limit)


def next_resume(session: Session) -> datetime | None:
    """When the next conversation is to be taken up again."""
    return session.scalar(select(func.min(OpenQuestion.resume_at)))


def conversations_about(session: Session, challenge_id: int) -> list[OpenQuestion]:
    """Everybody's conversations about a challenge."""
    return list(session.scalars(select(OpenQuestion).where(OpenQuestion.challenge_id == challenge_id)))
