"""The final: issued by the programme manager and nobody else. The bot says so, and never carries it."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from handlers import rounds
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.rules.local import local_text
from handlers.shapes import Format, FormShape, Shapes
from store.challenge import Challenge
from store.person import Person
from store.role import holders


class FinalTooEarly(Refused):
    """The last on-site day is still to come, or not known."""


class FinalBeforeReady(Refused):
    """*Ready to contact* was never pressed, so the sponsor cannot be told."""


class FinalAlreadyIssued(Refused):
    """The final was issued before: by whom, and when."""


class LinkMissing(Refused):
    """The council is to find the final at a link, and none was given."""


class LinkNotSafe(Refused):
    """The link does not begin with https://, or holds a password."""


def about_to_issue(session: Session, challenge: Challenge, format: Format, today: date) -> dict[str, Any]:
    """What the form says before the final is issued.

    Raises FinalAlreadyIssued, FinalBeforeReady and FinalTooEarly. LGA manual: it comes last of all.
    """
    facts = {"challenge": challenge.name, "report": format.words.report}
    if challenge.final_issued_at is not None:
        by = session.get(Person, challenge.final_issued_by)
        on = local_text(challenge.final_issued_at, challenge.zone)
        raise FinalAlreadyIssued(**facts, by=by.name if by else "", on=on)
    if challenge.ready_at is None:
        raise FinalBeforeReady(**facts)
    if challenge.last_day is None or today < challenge.last_day:
        raise FinalTooEarly(**facts, last_day=challenge.last_day.isoformat() if challenge.last_day else None)
    return {**facts, "host": format.words.host}


def form(shapes: Shapes, format: Format) -> FormShape:
    """The form by which the final is issued, in the format's own word for it."""
    frame = shapes.form("final")
    named = {key: getattr(frame, key).format(report=format.words.report) for key in ("title", "intro")}
    return frame.model_copy(update=named)


def read_link(text: str) -> dict[str, str]:
    """A link that was typed after the phrase."""
    return {"link": text}


def issue(
    session: Session,
    challenge: Challenge,
    format: Format,
    post: Post,
    speaker: Person,
    today: date,
    way: str,
    link: str | None,
) -> Reply:
    """Issue the final: the sponsor is told, and whoever sends a questionnaire now is prompted."""
    facts = about_to_issue(session, challenge, format, today)
    address = safe_link(link) if way == "link" else ""
    challenge.final_issued_at, challenge.final_issued_by = post.now, speaker.id
    told = _tell_sponsors(post, challenge, format, speaker, today, {**facts, "link": address})
    prompted = rounds.prompt_those_opening(post, challenge, but_not=speaker)
    own = [one for one in rounds.to_send(post, challenge) if one.is_sent_by(speaker)]
    return Reply(
        "final_issued",
        {
            **facts,
            "told": [person.name for person in told],
            "prompted": [person.name for person in prompted],
            "own": [{"title": one.title, "hidden": {"questionnaire": one.key}} for one in own],
        },
        hidden={"challenge": challenge.id},
    )


def safe_link(link: str | None) -> str:
    """The address as typed. Raises LinkMissing and LinkNotSafe."""
    if link is None:
        raise LinkMissing(at_field="link")
    try:
        parts = urlsplit(link)
    except ValueError as wrong:
        raise LinkNotSafe(at_field="link") from wrong
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or len(link.split()) > 1:
        raise LinkNotSafe(at_field="link")
    return link


def _tell_sponsors(
    post: Post, challenge: Challenge, format: Format, speaker: Person, today: date, facts: dict[str, Any]
) -> list[Person]:
    sponsors = holders(post.session, challenge.id, challenge.programme_id, "sponsor", today)
    said = {**facts, "by": speaker.name, "publication": format.publication}
    for person in sponsors:
        key = f"final:{challenge.id}:{person.id}"
        post.nudge(person, "final_for_sponsor", said, key=key, challenge=challenge)
    return sponsors
