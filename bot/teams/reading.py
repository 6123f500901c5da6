"""A request's body read as an activity: what cannot be one is refused before anybody looks into it."""

import json
from typing import Any

from bot.teams.transport import Json

DEEPEST = 50
"""Objects and lists within one another. A form of ours that is sent in has less than ten."""


class NotLetIn(Exception):
    """A request is not let in: `why` is a word for the log, never for whoever sent it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status, why)
        self.status, self.why = status, why


def activity(body: bytes) -> Json:
    """The activity in a body. Raises NotLetIn (400)."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise NotLetIn(400, "not_json") from None
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise NotLetIn(400, "no_activity")
    if _is_deeper(found, DEEPEST):
        raise NotLetIn(400, "too_deep")
    return found


def at(found: Any, *path: str) -> str | None:
    """The text at a path, or None."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _is_deeper(found: Any, levels: int) -> bool:
    if not isinstance(found, dict | list):
        return False
    within = found.values() if isinstance(found, dict) else found
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in within)


def _no_number(name: str) -> None:
    raise ValueError(name)
