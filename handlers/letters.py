"""Letters: messages that somebody decided to send; whose step each is, and which of its words were typed.

A letter can be withdrawn until it left, and what was typed in it can be corrected where it stands. What is
in no such table is the bot's own to say, or has a way of its own, as the daily summary has.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.command import COORDINATION
from handlers.message import Card, Facts
from handlers.words import Words

CORRECTED = "letter_corrected"
"""The fact that holds when, and by whom, a letter was corrected after it may have been read."""

_SLOT = "letter:"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """`whose`: the roles whose step it is. `typed`: the fact that somebody typed, "" where there is none.

    `longest`: how many letters that may have; the form in which it is first typed allows as many.
    """

    whose: frozenset[str] = COORDINATION
    typed: str = ""
    longest: int = 500


_PROGRAMME_MANAGER = frozenset({"programme_manager"})

LETTERS: Mapping[str, Letter] = {
    "request_to_council": Letter(typed="title", longest=300),
    "task_for_you": Letter(typed="title", longest=200),
    "invitation": Letter(typed="expertise", longest=200),
    "final_for_sponsor": Letter(whose=_PROGRAMME_MANAGER, typed="link"),
    "proposal_sent": Letter(whose=_PROGRAMME_MANAGER),
    "scoping_begins": Letter(),
    "dates_told": Letter(),
    "you_are_appointed": Letter(),
    "you_stood_down": Letter(),
    "cover_told": Letter(),
    "you_are_covered": Letter(),
    "you_hand_over": Letter(),
    "you_take_over": Letter(),
}
"""By the name of the template."""


def slot_for(template: str, key: str) -> str | None:
    """The slot of a letter in which words were typed: a correction takes its place."""
    letter = LETTERS.get(template)
    return f"{_SLOT}{key}" if letter and letter.typed else None


def marked(words: Words, card: Card, facts: Facts) -> Card:
    """A letter that was corrected says so below."""
    if CORRECTED not in facts:
        return card
    last = words.card("corrected_since", facts[CORRECTED])
    plain = f"{card.plain}\n\n{last.plain}"
    return Card(blocks=(*card.blocks, *last.blocks), plain=plain, buttons=card.buttons)
