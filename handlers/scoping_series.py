"""Scoping as a series of questions: how it begins and ends, and what follows from an answer."""

from collections.abc import Sequence
from typing import Any

from handlers.holding import holding
from handlers.message import Reply
from handlers.rules.local import local_text
from handlers.rules.scope import what_about_wording
from handlers.rules.series import Question, noted_before
from handlers.scoping_answers import (
    confirm,
    follow_answer,
    follow_areas,
    keep_answer,
    leave_out,
    split_answer,
)
from handlers.scoping_people import NOTERS, READERS, eyes_of, first_names, managers
from handlers.scoping_questions import (
    CHECK,
    Eyes,
    area_keys,
    areas_question,
    chosen_areas,
    hint_key,
    hinted,
    hints_for,
    is_hint,
    questions_for,
    with_hint,
)
from handlers.sitting import Saved, Series, Sitting
from store.conversation import conversations
from store.role import roles_of
from store.scoping import ScopingAnswer, scoping_answers


def _may(sitting: Sitting) -> bool:
    return sitting.challenge.closed_at is None and bool(_roles(sitting) & {"sponsor", *NOTERS})


def _role(sitting: Sitting) -> str:
    return next(role for role in ("sponsor", *NOTERS, "") if role in _roles(sitting) or not role)


def _questions(sitting: Sitting) -> list[Question]:
    listed = questions_for(sitting.format, _answers(sitting), _eyes(sitting))
    return with_hint(listed, sitting.row.question, sitting.format.scoping)


def _save(sitting: Sitting, question: Question, value: Any) -> Saved:
    """Keep an answer as given. Wording that could be tighter is asked back about, and kept if wished."""
    seen = [one.key for one in noted_before(_questions(sitting), question.key)]
    _confirm_if_sponsor(sitting, seen)
    if question.key == CHECK:
        return Saved(as_what="confirmed")
    if is_hint(question):
        return _answer_hint(sitting, question, str(value))
    keep(sitting, question, value)
    _confirm_if_sponsor(sitting, [question.key])
    if _area_of(sitting, question.key) and hints_for(str(value), sitting.format.scoping):
        return Saved(then=hint_key(question))
    return Saved()


def _skip(sitting: Sitting, question: Question) -> None:
    _confirm_if_sponsor(sitting, [one.key for one in noted_before(_questions(sitting), question.key)])
    if not is_hint(question) and question.key != CHECK:
        leave_out(sitting.session, sitting.challenge, question, sitting.person, sitting.now)


def _opening(sitting: Sitting) -> Reply:
    challenge, role = sitting.challenge, _role(sitting)
    noted = [row for row in _answers(sitting).values() if row.noted_by != sitting.person.id]
    newest = max(noted, key=lambda row: row.noted_at, default=None)
    of = sum(one.counts for one in _questions(sitting))
    facts = {
        "challenge": challenge.name,
        "role": role,
        "of": of,
        "minutes": -(-of // _FIVE) * _FIVE,
        "noted_by": _eyes(sitting).names.get(newest.noted_by, "") if newest else "",
        "noted_at": local_text(newest.noted_at, challenge.zone) if newest else "",
        "readers": _readers(sitting),
        "sponsors": first_names(holding(sitting.session, challenge, sitting.today).people("sponsor")),
        "callers": first_names(managers(sitting.session, challenge, sitting.today)),
    }
    return Reply("scoping_begins" if role == "sponsor" else "scoping_to_note", facts)


_FIVE = 5


def _ended(sitting: Sitting) -> Reply:
    challenge = sitting.challenge
    told = managers(sitting.session, challenge, sitting.today)
    sponsors = holding(sitting.session, challenge, sitting.today).people("sponsor")
    facts = {
        "challenge": challenge.name,
        "sponsors": first_names(sponsors),
        "managers": first_names(told),
    }
    if _role(sitting) != "sponsor":
        return Reply("scoping_noted", {**facts, "ready": challenge.ready_at is not None})
    newest = max(row.noted_at for row in _answers(sitting).values())
    for person in told:
        key = f"scoping-answered:{challenge.id}:{person.id}:{newest:%Y-%m-%dT%H:%M:%S}"
        news = {"challenge": challenge.name, "sponsor": sitting.person.name}
        sitting.post.nudge(person, "scoping_is_answered", news, key=key, challenge=challenge)
    return Reply("scoping_answered", facts)


SCOPING = Series(
    name="scoping",
    phrase="scoping",
    may=_may,
    role=_role,
    questions=_questions,
    save=_save,
    skip=_skip,
    opening=_opening,
    ended=_ended,
)


# Keeping


def keep(sitting: Sitting, question: Question, value: Any) -> None:
    """Keep an answer, and the key lines and areas that follow from it."""
    session, challenge, format, now = sitting.session, sitting.challenge, sitting.format, sitting.now
    before = chosen_areas(format, _answers(sitting))
    keep_answer(session, challenge, question, value, sitting.person, now)
    shape, area = areas_question(format), _area_of(sitting, question.key)
    if shape and question.key == shape.name:
        follow_areas(session, challenge, format, before, now)
    if area:
        follow_answer(session, challenge, question.key, area, now)


def _answer_hint(sitting: Sitting, question: Question, value: str) -> Saved:
    """Keep, split or reword; anything else typed there is the new wording."""
    key, wanted = hinted(question), what_about_wording(value)
    if wanted == "keep":
        return Saved(as_what="kept")
    if wanted == "reword":
        return Saved(as_what="reword", then=key)
    if wanted == "split" and question.more["can_split"]:
        split_answer(sitting.session, sitting.challenge, key, question.more["parts"])
        follow_answer(sitting.session, sitting.challenge, key, str(_area_of(sitting, key)), sitting.now)
        return Saved(as_what="split")
    asked = next(one for one in _questions(sitting) if one.key == key)
    return _save(sitting, asked, value)


def _confirm_if_sponsor(sitting: Sitting, keys: Sequence[str]) -> None:
    """The sponsor saw these and went on. Whoever was noting is not asked again: the sponsor answers now."""
    if _eyes(sitting).confirms:
        confirm(sitting.session, sitting.challenge, keys, sitting.person, sitting.now)
        for other in conversations(sitting.session, sitting.challenge.id, SCOPING.name):
            other.resume_at = other.resume_at if other.person_id == sitting.person.id else None


def _area_of(sitting: Sitting, key: str) -> str | None:
    """The area that a question is about, None for one about the whole."""
    format = sitting.format
    found = area_keys(format, chosen_areas(format, _answers(sitting)))
    return next((area for one, area, _shape in found if one == key), None)


# Who looks at it


def _eyes(sitting: Sitting) -> Eyes:
    return eyes_of(sitting.session, _answers(sitting), sitting.format, sitting.person, _roles(sitting))


def _answers(sitting: Sitting) -> dict[str, ScopingAnswer]:
    return scoping_answers(sitting.session, sitting.challenge.id)


def _roles(sitting: Sitting) -> frozenset[str]:
    challenge = sitting.challenge
    found = roles_of(sitting.session, sitting.person.id, challenge.id, challenge.programme_id, sitting.today)
    return frozenset(found)


def _readers(sitting: Sitting) -> list[dict[str, Any]]:
    """Who reads the answers beside the sponsor: each role with the first names of its holders."""
    held = holding(sitting.session, sitting.challenge, sitting.today)
    roles = [role for role in sitting.format.roles if role in sitting.format.audience(READERS) - {"sponsor"}]
    return [{"role": role, "names": first_names(held.people(role))} for role in roles]
