"""Who reads the released summaries beside the sponsor: named by her, or by the manager with her say."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers
from handlers.drafting import people
from handlers.eligibility import eligible
from handlers.message import Facts, Refused, Reply, Said
from handlers.newcomers import Naming
from handlers.part import Part, Thing, thing
from handlers.people import named, people_of
from handlers.post import Post
from handlers.requests import only_once_ready
from handlers.roles import end_roles, give_role, roles_of_person
from handlers.shapes import Format
from handlers.summary_at_hand import releasers
from handlers.telling import role_of
from store.challenge import Challenge
from store.person import Person
from store.programme import Programme
from store.role import roles_of
from store.summary import SummaryReader, readers_waiting

READER = "summary_reader"


class ReadsAlready(Refused):
    """They get the released summaries already, or the sponsor was asked already."""


class ReadsNot(Refused):
    """They are not among the named readers."""


class NoSponsorToAsk(Refused):
    """The manager names readers with the sponsor's say, and there is no sponsor yet."""


def read(text: str, session: Session, programme: Programme) -> dict[str, str]:
    """The name, or the e-mail address in its own field."""
    return newcomers.in_fields({"name": text}, session, programme)


def name_reader(
    session: Session, programme: Programme, challenge: Challenge, format: Format, speaker: Person,
    roles: frozenset[str], said: Said, mentioned: tuple[Person, ...], post: Post, now: datetime, today: date,
    name: str, email: str | None,
) -> Reply:  # fmt: skip
    """Name somebody to get the released summaries. The sponsor's word is enough; the manager's needs hers."""
    naming = Naming(
        programme=programme, challenge_id=challenge.id, name=name, email=email, council=None, said=said,
        mentioned=mentioned, speaker=speaker, known=people_of(session, challenge.id, programme.id),
        phrase="summary also to", typed={"name": name},
    )  # fmt: skip
    only_once_ready(challenge)
    found = newcomers.find(session, naming)
    row = found and session.get(SummaryReader, (challenge.id, found.id))
    if found and (row or READER in roles_of(session, found.id, challenge.id, programme.id, today)):
        raise ReadsAlready(name=found.name, waiting=bool(row and row.agreed_at is None), at_field="name")
    sponsors = people(session, challenge, ["sponsor"], today)
    if not sponsors:
        raise NoSponsorToAsk
    person = eligible(session, challenge, format, naming, found, READER, today)
    named_now = SummaryReader(challenge_id=challenge.id, person=person, named_by=speaker.id, named_at=now)
    session.add(named_now)
    session.flush()
    if "sponsor" in roles:
        return _agreed(session, challenge, post, named_now)
    facts = {"challenge": challenge.name, "name": person.name, "by": speaker.name}
    for sponsor in sponsors:
        key, hidden = f"reader:{challenge.id}:{person.id}:{secrets.token_hex(8)}", {"reader": person.id}
        post.nudge(sponsor, "reader_asked", facts, key=key, challenge=challenge, hidden=hidden)
    return Reply("reader_named", {**facts, "sponsor": [sponsor.name for sponsor in sponsors]})


def accept(session: Session, challenge: Challenge, post: Post, about: Facts) -> Reply:
    """The sponsor agrees to a reader whom the manager named."""
    return _agreed(session, challenge, post, _waiting(session, challenge, about))


def decline(session: Session, challenge: Challenge, post: Post, about: Facts) -> Reply:
    """The sponsor does not want this reader."""
    row = _waiting(session, challenge, about)
    name = row.person.name
    session.delete(row)
    _tell(challenge, post, row, "reader_declined_told")
    return Reply("reader_declined", {"name": name})


def _waiting(session: Session, challenge: Challenge, about: Facts) -> SummaryReader:
    """The reader whom a card asks about. Raises ReadsNot, ReadsAlready."""
    row = session.get(SummaryReader, (challenge.id, about.get("reader", 0)))
    if row is None:
        raise ReadsNot(name="")
    if row.agreed_at is not None:
        raise ReadsAlready(name=row.person.name, waiting=False)
    return row


def _agreed(session: Session, challenge: Challenge, post: Post, row: SummaryReader) -> Reply:
    """From now on they get what is released; nothing of before, and no draft ever."""
    row.agreed_at = post.now
    give_role(session, challenge, row.person, READER)
    _tell(challenge, post, row, "reader_told")
    return Reply("reader_agreed", {"name": row.person.name})


def _tell(challenge: Challenge, post: Post, row: SummaryReader, template: str) -> None:
    """Tell those who agree summaries who else reads them from now on, or does not."""
    facts: dict[str, Any] = {"challenge": challenge.name, "name": row.person.name}
    for person in releasers(post, challenge):
        key = f"{template}:{challenge.id}:{row.person_id}:{secrets.token_hex(8)}:{person.id}"
        told = {**facts, "role": role_of(post, challenge, person)}
        post.nudge(person, template, told, key=key, challenge=challenge)


def remove_reader(
    session: Session, programme: Programme, challenge: Challenge, said: Said, mentioned: tuple[Person, ...],
    post: Post, today: date, name: str,
) -> Reply:  # fmt: skip
    """Take a reader's name off again. What they have stays with them."""
    person = named(session, challenge.id, programme.id, name, mentioned, said, "name")
    row = session.get(SummaryReader, (challenge.id, person.id))
    if row is None:
        raise ReadsNot(name=person.name, at_field="name")
    held = roles_of_person(session, challenge, person, today)
    end_roles(session, challenge, [one for one in held if one.role == READER], today)
    session.delete(row)
    _tell(challenge, post, row, "reader_declined_told")
    return Reply("reader_removed", {"name": person.name})


def waits(part: Part) -> Iterator[Thing]:
    """For the sponsor: readers whom the manager named."""
    for row in readers_waiting(part.session, part.challenge.id) if "sponsor" in part.roles else ():
        yes = part.button("yes", "summary reader yes", name=row.person.name, reader=row.person_id)
        no = part.button("no", "summary reader no", name=row.person.name, reader=row.person_id)
        yield thing("reader", yes, no, name=row.person.name)
