"""Settings that cannot be, told to whoever set them: by the name they know, in plain words."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.settings import Settings

_WORDS: Final[Mapping[str, str]] = {
    "int_parsing": "give a whole number",
    "less_than_equal": "give a whole number from 1 to 65535",
    "greater_than_equal": "give a whole number from 1 to 65535",
    "bool_parsing": "give 1 for on, or 0 for off",
}
"""By the kind of the mistake. The port is the only number among the settings."""


def told(wrong: ValidationError) -> Iterator[tuple[str, str]]:
    """Each setting that cannot be, and what to do. What was set is not repeated: it may be a secret."""
    for error in wrong.errors(include_url=False, include_input=False):
        yield _name(error), _what_to_do(error)


def _name(error: ErrorDetails) -> str:
    """A setting as an operator writes it."""
    name = str(error["loc"][0])
    return f"CRITICAL_FRIEND_{name.upper()}" if name in Settings.model_fields else name


def _what_to_do(error: ErrorDetails) -> str:
    """A sentence: the settings' own, or one for the kind of the mistake."""
    own = error["type"] == "value_error"
    words = str(error["ctx"]["error"]) if own else _WORDS.get(error["type"], error["msg"])
    return f"{words[:1].upper()}{words[1:]}."
