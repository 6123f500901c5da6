"""The end of a challenge: nothing falls due any more, its rooms hear of it, and its records begin to go."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers import keeping
from handlers.challenge import AlreadyOpen
from handlers.closing_told import INVITED, TEAM, standing, take_back, tell, tell_rooms, told_one_by_one
from handlers.finding import RUN_THE_PROGRAMME, NoSuchChallenge, roles
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.purging import days_kept
from handlers.rules.local import local_day
from handlers.shapes import Format, Shapes
from handlers.shown import last_shown
from handlers.state_card import is_card
from store.challenge import Challenge, closed_challenges, open_names
from store.conversation import conversations_about
from store.hold import deleted_of, is_held
from store.outbox import OWED, unsent_about, ways_in, withdraw
from store.person import Person
from store.programme import Programme
from store.questionnaire import all_participations
from store.room import RoomMember
from store.task import open_tasks


class NotShownYet(Refused):
    """What closing a challenge does was not shown to whoever would close it."""


class NothingToReopen(Refused):
    """No challenge is closed that the speaker could open again; `gone`: of one that was, the records went."""


def propose(
    session: Session, challenge: Challenge, format: Format, shapes: Shapes, today: date, speaker: Person,
    text: str,
) -> Reply:  # fmt: skip
    """Show what closing a challenge does, and do nothing yet. Raises NoSuchChallenge."""
    if text and text.strip(" .!").casefold() not in {challenge.slug, challenge.name.casefold()}:
        raise NoSuchChallenge
    told = told_one_by_one(session, challenge, format, today, speaker)
    facts = {
        "challenge": challenge.name,
        "report": format.words.report,
        "final": challenge.final_issued_at is not None,
        "results": any(one.finished_at for one in all_participations(session, challenge.id)),
        "tasks": len(open_tasks(session, challenge.id)),
        "unsent": sum(not is_card(row) for row in unsent_about(session, challenge.id)),
        "rooms": [room.kind for room in standing(session, challenge)],
        "invited": [person.name for person in told[INVITED]],
        "team": [person.name for person in told[TEAM]],
        **_kept_until(session, shapes, challenge, today),
    }
    return Reply("close_preview", facts, hidden={"challenge": challenge.id})


def _kept_until(session: Session, shapes: Shapes, challenge: Challenge, closed: date) -> dict[str, Any]:
    """The days on which records go; of what the team thought, not before the challenge is closed."""
    days = days_kept(shapes, challenge)
    issued = challenge.final_issued_at
    final = local_day(issued, challenge.zone) if issued else closed
    until = {
        "logistics": closed + timedelta(days=days.logistics),
        "deliberation": max(final + timedelta(days=days.deliberation), closed),
        "evaluation": closed + timedelta(days=days.evaluation),
    }
    return {
        "goes": sorted(({"what": what, "on": day.isoformat()} for what, day in until.items()), key=_on),
        "until": until["logistics"].isoformat(),
        "held": is_held(session, challenge.id),
    }


def _on(one: Facts) -> str:
    return str(one["on"])


def close(
    session: Session,
    challenge: Challenge,
    format: Format,
    shapes: Shapes,
    post: Post,
    today: date,
    speaker: Person,
    about: Facts,
) -> Reply:
    """Close a challenge: what waits to be said is withdrawn, nobody is asked anything, its rooms are told.

    It can be opened again until its planning is deleted. Raises NotShownYet: typed, it wants to have been
    shown to whoever says it.
    """
    pressed = "challenge" in about
    if not pressed and last_shown(session, challenge, speaker, "close_preview", post.now) is None:
        raise NotShownYet(challenge=challenge.name)
    challenge.closed_at = post.now
    alone = told_one_by_one(session, challenge, format, today, speaker)
    for row in unsent_about(session, challenge.id):
        withdraw(row)
    _bring_in_nobody_more(session, challenge)
    for asked in conversations_about(session, challenge.id):
        asked.open, asked.resume_at = False, None
    told = tell_rooms(session, challenge, post, "challenge_closed")
    for template, people in alone.items():
        tell(challenge, post, people, template)
    facts = {"challenge": challenge.name, "slug": challenge.slug, "rooms": told}
    return Reply("closed", {**facts, **_kept_until(session, shapes, challenge, today)})


def _bring_in_nobody_more(session: Session, challenge: Challenge) -> None:
    """No room is made any more, and nobody brought into one or looked up. Who goes out still does."""
    for row in ways_in(session, challenge.id):
        withdraw(row)
        member = session.get(RoomMember, (row.room_id, row.person_id)) if row.op == "invite" else None
        if member and member.state == "invited":
            session.delete(member)


# And back


def closed_ones(
    session: Session, programme: Programme, speaker: Person, today: date
) -> dict[str, list[tuple[str, str]]]:
    """The challenges that somebody can open again. Raises NothingToReopen."""
    own = run_by(session, closed_challenges(session, programme.id), speaker, today)
    there = [one for one in own if "logistics" not in deleted_of(session, one.id)]
    if not there:
        raise NothingToReopen(gone=bool(own))
    return {"closed": [(one.slug, one.name) for one in there]}


def run_by(session: Session, among: Iterable[Challenge], person: Person, today: date) -> list[Challenge]:
    """Those challenges which somebody may close, open again, and put a hold on."""
    return [one for one in among if roles(session, person, one, today) & RUN_THE_PROGRAMME]


def reopen(
    session: Session, shapes: Shapes, programme: Programme, post: Post, now: datetime, council: str
) -> Reply:
    """Open a challenge again. What fell due meanwhile is past, and what was withdrawn stays so.

    Raises AlreadyOpen where there is another of its name by now.
    """
    closed = closed_challenges(session, programme.id)
    challenge = next(one for one in closed if one.slug == council)
    if challenge.name in {one.name for one in open_names(session, programme.id)}:
        raise AlreadyOpen(at_field="council", name=challenge.name, slug=challenge.slug)
    challenge.closed_at, challenge.agenda_done_at = None, now
    _make_rooms_after_all(session, challenge)
    keeping.look_again(challenge, now)
    told = tell_rooms(session, challenge, post, "challenge_reopened")
    format = shapes.format(challenge.format)
    take_back(session, challenge, format, post, local_day(now, challenge.zone))
    return Reply("reopened", {"challenge": challenge.name, "rooms": told}, hidden={"challenge": challenge.id})


def _make_rooms_after_all(session: Session, challenge: Challenge) -> None:
    """What was withdrawn before a room was made goes on; who belongs in it is brought in by and by."""
    for row in ways_in(session, challenge.id, (*OWED, "withdrawn")):
        if row.op == "make_room" and row.room and row.room.state == "wanted":
            row.unwanted = False
            row.state = "ready" if row.state == "withdrawn" else row.state
