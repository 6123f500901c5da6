"""A storm breaks out on the eve of the on-site days, and is played to its end."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from bot.slack.manifest import EVENTS_PATH, manifest
from store.heard import Heard
from tests.fakes.slack import Peer
from tests.fakes.slack_stage.house import ADDRESS, environment
from tests.storm import witness
from tests.storm.clock import SharedClock, begun
from tests.storm.councils import COUNCILS, EVE, furnished
from tests.storm.days import story
from tests.storm.fleet import Balancer, Fleet, at_work
from tests.storm.kills import Killer, at_large, counted
from tests.storm.life import Born
from tests.storm.people import Stubborn
from tests.storm.storm import PATIENCE, Plan, Storm

RETRIES = (0.0, 0.3, 0.3, 0.5, 0.5, 1, 1, 2, 4, 8)
APART = 2.0
"""Seconds, at most, by which a machine's clock is ahead or behind."""


@dataclass(frozen=True, kw_only=True)
class Births:
    """What each process is told when it is born."""

    url: str
    engine: Engine
    clocks: list[SharedClock]
    folder: Path
    peer: Peer

    def __call__(self, number: int, name: str, port: int) -> Born:
        with self.engine.begin() as connection:
            witness.introduce(connection, name)
        named = f"&application_name={name}" if self.engine.dialect.name == "postgresql" else ""
        told = {"DATABASE_URL": f"{self.url}{named}", "CRITICAL_FRIEND_DATA": str(self.folder)}
        return Born(
            name=name, environment=told | environment(self.peer), folder=self.folder, port=port,
            clock=self.clocks[number - 1],
        )  # fmt: skip


@asynccontextmanager
async def broken_out(plan: Plan, folder: Path) -> AsyncIterator[tuple[Storm, Fleet]]:
    """A workspace and a bot on the eve, before anybody is killed."""
    url, lot = plan.database(folder), random.Random(plan.seed)  # noqa: S311
    clock = begun(folder / "clock", EVE)
    clocks = [clock.of(lot.uniform(-APART, APART)) for _ in range(plan.processes)]
    async with Peer(manifest=manifest(ADDRESS), retries=RETRIES) as peer:
        users = furnished(url, peer, plan.councils)
        with closing_engine(url) as engine:
            witness.call_in(engine)
            people, happenings = Stubborn(peer, users, lot, partial(_is_heard, engine)), counted(peer)
            births = Births(url=url, engine=engine, clocks=clocks, folder=folder, peer=peer)
            async with at_work(plan.processes, births) as fleet:
                peer.deliverer.url = ADDRESS + EVENTS_PATH
                peer.deliverer.client = httpx.AsyncClient(transport=Balancer(fleet, lot), timeout=60)
                storm = Storm(
                    plan=plan, peer=peer, people=people, clock=clock, engine=engine, happenings=happenings
                )
                yield storm, fleet


@contextmanager
def closing_engine(url: str) -> Iterator[Engine]:
    """The harness's own look into a database."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@asynccontextmanager
async def stormed(plan: Plan, folder: Path) -> AsyncIterator[Storm]:
    """A storm that is over: all is played, all kills are done, and everything is settled."""
    async with broken_out(plan, folder) as (storm, fleet):
        killer = Killer(fleet, storm.happenings, plan.kills, plan.among, plan.seed)
        moving = asyncio.create_task(storm.keep_moving())
        try:
            async with at_large(killer) as work:
                await storm.play(story(COUNCILS[: plan.councils], plan.days, plan.tale))
                await asyncio.wait_for(asyncio.shield(work), PATIENCE)
                await storm.settle()
        finally:
            moving.cancel()
            await asyncio.wait([moving])
        storm.killed, storm.gave_up = killer.killed, fleet.gave_up
        yield storm


def _is_heard(engine: Engine, act: str) -> bool:
    """Whether the bot knows of something that Slack calls so."""
    with Session(engine) as session:
        return session.scalars(select(Heard.id).where(Heard.id.endswith(f":{act}"))).first() is not None
