"""Which kind of room is meant by a few words."""

import re

KINDS = ("team", "council", "liaison", "programme")

_NAMES = {"peer team": "team", "peers": "team", "council's": "council", "program": "programme"}
_ROOM = re.compile(r"(?:the |our |its )?(?P<kind>[\w' ]+?)(?: room| channel)?\s*[.!]?", re.IGNORECASE)


def kind_of(text: str) -> str | None:
    """The kind that "the peer team room" or "council room" names; None where it names none."""
    found = _ROOM.fullmatch(" ".join(text.replace("’", "'").split()))
    name = found["kind"].casefold() if found else ""
    kind = _NAMES.get(name, name)
    return kind if kind in KINDS else None
