"""One question at a time, in plain conversation: what somebody types or presses while they are being asked.

Which questions there are, and where the answers go, is a `Series` (see `sitting`); the answers are
saved one by one, so that nothing is lost when somebody stops.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Refused, Reply, Said
from handlers.post import Post
from handlers.rules.answers import NotAnAnswer, read_answer, toggled
from handlers.rules.dates import NotADate, WorkingDays, at, read_moment
from handlers.rules.local import local_day, local_text
from handlers.rules.quiet import next_working_day, works_on
from handlers.rules.series import Question, answered, numbered, previous_question, question_named
from handlers.rules.wishes import Wish, is_yes, wish
from handlers.series import SERIES
from handlers.sitting import Series, Sitting, ask, carried, go_on, open_again, resume
from store.conversation import (
    OpenQuestion,
    conversation,
    last_question,
    open_question,
    take_the_floor,
)
from store.person import Person

ASKED_AGAIN_AT = time(9, 30)


class NothingAsked(Refused):
    """No question is open, so there is nothing to skip, go back to or put off."""


class AskedBefore(Refused):
    """The button belongs to a question that was left since."""


class NoSuchAnswer(Refused):
    """No question of this series has that number."""


class NotADayToCome(Refused):
    """The day named after *later* was not understood, or is past."""


def answer(
    session: Session, post: Post, speaker: Person, about: Mapping[str, Any], text: str
) -> Reply | None:
    """Take plain words as the answer to the question that is open; None when nothing was ever asked."""
    row = _pressed(session, speaker, about) or open_question(session, speaker.id)
    wanted = wish(text)
    if row is None or not row.open:
        return _without_open_question(session, post, speaker, wanted)
    series, sitting = _checked(post, row)
    if not row.question:
        return resume(series, sitting) if _starts(text, wanted) else open_again(series, sitting)
    question = question_named(series.questions(sitting), row.question)
    if question is None:
        return go_on(series, sitting)
    if wanted and not _is_choice(question, text):
        return _granted(series, sitting, wanted)
    return _typed(series, sitting, question, text)


def answer_this(session: Session, post: Post, speaker: Person, about: Mapping[str, Any], said: Said) -> Reply:
    """Take what follows the word *answer*, or the choice that a button carries, as the answer."""
    series, sitting = _open(session, post, speaker, about)
    question = question_named(series.questions(sitting), sitting.row.question)
    if question is None:
        return resume(series, sitting)
    if "pick" in about:
        return _picked(series, sitting, question, str(about["pick"]))
    typed = said.text.split(maxsplit=1)
    return _typed(series, sitting, question, typed[1] if len(typed) > 1 else "")


def skip(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Leave a question out. One that is needed comes round again, and that is said."""
    return _skipped(*_open(session, post, speaker, about))


def back(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Ask the question before once more."""
    return _back(*_open(session, post, speaker, about))


def later(session: Session, post: Post, speaker: Person, about: Mapping[str, Any], text: str) -> Reply:
    """Stop for now, and ask once more on a day that suits."""
    row = _pressed(session, speaker, about) or last_question(session, speaker.id)
    if row is None or row.ended:
        raise NothingAsked
    series, sitting = _checked(post, row)
    return _put_off(series, sitting, text)


def look(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Show everything that was answered so far."""
    row = _pressed(session, speaker, about) or last_question(session, speaker.id)
    if row is None:
        raise NothingAsked
    series, sitting = _checked(post, row)
    return shown(series, sitting)


def change(session: Session, post: Post, speaker: Person, about: Mapping[str, Any], text: str) -> Reply:
    """Ask one question again, by its number or from a button."""
    row = _pressed(session, speaker, about) or last_question(session, speaker.id)
    if row is None:
        raise NothingAsked
    series, sitting = _checked(post, row)
    questions = series.questions(sitting)
    wanted = next((one for one in questions if one.key == about.get("change")), None) or next(
        (one for one in questions if text.strip(" #.") == str(numbered(questions, one.key) or "-")), None
    )
    if wanted is None:
        raise NoSuchAnswer(of=answered(questions)[1])
    return ask(series, sitting, wanted, "back")


def shown(series: Series, sitting: Sitting) -> Reply:
    """Every question with what was said to it."""
    questions = series.questions(sitting)
    done, of = answered(questions)
    items = [
        {
            "number": numbered(questions, one.key),
            "asks": one.asks,
            "said": one.said,
            "skipped": one.skipped,
            "noted_by": one.noted_by,
            "label": numbered(questions, one.key) or one.asks,
            "hidden": {"change": one.key},
        }
        for one in questions
        if one.template == "question"
    ]
    facts = {"challenge": sitting.challenge.name, "phrase": series.phrase, "items": items}
    return Reply(
        "what_was_said", {**facts, "done": done, "of": of, "more": done < of}, hidden=carried(sitting)
    )


# Finding the conversation that is meant


def _pressed(session: Session, speaker: Person, about: Mapping[str, Any]) -> OpenQuestion | None:
    """The conversation that a pressed button belongs to: always one of the speaker's own."""
    if "series" not in about:
        return None
    return conversation(session, speaker.id, about["challenge"], about["series"], about.get("thing", ""))


def _open(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> tuple[Series, Sitting]:
    """The conversation to act on. Raises NothingAsked, and AskedBefore for an earlier question's button."""
    row = _pressed(session, speaker, about) or open_question(session, speaker.id)
    if row is None or row.ended:
        raise NothingAsked
    series, sitting = _checked(post, row)
    if "asked" in about and about["asked"] != row.question:
        raise AskedBefore(phrase=series.phrase)
    return series, sitting


def _checked(post: Post, row: OpenQuestion) -> tuple[Series, Sitting]:
    """The conversation, if its series may still be answered. Raises NothingAsked."""
    series, sitting = SERIES[row.series], Sitting(row=row, post=post)
    if not series.may(sitting):
        raise NothingAsked
    return series, sitting


def _without_open_question(
    session: Session, post: Post, speaker: Person, wanted: Wish | None
) -> Reply | None:
    """Wishes make sense for a while after the last question; anything else is no answer to anything."""
    if wanted is None:
        return None
    row = last_question(session, speaker.id)
    if row is None:
        return None if wanted.name in {"start", "keep", "enough"} else _nothing()
    series, sitting = _checked(post, row)
    match wanted.name:
        case "look":
            return shown(series, sitting)
        case "start":
            return resume(series, sitting)
        case "change":
            return change(session, post, speaker, {}, wanted.rest)
    return _nothing()


def _nothing() -> Reply:
    raise NothingAsked


# Answers


def _starts(text: str, wanted: Wish | None) -> bool:
    return is_yes(text) or bool(wanted and wanted.name == "start")


def _is_choice(question: Question, text: str) -> bool:
    plain = text.strip(" .!").casefold()
    return any(plain in {choice.value.casefold(), choice.label.casefold()} for choice in question.choices)


def _typed(series: Series, sitting: Sitting, question: Question, text: str) -> Reply:
    try:
        value = read_answer(question, text, sitting.today)
    except NotAnAnswer as wrong:
        problem = {"problem": wrong.what, "limit": wrong.limit, "length": wrong.length}
        return ask(series, sitting, question, "again", **problem)
    return _saved(series, sitting, question, value)


def _picked(series: Series, sitting: Sitting, question: Question, value: str) -> Reply:
    """A pressed choice; where several may be chosen, the question stays until *that's all*."""
    if value not in {choice.value for choice in question.choices}:
        raise AskedBefore(phrase=series.phrase)
    if question.kind != "choices":
        return _saved(series, sitting, question, value)
    series.save(sitting, question, toggled(question, value))
    again = question_named(series.questions(sitting), question.key)
    return ask(series, sitting, again or question, "picked")


def _saved(series: Series, sitting: Sitting, question: Question, value: Any) -> Reply:
    saved = series.save(sitting, question, value)
    sitting.row.question = saved.then or sitting.row.question
    now_asked = question_named(series.questions(sitting), sitting.row.question)
    if now_asked and (saved.then or now_asked.many):
        return ask(series, sitting, now_asked, saved.as_what)
    return go_on(series, sitting, saved.as_what)


# Wishes


def _granted(series: Series, sitting: Sitting, wanted: Wish) -> Reply:
    match wanted.name:
        case "skip" | "keep" | "enough":
            return _skipped(series, sitting)
        case "back":
            return _back(series, sitting)
        case "later":
            return _put_off(series, sitting, wanted.rest)
        case "look":
            return shown(series, sitting)
        case "change":
            return change(sitting.session, sitting.post, sitting.person, carried(sitting), wanted.rest)
    return resume(series, sitting)


def _skipped(series: Series, sitting: Sitting) -> Reply:
    """Go on without a new answer: an answer that is there stays."""
    question = question_named(series.questions(sitting), sitting.row.question)
    if question is None:
        return resume(series, sitting)
    if question.said:
        return go_on(series, sitting, "kept")
    series.skip(sitting, question)
    return go_on(series, sitting, "needed" if question.required else "skipped")


def _back(series: Series, sitting: Sitting) -> Reply:
    questions = series.questions(sitting)
    before = previous_question(questions, sitting.row.question)
    if before is None:
        return ask(series, sitting, questions[0], "first")
    return ask(series, sitting, before, "back")


# Stopping, and being asked again


def _put_off(series: Series, sitting: Sitting, text: str) -> Reply:
    row, challenge = sitting.row, sitting.challenge
    calendar = WorkingDays(challenge.nation)
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
    """Ask somebody once more whose moment has come; forget it where they may not answer any more."""
    series, sitting = SERIES[row.series], Sitting(row=row, post=post)
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
