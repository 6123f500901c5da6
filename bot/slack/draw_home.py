"""A card as somebody's App Home. Pure: a plain dict, for `views.publish`.

Limits from docs.slack.dev: a view holds 100 blocks and no table. Buttons stand below the heading they
belong to, the others at the end.
"""

from collections.abc import Iterator

from bot.slack.draw import SCALE, button_rows
from bot.slack.rich import Drawn, drawn
from bot.split import NOTHING, parts
from handlers.message import Block, Button, Card, Divider, Heading, Paragraph, Run
from handlers.words import letters

_MOST_BLOCKS = 100
_ALL = Button(label="Show all", phrase="home all")
_MORE = Paragraph((Run("There is more than this page can hold. To see it, press “Show all”."),))
_BEGINS_A_SECTION = (Heading, Divider)


def view(card: Card) -> Drawn:
    """The card as a view. Of one that is too long the end is left out, with a way to it; the buttons stay."""
    blocks = list(_blocks(card)) or [drawn(Paragraph(NOTHING))]
    return {"type": "home", "blocks": blocks if len(blocks) <= _MOST_BLOCKS else _cut(card)}


def _blocks(card: Card) -> Iterator[Drawn]:
    """Each section of the card with its buttons, which are numbered through."""
    left = dict(enumerate(card.buttons))
    for section in _sections(card.blocks):
        yield from _words(section)
        heading = _heading(section)
        mine = [number for number, button in left.items() if heading and button.under == heading]
        yield from button_rows({number: left.pop(number) for number in mine})
    yield from button_rows(left)


def _cut(card: Card) -> list[Drawn]:
    there = any(button.phrase == _ALL.phrase for button in card.buttons)
    buttons = button_rows(dict(enumerate(card.buttons if there else (*card.buttons, _ALL))))
    words, room = list(_words(card.blocks)), _MOST_BLOCKS - len(buttons)
    return [*words[: room - 1], drawn(_MORE), *buttons]


def _words(blocks: tuple[Block, ...]) -> Iterator[Drawn]:
    for block in blocks:
        yield from map(drawn, parts(block, SCALE))


def _sections(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, ...]]:
    """The blocks, parted before each heading and divider."""
    starts = [place for place, block in enumerate(blocks) if place and isinstance(block, _BEGINS_A_SECTION)]
    for first, end in zip([0, *starts], [*starts, len(blocks)], strict=True):
        yield blocks[first:end]


def _heading(section: tuple[Block, ...]) -> str:
    """The letters of the heading that a section begins with, "" where it has none."""
    first = section[0] if section else None
    return letters(first.runs) if isinstance(first, Heading) else ""
