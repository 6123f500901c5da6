"""What was typed, whether in a form or on one line, becomes checked values; or errors at the fields."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handlers.message import Choice, Facts, Field, Form, Refused
from handlers.rules.dates import NotADate, read_day, read_days, read_moment
from handlers.rules.local import local_day
from handlers.shapes import FieldShape, FormShape
from handlers.words import Words


class FieldMissing(Refused):
    """A required field was left empty."""


class FieldNotFound(Refused):
    """Somebody was picked whom the chat does not show the bot: their name will do."""


class FieldTooLong(Refused):
    """A text is longer than its field allows."""


class FieldNotADate(Refused):
    """A text was not understood as a day, as days or as a moment; or it is past or reversed."""


class FieldNotANumber(Refused):
    """A text was not understood as a whole number."""


class FieldNotAChoice(Refused):
    """A value is not among the choices of its field."""


class FieldsWrong(Exception):
    """Some fields cannot be used as they are: `errors` by field name, `typed` as it was typed."""

    def __init__(self, errors: Mapping[str, Refused], typed: Mapping[str, Any]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors
        self.typed = typed


@dataclass(frozen=True, kw_only=True)
class Today:
    """When and where a date was typed: what "Thursday" means depends on it."""

    now: datetime
    zone: str

    @property
    def day(self) -> date:
        """The local day."""
        return local_day(self.now, self.zone)


def checked(
    shape: FormShape, typed: Facts, today: Today, offered: Facts, not_found: Container[str] = ()
) -> dict[str, Any]:
    """The values of a form's fields, None for an optional one left empty. Raises FieldsWrong.

    `not_found`: where somebody was picked whom nobody can find, which counts for more than a name beside it.
    """
    values: dict[str, Any] = {}
    errors: dict[str, Refused] = {
        field.name: FieldNotFound(label=field.label) for field in shape.fields if field.name in not_found
    }
    for field in shape.fields:
        try:
            values[field.name] = _value(field, typed.get(field.name), today, offered)
        except Refused as refused:
            errors.setdefault(field.name, refused)
    if errors:
        raise FieldsWrong(errors, dict(typed))
    return values


def missing(shape: FormShape, typed: Facts) -> bool:
    """Whether a required field was not given at all."""
    return any(field.required and _empty(typed.get(field.name)) for field in shape.fields)


def _value(field: FieldShape, typed: Any, today: Today, offered: Facts) -> Any:
    if _empty(typed):
        if field.required:
            raise FieldMissing(label=field.label)
        return None
    if field.kind == "choices":
        wanted = [typed] if isinstance(typed, str) else list(typed)
        return [_choice(field, value, offered) for value in wanted]
    text = str(typed).strip()
    if len(text) > field.limit:
        raise FieldTooLong(label=field.label, limit=field.limit, length=len(text))
    return _READ[field.kind](field, text, today, offered)


def _empty(typed: Any) -> bool:
    return typed is None or typed == [] or (isinstance(typed, str) and not typed.strip())


def _text(_field: FieldShape, text: str, _today: Today, _offered: Facts) -> str:
    return text


def _number(field: FieldShape, text: str, _today: Today, _offered: Facts) -> int:
    digits = text.lstrip("#")
    if not digits.isdecimal() or len(digits) > 9:
        raise FieldNotANumber(label=field.label)
    return int(digits)


def _day(field: FieldShape, text: str, today: Today, _offered: Facts) -> date:
    found: date = _dated(field, lambda: read_day(text, today.day))
    return found


def _days(field: FieldShape, text: str, today: Today, _offered: Facts) -> Any:
    return _dated(field, lambda: read_days(text, today.day))


def _moment(field: FieldShape, text: str, today: Today, _offered: Facts) -> datetime:
    found: datetime = _dated(field, lambda: read_moment(text, today.now, today.zone))
    return found


def _dated(field: FieldShape, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except NotADate as wrong:
        raise FieldNotADate(label=field.label, what=wrong.what) from wrong


def _one_choice(field: FieldShape, text: str, _today: Today, offered: Facts) -> str:
    return _choice(field, text, offered)


def _choice(field: FieldShape, typed: str, offered: Facts) -> str:
    """A choice by its value or its label, whatever the case."""
    wanted = str(typed).strip().casefold()
    for choice in choices(field, offered):
        if wanted in {choice.value.casefold(), choice.label.casefold()}:
            return choice.value
    allowed = [choice.label for choice in choices(field, offered)]
    raise FieldNotAChoice(label=field.label, allowed=allowed)


_READ: dict[str, Callable[[FieldShape, str, Today, Facts], Any]] = {
    "text": _text,
    "long": _text,
    "person": _text,
    "number": _number,
    "date": _day,
    "days": _days,
    "moment": _moment,
    "choice": _one_choice,
}


def choices(field: FieldShape, offered: Facts) -> tuple[Choice, ...]:
    """What a field offers: its own choices, or those that the moment offers under a name."""
    if field.choices_from is None:
        return tuple(Choice(value=choice.value, label=choice.label) for choice in field.choices)
    return tuple(Choice(value=str(value), label=label) for value, label in offered[field.choices_from])


# Drawing


def form(
    shape: FormShape,
    *,
    words: Words,
    known: Facts,
    errors: Mapping[str, str],
    hidden: Facts,
    offered: Facts,
    needed: Container[str] = (),
) -> Form:
    """A form ready to be drawn, with what is known and the sentence of each error.

    `needed` are fields that could be left empty in another case, and not in this one.
    """
    intro = words.blocks(shape.intro, offered, name=shape.phrase) if shape.intro else ()
    return Form(
        title=shape.title,
        phrase=shape.phrase,
        submit=shape.submit,
        hidden=hidden,
        intro=intro,
        fields=tuple(
            _drawn(field, known, errors, offered, required=field.required or field.name in needed)
            for field in shape.fields
        ),
    )


_DRAWN_AS = {"days": "text", "moment": "text"}


def _drawn(
    field: FieldShape, known: Facts, errors: Mapping[str, str], offered: Facts, *, required: bool
) -> Field:
    return Field(
        name=field.name,
        label=field.label,
        kind=_DRAWN_AS.get(field.kind, field.kind),
        required=required,
        limit=field.limit,
        hint=field.hint,
        choices=choices(field, offered),
        value=known.get(field.name),
        error=errors.get(field.name),
    )
