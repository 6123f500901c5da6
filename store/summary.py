"""The day's no-surprises summary: its revisions, who agreed which, who gets it, what the sponsor answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.outbox import Outgoing
from store.person import Person
from store.query import Query, given


class Summary(Base):
    """One a challenge and day. Every edit raises `revision`, and agreements to an older one count no more.

    `state`: draft, held, spoken (a conversation took its place), nothing (nothing to report),
    released, correcting (released, and a correction waits for agreement) or dropped (released too
    late to be handed over, and given up). `content` is the newest words, `released` those that
    left the team. `reason`: why one released revision `alone_revision` alone. `deliver_by`: a
    message that has not arrived by then is held.
    """

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("challenge_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    day: Mapped[date]
    revision: Mapped[int]
    state: Mapped[str]
    content: Mapped[dict[str, Any]]
    released: Mapped[dict[str, Any] | None]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    alone_revision: Mapped[int | None]
    released_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    deliver_by: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    agreements: Mapped[list["Agreement"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    changer: Mapped[Person | None] = relationship(foreign_keys=[changed_by], lazy="joined")
    settler: Mapped[Person | None] = relationship(foreign_keys=[settled_by], lazy="joined")

    # Two who agree in the same moment must see each other: the later one is tried again.
    __mapper_args__ = {"version_id_col": version}


class Agreement(Base):
    """Somebody agreed one revision of a summary, in the role the format asks to agree."""

    __tablename__ = "agreement"

    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined")


class SummaryAnswer(Base):
    """What the sponsor said to a released summary: thanks, context, tonight or tomorrow."""

    __tablename__ = "summary_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    text: Mapped[str | None]
    answered_at: Mapped[datetime]


class SummaryReader(Base):
    """Somebody named to get the released summaries beside the sponsor, once the sponsor agreed."""

    __tablename__ = "summary_reader"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    named_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


class SponsorTalk(Base):
    """A talk with the sponsor that takes a summary's place: the preview, or the close of the case review.

    `at` is when it was offered for; what is said there is not kept.
    """

    __tablename__ = "sponsor_talk"
    __table_args__ = (UniqueConstraint("challenge_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    kind: Mapped[str]
    at: Mapped[datetime]
    offered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    offered_at: Mapped[datetime | None]
    suits_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]


_CHALLENGE = given("challenge")

_SUMMARIES = Query(select(Summary).where(Summary.challenge_id == _CHALLENGE).order_by(Summary.day.desc()))
_TALKS = Query(select(SponsorTalk).where(SponsorTalk.challenge_id == _CHALLENGE))


def summary_of(session: Session, challenge_id: int, day: date) -> Summary | None:
    """The summary of one on-site day, once it was drafted or settled."""
    return next((one for one in summaries_of(session, challenge_id) if one.day == day), None)


def summaries_of(session: Session, challenge_id: int) -> list[Summary]:
    """The summaries of a challenge, the newest day first."""
    return _SUMMARIES.all(session, challenge=challenge_id)


def messages_of(session: Session, summary: Summary) -> list[Outgoing]:
    """The newest message to each reader of a released summary."""
    rows = session.scalars(
        select(Outgoing)
        .where(Outgoing.slot.like(f"{slot_of(summary)}%"), Outgoing.state != "replaced")
        .order_by(Outgoing.id)
    )
    return list({row.slot: row for row in rows}.values())


def sent_to(session: Session, summary: Summary) -> set[int | None]:
    """Who was sent a released summary, or is to get it still; not those for whom it was given up."""
    rows = select(Outgoing.person_id).where(
        Outgoing.slot.like(f"{slot_of(summary)}%"), Outgoing.state.not_in(("withdrawn", "replaced"))
    )
    return set(session.scalars(rows))


def slot_of(summary: Summary) -> str:
    """What the slots of a released summary's messages begin with."""
    return f"released:{summary.id}:"


def answers_to(session: Session, summary_id: int, person_id: int) -> list[SummaryAnswer]:
    """What somebody answered to a summary, oldest first."""
    return list(
        session.scalars(
            select(SummaryAnswer)
            .where(SummaryAnswer.summary_id == summary_id, SummaryAnswer.person_id == person_id)
            .order_by(SummaryAnswer.id)
        )
    )


def readers_waiting(session: Session, challenge_id: int) -> list[SummaryReader]:
    """Those named to get the released summaries to whom the sponsor has not agreed."""
    mine = (SummaryReader.challenge_id == challenge_id, SummaryReader.agreed_at.is_(None))
    return list(session.scalars(select(SummaryReader).where(*mine).order_by(SummaryReader.named_at)))


def talks_of(session: Session, challenge_id: int) -> list[SponsorTalk]:
    """The talks with the sponsor that were offered or held."""
    return _TALKS.all(session, challenge=challenge_id)


def talk_of(session: Session, challenge_id: int, kind: str) -> SponsorTalk | None:
    """The talk of a kind, once it was offered or held."""
    talks = _TALKS.all(session, challenge=challenge_id)
    return next((talk for talk in talks if talk.kind == kind), None)
