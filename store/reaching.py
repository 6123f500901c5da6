"""Who was looked up in the chats, and who still has to be."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.query import Query, given
from store.role import Role

_HAS_ACCOUNT = exists().where(PersonAccount.person_id == Person.id)
_LOOKED_UP = exists().where(
    Outgoing.person_id == Person.id, Outgoing.op == "look_up", Outgoing.state != "withdrawn"
)
_NEVER = Query(
    select(Person)
    .join(Role, Role.person_id == Person.id)
    .where(Role.challenge_id == given("challenge"), Person.email.is_not(None), ~_HAS_ACCOUNT, ~_LOOKED_UP)
    .order_by(Person.id)
    .distinct()
)
_LAST = Query(
    select(Outgoing)
    .where(Outgoing.person_id == given("person"), Outgoing.op == "look_up")
    .order_by(Outgoing.id.desc())
    .limit(1)
)


def never_looked_up(session: Session, challenge_id: int) -> list[Person]:
    """Those with a part in a challenge whom no chat knows, and who have an address nobody has looked up."""
    return _NEVER.all(session, challenge=challenge_id)


def last_look_up(session: Session, person_id: int) -> Outgoing | None:
    """The newest search for somebody, whatever came of it."""
    return _LAST.first(session, person=person_id)
