"""One question at a time, in plain conversation: scoping and questionnaires are both such a series."""

from sqlalchemy.orm import Session

from handlers.message import Reply
from store.conversation import OpenQuestion
from store.person import Person


def answer(session: Session, speaker: Person, text: str) -> Reply | None:
    """Take plain words as the answer to the question somebody was last asked; None when there is none."""
    question = session.get(OpenQuestion, speaker.id)
    if question is None:
        return None
    return None
