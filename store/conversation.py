"""The question a person was last asked in direct messages: plain words answer it."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class OpenQuestion(Base):
    """At most one a person. `series` is scoping or a questionnaire; `resume_at`: when to ask again, once."""

    __tablename__ = "open_question"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    series: Mapped[str]
    question: Mapped[str]
    asked_at: Mapped[datetime]
    resume_at: Mapped[datetime | None] = mapped_column(index=True)
