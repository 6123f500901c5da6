"""Adaptive Cards as Teams reads them: refused or taken, said in words, and what can be pressed.

Teams draws version 1.5 and no newer; at most 80 KB of a card as UTF-16 are sure to arrive; an
ActionSet shows six buttons.
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.drawn import shape, validator, walk
from tests.fakes.teams.tenancy import Json

TYPE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 80_000
INPUTS = {"Input.Text", "Input.Number", "Input.Date", "Input.Time", "Input.Toggle", "Input.ChoiceSet"}
PEOPLE = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}

_MOST_ACTIONS = 6


def size(value: Any) -> int:
    """How many bytes a value takes as UTF-16."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def problems(card: Any) -> list[str]:
    """Everything wrong with a card; empty when Teams takes it. Size is looked at by itself."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["it is no AdaptiveCard"]
    return [*_of_frame(card), *_of_actions(card), *_of_inputs(card)] or _by_schema(card)


def inputs(card: Json) -> list[Json]:
    """The inputs of a card, in order."""
    return [part for part in walk(card) if part.get("type") in INPUTS]


def actions(card: Json) -> list[Json]:
    """Every button of a card, in order; links in its text are not among them."""
    sets = [part["actions"] for part in walk(card.get("body", [])) if part.get("type") == "ActionSet"]
    return [action for group in [*sets, card.get("actions") or []] for action in group]


def words(card: Json) -> str:
    """What people read on a card, labels of buttons left out."""
    return "\n".join(text for element in card.get("body", []) for text in _lines(element))


def formatted(card: Json) -> list[str]:
    """The texts of a card that Teams reads as Markdown."""
    parts = [part for part in walk(card) if part.get("type") in {"TextBlock", "FactSet"}]
    facts = [text for part in parts for fact in part.get("facts", ()) for text in fact.values()]
    return [*(part["text"] for part in parts if part["type"] == "TextBlock"), *facts]


def _lines(element: Json) -> Iterator[str]:
    kind = element.get("type", "")
    if kind in INPUTS:
        yield from _input_lines(element)
    elif kind in _HOLDS:
        yield from (line for one in element[_HOLDS[kind]] for line in _lines(one))
    elif kind in _LINES:
        yield from _LINES[kind](element)


def _rich_lines(element: Json) -> Iterator[str]:
    yield "".join(one if isinstance(one, str) else one["text"] for one in element["inlines"])


def _table_lines(element: Json) -> Iterator[str]:
    for row in element["rows"]:
        yield "; ".join(" ".join(_lines(cell)) for cell in row["cells"])


_HOLDS = {"Container": "items", "Column": "items", "TableCell": "items", "ColumnSet": "columns"}
_LINES: dict[str, Callable[[Json], Iterable[str]]] = {
    "RichTextBlock": _rich_lines,
    "TextBlock": lambda element: [element["text"]],
    "Table": _table_lines,
    "FactSet": lambda element: [f"{fact['title']} {fact['value']}" for fact in element["facts"]],
}


def _input_lines(element: Json) -> Iterator[str]:
    shown = [element.get("label"), element.get("title"), element.get("value")]
    choices = [choice["title"] for choice in element.get("choices", ())]
    yield from (str(text) for text in [*shown, *choices] if text)


def _of_frame(card: Json) -> Iterator[str]:
    if card.get("version") not in {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"}:
        yield f"version {card.get('version')}: Teams draws 1.5 at most"
    if not card.get("body"):
        yield "a card without a body"


def _of_actions(card: Json) -> Iterator[str]:
    for part in walk(card):
        if part.get("type") == "ActionSet" and not 1 <= len(part.get("actions") or ()) <= _MOST_ACTIONS:
            yield f"an ActionSet shows one to {_MOST_ACTIONS} buttons, not {len(part.get('actions') or ())}"
        if part.get("type") == "Action.Execute" and _fallback(part) != "Action.Submit":
            yield "an Action.Execute without an Action.Submit for older clients"
        if part.get("type") in {"Action.Submit", "Action.Execute"} and not isinstance(part.get("data"), dict):
            yield "a button without data to tell it from others"
    if len(card.get("actions") or ()) > _MOST_ACTIONS:
        yield f"a card shows {_MOST_ACTIONS} buttons"


def _of_inputs(card: Json) -> Iterator[str]:
    ids = Counter(part.get("id") for part in inputs(card))
    yield from (f"two inputs are called {one}" for one, times in ids.items() if times > 1)
    if None in ids:
        yield "an input without an id"
    queries = [part["choices.data"] for part in walk(card) if "choices.data" in part]
    yield from (f"an unknown query {one}" for one in queries if one != PEOPLE)
    for part in inputs(card):
        if part.get("isRequired") and not (part.get("label") and part.get("errorMessage")):
            yield f"{part.get('id')} is required without a label and an errorMessage"


def _fallback(action: Json) -> str | None:
    found = action.get("fallback")
    return found.get("type") if isinstance(found, dict) else found


def _by_schema(card: Json) -> list[str]:
    return list(_at_fault(json.dumps(shape(_published(card)))))


@functools.lru_cache(maxsize=1000)
def _at_fault(card: str) -> tuple[str, ...]:
    """What the schema finds wrong; of many cards of the same shape, it is asked about one."""
    schema = validator("adaptive-card-1.5.0.schema.json")
    errors = schema.iter_errors(json.loads(card)) if schema else ()
    return tuple(f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in errors)[:3]


def _published(card: Any) -> Any:
    """The same without what Teams documents beside the published schema."""
    taken_out = {"msteams"} if isinstance(card, dict) and card.get("type") == "AdaptiveCard" else set()
    return _without_queries({key: value for key, value in card.items() if key not in taken_out})


def _without_queries(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_queries(one) for key, one in value.items() if key != "choices.data"}
    return [_without_queries(one) for one in value] if isinstance(value, list) else value
