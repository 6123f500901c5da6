"""What every chat must keep when it draws: published schemas, and every word of the card."""

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.letters import drawable
from handlers.message import Bullets, Card, Divider, Table
from handlers.words import letters

_FOLDER = Path(os.environ.get("CRITICAL_FRIEND_SCHEMAS") or Path(__file__).parents[2] / "shared" / "schemas")


def schema_problems(name: str, value: Any) -> list[str]:
    """What a published schema finds wrong. Skips the test where the schema is not on this machine."""
    schema = validator(name)
    if schema is None:
        pytest.skip(f"{name} is not here: set CRITICAL_FRIEND_SCHEMAS to a folder that has it")
    found = [
        f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in schema.iter_errors(value)
    ]
    return found[:3]


def shape_problems(name: str, value: Any) -> list[str]:
    """What a schema that limits no words and counts no items finds wrong: each shape is looked at once."""
    return _problems_of_shape(name, json.dumps(shape(value)))


@functools.lru_cache(maxsize=1000)
def _problems_of_shape(name: str, shaped: str) -> list[str]:
    return schema_problems(name, json.loads(shaped))


_WORDS = {"text", "title", "label", "value", "initial_value", "private_metadata"}


def shape(value: Any) -> Any:
    """The same value with short words, and without items that repeat another one."""
    if isinstance(value, dict):
        return {
            key: "x" if key in _WORDS and isinstance(one, str) else shape(one) for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return list({json.dumps(one): one for one in map(shape, value)}.values())
    return value


@functools.cache
def validator(name: str) -> Any:
    """The checker of a published schema, or None where that is not on this machine."""
    path = _FOLDER / name
    if not path.exists():
        return None
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every dict within a drawn value, in order."""
    if isinstance(value, dict):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    ):
        yield from walk(inner)


def words_of(card: Card) -> list[str]:
    """The texts that a drawn card must hold, in order; a blank block may vanish."""
    return [text for block in card.blocks for text in _texts(block) if text.strip()]


def _texts(block: Any) -> Iterator[str]:
    match block:
        case Divider():
            return
        case Bullets(items):
            yield from map(letters, items)
        case Table(_, rows):
            yield from (letters(cell) for row in rows for cell in row)
        case _:
            yield letters(block.runs)


def assert_holds(drawn: str, card: Card, but: str = "\n") -> None:
    """Every letter of the card is in the drawn text, in order; only those in `but` may be drawn otherwise."""
    rest = _without(but, drawn)
    for text in words_of(card):
        wanted = _without(but, drawable(text))
        assert wanted in rest
        rest = rest[rest.index(wanted) + len(wanted) :]


def _without(letters: str, text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, letters)))
