"""A real Chromium before the room, with the fake house behind it on a loopback port."""

import asyncio
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from bot.room import web
from tests.bot.room.fake_house import FakeHouse

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Running:
    """A room that is being served, and the fake house behind it."""

    address: str
    house: FakeHouse
    loop: asyncio.AbstractEventLoop

    def do(self, act: Any) -> Any:
        """Run something of the house where the house lives."""
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(10)


@pytest.fixture
def room(tmp_path):
    """A room half-way through a preparation."""
    house = FakeHouse(tmp_path / "chat.sqlite3")
    server = uvicorn.Server(
        uvicorn.Config(
            web.app(house.chat, house.platform, house),
            port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=0,
        )
    )  # fmt: skip
    started = threading.Event()
    found: dict[str, Any] = {}
    thread = threading.Thread(target=asyncio.run, args=(_serve(server, house, started, found),))
    thread.start()
    assert started.wait(20), "the room did not start"
    yield Running(f"http://127.0.0.1:{found['port']}", house, found["loop"])
    server.should_exit = True
    thread.join(20)
    house.chat.close()


async def _serve(server, house, started, found):
    await house.start("preparation")
    serving = asyncio.ensure_future(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait on
        await asyncio.sleep(0.01)
    found["port"] = server.servers[0].sockets[0].getsockname()[1]
    found["loop"] = asyncio.get_running_loop()
    started.set()
    await serving


@pytest.fixture(scope="session")
def chromium():
    """The browser that is installed on this machine."""
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
        context.set_default_timeout(10_000)
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


@pytest.fixture(scope="session")
def axe():
    """What the accessibility checker axe finds on a page: a list of rules and elements."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm install --no-save axe-core)")
    source = AXE.read_text()

    def check(page):
        page.wait_for_timeout(350)  # colours are measured when nothing moves any more
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]

    return check
