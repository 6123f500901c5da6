"""The days on which a council is closed: `council closed 24 dec to 1 jan`. They are not counted as worked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy.orm import Session

from handlers.calendars import calendar_with, closed_days
from handlers.effect import changes, moved
from handlers.message import Facts, Refused, Reply
from handlers.rules.dates import Days, in_a_row
from handlers.shapes import Format
from handlers.shown import FIRST_TIME, Shown, place, what_is_confirmed
from handlers.tasks import anchor_days
from handlers.unsent import forget_moved, redated
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person

_MOST = 62
_PREVIEW = "closure_preview"

Kind: TypeAlias = Literal["closed", "open"]


class ClosedTooLong(Refused):
    """Nobody closes a council for more than two months: a slip in one of the days."""


class AlreadyNoted(Refused):
    """The council was noted as closed, or as open, on all of these days before."""


class NothingToNote(Refused):
    """Nothing was previewed that could be confirmed."""


class ClosuresChanged(Refused):
    """The visit or the closed days were changed after the preview whose button was pressed."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Days on which a council is closed, or after all open."""

    days: Days
    kind: Kind

    @property
    def named(self) -> dict[str, str]:
        """What a card says of it, and carries."""
        first, last = self.days.first.isoformat(), self.days.last.isoformat()
        return {"first": first, "last": last, "change": self.kind}

    def after(self, challenge: Challenge) -> frozenset[date]:
        """The closed days once it is noted."""
        closed, days = closed_days(challenge), set(self.days)
        return closed | days if self.kind == "closed" else closed - days

    def on_site(self, challenge: Challenge) -> list[str]:
        """The on-site days on which the council would be closed by it."""
        days = days_of(challenge) if self.kind == "closed" else []
        return [day.isoformat() for day in days if day in set(self.days)]

    def check(self, challenge: Challenge, at_field: str | None = None) -> None:
        """Raise AlreadyNoted where it changes nothing."""
        if self.after(challenge) == closed_days(challenge):
            raise AlreadyNoted(at_field=at_field, council=challenge.name, change=self.kind)


def note_closed(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    days: Days,
) -> Reply:  # fmt: skip
    """Note days on which the council is closed; where dates move by it, show them first."""
    return _note(session, challenge, format, speaker, now, today, Change(days=days, kind="closed"))


def note_open(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    days: Days,
) -> Reply:  # fmt: skip
    """Take back that the council is closed on some days; where dates move by it, show them first."""
    return _note(session, challenge, format, speaker, now, today, Change(days=days, kind="open"))


def _note(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    change: Change,
) -> Reply:  # fmt: skip
    if len(change.days) > _MOST:
        raise ClosedTooLong(at_field="days", most=_MOST)
    change.check(challenge, "days")
    facts = _facts(session, challenge, format, today, change)
    if not facts["moved"]:
        return _noted(session, challenge, format, now, change, facts)
    return _preview(session, challenge, speaker, now, change, {**facts, **FIRST_TIME})


def _facts(
    session: Session, challenge: Challenge, format: Format, today: date, change: Change
) -> dict[str, Any]:
    after = change.after(challenge)
    found = changes(session, challenge, format, anchor_days(challenge), calendar_with(challenge, after))
    return {
        "challenge": challenge.name,
        **change.named,
        "closed": in_facts(after),
        "this_year": today.year,
        "on_site": change.on_site(challenge),
        **moved(found, today),
    }


def in_facts(closed: frozenset[date]) -> list[dict[str, str]]:
    """Closed days as they follow on each other, for a template."""
    return [{"first": days.first.isoformat(), "last": days.last.isoformat()} for days in in_a_row(closed)]


def _preview(
    session: Session, challenge: Challenge, speaker: Person, now: datetime, change: Change, facts: Facts
) -> Reply:
    hidden = {"challenge": challenge.id, **change.named, "was": _was(challenge)}
    nth = place(session, challenge, speaker, _PREVIEW, now)
    return Reply(_PREVIEW, {**facts, **nth}, hidden=hidden)


def _was(challenge: Challenge) -> str:
    """What a preview was made from: the visit, and the days that were closed."""
    closed = [f"{days.first}..{days.last}" for days in in_a_row(closed_days(challenge))]
    return " ".join([str(challenge.first_day), str(challenge.last_day), *closed])


def confirm_closed(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    about: Facts,
) -> Reply:  # fmt: skip
    """Note closed days as it was shown (typed: last), or show it anew where it is not so any more."""
    return _confirm(session, challenge, format, speaker, now, today, about, "closed")


def confirm_open(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    about: Facts,
) -> Reply:  # fmt: skip
    """Take closed days back, likewise."""
    return _confirm(session, challenge, format, speaker, now, today, about, "open")


def _confirm(
    session: Session, challenge: Challenge, format: Format, speaker: Person, now: datetime, today: date,
    about: Facts, kind: Kind,
) -> Reply:  # fmt: skip
    pressed = about if about.keys() >= {"first", "change"} else None
    shown = what_is_confirmed(session, challenge, speaker, _PREVIEW, now, pressed)
    if shown is None or shown.hidden["change"] != kind:
        raise NothingToNote(council=challenge.name, change=kind)
    change = _shown(shown, kind)
    change.check(challenge)
    if _was(challenge) != shown.hidden["was"]:
        raise ClosuresChanged(council=challenge.name, change=kind)
    facts = _facts(session, challenge, format, today, change)
    if not shown.still_says(facts):
        return _preview(session, challenge, speaker, now, change, {**facts, **shown.why_again})
    return _noted(session, challenge, format, now, change, facts)


def _shown(shown: Shown, kind: Kind) -> Change:
    first, last = (date.fromisoformat(shown.hidden[name]) for name in ("first", "last"))
    return Change(days=Days(first=first, last=last), kind=kind)


def _noted(
    session: Session, challenge: Challenge, format: Format, now: datetime, change: Change, facts: Facts
) -> Reply:
    challenge.closed_days = sorted(day.isoformat() for day in change.after(challenge))
    forget_moved(session, challenge, now, redated(session, challenge, format))
    return Reply("closure_noted", facts, hidden={"challenge": challenge.id})
