"""A stand-in for somebody who agrees summaries, named for today: `stand in amir for ruth`."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers import summary_card
from handlers.message import Refused, Reply, Said
from handlers.people import named
from handlers.post import Post
from handlers.roles import give_role
from handlers.shapes import Format
from handlers.summary_at_hand import OPEN, carried
from handlers.telling import tell
from store.challenge import Challenge
from store.person import Person
from store.programme import Programme
from store.role import Role, roles_on
from store.summary import summary_of


class OthersNameStandIns(Refused):
    """The format lets another role name stand-ins."""


class NotOfTheTeam(Refused):
    """Only somebody of the peer team may stand in: never the council, never the coordinator."""


class AgreesAnyway(Refused):
    """They agree summaries already, and nobody agrees twice."""


class NothingToStandInFor(Refused):
    """The person to stand in for does not agree summaries today."""


def read(text: str) -> dict[str, str]:
    """The stand-in's name, and whom they stand in for."""
    name, _, absent = (part.strip() for part in re.sub(r"\s+for\s+", "\n", text, count=1).partition("\n"))
    return {key: value for key, value in (("name", name), ("absent", absent)) if value}


def name_stand_in(
    session: Session, programme: Programme, challenge: Challenge, format: Format, speaker: Person,
    roles: frozenset[str], said: Said, mentioned: tuple[Person, ...], post: Post, now: datetime, today: date,
    name: str, absent: str,
) -> Reply:  # fmt: skip
    """Let somebody of the team agree summaries in another's place, today only."""
    if format.release.stand_in_named_by not in roles:
        raise OthersNameStandIns(role=format.release.stand_in_named_by)
    person = named(session, challenge.id, programme.id, name, mentioned, said, "name")
    missing = named(session, challenge.id, programme.id, absent, mentioned, said, "absent")
    held = roles_on(session, challenge.id, programme.id, today)
    own = _held(held, person)
    if not own & format.audience("team"):
        raise NotOfTheTeam(at_field="name", name=person.name)
    if own & set(format.release.agreed_by):
        raise AgreesAnyway(at_field="name", name=person.name)
    row = next(
        (one for one in held if one.person_id == missing.id and one.role in format.release.agreed_by), None
    )
    if row is None:
        raise NothingToStandInFor(at_field="absent", name=missing.name)
    given = give_role(session, challenge, person, row.role, starts=today, ends=today, covers=row)
    given.told_at = now
    _tell(session, challenge, post, given, speaker, missing, today)
    return Reply("stand_in_named", {"name": person.name, "absent": missing.name, "role": row.role})


def _held(rows: Iterable[Role], person: Person) -> set[str]:
    return {row.role for row in rows if row.person_id == person.id}


def _tell(
    session: Session, challenge: Challenge, post: Post, given: Role, by: Person, absent: Person, today: date
) -> None:
    """Tell the stand-in at once, with the draft where there is one, and whom they stand in for."""
    summary = summary_of(session, challenge.id, today)
    facts = {"challenge": challenge.name, "by": by.name, "role": given.role, "drafted": summary is not None}
    names = {"name": given.person.name, "absent": absent.name}
    key = f"stand_in:{given.id}"
    tell(post, challenge, given.person, "you_agree_today", {**facts, **names}, key=key)
    tell(post, challenge, absent, "stand_in_told", {**facts, **names}, key=f"{key}:told")
    if summary and summary.state in OPEN:
        draft = summary_card.facts(post, challenge, summary)
        tell(
            post, challenge, given.person, "summary_draft", draft, key=f"{key}:draft", hidden=carried(summary)
        )
        summary_card.show_in_room(post, challenge, summary)
