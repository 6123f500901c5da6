"""Keeping what was said in scoping, and the key lines of enquiry that follow from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.rules.answers import as_said
from handlers.rules.scope import as_key_line
from handlers.rules.series import Question
from handlers.scoping_questions import area_keys, chosen_areas
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.scoping import KeyLine, ScopingAnswer, key_lines_from, last_key_line_number, scoping_answers


def keep_answer(
    session: Session, challenge: Challenge, question: Question, value: Any, by: Person, now: datetime
) -> ScopingAnswer:
    """Keep one answer. Whoever gave it, the sponsor has not confirmed it yet: see `confirm`."""
    row = _row(session, challenge, question.key, by, now)
    row.text, row.skipped = as_said(question, value) or _NOTHING, False
    row.chosen = [value] if question.kind == "choice" else value if isinstance(value, list) else None
    row.confirmed_by = row.confirmed_at = None
    session.flush()
    return row


_NOTHING = "–"
"""How an answer reads that chose nothing from a list."""


def split_answer(session: Session, challenge: Challenge, key: str, parts: list[str]) -> None:
    """Keep one answer as several questions."""
    row = scoping_answers(session, challenge.id)[key]
    row.text, row.chosen = "\n".join(parts), parts


def leave_out(session: Session, challenge: Challenge, question: Question, by: Person, now: datetime) -> None:
    """Note that a question was skipped."""
    row = _row(session, challenge, question.key, by, now)
    row.text, row.chosen, row.skipped = "", None, True
    session.flush()


def confirm(session: Session, challenge: Challenge, keys: Iterable[str], by: Person, now: datetime) -> None:
    """The sponsor has seen these answers and let them stand."""
    answers = scoping_answers(session, challenge.id)
    for key in keys:
        if key in answers and answers[key].confirmed_at is None:
            answers[key].confirmed_by, answers[key].confirmed_at = by.id, now


def follow_answer(session: Session, challenge: Challenge, key: str, area: str, now: datetime) -> None:
    """Bring the key lines that come from one area's answer into line with it."""
    answer = scoping_answers(session, challenge.id).get(key)
    texts = (answer.chosen or [answer.text]) if answer and not answer.skipped else []
    _set_lines(session, challenge, key, [as_key_line(area, text) for text in texts], now)


def follow_areas(
    session: Session, challenge: Challenge, format: Format, before: Sequence[str], now: datetime
) -> None:
    """Drop the key lines of areas that are no longer chosen, and bring back those of areas that are again."""
    chosen = chosen_areas(format, scoping_answers(session, challenge.id))
    for key, _area, _shape in area_keys(format, [area for area in before if area not in chosen]):
        _set_lines(session, challenge, key, [], now)
    for key, area, _shape in area_keys(format, [area for area in chosen if area not in before]):
        follow_answer(session, challenge, key, area, now)


def _set_lines(session: Session, challenge: Challenge, source: str, texts: list[str], now: datetime) -> None:
    """Give the key lines of one source these texts: numbers stay, and what is too many is dropped."""
    there = [line for line in key_lines_from(session, challenge.id) if line.source == source]
    for line, text in zip(there, texts, strict=False):
        line.text, line.dropped_at = text, None
    for text in texts[len(there) :]:
        number = last_key_line_number(session, challenge.id) + 1
        session.add(KeyLine(challenge_id=challenge.id, number=number, text=text, source=source))
        session.flush()
    for line in there[len(texts) :]:
        line.dropped_at = line.dropped_at or now


def _row(session: Session, challenge: Challenge, key: str, by: Person, now: datetime) -> ScopingAnswer:
    row = scoping_answers(session, challenge.id).get(key)
    if row is None:
        row = ScopingAnswer(challenge_id=challenge.id, question=key, text="", noted_by=by.id, noted_at=now)
        session.add(row)
    row.noted_by, row.noted_at = by.id, now
    return row
