"""A bot served to a local chat, with a SIGKILL waiting at one point, and its clock moved from outside."""

import asyncio
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot import log
from bot.settings import Settings
from tests.fakes.clock import PatientClock
from tests.fakes.staging import LocalPace, Opened, served
from tests.kill.mortal import mortal


async def main(opened: Opened, folder: Path, port: int) -> None:
    async with served(Settings(data=folder), opened) as bot:
        _goes_on(bot.clock, folder / "passed")
        bot.house.app.router.routes.extend(paced(bot.pace, bot.clock))
        await bot.house.bot.postman.recover()
        async with bot.house.hearing():
            await uvicorn.Server(uvicorn.Config(bot.house.app, port=port, log_config=None)).serve()


def _goes_on(clock: PatientClock, passed: Path) -> None:
    """Let the machine's clock go on from where it was when the process died, a minute later."""
    if passed.exists():
        clock.passes(float(passed.read_text()) + 60)
    clock.while_passing = lambda seconds: passed.write_text(str(seconds))


def paced(pace: LocalPace, clock: PatientClock) -> list[Route]:
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

    async def passes(request: Request) -> JSONResponse:
        clock.passes((await request.json())["seconds"])
        return JSONResponse({})

    acts = (answered, rest, move, passes)
    return [Route(f"/pace/{act.__name__}", act, methods=["POST"]) for act in acts]


def live(platform: type, opened: Opened, armed: Path, folder: Path, port: int) -> None:
    """Serve, with the chat's settings in the environment, until death comes."""
    log.configure()
    mortal(platform, armed)
    asyncio.run(main(opened, folder, port))
