"""Help, from the contents page: three examples for whoever asks, or what begins with a word."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import finding
from handlers.command import Command, Contents
from handlers.message import Refused, Reply, Said
from handlers.rules.phrases import nearest
from store.person import Person
from store.programme import Programme
from store.role import programme_roles, roles_of
from store.room import Room

_EXAMPLES = 3
_SMALL_TALK = frozenset(
    {"a", "again", "all", "are", "bot", "do", "for", "lot", "much", "now", "please", "so", "that", "there"}
    | {"today", "very", "who", "you"}
)

FIRST: Mapping[str, tuple[str, ...]] = {
    "sponsor": ("scoping", "next", "dates"),
    "organiser": ("next", "done", "dates"),
    "director": ("next", "status", "dates"),
    "lead_peer": ("note", "summary", "next"),
    "peer": ("note", "notes", "next"),
    "lead_member_peer": ("note", "notes", "next"),
    "challenge_manager": ("summary", "note", "task"),
    "coordinator": ("invite", "task", "reach", "new"),
    "programme_manager": ("scoping", "proposal", "next"),
    "improvement_adviser": ("scoping", "kloe add", "status"),
}
"""By role, what somebody most likely wants to know first."""


class NoHelp(Refused):
    """No command that the speaker may say begins with these words."""


def is_word(text: str) -> bool:
    """Whether a rest of the line may be a command to explain."""
    return len(text.split()) <= _EXAMPLES


def is_small_talk(text: str) -> bool:
    """Whether what follows a greeting says nothing: otherwise it may be an answer to a question."""
    return _SMALL_TALK.issuperset(re.findall(r"\w+", text.casefold()))


def show_help(
    session: Session, contents: Contents, programme: Programme, speaker: Person, said: Said,
    room: Room | None, today: date, text: str,
) -> Reply:  # fmt: skip
    """Three examples that fit the speaker's roles and this place; with a word, every command it begins."""
    place = "direct" if said.place.direct else room.kind if room else "elsewhere"
    roles = _roles(session, programme, speaker, room, today)
    allowed = [one for one in contents.commands if one.help and _allows(one, roles)]
    if text.strip():
        return Reply("help_word", {"word": text.strip(), "commands": _about(text, allowed)})
    here = [one for one in allowed if roles and (not one.places or place in one.places)]
    if not finding.own(session, programme, speaker, today):
        here = [one for one in here if not one.needs_challenge]
    examples = _facts(_examples(here, roles))
    closed = None if roles else finding.last_closed(session, programme, speaker, today)
    facts = {"place": place, "part": bool(roles), "closed": closed.name if closed else ""}
    return Reply("help", {**facts, "commands": examples})


def greet(
    session: Session, contents: Contents, programme: Programme, speaker: Person, said: Said,
    room: Room | None, today: date,
) -> Reply:  # fmt: skip
    """Three examples, whatever else somebody says in greeting."""
    return show_help(session, contents, programme, speaker, said, room, today, "")


def thank() -> Reply:
    """A kind word back."""
    return Reply("thanked")


def _roles(
    session: Session, programme: Programme, speaker: Person, room: Room | None, today: date
) -> frozenset[str]:
    """The roles held in the challenge of the room; in a direct message, in any."""
    found = programme_roles(session, speaker.id, today)
    for one in finding.own(session, programme, speaker, today):
        if room is None or room.challenge_id in {None, one.id}:
            found |= roles_of(session, speaker.id, one.id, programme.id, today)
    return frozenset(found)


def _allows(command: Command, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may say it; without any part, only what asks for none."""
    if command.roles:
        return bool(command.roles & roles)
    return bool(roles) or not command.needs_challenge


def _about(text: str, allowed: Iterable[Command]) -> list[dict[str, Any]]:
    """The commands whose phrase has these words in it. Raises NoHelp."""
    words = text.casefold().split()
    found = [one for one in allowed if _begins(one, words)] or [one for one in allowed if _has(one, words)]
    if not found:
        near = nearest(text, [one.phrase for one in allowed])
        raise NoHelp(word=text.strip(), near=[{"phrase": phrase} for phrase in near])
    return _facts(found)


def _begins(command: Command, words: list[str]) -> bool:
    phrases = (command.phrase, *command.also)
    return any(phrase.split()[: len(words)] == words for phrase in phrases)


def _has(command: Command, words: list[str]) -> bool:
    """Whether its phrase has these words further on: "move" in "dates move"."""
    return f" {' '.join(words)} " in f" {command.phrase} "


def _examples(allowed: list[Command], roles: frozenset[str]) -> list[Command]:
    """What their roles want first, then the most particular to them, each about something else."""
    wanted = [phrase for role in FIRST if role in roles for phrase in FIRST[role]]
    first = [one for phrase in wanted for one in allowed if one.phrase == phrase]
    shown = [one for one in allowed if one.example]
    particular = sorted(shown, key=lambda one: (not one.roles, len(one.roles - roles)))
    return list(_different((*first, *particular)))[:_EXAMPLES]


def _different(commands: Iterable[Command]) -> Iterator[Command]:
    seen: set[str] = set()
    for command in commands:
        word = command.phrase.split()[0]
        if word not in seen:
            seen.add(word)
            yield command


def _facts(commands: Iterable[Command]) -> list[dict[str, Any]]:
    return [
        {"phrase": one.phrase, "example": one.example or one.phrase, "help": one.help} for one in commands
    ]
