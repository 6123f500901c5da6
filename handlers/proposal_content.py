"""What the scoping proposal says: core themes, areas, key lines, dates, and the answers meant for it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from handlers.rules.scope import for_area
from handlers.scoping_questions import area_keys, areas_question, chosen_areas
from handlers.shapes import Format
from store.challenge import Challenge
from store.scoping import key_lines, scoping_answers


def content(session: Session, challenge: Challenge, format: Format) -> dict[str, Any]:
    """The proposal as it stands now, as facts. The same words twice are the same proposal."""
    answers = scoping_answers(session, challenge.id)
    areas = areas_question(format)
    shown = [one for one in format.scoping.questions if one.in_proposal and one.each is None and one != areas]
    return {
        "challenge": challenge.name,
        "hosts": [council.name for council in challenge.hosts],
        "format": format.name,
        "first_day": challenge.first_day.isoformat() if challenge.first_day else "",
        "last_day": challenge.last_day.isoformat() if challenge.last_day else "",
        "core_themes": list(format.scoping.core_themes),
        "areas": chosen_areas(format, answers),
        "key_lines": [
            {"number": line.number, "text": line.text} for line in key_lines(session, challenge.id)
        ],
        "answers": [
            {"asks": one.asks, "said": answers[one.name].text}
            for one in shown
            if one.name in answers and not answers[one.name].skipped
        ],
        "words": {"key_lines": _begun(format.words.key_lines), "areas": _begun(format.words.areas)},
    }


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def is_empty(said: Mapping[str, Any]) -> bool:
    """Whether there is nothing in it but the format's own core themes."""
    return not (said["answers"] or said["key_lines"] or said["areas"])


def missing(session: Session, challenge: Challenge, format: Format) -> list[str]:
    """The needed questions that nobody has answered yet, as they are asked."""
    answers = scoping_answers(session, challenge.id)
    answered = {key for key, answer in answers.items() if not answer.skipped}
    needed = [one for one in format.scoping.questions if one.required and one.each is None]
    whole = [one.asks for one in needed if one.name not in answered]
    found = area_keys(format, chosen_areas(format, answers))
    each = [
        for_area(shape.asks, area) for key, area, shape in found if shape.required and key not in answered
    ]
    return [*whole, *each]
