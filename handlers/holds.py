"""Legal holds: while somebody has asked for a challenge's records, nothing of them is deleted.

DOMAIN: FOI. Deleting what was asked for is an offence, so a hold goes before every number of days.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.closing import run_by
from handlers.message import Facts, Refused, Reply
from handlers.purging import days_of_records
from handlers.rules.local import local_text
from handlers.shapes import Shapes
from handlers.shown import was_shown
from store.challenge import Challenge, all_challenges
from store.hold import LegalHold, deleted_of
from store.person import Person
from store.programme import Programme


class NothingToHold(Refused):
    """The speaker runs no challenge whose records could be held."""


class NothingIsHeld(Refused):
    """No challenge that the speaker runs has a hold."""


class HoldNotShown(Refused):
    """What lifting a hold lets go was not shown to whoever would lift it."""


class AlreadyHeld(Refused):
    """There is a hold on this challenge: since when, and whose."""


def not_held(
    session: Session, programme: Programme, speaker: Person, today: date
) -> dict[str, list[tuple[str, str]]]:
    """The challenges whose records somebody can hold, closed ones too. Raises NothingToHold."""
    own = run_by(session, all_challenges(session, programme.id), speaker, today)
    if not own:
        raise NothingToHold
    return {"challenges": [(one.slug, one.name) for one in own]}


def held(
    session: Session, programme: Programme, speaker: Person, today: date
) -> dict[str, list[tuple[str, str]]]:
    """The challenges whose hold somebody can lift. Raises NothingIsHeld."""
    own = run_by(session, all_challenges(session, programme.id), speaker, today)
    there = [one for one in own if session.get(LegalHold, one.id)]
    if not there:
        raise NothingIsHeld
    return {"challenges": [(one.slug, one.name) for one in there]}


def hold(session: Session, programme: Programme, speaker: Person, now: datetime, council: str) -> Reply:
    """From now on nothing of a challenge is deleted. Raises AlreadyHeld."""
    challenge = _named(session, programme, council)
    there = session.get(LegalHold, challenge.id)
    if there:
        by = session.get_one(Person, there.placed_by).name
        raise AlreadyHeld(challenge=challenge.name, by=by, on=local_text(there.since, challenge.zone))
    session.add(LegalHold(challenge_id=challenge.id, since=now, placed_by=speaker.id))
    gone = sorted(deleted_of(session, challenge.id))
    return Reply("hold_placed", {"challenge": challenge.name, "gone": gone, "slug": challenge.slug})


def propose_to_lift(
    session: Session, shapes: Shapes, programme: Programme, today: date, council: str
) -> Reply:
    """Show what lifting a hold lets go, and on which day, and do nothing yet."""
    challenge = _named(session, programme, council)
    gone = deleted_of(session, challenge.id)
    left = {what: day for what, day in days_of_records(shapes, challenge).items() if what not in gone}
    later = sorted((day.isoformat(), what) for what, day in left.items() if day > today)
    facts = {
        "challenge": challenge.name,
        "slug": challenge.slug,
        "closed": challenge.closed_at is not None,
        "tonight": [what for what, day in left.items() if day <= today],
        "later": [{"what": what, "on": day} for day, what in later],
    }
    return Reply("hold_lift_preview", facts, hidden={"known": {"council": challenge.slug}})


def lift(
    session: Session, programme: Programme, speaker: Person, now: datetime, about: Facts, council: str
) -> Reply:
    """What has had its time is deleted again, from tonight on. Raises HoldNotShown."""
    challenge = _named(session, programme, council)
    shown = {"known": {"council": challenge.slug}}
    if "known" not in about and not was_shown(session, speaker, "hold_lift_preview", shown, now):
        raise HoldNotShown(challenge=challenge.name, slug=challenge.slug)
    session.delete(session.get_one(LegalHold, challenge.id))
    return Reply("hold_lifted", {"challenge": challenge.name, "closed": challenge.closed_at is not None})


def _named(session: Session, programme: Programme, slug: str) -> Challenge:
    return next(one for one in all_challenges(session, programme.id) if one.slug == slug)
