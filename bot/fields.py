"""A form's field as it can be asked, and its known value as a chat's controls take it."""

import re
from dataclasses import replace
from datetime import date

from handlers.message import Field

_NUMBER = re.compile(r"-?[0-9]{1,15}")


def as_asked(field: Field) -> Field:
    """The field, asked so that its value can be shown.

    A number or date control cannot show "about ten" or "next Friday", nor a line several lines:
    where such a value is to be mended, it is asked as plain text, so that it stays to be mended.
    """
    value = known(field)
    if field.kind == "number" and value and not _NUMBER.fullmatch(value):
        field = replace(field, kind="text")
    if field.kind == "date" and value and not _is_date(value):
        field = replace(field, kind="text")
    if field.kind == "text" and "\n" in value:
        field = replace(field, kind="long")
    return field


def known(field: Field) -> str:
    """The known value as text, "" when there is none."""
    return "" if field.value is None else str(field.value)


def chosen(field: Field) -> tuple[str, ...]:
    """Those known values that are among the choices, in the order of the choices."""
    values = field.value if isinstance(field.value, list | tuple) else [known(field)]
    return tuple(choice.value for choice in field.choices if choice.value in values)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
