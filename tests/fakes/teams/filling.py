"""Filling in a card: what a person types or picks becomes data, as far as Teams' client lets them.

The client sends every value as text, several choices with commas between, and leaves out what was
not touched and shows nothing.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.chat import Cannot
from tests.fakes.teams import cards
from tests.fakes.teams.people import Person
from tests.fakes.teams.tenancy import Json, Tenancy

_OPTIONAL = re.compile(r" \(.*\)$")


def data(tenancy: Tenancy, card: Json, values: Mapping[str, Any]) -> Json:
    """The inputs' part of the data after `values` were typed over what the card shows. Raises Cannot.

    A value is named by an input's id, the last part of that after ":", or its label, with or without
    what stands in brackets at its end. It is what is typed; the value or title of a choice, or a list
    of them; a person goes to the input of that name in which people are picked.
    """
    left = dict(values)
    found: Json = {}
    for element in cards.inputs(card):
        named = [name for name in left if _is_called(element, name) and _fits(element, left[name])]
        given = left.pop(named[0]) if named else None
        sent = _typed(tenancy, element, given) if named else _stands(element)
        _check(element, sent)
        if sent or (named and element.get("value")):
            found[element["id"]] = sent
    if left:
        labels = [element.get("label") for element in cards.inputs(card)]
        raise Cannot(f"this form has no field called {next(iter(left))}; it has {labels}")
    return found


def fields(card: Json) -> list[Json]:
    """The inputs of a card: id, name (its last part), label, type, required, value, several, choices."""
    return [
        {
            "id": element["id"], "name": element["id"].rpartition(":")[2], "label": element.get("label", ""),
            "type": "people" if _picks(element) else element["type"],
            "required": bool(element.get("isRequired")), "value": element.get("value", ""),
            "several": bool(element.get("isMultiSelect")), "choices": list(element.get("choices", ())),
        }
        for element in cards.inputs(card)
    ]  # fmt: skip


def _is_called(element: Json, name: str) -> bool:
    label = element.get("label", "")
    return name in {element["id"], element["id"].rpartition(":")[2], label, _OPTIONAL.sub("", label)}


def _picks(element: Json) -> bool:
    return "choices.data" in element


def _fits(element: Json, value: Any) -> bool:
    return _picks(element) == isinstance(value, Person)


def _stands(element: Json) -> str:
    """What stands in an input before anybody types."""
    if element["type"] == "Input.Toggle":
        return str(element.get("value", element.get("valueOff", "false")))
    return str(element.get("value", ""))


def _typed(tenancy: Tenancy, element: Json, value: Any) -> str:
    if isinstance(value, Person):
        return _picked(tenancy, value)
    if element["type"] == "Input.ChoiceSet":
        several = [value] if isinstance(value, str) else list(value or ())
        return ",".join(_choice(element, one) for one in several if one)
    return "" if value is None else str(value)


def _picked(tenancy: Tenancy, person: Person) -> str:
    """The client finds people of the tenant and its guests, by their Entra ids."""
    if person.object_id is None or person.tenant != tenancy.tenant:
        raise Cannot(f"{person.name} is not in the organisation")
    return person.object_id


def _choice(element: Json, wanted: str) -> str:
    for choice in element.get("choices", ()):
        if wanted in {choice["value"], choice["title"]}:
            return str(choice["value"])
    raise Cannot(f"there is no choice {wanted}; there are {[one['title'] for one in element['choices']]}")


def _check(element: Json, value: str) -> None:
    """What Teams' client checks by itself before it sends a form."""
    label = element.get("label", element["id"])
    if not value:
        if element.get("isRequired"):
            raise Cannot(f"“{label}” is required")
        return
    _CHECKS.get(element["type"], _anything)(element, value, label)


def _anything(_element: Json, _value: str, _label: str) -> None:
    return


def _check_text(element: Json, value: str, label: str) -> None:
    most = element.get("maxLength")
    if most is not None and len(value.encode("utf-16-le")) // 2 > most:
        raise Cannot(f"“{label}” takes {most} characters, not {len(value)}")
    if "regex" in element and not re.fullmatch(element["regex"], value):
        raise Cannot(f"“{label}” does not take {value}")


def _check_number(element: Json, value: str, label: str) -> None:
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise Cannot(f"“{label}” takes a number, not {value}")
    if not float(element.get("min", "-inf")) <= float(value) <= float(element.get("max", "inf")):
        raise Cannot(f"“{label}” does not take {value}")


def _check_date(_element: Json, value: str, label: str) -> None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise Cannot(f"“{label}”: a date is picked, not typed: {value}")


_CHECKS: dict[str, Callable[[Json, str, str], None]] = {
    "Input.Text": _check_text,
    "Input.Number": _check_number,
    "Input.Date": _check_date,
}
