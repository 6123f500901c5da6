"""A series of questions as one form: its fields, what is already in them, and the answers it brings."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, cast

from handlers.forms import FieldTooLong
from handlers.rules.answers import NotAnAnswer, read_answer
from handlers.rules.series import Question
from handlers.shapes import ChoiceShape, FieldShape, FormShape

_OWN = "_own"
_Kind = Literal["text", "long", "number", "date", "choice", "choices"]


def form_of(base: FormShape, questions: Sequence[Question]) -> FormShape:
    """The form with a field for each question; none is needed, since what stays blank is asked afterwards.

    The first field of `base` says how an answer in one's own words, beside a choice, is asked for.
    """
    fields = [field for question in questions for field in _fields(base.fields[0], question)]
    return base.model_copy(update={"fields": tuple(fields)})


def already_known(questions: Sequence[Question]) -> dict[str, Any]:
    """What is in the fields when the form opens."""
    return dict(pair for question in questions if question.value is not None for pair in _known(question))


def answers_in(
    questions: Sequence[Question], filled: Mapping[str, Any], today: date
) -> Iterator[tuple[Question, Any]]:
    """Each question that was answered, with its value as `read_answer` gives it. Raises FieldTooLong."""
    for question in questions:
        name = field_name(question)
        value = filled.get(name)
        own = _own_words(question, filled.get(name + _OWN), today)
        if question.kind == "choices" and (value or own):
            yield question, list(dict.fromkeys([*(value or []), *own]))
        elif own or value is not None:
            yield question, own[0] if own else _kept(value)


def field_name(question: Question) -> str:
    """The name of a question's field: its key, where that is a name; else made from it."""
    if re.fullmatch(r"[a-z][a-z0-9_]*", question.key):
        return question.key
    plain = re.sub(r"[^a-z0-9]+", "_", question.key.casefold())[:40].strip("_")
    return f"q_{plain}_{zlib.crc32(question.key.encode()):08x}"


def _fields(own: FieldShape, question: Question) -> Iterator[FieldShape]:
    choices = tuple(ChoiceShape(value=choice.value, label=choice.label) for choice in question.choices)
    yield FieldShape(
        name=field_name(question),
        label=question.asks,
        kind=cast(_Kind, question.kind),
        required=False,
        limit=question.limit,
        hint=question.hint,
        choices=choices,
    )
    if question.own_words and choices:
        yield own.model_copy(update={"name": field_name(question) + _OWN, "required": False})


def _known(question: Question) -> Iterator[tuple[str, Any]]:
    offered = {choice.value for choice in question.choices}
    name, value = field_name(question), question.value
    if not offered:
        yield name, value
    elif isinstance(value, list):
        yield name, [one for one in value if one in offered]
        yield name + _OWN, "; ".join(one for one in value if one not in offered)
    else:
        yield (name if value in offered else name + _OWN), value


def _kept(value: Any) -> Any:
    """A date as ISO text; lines as they were before a browser sent them."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return value.isoformat() if isinstance(value, date) else value


def _own_words(question: Question, typed: str | None, today: date) -> list[str]:
    if not typed:
        return []
    try:
        read = read_answer(question, typed, today)
    except NotAnAnswer as wrong:
        name = field_name(question) + _OWN
        raise FieldTooLong(
            at_field=name, label=question.asks, limit=wrong.limit, length=wrong.length
        ) from wrong
    return list(read) if isinstance(read, list) else [read]
