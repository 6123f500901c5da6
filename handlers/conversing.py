"""Which conversation somebody means by what they typed or pressed: always one of their own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Refused
from handlers.post import Post
from handlers.series import SERIES
from handlers.sitting import Series, Sitting
from store.conversation import OpenQuestion, conversation, open_question
from store.person import Person


class NothingAsked(Refused):
    """No question is open, so there is nothing to skip, go back to or put off."""


class AskedBefore(Refused):
    """The button belongs to a question that was left since."""


def pressed(session: Session, speaker: Person, about: Mapping[str, Any]) -> OpenQuestion | None:
    """The conversation that a pressed button belongs to: always one of the speaker's own."""
    if "series" not in about:
        return None
    return conversation(session, speaker.id, about["challenge"], about["series"], about.get("thing", ""))


def the_open_one(
    session: Session, post: Post, speaker: Person, about: Mapping[str, Any]
) -> tuple[Series, Sitting]:
    """The conversation to act on. Raises NothingAsked, and AskedBefore for an earlier question's button."""
    row = pressed(session, speaker, about) or open_question(session, speaker.id)
    if row is None or row.ended:
        raise NothingAsked
    series, sitting = checked(post, row)
    if "asked" in about and about["asked"] != row.question:
        raise AskedBefore(phrase=series.phrase)
    return series, sitting


def checked(post: Post, row: OpenQuestion) -> tuple[Series, Sitting]:
    """The conversation, if its series may still be answered. Raises NothingAsked."""
    series, sitting = SERIES[row.series], Sitting(row=row, post=post)
    if not series.may(sitting):
        raise NothingAsked
    return series, sitting
