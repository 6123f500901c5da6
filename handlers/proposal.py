"""The scoping proposal: made from what was said, sent in versions, agreed by the sponsor. LGA manual: scoping.

Before it is agreed only the format's audience "scoping" reads it; afterwards everybody with a part does.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.holding import holding
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.proposal_content import content, missing
from handlers.rules.local import local_text
from handlers.scoping_people import READERS, first_names, managers
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.scoping import Proposal, agreed_proposal, newest_proposal, proposal_numbered, proposals

OPEN_STATES = frozenset({"sent", "changes"})


class NotAgreedYet(Refused):
    """The proposal is not agreed, and until then only those who scope read it."""


class NoProposal(Refused):
    """No version of the proposal was sent."""


class NoSuchVersion(Refused):
    """No version of the proposal has that number."""


class NothingToPropose(Refused):
    """There is neither an answer nor a key line to make a proposal from."""


class NobodyToSendTo(Refused):
    """The challenge has no sponsor."""


class NotReadyToContact(Refused):
    """Nobody is contacted about a challenge before *Ready to contact* was pressed."""


class SameAsSent(Refused):
    """The proposal says what the newest version says."""


class NewerProposal(Refused):
    """The answer is to an older version than the newest."""


class AgreedBefore(Refused):
    """This version was agreed already."""


# Reading


def show(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], text: str
) -> Reply:
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
    return text.strip(" #.").isdecimal()


def versions(session: Session, challenge: Challenge, format: Format, roles: frozenset[str]) -> Reply:
    """List every version that was sent, with what the sponsor said to it."""
    sent = proposals(session, challenge.id)
    if not sent:
        raise NoProposal(challenge=challenge.name)
    names = {one: _name(session, one) for row in sent for one in (row.sent_by, row.answered_by) if one}
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
    return Reply("proposal_versions", {"challenge": challenge.name, "items": items}, hidden={"challenge": challenge.id})


# Sending


def send(
    session: Session, challenge: Challenge, format: Format, post: Post, speaker: Person, now: datetime, today: date
) -> Reply:  # fmt: skip
    """Make a new version of what stands now, keep it, and send it to the sponsor. A gap is said, no bar."""
    sponsors = holding(session, challenge, today).people("sponsor")
    said = content(session, challenge, format)
    newest = newest_proposal(session, challenge.id)
    _check_sendable(challenge, sponsors, said, newest)
    row = Proposal(
        challenge_id=challenge.id,
        number=newest.number + 1 if newest else 1,
        content=said,
        state="sent",
        sent_by=speaker.id,
        sent_at=now,
    )
    if newest and newest.state in OPEN_STATES:
        newest.state = "replaced"
    session.add(row)
    session.flush()
    facts = {**said, "number": row.number, "from": first_names([speaker])[0]}
    for person in sponsors:
        key = f"proposal:{challenge.id}:{row.number}:{person.id}"
        post.nudge(person, "proposal_sent", facts, key=key, challenge=challenge, hidden={"version": row.number})
    lacking = missing(session, challenge, format)
    told = {"challenge": challenge.name, "number": row.number, "sponsors": first_names(sponsors)}
    return Reply("proposal_is_sent", {**told, "missing": lacking})


def _check_sendable(
    challenge: Challenge, sponsors: list[Person], said: Mapping[str, Any], newest: Proposal | None
) -> None:
    if not said["answers"] and not said["key_lines"] and not said["areas"]:
        raise NothingToPropose(challenge=challenge.name)
    if not sponsors:
        raise NobodyToSendTo(challenge=challenge.name)
    if challenge.ready_at is None:
        raise NotReadyToContact(challenge=challenge.name)
    if newest and newest.content == said:
        sent_at = local_text(newest.sent_at, challenge.zone)
        raise SameAsSent(number=newest.number, sent_at=sent_at, state=newest.state)


# The sponsor's answer


def agree(
    session: Session, challenge: Challenge, post: Post, speaker: Person, about: Mapping[str, Any], now: datetime,
    today: date,
) -> Reply:  # fmt: skip
    """Agree the newest version: from now on everybody with a part reads it, and the rooms can be made."""
    row = _meant(session, challenge, about)
    if row.state == "agreed":
        who = _name(session, row.answered_by or 0)
        raise AgreedBefore(number=row.number, who=who, at=local_text(row.answered_at or now, challenge.zone))
    before = agreed_proposal(session, challenge.id)
    if before:
        before.state = "replaced"
    row.state, row.answered_by, row.answered_at = "agreed", speaker.id, now
    challenge.proposal_agreed_at = now
    _tell_managers(session, challenge, post, today, "proposal_agreed", row, speaker)
    return Reply("proposal_is_agreed", {"challenge": challenge.name, "number": row.number})


def ask_for_changes(
    session: Session, challenge: Challenge, post: Post, speaker: Person, about: Mapping[str, Any], now: datetime,
    today: date, text: str,
) -> Reply:  # fmt: skip
    """Tell the programme manager what should be different. An agreed version stands until another is agreed."""
    row = _meant(session, challenge, about)
    row.changes = f"{row.changes}\n{text}" if row.changes else text
    if row.state != "agreed":
        row.state, row.answered_by, row.answered_at = "changes", speaker.id, now
    _tell_managers(session, challenge, post, today, "proposal_changes", row, speaker, text)
    told = first_names(managers(session, challenge, today))
    facts = {"challenge": challenge.name, "number": row.number, "managers": told, "text": text}
    agreed = row.state == "agreed"
    hidden = {"version": row.number, "challenge": challenge.id}
    return Reply("changes_are_asked_for", {**facts, "agreed": agreed, "can_agree": not agreed}, hidden=hidden)


def known_version(session: Session, challenge: Challenge, about: Mapping[str, Any]) -> dict[str, Any]:
    """Say at once, before anything is typed into the form, that a newer version was sent."""
    _meant(session, challenge, about)
    return {}


def _meant(session: Session, challenge: Challenge, about: Mapping[str, Any]) -> Proposal:
    """The newest version. Raises NoProposal, and NewerProposal for a press on an older one."""
    newest = newest_proposal(session, challenge.id)
    if newest is None:
        raise NoProposal(challenge=challenge.name)
    if about.get("version", newest.number) != newest.number:
        raise NewerProposal(number=about["version"], newest=newest.number)
    return newest


def _tell_managers(
    session: Session, challenge: Challenge, post: Post, today: date, template: str, row: Proposal, by: Person,
    text: str = "",
) -> None:  # fmt: skip
    facts = {"challenge": challenge.name, "number": row.number, "sponsor": by.name, "text": text}
    for person in holding(session, challenge, today).people("programme_manager"):
        key = f"{template}:{challenge.id}:{row.number}:{person.id}:{post.now:%Y-%m-%dT%H:%M:%S.%f}"
        post.nudge(person, template, facts, key=key, challenge=challenge)


# Cards


def _agreed_only(session: Session, challenge: Challenge) -> Reply:
    agreed = agreed_proposal(session, challenge.id)
    if agreed is None:
        raise NotAgreedYet(challenge=challenge.name)
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
    empty = not said["answers"] and not said["key_lines"] and not said["areas"]
    facts = {
        **said,
        "number": newest.number + 1 if newest else 1,
        "state": "preview",
        "missing": missing(session, challenge, format),
        "many": len(said["key_lines"]) > format.scoping.key_lines_soft,
        "can_agree": False,
        "can_send": not empty,
        "changes": (newest.changes or "") if newest and newest.state == "changes" else "",
    }
    return Reply("proposal", facts, hidden={"challenge": challenge.id})


def _name(session: Session, person_id: int) -> str:
    person = session.get(Person, person_id)
    return person.name if person else ""
