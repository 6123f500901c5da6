"""What a request asks for, checked: anything else is a Mistake with a sentence."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from bot.room import people
from bot.room.chat import Chat
from bot.room.mistakes import Mistake


async def body(request: Request) -> dict[str, Any]:
    """The JSON object sent in, free of letters that no text can hold. Empty is an empty object."""
    try:
        found = json.loads(await request.body() or b"{}")
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Mistake("That is not JSON that the room can read.") from None
    if not isinstance(found, dict):
        raise Mistake("Send a JSON object.")
    return found


def text(found: Mapping[str, Any], name: str, *, usual: str | None = None) -> str:
    """The text called `name`, trimmed to nothing else than what was sent."""
    value = found.get(name, usual)
    if not isinstance(value, str):
        raise Mistake(f"Please send {name}, as text.")
    return value


def line(found: Mapping[str, Any], name: str, *, longest: int = 200) -> str:
    """One line of text with something in it, without the spaces around it."""
    value = " ".join(text(found, name).split())
    if not value:
        raise Mistake(f"The {name} is empty.")
    if len(value) > longest:
        raise Mistake(f"The {name} has at most {longest} characters.")
    return value


def number(found: Mapping[str, Any], name: str) -> int:
    """The whole number called `name`, sent as a number or as text."""
    value = found.get(name)
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**15:
        raise Mistake(f"Please send {name}, as a number.")
    return value


def person(chat: Chat, account: str | None) -> people.Person:
    """The person that somebody is being."""
    found = people.get(chat, account) if account else None
    if found is None:
        raise Mistake("There is nobody with this name in the room.", 404)
    return found
