"""What every act asks for first, in one statement: asking costs more than what is found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, lazyload

from store.challenge import Challenge
from store.heard import HEARD, Heard
from store.person import ACCOUNT, IS_ACCOUNT, Person, PersonAccount
from store.programme import THE_FIRST, Programme
from store.query import given
from store.role import HELD, OPEN_OF, Role
from store.room import BOUND_AT, IS_BOUND_AT, Room

_EVERYTHING = (
    select(Programme, Heard.id, Room, PersonAccount, Role, Challenge)
    .select_from(Programme)
    .outerjoin(Heard, Heard.id == given("said"))
    .outerjoin(Room, IS_BOUND_AT)
    .outerjoin(PersonAccount, IS_ACCOUNT)
    .outerjoin(Role, Role.person_id == PersonAccount.person_id)
    .outerjoin(Challenge, and_(Challenge.id == Role.challenge_id, Challenge.closed_at.is_(None)))
    .where(Programme.id == select(func.min(Programme.id)).scalar_subquery())
    .options(joinedload(PersonAccount.person).lazyload(Person.council), lazyload(Role.person))
)
"""A row for each role of whoever speaks; one row where they have none."""


def ask(session: Session, *, said: str, platform: str, tenant: str, account: str, address: str) -> None:
    """Find the programme, the room, the speaker with their roles and open challenges, and what was heard.

    Nothing is given back: each noun's own query has its answer from here, until something changes it.
    """
    values = {"said": said, "platform": platform, "tenant": tenant, "account": account, "address": address}
    rows: Sequence[Any] = session.execute(_EVERYTHING, values).all()
    if not rows:
        return
    programme, heard, room, speaker, *_ = rows[0]
    THE_FIRST.keep(session, [programme])
    BOUND_AT.keep(session, _there(room), platform=platform, tenant=tenant, address=address)
    ACCOUNT.keep(session, _there(speaker), platform=platform, tenant=tenant, account=account)
    if heard is None:
        HEARD.keep(session, [], id=said)
    if speaker is not None:
        challenges = {row.Challenge.id: row.Challenge for row in rows if row.Challenge}
        HELD.keep(session, _there(*(row.Role for row in rows)), person=speaker.person_id)
        OPEN_OF.keep(session, [challenges[number] for number in sorted(challenges)], person=speaker.person_id)


def _there(*found: Any) -> list[Any]:
    return [row for row in found if row is not None]
