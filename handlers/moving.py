"""Setting the on-site dates and moving them: first what would happen, then all of it at once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from handlers.challenge import check_length
from handlers.effect import effect
from handlers.holding import holding
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules import phrases
from handlers.rules.dates import Days, NotADate, read_days
from handlers.rules.local import local_day
from handlers.shapes import Format
from handlers.shown import last_shown
from handlers.tasks import redate
from handlers.visit import days_of
from store.challenge import Challenge
from store.invitation import Invitation, invitations
from store.outbox import Outgoing, messages_about, unsent_keyed, unsent_later
from store.person import Person
from store.room import Room, room_of
from store.task import open_tasks

_TOLD = "dates_told:"

Dates: TypeAlias = tuple[str, str]
"""The first and the last on-site day, "" while they are blank."""


class NotTheDates(Refused):
    """The day from which the visit was to move is not its first day."""


class SameDates(Refused):
    """The visit is on these days already."""


class VisitIsOver(Refused):
    """The last on-site day has passed."""


class DatesChanged(Refused):
    """The dates were changed after the preview whose button was pressed."""


class PreviewIsPast(Refused):
    """The days that were previewed have passed before it was confirmed."""


class NothingToMove(Refused):
    """Nothing was previewed that could be confirmed."""


def read_days_meant(challenge: Challenge, text: str) -> dict[str, str]:
    """From when and to when, as typed. While the dates are blank, all of it is the days."""
    if challenge.first_day is None:
        return {"days": text}
    found = phrases.dates(text)
    if "to" not in found:
        return {"days": found.get("from", "")}
    return {"days": found["to"], **({"was": found["from"]} if "from" in found else {})}


def is_move(text: str) -> bool:
    """Whether what follows "move" are days: "10 nov to 17 nov"."""
    return phrases.is_move(text)


def as_dates_move(text: str) -> str:
    """The line that "move 10 nov to 17 nov" stands for."""
    return f"dates move {text}"


def propose(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, today: date,
    days: Days, was: str | None,
) -> Reply:  # fmt: skip
    """Set blank dates; show what would happen to dates that are known, and do nothing yet."""
    _check_not_over(challenge, today)
    wanted = _whole_visit(challenge, days, was)
    check_length(format, wanted)
    if challenge.first_day is None:
        return _set(session, challenge, format, post, now, wanted)
    facts = effect(session, challenge, format, wanted, today)
    facts |= _to_be_told(session, challenge, format, today)
    chosen = {
        "first": wanted.first.isoformat(),
        "last": wanted.last.isoformat(),
        "was": str(challenge.first_day),
    }
    return Reply("dates_preview", facts, hidden={"challenge": challenge.id, **chosen})


def _check_not_over(challenge: Challenge, today: date) -> None:
    if challenge.last_day and challenge.last_day < today:
        raise VisitIsOver(challenge=challenge.name, last_day=challenge.last_day.isoformat())


def _whole_visit(challenge: Challenge, days: Days, was: str | None) -> Days:
    """The days meant: a first day alone keeps the length. Raises NotTheDates, SameDates."""
    if challenge.first_day is None or challenge.last_day is None:
        return days
    there = {"first_day": challenge.first_day.isoformat(), "last_day": challenge.last_day.isoformat()}
    if was and not _is_first_day(challenge.first_day, was):
        raise NotTheDates(at_field="was", **there)
    if len(days) == 1:
        days = Days(first=days.first, last=days.first + (challenge.last_day - challenge.first_day))
    if (days.first, days.last) == (challenge.first_day, challenge.last_day):
        raise SameDates(at_field="days", **there)
    return days


def _is_first_day(first_day: date, was: str) -> bool:
    """Whether the words name the first day, though it may have passed."""
    try:
        return read_days(was, first_day - timedelta(days=1)).first == first_day
    except NotADate:
        return False


def _set(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, days: Days
) -> Reply:
    facts = effect(session, challenge, format, days, local_day(now, challenge.zone))
    _apply(session, challenge, format, post, now, days)
    return Reply("dates_set", facts, hidden={"challenge": challenge.id})


def confirm(
    session: Session,
    challenge: Challenge,
    format: Format,
    post: Post,
    now: datetime,
    today: date,
    about: Facts,
    speaker: Person,
) -> Reply:
    """Move the visit as it was previewed, unless it was moved since then. Typed: as it was shown last."""
    chosen = about if "first" in about else last_shown(session, challenge, speaker, "dates_preview", now)
    if chosen is None:
        raise NothingToMove(challenge=challenge.name)
    days = Days(first=date.fromisoformat(chosen["first"]), last=date.fromisoformat(chosen["last"]))
    there = {"first_day": str(challenge.first_day or ""), "last_day": str(challenge.last_day or "")}
    if (days.first, days.last) == (challenge.first_day, challenge.last_day):
        raise SameDates(**there)
    if days.last < today:
        raise PreviewIsPast(last_day=chosen["last"])
    _check_not_over(challenge, today)
    if str(challenge.first_day) != chosen["was"]:
        raise DatesChanged(**there)
    check_length(format, days)
    facts = effect(session, challenge, format, days, today)
    _apply(session, challenge, format, post, now, days)
    return Reply("dates_moved", facts, hidden={"challenge": challenge.id})


# Doing it


def _apply(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, days: Days
) -> None:
    """Move everything at once. Unsent messages whose moment moved are deleted; those sent stay sent."""
    visit, due = set(days_of(challenge)), _due_days(session, challenge)
    old = _dates(challenge)
    challenge.first_day, challenge.last_day = days.first, days.last
    redate(session, challenge, format)
    gone = (visit - set(days)) | (due - _due_days(session, challenge) - set(days))
    steps = tuple(f":{challenge.id}:{day}" for day in gone)
    for row in unsent_later(session, challenge.id, now):
        if row.key.removeprefix(str(row.template)).startswith(steps):
            session.delete(row)
    session.flush()
    _tell(session, challenge, format, post, old)


def _dates(challenge: Challenge) -> Dates:
    return str(challenge.first_day or ""), str(challenge.last_day or "")


def _due_days(session: Session, challenge: Challenge) -> set[date]:
    """Every day on which something falls due."""
    return {task.due_on for task in open_tasks(session, challenge.id) if task.due_on}


# Telling of it


def _tell(session: Session, challenge: Challenge, format: Format, post: Post, old: Dates) -> None:
    """Tell those whom it concerns of new dates: in the liaison room, or each of them before there is one.

    Who was not told yet of an earlier move hears of both as one, and nothing where it was moved back.
    """
    if challenge.ready_at is None:
        return
    today, room = local_day(post.now, challenge.zone), room_of(session, challenge.id, "liaison")
    untold = _untold(session, challenge)
    told = {row.person_id: _before(row) for row in untold}
    for row in untold:
        _is_overtaken(session, row)
    session.flush()
    if room and room.state == "bound":
        _tell_room(challenge, post, room, told.get(None, old))
    else:
        for person in _concerned(session, challenge, format, today):
            _tell_person(challenge, post, person, told.get(person.id, old))
    for asked in _asked(session, challenge):
        _ask_again(challenge, post, asked, told.get(asked.person_id, old))


def _to_be_told(session: Session, challenge: Challenge, format: Format, today: date) -> dict[str, list[str]]:
    """Who would hear of new dates: the rooms, the people where there are none, and who is asked again."""
    if challenge.ready_at is None:
        return {"rooms": [], "told": [], "asked": []}
    room = room_of(session, challenge.id, "liaison")
    rooms = [room.kind] if room and room.state == "bound" else []
    told = [] if rooms else [one.name for one in _concerned(session, challenge, format, today)]
    asked = _asked(session, challenge)
    return {"rooms": rooms, "told": told, "asked": [one.person.name for one in asked]}


def _asked(session: Session, challenge: Challenge) -> list[Invitation]:
    """The invitations of which somebody has heard and that still stand."""
    return [one for one in invitations(session, challenge.id) if one.asked_at and one.open]


def _untold(session: Session, challenge: Challenge) -> list[Outgoing]:
    """What nobody read of earlier moves: it waits, or was withdrawn. What may stand is not among it."""
    rows = unsent_keyed(session, f"{_TOLD}{challenge.id}:")
    withdrawn = messages_about(session, challenge.id, "withdrawn")
    return [
        *(row for row in withdrawn if row.withdrawn_by and row.template == "dates_told" and not row.emptied),
        *(row for row in rows if row.state == "ready" and not row.repeated),
    ]


def _is_overtaken(session: Session, row: Outgoing) -> None:
    """What waits is as if it had never been; what somebody withdrew stays on record."""
    if row.state == "withdrawn":
        row.state = "replaced"
    else:
        session.delete(row)


def _before(row: Outgoing) -> Dates:
    return row.facts["old_first"], row.facts["old_last"]


def _facts(challenge: Challenge, old: Dates) -> dict[str, str] | None:
    """The new dates and the old; None where they are the same."""
    new = _dates(challenge)
    if new == old:
        return None
    facts = {"challenge": challenge.name, "first_day": new[0], "last_day": new[1]}
    return {**facts, "old_first": old[0], "old_last": old[1]}


def _tell_room(challenge: Challenge, post: Post, room: Room, old: Dates) -> None:
    if facts := _facts(challenge, old):
        when = post.when_to_tell_a_room(challenge)
        post.to_room(
            room, "dates_told", facts, key=_key(challenge, post), challenge=challenge, not_before=when
        )


def _tell_person(challenge: Challenge, post: Post, person: Person, old: Dates) -> None:
    if facts := _facts(challenge, old):
        key = f"{_key(challenge, post)}:{person.id}"
        post.nudge(person, "dates_told", facts, key=key, challenge=challenge)


def _ask_again(challenge: Challenge, post: Post, asked: Invitation, old: Dates) -> None:
    """Ask somebody who was invited whether the new days suit; what they answered before stands until then."""
    if facts := _facts(challenge, old):
        post.nudge(
            asked.person, "invitation_moved", {**facts, "role": asked.role, "state": asked.state},
            key=f"{_key(challenge, post)}:{asked.person_id}:{asked.id}", challenge=challenge,
            hidden={"invitation": asked.id},
        )  # fmt: skip


def _key(challenge: Challenge, post: Post) -> str:
    return f"{_TOLD}{challenge.id}:from:{challenge.first_day}:{post.now.isoformat()}"


def _concerned(session: Session, challenge: Challenge, format: Format, today: date) -> Iterable[Person]:
    """Those with a part of their own in the challenge who may read what both sides read."""
    readers = format.audience("liaison")
    rows = holding(session, challenge, today).roles
    own = (row.person for row in rows if row.challenge_id and row.role in readers)
    return dict.fromkeys(own)
