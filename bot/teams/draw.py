"""A card as Adaptive Cards. Pure: plain dicts, each the `content` of one attachment.

Version 1.5 is the newest that every Teams client draws. Teams takes at most 80 KB a card, counted
as UTF-16, and shows at most six buttons of an ActionSet.
"""

import json
from collections.abc import Iterator
from typing import Any

from bot.letters import short, unit
from bot.split import NOTHING, Scale, in_full, packed, parts
from bot.teams.rich import Drawn, drawn, text
from handlers.message import Block, Button, Card, Divider, Table

LONGEST_LABEL = 75
MOST_BYTES = 80_000

_MOST_ACTIONS, _MOST_ACTIONS_BYTES = 6, 30_000
_MOST_TABLE_BYTES = 60_000
_FRAME = 1_000


def size(value: Any) -> int:
    """How many bytes a value takes as Teams counts them."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def _weight(letter: str) -> int:
    """A new line starts a block of its own, which weighs more than any letter."""
    if letter in "\r\n\x85\u2028\u2029":
        return 400
    return 4 if letter in '"\\\t' else 2 * unit(letter)


SCALE = Scale(most=25_000, run=500, letter=_weight, heaviest=400)
"""In bytes: a few pieces fit into a card."""


def cards(card: Card) -> tuple[Drawn, ...]:
    """The card as one Adaptive Card, or as several to be posted in this order. Buttons stand in the last."""
    elements = [*words(card.blocks), *_buttons(card.buttons)] or text(NOTHING)
    groups = packed(elements, lambda element: (size(element) + 4,), (MOST_BYTES - _FRAME,))
    return tuple(frame(group) for group in groups)


def frame(body: list[Drawn], **more: Any) -> Drawn:
    """An Adaptive Card around a body."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": "en-GB",
        "msteams": {"width": "Full"},
        "body": body,
        **more,
    }


def words(blocks: tuple[Block, ...]) -> Iterator[Drawn]:
    """Blocks as elements, none too heavy for a card. A divider is a line above the next element."""
    line_above = False
    for block in blocks:
        if isinstance(block, Divider):
            line_above = True
            continue
        for element in _elements(block):
            yield {**element, "separator": True} if line_above else element
            line_above = False


def _elements(block: Block) -> list[Drawn]:
    if isinstance(block, Table) and (block.rows or block.head):
        table = drawn(block)
        if size(table) <= _MOST_TABLE_BYTES:
            return table
    return [element for part in parts(block, SCALE) for element in drawn(part)]


def _buttons(buttons: tuple[Button, ...]) -> Iterator[Drawn]:
    yield from words(in_full((button.label for button in buttons), LONGEST_LABEL))
    actions = [_action(button) for button in buttons]
    for group in packed(actions, lambda action: (1, size(action)), (_MOST_ACTIONS, _MOST_ACTIONS_BYTES)):
        yield {"type": "ActionSet", "actions": group}


def _action(button: Button) -> Drawn:
    """A press says a phrase (Action.Execute; Action.Submit where that is unknown) or fetches a form."""
    title = {"title": short(button.label, LONGEST_LABEL), **({"style": "positive"} if button.main else {})}
    data = {"phrase": button.phrase, "hidden": dict(button.hidden)}
    if button.opens_form:
        return {"type": "Action.Submit", **title, "data": {"msteams": {"type": "task/fetch"}, **data}}
    submit = {"type": "Action.Submit", **title, "data": data}
    return {"type": "Action.Execute", "verb": "phrase", **title, "data": data, "fallback": submit}
