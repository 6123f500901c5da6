"""What a team still lacks, and who could step in. Suggestions only: nothing here blocks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Span:
    """How many holders of a role are looked for; `most` None: any number."""

    fewest: int
    most: int | None = None


ASKED_AGAIN = "asked_again"
"""They could come on other days, and have yet to answer for these."""


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """Somebody who was asked and has not declined. `state`: available, possibly, ASKED_AGAIN or asked."""

    id: int
    role: str
    state: str
    expertise: str = ""


def gaps(wanted: Mapping[str, Span], held: Mapping[str, int]) -> dict[str, int]:
    """How many people each role is short of, in the format's order; full roles are left out."""
    short = {role: span.fewest - held.get(role, 0) for role, span in wanted.items()}
    return {role: number for role, number in short.items() if number > 0}


def over(span: Span, held: int) -> bool:
    """Whether more people hold a role than the format looks for."""
    return span.most is not None and held > span.most


def uncovered(areas: Iterable[str], expertise: Iterable[str]) -> list[str]:
    """The areas that nobody's expertise speaks of: no word of weight in common. NFER: mix of experience."""
    known = {word for text in expertise for word in _weighty(text)}
    return [area for area in areas if not known & _weighty(area)]


def reserves(people: Iterable[Reserve], role: str, areas: Sequence[str] = ()) -> list[Reserve]:
    """Who could step in for a role, the likeliest first: same role, surer answer, an area nobody covers."""
    order = {"available": 0, "possibly": 1, ASKED_AGAIN: 2}
    near = [one for one in people if one.state in order]
    return sorted(
        near,
        key=lambda one: (
            one.role != role,
            order[one.state],
            bool(uncovered(areas[:1], [one.expertise])),
            one.id,
        ),
    )


_EMPTY = frozenset({"and", "for", "the", "of", "in", "with", "children", "services", "young", "people"})


def _weighty(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{3,}", text.casefold())
    return {word.rstrip("s") for word in words if word not in _EMPTY}
