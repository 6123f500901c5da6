"""Who holds which role, in one challenge or in the whole programme, from when to when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, and_, or_, select
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column, relationship

from store.base import Base
from store.challenge import Challenge
from store.person import Person
from store.query import Query, given


class Role(Base):
    """A role without a challenge counts in every challenge of the programme.

    Days are inclusive; None is open. `covers_id` names the role that this one stands in for,
    `succeeds_id` the one whose belongings pass to it when it starts. `told_at`: when its holder was told.
    `answer`: what they said when the visit moved (available, possibly, unavailable), to the message numbered
    `answer_to`.
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
    answer: Mapped[str | None]
    answer_to: Mapped[int | None]

    person: Mapped[Person] = relationship(lazy="joined")

    def is_on(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or self.ends >= day)


_PERSON, _CHALLENGE, _PROGRAMME, _DAY = map(given, ("person", "challenge", "programme", "day"))
_NOT_OVER = or_(Role.ends.is_(None), Role.ends >= _DAY)
IS_ON = and_(or_(Role.starts.is_(None), Role.starts <= _DAY), _NOT_OVER)
_OF_THE_PROGRAMME = select(Role).where(Role.programme_id == _PROGRAMME, Role.challenge_id.is_(None))
_HERE = and_(
    Role.programme_id == _PROGRAMME, or_(Role.challenge_id == _CHALLENGE, Role.challenge_id.is_(None))
)

HELD = Query(select(Role).where(Role.person_id == _PERSON).options(lazyload(Role.person)))
_IN_ROLES = select(Role.challenge_id).where(Role.person_id == _PERSON)
OPEN_OF = Query(
    select(Challenge).where(Challenge.id.in_(_IN_ROLES), Challenge.closed_at.is_(None)).order_by(Challenge.id)
)
ROLES_ON = Query(select(Role).where(_HERE, IS_ON).order_by(Role.id))
_OWN = Query(select(Role).where(Role.challenge_id == _CHALLENGE).order_by(Role.id))
_PART = Query(select(Role.id).where(_HERE, Role.person_id == _PERSON, _NOT_OVER).limit(1))
_PROGRAMME_ROLES_ON = Query(_OF_THE_PROGRAMME.where(IS_ON).order_by(Role.id))


def roles_on(session: Session, challenge_id: int, programme_id: int, day: date) -> list[Role]:
    """Every role in force on `day` in a challenge, the programme's own ones included."""
    return ROLES_ON.all(session, challenge=challenge_id, programme=programme_id, day=day)


def roles_of(session: Session, person_id: int, challenge_id: int, programme_id: int, day: date) -> set[str]:
    """The names of the roles somebody holds in a challenge on `day`."""
    held = [role for role in _held(session, person_id, day) if role.programme_id == programme_id]
    return {role.role for role in held if role.challenge_id in {None, challenge_id}}


def holders(session: Session, challenge_id: int, programme_id: int, role: str, day: date) -> list[Person]:
    """The people holding a role on `day`: a challenge's own before the programme's."""
    rows = [row for row in roles_on(session, challenge_id, programme_id, day) if row.role == role]
    own = [row.person for row in rows if row.challenge_id is not None]
    return list(dict.fromkeys(own or [row.person for row in rows]))


def challenges_of(session: Session, person_id: int, day: date) -> set[int]:
    """The ids of the challenges in which somebody holds a role of their own on `day`."""
    held = _held(session, person_id, day)
    return {role.challenge_id for role in held if role.challenge_id is not None}


def open_challenges_of(session: Session, person_id: int, day: date) -> list[Challenge]:
    """The challenges not closed in which somebody holds a role of their own on `day`, the oldest first."""
    own = challenges_of(session, person_id, day)
    return [one for one in OPEN_OF.all(session, person=person_id) if one.id in own]


def roles_to_come(session: Session, challenge_id: int, day: date) -> list[Role]:
    """A challenge's own roles that are in force on `day` or later, its invited people's too."""
    own = _OWN.all(session, challenge=challenge_id)
    return [role for role in own if role.ends is None or role.ends >= day]


def dated_roles(session: Session, challenge_id: int) -> list[Role]:
    """A challenge's roles that start or end on a day."""
    return [role for role in _OWN.all(session, challenge=challenge_id) if role.starts or role.ends]


def has_part(session: Session, challenge_id: int, programme_id: int, person_id: int, day: date) -> bool:
    """Whether somebody has any role in a challenge on `day` or later, a programme-wide one too."""
    part = _PART.first(session, programme=programme_id, challenge=challenge_id, person=person_id, day=day)
    return part is not None


def programme_roles(session: Session, person_id: int, day: date) -> set[str]:
    """The programme-wide roles that somebody holds on `day`."""
    return {role.role for role in _held(session, person_id, day) if role.challenge_id is None}


def programme_roles_on(session: Session, programme_id: int, day: date) -> list[Role]:
    """Every programme-wide role in force on `day`."""
    return _PROGRAMME_ROLES_ON.all(session, programme=programme_id, day=day)


def _held(session: Session, person_id: int, day: date) -> list[Role]:
    return [role for role in HELD.all(session, person=person_id) if role.is_on(day)]
