"""What came of a storm: whether anything was lost, or said twice, and whether everybody knows what stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from handlers.claiming import LEASE
from store.heard import Heard
from tests.fakes.slack import Peer
from tests.storm import reckoning
from tests.storm.clock import FAST
from tests.storm.reckoning import Left
from tests.storm.storm import Plan, Storm
from tests.storm.witness import Seen, cuts, testimony


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`in_hand`: calls that a kill cut off; `accepted`: those of them that the chat had accepted by then.

    `uncertain`: how often nobody knew after a kill whether a message stands; `resolved`: how often that was
    found out. `late`: how often somebody who lived took longer than a lease, as on a machine that is busy.
    """

    plan: Plan
    kills: int
    messages: int
    in_hand: int
    accepted: int
    uncertain: int
    resolved: int
    late: int
    lost: Counter[Any]
    twice: Counter[Any]
    wrong: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether it went as it should."""
        return not (self.lost or self.twice or self.wrong)


def judged(storm: Storm, expected: Left) -> Verdict:
    """What came of a storm in which everybody was to get what they got in an undisturbed run."""
    with storm.engine.connect() as connection:
        found, seen = reckoning.left(storm.peer, connection), testimony(connection)
        unanswered = Counter(_answers_due(connection)) - reckoning.keys(storm.peer)
        wrong = (*_differences(found, expected), *_stolen(storm, seen), *_left_over(connection))
    taken = [(held, after) for held, after in cuts(seen) if held.op in _LOOKED_FOR]
    cut = [(held, after) for held, after in taken if not _outlived(storm, held, after)]
    doubted = [(held, after) for held, after in cut if after and after.is_doubt]
    return Verdict(
        plan=storm.plan,
        kills=len(storm.killed),
        messages=reckoning.keys(storm.peer).total(),
        in_hand=len(cut),
        accepted=sum(_was_accepted(storm, held) for held, _ in cut),
        uncertain=len(doubted),
        resolved=sum(_is_settled(seen, held) for held, _ in doubted),
        late=sum(one.is_doubt for one in seen) - len(doubted),
        lost=(expected.messages - found.messages) + unanswered,
        twice=(found.messages - expected.messages) + _repeated(storm.peer),
        wrong=wrong,
    )


_LEAST = LEASE.total_seconds() / FAST / 4
"""Seconds of ours: a lease begins before its unit of work is let in, and clocks are apart."""
_LOOKED_FOR = frozenset({"post", "make_room"})


def _repeated(peer: Peer) -> Counter[str]:
    """The keys that stand more than once, answers too."""
    return Counter({key: times - 1 for key, times in reckoning.keys(peer).items() if key and times > 1})


def _answers_due(connection: Connection) -> Iterator[str]:
    """The keys of what people asked in direct conversations and must find there, once."""
    asked = select(Heard.id).where(
        Heard.direct.is_(True), Heard.outcome.in_(("done", "refused")), Heard.id.startswith("slack:")
    )
    yield from connection.scalars(asked)


def _was_accepted(storm: Storm, held: Seen) -> bool:
    """Whether the chat had it when its sender died."""
    died = storm.killed.get(held.name, 0.0)
    channels = storm.peer.workspace.channels.values()
    if held.op == "make_room":
        return any(held.key in one.purpose for one in channels)
    return any(
        float(post.ts) < died for post in reckoning.standing(storm.peer) if reckoning.key_of(post) == held.key
    )


def _is_settled(seen: Sequence[Seen], held: Seen) -> bool:
    last = [one for one in seen if one.line == held.line][-1]
    return last.now not in {"ready", "sending", "uncertain", "unsure"}


def _stolen(storm: Storm, seen: Sequence[Seen]) -> Iterator[str]:
    """What was taken from somebody who was alive, and had not had it for as long as a lease is."""
    for held, after in cuts(seen):
        taken = after and after.is_doubt and _outlived(storm, held, after)
        if taken and after.at - held.at < _LEAST:
            yield f"{after.name} took {held.key} from {held.name}, which was alive"


def _outlived(storm: Storm, held: Seen, after: Seen | None) -> bool:
    """Whether somebody was still alive when what they had in hand became somebody else's."""
    died = storm.killed.get(held.name)
    return died is None or (after is not None and after.at < died)


def _left_over(connection: Connection) -> Iterator[str]:
    for key in reckoning.owed(connection):
        yield f"{key} is not settled"


def _differences(found: Left, expected: Left) -> Iterator[str]:
    for table, rows in expected.rows.items():
        for row, times in (rows - found.rows[table]).items():
            yield f"{table}: {times} missing: {row}"
        for row, times in (found.rows[table] - rows).items():
            yield f"{table}: {times} too many: {row}"
