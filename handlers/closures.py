"""The days on which a council is closed: `council closed 24 dec to 1 jan`. They are not counted as worked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.calendars import calendar_with, closed_days
from handlers.effect import changes, moved
from handlers.message import Facts, Refused, Reply
from handlers.rules.dates import Days, in_a_row
from handlers.shapes import Format
from handlers.shown import place, what_is_confirmed
from handlers.tasks import anchor_days
from handlers.unsent import forget_moved, redated
from store.challenge import Challenge
from store.person import Person

_MOST = 62
_PREVIEW = "closure_preview"
_CLOSED, _OPEN = "closed", "open"


class ClosedTooLong(Refused):
    """Nobody closes a council for more than two months: a slip in one of the days."""


class AlreadyNoted(Refused):
    """The council was noted as closed, or as open, on all of these days before."""


class NothingToNote(Refused):
    """Nothing was previewed that could be confirmed."""


class ClosuresChanged(Refused):
    """The visit or the closed days were changed after the preview whose button was pressed."""


def note_closed(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    days: Days,
) -> Reply:  # fmt: skip
    """Note days on which the council is closed; where dates move by it, show them first."""
    return _note(session, challenge, format, speaker, now, today, days, _CLOSED)


def note_open(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    days: Days,
) -> Reply:  # fmt: skip
    """Take back that the council is closed on some days; where dates move by it, show them first."""
    return _note(session, challenge, format, speaker, now, today, days, _OPEN)


def _note(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    days: Days, change: str,
) -> Reply:  # fmt: skip
    if len(days) > _MOST:
        raise ClosedTooLong(at_field="days", most=_MOST)
    if _after(challenge, days, change) == closed_days(challenge):
        raise AlreadyNoted(at_field="days", council=challenge.name, change=change)
    facts = _facts(session, challenge, format, today, days, change)
    if not facts["moved"]:
        return _noted(session, challenge, format, now, days, change, facts)
    return _preview(session, challenge, speaker, now, days, change, {**facts, "changed": False})


def _after(challenge: Challenge, days: Days, change: str) -> frozenset[date]:
    """The closed days once these are closed, or open."""
    closed = closed_days(challenge)
    return closed | set(days) if change == _CLOSED else closed - set(days)


def _facts(
    session: Session, challenge: Challenge, format: Format, today: date, days: Days, change: str
) -> dict[str, Any]:
    after = _after(challenge, days, change)
    found = changes(session, challenge, format, anchor_days(challenge), calendar_with(challenge, after))
    return {
        "challenge": challenge.name,
        "first": days.first.isoformat(),
        "last": days.last.isoformat(),
        "change": change,
        "closed": in_facts(after),
        "this_year": today.year,
        **moved(found, today),
    }


def in_facts(closed: frozenset[date]) -> list[dict[str, str]]:
    """Closed days as they follow on each other, for a template."""
    return [{"first": days.first.isoformat(), "last": days.last.isoformat()} for days in in_a_row(closed)]


def _preview(
    session: Session, challenge: Challenge, speaker: Person, now: datetime, days: Days, change: str,
    facts: Facts,
) -> Reply:  # fmt: skip
    chosen = {
        "first": days.first.isoformat(), "last": days.last.isoformat(), "change": change,
        "was": _was(challenge),
    }  # fmt: skip
    nth = place(session, challenge, speaker, _PREVIEW, now)
    return Reply(_PREVIEW, {**facts, **nth}, hidden={"challenge": challenge.id, **chosen})


def _was(challenge: Challenge) -> str:
    """What a preview was made from: the visit, and the days that were closed."""
    closed = [f"{days.first}..{days.last}" for days in in_a_row(closed_days(challenge))]
    return " ".join([str(challenge.first_day), str(challenge.last_day), *closed])


def confirm(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    about: Facts,
) -> Reply:  # fmt: skip
    """Note closed days as it was shown (typed: last), or show it anew where it is not so any more."""
    shown = what_is_confirmed(session, challenge, speaker, _PREVIEW, now, about)
    if shown is None:
        raise NothingToNote(council=challenge.name)
    chosen = shown.hidden
    days = Days(first=date.fromisoformat(chosen["first"]), last=date.fromisoformat(chosen["last"]))
    if _after(challenge, days, chosen["change"]) == closed_days(challenge):
        raise AlreadyNoted(council=challenge.name, change=chosen["change"])
    if _was(challenge) != chosen["was"]:
        raise ClosuresChanged(council=challenge.name)
    facts = _facts(session, challenge, format, today, days, chosen["change"])
    if not shown.still_says(facts):
        again = {**facts, "changed": True}
        return _preview(session, challenge, speaker, now, days, chosen["change"], again)
    return _noted(session, challenge, format, now, days, chosen["change"], facts)


def _noted(
    session: Session, challenge: Challenge, format: Format, now: datetime, days: Days, change: str,
    facts: Facts,
) -> Reply:  # fmt: skip
    after = _after(challenge, days, change)
    challenge.closed_days = sorted(day.isoformat() for day in after)
    forget_moved(session, challenge, now, redated(session, challenge, format))
    return Reply("closure_noted", facts, hidden={"challenge": challenge.id})
