"""The questions of scoping as they stand for one person: what they may read, and what is left to answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.message import Choice
from handlers.rules.lint import key_line_hints, split_questions
from handlers.rules.scope import for_area
from handlers.rules.series import Question, question_named
from handlers.shapes import Format, Scoping, ScopingQuestion
from store.scoping import ScopingAnswer

CHECK = "check"
"""The last question to the sponsor: whether what others noted is right."""
_HINT = "?"
_ASKS_BACK = {"two_questions", "vague", "long", "grade", "judgement_word"}

Answers = Mapping[str, ScopingAnswer]


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """Who looks at the answers.

    `confirms`: what others noted waits for this person, the sponsor. `reads`: they read every answer;
    somebody who does not is asked only what nobody else has answered. `names` are first names by id.
    """

    person_id: int
    confirms: bool
    reads: bool
    names: Mapping[int, str]


_CHECKS = Question(
    key=CHECK,
    asks="",
    kind="choice",
    choices=(Choice(value="yes", label="yes"),),
    counts=False,
    template="scoping_check",
)


def questions_for(format: Format, answers: Answers, eyes: Eyes) -> list[Question]:
    """Every question that this person may answer, in order, as it stands for them."""
    listed = [
        _question(format, shape, key, area, answers.get(key), eyes)
        for shape, key, area in _keys(format, answers, eyes)
        if _may_see(answers.get(key), eyes)
    ]
    if eyes.confirms and any(one.noted_by for one in listed):
        listed.append(_CHECKS)
    return listed


def with_hint(questions: list[Question], key: str, scoping: Scoping) -> list[Question]:
    """The questions with the one that asks back about wording, where it is the one being asked."""
    asked_about = question_named(questions, key.removesuffix(_HINT)) if key.endswith(_HINT) else None
    if asked_about is None:
        return questions
    place = questions.index(asked_about) + 1
    return [*questions[:place], _hint(asked_about, scoping), *questions[place:]]


def hint_key(question: Question) -> str:
    """The key of the question that asks back about the wording of an answer."""
    return question.key + _HINT


def is_hint(question: Question) -> bool:
    """Whether a question asks back about the wording of an answer."""
    return question.template == "scoping_hint"


def hinted(question: Question) -> str:
    """The key of the question whose answer is asked back about."""
    return question.key.removesuffix(_HINT)


def hints_for(text: str, scoping: Scoping) -> list[str]:
    """What could be better about a question to the team: said, never insisted on. NFER: tight questions."""
    return [
        hint
        for hint in key_line_hints(text)
        if hint in _ASKS_BACK and (scoping.split_hint or hint != "two_questions")
    ]


def areas_question(format: Format) -> ScopingQuestion | None:
    """The question that asks for the areas, if the format has one."""
    return next((shape for shape in format.scoping.questions if shape.choices_from == "areas"), None)


def chosen_areas(format: Format, answers: Answers) -> list[str]:
    """The areas beside the core themes, in the order they were chosen."""
    shape = areas_question(format)
    answer = answers.get(shape.name) if shape else None
    return list(answer.chosen or []) if answer else []


def area_keys(format: Format, areas: list[str]) -> Iterator[tuple[str, str, ScopingQuestion]]:
    """Key, area and shape of each question that is asked for each area."""
    for shape in format.scoping.questions:
        for area in areas if shape.each else ():
            yield f"{shape.name}:{area}", area, shape


def _keys(format: Format, answers: Answers, eyes: Eyes) -> Iterator[tuple[ScopingQuestion, str, str]]:
    shape = areas_question(format)
    hidden = shape is not None and not _may_see(answers.get(shape.name), eyes)
    areas = [] if hidden else chosen_areas(format, answers)
    for one in format.scoping.questions:
        if one.each is None:
            yield one, one.name, ""
        for area in areas if one.each else ():
            yield one, f"{one.name}:{area}", area


def _may_see(answer: ScopingAnswer | None, eyes: Eyes) -> bool:
    return answer is None or eyes.reads or answer.noted_by == eyes.person_id


def _question(
    format: Format, shape: ScopingQuestion, key: str, area: str, answer: ScopingAnswer | None, eyes: Eyes
) -> Question:
    waits = answer is not None and eyes.confirms and answer.confirmed_at is None and not answer.skipped
    return Question(
        key=key,
        asks=for_area(shape.asks, area) if area else shape.asks,
        hint=shape.hint,
        kind=shape.kind,
        choices=_choices(format, shape),
        own_words=shape.own_words,
        usual=format.scoping.typical_areas if shape.choices_from == "areas" else 0,
        required=shape.required,
        limit=shape.limit,
        counts=shape.counts,
        value=_value(shape, answer),
        said="" if answer is None or answer.skipped else answer.text,
        skipped=answer is not None and answer.skipped,
        noted_by=eyes.names.get(answer.noted_by, "") if answer is not None and waits else "",
    )


def _choices(format: Format, shape: ScopingQuestion) -> tuple[Choice, ...]:
    if shape.choices_from is None:
        return tuple(Choice(value=choice.value, label=choice.label) for choice in shape.choices)
    offered = {"areas": format.scoping.areas, "core_themes": format.scoping.core_themes}[shape.choices_from]
    return tuple(Choice(value=name, label=name) for name in offered)


def _value(shape: ScopingQuestion, answer: ScopingAnswer | None) -> Any:
    if answer is None or answer.skipped:
        return None
    if shape.kind == "choices":
        return list(answer.chosen or [])
    if shape.kind == "choice":
        return (answer.chosen or [answer.text])[0]
    return answer.text


def _hint(question: Question, scoping: Scoping) -> Question:
    """Settled from the start: nobody has to answer it."""
    hints = hints_for(question.said, scoping)
    words = ["split", "reword", "keep"] if "two_questions" in hints else ["reword", "keep"]
    return Question(
        key=hint_key(question),
        asks=question.asks,
        kind="choice",
        choices=tuple(Choice(value=word, label=word) for word in words),
        own_words=True,
        limit=question.limit,
        counts=False,
        value="keep",
        said=question.said,
        template="scoping_hint",
        more={"hints": hints, "parts": split_questions(question.said), "can_split": "two_questions" in hints},
    )
