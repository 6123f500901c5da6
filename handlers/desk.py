"""What every unit of work has at hand, and how a function gets what its parameters name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from handlers.command import Contents, parameters
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.shapes import Shapes
from handlers.words import Words
from store.programme import Programme

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """For how long words are kept: of `answers` to what people said; of messages, and all other traces."""

    answers: timedelta = timedelta(days=7)
    words: timedelta = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every unit of work has at hand: the contents page, the happenings, words and shapes.

    `trusted` names the (platform, tenant) pairs whose e-mail addresses link accounts to people;
    `whispering` the platforms where something in a room can be shown to one account alone, and found again.
    """

    contents: Contents
    happenings: Mapping[str, Callable[..., None]]
    words: Words
    shapes: Shapes
    trusted: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    whispering: frozenset[str] = field(default_factory=frozenset)
    kept: Kept = Kept()


def tools(session: Session, desk: Desk, programme: Programme, now: datetime) -> dict[str, Any]:
    """What every handler may ask for, whoever speaks: see the top of dispatch.py."""
    post = Post(session=session, programme=programme, words=desk.words, shapes=desk.shapes, now=now)
    return {
        "session": session,
        "programme": programme,
        "post": post,
        "shapes": desk.shapes,
        "words": desk.words,
        "contents": desk.contents,
        "trusted": desk.trusted,
        "now": now,
        "today": local_day(now, programme.zone),
        "zone": programme.zone,
    }


def call(function: Callable[..., Result], offered: Mapping[str, Any]) -> Result:
    """Call a function with those of the offered things that its parameters name."""
    return function(**{name: offered[name] for name in parameters(function) if name in offered})
