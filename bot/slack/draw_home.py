"""A card as somebody's App Home in Slack. Pure: a plain dict, for `views.publish` as it is.

A view holds 100 blocks (docs.slack.dev). Buttons stand below the heading they belong to, the others
at the end.
"""

from collections.abc import Iterator

from bot.slack.draw import SCALE, actions
from bot.slack.rich import Drawn, drawn
from bot.split import NOTHING, parts
from handlers.message import Block, Card, Divider, Heading, Paragraph, Run
from handlers.words import letters

_MOST_BLOCKS = 100
_BEGINS_A_SECTION = (Heading, Divider)


def home(card: Card) -> Drawn:
    """The card as one view; what has no room in it is left out, and that is shown."""
    blocks = list(_blocks(card)) or [drawn(Paragraph(NOTHING))]
    if len(blocks) > _MOST_BLOCKS:
        blocks = [*blocks[: _MOST_BLOCKS - 1], drawn(Paragraph((Run("…"),)))]
    return {"type": "home", "blocks": blocks}


def _blocks(card: Card) -> Iterator[Drawn]:
    """Each section of the card with its buttons; the buttons are numbered through."""
    left = dict(enumerate(card.buttons))
    for section in _sections(card.blocks):
        yield from (drawn(part) for block in section for part in parts(block, SCALE))
        heading = _heading(section)
        mine = [number for number, button in left.items() if heading and button.under == heading]
        yield from actions({number: left.pop(number) for number in mine})
    yield from actions(left)


def _sections(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, ...]]:
    """The blocks, parted before each heading and divider."""
    starts = [place for place, block in enumerate(blocks) if place and isinstance(block, _BEGINS_A_SECTION)]
    for first, end in zip([0, *starts], [*starts, len(blocks)], strict=True):
        yield blocks[first:end]


def _heading(section: tuple[Block, ...]) -> str:
    """The letters of the heading that a section begins with, "" where it has none."""
    first = section[0] if section else None
    return letters(first.runs) if isinstance(first, Heading) else ""
