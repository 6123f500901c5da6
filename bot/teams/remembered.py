"""Whom the programme knows by the id of an account, for when Teams does not tell who somebody is."""

from functools import partial

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.teams.conversations import PLATFORM
from handlers.message import Account
from handlers.people import as_told
from store.person import known_account


async def remembered(ear: Ear, tenant: str, user: str) -> Account | None:
    """The account with this Entra id in that tenant, as it was told last; None for nobody known."""
    return await ear.work(partial(_remembered, tenant=tenant, user=user))


def _remembered(session: Session, tenant: str, user: str) -> Account | None:
    row = known_account(session, PLATFORM, tenant, user)
    return as_told(row) if row else None
