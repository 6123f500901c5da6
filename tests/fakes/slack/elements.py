"""What Slack refuses in a button, a menu or an input."""

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.slack.limits import Problems, at_most, count, nothing, text
from tests.fakes.slack.workspace import Json


def of_element(found: Any, where: str) -> Problems:
    """Everything wrong with a button, menu, picker or input."""
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        yield where, "missing required field: type"
        return
    yield from at_most(found.get("action_id", "x"), 255, f"{where}/action_id", least=1)
    if "placeholder" in found:
        yield from text(found["placeholder"], 150, f"{where}/placeholder", plain=True)
    yield from _ELEMENTS.get(found["type"], nothing)(found, where)


def _button(element: Json, where: str) -> Problems:
    yield from text(element.get("text"), 75, f"{where}/text", plain=True)
    yield from at_most(element.get("value", ""), 2000, f"{where}/value")
    yield from at_most(element.get("url", ""), 3000, f"{where}/url")
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield f"{where}/style", "must be one of primary, danger"


def _text_input(element: Json, where: str) -> Problems:
    most, least = element.get("max_length", 3000), element.get("min_length", 0)
    if not 1 <= most <= 3000:
        yield f"{where}/max_length", "must be between 1 and 3000"
    if not 0 <= least <= most:
        yield f"{where}/min_length", "must be between 0 and max_length"
    yield from at_most(element.get("initial_value", ""), min(most, 3000), f"{where}/initial_value")


def _number_input(element: Json, where: str) -> Problems:
    if "is_decimal_allowed" not in element:
        yield where, "missing required field: is_decimal_allowed"
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if "initial_value" in element and not re.fullmatch(pattern, element["initial_value"]):
        yield f"{where}/initial_value", "must be a number"


def _date(element: Json, where: str) -> Problems:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2026-01-01")):
        yield f"{where}/initial_date", "must be a date"


def _few(element: Json, where: str) -> Problems:
    yield from _options(element.get("options"), 10, f"{where}/options")
    yield from _initial(element, where)


def _menu(element: Json, where: str) -> Problems:
    groups = element.get("option_groups")
    if groups is None:
        yield from _options(element.get("options"), 100, f"{where}/options")
    else:
        yield from count(groups, 1, 100, f"{where}/option_groups")
        for number, group in enumerate(groups):
            here = f"{where}/option_groups/{number}"
            yield from text(group.get("label"), 75, f"{here}/label", plain=True)
            yield from _options(group.get("options"), 100, f"{here}/options")
    yield from _initial(element, where)


def _overflow(element: Json, where: str) -> Problems:
    yield from _options(element.get("options"), 5, f"{where}/options")


def _options(options: Any, most: int, where: str) -> Problems:
    yield from count(options, 1, most, where)
    for number, option in enumerate(options if isinstance(options, list) else ()):
        yield from text(option.get("text"), 75, f"{where}/{number}/text")
        yield from at_most(option.get("value", ""), 150, f"{where}/{number}/value")
        if "description" in option:
            yield from text(option["description"], 75, f"{where}/{number}/description")


def _initial(element: Json, where: str) -> Problems:
    groups = element.get("option_groups") or [element]
    every = [option for group in groups for option in group.get("options") or ()]
    chosen = [element["initial_option"]] if "initial_option" in element else []
    for option in [*chosen, *element.get("initial_options", ())]:
        if option not in every:
            yield where, "initial options must be among the options"
    if element.get("initial_options") == []:
        yield f"{where}/initial_options", "no fewer than 1 items allowed"


_ELEMENTS: dict[str, Callable[[Json, str], Problems]] = {
    "button": _button,
    "checkboxes": _few,
    "datepicker": _date,
    "multi_static_select": _menu,
    "number_input": _number_input,
    "overflow": _overflow,
    "plain_text_input": _text_input,
    "radio_buttons": _few,
    "static_select": _menu,
}
