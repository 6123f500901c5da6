"""Answering a questionnaire: in conversation or as a form, one's own or, in an interview, for somebody else.

Answers lie on a sheet. Only the participation leads to it, and an anonymous one forgets the way when
it is finished.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import rounds
from handlers.message import Choice, Refused, Reply
from handlers.post import Post
from handlers.question_form import already_known, answers_in, form_of
from handlers.rounds import Round
from handlers.rules.answers import as_said
from handlers.rules.rounds import questions_now
from handlers.rules.series import Question
from handlers.shapes import Evaluation, FormShape, Questionnaire
from handlers.shapes import Question as Asked
from handlers.sitting import Saved, Series, Sitting
from handlers.words import Words
from store.challenge import Challenge
from store.conversation import conversation
from store.person import Person
from store.questionnaire import (
    Participation,
    SheetAnswer,
    answers_heard,
    asked_in_conversation,
    new_sheet,
    sheet_answers,
    unsent_keyed,
)
from store.role import roles_of

_FIELD = "q_"
"""Before the name of a question in a form, so that none is taken for something else."""
_NOW = "now"
_INTRO = "{{ intro }}\n\n{{ who_reads }}"


class AlreadyFinished(Refused):
    """The answers were sent, and stay as they are."""


class StillNeeded(Refused):
    """Some questions have to be answered before it can be sent."""


# Whose part it is


def is_for(found: Round, person: Person) -> bool:
    """Whether somebody has something to answer: asked and not finished, or holding the interview."""
    if found.evaluation.interviewer is not None:
        unfinished = not found.asked or any(one.finished_at is None for one in found.asked)
        return found.open and unfinished and found.is_sent_by(person)
    own = found.of(person)
    return own is not None and own.finished_at is None


def part(post: Post, challenge: Challenge, found: Round, speaker: Person) -> Participation:
    """The part that somebody answers. An interview's is made when it begins, with whoever it is for then.

    Raises AlreadyFinished, NobodyToAsk, NoQuestionnaire, SentBeforeFinal and SentTooEarly.
    """
    own: Participation | None
    interview = found.evaluation.interviewer is not None
    if interview and found.is_sent_by(speaker):
        rounds.check_open(found, challenge, rounds.format_of(post, challenge).words.report)
        own = found.asked[0] if found.asked else _begin_interview(post, challenge, found, speaker)
    else:
        own = None if interview else found.of(speaker)
    if own is None:
        raise rounds.NoQuestionnaire(challenge=challenge.name)
    if own.finished_at is not None:
        raise AlreadyFinished(title=found.title)
    return own


def _begin_interview(post: Post, challenge: Challenge, found: Round, speaker: Person) -> Participation:
    people = rounds.to_ask(post, challenge, found.evaluation)
    if not people:
        raise rounds.NobodyToAsk(title=found.title, to=list(found.evaluation.to))
    return take_part(post, challenge, found, *people[0], speaker)


def take_part(
    post: Post, challenge: Challenge, found: Round, person: Person, role: str, speaker: Person
) -> Participation:
    """Note that somebody is asked, for the role that they hold now. The sheet comes with the first answer."""
    asked = Participation(
        challenge_id=challenge.id,
        questionnaire=found.key,
        person=person,
        role=role,
        asked_by=speaker.id,
        asked_at=post.now,
    )
    post.session.add(asked)
    post.session.flush()
    return asked


# In conversation


def _role(sitting: Sitting) -> str:
    own = _own(sitting)
    evaluation = _evaluation(sitting, own)
    return (evaluation.interviewer if evaluation else None) or own.role


def _part_of(sitting: Sitting) -> Participation | None:
    return sitting.session.get(Participation, int(sitting.thing))


def _evaluation(sitting: Sitting, own: Participation) -> Evaluation | None:
    there = sitting.format.evaluation
    return next((one for one in there if one.questionnaire == own.questionnaire), None)


def _may(sitting: Sitting) -> bool:
    """Until it is finished or the challenge is closed, while the part lasts for which they were asked."""
    own = _part_of(sitting)
    if own is None or own.finished_at is not None or sitting.challenge.closed_at is not None:
        return False
    evaluation = _evaluation(sitting, own)
    if evaluation is None:
        return False
    challenge = sitting.challenge
    held = roles_of(sitting.session, sitting.person.id, challenge.id, challenge.programme_id, sitting.today)
    if evaluation.interviewer is not None:
        return evaluation.interviewer in held
    return own.person_id == sitting.person.id and bool(held.intersection(evaluation.to))


def _questions(sitting: Sitting) -> list[Question]:
    return _questions_of(sitting.post, sitting.challenge, _own(sitting))


def _questions_of(post: Post, challenge: Challenge, own: Participation) -> list[Question]:
    shape, there = post.shapes.questionnaire(own.questionnaire), answers_on(post, own)
    return [_question(one, there, post.words) for one in _asked_now(shape, challenge)]


def _own(sitting: Sitting) -> Participation:
    return sitting.session.get_one(Participation, int(sitting.thing))


def _asked_now(shape: Questionnaire, challenge: Challenge) -> list[Asked]:
    return questions_now(shape.questions, final_issued=challenge.final_issued_at is not None)


def _question(asked: Asked, there: Mapping[str, Any], words: Words) -> Question:
    question = Question(
        key=asked.name,
        asks=asked.asks,
        hint=_hint(asked, words),
        kind=asked.kind,
        choices=tuple(Choice(value=one.value, label=one.label) for one in asked.choices),
        required=asked.required,
        limit=asked.limit,
    )
    if asked.name not in there:
        return question
    value = there[asked.name]
    said = "" if value is None else as_said(question, value)
    return replace(question, value=value, said=said, skipped=value is None)


def _hint(asked: Asked, words: Words) -> str:
    """The question's own hint, and who alone reads the answer."""
    if asked.private_to is None:
        return asked.hint
    return words.card("questionnaire_private", {"role": asked.private_to, "hint": asked.hint}).plain


def _save(sitting: Sitting, question: Question, value: Any) -> Saved:
    _keep(sitting.session, _own(sitting), question.key, value)
    return Saved()


def _skip(sitting: Sitting, question: Question) -> None:
    _keep(sitting.session, _own(sitting), question.key, None)


def _keep(session: Session, own: Participation, question: str, value: Any) -> None:
    """Put an answer on the sheet; None: left out."""
    own.sheet = own.sheet or new_sheet()
    row = sheet_answers(session, own.sheet).get(question)
    if row is None:
        row = SheetAnswer(
            challenge_id=own.challenge_id,
            questionnaire=own.questionnaire,
            sheet=own.sheet,
            question=question,
            value=value,
        )
        session.add(row)
    row.value = value
    session.flush()


def _opening(sitting: Sitting) -> Reply:
    own = _own(sitting)
    shape = sitting.post.shapes.questionnaire(own.questionnaire)
    facts = {
        "challenge": sitting.challenge.name,
        "role": own.role,
        "title": shape.title,
        "intro": shape.intro,
        "who_reads": shape.who_reads,
        "confidentiality": shape.confidentiality,
        "minutes": shape.minutes,
        "answers_from": sitting.format.results.answers_from,
        "questions": len(_asked_now(shape, sitting.challenge)),
    }
    interview = own.person_id != sitting.person.id
    if interview:
        return Reply(
            "interview_opening", {**facts, "name": own.person.name}, hidden={"questionnaire": shape.key}
        )
    return Reply("questionnaire_ask", facts, hidden={"questionnaire": shape.key})


def _ended(sitting: Sitting) -> Reply:
    own = _own(sitting)
    shape = sitting.post.shapes.questionnaire(own.questionnaire)
    facts = {"title": shape.title, "confidentiality": shape.confidentiality}
    return Reply("questionnaire_ended", facts, hidden={"questionnaire": own.questionnaire})


SERIES = Series(
    name="questionnaire",
    phrase="questionnaire",
    may=_may,
    role=_role,
    questions=_questions,
    save=_save,
    skip=_skip,
    opening=_opening,
    ended=_ended,
)


# Finishing


def finish(post: Post, challenge: Challenge, speaker: Person, about: Mapping[str, Any]) -> Reply:
    """Send one's answers. From now on they are counted and stay as they are."""
    return _finished(post, challenge, *_meant(post, challenge, speaker, about, "finish"), speaker)


def _finished(post: Post, challenge: Challenge, found: Round, own: Participation, speaker: Person) -> Reply:
    _check_needed(post, challenge, found.questionnaire, own)
    own.finished_at = post.now
    _end_conversation(post, own, speaker)
    for row in unsent_keyed(post.session, rounds.reminder_key(own)):
        row.state = "withdrawn"
    if found.questionnaire.confidentiality == "anonymous":
        _forget(post, own)
    facts = {"title": found.title, "who_reads": found.questionnaire.who_reads}
    talked = own.person.name if own.person_id != speaker.id else ""
    return Reply("questionnaire_finished", {**facts, "challenge": challenge.name, "talked_with": talked})


def _end_conversation(post: Post, own: Participation, speaker: Person) -> None:
    """Plain words answer nothing here any more, and nobody is asked again."""
    row = conversation(post.session, speaker.id, own.challenge_id, SERIES.name, str(own.id))
    if row:
        row.question, row.open, row.ended, row.resume_at = "", False, True, None


def _check_needed(post: Post, challenge: Challenge, shape: Questionnaire, own: Participation) -> None:
    said = {name for name, value in answers_on(post, own).items() if value is not None}
    needed = [one.asks for one in _asked_now(shape, challenge) if one.required and one.name not in said]
    if needed:
        raise StillNeeded(title=shape.title, needed=needed)


def answers_on(post: Post, own: Participation) -> dict[str, Any]:
    """The answers of a part, by the name of the question; None: left out."""
    rows = sheet_answers(post.session, own.sheet) if own.sheet else {}
    return {name: row.value for name, row in rows.items()}


def _forget(post: Post, own: Participation) -> None:
    """Nothing leads to an anonymous sheet any more, not even the cards that asked its questions."""
    own.sheet = None
    for heard in answers_heard(post.session, own.person_id, own.asked_at):
        if heard.answer and _is_about(heard.answer["hidden"], own):
            heard.answer = {"template": "questionnaire_forgotten", "facts": {}, "hidden": {}, "to": "asker"}
    for row in asked_in_conversation(post.session, own.person_id, own.challenge_id):
        if _is_about(row.hidden, own):
            row.template, row.facts = "questionnaire_forgotten", {}
            row.state = "withdrawn" if row.state == "ready" else row.state


def _is_about(carried: Mapping[str, Any], own: Participation) -> bool:
    in_conversation = carried.get("series") == SERIES.name and carried.get("thing") == str(own.id)
    in_form = (
        carried.get("questionnaire") == own.questionnaire and carried.get("challenge") == own.challenge_id
    )
    return in_conversation or in_form


def _meant(
    post: Post, challenge: Challenge, speaker: Person, about: Mapping[str, Any], what: str
) -> tuple[Round, Participation]:
    """The round and the part in it that a button carries, else the only one of this person."""
    every = rounds.rounds(post, challenge)
    own = [one for one in every if is_for(one, speaker)]
    found = rounds.chosen(every, own, challenge, about, "", f"{SERIES.phrase} {what}")
    return found, part(post, challenge, found, speaker)


# As a form


def form(post: Post, challenge: Challenge, speaker: Person, about: Mapping[str, Any]) -> FormShape:
    """All questions at once."""
    found, own = _meant(post, challenge, speaker, about, "form")
    frame = post.shapes.form("questionnaire")
    shape = form_of(frame, _in_form(post, challenge, own))
    fields = (*shape.fields, *frame.fields)
    return shape.model_copy(update={"title": found.title, "intro": _INTRO, "fields": fields})


def prepared(post: Post, challenge: Challenge, speaker: Person, about: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered so far, and what stands above the questions."""
    found, own = _meant(post, challenge, speaker, about, "form")
    above = {"intro": found.questionnaire.intro, "who_reads": found.questionnaire.who_reads}
    return {**already_known(_in_form(post, challenge, own)), **above}


def fill_in(
    post: Post,
    challenge: Challenge,
    speaker: Person,
    today: date,
    about: Mapping[str, Any],
    filled: Mapping[str, Any],
    send: str,
) -> Reply:
    """Keep what a form says, blanks too, and send it or keep it for later."""
    found, own = _meant(post, challenge, speaker, about, "form")
    questions = _in_form(post, challenge, own)
    given = {question.key: value for question, value in answers_in(questions, filled, today)}
    for question in questions:
        _keep(post.session, own, question.key.removeprefix(_FIELD), given.get(question.key))
    if send == _NOW:
        return _finished(post, challenge, found, own, speaker)
    return Reply("questionnaire_kept", {"title": found.title}, hidden=rounds.carried(challenge, found))


def _in_form(post: Post, challenge: Challenge, own: Participation) -> list[Question]:
    return [replace(one, key=_FIELD + one.key) for one in _questions_of(post, challenge, own)]
