"""A press that a chat delivers again under another id, to whichever process, is the same press.

What was refused may be pressed again at once; and where the chat was answered in time so may what took
effect, once something else was done: somebody who says yes, no, and yes means yes.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from handlers.message import Pressed, Said
from store.heard import heard_before
from store.press import Press, forget_presses, press_since


def as_one(session: Session, said: Said) -> Said:
    """What was said; a press that comes again, under the id by which it had its effect."""
    pressed = said.pressed
    if pressed is None or heard_before(session, said.id):
        return said
    before = _before(session, pressed)
    if before and _took_effect(session, before.said):
        return replace(said, id=before.said)
    forget_presses(session, pressed.who, pressed.button, pressed.since)
    if pressed.button:
        _keep(session, pressed, said.id, late=before is not None and before.late)
    return said


def not_in_time(session: Session, pressed: Pressed, said: str) -> None:
    """The chat was not answered in time, whether or not the press was heard so far."""
    before = _before(session, pressed)
    if before:
        before.late = True
    elif pressed.button:
        _keep(session, pressed, said, late=True)


def _before(session: Session, pressed: Pressed) -> Press | None:
    if pressed.button is None:
        return None
    return press_since(session, pressed.who, pressed.button, pressed.since)


def _keep(session: Session, pressed: Pressed, said: str, *, late: bool) -> None:
    session.merge(Press(who=pressed.who, button=str(pressed.button), said=said, at=pressed.at, late=late))


def _took_effect(session: Session, said: str) -> bool:
    heard = heard_before(session, said)
    return heard is not None and heard.outcome == "done"
