"""Which person is meant by a name as people type it."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Protocol, TypeAlias, TypeVar


class Named(Protocol):
    """Anybody with a name."""

    @property
    def name(self) -> str: ...


_N = TypeVar("_N", bound=Named | str)
_Way: TypeAlias = Callable[[str, str, Named | str], bool]


def match(name: str, people: Iterable[_N]) -> list[_N]:
    """The people (or bare names) whom a name may mean: none, one, or several when it is not clear.

    An e-mail address or a full name comes before a first name, that before a surname, and a
    surname before the beginning of a name. Capitals, accents, apostrophes, hyphens, titles and
    a leading @ make no difference.
    """
    return _matched(name, people, _WAYS)


def called(name: str, people: Iterable[_N]) -> list[_N]:
    """The people who go by exactly this: e-mail address, full name or first name. No guess from less."""
    return _matched(name, people, _WAYS[:2])


def in_full(name: str, person: Named | str) -> bool:
    """Whether this is somebody's e-mail address or full name."""
    return _by_email("", name, person) or _plain(name) == _called(person)


def _matched(name: str, people: Iterable[_N], ways: Iterable[_Way]) -> list[_N]:
    typed, everybody = _plain(name), list(people)
    if not typed:
        return []
    for means in ways:
        found = [person for person in everybody if means(typed, name, person)]
        if found:
            return found
    return []


_TITLES = frozenset(
    {"cllr", "councillor", "dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame"}
)
_SHORTEST = 2


def _plain(name: str) -> str:
    """Letters and single spaces only, without accents and titles."""
    bare = re.sub(r"['\u2018\u2019`.]", "", name.casefold())
    letters = "".join(
        letter for letter in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(letter)
    )
    words = re.sub(r"[\W_]+", " ", letters).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _TITLES else words)


def _called(person: Named | str) -> str:
    return _plain(person if isinstance(person, str) else person.name)


def _by_email(_typed: str, name: str, person: Named | str) -> bool:
    email = getattr(person, "email", None)
    return bool(email) and str(email).casefold() == name.strip().removeprefix("mailto:").casefold()


def _by_first_or_full_name(typed: str, _name: str, person: Named | str) -> bool:
    full = _called(person)
    return typed in {full, full.split(" ")[0]}


def _by_surname(typed: str, _name: str, person: Named | str) -> bool:
    return _called(person).endswith(f" {typed}")


def _by_beginning(typed: str, _name: str, person: Named | str) -> bool:
    return len(typed) >= _SHORTEST and _called(person).startswith(typed)


_WAYS: tuple[_Way, ...] = (
    _by_email,
    _by_first_or_full_name,
    _by_surname,
    _by_beginning,
)
