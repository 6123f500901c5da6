"""The bot looks at itself: steps that should have happened by now and did not.

It asks the rows, and not whoever should have done it: a tick that fails, a process that hangs or a call
nobody settled look the same from here. What tells of itself when it fails is written down there (`jobs`,
`consequences`); what it comes to is told by `findings`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.orm import Session

from handlers import keeping
from handlers.agenda import Due, upcoming
from handlers.apart import apart
from handlers.due import SOURCES
from handlers.knowing import may_know
from handlers.rules.local import local_day
from handlers.shapes import Shapes
from handlers.visit import days_of
from handlers.words import Words
from store.challenge import Challenge
from store.finding import Finding, note
from store.heard import not_handed_over
from store.outbox import Outgoing
from store.overdue import (
    challenges_overdue,
    digests_overdue,
    messages_overdue,
    on_site,
    questions_overdue,
    rooms_nowhere,
    rooms_unseen,
)
from store.programme import Programme

log = structlog.get_logger()

BEHIND = timedelta(minutes=15)
"""How far behind its moment something is, before it is found: retries and restarts take a while."""
_AT_MOST = 50
"""Of each kind: where more is wrong, the oldest say enough."""
_A_DAY = timedelta(days=1)
_AS = frozenset({"coordinator"})
"""A message is named where whoever has this role may know of it; else it is a message."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A step that should have happened at `due_at`. `key` names it for as long as it is missing."""

    key: str
    kind: str
    due_at: datetime
    challenge: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at oneself needs. `wall` is the machine's clock."""

    session: Session
    programme: Programme
    words: Words
    shapes: Shapes
    now: datetime
    wall: datetime

    @property
    def before(self) -> datetime:
        """What was due by then is overdue."""
        return self.now - BEHIND


def look(session: Session, programme: Programme, words: Words, shapes: Shapes, now: datetime,
         wall: datetime) -> list[Missing]:  # fmt: skip
    """Everything that should have happened and did not, at most so many of each kind; written down too.

    A look that goes wrong is a finding itself, `look_failing`, and keeps nobody from the others.
    """
    at = Look(session=session, programme=programme, words=words, shapes=shapes, now=now, wall=wall)
    found = [missing for kind in LOOKS for missing in _looked(at, kind)]
    for one in found:
        note(session, one.key, one.kind, now, due_at=one.due_at, challenge_id=one.challenge, **one.facts)
    return found


def _looked(at: Look, kind: str) -> list[Missing]:
    """What one look finds."""
    found: list[Missing] = []
    with apart(at.session, "look_failed", kind=kind) as tried:
        found = list(LOOKS[kind](at))
    if tried.failure:
        return [Missing(key=f"look:{kind}", kind="look_failing", due_at=at.now, facts={"what": kind})]
    return found


# What is looked at


def _messages(at: Look) -> Iterator[Missing]:
    """Calls that no chat has taken, or of which nobody ever heard again."""
    for row in messages_overdue(at.session, at.before, _AT_MOST):
        facts = {
            "what": _named(at, row) if row.op == "post" else row.op,
            "who": row.person.name if row.person else "",
            "room": row.room.kind if row.room else "",
            "state": row.state,
        }
        key, due = f"message:{row.id}", max(row.not_before, row.queued_at)
        yield Missing(
            key=key,
            kind="message_waits",
            due_at=due,
            challenge=row.challenge_id,
            facts=facts,
        )


def _named(at: Look, row: Outgoing) -> str:
    """The name of a message, where the programme may know that there is one."""
    challenge = at.session.get(Challenge, row.challenge_id) if row.challenge_id else None
    name = challenge.format if challenge else at.shapes.default.key
    format = at.shapes.formats.get(name)  # none: its file is gone, and nobody knows who may know
    return str(row.template) if format and may_know(row, format, at.words, _AS) else ""


def _challenges(at: Look) -> Iterator[Missing]:
    """Challenges that nobody has looked at, so that nothing falls due in them."""
    for one in challenges_overdue(at.session, at.before, _AT_MOST):
        due = one.next_due_at or at.now
        yield Missing(key=f"agenda:{one.id}", kind="agenda_waits", due_at=due, challenge=one.id)


def _digests(at: Look) -> Iterator[Missing]:
    """People for whom no digest was made."""
    for one in digests_overdue(at.session, at.before, _AT_MOST):
        due = one.next_digest_at or at.now
        yield Missing(key=f"digest:{one.id}", kind="digest_waits", due_at=due, facts={"who": one.name})


def _questions(at: Look) -> Iterator[Missing]:
    """Conversations that were put off and not taken up; whose is told to nobody."""
    for one in questions_overdue(at.session, at.before, _AT_MOST):
        due = one.resume_at or at.now
        yield Missing(
            key=f"question:{one.id}",
            kind="question_waits",
            due_at=due,
            challenge=one.challenge_id,
        )


def _answers(at: Look) -> Iterator[Missing]:
    """Answers that nobody is known to have received, and that nobody brings."""
    for one in not_handed_over(at.session, at.before, 1):
        yield Missing(key="answers", kind="answers_wait", due_at=one.at)


def _rooms(at: Look) -> Iterator[Missing]:
    """Rooms that stand nowhere: what is to be said there waits."""
    for one in rooms_nowhere(at.session, _AT_MOST):
        facts = {"room": one.kind, "state": one.state, "chat": one.platform or ""}
        key, due = f"room:{one.id}:{one.state}", one.wanted_at if one.state == "wanted" else at.now
        yield Missing(
            key=key,
            kind="room_nowhere",
            due_at=due,
            challenge=one.challenge_id,
            facts=facts,
        )


def _unseen(at: Look) -> Iterator[Missing]:
    """Team rooms of which the chat does not tell who is in them: nothing is posted there."""
    for one in rooms_unseen(at.session, at.wall - BEHIND, _AT_MOST):
        facts = {"room": one.kind, "chat": one.platform or ""}
        due = at.now - (at.wall - (one.unseen_since or at.wall))
        yield Missing(
            key=f"unseen:{one.id}",
            kind="room_unseen",
            due_at=due,
            challenge=one.challenge_id,
            facts=facts,
        )


def _on_site(at: Look) -> Iterator[Missing]:
    """While a team is on site its agenda is worked out anew: what was passed by is done now, and told."""
    today = local_day(at.now, at.programme.zone)
    for one in on_site(at.session, today - _A_DAY, today + _A_DAY, _AT_MOST):
        if local_day(at.now, one.zone) in days_of(one):
            yield from _of_agenda(at, one)


def _of_agenda(at: Look, challenge: Challenge) -> Iterator[Missing]:
    """What is wrong with one agenda. That it goes wrong is one finding, whoever comes upon it."""
    dues: list[Due] = []
    with apart(at.session, "tick_failed", challenge=challenge.id) as tried:
        dues = upcoming(SOURCES, at.session, challenge, at.shapes.format(challenge.format))
    if tried.failure:
        yield Missing(
            key=f"tick:{challenge.id}", kind="challenge_failing", due_at=at.now, challenge=challenge.id
        )
        return
    if dues and dues[0].at <= at.before and _is_asleep(at, challenge):
        step, due = dues[0].run.__name__, dues[0].at
        log.error("agenda_overslept", challenge=challenge.id, step=step)
        keeping.look_again(challenge, at.now)
        key, facts = f"overslept:{challenge.id}:{due.isoformat()}", {"what": step}
        yield Missing(key=key, kind="step_overslept", due_at=due, challenge=challenge.id, facts=facts)


def _is_asleep(at: Look, challenge: Challenge) -> bool:
    """Whether nobody will look at it now; one that fails is tried again, and told of as such."""
    planned = challenge.next_due_at
    return (planned is None or planned > at.now) and at.session.get(Finding, f"tick:{challenge.id}") is None


LOOKS: Final[Mapping[str, Callable[[Look], Iterator[Missing]]]] = {
    "message_waits": _messages,
    "agenda_waits": _challenges,
    "digest_waits": _digests,
    "question_waits": _questions,
    "answers_wait": _answers,
    "room_nowhere": _rooms,
    "room_unseen": _unseen,
    "step_overslept": _on_site,
}
"""By the kind of what each finds."""
