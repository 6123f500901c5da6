"""The morning digest: one message a person and working day, and only when there is something to say.

For each person and challenge the next morning with something in it is kept, so that whoever has
nothing costs nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from handlers import explaining
from handlers.calendars import calendar_for
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
from store.digest import DigestDay, digest_days, due_digest_days, first_digest_days
from store.every_morning import ask_of_challenges, ask_of_people, challenges_among
from store.outbox import outgoing_keyed
from store.person import Person

_NOON = time(12, 0)

# When there is something to say


class _Days:
    """For whom which challenge next has something, as it is read and changed here; written at the end."""

    def __init__(self, session: Session, rows: Iterable[DigestDay]) -> None:
        self._session = session
        self._rows: dict[tuple[int, int], DigestDay | None] = {}
        self._changed: set[int] = set()
        self._know(rows)

    def of(self, challenge_id: int) -> dict[int, DigestDay]:
        """For whom a challenge has something, by the person's id."""
        self._know(digest_days(self._session, challenge_id).values())
        return {who: row for (what, who), row in self._rows.items() if what == challenge_id and row}

    def note(self, challenge_id: int, person_id: int, when: datetime | None) -> None:
        """Have a challenge's next morning for somebody be then; None: it has nothing."""
        row = self._rows.get((challenge_id, person_id))
        if row and when:
            row.at = when
        elif row:
            self._session.delete(row)
            row = None
        elif when:
            row = DigestDay(challenge_id=challenge_id, person_id=person_id, at=when)
            self._session.add(row)
        self._rows[challenge_id, person_id] = row
        self._changed.add(person_id)

    def write(self, people: Iterable[Person] = ()) -> None:
        """Write what changed, and when the next digest of all concerned, and of these people, is due."""
        concerned = sorted(self._changed | {person.id for person in people})
        set_next(self._session, [self._session.get_one(Person, one) for one in concerned])

    def _know(self, rows: Iterable[DigestDay]) -> None:
        """What was changed here already stays as it was changed."""
        for row in rows:
            self._rows.setdefault((row.challenge_id, row.person_id), row)


def plan(
    session: Session, challenge: Challenge, format: Format, words: Words, held: Holding, now: datetime
) -> None:
    """Note for everybody with a part when this challenge next has something for their digest."""
    days = _Days(session, ())
    there = days.of(challenge.id)
    morning = Morning(session=session, challenge=challenge, format=format, words=words, held=held, now=now)
    people = [] if challenge.closed_at else held.everybody()
    for person_id in there.keys() - {person.id for person in people}:
        days.note(challenge.id, person_id, None)
    for person in people:
        _plan_for(person, morning, there.get(person.id), days)
    days.write()


def _plan_for(person: Person, morning: Morning, row: DigestDay | None, days: _Days) -> None:
    """Note when a challenge next has something for one person. A digest that is due stays due."""
    when = morning.next_one(person)
    waits = row is not None and when is not None and row.at <= morning.now
    if not waits and (row.at if row else None) != when:
        days.note(morning.challenge.id, person.id, when)


def set_next(session: Session, people: Sequence[Person]) -> None:
    """Note when the next digest of each of these people is due; never for whoever wants none."""
    session.flush()
    first = first_digest_days(session, [person.id for person in people]) if people else {}
    for person in people:
        person.next_digest_at = first.get(person.id) if person.digest_time != NEVER else None


# Saying it


def send(session: Session, people: Sequence[Person], post: Post, shapes: Shapes, now: datetime) -> None:
    """Queue the digests of those for whom it is a morning, and note when everybody's next one is due.

    A digest that is late by more than its day, or comes in quiet hours, is skipped. Nothing is written
    before all are made: each writing costs as much as making one.
    """
    rows = due_digest_days(session, people, now)
    challenges = challenges_among(session, (row.challenge_id for row in rows))
    ask_of_people(session, people, [_key(person, post) for person in people])
    zones = (challenge.zone for challenge in challenges.values())
    ask_of_challenges(session, list(challenges.values()), [local_day(post.now, zone) for zone in zones])
    with session.no_autoflush:
        mornings = {number: _morning(session, one, post, shapes) for number, one in challenges.items()}
        days = _Days(session, rows)
        for person in people:
            ready = [mornings[row.challenge_id] for row in rows if row.person_id == person.id]
            _send(session, person, ready, post, days)
    days.write(people)


def _send(session: Session, person: Person, ready: list[Morning], post: Post, days: _Days) -> None:
    speaking = [morning for morning in ready if _may_say(person, morning, post.now)]
    parts = [part for morning in speaking for part in _part(morning, person, post)]
    if parts:
        _queue(session, person, parts, post, post.now)
    for morning in ready:
        _plan_after(person, morning, days)


def _plan_after(person: Person, morning: Morning, days: _Days) -> None:
    """Plan the reader's next digest; a director may have been reminded: the coordinators' too."""
    days.note(morning.challenge.id, person.id, morning.next_one(person))
    coordinators = morning.held.people("coordinator") if morning.is_director(person) else []
    if coordinators:
        there = days.of(morning.challenge.id)
        for one in coordinators:
            _plan_for(one, morning, there.get(one.id), days)


def _morning(session: Session, challenge: Challenge, post: Post, shapes: Shapes) -> Morning:
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
    works = works_on(morning.today, calendar_for(person, morning.challenge), person.working_days)
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
    today, key = local_day(now, post.programme.zone), _key(person, post)
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


def _key(person: Person, post: Post) -> str:
    """One digest a person and day."""
    return f"digest:{person.id}:{local_day(post.now, post.programme.zone)}"


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
