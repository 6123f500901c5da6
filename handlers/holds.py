"""Legal holds: while somebody has asked for a challenge's records, nothing of them is deleted.

DOMAIN: FOI. Deleting what was asked for is an offence, so a hold goes before every number of days.
"""

from datetime import date, datetime
from typing import Any

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
    """What lifting a hold lets go was not shown to whoever would lift it, or is not so any more."""


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
    facts = _what_goes(session, shapes, challenge, today)
    return Reply("hold_lift_preview", {**facts, "changed": False}, hidden=_carried(session, challenge, facts))


def _what_goes(session: Session, shapes: Shapes, challenge: Challenge, today: date) -> dict[str, Any]:
    gone = deleted_of(session, challenge.id)
    left = {what: day for what, day in days_of_records(shapes, challenge).items() if what not in gone}
    later = sorted((day.isoformat(), what) for what, day in left.items() if day > today)
    return {
        "challenge": challenge.name,
        "slug": challenge.slug,
        "closed": challenge.closed_at is not None,
        "tonight": [what for what, day in left.items() if day <= today],
        "later": [{"what": what, "on": day} for day, what in later],
    }


def _carried(session: Session, challenge: Challenge, facts: Facts) -> dict[str, Any]:
    """What a preview is for: `was`, which hold it is and what goes when."""
    since = session.get_one(LegalHold, challenge.id).since.isoformat()
    later = [f"{one['what']}:{one['on']}" for one in facts["later"]]
    return {"known": {"council": challenge.slug}, "was": " ".join([since, *facts["tonight"], *later])}


def lift(
    session: Session, shapes: Shapes, programme: Programme, speaker: Person, now: datetime, today: date,
    about: Facts, council: str,
) -> Reply:  # fmt: skip
    """What has had its time is deleted again, from tonight on.

    A press of what is not so any more shows it anew. Typed, it raises HoldNotShown then.
    """
    challenge = _named(session, programme, council)
    facts = _what_goes(session, shapes, challenge, today)
    carried = _carried(session, challenge, facts)
    pressed = "known" in about
    if pressed and not about.items() >= carried.items():
        return Reply("hold_lift_preview", {**facts, "changed": True}, hidden=carried)
    if not pressed and not was_shown(session, speaker, "hold_lift_preview", carried, now):
        raise HoldNotShown(challenge=challenge.name, slug=challenge.slug)
    session.delete(session.get_one(LegalHold, challenge.id))
    return Reply("hold_lifted", {"challenge": challenge.name, "closed": challenge.closed_at is not None})


def _named(session: Session, programme: Programme, slug: str) -> Challenge:
    return next(one for one in all_challenges(session, programme.id) if one.slug == slug)
