"""Teams as a surface of the bot: one address for everything that Teams sends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.responses import Response as HttpResponse
from starlette.routing import BaseRoute, Route

from bot.body import Refusal, read
from bot.check import Beware, Wrong
from bot.clock import Clock
from bot.hear import Ear
from bot.platform import NotNow
from bot.sent import Sent
from bot.settings import Settings
from bot.surface import CannotServe
from bot.teams.botframework import BotFramework
from bot.teams.cloud import PUBLIC, Cloud, is_loopback
from bot.teams.conversations import PLATFORM
from bot.teams.following import Following
from bot.teams.listening import Listening
from bot.teams.manifest import ENDPOINT
from bot.teams.platform import TeamsPlatform
from bot.teams.reception import Received, Reception
from bot.teams.registration import application, emulator, is_meant, secret, tenant
from bot.teams.transport import Json, NoToken, Response, TeamsTransport
from store.reference import references

log = structlog.get_logger()

is_set_up = is_meant


class TeamsSurface:
    """A `bot.surface.Surface`. The platform, and its line to Teams, stay open until after `stop`."""

    name = PLATFORM

    def __init__(self, settings: Settings, transport: TeamsTransport) -> None:
        own = settings.microsoft_app_tenant_id.lower()
        believed = frozenset(tenant for chat, tenant in settings.trusted_tenants if chat == PLATFORM)
        self.platform = TeamsPlatform(transport, own, believed)
        self.trusted = frozenset({(PLATFORM, own)} if own else ())
        self._emulated = settings.teams_emulator
        self._tenants = None if self._emulated else settings.teams_allowed
        self._transport = transport
        self._listening: Listening | None = None
        self._reception: Reception | None = None

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """One address for everything that Teams sends."""
        return (Route(ENDPOINT, self._received, methods=["POST"]),)

    async def trouble(self) -> str | None:
        """What keeps the bot from hearing or speaking now, in Microsoft's own word where it has one."""
        try:
            await self._transport.ready()
        except NoToken as refused:
            return refused.code
        except NotNow:
            return "no_answer"
        return None

    async def start(self, ear: Ear) -> None:
        """Hear what people say, from now on. Raises CannotServe."""
        if self._emulated:
            await ear.work(_check_unreal)
            log.critical(
                "EMULATOR_ON",
                who="anybody on this machine, or let in by what runs on it, may speak as anybody",
            )
        await self.platform.begin(ear)
        self._listening = Listening(ear, self.platform, self._tenants)
        following = Following(ear, self.platform, self._listening.begin, self._listening.look)
        self._reception = Reception(self.platform, self._listening, following)

    async def stop(self, seconds: float) -> None:
        """Hear nothing more, and finish the answers in hand."""
        self._reception = None
        if self._listening:
            await self._listening.stop(seconds)
        self._listening = None

    async def rest(self, seconds: float) -> None:
        """Return when every answer in hand was handed over, or after so many seconds."""
        if self._listening:
            await self._listening.finish(seconds)

    async def _received(self, request: Request) -> HttpResponse:
        since = asyncio.get_running_loop().time()
        if self._reception is None:
            return HttpResponse(status_code=503)
        if self._emulated and not _is_from_here(request):
            return HttpResponse(status_code=401)
        try:
            body = await read(request.scope, request.receive)
        except Refusal as refusal:
            return PlainTextResponse(refusal.why, refusal.status, {"Connection": "close"})
        return await self._answered(self._reception, request, body, since)

    async def _answered(
        self, reception: Reception, request: Request, body: bytes, since: float
    ) -> HttpResponse:
        received = Received()

        async def hear(activity: Json) -> Response | None:
            nonlocal received
            received = await reception.receive(activity, since)
            return received.response

        async def left(*, arrived: bool) -> None:
            if received.held and self._listening:
                await self._listening.left(received.held, arrived=arrived)

        return Sent(_http(await self._transport.receive(request.headers, body, hear)), left)


def _check_unreal(session: Session) -> None:
    if any(not is_loopback(known.service_url) for known in references(session, PLATFORM)):
        raise CannotServe(
            "CRITICAL_FRIEND_TEAMS_EMULATOR is on with a database with which the bot was in a real Teams: "
            "anybody could speak as anybody there. Name a folder of its own in CRITICAL_FRIEND_DATA."
        )


def _http(response: Response) -> HttpResponse:
    if response.body is None:
        return HttpResponse(status_code=response.status)
    return JSONResponse(response.body, response.status)


def _is_from_here(request: Request) -> bool:
    host = request.client.host if request.client else ""
    return is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")


@contextlib.asynccontextmanager
async def opened(settings: Settings, cloud: Cloud = PUBLIC, http: Any = None) -> AsyncIterator[TeamsSurface]:
    """The surface, with its line to Teams, closed at the end. `http` stands in for MSAL's own.

    Raises CannotServe.
    """
    _check(settings)
    transport = BotFramework(settings, lambda: Clock().wall().timestamp(), cloud, http)
    await transport.open()
    try:
        await _check_welcome(transport, cloud)
        yield TeamsSurface(settings, transport)
    finally:
        await transport.close()


def _check(settings: Settings) -> None:
    try:
        if settings.teams_emulator:
            emulator(settings)
        else:
            for look in (application, tenant, secret):
                look(settings)
    except Beware:
        return
    except Wrong as wrong:
        raise CannotServe(f"{wrong.found} {wrong.do}") from wrong


async def _check_welcome(transport: TeamsTransport, cloud: Cloud) -> None:
    try:
        await transport.ready()
    except NoToken as refused:
        raise CannotServe(_no_token(refused.code, cloud)) from refused
    except NotNow as trouble:
        raise CannotServe(f"Microsoft's signing keys cannot be fetched from {cloud.metadata}.") from trouble


def _no_token(code: str, cloud: Cloud) -> str:
    if code == "no_answer":
        return f"Microsoft's login does not answer at {cloud.login}."
    return f"Microsoft's login does not accept MicrosoftAppPassword ({code}). Run: critical-friend doctor"
