"""What tests share: a rehearsal in a folder of its own, and a talk played in it."""

import functools
import gc
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from itertools import chain, islice
from pathlib import Path

import httpx
import pytest

from bot import log
from bot.rehearsal import Rehearsal, room_desk
from bot.settings import Settings
from bot.talk.play import play
from bot.talk.room_stage import RoomStage
from bot.talk.script import read
from handlers.desk import Desk
from store import postgresql
from store.postgresql import Limits
from tests.fakes import database
from tests.fakes.clock import PatientClock
from tests.fakes.statements import share_statements

log.configure()
share_statements()

TALKS = Path(__file__).parent / "talks"
LONG = ("tests/kill/", "tests/storm/", "tests/test_", "tests/browser/", "tests/outages/")
_RUN = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Start what the whole run shares, before its workers."""
    config.stash[_RUN] = ExitStack()
    config.stash[_RUN].enter_context(database.at_hand())


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_RUN].close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several workers share the tests, each begins with some that take long; others stay together."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        long = [item for item in items if item.nodeid.startswith(LONG)]
        others = iter([item for item in items if not item.nodeid.startswith(LONG)])
        share, shares = len(items) // workers, [long[one::workers] for one in range(workers)]
        filled = ([*own, *islice(others, max(0, share - len(own)))] for own in shares)
        items[:] = [*chain.from_iterable(filled), *others]


def pytest_collection_finish() -> None:
    """Look less often for what can be thrown away, and never at what was imported: it stays."""
    gc.freeze()
    gc.set_threshold(20_000, 50)


@pytest.fixture(autouse=True)
def _limits(monkeypatch):
    """A machine that is busy with tests takes its time. The real limits are tried in tests/outages."""
    if database.ON_POSTGRESQL:
        monkeypatch.setattr(
            postgresql, "UNIT", Limits(lock=60_000, statement=60_000, idle=60_000, answer=60_000)
        )


@pytest.fixture(autouse=True)
def _databases_given_back():
    """A test's databases go when it ends; those of a module or a session stay as long as the run."""
    with database.given_back():
        yield


@functools.cache
def at_hand() -> Desk:
    """What every rehearsal has at hand: its words and shapes are read once."""
    return room_desk(Settings())


@asynccontextmanager
async def rehearsing(
    folder: Path, url: str | None = None
) -> AsyncIterator[tuple[Rehearsal, httpx.AsyncClient]]:
    rehearsal = Rehearsal(folder, at_hand(), PatientClock, url or database.fresh(folder))
    transport = httpx.ASGITransport(app=rehearsal.app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield rehearsal, client
    finally:
        rehearsal.close()


@pytest.fixture
async def room(tmp_path):
    """A rehearsal from nothing, and a client of its room."""
    async with rehearsing(tmp_path) as pair:
        yield pair


async def talk(client: httpx.AsyncClient, script: str) -> list[str]:
    """Play a script and return its transcript."""
    return [line async for line in play(read(script), RoomStage(client))]
