"""What invited people answer: `available`, a connection with the council, their own director's approval."""

import re
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import suiting
from handlers.appointing import InvitationClosed
from handlers.asked_again import AlreadyAnswered, check_days, days_asked, is_asked_again, withdraw_unread
from handlers.command import COORDINATION
from handlers.invitations import as_chosen, facts_of, is_unanswered
from handlers.message import Facts, Refused, Reply, Said
from handlers.people import the_one
from handlers.post import Post
from handlers.roles import coordinating_role
from handlers.rules.people import match
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import Invitation, invitations, newest_invitation
from store.outbox import unsent_keyed, withdraw
from store.person import Person
from store.role import Role, holders, roles_of

_STATES = ("available", "possibly", "unavailable")


class NotInvited(Refused):
    """Nobody asked this person, or the card is of an older invitation."""


class MayNotAnswerFor(Refused):
    """Everybody answers for themselves; only whoever coordinates may pass an answer on."""


def names_somebody(rest: str) -> bool:
    """Whether what follows "available" can be a name rather than a sentence."""
    return len(rest.split()) <= 3


def answer(
    session: Session, challenge: Challenge, format: Format, post: Post, said: Said, speaker: Person,
    about: Facts, mentioned: tuple[Person, ...], roles: frozenset[str], now: datetime, today: date, text: str,
) -> Reply:  # fmt: skip
    """Note whether somebody can come: the speaker, or whoever told a coordinator. It may still change."""
    state = _state(said.text)
    team = suiting.may_be_asked(session, challenge, format, today)
    person = _whom(session, challenge, said, speaker, about, mentioned, roles, text, team)
    confirmed = suiting.asked(session, challenge, format, person, today)
    if confirmed and not _means_invitation(session, challenge, person, about, confirmed):
        check_days(challenge, about)
        return suiting.answer(session, challenge, format, post, confirmed, state, speaker, today)
    asked = _newest(session, challenge, person, _card(session, challenge, about))
    if not asked.open:
        raise InvitationClosed(name=asked.person.name, state=asked.state, own=asked.person is speaker)
    check_days(challenge, about)
    if asked.state == state and not is_asked_again(session, asked):
        raise AlreadyAnswered(name=asked.person.name, state=state, own=asked.person is speaker)
    asked.state, asked.answered_at = state, now
    asked.answered_by = None if asked.person is speaker else speaker.id
    if asked.person is speaker:
        withdraw_unread(session, asked)
        _tell_whoever_asked(session, challenge, post, asked, "peer_answered", facts_of(asked), today)
    facts = {
        **facts_of(asked),
        "challenge": challenge.name,
        "own": asked.person is speaker,
        "more": state != _STATES[2],
        "first_day": "",
        **days_asked(challenge),
    }
    return Reply("answer_noted", facts, hidden={"challenge": challenge.id, "invitation": asked.id})


def _means_invitation(
    session: Session, challenge: Challenge, person: Person, about: Facts, confirmed: list[Role]
) -> bool:
    """Whether somebody in the team answers an invitation as well: its card, or what alone is not answered."""
    if about.keys() & {"invitation", "first_day"}:
        return "invitation" in about
    newest = newest_invitation(session, challenge.id, person.id)
    waits = newest is not None and is_unanswered(session, newest)
    return waits and not suiting.is_unanswered(session, confirmed)


def _state(said: str) -> str:
    """Which answer the words mean; what is denied is not meant."""
    words = re.findall(r"\w+", said.casefold())
    if "unavailable" in words or "not" in words:
        return "unavailable"
    return "possibly" if "possibly" in words else "available"


def add_details(
    session: Session, challenge: Challenge, post: Post, speaker: Person, about: Facts, roles: frozenset[str],
    today: date, connection: str | None, director_approves: str,
) -> Reply:  # fmt: skip
    """Note a connection with the council, and whether the peer's own director approves."""
    person = _own(session, challenge, speaker, about, roles)
    asked = _newest(session, challenge, person, _card(session, challenge, about))
    if not asked.open:
        raise InvitationClosed(name=asked.person.name, state=asked.state, own=asked.person is speaker)
    before = asked.connection or ""
    asked.connection, asked.director_approves = connection or "", director_approves == "yes"
    if asked.connection and asked.connection != before and asked.person is speaker:
        facts = {**facts_of(asked), "connection": asked.connection}
        _tell_whoever_asked(session, challenge, post, asked, "connection_told", facts, today)
    facts = {"name": asked.person.name, "own": asked.person is speaker, "director": asked.director_approves}
    return Reply("details_noted", {**facts, "connection": asked.connection, "challenge": challenge.name})


def known_details(
    session: Session, challenge: Challenge, speaker: Person, about: Facts, roles: frozenset[str]
) -> dict[str, Any]:
    """What was said before, and the council that a connection would be with."""
    person = _own(session, challenge, speaker, about, roles)
    asked = _newest(session, challenge, person, _card(session, challenge, about))
    approves = "yes" if asked.director_approves else ""
    known = {"connection": asked.connection or "", **({"director_approves": approves} if approves else {})}
    return {**known, "challenge": challenge.name, "name": asked.person.name}


def _whom(
    session: Session, challenge: Challenge, said: Said, speaker: Person, about: Facts,
    mentioned: tuple[Person, ...], roles: frozenset[str], name: str, team: list[Role],
) -> Person:  # fmt: skip
    """Whose answer it is: the speaker's own, or with a name that of somebody who is asked such things."""
    if not name:
        return _own(session, challenge, speaker, about, roles)
    if not roles & COORDINATION:
        raise MayNotAnswerFor
    invited = [one.person for one in invitations(session, challenge.id)]
    people = list(dict.fromkeys([*invited, *(row.person for row in team)]))
    found = match(name, [one for one in mentioned if one in people]) or match(name, people)
    return the_one(found, name, said, challenge_id=challenge.id)


def _own(
    session: Session, challenge: Challenge, speaker: Person, about: Facts, roles: frozenset[str]
) -> Person:
    """The speaker; for whoever coordinates, the one whose invitation the card was about."""
    card = _card(session, challenge, about)
    return card.person if card and roles & COORDINATION else speaker


def _card(session: Session, challenge: Challenge, about: Facts) -> Invitation | None:
    row = session.get(Invitation, about["invitation"]) if "invitation" in about else None
    return row if row and row.challenge_id == challenge.id else None


def _newest(session: Session, challenge: Challenge, person: Person, card: Invitation | None) -> Invitation:
    newest = newest_invitation(session, challenge.id, person.id)
    if newest is None or (card is not None and card.id != newest.id):
        raise NotInvited(name=person.name)
    return newest


def _tell_whoever_asked(
    session: Session,
    challenge: Challenge,
    post: Post,
    asked: Invitation,
    template: str,
    facts: Facts,
    today: date,
) -> None:
    """Tell whoever invited, or who coordinates now; an older message that has not left is withdrawn."""
    key = f"{template}:{asked.id}:"
    for older in unsent_keyed(session, key):
        withdraw(older)
    for person in _coordinators(session, challenge, asked, today):
        unique = f"{key}{person.id}:{secrets.token_hex(8)}"
        as_role = coordinating_role(session, challenge, person, today)
        told = {**facts, "challenge": challenge.name, "as_role": as_role}
        post.nudge(
            person, template, told, key=unique, challenge=challenge,
            hidden={"invitation": asked.id, "chosen": as_chosen(asked)},
        )  # fmt: skip


def _coordinators(session: Session, challenge: Challenge, asked: Invitation, today: date) -> list[Person]:
    own = roles_of(session, asked.invited_by, challenge.id, challenge.programme_id, today)
    if own & COORDINATION:
        return [session.get_one(Person, asked.invited_by)]
    return holders(session, challenge.id, challenge.programme_id, "coordinator", today)
