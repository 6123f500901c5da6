"""A house without its surfaces: the real store, words, shapes and dispatch, and a clock that stands still.

Its programme has Jo as coordinator; Exampleshire has been opened, with Helen as sponsor and Ruth
as challenge manager. Besides the real commands there are a few that tests need, such as "go wrong".
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Select, select

from bot.app import desk as real_desk
from bot.clock import Clock
from bot.settings import OWN_TEMPLATES, Settings
from handlers.command import Contents
from handlers.commands import COMMANDS
from handlers.desk import Desk
from handlers.dispatch import dispatch, happened
from handlers.jobs import look_at_challenges, tick
from handlers.message import Account, Happened, Place, Said
from handlers.post import Post
from handlers.programme import found_programme
from handlers.words import Words
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.programme import the_programme
from store.role import Role
from store.room import Room
from store.session import Store
from tests.fakes import database
from tests.fakes.commands import MORE

CHAT = "chat"
TENANT = "programme"
CODE = "a code"
BEGINS = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
"""Nine in the morning of a Monday, in London."""
FORMAT = "lga_full"


def account(name, **other):
    """The account of somebody in the fake chat, by first name."""
    return Account(platform=CHAT, tenant=TENANT, id=name.casefold(), name=name, **other)


def desk() -> Desk:
    """The real desk, with the tests' own commands and templates beside the real ones."""
    contents = Contents((*COMMANDS, *MORE))
    words = Words(OWN_TEMPLATES, Path(__file__).parent / "templates", opens_form=contents.opens_form)
    real = real_desk(Settings(), frozenset({(CHAT, TENANT)}))
    return replace(real, contents=contents, words=words, whispering=frozenset({CHAT}))


class StillClock(Clock):
    """Both clocks stand still until they are told otherwise."""

    def __init__(self):
        self.told = self.machine = BEGINS

    def now(self):
        return self.told

    def wall(self):
        return self.machine

    def wait(self, seconds):
        """Let time pass for the machine alone."""
        self.machine += timedelta(seconds=seconds)


class House:
    """The store of one test, and what people say in it."""

    def __init__(self, url: str, desk: Desk) -> None:
        self.url = url
        self.store = Store(url)
        self.desk = desk
        self.clock = StillClock()
        self._said = 0

    def says(self, name, text, *, room=None, again=False, **of):
        """What the bot answers to somebody, who then waits for what follows from it.

        `again`: the chat delivers the last act once more.
        """
        answer = self.store.work(lambda session: dispatch(session, self.desk, self.said(
            name, text, room=room, again=again, **of), self.clock.now()))  # fmt: skip
        self.settle()
        return answer

    def settle(self):
        """Let everything follow that follows from changes."""
        while self.store.work(lambda session: look_at_challenges(session, self.desk, self.clock.now())):
            continue

    def happens(self, kind, *, again=False, **facts):
        """Let something happen in the chat. `again`: the chat tells of the last thing once more."""
        self._said += not again
        event = Happened(id=f"event-{self._said}", at=self.clock.now(), kind=kind, facts=facts)
        self.store.work(lambda session: happened(session, self.desk, event, self.clock.now()))
        self.settle()

    def said(self, name, text, *, room=None, again=False, **of):
        """Something said in a direct conversation, or in a room."""
        self._said += not again
        by = name if isinstance(name, Account) else account(name)
        place = Place(platform=CHAT, tenant=TENANT, address=room or f"direct-{by.id}", direct=room is None)
        return Said(id=f"said-{self._said}", at=self.clock.now(), by=by, place=place, text=text, **of)

    def tick(self):
        """Carry out everything that is due now."""
        while self.store.work(lambda session: tick(session, self.desk, self.clock.now())):
            continue

    def ask(self, wanted):
        """All rows of a select; of the outbox in the order in which they were queued."""
        of_outbox = isinstance(wanted, Select) and wanted.column_descriptions[0]["expr"] is Outgoing
        in_order = wanted.order_by(Outgoing.id) if of_outbox else wanted
        return self.store.work(lambda session: list(session.scalars(in_order).unique()))

    def one(self, model, **of):
        """The one row with these values."""
        [row] = self.ask(select(model).filter_by(**of))
        return row

    def change(self, unit):
        """Run a unit of work."""
        return self.store.work(unit)

    def outcome(self):
        """What came of the last act: done, refused, form or broken; and the answer as it is kept."""
        heard = self.one(Heard, id=f"said-{self._said}")
        return heard.outcome, heard.answer

    def answer(self, template, facts=None, hidden=None):
        """The card of a template, to compare an answer with."""
        return self.desk.words.card(template, facts or {}, hidden or {})

    def appoint(self, name, role, challenge="Exampleshire", **of):
        """Give somebody a role, and an account and a person if they have none."""

        def unit(session):
            known = session.get(PersonAccount, (CHAT, TENANT, name.casefold()))
            person = known.person if known else _new_person(session, name)
            found = session.scalars(select(Challenge).where(Challenge.name == challenge)).first()
            session.add(
                Role(programme_id=1, challenge_id=found and found.id, person_id=person.id, role=role, **of)
            )

        self.store.work(unit)

    def make_room(self, kind, challenge="Exampleshire"):
        """Bind a room of some kind, and return its address."""

        def unit(session):
            found = session.scalars(select(Challenge).where(Challenge.name == challenge)).first()
            session.add(
                Room(
                    programme_id=1,
                    challenge_id=found and found.id,
                    kind=kind,
                    title=kind,
                    topic="",
                    state="bound",
                    platform=CHAT,
                    tenant=TENANT,
                    address=f"{kind}-{challenge}",
                    wanted_at=BEGINS,
                    bound_at=BEGINS,
                )
            )

        self.store.work(unit)
        return f"{kind}-{challenge}"

    def post(self, unit):
        """Let a unit of work post: it is called with the session and the post, and its result returned."""

        def whole(session):
            programme = the_programme(session)
            post = Post(
                session=session, programme=programme, words=self.desk.words, shapes=self.desk.shapes,
                now=self.clock.now(),
            )  # fmt: skip
            return unit(session, post)

        return self.store.work(whole)

    def bytes(self):
        """Everything that is kept."""
        return database.everything(self.url)

    def close(self):
        self.store.close()


def _new_person(session, name):
    person = Person(programme_id=1, name=name, working_days="12345")
    session.add(person)
    session.flush()
    session.add(
        PersonAccount(
            platform=CHAT, tenant=TENANT, account=name.casefold(), person=person, name=name, seen_at=BEGINS
        )
    )
    session.flush()
    return person


def furnished(url: str, desk: Desk) -> None:
    """Put into an empty database what every house begins with."""
    house = House(url, desk)
    house.change(lambda session: found_programme(session, CODE))
    house.says("Jo", f"claim {CODE}", room="programme", gathered={"members": (account("Jo"),)})
    house.says("Jo", f"new Exampleshire {FORMAT} 9-12 nov")
    house.appoint("Helen", "sponsor")
    house.appoint("Ruth", "challenge_manager")
    house.change(lambda session: session.query(Heard).delete())
    house.close()
