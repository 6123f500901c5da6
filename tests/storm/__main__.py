"""`make storm`: challenges run through their on-site days while the bot is killed again and again.

A row a storm: one process on SQLite, two and three on one PostgreSQL. The exit status says whether all of
them lost nothing and said nothing twice.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.talk.stage import NotPossible
from tests.fakes.postgresql import Cluster, NoPostgreSQL
from tests.storm.outbreak import stormed
from tests.storm.storm import Database, Plan, on_sqlite
from tests.storm.undisturbed import Undisturbed, undisturbed
from tests.storm.verdict import Verdict, judged

COUNCILS, DAYS = 4, 4
HEAD = (
    "seed", "processes", "database", "kills", "messages", "in hand", "accepted", "uncertain", "resolved",
    "late", "lost", "twice", "wrong", "seconds",
)  # fmt: skip
_MOST = 20
"""What went wrong is told up to so many lines."""


def main() -> int:
    """Run every storm; 1 where one of them was not weathered."""
    wanted = _wanted()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        kinds = [(1, "sqlite", on_sqlite), *stack.enter_context(_several())]
        _print_row(HEAD)
        ran = [
            _weathered(Path(tempfile.mkdtemp(dir=folder)), seed, processes, name, database, wanted.kills)
            for seed in range(1, wanted.seeds + 1)
            for processes, name, database in kinds
        ]
    return 0 if all(ran) else 1


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make storm", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--kills", type=int, default=200, help="how many kills in each storm")
    return parser.parse_args()


@contextmanager
def _several() -> Iterator[list[tuple[int, str, Database]]]:
    """What several processes work on, where there is a PostgreSQL."""
    try:
        cluster = Cluster()
    except NoPostgreSQL as none:
        print(f"Several processes are left out: {none}")
        yield []
        return
    try:
        yield [(number, "postgresql", lambda _: cluster.url(cluster.create())) for number in (2, 3)]
    finally:
        cluster.end()


def _weathered(folder: Path, seed: int, processes: int, name: str, database: Database, kills: int) -> bool:
    calm = _calm(seed, folder)
    plan = Plan(
        database=database, processes=processes, kills=kills, among=calm.happenings, seed=seed, tale=seed,
        councils=COUNCILS, days=DAYS,
    )  # fmt: skip
    began = time.monotonic()
    try:
        verdict = asyncio.run(_judged(plan, folder, calm))
    except (AssertionError, NotPossible) as lost:
        print(f"seed {seed}, {processes} on {name}: it did not come to an end: {lost}", flush=True)
        return False
    _print(verdict, name, time.monotonic() - began)
    return verdict.well


_CALM: dict[int, Undisturbed] = {}


def _calm(seed: int, folder: Path) -> Undisturbed:
    if seed not in _CALM:
        plan = Plan(database=on_sqlite, tale=seed, councils=COUNCILS, days=DAYS)
        _CALM[seed] = asyncio.run(undisturbed(plan, Path(tempfile.mkdtemp(dir=folder))))
    return _CALM[seed]


async def _judged(plan: Plan, folder: Path, calm: Undisturbed) -> Verdict:
    async with stormed(plan, folder) as storm:
        return judged(storm, calm.left)


def _print(verdict: Verdict, name: str, seconds: float) -> None:
    lost, twice = verdict.lost.total(), verdict.twice.total()
    _print_row((
        verdict.plan.seed, verdict.plan.processes, name, verdict.kills, verdict.messages, verdict.in_hand,
        verdict.accepted, verdict.uncertain, verdict.resolved, verdict.late, lost, twice, len(verdict.wrong),
        round(seconds),
    ))  # fmt: skip
    told = [
        *(f"lost: {one}" for one in verdict.lost.elements()),
        *(f"twice: {one}" for one in verdict.twice.elements()),
        *(f"wrong: {one}" for one in verdict.wrong),
    ]
    for line in told[:_MOST]:
        print(f"  {line}")


def _print_row(cells: tuple[object, ...]) -> None:
    row = (f"{cell!s:>{max(len(head), 6)}}" for cell, head in zip(cells, HEAD, strict=True))
    print("  ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
