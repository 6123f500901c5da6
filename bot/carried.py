"""What a button or a form carries, as it comes back: whoever can speak to a chat can make up another."""

from collections.abc import Mapping
from typing import Any, Final

from handlers.message import Facts

UNREADABLE: Final[Facts] = {"known": None}
"""What no card of ours carries: whoever presses such a button is told that nobody knows the card."""


def carried(found: Mapping[str, Any], *, known: bool = True) -> tuple[str, Facts]:
    """The phrase and the hidden facts of a button or a form. `known`: it looks like one of ours."""
    phrase, hidden = found.get("phrase"), found.get("hidden")
    if known and isinstance(phrase, str) and isinstance(hidden, dict):
        return phrase, hidden
    return "", UNREADABLE
