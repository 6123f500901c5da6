"""The few ticks: what is due now is carried out, in small batches, one challenge's failure its own."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import digest, homes, keeping, resuming
from handlers.agenda import Due, upcoming
from handlers.apart import apart
from handlers.desk import Desk, call, tools
from handlers.due import SOURCES
from handlers.rules.local import local_day
from store.challenge import Challenge, due_challenges
from store.conversation import next_resume, to_resume
from store.digest import due_for_digest
from store.finding import note
from store.home import next_home
from store.outbox import Outgoing
from store.person import Person
from store.programme import Programme, the_programme
from store.trouble import HITCHES

log = structlog.get_logger()

BATCH = 2
DIGESTS = 20
"""Made together they cost little more than a few made apart."""
_MOST_DUES = 500
_AGAIN_AFTER_FAILURE = timedelta(minutes=5)


def tick(session: Session, desk: Desk, now: datetime) -> bool:
    """Carry out what is due, at most a batch of each kind. True: there may be more."""
    looked = look_at_challenges(session, desk, now)
    asked = _ask_again(session, desk, now)
    told = _tell_the_morning(session, desk, now)
    drawn = _begin_day_at_home(session, now)
    return BATCH in {looked, asked, drawn} or told == DIGESTS


def look_at_challenges(session: Session, desk: Desk, now: datetime) -> int:
    """Carry out what is due in challenges, and what follows from their changes; how many, at most a batch."""
    challenges = due_challenges(session, now, BATCH)
    for challenge in challenges:
        with apart(session, "tick_failed", challenge=challenge.id) as tried:
            _carry_out(session, desk, challenge, now)
        if tried.failure:
            session.refresh(challenge)
            key = f"tick:{challenge.id}"
            note(session, key, "challenge_failing", now, due_at=now, challenge_id=challenge.id)
            challenge.next_due_at = now + _AGAIN_AFTER_FAILURE
    return len(challenges)


def _carry_out(session: Session, desk: Desk, challenge: Challenge, now: datetime) -> None:
    """Do what is due, moment by moment: what one does may let another fall due."""
    offered = _offered(session, desk, challenge, now)
    done = False
    for _ in range(_MOST_DUES):
        dues = upcoming(SOURCES, session, challenge, offered["format"])
        first = [due for due in dues if due.at == dues[0].at <= now]
        if not first:
            break
        for due in first:
            _do(session, due, offered, now)
        challenge.agenda_done_at, done = first[0].at, True
        session.flush()
    if done:
        challenge.agenda_done_at = now
    call(keeping.keep_up, offered)


def _do(session: Session, due: Due, offered: dict[str, Any], now: datetime) -> None:
    """Do one thing that is due, unless it is too late for it. Its mistake holds up nothing else."""
    if due.until is not None and now > due.until:
        _note_if_missed(session, due, offered, now)
        return
    with apart(session, "due_failed", run=due.run.__name__, challenge=offered["challenge"].id) as tried:
        call(due.run, {**offered, **due.facts, "due": due})
    if tried.failure:
        _note(session, "step_failed", due, offered["challenge"], now)


def _note_if_missed(session: Session, due: Due, offered: dict[str, Any], now: datetime) -> None:
    """What nobody was there for is told; not what was past already when it came up."""
    planned = offered["planned"]
    if planned is not None and planned <= due.at:
        _note(session, "step_missed", due, offered["challenge"], now)


def _note(session: Session, kind: str, due: Due, challenge: Challenge, now: datetime) -> None:
    key = f"{kind}:{challenge.id}:{due.run.__name__}:{due.at.isoformat()}"
    note(session, key, kind, now, due_at=due.at, challenge_id=challenge.id, what=due.run.__name__)


def _ask_again(session: Session, desk: Desk, now: datetime) -> int:
    """Take up conversations that were put off until now; how many, at most a batch."""
    programme = the_programme(session)
    if programme is None:
        return 0
    rows = to_resume(session, now, BATCH)
    for row in rows:
        with apart(session, "asking_again_failed", row=row.id) as tried:
            call(resuming.ask_again, {**tools(session, desk, programme, now), "row": row})
        if tried.failure:
            session.refresh(row)
            row.resume_at = now + _AGAIN_AFTER_FAILURE
            key = f"asking:{row.id}"
            note(session, key, "question_failing", now, due_at=now, challenge_id=row.challenge_id)
    return len(rows)


def _tell_the_morning(session: Session, desk: Desk, now: datetime) -> int:
    """Queue the digests that are due; how many people were looked at, at most a batch."""
    programme = the_programme(session)
    if programme is None:
        return 0
    people = due_for_digest(session, now, DIGESTS)
    offered = tools(session, desk, programme, now)
    if people and _tell(session, offered, people) is not None:  # one by one, to find whose failure it is
        for person in people:
            if failure := _tell(session, offered, [person]):
                log.error("digest_failed", person=person.id, exc_info=failure)
                session.refresh(person)
                person.next_digest_at = now + _AGAIN_AFTER_FAILURE
                note(session, f"morning:{person.id}", "digest_failing", now, due_at=now, who=person.name)
    return len(people)


def _tell(session: Session, offered: dict[str, Any], people: list[Person]) -> Exception | None:
    """Queue some people's digests, all or none; what went wrong."""
    try:
        with session.begin_nested():
            call(digest.send, {**offered, "people": people})
    except HITCHES:
        raise
    except Exception as failure:
        return failure
    return None


def _begin_day_at_home(session: Session, now: datetime) -> int:
    """Have the homes drawn whose morning has come; how many, at most a batch."""
    programme = the_programme(session)
    return homes.begin_day(session, programme, now, BATCH) if programme else 0


def _offered(session: Session, desk: Desk, challenge: Challenge, now: datetime) -> dict[str, Any]:
    programme = session.get_one(Programme, challenge.programme_id)
    return {
        **tools(session, desk, programme, now),
        "challenge": challenge,
        "format": desk.shapes.format(challenge.format),
        "today": local_day(now, challenge.zone),
        "zone": challenge.zone,
        "planned": challenge.next_due_at,
    }


def next_moment(session: Session, now: datetime) -> datetime | None:
    """When something falls due next, None when nothing does."""
    moments = (
        session.scalar(select(func.min(Challenge.next_due_at))),
        next_resume(session),
        next_home(session),
        session.scalar(select(func.min(Person.next_digest_at))),
        session.scalar(
            select(func.min(Outgoing.not_before)).where(Outgoing.state == "ready", Outgoing.not_before > now)
        ),
    )
    return min((moment for moment in moments if moment), default=None)
