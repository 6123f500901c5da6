"""Putting a message into the outbox: never sent here, always committed with the change that caused it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.calendars import calendar_for, calendar_of
from handlers.letters import slot_for
from handlers.message import Facts
from handlers.rules.audiences import may_read, may_stand_in
from handlers.rules.counting import WorkingDays
from handlers.rules.local import local_day
from handlers.rules.quiet import when_to_nudge
from handlers.shapes import Format, Shapes
from handlers.visit import days_of
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing, outgoing_keyed
from store.person import Person
from store.programme import Programme
from store.role import programme_roles, roles_of
from store.room import Room
from store.slot import unsent_in_slot

PERSON = "person"
"""The audience of a message about somebody's own affairs: to that person, in no room."""
ASKER = "asker"
"""The audience of an answer to whoever asked."""


WAIT = "wait"
"""What a nudge does that was not sent in time: it waits until its reader may be nudged again."""


_WEEK = "12345"
"""The ISO weekdays on which a room is told what can wait."""


class WrongAudience(Exception):
    """A message was about to be queued for somebody who may not read it. A mistake in the bot."""

    def __init__(self, template: str, to: str) -> None:
        super().__init__(f"{template} may not be read by {to}")
        self.template = template
        self.to = to


@dataclass(frozen=True, kw_only=True)
class Post:
    """The way into the outbox, for one unit of work."""

    session: Session
    programme: Programme
    words: Words
    shapes: Shapes
    now: datetime

    def to_person(
        self,
        person: Person,
        template: str,
        facts: Facts,
        *,
        key: str,
        challenge: Challenge | None = None,
        slot: str | None = None,
        hidden: Facts | None = None,
        not_before: datetime | None = None,
        until: datetime | None = None,
        late: str = "skip",
    ) -> Outgoing | None:
        """Queue a direct message; None when `key` was queued before. Raises WrongAudience."""
        if not self.may_read(person, template, challenge):
            raise WrongAudience(template, f"person {person.id}")
        target = {"person_id": person.id, "challenge_id": challenge and challenge.id}
        return self._queue(
            "post", key, target, template, facts, slot, hidden, not_before=not_before, until=until, late=late
        )

    def may_read(self, person: Person, template: str, challenge: Challenge | None) -> bool:
        """Whether somebody may be sent this by the roles they hold now."""
        return person_may_read(self.session, self.words, self.shapes, template, person, challenge, self.now)

    def nudge(
        self,
        person: Person,
        template: str,
        facts: Facts,
        *,
        key: str,
        challenge: Challenge,
        hidden: Facts | None = None,
        until: datetime | None = None,
    ) -> Outgoing | None:
        """Queue a direct message for when its reader may be nudged: working days, outside quiet hours."""
        when = self.when_to_nudge(person, challenge)
        return self.to_person(
            person, template, facts, key=key, challenge=challenge, hidden=hidden, not_before=when,
            until=until, late=WAIT,
        )  # fmt: skip

    def when_to_nudge(self, person: Person, challenge: Challenge) -> datetime:
        """The first moment at which somebody may be nudged about a challenge; on site, at any time."""
        format = self.shapes.format(challenge.format)
        quiet = format.quiet
        if quiet.exempt_on_site and self._is_on_site(person, challenge, format):
            return self.now
        return self._after_quiet(challenge, calendar_for(person, challenge), person.working_days)

    def when_to_tell_a_room(self, challenge: Challenge) -> datetime:
        """The first moment at which a room where the council reads may be told what can wait.

        On an on-site day, at any time.
        """
        quiet = self.shapes.format(challenge.format).quiet
        if quiet.exempt_on_site and local_day(self.now, challenge.zone) in days_of(challenge):
            return self.now
        return self._after_quiet(challenge, calendar_of(challenge), _WEEK)

    def _after_quiet(self, challenge: Challenge, calendar: WorkingDays, working_days: str) -> datetime:
        quiet = self.shapes.format(challenge.format).quiet
        return when_to_nudge(
            self.now,
            zone=challenge.zone,
            calendar=calendar,
            working_days=working_days,
            quiet_from=quiet.starts,
            quiet_until=quiet.ends,
        )

    def _is_on_site(self, person: Person, challenge: Challenge, format: Format) -> bool:
        today = local_day(self.now, challenge.zone)
        if today not in days_of(challenge):
            return False
        held = roles_of(self.session, person.id, challenge.id, challenge.programme_id, today)
        return any(format.roles[role].on_site for role in format.roles if role in held)

    def to_room(
        self,
        room: Room,
        template: str,
        facts: Facts,
        *,
        key: str,
        challenge: Challenge | None = None,
        slot: str | None = None,
        hidden: Facts | None = None,
        not_before: datetime | None = None,
        until: datetime | None = None,
        late: str = "skip",
    ) -> Outgoing | None:
        """Queue a message to a room; None when `key` was queued before. Raises WrongAudience."""
        if not room_may_read(self.words, self.shapes, template, room, challenge):
            raise WrongAudience(template, f"the {room.kind} room")
        target = {"room_id": room.id, "challenge_id": challenge and challenge.id}
        return self._queue(
            "post", key, target, template, facts, slot, hidden, not_before=not_before, until=until, late=late
        )

    def to_move(self, op: str, room: Room, key: str, person: Person | None = None) -> Outgoing | None:
        """Queue the making of a room, a pin, or somebody's way into a room or out of it."""
        target = {
            "room_id": room.id,
            "person_id": person and person.id,
            "challenge_id": room.challenge_id,
        }
        return self._queue(op, key, target, None, {}, None, None)

    def to_look_into(self, room: Room, facts: Facts, *, key: str) -> None:
        """Queue a look at who is in a room; the facts are for whatever follows from it."""
        target = {"room_id": room.id, "person_id": None, "challenge_id": room.challenge_id}
        self._queue("look", key, target, None, facts, None, None)

    def to_look_up(self, person: Person, challenge: Challenge | None = None) -> None:
        """Queue a search for somebody's account by their e-mail address. Nobody is contacted by it."""
        target = {"room_id": None, "person_id": person.id, "challenge_id": challenge and challenge.id}
        key = f"look_up:{person.id}:{self.now.isoformat()}"
        self._queue("look_up", key, target, None, {}, None, None)

    def _queue(
        self,
        op: str,
        key: str,
        target: dict[str, Any],
        template: str | None,
        facts: Facts,
        slot: str | None,
        hidden: Facts | None,
        *,
        not_before: datetime | None = None,
        until: datetime | None = None,
        late: str = "skip",
    ) -> Outgoing | None:
        if outgoing_keyed(self.session, key):
            return None
        slot = slot or slot_for(str(template), key)
        before = unsent_in_slot(self.session, slot) if slot else []
        in_doubt = any(older.state == "unsure" for older in before)
        for older in before:
            older.state = "replaced"
        row = Outgoing(
            programme_id=self.programme.id,
            key=key,
            op=op,
            slot=slot,
            template=template,
            facts=dict(facts),
            hidden={
                **({"challenge": target["challenge_id"]} if target["challenge_id"] else {}),
                **(hidden or {}),
            },
            state="ready",
            late=late,
            queued_at=self.now,
            not_before=not_before or self.now,
            until=until,
            repeated=in_doubt,
            **target,
        )
        self.session.add(row)
        if self.session.autoflush:  # else it is written with others
            self.session.flush()
        return row


def room_may_read(
    words: Words, shapes: Shapes, template: str, room: Room, challenge: Challenge | None
) -> bool:
    """Whether everybody who reads a room may read a template. Denied unless the format says so."""
    audience = words.audience(template)
    elsewhere = room.challenge_id is not None and (challenge is None or room.challenge_id != challenge.id)
    if elsewhere or audience in {PERSON, ASKER}:
        return False
    shape = _format(shapes, challenge)
    return may_stand_in(shape.audience(room.kind), shape.audience(audience))


def person_may_read(
    session: Session,
    words: Words,
    shapes: Shapes,
    template: str,
    person: Person,
    challenge: Challenge | None,
    now: datetime,
) -> bool:
    """Whether somebody may read a template by the roles they hold now."""
    audience = words.audience(template)
    if audience in {PERSON, ASKER}:
        return True
    if challenge is None:
        return may_read(
            programme_roles(session, person.id, _programme_day(session, person, now)),
            shapes.default.audience(audience),
        )
    today = local_day(now, challenge.zone)
    roles = roles_of(session, person.id, challenge.id, challenge.programme_id, today)
    return may_read(roles, _format(shapes, challenge).audience(audience))


def _programme_day(session: Session, person: Person, now: datetime) -> date:
    return local_day(now, session.get_one(Programme, person.programme_id).zone)


def _format(shapes: Shapes, challenge: Challenge | None) -> Format:
    return shapes.format(challenge.format) if challenge else shapes.default
