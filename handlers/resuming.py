"""Stopping a conversation for now, and taking it up again once, on a day that suits."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.calendars import calendar_for
from handlers.conversing import NothingAsked, checked, pressed
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.rules.counting import WorkingDays
from handlers.rules.dates import NotADate, at, read_moment
from handlers.rules.local import local_day, local_text
from handlers.rules.quiet import next_working_day, works_on
from handlers.rules.series import answered
from handlers.series import SERIES
from handlers.sitting import Series, Sitting, carried, open_again, resume
from store.conversation import OpenQuestion, last_question, take_the_floor
from store.person import Person

ASKED_AGAIN_AT = time(9, 30)
_AT_ITS_TIME = timedelta(minutes=10)


class NotADayToCome(Refused):
    """The day named after *later* was not understood, or is past."""


def later(session: Session, post: Post, speaker: Person, about: Mapping[str, Any], text: str) -> Reply:
    """Stop for now, and ask once more on a day that suits."""
    row = pressed(session, speaker, about) or last_question(session, speaker.id)
    if row is None or row.ended:
        raise NothingAsked
    series, sitting = checked(post, row)
    return put_off(series, sitting, text)


def put_off(series: Series, sitting: Sitting, text: str) -> Reply:
    """Stop for now; ask once more at a moment when this person works. Raises NotADayToCome."""
    row, challenge = sitting.row, sitting.challenge
    calendar = calendar_for(row.person, challenge)
    wanted = _wanted_moment(sitting, text)
    day = next_working_day(local_day(wanted, challenge.zone), calendar, row.person.working_days)
    moved = day != local_day(wanted, challenge.zone)
    row.resume_at = at(day, ASKED_AGAIN_AT, challenge.zone) if moved else wanted
    row.open = False
    done, of = answered(series.questions(sitting))
    left_out = _days_off(local_day(wanted, challenge.zone), day, calendar, row.person.working_days)
    facts = {"done": done, "of": of, "at": local_text(row.resume_at, challenge.zone), "phrase": series.phrase}
    return Reply("asked_later", {**facts, "days_off": left_out}, hidden=carried(sitting))


def _wanted_moment(sitting: Sitting, text: str) -> datetime:
    """Half past nine on the day named, or the very moment; nothing named: tomorrow. Raises NotADayToCome."""
    if not text.strip():
        return at(sitting.today + timedelta(days=1), ASKED_AGAIN_AT, sitting.challenge.zone)
    try:
        return read_moment(f"{text} {ASKED_AGAIN_AT:%H:%M}", sitting.now, sitting.challenge.zone)
    except NotADate:
        return _exact_moment(sitting, text)


def _exact_moment(sitting: Sitting, text: str) -> datetime:
    try:
        return read_moment(text, sitting.now, sitting.challenge.zone)
    except NotADate as wrong:
        raise NotADayToCome(what=wrong.what) from wrong


def _days_off(first: date, until: date, calendar: WorkingDays, working_days: str) -> list[str]:
    """The weekdays on the way that this person does not work, as names."""
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    own = [day for day in days if calendar.is_working(day) and not works_on(day, calendar, working_days)]
    return [f"{day:%A}" for day in own]


def ask_again(session: Session, post: Post, row: OpenQuestion) -> None:
    """Ask somebody once more whose moment has come; forget it where they may not answer any more.

    A moment that passed while the bot was down is made up for when they may be nudged.
    """
    series, sitting = SERIES[row.series], Sitting(row=row, post=post)
    soonest = post.when_to_nudge(row.person, row.challenge)
    if row.resume_at and post.now - row.resume_at > _AT_ITS_TIME and soonest > post.now:
        row.resume_at = soonest
        return
    moment, row.resume_at = row.resume_at, None
    if not series.may(sitting):
        session.delete(row)
        return
    take_the_floor(session, row)
    reply = resume(series, sitting, "resumed") if row.question else open_again(series, sitting)
    if row.ended:
        return
    post.to_person(
        row.person,
        reply.template,
        reply.facts,
        key=f"ask:{row.id}:{moment:%Y-%m-%dT%H:%M}",
        challenge=row.challenge,
        hidden=reply.hidden,
    )
