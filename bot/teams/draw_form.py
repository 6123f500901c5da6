"""A form as a Teams dialog (once "task module"), and what it sends back as fields. Pure: plain dicts.

A label, a placeholder and a choice are plain text in Teams; only `TextBlock` and `Fact` are not.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from bot.fields import as_asked, chosen, known
from bot.letters import DASH, drawable, short, units
from bot.teams.draw import LONGEST_LABEL, MOST_BYTES, frame, size, words
from bot.teams.rich import Drawn, text
from handlers.message import Field, Form, Run

_FEW = 10
_PICKED = "person:"
_EVERYBODY = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}


def task(form: Form) -> Drawn:
    """What a dialog is made of: title, height, width and the card as an attachment.

    Raises ValueError where the form with its known values is above 80 KB: a bug, no form is so long.
    """
    body = [*words(form.intro), *(element for field in form.fields for element in _asked(as_asked(field)))]
    content = frame(body or text((Run(DASH),)), actions=[_submit(form)])
    if size(content) > MOST_BYTES:
        raise ValueError(f"a dialog of {size(content)} bytes for {form.phrase.split()[:2]}")
    return {
        "title": drawable(form.title),
        "height": "medium" if len(form.fields) <= 3 else "large",
        "width": "medium",
        "card": {"contentType": "application/vnd.microsoft.card.adaptive", "content": content},
    }


def picked(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields in which an account was picked, with its Entra id; a pick counts for more than a name."""
    found = {key.removeprefix(_PICKED): value for key, value in data.items() if key.startswith(_PICKED)}
    return {name: str(value) for name, value in found.items() if value}


def typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """A form's fields from the `data` of a submitted dialog: text, or a list of values for "choices".

    Teams leaves out what was not touched.
    """
    fields: dict[str, Any] = {}
    for key, value in data.items():
        mark, _, name = key.partition(":")
        if mark == "field":
            fields[name] = "" if value is None else str(value)
        if mark == "choices":
            fields[name] = [unquote(one) for one in str(value or "").split(",") if one]
    return fields


def _submit(form: Form) -> Drawn:
    data = {"phrase": form.phrase, "hidden": dict(form.hidden)}
    title = short(form.submit, LONGEST_LABEL)
    return {"type": "Action.Submit", "title": title, "style": "positive", "data": data}


def _asked(field: Field) -> list[Drawn]:
    """The elements of one field: its error, its input, its hint."""
    error, hint = _sentence(field.error or ""), _sentence(field.hint)
    return [
        *(text((Run(f"Error: {error}", strong=True),), color="Attention") if error else ()),
        *(_person(field) if field.kind == "person" else (_input(field),)),
        *(text((Run(hint),), isSubtle=True, size="Small") if hint else ()),
    ]


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _input(field: Field) -> Drawn:
    mark = "choices" if field.kind == "choices" else "field"
    label = drawable(field.label) if field.label.strip() else DASH
    asked = {"id": f"{mark}:{field.name}", **_INPUTS[field.kind](field)}
    if not field.required:
        return {**asked, "label": f"{label} (optional)"}
    return {**asked, "label": label, "isRequired": True, "errorMessage": "This is needed."}


def _person(field: Field) -> list[Drawn]:
    """A person is picked from the organisation or, as not everybody is in it, written down."""
    label = drawable(field.label) if field.label.strip() else DASH
    optional = "" if field.required else " (optional)"
    written = as_asked(replace(field, kind="text"))
    return [
        {
            "id": f"{_PICKED}{field.name}",
            "label": f"{label}{optional}",
            **_choice_set("compact", []),
            "choices.data": _EVERYBODY,
        },
        {
            "id": f"field:{field.name}",
            "label": f"{label} (their name, if they are not in Teams)",
            **_INPUTS[written.kind](written),
        },
    ]


# One input for each kind of field


def _line(field: Field) -> Drawn:
    value = drawable(known(field))
    return {
        "type": "Input.Text",
        "isMultiline": field.kind == "long",
        "maxLength": max(field.limit, units(value)),
        **({"value": value} if value else {}),
    }


def _number(field: Field) -> Drawn:
    return {"type": "Input.Number", **({"value": int(known(field))} if known(field) else {})}


def _date(field: Field) -> Drawn:
    return {"type": "Input.Date", **({"value": known(field)} if known(field) else {})}


def _choice(field: Field) -> Drawn:
    style = "expanded" if len(field.choices) <= _FEW else "compact"
    choices = [_option(choice.label, choice.value) for choice in field.choices]
    value = "".join(chosen(field)[:1])
    return {**_choice_set(style, choices), **({"value": value} if value else {})}


def _choices(field: Field) -> Drawn:
    """A comma parts the values that come back, so a comma within a value travels quoted."""
    choices = [_option(choice.label, quote(choice.value, safe="")) for choice in field.choices]
    value = ",".join(quote(one, safe="") for one in chosen(field))
    asked = {**_choice_set("expanded", choices), "isMultiSelect": True}
    return {**asked, "value": value} if value else asked


def _choice_set(style: str, choices: list[Drawn]) -> Drawn:
    return {"type": "Input.ChoiceSet", "style": style, "wrap": True, "choices": choices}


def _option(label: str, value: str) -> Drawn:
    return {"title": drawable(label) if label.strip() else DASH, "value": value}


_INPUTS: dict[str, Callable[[Field], Drawn]] = {
    "text": _line,
    "long": _line,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
}
