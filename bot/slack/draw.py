"""A card as Slack messages. Pure: plain dicts, for `chat.postMessage` as they are.

Limits from docs.slack.dev: 50 blocks a message, 25 elements an actions block, one table a message
of at most 100 rows and 20 columns, no cell empty. All blocks together may hold about 12,000
letters ("msg_blocks_too_long", undocumented); a message should hold 4,000.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from bot.letters import drawable, short, unit, units
from bot.slack.rich import Drawn, drawn, plain_text
from bot.split import NOTHING, Scale, in_full, packed, parts
from handlers.message import Block, Bullets, Button, Card, Facts, Paragraph, Run, Runs, Table
from handlers.words import plain

LONGEST_LABEL = 75

_MOST_BLOCKS, _MOST_TEXT, _MOST_JSON = 50, 4000, 12_000
_MOST_BUTTONS, _MOST_BUTTONS_JSON, _MOST_VALUE = 25, 6000, 2000
_MOST_ROWS, _MOST_COLUMNS = 100, 20


def _escaped(text: str) -> str:
    return escape(drawable(text), quote=False)


def _weight(letter: str) -> int:
    """Two for each escaped letter, so that a run, which is JSON and no text, can weigh against it."""
    return 2 * (5 if letter == "&" else 4 if letter in "<>" else unit(letter))


SCALE = Scale(most=7000, run=80, letter=_weight, heaviest=10)
"""A piece of at most 3,500 letters, and at most 7,000 letters of JSON about them."""


class _Piece(NamedTuple):
    drawn: Drawn
    text: str


def messages(card: Card) -> tuple[Drawn, ...]:
    """The card as one message, or as several to be posted in this order. Buttons stand in the last.

    `text` is what a notification and a screen reader say: all the words of that message.
    """
    buttons = dict(enumerate(card.buttons))
    pieces = [*_words(card.blocks), *_buttons(buttons)] or [_piece(Paragraph(NOTHING))]
    groups = packed(pieces, _measures, (_MOST_BLOCKS, _MOST_TEXT, _MOST_JSON))
    return tuple(map(_message, groups))


def carried(phrase: str, hidden: Facts) -> str:
    """What a button or form carries, as JSON: its phrase and hidden facts."""
    return json.dumps({"phrase": phrase, "hidden": dict(hidden)}, ensure_ascii=False, separators=(",", ":"))


def button_rows(buttons: Mapping[int, Button]) -> list[Drawn]:
    """The blocks of some buttons, by their numbers, and of what they cannot show or carry."""
    return [piece.drawn for piece in _buttons(buttons)]


def _message(group: list[_Piece]) -> Drawn:
    text = "\n\n".join(piece.text for piece in group if piece.text)
    return {"text": text or _labels(group), "blocks": [piece.drawn for piece in group]}


def _labels(group: list[_Piece]) -> str:
    labels = [element["text"]["text"] for piece in group for element in piece.drawn.get("elements", ())]
    return _escaped(short(", ".join(labels), 700))


def _measures(piece: _Piece) -> tuple[int, int, int]:
    """Blocks, letters of text, letters of JSON; a table has limits of its own and no others."""
    size = 0 if piece.drawn["type"] == "table" else units(json.dumps(piece.drawn, ensure_ascii=False))
    return 1, units(piece.text) + 2, size


def _piece(block: Block) -> _Piece:
    return _Piece(drawn(block), _escaped(plain((block,))))


def _words(blocks: tuple[Block, ...]) -> Iterator[_Piece]:
    room_for_table = True
    for block in blocks:
        if isinstance(block, Table) and room_for_table and _fits(block):
            room_for_table = False
            yield _piece(block)
        else:
            yield from map(_piece, parts(block, SCALE))


def _fits(table: Table) -> bool:
    rows = len(table.rows) + bool(table.head)
    columns = max(map(len, (table.head, *table.rows)))
    letters = units(_escaped(plain((table,))))
    return 0 < rows <= _MOST_ROWS and 0 < columns <= _MOST_COLUMNS and letters <= SCALE.most // 2


def _buttons(buttons: Mapping[int, Button]) -> Iterator[_Piece]:
    """Buttons, after what a button cannot show whole; one that cannot carry its phrase says what to type."""
    to_type = tuple(_to_type(button) for button in buttons.values() if not _can_carry(button))
    in_words = (*in_full((button.label for button in buttons.values()), LONGEST_LABEL), Bullets(to_type))
    for block in in_words:
        yield from map(_piece, parts(block, SCALE))
    elements = [_button(number, button) for number, button in buttons.items() if _can_carry(button)]
    for group in packed(elements, _button_measures, (_MOST_BUTTONS, _MOST_BUTTONS_JSON)):
        yield _Piece({"type": "actions", "elements": group}, "")


def _can_carry(button: Button) -> bool:
    return units(carried(button.phrase, button.hidden)) <= _MOST_VALUE


def _to_type(button: Button) -> Runs:
    return (Run(button.label, strong=True), Run(": type "), Run(button.phrase, code=True))


def _button_measures(element: Drawn) -> tuple[int, int]:
    return 1, units(json.dumps(element, ensure_ascii=False))


def _button(number: int, button: Button) -> Drawn:
    element = {
        "type": "button",
        "action_id": f"phrase:{number}",
        "text": plain_text(short(button.label, LONGEST_LABEL)),
        "value": carried(button.phrase, button.hidden),
    }
    return {**element, "style": "primary"} if button.main else element
