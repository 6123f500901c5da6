"""The programme before the storm: councils on the eve of their challenges, and everybody in the workspace.

What that owes to people and rooms is in the outbox, and no bot has been there yet to deliver it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.slack.people import PLATFORM
from handlers.desk import Desk
from handlers.dispatch import dispatch
from handlers.message import Account, Place, Said
from handlers.programme import found_programme
from store.heard import Heard
from store.migrations import upgrade
from store.session import Store
from tests.conftest import at_hand
from tests.fakes.slack import Peer, User
from tests.fakes.staging import ZONE

EVE = datetime(2026, 11, 9, 9, 30, tzinfo=ZONE)
DAYS = "10-13 nov"
CODE = "storm"


@dataclass(frozen=True, kw_only=True)
class Council:
    """A council whose challenge is on. The others by their first names."""

    name: str
    sponsor: str
    organiser: str
    manager: str
    lead: str
    peer: str

    @property
    def cast(self) -> Iterator[tuple[str, str]]:
        """Everybody with the role as it is typed."""
        yield self.sponsor, "sponsor"
        yield self.organiser, "organiser"
        yield self.manager, "peer challenge manager"
        yield self.lead, "lead peer"
        yield self.peer, "peer"


COUNCILS = (
    Council(name="Exampleshire", sponsor="Helen", organiser="Sam", manager="Ruth", lead="Max", peer="Amir"),
    Council(name="Northmere", sponsor="Grace", organiser="Tom", manager="Olga", lead="Dana", peer="Femi"),
    Council(name="Wexborough", sponsor="Nadia", organiser="Will", manager="Beth", lead="Hugo", peer="Iris"),
    Council(name="Saltmarsh", sponsor="Paul", organiser="Leila", manager="Carl", lead="Uma", peer="Victor"),
    Council(name="Dunford", sponsor="Rosa", organiser="Kofi", manager="Jane", lead="Theo", peer="Yasmin"),
)  # fmt: skip
PROGRAMME = ("Jo", "Priya")


class Eve:
    """Says what was said before the storm, to a store that no process has open."""

    def __init__(self, store: Store, desk: Desk, peer: Peer) -> None:
        self.users: dict[str, User] = {}
        self._store = store
        self._peer = peer
        self._desk = replace(desk, trusted=frozenset({(PLATFORM, peer.workspace.team)}))
        self._said = 0

    def come(self, name: str, *, guest: bool = False) -> None:
        """Somebody is in the workspace; those of councils are guests."""
        email = f"{name.casefold()}@people.example"
        kind = "multi" if guest else ""
        self.users[name] = self._peer.add_person(f"{name} {_surname(name)}", email=email, guest=kind)

    def say(self, who: str, text: str, *named: str) -> None:
        """Say something, and have the answer."""
        user = self.users[who]
        place = Place(
            platform=PLATFORM, tenant=self._peer.workspace.team,
            address=self._peer.direct(user).id, direct=True,
        )  # fmt: skip
        self._said += 1
        said = Said(
            id=f"eve-{self._said}", at=EVE, by=self._account(who), place=place,
            text=text.format(*(f"@{self.users[name].name}" for name in named)),
            mentions=tuple(map(self._account, named)),
        )  # fmt: skip
        self._store.work(lambda session: dispatch(session, self._desk, said, EVE))

    def be_done(self) -> None:
        """Everybody had their answers, and all of them were right."""

        def unit(session) -> list[str]:
            heard = session.query(Heard).filter(Heard.answer.is_not(None)).all()
            for one in heard:
                one.handed_over_at = EVE
            return [f"{one.id}: {one.answer}" for one in heard if one.outcome != "done"]

        wrong = self._store.work(unit)
        assert not wrong, wrong

    def _account(self, name: str) -> Account:
        user = self.users[name]
        return Account(
            platform=PLATFORM, tenant=self._peer.workspace.team, id=user.id, name=user.name, email=user.email,
            guest=bool(user.guest),
        )  # fmt: skip


def furnished(url: str, peer: Peer, number: int) -> dict[str, User]:
    """Make the database of so many councils, and the people who are in the workspace, by first name."""
    store = Store(url)
    upgrade(store.engine)
    store.work(lambda session: found_programme(session, CODE))
    eve = Eve(store, at_hand(), peer)
    for name in PROGRAMME:
        eve.come(name)
    eve.say("Jo", f"claim {CODE}")
    for council in COUNCILS[:number]:
        _open(eve, council)
    eve.be_done()
    store.close()
    return eve.users


def _open(eve: Eve, council: Council) -> None:
    inside = f"in {council.name}"
    for name, role in council.cast:
        eve.come(name, guest=role in {"sponsor", "organiser"})
    eve.say("Jo", f"new {council.name.casefold()} lga_full {DAYS}")
    eve.say("Jo", f"confirm {{}} as programme manager {inside}", "Priya")
    for name, role in council.cast:
        employer = {"sponsor": "", "organiser": "", "peer challenge manager": " from Regional programme"}
        eve.say("Jo", f"confirm {{}}{employer.get(role, ' from Farbridge')} as {role} {inside}", name)
    eve.say("Jo", f"kloe add Front door: are thresholds consistent? {inside}")
    eve.say("Jo", f"kloe add Care leavers: is support ready at 18? {inside}")
    eve.say("Jo", f"ready {inside}")


def _surname(name: str) -> str:
    """Nobody's surname is looked at, and nobody shares one."""
    return f"{name[::-1].title()}son"
