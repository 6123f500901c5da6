"""Commands that only tests have: what a handler may do, reduced to one thing each."""

from sqlalchemy.orm.exc import StaleDataError

from handlers.command import Command
from handlers.message import Refused, Reply
from handlers.shapes import FieldShape, FormShape
from store.scoping import KeyLine, last_key_line_number

_TEXT = FieldShape(name="text", label="Text", kind="long", limit=300)
_DAY = FieldShape(name="day", label="Day", kind="date")


class NotLikeThis(Refused):
    """What a handler refuses at a field."""


def _shape():
    return FormShape(key="say_back", title="Say back", phrase="say back", submit="Say", fields=(_TEXT, _DAY))


def _one_field():
    return FormShape(key="go_wrong", title="Go wrong", phrase="go wrong", submit="Go", fields=(_TEXT,))


def _first_field(text):
    return {"text": text}


def _keep(session, challenge, text):
    number = last_key_line_number(session, challenge.id) + 1
    session.add(KeyLine(challenge_id=challenge.id, number=number, text=text))
    session.flush()


def say_back(session, challenge, text, day):
    """Keep a text and say it again."""
    if text == "not like this":
        raise NotLikeThis(at_field="text", text=text)
    _keep(session, challenge, text)
    return Reply("said_back", {"text": text, "day": day.isoformat()})


def go_wrong(session, challenge, text):
    """Keep a text, and fail with the text in hand and in the exception."""
    _keep(session, challenge, text)
    raise LookupError(f"nothing is called {text}")


def break_a_rule(session, challenge, text):
    """Let the database refuse a text."""
    session.add(KeyLine(challenge_id=challenge.id, number=1, text=text))
    session.flush()
    session.add(KeyLine(challenge_id=999, number=None, text=text))
    session.flush()


class Hitches:
    """How often *try again* is still to find that somebody else was quicker."""

    left = 0


def try_again(session, challenge, text):
    """Keep a text, unless somebody else was quicker."""
    _keep(session, challenge, text)
    if Hitches.left:
        Hitches.left -= 1
        raise StaleDataError("somebody else was quicker")
    return Reply("said_back", {"text": text, "day": "2026-07-06"})


MORE = (
    Command(
        "say back", say_back, form=_shape, read=_first_field, roles=frozenset({"sponsor", "coordinator"})
    ),
    Command("say here", say_back, form=_shape, read=_first_field, places=frozenset({"team", "direct"})),
    Command("go wrong", go_wrong, form=_one_field, read=_first_field),
    Command("break a rule", break_a_rule, form=_one_field, read=_first_field),
    Command("try again", try_again, form=_one_field, read=_first_field),
)
