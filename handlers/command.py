"""What a row of the contents page is, and how a typed phrase finds its row."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from handlers.message import Refused, Reply
from handlers.rules.phrases import nearest
from handlers.shapes import FormShape

TEAM = frozenset({"lead_peer", "peer", "lead_member_peer", "challenge_manager"})
HOST = frozenset({"sponsor", "organiser", "director"})
COORDINATION = frozenset({"coordinator", "challenge_manager", "programme_manager"})
ANYBODY: frozenset[str] = frozenset()
"""Anybody who has a part in the challenge; for a command without a challenge, anybody at all."""

DIRECT = "direct"
ANYWHERE: frozenset[str] = frozenset()

NOTHING_SAID = "help"
"""What somebody wants who says nothing but the bot's name."""

_LONGEST = 4
"""Words in a phrase."""
_LONGEST_REST = 1000
_LABEL = 40


@dataclass(frozen=True)
class Command:
    """One thing a person can say.

    `run` is called with whatever its parameters name: session, challenge, speaker, now, …
    (see `dispatch`), and the values of the form's fields. `read` turns the rest of the typed
    line (`text`) into those fields; without one, the rest is the form's first field. `only` says
    of a rest whether it makes sense as this command. `prepare` gives what a form should already hold and the
    choices it offers. `places` are kinds of room, or "direct"; `elsewhere` is the refusal for
    another place, where that is not the usual one. `opens`: typed, it always opens its form, even
    where none of the fields is needed. `writes`: it changes something worth an
    audit line, after which rooms, state cards and dates are looked at again. `instead` gives the
    line that this one stands for where it means the whole programme; `meant` tells it whether a
    challenge was meant by name, card or room. `needs` names what a chat fetches before the command
    runs, and gives as `Said.gathered`: "members" are the accounts in the place where it was said,
    or "crowded" the most that a room may hold, where more are there.
    `deliberate`: it asserts, ends, sends or releases something, so it is never offered as a guess at what
    somebody may have meant: one press would do it.
    """

    phrase: str
    run: Callable[..., Reply]
    help: str = ""
    example: str = ""
    roles: frozenset[str] = ANYBODY
    places: frozenset[str] = ANYWHERE
    form: str | Callable[..., FormShape] | None = None
    read: Callable[..., Mapping[str, Any]] | None = None
    only: Callable[[str], bool] | None = None
    prepare: Callable[..., Mapping[str, Any]] | None = None
    elsewhere: type[Refused] | None = None
    instead: Callable[..., str | None] | None = None
    opens: bool = False
    writes: bool = True
    deliberate: bool = False
    also: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @cached_property
    def asks_for(self) -> frozenset[str]:
        """The names of what `run` wants to be given."""
        return parameters(self.run)

    @property
    def needs_challenge(self) -> bool:
        """Whether this is about one challenge."""
        return "challenge" in self.asks_for


@cache
def parameters(function: Callable[..., Any]) -> frozenset[str]:
    """The names of a function's parameters."""
    return frozenset(inspect.signature(function).parameters)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A command, and the rest of the line that was typed after its phrase."""

    command: Command
    rest: str


class Contents:
    """The contents page, looked up by phrase. The longest phrase that fits wins; no words ask for help."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self._by_phrase = {
            phrase: command for command in self.commands for phrase in (command.phrase, *command.also)
        }

    def find(self, text: str) -> Found | None:
        """The command that a line names, None when it names none."""
        words = text.split() or [NOTHING_SAID]
        for length in range(min(len(words), _LONGEST), 0, -1):
            command = self._by_phrase.get(_bare(" ".join(words[:length])))
            rest = _after(text, length)
            if command and _takes(command, rest):
                return Found(command=command, rest=rest)
        return None

    def needs(self, text: str) -> tuple[str, ...]:
        """What a chat has to fetch before a line is heard, by name, whatever follows its phrase."""
        words = text.split()
        starts = (_bare(" ".join(words[:length])) for length in range(min(len(words), _LONGEST), 0, -1))
        found = (self._by_phrase[start].needs for start in starts if start in self._by_phrase)
        return next(found, ())

    def nearest(self, text: str) -> list[dict[str, str]]:
        """The phrases most like what was typed, at most three, each with the line it would make of it."""
        offered = [command.phrase for command in self.commands if not command.deliberate]
        phrases = nearest(" ".join(text.split()[:3]), offered)
        lines = [(phrase, self._line(phrase, text)) for phrase in phrases]
        return [{"line": line, "label": line if len(line) <= _LABEL else phrase} for phrase, line in lines]

    def _line(self, phrase: str, text: str) -> str:
        """The phrase with the rest of what was typed, where its command takes that."""
        rest = _after(text, len(phrase.split()))
        fits = rest and len(rest) <= _LONGEST_REST and _takes(self._by_phrase[phrase], rest)
        return f"{phrase} {rest}" if fits else phrase

    def opens_form(self, phrase: str) -> bool:
        """Whether a button with this phrase opens a form: its command has one and the phrase is bare."""
        found = self.find(phrase)
        return bool(found and found.command.form and not found.rest)


def _bare(phrase: str) -> str:
    return phrase.casefold().rstrip(".!?:,")


def _after(text: str, words: int) -> str:
    """What follows the first `words` words, as typed."""
    parts = text.split(maxsplit=words)
    return parts[words] if len(parts) > words else ""


def _takes(command: Command, rest: str) -> bool:
    """Whether a rest of the line makes sense: a command that reads nothing takes nothing."""
    if not rest:
        return True
    if command.only is not None:
        return command.only(rest)
    return command.read is not None or isinstance(command.form, str)
