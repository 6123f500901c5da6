"""Buttons that were pressed just now, where a chat may deliver one press under several ids."""

from datetime import datetime

from sqlalchemy import and_, delete, false, or_
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base


class Press(Base):
    """A button that somebody pressed, and did nothing else since.

    `who` and `button` are the chat's own words. `said`: the id by which it was heard. `at` is a moment of the
    machine's clock. `late`: the chat got no response in time, and sends it again, whatever was done since.
    """

    __tablename__ = "press"

    who: Mapped[str] = mapped_column(primary_key=True)
    button: Mapped[str] = mapped_column(primary_key=True)
    said: Mapped[str]
    at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False, server_default=false())


def press_since(session: Session, who: str, button: str, since: datetime) -> Press | None:
    """Somebody's press of a button after a moment."""
    press = session.get(Press, (who, button))
    return press if press and press.at > since else None


def forget_presses(session: Session, who: str, button: str | None, since: datetime) -> None:
    """Forget what somebody pressed before they did something else, and what anybody did until a moment."""
    others = and_(Press.who == who, Press.button != (button or ""), Press.late.is_(False))
    session.execute(delete(Press).where(or_(others, Press.at <= since)))
