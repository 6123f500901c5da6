"""The scoping proposal, read: what would be sent now, what was sent, what is agreed.

Before it is agreed only the format's audience "scoping" reads it; afterwards everybody with a part does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.proposal_content import content, is_empty, missing
from handlers.rules.local import local_text
from handlers.scoping_people import READERS
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.scoping import Proposal, agreed_proposal, newest_proposal, proposal_numbered, proposals

OPEN_STATES = frozenset({"sent", "changes"})
_DIGITS = 4


class ScopeNotAgreed(Refused):
    """The proposal is not agreed, and until then only those who scope read it."""


class NoProposal(Refused):
    """No version of the proposal was sent."""


class NoSuchVersion(Refused):
    """No version of the proposal has that number."""


# Reading


def show(session: Session, challenge: Challenge, format: Format, roles: frozenset[str], text: str) -> Reply:
    """Show the agreed proposal; to those who scope also what was sent, and what would be sent now."""
    if not roles & format.audience(READERS):
        return _agreed_only(session, challenge)
    if text.strip(" #."):
        return _version(session, challenge, text.strip(" #."))
    newest = newest_proposal(session, challenge.id)
    now = content(session, challenge, format)
    if "programme_manager" in roles and (newest is None or newest.content != now):
        return _preview(session, challenge, format, now, newest)
    if newest is None:
        raise NoProposal(challenge=challenge.name)
    return _card(challenge, newest, roles)


def is_version(text: str) -> bool:
    """Whether the rest of the line is the number of a version."""
    number = text.strip(" #.")
    return number.isdecimal() and len(number) <= _DIGITS


def versions(session: Session, challenge: Challenge) -> Reply:
    """List every version that was sent, with what the sponsor said to it."""
    sent = proposals(session, challenge.id)
    if not sent:
        raise NoProposal(challenge=challenge.name)
    names = {one: name_of(session, one) for row in sent for one in (row.sent_by, row.answered_by) if one}
    items = [
        {
            "number": row.number,
            "state": row.state,
            "sent_at": local_text(row.sent_at, challenge.zone),
            "sent_by": names[row.sent_by],
            "answered_by": names.get(row.answered_by or 0, ""),
            "answered_at": local_text(row.answered_at, challenge.zone) if row.answered_at else "",
            "changes": row.changes or "",
        }
        for row in sent
    ]
    return Reply(
        "proposal_versions", {"challenge": challenge.name, "items": items}, hidden={"challenge": challenge.id}
    )


# Cards


def _agreed_only(session: Session, challenge: Challenge) -> Reply:
    agreed = agreed_proposal(session, challenge.id)
    if agreed is None:
        raise ScopeNotAgreed(challenge=challenge.name)
    return _card(challenge, agreed, frozenset())


def _version(session: Session, challenge: Challenge, number: str) -> Reply:
    row = proposal_numbered(session, challenge.id, int(number))
    if row is None:
        there = [one.number for one in proposals(session, challenge.id)]
        raise NoSuchVersion(number=int(number), there=sorted(there))
    return _card(challenge, row, frozenset())


def _card(challenge: Challenge, row: Proposal, roles: frozenset[str]) -> Reply:
    facts = {**row.content, "number": row.number, "state": row.state, "missing": [], "many": False}
    waits = row.state in OPEN_STATES
    able = {"can_agree": "sponsor" in roles and waits, "can_send": False, "changes": row.changes or ""}
    return Reply("proposal", {**facts, **able}, hidden={"version": row.number, "challenge": challenge.id})


def _preview(
    session: Session, challenge: Challenge, format: Format, said: Mapping[str, Any], newest: Proposal | None
) -> Reply:
    """What would be sent, to whoever sends it."""
    facts = {
        **said,
        "number": newest.number + 1 if newest else 1,
        "state": "preview",
        "missing": missing(session, challenge, format),
        "many": len(said["key_lines"]) > format.scoping.key_lines_soft,
        "can_agree": False,
        "can_send": not is_empty(said),
        "changes": (newest.changes or "") if newest and newest.state == "changes" else "",
    }
    return Reply("proposal", facts, hidden={"challenge": challenge.id})


def name_of(session: Session, person_id: int) -> str:
    """Somebody's name."""
    person = session.get(Person, person_id)
    return person.name if person else ""


def waits(part: Part) -> Iterator[Thing]:
    """The newest version: for the sponsor to agree, or with her changes for the programme manager."""
    newest = newest_proposal(part.session, part.challenge.id)
    if newest is None:
        return
    read = part.button("proposal", "proposal")
    if newest.state == "sent" and "sponsor" in part.roles:
        changes = part.button("proposal changes", "proposal changes", version=newest.number)
        yield thing("proposal", read, changes, number=newest.number)
    if newest.state == "changes" and "programme_manager" in part.roles:
        yield thing("proposal_changes", read, number=newest.number)
