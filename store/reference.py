"""Conversations in which a chat lets the bot speak first, for chats that have to be told where they are."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base


class ConversationReference(Base):
    """Where a conversation is, as its latest activity said.

    `kind`: personal, group or channel. `team`: of a channel. `account`: who the personal one is with; `user`:
    what the chat calls them before this bot, where it does not go by the account.
    `gone_at`: from then on the bot cannot speak there, until it hears from there again.
    """

    __tablename__ = "conversation_reference"

    platform: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    kind: Mapped[str]
    service_url: Mapped[str]
    team: Mapped[str | None]
    account: Mapped[str | None]
    user: Mapped[str | None]
    gone_at: Mapped[datetime | None]
    since: Mapped[datetime]  # when any of this changed last


def references(session: Session, platform: str, since: datetime | None = None) -> list[ConversationReference]:
    """Every conversation of a chat that the bot ever was in, the one that changed last at the end.

    `since`: only what changed from then on.
    """
    known = select(ConversationReference).where(ConversationReference.platform == platform)
    if since:
        known = known.where(ConversationReference.since >= since)
    return list(session.scalars(known.order_by(ConversationReference.since, ConversationReference.address)))


def personal_reference(session: Session, platform: str, account: str) -> ConversationReference | None:
    """What is kept of the personal conversation with somebody that changed last."""
    own = (ConversationReference.platform == platform, ConversationReference.account == account)
    return session.scalars(
        select(ConversationReference).where(*own).order_by(ConversationReference.since.desc()).limit(1)
    ).first()


def reference(session: Session, platform: str, address: str) -> ConversationReference | None:
    """What is kept of one conversation."""
    return session.get(ConversationReference, (platform, address))
