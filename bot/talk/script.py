"""A talk as it is written: one step a line, who says what, where and when. See docs/talks.md."""

import re
from dataclasses import dataclass, field
from datetime import datetime


class TalkWrong(Exception):
    """A line of a talk cannot be read, or an expectation does not hold. `line` counts from one."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line. `does`: person, at, says, presses, fills, sees or never sees; of rooms: opens, enters,
    leaves, closes, reopens or may. `place` is "direct", a kind of room, or a room's title.
    """

    line: int
    does: str
    who: str = ""
    text: str = ""
    place: str = "direct"
    challenge: str = ""
    values: dict[str, str] = field(default_factory=dict)
    moment: datetime | None = None


_QUOTED = r'"(?P<text>[^"]*)"'
_WHO = r"(?P<who>[^\W\d_][\w'’-]*)"
_WHERE = r'(?:(?P<place>programme|liaison|team|council)(?: of (?P<challenge>[^:]+))?|"(?P<title>[^"]+)")'
MOVES = ("opens", "enters", "leaves", "closes", "reopens")
"""What somebody does to a room."""
MAY = {
    "make rooms": ("make_rooms", True), "make no rooms": ("make_rooms", False),
    "bring people in": ("bring_in", True), "bring in nobody": ("bring_in", False),
    "pin cards": ("pin", True), "pin nothing": ("pin", False),
}  # fmt: skip
"""What a chat lets the bot do, or does not: which it is, and whether."""
_SHAPES = (
    ("may", re.compile(rf"the bot may (?P<text>{'|'.join(MAY)})$")),
    ("opens", re.compile(rf'{_WHO} opens "(?P<title>[^"]+)"$')),
    *((does, re.compile(rf"{_WHO} {does} {_WHERE}$")) for does in MOVES[1:]),
    ("person", re.compile(rf"person {_QUOTED}(?P<rest>.*)")),
    ("at", re.compile(r"at (?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d)$")),
    ("presses", re.compile(rf"{_WHO} presses {_QUOTED}$")),
    ("fills", re.compile(rf"{_WHO} fills {_QUOTED}:(?P<rest>.*)", re.DOTALL)),
    ("never sees", re.compile(rf"{_WHO} never sees {_QUOTED}$")),
    ("sees", re.compile(rf"{_WHO} sees {_QUOTED}$")),
    (
        "says",
        re.compile(rf"{_WHO}(?: in {_WHERE})?: ?(?P<text>.*)", re.DOTALL),
    ),
)
_PAIR = re.compile(r'\s*(?P<name>[\w ]+?)\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^;]*))\s*(?:;|$)', re.DOTALL)
_DETAIL = re.compile(r',\s*(?P<name>\w+)="(?P<value>[^"]*)"')


def read(script: str) -> list[Step]:
    """The steps of a talk. An indented line goes on with the line before. Raises TalkWrong."""
    return [_step(number, line) for number, line in _lines(script)]


def _lines(script: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for number, line in enumerate(script.splitlines(), 1):
        if line[:1].isspace() and line.strip() and found:
            before, text = found[-1]
            found[-1] = (before, f"{text}\n{line.strip()}")
        elif line.strip() and not line.startswith("#"):
            found.append((number, line.rstrip()))
    return found


def _step(number: int, line: str) -> Step:
    for does, shape in _SHAPES:
        found = shape.match(line)
        if found:
            return _read_as(does, number, {key: value or "" for key, value in found.groupdict().items()})
    raise TalkWrong(number, f"I cannot read this: {line}")


def _read_as(does: str, number: int, found: dict[str, str]) -> Step:
    rest = found.get("rest", "")
    if does == "person":
        values = {one["name"]: one["value"] for one in _DETAIL.finditer(rest)}
        return Step(line=number, does=does, text=found["text"], values=values)
    if does == "at":
        return Step(line=number, does=does, moment=datetime.fromisoformat(found["moment"]))
    return Step(
        line=number,
        does=does,
        who=found.get("who", ""),
        text=found.get("text", ""),
        place=found.get("place") or found.get("title") or "direct",
        challenge=found.get("challenge", ""),
        values=_pairs(number, rest) if does == "fills" else {},
    )


def _pairs(number: int, text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        found = _PAIR.match(text, at)
        if not found:
            raise TalkWrong(number, f"I cannot read the fields from here: {text[at:].strip()}")
        values[found["name"].strip()] = (
            found["quoted"] if found["quoted"] is not None else found["bare"].strip()
        )
        at = found.end()
    return values
