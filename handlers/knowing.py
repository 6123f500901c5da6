"""Who may know of which message: that it was sent, to whom, and its name, never its words.

What the council reads of the team's words is for those who agreed it, not the coordinator.
"""

from handlers.command import COORDINATION
from handlers.post import ASKER, PERSON
from handlers.shapes import Format
from handlers.words import Words
from store.outbox import Outgoing

_CARDS = ("state:", "challenge:")
_SECRET = ("question", "interview_opening")
"""How the names of templates begin that belong to answering: nobody sees who has answered, or not yet."""

_ASKED = ("questionnaire_ask", "questionnaire_prompt")
"""The asking itself may be passed on by hand: everybody was asked, whoever answers."""

_RELEASED = "released"


def may_know(row: Outgoing, format: Format, words: Words, roles: frozenset[str]) -> bool:
    """One's own audience, people's own affairs, and letters to the council for whoever sends them."""
    if row.template is None or may_nobody_know(row):
        return False
    audience = words.audience(row.template)
    if audience == ASKER:
        return False
    if audience == PERSON:
        return bool(roles & COORDINATION)
    readers = format.audience(audience)
    if roles & readers:
        return True
    return readers <= format.side("council") | {"summary_reader"} and bool(roles & _senders(audience, format))


def may_nobody_know(row: Outgoing) -> bool:
    """Whether a message is a living card, or belongs to answering."""
    secret = (row.template or "").startswith(_SECRET) and row.template not in _ASKED
    return secret or (row.slot or "").startswith(_CARDS)


def _senders(audience: str, format: Format) -> frozenset[str]:
    """Whose agreement lets such words leave; but for a released summary, the programme manager too."""
    agree = frozenset(format.release.agreed_by)
    return agree if audience == _RELEASED else agree | {format.release.stand_in_named_by}


def for_whom(row: Outgoing) -> str:
    """For whom a message is: the person's name, or the kind of room."""
    return row.person.name if row.person else row.room.kind if row.room else ""
