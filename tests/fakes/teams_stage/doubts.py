"""The messages of which the bot does not know whether they arrived, and whether they did: the peer knows."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.teams.activities import activities
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import accounts_of
from store.session import Store
from tests.fakes.teams import Peer
from tests.fakes.teams.posts import Post


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A message in doubt: its number in `delivery`, in which challenge, and whether it stands."""

    number: int
    challenge: str
    stands: bool


class Doubts:
    """What somebody finds out who asks the people for whom such messages were. Each post counts once."""

    def __init__(self, store: Store, words: Words, peer: Peer) -> None:
        self._store = store
        self._words = words
        self._peer = peer
        self._found: set[str] = set()

    def all(self) -> list[Doubt]:
        """Every message in doubt about a challenge."""
        return self._store.work(lambda session: list(self._of(session)))

    def _of(self, session: Session) -> Iterator[Doubt]:
        wanted = select(Outgoing).where(Outgoing.state == "unsure", Outgoing.challenge_id.is_not(None))
        for row in session.scalars(wanted).unique():
            challenge = session.get_one(Challenge, row.challenge_id)
            yield Doubt(number=row.id, challenge=challenge.name, stands=self._stands(session, row))

    def _stands(self, session: Session, row: Outgoing) -> bool:
        card = self._words.card(str(row.template), row.facts, row.hidden)
        drawn = activities(card)[-1]["attachments"]
        for post in self._posts(set(self._places(session, row))):
            if post.versions[0].activity["attachments"] == drawn:
                self._found.add(post.id)
                return True
        return False

    def _posts(self, places: set[str]) -> Iterator[Post]:
        """What the bot posted in these places, and is not found yet."""
        for post in self._peer.tenancy.posts:
            if post.author is None and post.conversation in places and post.id not in self._found:
                yield post

    def _places(self, session: Session, row: Outgoing) -> Iterator[str]:
        if row.room:
            yield str(row.room.address)
        for account in accounts_of(session, row.person_id or 0):
            for person in self._peer.tenancy.people.values():
                if person.object_id == account.account:
                    yield self._peer.direct(person).id
