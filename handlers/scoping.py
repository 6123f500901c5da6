"""Scoping: what the meeting said is noted, and the sponsor is asked the open questions and confirms."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.holding import holding
from handlers.message import Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.people import named
from handlers.post import Post
from handlers.question_form import already_known, answers_in, form_of
from handlers.rules.series import Question, answered
from handlers.scoping_answers import confirm
from handlers.scoping_people import NOTERS, eyes_of, first_names, managers
from handlers.scoping_questions import questions_for
from handlers.scoping_series import SCOPING, keep
from handlers.shapes import Format, FormShape, Shapes
from handlers.sitting import Sitting, begin, offer, resume, sit
from store.challenge import Challenge
from store.conversation import conversation
from store.outbox import outgoing_keyed
from store.person import Person
from store.scoping import newest_proposal, scoping_answers


class NotTheSponsor(Refused):
    """Answers are noted for the sponsor of the challenge, and the name given is somebody else's."""


class AskedToCall(Refused):
    """The sponsor asked for a call today already."""


class NobodyToCall(Refused):
    """Nobody holds a role whose work it is to call the sponsor."""


# Commands


def scoping(
    session: Session, challenge: Challenge, format: Format, post: Post, speaker: Person,
    roles: frozenset[str], mentioned: tuple[Person, ...], today: date, text: str,
) -> Reply:  # fmt: skip
    """Start or take up scoping: the sponsor answers, the programme manager notes, the adviser reads."""
    if text.strip():
        person = named(session, challenge.id, challenge.programme_id, text, mentioned)
        _check_sponsor(session, challenge, person, today)
    if not roles & {"sponsor", *NOTERS}:
        return _read_only(session, challenge, format, speaker, roles)
    return begin(SCOPING, post, speaker, challenge)


def form(
    session: Session, challenge: Challenge, format: Format, shapes: Shapes, speaker: Person,
    roles: frozenset[str],
) -> FormShape:  # fmt: skip
    """Every question on one page, as it stands for the speaker."""
    return form_of(shapes.form("scoping"), _own(session, challenge, format, speaker, roles))


def known(
    challenge: Challenge, format: Format, session: Session, speaker: Person, roles: frozenset[str]
) -> dict[str, Any]:
    """What is in the form when it opens."""
    return already_known(_own(session, challenge, format, speaker, roles))


def fill_in(
    session: Session, challenge: Challenge, format: Format, post: Post, speaker: Person,
    roles: frozenset[str], filled: Mapping[str, Any],
) -> Reply:  # fmt: skip
    """Save the whole form, and ask what is still open. What the sponsor sends in is confirmed by that."""
    sitting = sit(SCOPING, post, speaker, challenge)
    questions = _own(session, challenge, format, speaker, roles)
    for question, value in list(answers_in(questions, filled, sitting.today)):
        if value != question.value:
            keep(sitting, question, value)
    if "sponsor" in roles:
        confirm(session, challenge, [one.key for one in questions], speaker, sitting.now)
    return resume(SCOPING, sitting, "saved")


def ask_to_call(session: Session, challenge: Challenge, post: Post, speaker: Person, today: date) -> Reply:
    """Tell the programme manager that the sponsor would rather talk."""
    callers = managers(session, challenge, today)
    if not callers:
        raise NobodyToCall(challenge=challenge.name)
    facts = {"challenge": challenge.name, "sponsor": speaker.name}
    for person in callers:
        key = f"scoping-call:{challenge.id}:{speaker.id}:{person.id}:{today}"
        if post.nudge(person, "call_the_sponsor", facts, key=key, challenge=challenge) is None:
            raise AskedToCall(who=first_names(callers))
    return Reply(
        "call_is_asked_for",
        {"who": first_names(callers), "challenge": challenge.name},
        hidden={"challenge": challenge.id},
    )


def invite(session: Session, challenge: Challenge, post: Post, today: date) -> None:
    """Invite the sponsor to answer, once, from *Ready to contact* on; nobody who only stands in."""
    if challenge.ready_at is None or challenge.proposal_agreed_at or challenge.closed_at:
        return
    rows = [row for row in holding(session, challenge, today).roles if row.role == "sponsor"]
    for person in (row.person for row in rows if row.covers_id is None):
        key = f"scoping:{challenge.id}:{person.id}"
        if outgoing_keyed(session, key) or conversation(session, person.id, challenge.id, "scoping", ""):
            continue
        reply = offer(SCOPING, post, person, challenge)
        post.nudge(person, reply.template, reply.facts, key=key, challenge=challenge, hidden=reply.hidden)


def _own(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str]
) -> list[Question]:
    answers = scoping_answers(session, challenge.id)
    return [
        one
        for one in questions_for(format, answers, eyes_of(session, answers, format, speaker, roles))
        if one.template == "question"
    ]


def _read_only(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str]
) -> Reply:
    questions = _own(session, challenge, format, speaker, roles)
    items = [{"asks": one.asks, "said": one.said} for one in questions]
    return Reply("scoping_so_far", {"challenge": challenge.name, "items": items})


def _check_sponsor(session: Session, challenge: Challenge, person: Person, today: date) -> None:
    if person not in holding(session, challenge, today).people("sponsor"):
        raise NotTheSponsor(name=person.name, challenge=challenge.name)


def waits(part: Part) -> Iterator[Thing]:
    """Questions put to the sponsor, or that somebody began to answer, until there is a proposal."""
    row = conversation(part.session, part.person.id, part.challenge.id, SCOPING.name, "")
    if row is None or row.ended or newest_proposal(part.session, part.challenge.id):
        return
    sitting = Sitting(row=row, post=part.post)
    if SCOPING.may(sitting):
        done, of = answered(SCOPING.questions(sitting))
        yield thing("scoping", part.button("scoping", SCOPING.phrase), done=done, of=of)
