"""A challenge about to be scoped, and people who talk with the bot: a held card can be pressed later."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from handlers.dispatch import dispatch
from handlers.jobs import look_at_challenges, tick
from handlers.message import Account, Place, Said
from handlers.programme import found_programme
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from store.role import Role
from store.session import Store
from tests.conftest import at_hand
from tests.fakes import database

MONDAY = datetime(2026, 7, 6, 8, 30, tzinfo=UTC)
PEOPLE = {
    "Jo": "coordinator",
    "Priya": "programme_manager",
    "Helen": "sponsor",
    "Ruth": "challenge_manager",
    "Ann": "improvement_adviser",
    "Dana": "peer",
}


class House:
    """The bot with one challenge; `now` may be moved."""

    def __init__(self, folder: Path, format: str = "lga_full") -> None:
        self.store = Store(database.fresh(folder))
        self.desk = at_hand()
        self.now = MONDAY
        self._ids = count(1)
        self.store.work(lambda session: self._begin(session, format))

    def _begin(self, session, format):
        programme = found_programme(session, "code")
        programme.claimed_at = self.now
        challenge = Challenge(
            programme_id=programme.id, slug="exampleshire", name="Exampleshire", format=format,
            zone="Europe/London", nation="ENG", first_day=None, last_day=None, opened_at=self.now,
            ready_at=self.now, agenda_done_at=self.now,
        )  # fmt: skip
        session.add(challenge)
        session.flush()
        for name, role in PEOPLE.items():
            person = Person(
                programme_id=programme.id,
                name=f"{name} Test",
                email=f"{name.lower()}@x.example",
                working_days="12345",
            )
            session.add(person)
            session.flush()
            session.add(
                Role(programme_id=programme.id, challenge_id=challenge.id, person_id=person.id, role=role)
            )

    def says(self, name, text, *, hidden=None, fields=None):
        """What is answered: a card. Whatever follows from it has followed."""
        account = Account(
            platform="room", tenant="room", id=name, name=f"{name} Test", email=f"{name.lower()}@x.example"
        )
        place = Place(platform="room", tenant="room", address=f"direct-{name}", direct=True)
        said = Said(
            id=str(next(self._ids)),
            at=self.now,
            by=account,
            place=place,
            text=text,
            hidden=hidden or {},
            fields=fields,
        )
        card = self.store.work(lambda session: dispatch(session, self.desk, said, self.now)).card
        while self.store.work(lambda session: look_at_challenges(session, self.desk, self.now)):
            continue
        return card

    def presses(self, name, card, label):
        """Press a button of a card that may be an old one."""
        button = next(button for button in card.buttons if button.label == label)
        return self.says(name, button.phrase, hidden=dict(button.hidden))

    def told(self, name):
        """The cards queued for somebody, the oldest first."""

        def unit(session):
            rows = session.query(Outgoing).filter(Outgoing.op == "post").order_by(Outgoing.id).all()
            own = [row for row in rows if row.person and row.person.name == f"{name} Test"]
            return [self.desk.words.card(row.template, row.facts, row.hidden) for row in own]

        return self.store.work(unit)

    def at(self, moment):
        """Move the clock, and let what is due happen."""
        self.now = moment
        self.store.work(lambda session: tick(session, self.desk, moment))

    def look(self, unit):
        """What the store holds."""
        return self.store.work(unit)


def labels(card):
    return [button.label for button in card.buttons]
