"""What somebody was shown a little while ago, and may confirm in words as well as by its button."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.message import Facts
from store.challenge import Challenge
from store.heard import answered_since
from store.person import Person

_REMEMBERED = timedelta(hours=1)


def last_shown(
    session: Session, challenge: Challenge, person: Person, template: str, now: datetime
) -> Facts | None:
    """What the newest card of a template that somebody was shown within the hour carries.

    None without one, and where two that were shown at the same moment differ.
    """
    found = answered_since(session, person.id, challenge.id, now - _REMEMBERED)
    cards = [
        (row.at, row.answer["hidden"]) for row in found if row.answer and row.answer["template"] == template
    ]
    newest = [hidden for at, hidden in cards if at == cards[0][0]]
    return newest[0] if newest and all(one == newest[0] for one in newest) else None
