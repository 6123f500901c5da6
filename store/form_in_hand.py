"""Forms that somebody is filling in: what was put on their earlier pages, until they are sent in or left."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base

LASTS: Final = timedelta(hours=1)
"""For how long a form is kept after it was touched last."""


class FormInHand(Base):
    """A form that takes more than one modal, or is to be answered where it was asked for.

    `name` tells nobody the number that the form itself carries. `url`: where the chat takes the answer.
    `touched_at` is a moment of the machine's clock.
    """

    __tablename__ = "form_in_hand"

    name: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(index=True)
    place: Mapped[dict[str, Any]]
    url: Mapped[str | None]
    pages: Mapped[list[Any]]
    answers: Mapped[list[Any]]
    touched_at: Mapped[datetime] = mapped_column(index=True)


def keep_form(session: Session, form: FormInHand, most: int, since: datetime) -> None:
    """Keep a form as it is now; `most` of the same account are kept, and none not touched since then."""
    session.merge(form)
    session.flush()
    others = select(FormInHand.name).where(FormInHand.account == form.account)
    newest = session.scalars(others.order_by(FormInHand.touched_at.desc(), FormInHand.name).limit(most)).all()
    of_theirs = (FormInHand.account == form.account, FormInHand.name.not_in({*newest, form.name}))
    session.execute(delete(FormInHand).where(*of_theirs))
    forget_forms(session, since)


def forget_forms(session: Session, since: datetime) -> None:
    """Forget what nobody has touched since then."""
    session.execute(delete(FormInHand).where(FormInHand.touched_at < since))
