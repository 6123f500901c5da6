"""What the bot found undone when it looked at itself: each once, until it is over."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base


class Finding(Base):
    """A step that should have happened and has not: its name and its place, never any content.

    `key` names the step for as long as it is missing, `kind` what is wrong with it. `due_at`: when it
    should have happened; `since`, `seen_at`: when it was first and last found; `told_at`: when people heard.
    """

    __tablename__ = "finding"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


def note(
    session: Session, key: str, kind: str, now: datetime, *,
    due_at: datetime, challenge_id: int | None = None, **facts: Any,
) -> None:  # fmt: skip
    """Write a finding down, or that it is still so."""
    row = session.get(Finding, key)
    if row is None:
        row = Finding(key=key, kind=kind, challenge_id=challenge_id, due_at=due_at, facts=facts, since=now)
        session.add(row)
    row.seen_at = now


def forget_mended(session: Session, kinds: Collection[str], still: Collection[str]) -> None:
    """What was found by looking, and is not found any more, is over."""
    looked_for = select(Finding.key).where(Finding.kind.in_(kinds))
    over = set(session.scalars(looked_for)) - set(still)
    if over:
        session.execute(delete(Finding).where(Finding.key.in_(over)))


def forget_quiet(session: Session, kinds: Collection[str], before: datetime) -> None:
    """What tells of itself each time it fails, and has not since then, is over."""
    session.execute(delete(Finding).where(Finding.kind.in_(kinds), Finding.seen_at < before))


def forget_told(session: Session, kinds: Collection[str], before: datetime) -> None:
    """What happened once, and was told before then, need not be remembered."""
    session.execute(delete(Finding).where(Finding.kind.in_(kinds), Finding.told_at < before))


def untold(session: Session) -> list[Finding]:
    """What nobody has heard of, what is longest due first."""
    return list(
        session.scalars(
            select(Finding).where(Finding.told_at.is_(None)).order_by(Finding.due_at, Finding.key)
        )
    )
