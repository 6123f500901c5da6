"""Mentions in what was said: a name is one word as long as the words around it are taken apart.

Whoever is called "Dana Doe from Saltmarsh" in a chat has said nothing about Saltmarsh by that.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from handlers.message import Said
from store.person import Person

_BLANK: Final = "\u2800"
"""Looks like a space, and parts no words; who is meant is found past it, as past any sign."""

_QUOTES = '"“”„«»'
_APOSTROPHES = "'’‘"


def sealed(said: Said, mentioned: Sequence[Person]) -> Said:
    """What was said, with each mention under the name that the person is known by, as one word."""
    called = {
        _plain(account.name): person.name
        for account, person in zip(said.mentions, mentioned, strict=True)
        if account.name
    }
    if not called:
        return said
    pattern = re.compile("|".join(f"@{_loosely(name)}" for name in sorted(called, key=len, reverse=True)))

    def known(found: re.Match[str]) -> str:
        return called[_plain(found[0][1:])]

    def renamed(value: Any) -> Any:
        return pattern.sub(lambda found: f"@{known(found)}", value) if isinstance(value, str) else value

    text = pattern.sub(lambda found: f"@{_one_word(known(found))}", said.text)
    fields = {name: renamed(value) for name, value in said.fields.items()} if said.fields else said.fields
    return replace(said, text=text, fields=fields)


def opened(value: Any) -> Any:
    """A value as it is kept and shown: names in their own words again."""
    return value.replace(_BLANK, " ") if isinstance(value, str) else value


def _one_word(name: str) -> str:
    return re.sub(rf"[\s{_QUOTES}]+", _BLANK, name)


def _plain(name: str) -> str:
    """A name as a chat may have straightened it."""
    return " ".join(re.sub(f"[{_APOSTROPHES}]", "'", re.sub("[“”]", '"', name)).split())


def _loosely(name: str) -> str:
    letters = (f"[{_APOSTROPHES}]" if letter == "'" else re.escape(letter) for letter in name)
    return "".join(letters).replace(r"\ ", r"\s+").replace('"', '["“”]')
