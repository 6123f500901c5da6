"""Home: somebody's challenges and their part in each, what waits for them there, and what is next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import plan
from handlers.message import Card, Reply
from handlers.part import Part, Thing, parts_of
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.state_card import stage_of
from handlers.waits import waiting
from store.person import Person
from store.role import programme_roles, programme_roles_on

OPENERS = frozenset({"coordinator", "programme_manager"})
"""Who may open a challenge."""

_TO_ASK = ("coordinator", "programme_manager")
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Shown:
    """At most how many challenges, things of one challenge, things of all, and days to come are shown."""

    challenges: int
    each: int
    things: int
    later: int


_AT_FIRST = Shown(challenges=6, each=5, things=20, later=5)
_ALL = Shown(challenges=60, each=25, things=100, later=20)


def is_how_much(text: str) -> bool:
    """Whether what follows the phrase asks for everything."""
    return text.strip(" .!").casefold() in {"", "all"}


def home(post: Post, speaker: Person, text: str) -> Reply:
    """Show somebody's own page: the most urgent of it, or all."""
    return Reply("home", _facts(post, speaker, _ALL if text.strip(" .!") else _AT_FIRST))


def card(post: Post, person: Person) -> Card:
    """Somebody's own page as it is now."""
    return post.words.card("home", _facts(post, person, _AT_FIRST))


def _facts(post: Post, person: Person, shown: Shown) -> dict[str, Any]:
    """What the page says; what has no room on it is counted."""
    parts = parts_of(post, person)
    urgent = sorted(map(_of_part, parts), key=_urgency)
    first = list(_within(urgent, shown))
    several = len(parts) > 1
    later = sorted((one for part in parts for one in _later(part)), key=lambda one: one["day"])
    today = local_day(post.now, post.programme.zone)
    return {
        "parts": first,
        "others": len(urgent) - len(first),
        "left_out": any(part["more"] for part in first) or len(urgent) > len(first),
        "waits": any(part["things"] for part in first),
        "several": several,
        "buttons": [button for part in first for button in _buttons(part)],
        "later": later[: shown.later],
        "ahead": [{"hidden": {} if several else {"challenge": parts[0].challenge.id}}] if later else [],
        "can_open": bool(OPENERS & programme_roles(post.session, person.id, today)),
        "to_ask": [] if parts else _whom_to_ask(post.session, post.programme.id, today),
    }


def _of_part(part: Part) -> dict[str, Any]:
    """One challenge: as what somebody is in it, where it stands, and what waits."""
    challenge = part.challenge
    where = None if part.is_guest else stage_of(challenge, part.today)
    return {
        "challenge": challenge.name,
        "you": [role for role in part.format.roles if role in part.roles],
        "stage": where.name if where else "",
        "day": where.day if where else 0,
        "days": where.days if where else 0,
        "first_day": challenge.first_day.isoformat() if challenge.first_day else "",
        "last_day": challenge.last_day.isoformat() if challenge.last_day else "",
        "things": waiting(part),
    }


def _urgency(part: dict[str, Any]) -> tuple[bool, bool, str]:
    """On site comes first, then where something waits, what is due soonest first."""
    days = [thing["day"] for thing in part["things"] if thing["day"]]
    return part["stage"] != "on_site", not part["things"], min(days, default="9999")


def _within(parts: list[dict[str, Any]], shown: Shown) -> Iterator[dict[str, Any]]:
    """Those parts, and the things of each, for which there is room."""
    room = shown.things
    for part in parts[: shown.challenges]:
        things = part["things"][: min(shown.each, room)]
        room -= len(things)
        yield {**part, "things": things, "more": len(part["things"]) - len(things)}


def _buttons(part: dict[str, Any]) -> Iterator[Thing]:
    """The buttons of a challenge's things, each with the name of the challenge."""
    for thing in part["things"]:
        for button in thing["buttons"]:
            yield {**button, "challenge": part["challenge"]}


def _later(part: Part) -> Iterator[dict[str, Any]]:
    for one in plan.later(part):
        yield {**one, "challenge": part.challenge.name}


def _whom_to_ask(session: Session, programme_id: int, today: date) -> list[str]:
    """The programme's coordinators, else its managers, by name."""
    rows = programme_roles_on(session, programme_id, today)
    found = [row.person.name for role in _TO_ASK for row in rows if row.role == role]
    return list(dict.fromkeys(found))[:_NAMED]
