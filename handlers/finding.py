"""Which challenge somebody means, and what part they have in it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Refused
from handlers.rules.phrases import in_challenge
from store.challenge import Challenge, Named, closed_challenges, open_names
from store.hold import deleted_of
from store.person import Person
from store.programme import Programme
from store.role import challenges_of, open_challenges_of, programme_roles, roles_of

RUN_THE_PROGRAMME = frozenset({"coordinator", "programme_manager"})
"""Who opens challenges."""

_OFFERED = 10


class NoSuchChallenge(Refused):
    """The speaker has no part in a challenge of that name, or there is none: the answer is the same."""


class NoChallenge(Refused):
    """The speaker has no part in any open challenge; `may_open` says whether they could open one."""


class ChallengeIsClosed(Refused):
    """The challenge meant was closed; `may_reopen` says whether the speaker could open it again."""


class WhichChallenge(Refused):
    """The speaker has a part in several challenges and named none."""


def own(session: Session, programme: Programme, person: Person, today: date) -> list[Named]:
    """The open challenges in which somebody has a part: all of them, with a role in the programme."""
    if programme_roles(session, person.id, today):
        return open_names(session, programme.id)
    found = open_challenges_of(session, person.id, today)
    return [Named(id=one.id, slug=one.slug, name=one.name) for one in found]


def without_challenge(
    session: Session, programme: Programme, person: Person, text: str, today: date
) -> tuple[str, str | None]:
    """The text without a closing "in exampleshire", and the slug of that challenge if it named one.

    Raises ChallengeIsClosed.
    """
    if " in " not in text.casefold():
        return text, None
    known = {one.name: one.slug for one in own(session, programme, person, today)}
    rest, name = in_challenge(text, list(known))
    if name is None:
        _check_not_closed(session, programme, person, text, today)
    return rest, known.get(name) if name else None


def _check_not_closed(session: Session, programme: Programme, person: Person, text: str, today: date) -> None:
    """Refuse a closing "in exampleshire" that names a challenge that is over, and theirs."""
    closed = {one.name: one for one in reversed(closed_challenges(session, programme.id))}
    _, name = in_challenge(text, list(closed))
    if name and roles(session, person, closed[name], today):
        raise _is_closed(session, person, closed[name], today)


def _is_closed(session: Session, person: Person, found: Challenge, today: date) -> ChallengeIsClosed:
    runs = bool(roles(session, person, found, today) & RUN_THE_PROGRAMME)
    there = "logistics" not in deleted_of(session, found.id)
    return ChallengeIsClosed(challenge=found.name, slug=found.slug, may_reopen=runs and there)


def meant(offered: Mapping[str, Any], name: str | None) -> bool:
    """Whether a challenge was meant: by the card, by name, or by the room."""
    room = offered["room"]
    return (
        "challenge" in offered["about"]
        or name is not None
        or (room is not None and room.challenge_id is not None)
    )


def challenge(offered: Mapping[str, Any], name: str | None) -> Challenge:
    """The challenge meant: of the card, as named, of the room, or the only one the speaker has a part in.

    Raises WhichChallenge, NoChallenge, ChallengeIsClosed, and NoSuchChallenge for one the speaker has no
    part in.
    """
    session: Session = offered["session"]
    room = offered["room"]
    if "challenge" in offered["about"]:
        return _with_a_part(offered, offered["about"]["challenge"])
    if name is None and room is not None and room.challenge_id is not None:
        return _with_a_part(offered, room.challenge_id)
    candidates = own(session, offered["programme"], offered["speaker"], offered["today"])
    if name is not None:
        candidates = [one for one in candidates if one.slug == name]
    if not candidates:
        raise _no_challenge(offered) if name is None else NoSuchChallenge
    if len(candidates) > 1:
        choices = [{"name": one.name, "slug": one.slug} for one in candidates[:_OFFERED]]
        raise WhichChallenge(challenges=choices, typed=offered["said"].text)
    return session.get_one(Challenge, candidates[0].id)


def _no_challenge(offered: Mapping[str, Any]) -> Refused:
    """Whose last challenge was closed hears that, and not that there has been none."""
    session, speaker, today = offered["session"], offered["speaker"], offered["today"]
    closed = last_closed(session, offered["programme"], speaker, today)
    if closed is not None:
        return _is_closed(session, speaker, closed, today)
    held = programme_roles(session, speaker.id, today)
    return NoChallenge(may_open=bool(RUN_THE_PROGRAMME & held))


def last_closed(session: Session, programme: Programme, person: Person, today: date) -> Challenge | None:
    """Of the challenges in which somebody has a part, the one closed last whose planning is still there."""
    everywhere, own = programme_roles(session, person.id, today), challenges_of(session, person.id, today)
    closed = closed_challenges(session, programme.id)
    theirs = (one for one in closed if everywhere or one.id in own)
    return next((one for one in theirs if "logistics" not in deleted_of(session, one.id)), None)


def _with_a_part(offered: Mapping[str, Any], challenge_id: Any) -> Challenge:
    """The open challenge with this id, if the speaker has a part in it. Raises ChallengeIsClosed."""
    session: Session = offered["session"]
    speaker, today = offered["speaker"], offered["today"]
    found = session.get(Challenge, challenge_id) if isinstance(challenge_id, int) else None
    if found is None:
        raise NoSuchChallenge
    if found.id not in challenges_of(session, speaker.id, today) and not programme_roles(
        session, speaker.id, today
    ):
        raise NoSuchChallenge
    if found.closed_at is not None:
        raise _is_closed(session, speaker, found, today)
    return found


def roles(session: Session, person: Person, found: Challenge, today: date) -> frozenset[str]:
    """The names of the roles somebody holds in a challenge today."""
    return frozenset(roles_of(session, person.id, found.id, found.programme_id, today))
