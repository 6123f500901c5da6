"""Setting the on-site dates and moving them: first what would happen, then all of it at once."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from handlers.challenge import check_length
from handlers.effect import effect
from handlers.message import Facts, Refused, Reply
from handlers.new_dates import Move, dates_of, hearers, tell
from handlers.post import Post
from handlers.rules import phrases
from handlers.rules.dates import Days, NotADate, read_days
from handlers.rules.local import local_day
from handlers.shapes import Format
from handlers.shown import FIRST_TIME, place, what_is_confirmed
from handlers.unsent import forget_moved, redated
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person


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
    speaker: Person, days: Days, was: str | None,
) -> Reply:  # fmt: skip
    """Set blank dates; show what would happen to dates that are known, and do nothing yet."""
    _check_not_over(challenge, today)
    wanted = _whole_visit(challenge, days, was)
    check_length(format, wanted)
    if challenge.first_day is None:
        return _set(session, challenge, format, post, now, wanted, speaker)
    facts = _previewed(session, challenge, format, today, wanted, speaker)
    return _preview(session, challenge, speaker, now, wanted, facts)


def _previewed(
    session: Session, challenge: Challenge, format: Format, today: date, days: Days, speaker: Person
) -> Facts:
    """What would move, what would stay, and who would hear of it."""
    move = Move(old=dates_of(challenge), new=days, by=speaker)
    facts = effect(session, challenge, format, days, today)
    return {**facts, **hearers(session, challenge, format, today, move).named}


def _preview(
    session: Session, challenge: Challenge, speaker: Person, now: datetime, days: Days, facts: Facts
) -> Reply:
    chosen = {"first": days.first.isoformat(), "last": days.last.isoformat(), "was": _was(challenge)}
    nth = place(session, challenge, speaker, "dates_preview", now)
    return Reply(
        "dates_preview", {**FIRST_TIME, **facts, **nth}, hidden={"challenge": challenge.id, **chosen}
    )


def _was(challenge: Challenge) -> str:
    return " ".join(dates_of(challenge))


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
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, days: Days,
    speaker: Person,
) -> Reply:  # fmt: skip
    facts = effect(session, challenge, format, days, local_day(now, challenge.zone))
    asked = _apply(session, challenge, format, post, now, days, speaker)
    return Reply("dates_set", {**facts, "asked": asked}, hidden={"challenge": challenge.id})


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
    """Move the visit as it was previewed, unless it was moved since then; typed, as it was shown last.

    It is shown anew where it would not be quite that any more.
    """
    pressed = about if "first" in about else None
    shown = what_is_confirmed(session, challenge, speaker, "dates_preview", now, pressed)
    if shown is None:
        raise NothingToMove(challenge=challenge.name)
    days = Days(
        first=date.fromisoformat(shown.hidden["first"]), last=date.fromisoformat(shown.hidden["last"])
    )
    _check_confirmed(challenge, days, shown.hidden["was"], today)
    check_length(format, days)
    facts = _previewed(session, challenge, format, today, days, speaker)
    if not shown.still_says(facts):
        return _preview(session, challenge, speaker, now, days, {**facts, **shown.why_again})
    asked = _apply(session, challenge, format, post, now, days, speaker)
    return Reply("dates_moved", {**facts, "asked": asked}, hidden={"challenge": challenge.id})


def _check_confirmed(challenge: Challenge, days: Days, was: str, today: date) -> None:
    """Raises SameDates, PreviewIsPast, VisitIsOver, DatesChanged. An older card knows the first day alone."""
    there = {"first_day": str(challenge.first_day or ""), "last_day": str(challenge.last_day or "")}
    if (days.first, days.last) == (challenge.first_day, challenge.last_day):
        raise SameDates(**there)
    if days.last < today:
        raise PreviewIsPast(last_day=days.last.isoformat())
    _check_not_over(challenge, today)
    if not _was(challenge).startswith(was):
        raise DatesChanged(**there)


# Doing it


def _apply(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, days: Days,
    speaker: Person,
) -> int:  # fmt: skip
    """Move everything at once; how many are asked whether it suits.

    Unsent messages whose moment moved are deleted; those sent stay sent.
    """
    visit = set(days_of(challenge))
    move = Move(old=dates_of(challenge), new=days, by=speaker)
    challenge.first_day, challenge.last_day = days.first, days.last
    gone = (visit - set(days)) | redated(session, challenge, format)
    forget_moved(session, challenge, now, gone)
    return tell(session, challenge, format, post, move)
