"""A real Chromium before the room, with a fake or the real house behind it on a loopback port."""

import asyncio
import shutil
import threading
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from bot.rehearsal import Rehearsal
from bot.room import web
from tests.bot.room.fake_house import FakeHouse
from tests.conftest import at_hand, talk
from tests.fakes import database

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
_STILL = "document.getAnimations().every((one) => one.playState !== 'running')"


@dataclass(frozen=True)
class Running:
    """A room that is being served, and the house behind it."""

    address: str
    house: Any
    loop: asyncio.AbstractEventLoop

    def do(self, act: Any) -> Any:
        """Run something of the house where the house lives."""
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(120)


@pytest.fixture
def room(tmp_path):
    """A room half-way through a preparation, with the fake house behind it."""
    with serving(lambda: _fake(tmp_path)) as running:
        yield running


@asynccontextmanager
async def _fake(folder):
    house = FakeHouse(folder / "chat.sqlite3")
    await house.start("preparation")
    try:
        yield house, web.app(house.chat, house.platform, house)
    finally:
        house.chat.close()


@asynccontextmanager
async def rehearsed(folder, begin=None):
    """The real house: bot, store and rules, as `critical-friend demo` opens it."""
    rehearsal = Rehearsal(folder, at_hand(), database=database.fresh(folder))
    async with rehearsal.running():
        if begin:
            await rehearsal.start(begin)
        yield rehearsal, rehearsal.app


@contextmanager
def serving(opening):
    """Serve the house and the app that `opening` opens, in a thread of their own."""
    ready: Future[tuple[Running, uvicorn.Server]] = Future()
    thread = threading.Thread(target=asyncio.run, args=(_serve(opening, ready),))
    thread.start()
    running, server = ready.result(120)
    try:
        yield running
    finally:
        server.should_exit = True
        thread.join(20)


async def _serve(opening, ready):
    try:
        async with opening() as (house, app):
            settings = uvicorn.Config(
                app, port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=0
            )
            server = uvicorn.Server(settings)
            serving = asyncio.ensure_future(server.serve())
            while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait on
                await asyncio.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            ready.set_result((Running(f"http://127.0.0.1:{port}", house, asyncio.get_running_loop()), server))
            await serving
    except BaseException as broken:
        if ready.done():
            raise
        ready.set_exception(broken)


@pytest.fixture(scope="module")
def chromium():
    """The browser that is installed here. It ends with its module: its loop is in the way of others."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, room):
    """Open the room as somebody: `open_page("ruth", viewport=PHONE, color_scheme="dark")`."""
    contexts, troubles = [], []

    def open_as(who, **given):
        context = chromium.new_context(**({"viewport": DESKTOP, "locale": "en-GB"} | given))
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if _is_trouble(line) else None)
        page.goto(f"{room.address}/#{who}")
        page.locator("#place-list li").first.wait_for(state="attached")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert troubles == []


def _is_trouble(line):
    """A refusal is no trouble of the page: the browser notes every 4xx."""
    return line.type == "error" and "Failed to load resource" not in line.text


async def played(house, script):
    """Play a script in the room where the house lives."""
    transport = httpx.ASGITransport(app=house.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
        return await talk(client, script)


@pytest.fixture(scope="session")
def axe():
    """What the accessibility checker axe finds on a page: a list of rules and elements."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm install --no-save axe-core)")
    source = AXE.read_text()

    def check(page):
        page.wait_for_function(_STILL)  # colours are measured when nothing moves any more
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]

    return check
