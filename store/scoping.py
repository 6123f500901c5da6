"""What was said in scoping, the key lines of enquiry, and the versions of the proposal."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.query import Query, given


class ScopingAnswer(Base):
    """One answer to one scoping question. Noted by somebody; confirmed once the sponsor has seen it.

    `text` is what a person reads. `chosen` are the values of an answer that was chosen from a list, and
    the single questions of one that was split.
    """

    __tablename__ = "scoping_answer"
    __table_args__ = (UniqueConstraint("challenge_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    question: Mapped[str]
    text: Mapped[str]
    chosen: Mapped[list[Any] | None]
    skipped: Mapped[bool] = mapped_column(default=False)
    noted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]


class KeyLine(Base):
    """A key line of enquiry. Its number stays when others are dropped.

    `source` is the scoping question whose answer it came from, None when somebody added it.
    """

    __tablename__ = "key_line"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    source: Mapped[str | None]
    dropped_at: Mapped[datetime | None]


class Proposal(Base):
    """One version of the scoping proposal. `state`: sent, agreed, changes, replaced."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    state: Mapped[str]
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    changes: Mapped[str | None]


_CHALLENGE = given("challenge")

_ANSWERS = Query(
    select(ScopingAnswer).where(ScopingAnswer.challenge_id == _CHALLENGE).order_by(ScopingAnswer.id)
)
_KEY_LINES = Query(select(KeyLine).where(KeyLine.challenge_id == _CHALLENGE).order_by(KeyLine.number))
_LAST_NUMBER = Query(select(func.max(KeyLine.number)).where(KeyLine.challenge_id == _CHALLENGE))
_PROPOSALS = Query(
    select(Proposal).where(Proposal.challenge_id == _CHALLENGE).order_by(Proposal.number.desc())
)


def scoping_answers(session: Session, challenge_id: int) -> dict[str, ScopingAnswer]:
    """The answers of a challenge's scoping, by the name of the question."""
    return {row.question: row for row in _ANSWERS.all(session, challenge=challenge_id)}


def key_lines(session: Session, challenge_id: int) -> list[KeyLine]:
    """The key lines of enquiry that were not dropped, by number."""
    return [line for line in _KEY_LINES.all(session, challenge=challenge_id) if line.dropped_at is None]


def key_lines_from(session: Session, challenge_id: int) -> list[KeyLine]:
    """The key lines that came from scoping answers, dropped ones too, by number."""
    return [line for line in _KEY_LINES.all(session, challenge=challenge_id) if line.source is not None]


def last_key_line_number(session: Session, challenge_id: int) -> int:
    """The highest number ever given to a key line of a challenge, 0 before the first."""
    return _LAST_NUMBER.first(session, challenge=challenge_id) or 0


def proposals(session: Session, challenge_id: int) -> list[Proposal]:
    """Every version of the proposal, the newest first."""
    return _PROPOSALS.all(session, challenge=challenge_id)


def agreed_proposal(session: Session, challenge_id: int) -> Proposal | None:
    """The version that the sponsor agreed last."""
    return next((one for one in proposals(session, challenge_id) if one.state == "agreed"), None)


def newest_proposal(session: Session, challenge_id: int) -> Proposal | None:
    """The last version of the proposal."""
    return next(iter(proposals(session, challenge_id)), None)


def proposal_numbered(session: Session, challenge_id: int, number: int) -> Proposal | None:
    """The version with this number."""
    return next((one for one in proposals(session, challenge_id) if one.number == number), None)
