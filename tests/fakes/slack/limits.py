"""Limits of letters and items, as Slack words what goes beyond them."""

from collections.abc import Iterator
from typing import Any

from bot.letters import units
from tests.fakes.slack.workspace import Json

Problems = Iterator[tuple[str, str]]
"""Where something is wrong (a JSON pointer), and what."""


def nothing(_part: Json, _where: str) -> Problems:
    """What is wrong with a part that has no limits."""
    return iter(())


def at_most(words: Any, most: int, where: str, least: int = 0) -> Problems:
    """What is wrong with a text of `least` to `most` UTF-16 units."""
    if not isinstance(words, str):
        yield where, "must be a string"
    elif units(words) > most:
        yield where, f"must be less than {most + 1} characters"
    elif units(words) < least:
        yield where, f"must be more than {least - 1} characters"


def text(found: Any, most: int, where: str, *, plain: bool = False) -> Problems:
    """What is wrong with a text object. `plain`: it may hold no markup."""
    kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if not isinstance(found, dict) or found.get("type") not in kinds:
        yield where, f"must be a text object of type {' or '.join(sorted(kinds))}"
        return
    yield from at_most(found.get("text"), most, f"{where}/text", least=1)


def count(items: Any, least: int, most: int, where: str) -> Problems:
    """What is wrong with an array of `least` to `most` items."""
    if not isinstance(items, list):
        yield where, "must be an array"
    elif len(items) > most:
        yield where, f"no more than {most} items allowed"
    elif len(items) < least:
        yield where, f"no fewer than {least} items allowed"
