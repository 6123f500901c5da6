"""A challenge after its visit, with its people, in a database of its own, and a clock that the test moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.message import Account, Place, Said
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.shapes import Format, Shapes
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from store.programme import Programme
from store.questionnaire import Participation
from store.role import Role, roles_of
from store.session import Store

TEMPLATES = Path(__file__).parents[2] / "templates"
WORDS = Words(TEMPLATES)
SHAPES = Shapes.load(TEMPLATES)
AFTER_VISIT = datetime(2027, 1, 13, 10, tzinfo=UTC)
PEERS = ("Martin", "Dana", "Amir", "Lucy", "Olu", "Ella")


@dataclass
class House:
    """One open session, and a clock that the test moves."""

    session: Session
    programme: Programme
    challenge: Challenge
    shapes: Shapes = SHAPES
    now: datetime = AFTER_VISIT

    @property
    def post(self) -> Post:
        return Post(
            session=self.session, programme=self.programme, words=WORDS, shapes=self.shapes, now=self.now
        )

    @property
    def format(self) -> Format:
        return self.shapes.format(self.challenge.format)

    @property
    def today(self) -> date:
        return local_day(self.now, self.challenge.zone)

    def person(self, name: str) -> Person:
        found = self.session.scalars(select(Person).where(Person.name == name)).first()
        if found is None:
            found = Person(programme_id=self.programme.id, name=name, working_days="12345")
            self.session.add(found)
            self.session.flush()
        return found

    def give(self, name: str, role: str) -> Person:
        person = self.person(name)
        self.session.add(
            Role(
                programme_id=self.programme.id,
                challenge_id=self.challenge.id,
                person_id=person.id,
                role=role,
            )
        )
        self.session.flush()
        return person

    def take(self, name: str) -> None:
        for role in self.session.scalars(select(Role).where(Role.person_id == self.person(name).id)):
            role.ends = self.today - timedelta(days=1)
        self.session.flush()

    def roles(self, name: str) -> frozenset[str]:
        held = roles_of(self.session, self.person(name).id, self.challenge.id, self.programme.id, self.today)
        return frozenset(held)

    def sent(self, template: str) -> list[tuple[str, str]]:
        """To whom a message goes, and whether it still does."""
        rows = self.session.scalars(
            select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.id)
        )
        return [(row.person.name, row.state) for row in rows]

    def part(self, name: str, questionnaire: str = "peer_team") -> Participation:
        return self.session.scalars(
            select(Participation).where(
                Participation.person_id == self.person(name).id, Participation.questionnaire == questionnaire
            )
        ).one()


def said(text: str, *, direct: bool = True, fields: Mapping[str, Any] | None = None) -> Said:
    return Said(
        id="said",
        at=AFTER_VISIT,
        by=Account(platform="room", tenant="room", id="somebody", name="Somebody"),
        place=Place(platform="room", tenant="room", address="here", direct=direct),
        text=text,
        fields=fields,
    )


def house(store: Store, format: str = "lga_full", shapes: Shapes = SHAPES) -> House:
    """A challenge of 10 to 13 November 2026, its final not issued."""
    session = Session(store.engine, expire_on_commit=False)
    programme = Programme(name="Regional programme")
    session.add(programme)
    session.flush()
    opened = datetime(2026, 7, 6, 9, tzinfo=UTC)
    challenge = Challenge(
        programme_id=programme.id,
        slug="exampleshire",
        name="Exampleshire",
        format=format,
        zone="Europe/London",
        nation="ENG",
        first_day=date(2026, 11, 10),
        last_day=date(2026, 11, 13),
        opened_at=opened,
        ready_at=opened,
        agenda_done_at=opened,
    )
    session.add(challenge)
    session.flush()
    made = House(session=session, programme=programme, challenge=challenge, shapes=shapes)
    people = {
        "Helen": "sponsor",
        "Jo": "coordinator",
        "Priya": "programme_manager",
        "Ruth": "challenge_manager",
    }
    peers = dict.fromkeys(PEERS[1:5], "peer")
    for name, role in {**people, "Martin": "lead_peer", **peers, "Ella": "lead_member_peer"}.items():
        made.give(name, role)
    return made
