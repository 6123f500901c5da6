"""A card as somebody's App Home. Pure: a plain dict, for `views.publish`.

Limits from docs.slack.dev: a view holds 100 blocks and no table.
"""

from collections.abc import Iterator

from bot.slack.draw import SCALE, button_rows
from bot.slack.rich import Drawn, drawn
from bot.split import parts
from handlers.message import Card, Paragraph, Run

_MOST_BLOCKS = 100


def view(card: Card) -> Drawn:
    """The card as a view. Where it is too long its end is left out, with a sign; the buttons stay."""
    words, buttons = list(_words(card)), button_rows(card.buttons)
    room = _MOST_BLOCKS - len(buttons)
    if len(words) > room:
        words = [*words[: room - 1], drawn(Paragraph((Run("…"),)))]
    return {"type": "home", "blocks": [*words, *buttons]}


def _words(card: Card) -> Iterator[Drawn]:
    for block in card.blocks:
        yield from map(drawn, parts(block, SCALE))
