"""Where a row of the outbox goes: the chat and the place, or the account of a person."""

from collections.abc import Set
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from handlers.delivery import waits_for_a_person
from handlers.doubts import goes_again
from store.home import OpenHome
from store.outbox import Outgoing
from store.person import PersonAccount, accounts_of
from store.room import Room
from store.slot import overtaken_by

_FOUND_NOBODY = {"post": "by_hand", "look_up": "sent", "remove": "sent"}
"""What becomes of a row for somebody without an account; anything else can never be done."""
_WITHOUT_ACCOUNT = {"remove"}
"""Whoever has no account in a chat is in none of its rooms, and is not looked up to be taken out."""

Where: TypeAlias = dict[str, Any]
"""Those fields of a call that say where it goes."""


def where_to(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    """The platform and place of a row, or None while there is none."""
    if row.op == "home":
        return _where_home(session, row, platforms)
    if row.room is None:
        return _where_person(session, row, platforms)
    if row.op == "make_room":
        return {"platform": row.room.platform}
    return _where_room(session, row, row.room)


def _where_room(session: Session, row: Outgoing, room: Room) -> Where | None:
    where = {"platform": room.platform, "place": room.address}
    if row.person_id is None:
        return where
    account = _last_used(_usable(session, row, {str(room.platform)}, reached=row.op == "post"), room.tenant)
    return {**where, "account": account.account} if account else _unknown(row, {str(room.platform)})


def _where_person(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    usable = _usable(session, row, platforms, reached=True)
    account = _last_used([one for one in usable if _may_be_asked(one, row)])
    if account is None and usable:
        return _where_again(session, row, usable)
    if account is None:
        return _unknown(row, set(platforms))
    if row.op == "look_up":  # they were met since
        row.state = "sent"
        return None
    return {"platform": account.platform, "account": account.account}


def _may_be_asked(account: PersonAccount, row: Outgoing) -> bool:
    """Whether a message in doubt would be found there: in the chat in which it was said."""
    return row.state != "uncertain" or row.tried_in in {None, account.platform}


def _where_again(session: Session, row: Outgoing, usable: list[PersonAccount]) -> Where | None:
    """Whom a message in doubt was said to is in another chat now: nobody can be asked whether it arrived."""
    if newer := overtaken_by(session, row):
        row.state, newer.repeated = "replaced", True
        return None
    if not goes_again(session, row):
        row.state = "unsure"
        return None
    row.state, row.repeated = "ready", True
    account = max(usable, key=lambda one: one.seen_at)
    return {"platform": account.platform, "account": account.account}


def _where_home(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    """The account in which somebody opened their home last."""
    opened = session.get(OpenHome, row.person_id)
    if opened is None or opened.platform not in platforms:
        row.state = "skipped"
        return None
    return {"platform": opened.platform, "account": opened.account}


def _usable(session: Session, row: Outgoing, platforms: Set[str], *, reached: bool) -> list[PersonAccount]:
    """The accounts on the chats that are there; `reached`: only where the bot may write to somebody."""
    known = accounts_of(session, row.person_id) if row.person_id is not None else []
    here = [one for one in known if one.platform in platforms and one.active]
    return [one for one in here if one.reachable or not reached]


def _last_used(accounts: list[PersonAccount], tenant: str | None = None) -> PersonAccount | None:
    """The account somebody used last; one of a named tenant before others."""
    return max(accounts, key=lambda one: (one.tenant == (tenant or ""), one.seen_at), default=None)


def _unknown(row: Outgoing, platforms: set[str]) -> Where | None:
    """Somebody without an account is looked up by e-mail, once in each chat; then it is passed on by hand."""
    left = sorted(platforms - set(row.looked_up_in or ()))
    if row.op in _WITHOUT_ACCOUNT:
        left = []
    if row.person is None or row.person.email is None or not left:
        row.repeated = row.repeated or row.state == "uncertain"
        row.state = _FOUND_NOBODY.get(row.op, "dead")
        row.failure = "no_account" if row.state == "dead" else row.failure
        if row.op == "post":
            waits_for_a_person(row)
        return None
    return {"platform": left[0], "email": row.person.email}


def found_nobody(row: Outgoing, platform: str) -> None:
    """Remember that a chat knows nobody with this e-mail address."""
    row.looked_up_in = sorted({*(row.looked_up_in or ()), platform})
