"""A morning with a message for 5,000 sponsors: until all are queued, commands meanwhile, until all are sent.

The floor of queueing is one bare insert and commit each; that of sending is a bare slack-sdk that makes the
same calls, as many at once, with one transaction before and after each message.
"""

import asyncio
import gc
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Column, Engine, Integer, MetaData, Select, String, Table, func, insert, select
from sqlalchemy.orm import Session

from bench import programme
from bench.load import serving, spread
from bench.sink import TEAM, TOKEN
from bench.table import Row, show
from bot.app import Bot, build, desk
from bot.clock import RehearsalClock
from bot.postman import AT_ONCE
from bot.settings import Settings
from bot.slack import platform as slack
from bot.slack.people import PLATFORM
from handlers.jobs import tick
from handlers.message import Place, Said
from store.outbox import OWED, Outgoing
from store.session import Store

SPONSORS = 5000
_SECONDS = 10
"""What "within seconds" is taken for."""
_MOST_SECONDS = 60.0
"""For each part, however slow the machine is: the rest is reckoned."""
_BETWEEN = 0.02
_SOME = 1000
"""How many are enough for a floor."""
_LINES = Table("line", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))


async def rows() -> list[Row]:
    """Queued, waited for, and sent."""
    with TemporaryDirectory() as folder:
        store = programme.store(Path(folder))
        store.work(lambda session: programme.morning(session, SPONSORS, PLATFORM, TEAM))
        inserted = _bare_inserts(Path(folder))
        async with serving("sink") as (base, _):
            bare = await _bare_posts(base, Path(folder))
            found = await _with_the_bot(store, base, inserted, bare)
        store.close()
    return found


async def _with_the_bot(store: Store, base: str, inserted: float, bare: float) -> list[Row]:
    settings = Settings(slack_bot_token=TOKEN, slack_api_url=f"{base}/api/")
    async with slack.opened(settings) as platform:
        clock, platforms = RehearsalClock(programme.MORNING), {platform.name: platform}
        bot = build(store, desk(settings, frozenset()), clock, platforms)
        gc.freeze()  # as `serve` does
        rows = [*await _queued(bot, SPONSORS * inserted), await _sent(bot, bare)]
        bot.ear.close()
    return rows


async def _queued(bot: Bot, floor: float) -> list[Row]:
    """Until nothing is due any more, and commands meanwhile; each was done once before."""
    await bot.ear.work(lambda session: tick(session, bot.ear.desk, programme.MORNING))
    await bot.ear.hear(_status(-1))
    began, waited = time.perf_counter(), []
    ticking = asyncio.create_task(bot.tick())
    while not ticking.done() and time.perf_counter() < began + _MOST_SECONDS:
        asked = time.perf_counter()
        answer = await bot.ear.hear(_status(len(waited)))
        waited.append(time.perf_counter() - asked)
        assert answer.trace is not None
        assert answer.trace.outcome == "done", answer.trace
        await asyncio.sleep(_BETWEEN)
    ticking.cancel()
    queued, seconds = await bot.ear.work(_owed), time.perf_counter() - began
    name, note = f"{SPONSORS} sponsors' messages until queued", _reckoned(queued)
    figure, longest = seconds * SPONSORS / queued, 1000 * max(waited)
    return [
        show(Row(name=name, figure=figure, unit="s", floor=floor, most=_SECONDS, of="figure", note=note)),
        show(Row(
            name="the longest that a command waited meanwhile", figure=longest, unit="ms",
            **spread(sorted(waited)), most=100, of="figure", note=f"of {len(waited)}",
        )),
    ]  # fmt: skip


async def _sent(bot: Bot, bare: float) -> Row:
    """Messages a second, from the first claim until none is left."""
    owed, began = await bot.ear.work(_owed), time.perf_counter()
    delivering = asyncio.create_task(bot.postman.run())
    while await bot.ear.work(_owed) and time.perf_counter() < began + _MOST_SECONDS:  # noqa: ASYNC110
        await asyncio.sleep(0.25)
    sent = await bot.ear.work(lambda session: session.scalar(_count("sent"))) or 0
    seconds = time.perf_counter() - began
    bot.postman.end()
    await delivering
    await bot.postman.finish(1)
    name, note = "the postman, to a Slack without limits", "" if sent == owed else f"of {owed}: {sent}"
    return show(Row(name=name, figure=sent / seconds, unit="/s", floor=bare, note=note))


def _reckoned(done: int) -> str:
    """What to say of a figure where there was no time for all."""
    return "" if done == SPONSORS else f"reckoned from {done}"


def _owed(session: Session) -> int:
    return session.scalar(_count(*OWED)) or 0


def _count(*states: str) -> Select[int]:
    return select(func.count()).where(Outgoing.state.in_(states), Outgoing.op == "post")


def _status(number: int) -> Said:
    by = programme.account("sponsor", number % SPONSORS + 1, PLATFORM, TEAM)
    place = Place(platform=by.platform, tenant=by.tenant, address=by.id, direct=True)
    return Said(id=f"busy:{number}", at=programme.MORNING, by=by, place=place, text="status")


# The floors


def _bare_inserts(folder: Path) -> float:
    """Seconds of one insert with its commit."""
    engine = _bare(folder / "inserts.sqlite3")
    began = time.perf_counter()
    for number in range(_SOME):
        with engine.begin() as connection:
            connection.execute(insert(_LINES).values(text=f"message {number}"))
    return (time.perf_counter() - began) / _SOME


async def _bare_posts(base: str, folder: Path) -> float:
    """Messages a second: claimed in one transaction, posted, and written down in another."""
    engine, numbers = _bare(folder / "posts.sqlite3"), itertools.count(1)
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)

    def write() -> None:
        with engine.begin() as connection:
            connection.execute(insert(_LINES).values(text="a message"))

    async def post(web: AsyncWebClient) -> None:
        while (number := next(numbers)) <= _SOME:
            await loop.run_in_executor(thread, write)
            await web.users_info(user=f"U{number}")
            await web.conversations_open(users=[f"U{number}"])
            await web.chat_postMessage(channel=f"D{number}", text=f"Message {number}")
            await loop.run_in_executor(thread, write)

    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(token=TOKEN, base_url=f"{base}/api/", session=session)
        began = time.perf_counter()
        await asyncio.gather(*(post(web) for _ in range(AT_ONCE)))
        return _SOME / (time.perf_counter() - began)


def _bare(file: Path) -> Engine:
    engine = Store(f"sqlite:///{file}").engine
    _LINES.metadata.create_all(engine)
    return engine
