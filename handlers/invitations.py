"""Asking people to join a team: `invite dana as peer for care leavers`."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers
from handlers.appointing import MayNotAppoint, open_invitation
from handlers.asked_again import days_asked, is_asked_again
from handlers.command import COORDINATION
from handlers.eligibility import eligible
from handlers.message import Refused, Reply, Said
from handlers.newcomers import Naming
from handlers.part import Part, Thing, thing
from handlers.people import people_of
from handlers.post import Post
from handlers.roles import INVITED, give_role
from handlers.rules import conflicts
from handlers.rules.phrases import invitation
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import Invitation, invitations, newest_invitation
from store.person import Person
from store.programme import Programme


class AlreadyInvited(Refused):
    """They were asked before; what they answered stands."""


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
        raise AlreadyInvited(
            **facts_of(asked), hidden={"challenge": challenge.id, "chosen": as_chosen(asked)}
        )
    person = eligible(session, challenge, format, naming, person, role, today)
    asked = Invitation(
        challenge_id=challenge.id, person=person, role=role, expertise=expertise, state="asked",
        invited_by=speaker.id, invited_at=now,
    )  # fmt: skip
    session.add(asked)
    give_role(session, challenge, person, INVITED)
    works_for = person.council.name if person.council else ""
    facts = {
        **facts_of(asked),
        "council": works_for,
        "challenge": challenge.name,
        "waits": challenge.ready_at is None,
    }
    return Reply("invited", facts)


def facts_of(asked: Invitation) -> dict[str, Any]:
    """What may be said of an invitation to those who find the team."""
    return {
        "name": asked.person.name,
        "role": asked.role,
        "expertise": asked.expertise or "",
        "state": asked.state,
    }


def as_chosen(asked: Invitation) -> dict[str, int]:
    """What a button carries so that the name in its phrase means this person."""
    return {asked.person.name.casefold(): asked.person_id}


def ask_waiting(session: Session, challenge: Challenge, post: Post, now: datetime) -> None:
    """Put every invitation's question into the outbox, once, and none before *Ready to contact*."""
    if challenge.ready_at is None:
        return
    for asked in invitations(session, challenge.id):
        if asked.state == "asked" and asked.asked_at is None:
            asked.asked_at = now
            facts = {
                **facts_of(asked),
                "challenge": challenge.name,
                "from": session.get_one(Person, asked.invited_by).name,
            }
            facts |= {"first_day": _iso(challenge.first_day), "last_day": _iso(challenge.last_day)}
            post.nudge(
                asked.person, "invitation", facts, key=f"invitation:{asked.id}", challenge=challenge,
                hidden={"invitation": asked.id, **days_asked(challenge)},
            )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# What waits

ANSWERS = ("available", "possibly available", "unavailable")
_CAN_COME = frozenset({"available", "possibly"})


def waits(part: Part) -> Iterator[Thing]:
    """One's own invitation that is not answered, or not for the days to which the visit has moved."""
    asked = newest_invitation(part.session, part.challenge.id, part.person.id)
    if asked and is_unanswered(part.session, asked):
        days = days_asked(part.challenge)
        buttons = [part.button(answer, answer, invitation=asked.id, **days) for answer in ANSWERS]
        yield thing("invitation", *buttons, **facts_of(asked))


def is_unanswered(session: Session, asked: Invitation) -> bool:
    """Whether somebody has heard of their invitation and not said, or not for the days as they are now."""
    heard = asked.open and asked.asked_at is not None
    return heard and (asked.state == "asked" or is_asked_again(session, asked))


def wait_to_be_confirmed(part: Part) -> Iterator[Thing]:
    """For whoever may appoint them: those who can come."""
    if not part.roles & COORDINATION:
        return
    found = [
        asked
        for asked in invitations(part.session, part.challenge.id)
        if asked.state in _CAN_COME
        and conflicts.may_appoint(part.roles, asked.role)
        and not is_asked_again(part.session, asked)
    ]
    if len(found) == 1:
        yield thing("can_come", _confirm(part, found[0]), **facts_of(found[0]))
    if len(found) > 1:
        yield thing("several_can_come", part.button("team", "team"), names=[one.person.name for one in found])


def _confirm(part: Part, asked: Invitation) -> Thing:
    name, chosen = asked.person.name, as_chosen(asked)
    phrase = f"confirm {name} as {asked.role}"
    return part.button("confirm", phrase, name=name, invitation=asked.id, chosen=chosen)
