"""A bot served to the local Slack, with a SIGKILL waiting at one point, and its clock moved from outside."""

import asyncio
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot import log, serve
from bot.app import desk
from bot.pace import Pace, begin
from bot.settings import Settings
from bot.slack.platform import SlackPlatform
from store.migrations import upgrade
from store.session import Store
from tests.fakes.clock import PatientClock
from tests.fakes.slack_stage.house import LocalPace
from tests.kill.mortal import mortal


async def main(folder: Path, port: int) -> None:
    settings = Settings(data=folder)
    store = Store(settings.database_url)
    upgrade(store.engine)
    clock = PatientClock(store.work(begin))
    async with serve.opened(settings) as surfaces:
        house = serve.house(store, desk(settings, frozenset()), surfaces, clock)
        pace = LocalPace(Pace(house.bot, clock), surfaces[0])
        house.app.router.routes.extend(paced(pace))
        await house.bot.postman.recover()
        async with house.hearing():
            await uvicorn.Server(uvicorn.Config(house.app, port=port, log_config=None)).serve()


def paced(pace: LocalPace) -> list[Route]:
    """What lets the test tell the clock."""

    async def answered(_: Request) -> JSONResponse:
        await pace.answered()
        return JSONResponse({})

    async def rest(_: Request) -> JSONResponse:
        await pace.rest()
        return JSONResponse({})

    async def move(request: Request) -> JSONResponse:
        await pace.move_to(datetime.fromisoformat((await request.json())["to"]))
        return JSONResponse({})

    return [Route(f"/pace/{act.__name__}", act, methods=["POST"]) for act in (answered, rest, move)]


def live(armed: Path, folder: Path, port: int) -> None:
    """Serve, with Slack's settings in the environment, until death comes."""
    log.configure()
    mortal(SlackPlatform, armed)
    asyncio.run(main(folder, port))
