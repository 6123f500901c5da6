"""What somebody was shown a little while ago, and may confirm in words as well as by its button."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.message import Facts
from store.challenge import Challenge
from store.heard import Heard, answered_since
from store.person import Person

_REMEMBERED = timedelta(hours=1)
_PLACE = "shown_before"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A card that somebody was shown: what it carries and, where it is kept, what it said."""

    hidden: Facts
    facts: Facts = field(default_factory=dict)

    def still_says(self, facts: Facts) -> bool:
        """Whether the card would say the same with these facts; of one that is not kept nobody knows."""
        return bool(self.facts) and {**self.facts, _PLACE: 0} == {**self.facts, **facts, _PLACE: 0}

    @property
    def why_again(self) -> dict[str, bool]:
        """Facts for a card that is shown once more: it says something else now, or was shown long ago."""
        return {"changed": bool(self.facts), "long_ago": not self.facts}


FIRST_TIME = {"changed": False, "long_ago": False}
"""The same facts where a card is shown because somebody asked."""


def last_shown(
    session: Session, challenge: Challenge, person: Person, template: str, now: datetime
) -> Facts | None:
    """What the newest card of a template that somebody was shown within the hour carries.

    None without one, and where two that were shown at the same moment differ.
    """
    shown = last_card(session, challenge, person, template, now)
    return shown.hidden if shown else None


def last_card(
    session: Session, challenge: Challenge, person: Person, template: str, now: datetime
) -> Shown | None:
    """The newest card of a template that somebody was shown within the hour.

    None without one, and where two differ that were shown at the same moment and have no `place`.
    """
    rows = _cards(session, challenge, person, template, now)
    newest = max(map(_order, rows), default=None)
    cards = [_card(row) for row in rows if _order(row) == newest]
    return cards[0] if cards and all(one.hidden == cards[0].hidden for one in cards) else None


def what_is_confirmed(
    session: Session,
    challenge: Challenge,
    person: Person,
    template: str,
    now: datetime,
    pressed: Facts | None,
) -> Shown | None:
    """The card that is confirmed: the one pressed, else the newest; None without either.

    What a card that was pressed said is known where it was shown within the hour.
    """
    if pressed is None:
        return last_card(session, challenge, person, template, now)
    rows = _cards(session, challenge, person, template, now)
    same = [row for row in rows if pressed.items() >= _card(row).hidden.items()]
    return _card(max(same, key=_order)) if same else Shown(hidden=pressed)


def place(
    session: Session, challenge: Challenge, person: Person, template: str, now: datetime
) -> dict[str, int]:
    """A fact for a card: how many of its kind somebody was shown before it, while a clock may stand still."""
    return {_PLACE: len(_cards(session, challenge, person, template, now))}


def was_shown(session: Session, person: Person, template: str, hidden: Facts, now: datetime) -> bool:
    """Whether somebody was shown such a card within the hour, which belongs to no open challenge."""
    found = answered_since(session, person.id, None, now - _REMEMBERED)
    return any(
        row.answer and (row.answer["template"], row.answer["hidden"]) == (template, hidden) for row in found
    )


def _cards(
    session: Session, challenge: Challenge, person: Person, template: str, now: datetime
) -> list[Heard]:  # fmt: skip
    found = answered_since(session, person.id, challenge.id, now - _REMEMBERED)
    return [row for row in found if row.answer and row.answer["template"] == template]


def _card(row: Heard) -> Shown:
    answer = row.answer or {}
    return Shown(hidden=answer["hidden"], facts=answer["facts"])


def _order(row: Heard) -> tuple[datetime, int]:
    return row.at, _card(row).facts.get(_PLACE, 0)
