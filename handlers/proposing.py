"""The scoping proposal, settled: sent by the programme manager in versions, agreed by the sponsor.

What was said is gathered in `proposal_content`. LGA manual: a formal scoping proposal.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.holding import holding
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.proposal import OPEN_STATES, NoProposal, name_of
from handlers.proposal_content import content, is_empty, missing
from handlers.rules.local import local_text
from handlers.scoping_people import first_names, managers
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.scoping import Proposal, agreed_proposal, newest_proposal


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
    """The sponsor agreed this version before."""


# Sending


def send(
    session: Session, challenge: Challenge, format: Format, post: Post, speaker: Person, now: datetime,
    today: date,
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
        post.nudge(
            person, "proposal_sent", facts, key=key, challenge=challenge, hidden={"version": row.number}
        )
    lacking = missing(session, challenge, format)
    told = {"challenge": challenge.name, "number": row.number, "sponsors": first_names(sponsors)}
    return Reply("proposal_is_sent", {**told, "missing": lacking})


def _check_sendable(
    challenge: Challenge, sponsors: list[Person], said: Mapping[str, Any], newest: Proposal | None
) -> None:
    if is_empty(said):
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
    session: Session, challenge: Challenge, post: Post, speaker: Person, about: Mapping[str, Any],
    now: datetime, today: date,
) -> Reply:  # fmt: skip
    """Agree the newest version: from now on everybody with a part reads it, and the rooms can be made."""
    row = _meant(session, challenge, about)
    if row.state == "agreed":
        who = name_of(session, row.answered_by or 0)
        raise AgreedBefore(number=row.number, who=who, at=local_text(row.answered_at or now, challenge.zone))
    before = agreed_proposal(session, challenge.id)
    if before:
        before.state = "replaced"
    row.state, row.answered_by, row.answered_at = "agreed", speaker.id, now
    challenge.proposal_agreed_at = now
    _tell_managers(session, challenge, post, today, "proposal_agreed", row, speaker)
    return Reply("proposal_is_agreed", {"challenge": challenge.name, "number": row.number})


def ask_for_changes(
    session: Session, challenge: Challenge, post: Post, speaker: Person, about: Mapping[str, Any],
    now: datetime, today: date, text: str,
) -> Reply:  # fmt: skip
    """Tell the programme manager what should be different. An agreed version stands until another is."""
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
