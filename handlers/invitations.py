"""Asking people to join a team, and what they answer: `invite dana as peer for care leavers`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers
from handlers.appointing import MayNotAppoint, open_invitation
from handlers.command import COORDINATION
from handlers.eligibility import eligible
from handlers.message import Facts, Refused, Reply, Said
from handlers.newcomers import Naming
from handlers.people import people_of, the_one
from handlers.post import Post
from handlers.roles import INVITED, coordinating_role, give_role
from handlers.rules import conflicts
from handlers.rules.people import match
from handlers.rules.phrases import invitation
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import Invitation, invitations, newest_invitation
from store.outbox import unsent_keyed, withdraw
from store.person import Person
from store.programme import Programme
from store.role import holders, roles_of


class AlreadyInvited(Refused):
    """They were asked before; what they answered stands."""


class NotInvited(Refused):
    """Nobody asked this person, or the card is of an older invitation."""


class InvitationClosed(Refused):
    """An answer changes only while the team is still being found."""


class AlreadyAnswered(Refused):
    """The answer is the one that was noted before."""


def read(text: str, session: Session, programme: Programme) -> dict[str, Any]:
    """Name, employer, role and expertise, as typed on one line. Without a role, a peer is meant."""
    return {"role": "peer", **newcomers.in_fields(invitation(text), session, programme)}


def prepared(
    session: Session,
    challenge: Challenge,
    format: Format,
    mentioned: tuple[Person, ...],
    typed: dict[str, Any],
) -> dict[str, Any]:
    """The roles of the team, and the e-mail address of somebody who is known already."""
    team = format.side("team")
    people = people_of(session, challenge.id, challenge.programme_id)
    return {
        "team_roles": [(role, shape.label) for role, shape in format.roles.items() if role in team],
        **newcomers.known_email(str(typed.get("name", "")), mentioned, people),
    }


def invite(
    session: Session, programme: Programme, challenge: Challenge, format: Format, said: Said, speaker: Person,
    mentioned: tuple[Person, ...], roles: frozenset[str], now: datetime, today: date,
    name: str, role: str, email: str | None, council: str | None, expertise: str | None,
) -> Reply:  # fmt: skip
    """Ask somebody to join the team. The question leaves once people may be contacted."""
    if not conflicts.may_appoint(roles, role):
        raise MayNotAppoint(role=role)
    naming = Naming(
        programme=programme, challenge_id=challenge.id, name=name, email=email, council=council,
        speaker=speaker, mentioned=mentioned, said=said, phrase="invite",
        known=people_of(session, challenge.id, programme.id),
        typed={"name": name, "role": role, "expertise": expertise},
    )  # fmt: skip
    person = newcomers.find(session, naming)
    asked = open_invitation(session, challenge, person)
    if asked:
        raise AlreadyInvited(**_of(asked), hidden={"challenge": challenge.id, "chosen": _as_chosen(asked)})
    person = eligible(session, challenge, format, naming, person, role, today)
    asked = Invitation(
        challenge_id=challenge.id, person=person, role=role, expertise=expertise, state="asked",
        invited_by=speaker.id, invited_at=now,
    )  # fmt: skip
    session.add(asked)
    give_role(session, challenge, person, INVITED)
    works_for = person.council.name if person.council else ""
    facts = {
        **_of(asked),
        "council": works_for,
        "challenge": challenge.name,
        "waits": challenge.ready_at is None,
    }
    return Reply("invited", facts)


def _of(asked: Invitation) -> dict[str, Any]:
    return {
        "name": asked.person.name,
        "role": asked.role,
        "expertise": asked.expertise or "",
        "state": asked.state,
    }


def _as_chosen(asked: Invitation) -> dict[str, int]:
    return {asked.person.name.casefold(): asked.person_id}


def ask_waiting(session: Session, challenge: Challenge, post: Post, now: datetime) -> None:
    """Put every invitation's question into the outbox, once, and none before *Ready to contact*."""
    if challenge.ready_at is None:
        return
    for asked in invitations(session, challenge.id):
        if asked.state == "asked" and asked.asked_at is None:
            asked.asked_at = now
            facts = {
                **_of(asked),
                "challenge": challenge.name,
                "from": session.get_one(Person, asked.invited_by).name,
            }
            facts |= {"first_day": _iso(challenge.first_day), "last_day": _iso(challenge.last_day)}
            post.nudge(
                asked.person, "invitation", facts, key=f"invitation:{asked.id}", challenge=challenge,
                hidden={"invitation": asked.id},
            )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# Answers

_STATES = ("available", "possibly", "unavailable")


class MayNotAnswerFor(Refused):
    """Everybody answers for themselves; only whoever coordinates may pass an answer on."""


def names_somebody(rest: str) -> bool:
    """Whether what follows "available" can be a name rather than a sentence."""
    return len(rest.split()) <= 3


def answer(
    session: Session, challenge: Challenge, post: Post, said: Said, speaker: Person, about: Facts,
    mentioned: tuple[Person, ...], roles: frozenset[str], now: datetime, today: date, text: str,
) -> Reply:  # fmt: skip
    """Note whether somebody can come: the speaker, or whoever told a coordinator. It may still change."""
    asked = _meant(session, challenge, said, speaker, about, mentioned, roles, text)
    state = said.text.split()[0].casefold().strip(".,!")
    if not asked.open:
        raise InvitationClosed(name=asked.person.name, state=asked.state, own=asked.person is speaker)
    if asked.state == state:
        raise AlreadyAnswered(name=asked.person.name, state=state, own=asked.person is speaker)
    asked.state, asked.answered_at = state, now
    asked.answered_by = None if asked.person is speaker else speaker.id
    if asked.person is speaker:
        _tell_whoever_asked(session, challenge, post, asked, "peer_answered", _of(asked), today)
    facts = {
        **_of(asked),
        "challenge": challenge.name,
        "own": asked.person is speaker,
        "more": state != _STATES[2],
    }
    return Reply("answer_noted", facts, hidden={"challenge": challenge.id, "invitation": asked.id})


def add_details(
    session: Session, challenge: Challenge, post: Post, speaker: Person, about: Facts, roles: frozenset[str],
    today: date, connection: str | None, director_approves: str,
) -> Reply:  # fmt: skip
    """Note a connection with the council, and whether the peer's own director approves."""
    asked = _own(session, challenge, speaker, about, roles)
    if not asked.open:
        raise InvitationClosed(name=asked.person.name, state=asked.state, own=asked.person is speaker)
    before = asked.connection or ""
    asked.connection, asked.director_approves = connection or "", director_approves == "yes"
    if asked.connection and asked.connection != before and asked.person is speaker:
        facts = {**_of(asked), "connection": asked.connection}
        _tell_whoever_asked(session, challenge, post, asked, "connection_told", facts, today)
    facts = {"name": asked.person.name, "own": asked.person is speaker, "director": asked.director_approves}
    return Reply("details_noted", {**facts, "connection": asked.connection, "challenge": challenge.name})


def known_details(
    session: Session, challenge: Challenge, speaker: Person, about: Facts, roles: frozenset[str]
) -> dict[str, Any]:
    """What was said before, and the council that a connection would be with."""
    asked = _own(session, challenge, speaker, about, roles)
    approves = "yes" if asked.director_approves else ""
    known = {"connection": asked.connection or "", **({"director_approves": approves} if approves else {})}
    return {**known, "challenge": challenge.name, "name": asked.person.name}


def _meant(
    session: Session, challenge: Challenge, said: Said, speaker: Person, about: Facts,
    mentioned: tuple[Person, ...], roles: frozenset[str], name: str,
) -> Invitation:  # fmt: skip
    if not name:
        return _own(session, challenge, speaker, about, roles)
    if not roles & COORDINATION:
        raise MayNotAnswerFor
    people = list(dict.fromkeys(one.person for one in invitations(session, challenge.id)))
    found = match(name, [one for one in mentioned if one in people]) or match(name, people)
    return _newest(session, challenge, the_one(found, name, said, challenge_id=challenge.id), None)


def _own(
    session: Session, challenge: Challenge, speaker: Person, about: Facts, roles: frozenset[str]
) -> Invitation:
    """The speaker's own invitation; for whoever coordinates, the one that the card was about."""
    row = session.get(Invitation, about["invitation"]) if "invitation" in about else None
    here = row is not None and row.challenge_id == challenge.id
    person = row.person if row and here and roles & COORDINATION else speaker
    return _newest(session, challenge, person, row)


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
        unique = f"{key}{person.id}:{asked.state}:{post.now.isoformat()}"
        as_role = coordinating_role(session, challenge, person, today)
        told = {**facts, "challenge": challenge.name, "as_role": as_role}
        post.nudge(
            person, template, told, key=unique, challenge=challenge,
            hidden={"invitation": asked.id, "chosen": _as_chosen(asked)},
        )  # fmt: skip


def _coordinators(session: Session, challenge: Challenge, asked: Invitation, today: date) -> list[Person]:
    own = roles_of(session, asked.invited_by, challenge.id, challenge.programme_id, today)
    if own & COORDINATION:
        return [session.get_one(Person, asked.invited_by)]
    return holders(session, challenge.id, challenge.programme_id, "coordinator", today)
