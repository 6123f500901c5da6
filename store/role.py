"""Who holds which role, in one challenge or in the whole programme, from when to when."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person


class Role(Base):
    """A role without a challenge counts in every challenge of the programme.

    Days are inclusive; None is open. `covers_id` names the role that this one stands in for,
    `succeeds_id` the one whose belongings pass to it when it starts. `told_at`: when its holder was told.
    """

    __tablename__ = "role"
    __table_args__ = (Index("ix_role_challenge_role", "challenge_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    expertise: Mapped[str | None]
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    covers_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    succeeds_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    told_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")


def roles_on(session: Session, challenge_id: int, programme_id: int, day: date) -> list[Role]:
    """Every role in force on `day` in a challenge, the programme's own ones included."""
    return list(session.scalars(_in_force(challenge_id, programme_id, day).order_by(Role.id)))


def roles_of(session: Session, person_id: int, challenge_id: int, programme_id: int, day: date) -> set[str]:
    """The names of the roles somebody holds in a challenge on `day`."""
    wanted = _in_force(challenge_id, programme_id, day).where(Role.person_id == person_id)
    return {role.role for role in session.scalars(wanted)}


def holders(session: Session, challenge_id: int, programme_id: int, role: str, day: date) -> list[Person]:
    """The people holding a role on `day`: a challenge's own before the programme's."""
    rows = session.scalars(
        _in_force(challenge_id, programme_id, day)
        .where(Role.role == role)
        .order_by(Role.challenge_id.is_(None), Role.id)
    ).all()
    own = [row.person for row in rows if row.challenge_id is not None]
    return list(dict.fromkeys(own or [row.person for row in rows]))


def challenges_of(session: Session, person_id: int, day: date) -> set[int]:
    """The ids of the challenges in which somebody holds a role of their own on `day`."""
    rows = session.scalars(select(Role).where(Role.person_id == person_id, *_on(day)))
    return {row.challenge_id for row in rows if row.challenge_id is not None}


def roles_to_come(session: Session, challenge_id: int, day: date) -> list[Role]:
    """A challenge's own roles that are in force on `day` or later, its invited people's too."""
    wanted = select(Role).where(Role.challenge_id == challenge_id, _not_over(day))
    return list(session.scalars(wanted.order_by(Role.id)))


def dated_roles(session: Session, challenge_id: int) -> list[Role]:
    """A challenge's roles that start or end on a day."""
    dated = or_(Role.starts.is_not(None), Role.ends.is_not(None))
    return list(
        session.scalars(select(Role).where(Role.challenge_id == challenge_id, dated).order_by(Role.id))
    )


def has_part(session: Session, challenge_id: int, programme_id: int, person_id: int, day: date) -> bool:
    """Whether somebody has any role in a challenge on `day` or later, a programme-wide one too."""
    wanted = select(Role.id).where(
        Role.programme_id == programme_id,
        or_(Role.challenge_id == challenge_id, Role.challenge_id.is_(None)),
        Role.person_id == person_id,
        _not_over(day),
    )
    return session.scalars(wanted.limit(1)).first() is not None


def programme_roles(session: Session, person_id: int, day: date) -> set[str]:
    """The programme-wide roles that somebody holds on `day`."""
    rows = session.scalars(
        select(Role).where(Role.person_id == person_id, Role.challenge_id.is_(None), *_on(day))
    )
    return {row.role for row in rows}


def programme_roles_on(session: Session, programme_id: int, day: date) -> list[Role]:
    """Every programme-wide role in force on `day`."""
    wanted = select(Role).where(Role.programme_id == programme_id, Role.challenge_id.is_(None), *_on(day))
    return list(session.scalars(wanted.order_by(Role.id)))


def _in_force(challenge_id: int, programme_id: int, day: date) -> Select[Role]:
    return select(Role).where(
        Role.programme_id == programme_id,
        or_(Role.challenge_id == challenge_id, Role.challenge_id.is_(None)),
        *_on(day),
    )


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    return or_(Role.starts.is_(None), Role.starts <= day), or_(Role.ends.is_(None), Role.ends >= day)


def _not_over(day: date) -> ColumnElement[bool]:
    return or_(Role.ends.is_(None), Role.ends >= day)
