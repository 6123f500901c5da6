"""One question at a time, in plain conversation: what somebody types or presses while they are being asked.

Which questions there are, and where the answers go, is a `Series` (see `sitting`); the answers are
saved one by one, so that nothing is lost when somebody stops.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from handlers.conversing import AskedBefore, NothingAsked, checked, pressed, the_open_one
from handlers.mentions import opened
from handlers.message import Refused, Reply, Said
from handlers.post import Post
from handlers.resuming import put_off
from handlers.rules.answers import NotAnAnswer, read_answer, toggled
from handlers.rules.series import Question, answered, numbered, previous_question, question_named
from handlers.rules.wishes import Wish, is_yes, wish
from handlers.sitting import Series, Sitting, ask, carried, go_on, open_again, resume
from store.conversation import last_question, open_question
from store.person import Person


class NoSuchAnswer(Refused):
    """No question of this series has that number."""


def answer(
    session: Session, post: Post, speaker: Person, about: Mapping[str, Any], text: str
) -> Reply | None:
    """Take plain words as the answer to the question that is open; None when nothing was ever asked."""
    row = pressed(session, speaker, about) or open_question(session, speaker.id)
    wanted = wish(text)
    if row is None or not row.open:
        return _without_open_question(session, post, speaker, wanted)
    series, sitting = checked(post, row)
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
    series, sitting = the_open_one(session, post, speaker, about)
    question = question_named(series.questions(sitting), sitting.row.question)
    if question is None:
        return resume(series, sitting)
    if "pick" in about:
        return _picked(series, sitting, question, str(about["pick"]))
    typed = opened(said.text).split(maxsplit=1)
    return _typed(series, sitting, question, typed[1] if len(typed) > 1 else "")


def skip(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Leave a question out. One that is needed comes round again, and that is said."""
    return _skipped(*the_open_one(session, post, speaker, about))


def back(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Ask the question before once more."""
    return _back(*the_open_one(session, post, speaker, about))


def look(session: Session, post: Post, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Show everything that was answered so far."""
    row = pressed(session, speaker, about) or last_question(session, speaker.id)
    if row is None:
        raise NothingAsked
    series, sitting = checked(post, row)
    return shown(series, sitting)


def change(session: Session, post: Post, speaker: Person, about: Mapping[str, Any], text: str) -> Reply:
    """Ask one question again, by its number or from a button."""
    row = pressed(session, speaker, about) or last_question(session, speaker.id)
    if row is None:
        raise NothingAsked
    series, sitting = checked(post, row)
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


# With no question open


def _without_open_question(
    session: Session, post: Post, speaker: Person, wanted: Wish | None
) -> Reply | None:
    """Wishes make sense for a while after the last question; anything else is no answer to anything."""
    if wanted is None:
        return None
    row = last_question(session, speaker.id)
    if row is None:
        return None if wanted.name in {"start", "keep", "enough"} else _nothing()
    series, sitting = checked(post, row)
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
            return put_off(series, sitting, wanted.rest)
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
