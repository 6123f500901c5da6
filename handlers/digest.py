"""The morning digest: one message a person and working day, and only when there is something to say.

For each person and challenge the next morning with something in it is kept, so that whoever has
nothing costs nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from handlers import explaining
from handlers.holding import Holding, Sight, holding, is_late
from handlers.morning import NEVER, Morning, digest_clock
from handlers.post import Post
from handlers.rules.dates import at
from handlers.rules.local import local_day, local_text
from handlers.rules.quiet import works_on
from handlers.shapes import Format, Shapes
from handlers.words import Words
from store.challenge import Challenge
from store.conversation import OpenQuestion, open_question
from store.digest import DigestDay, digest_days, digest_days_of, first_digest_day
from store.outbox import outgoing_keyed
from store.person import Person

_NOON = time(12, 0)

# When there is something to say


def plan(
    session: Session, challenge: Challenge, format: Format, words: Words, held: Holding, now: datetime
) -> None:
    """Note for everybody with a part when this challenge next has something for their digest."""
    there = digest_days(session, challenge.id)
    morning = Morning(session=session, challenge=challenge, format=format, words=words, held=held, now=now)
    people = [] if challenge.closed_at else held.everybody()
    for person_id in there.keys() - {person.id for person in people}:
        _note(session, challenge, person_id, there[person_id], None)
    for person in people:
        _plan_for(person, morning, there.get(person.id))


def _plan_for(person: Person, morning: Morning, row: DigestDay | None) -> None:
    """Note when a challenge next has something for one person. A digest that is due stays due."""
    when = morning.next_one(person)
    waits = row is not None and when is not None and row.at <= morning.now
    if not waits and (row.at if row else None) != when:
        _note(morning.session, morning.challenge, person.id, row, when)


def _note(
    session: Session, challenge: Challenge, person_id: int, row: DigestDay | None, when: datetime | None
) -> None:
    if row is None:
        session.add(DigestDay(challenge_id=challenge.id, person_id=person_id, at=when))
    elif when is None:
        session.delete(row)
    else:
        row.at = when
    session.flush()
    set_next(session, session.get_one(Person, person_id))


def set_next(session: Session, person: Person) -> None:
    """Note when somebody's next digest is due; never for whoever wants none."""
    wants = person.digest_time != NEVER
    person.next_digest_at = first_digest_day(session, person.id) if wants else None


# Saying it


def send(session: Session, person: Person, post: Post, shapes: Shapes, now: datetime) -> None:
    """Queue somebody's digest, if it is a morning for it, and note when the next one is due.

    A digest that is late by more than its day, or comes in quiet hours, is skipped.
    """
    rows = [row for row in digest_days_of(session, person.id) if row.at <= now]
    ready = [_morning(session, row, post, shapes) for row in rows]
    speaking = [morning for morning in ready if _may_say(person, morning, now)]
    parts = [part for morning in speaking for part in _part(morning, person, post)]
    if parts:
        _queue(session, person, parts, post, now)
    for row in rows:
        session.delete(row)
    session.flush()
    for morning in ready:
        _plan_after(person, morning)
    set_next(session, person)


def _plan_after(person: Person, morning: Morning) -> None:
    """Plan the reader's next digest; a director may have been reminded: the coordinators' too."""
    _plan_for(person, morning, None)
    if morning.is_director(person):
        there = digest_days(morning.session, morning.challenge.id)
        for one in morning.held.people("coordinator"):
            _plan_for(one, morning, there.get(one.id))


def _morning(session: Session, row: DigestDay, post: Post, shapes: Shapes) -> Morning:
    challenge = session.get_one(Challenge, row.challenge_id)
    return Morning(
        session=session,
        challenge=challenge,
        format=shapes.format(challenge.format),
        words=post.words,
        held=holding(session, challenge, local_day(post.now, challenge.zone)),
        now=post.now,
    )


def _may_say(person: Person, morning: Morning, now: datetime) -> bool:
    clock = time.fromisoformat(local_text(now, morning.challenge.zone)[11:16])
    works = works_on(morning.today, morning.calendar, person.working_days)
    return works and digest_clock(person, morning.format) <= clock < morning.format.quiet.starts


def _part(morning: Morning, person: Person, post: Post) -> Iterator[dict[str, Any]]:
    """What one challenge has to say to somebody; nothing where it has nothing."""
    held, today = morning.held, morning.today
    roles = held.roles_of(person.id)
    sight = Sight(format=morning.format, holding=held, person=person, roles=roles, today=today)
    tasks, unanswered = morning.near(person), morning.unanswered(person)
    by_hand, in_doubt = morning.by_hand(person), morning.in_doubt(person)
    if not tasks and not unanswered and not by_hand and not in_doubt:
        return
    for task in tasks:
        if morning.is_director(person) and is_late(task, morning.today) and task.chased_at is None:
            task.chased_at = morning.now
    shown = [explaining.shown(task, morning.challenge, sight, post.words) for task in tasks]
    yield {
        "challenge": morning.challenge.name,
        "id": morning.challenge.id,
        "you": [role for role in morning.format.roles if role in roles],
        "tasks": [{**facts, "mine": sight.owns(task)} for facts, task in zip(shown, tasks, strict=True)],
        "unanswered": [explaining.shown(task, morning.challenge, sight, post.words) for task in unanswered],
        "by_hand": by_hand,
        "in_doubt": in_doubt,
        "to_see": by_hand + in_doubt,
        "late": any(facts["late"] for facts in shown),
        "hidden": _carried(morning.challenge, shown),
    }


def _carried(challenge: Challenge, tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """What the buttons of a challenge carry; the only task of the morning is chosen already in its forms."""
    known = {"known": {"item": str(tasks[0]["number"])}} if len(tasks) == 1 else {}
    return {"challenge": challenge.id, **known}


def _queue(session: Session, person: Person, parts: list[dict[str, Any]], post: Post, now: datetime) -> None:
    """Queue the one message of the day, with a button for each task that can be said to be done."""
    today = local_day(now, post.programme.zone)
    key = f"digest:{person.id}:{today}"
    if outgoing_keyed(session, key):
        return
    several = len(parts) > 1
    parts = [{**part, "of": f" ({part['challenge']})" if several else ""} for part in parts]
    facts = {
        "today": today.isoformat(),
        "afternoon": now >= at(today, _NOON, post.programme.zone),
        "parts": parts,
        "tasks": list(_buttons(parts)),
        "question": _question(open_question(session, person.id)),
    }
    challenge = None if several else session.get_one(Challenge, parts[0]["id"])
    until = at(today, post.shapes.default.quiet.starts, post.programme.zone)
    post.to_person(person, "digest", facts, key=key, challenge=challenge, until=until)


def _buttons(parts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        for task in part["tasks"]:
            if task["can_do"]:
                yield {"number": task["number"], "of": part["of"], "hidden": part["hidden"]}


def _question(asked: OpenQuestion | None) -> dict[str, str]:
    """The question that plain words of this person answer, if one is open."""
    if asked is None:
        return {"series": "", "challenge": ""}
    return {"series": asked.series, "challenge": asked.challenge.name}
