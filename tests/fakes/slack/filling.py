"""Filling in a view: what a person types or picks becomes `state.values`, as far as Slack lets them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.chat import Cannot
from tests.fakes.slack.refusals import inputs
from tests.fakes.slack.workspace import Json, Workspace


def state(workspace: Workspace, body: Json, values: Mapping[str, Any], before: Json) -> Json:
    """The state of a view after `values` were typed over what it showed, or over the state `before`.
    Raises Cannot.

    A value is named by a block_id, an action_id, the last part of a block_id after ":", or a label.
    It is what is typed; for choices the value or label of an option, or a list of them.
    """
    asked = inputs(body)
    strange = [name for name in values if not any(_is_called(block, name) for block in asked.values())]
    if strange:
        labels = [block["label"]["text"] for block in asked.values()]
        raise Cannot(f"this form has no field called {strange[0]}; it has {', '.join(labels)}")
    found: Json = {}
    for block_id, block in asked.items():
        element = block["element"]
        given = [value for name, value in values.items() if _is_called(block, name)]
        answer = _typed(workspace, element, given[-1]) if given else _stands(block, before)
        _check(block, answer)
        found[block_id] = {element["action_id"]: {"type": element["type"], **answer}}
    return found


def fields(body: Json, before: Json) -> list[Json]:
    """The inputs of a view: block_id, name (the last part of it), label, type, required, value, choices.
    `before` is the state in which it was last sent in.
    """
    return [
        {
            "block_id": block_id, "name": block_id.rpartition(":")[2], "label": block["label"]["text"],
            "type": block["element"]["type"], "required": not block.get("optional", False),
            "value": _value(_stands(block, before)),
            "choices": [
                {"value": one["value"], "label": one["text"]["text"]} for one in options(block["element"])
            ],
        }
        for block_id, block in inputs(body).items()
    ]  # fmt: skip


def options(element: Json) -> list[Json]:
    """Everything that can be chosen in a menu or among buttons."""
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group.get("options") or ()]


def _is_called(block: Json, name: str) -> bool:
    block_id = block["block_id"]
    called = {block_id, block_id.rpartition(":")[2], block["element"]["action_id"], block["label"]["text"]}
    return name in called


def _value(answer: Json) -> Any:
    for name in ("value", "selected_date", "selected_user"):
        if name in answer:
            return answer[name]
    if "selected_options" in answer:
        return [option["value"] for option in answer["selected_options"]]
    if "selected_users" in answer:
        return list(answer["selected_users"])
    return (answer.get("selected_option") or {}).get("value")


def _stands(block: Json, before: Json) -> Json:
    """What stands in an input: what was typed into it before, or what the app put there."""
    element = block["element"]
    typed = before.get(block["block_id"], {}).get(element["action_id"], {})
    return typed if typed.get("type") == element["type"] else _shown(element)


def _shown(element: Json) -> Json:
    """What stands in an input before anybody types."""
    match element["type"]:
        case "checkboxes" | "multi_static_select":
            return {"selected_options": list(element.get("initial_options") or ())}
        case "radio_buttons" | "static_select":
            return {"selected_option": element.get("initial_option")}
        case "datepicker":
            return {"selected_date": element.get("initial_date")}
        case "users_select":
            return {"selected_user": element.get("initial_user")}
        case "multi_users_select":
            return {"selected_users": list(element.get("initial_users") or ())}
    return {"value": element.get("initial_value")}


def _typed(workspace: Workspace, element: Json, value: Any) -> Json:
    match element["type"]:
        case "checkboxes" | "multi_static_select":
            return {"selected_options": [_option(element, one) for one in _several(value)]}
        case "radio_buttons" | "static_select":
            return {"selected_option": _option(element, value) if value else None}
        case "datepicker":
            return {"selected_date": _date(value) if value else None}
        case "users_select":
            return {"selected_user": _person(workspace, value) if value else None}
        case "multi_users_select":
            return {"selected_users": [_person(workspace, one) for one in _several(value)]}
    return {"value": str(value) if value else None}


def _several(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value or ())


def _option(element: Json, wanted: str) -> Json:
    for option in options(element):
        if wanted in {option["value"], option["text"]["text"]}:
            return option
    raise Cannot(
        f"there is no choice {wanted}; there are {[one['text']['text'] for one in options(element)]}"
    )


def _date(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise Cannot(f"a date is picked, not typed: {value}")
    return value


def _person(workspace: Workspace, wanted: str) -> str:
    for user in workspace.users.values():
        if wanted in {user.id, user.name, user.email, f"@{user.name}", f"@{user.handle}"}:
            return str(user.id)
    raise Cannot(f"there is nobody called {wanted} to pick")


def _check(block: Json, answer: Json) -> None:
    """What Slack's client checks by itself before it sends a form."""
    value, element = _value(answer), block["element"]
    label = block["label"]["text"]
    if value in (None, "", []):
        if not block.get("optional", False):
            raise Cannot(f"“{label}” is required")
        return
    _CHECKS.get(element["type"], _anything)(element, value, label)


def _anything(_element: Json, _value: Any, _label: str) -> None:
    return


def _check_length(element: Json, value: str, label: str) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not least <= len(value) <= most:
        raise Cannot(f"“{label}” takes {least} to {most} characters, not {len(value)}")


def _check_number(element: Json, value: str, label: str) -> None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        raise Cannot(f"“{label}” takes a number, not {value}")
    if not float(element.get("min_value", "-inf")) <= float(value) <= float(element.get("max_value", "inf")):
        raise Cannot(f"“{label}” does not take {value}")


_CHECKS: dict[str, Callable[[Json, Any, str], None]] = {
    "number_input": _check_number,
    "plain_text_input": _check_length,
}
