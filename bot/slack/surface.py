"""Slack as a surface of the bot: over HTTP, or over Socket Mode where there is an app token."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, request_response

from bot.clock import Clock
from bot.hear import Ear
from bot.platform import LineDropped, NotNow, TooMany
from bot.settings import Settings
from bot.slack import bolt
from bot.slack import platform as platforms
from bot.slack.addresses import is_safe
from bot.slack.client import Refusal
from bot.slack.following import Following
from bot.slack.guard import Guard
from bot.slack.listening import Listening
from bot.slack.manifest import EVENTS_PATH
from bot.slack.people import PLATFORM
from bot.slack.platform import SlackPlatform
from bot.slack.socket import Socket
from bot.surface import CannotServe


class SlackSurface:
    """A `bot.surface.Surface`. The platform, and its line to Slack, stay open until after `stop`."""

    name = PLATFORM

    def __init__(self, settings: Settings, platform: SlackPlatform) -> None:
        self.platform = platform
        self.trusted = frozenset({(PLATFORM, platform.tenant)})
        self._settings = settings
        self._listening: Listening | None = None
        self._socket: Socket | None = None

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """One address for everything that Slack sends; none over Socket Mode."""
        if self._settings.slack_app_token:
            return ()
        secret, clock = self._settings.slack_signing_secret, Clock()
        guard = Guard(request_response(self._received), secret, lambda: clock.wall().timestamp())
        return (Route(EVENTS_PATH, guard),)

    async def trouble(self) -> str | None:
        """What keeps the bot from hearing or speaking now, in Slack's own word where it has one."""
        try:
            await self.platform.line.call("auth.test")
        except Refusal as refused:
            return refused.word or "refused"
        except TooMany:
            return None
        except (LineDropped, NotNow):
            return "no_answer"
        return "socket_closed" if self._socket and not await self._socket.is_open() else None

    async def start(self, ear: Ear) -> None:
        """Hear what people say, from now on. Raises CannotServe."""
        self._listening = Listening(ear, self.platform)
        following = Following(ear, self.platform, self._listening.look)
        self._app = bolt.app(self._listening, following, self.platform.tenant, self.platform.me)
        if self._settings.slack_app_token:
            token, address = self._settings.slack_app_token, self._settings.slack_api_url
            self._socket = Socket(self._app, token, address, partial(self._look, self._listening))
            await self._socket.open()

    async def stop(self, seconds: float) -> None:
        """Hear nothing more, and finish the answers in hand."""
        until = asyncio.get_running_loop().time() + seconds
        if self._socket:
            await self._socket.close(seconds)
        if self._listening:
            await self._listening.stop(until - asyncio.get_running_loop().time())
        self._socket = self._listening = None

    async def rest(self, seconds: float) -> None:
        """Return when every answer in hand was handed over, or after so many seconds."""
        if self._listening:
            await self._listening.finish(seconds)

    def _look(self, listening: Listening) -> None:
        """Find out who came into the rooms and who went while nothing could be heard."""
        listening.begin(listening.look())

    async def _received(self, request: Request) -> Response:
        if self._listening is None:
            return Response(status_code=503)
        return await bolt.answered(self._app, request)


def is_set_up(settings: Settings) -> bool:
    """Whether any of Slack's settings says that there is a Slack."""
    return bool(settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SlackSurface]:
    """The surface, with its line to Slack, closed at the end. Raises CannotServe."""
    _check(settings)
    async with contextlib.AsyncExitStack() as stack:
        try:
            platform = await stack.enter_async_context(platforms.opened(settings))
        except Refusal as refused:
            raise CannotServe(
                f"Slack does not accept SLACK_BOT_TOKEN ({refused.word}). Run: critical-friend doctor"
            ) from refused
        except (LineDropped, NotNow, TooMany) as trouble:
            raise CannotServe(f"Slack does not answer at {settings.slack_api_url}") from trouble
        yield SlackSurface(settings, platform)


def _check(settings: Settings) -> None:
    if not settings.slack_bot_token.strip():
        raise CannotServe("SLACK_BOT_TOKEN is missing: copy the Bot User OAuth Token (xoxb-…) from your app.")
    if not is_safe(settings.slack_api_url):
        raise CannotServe("SLACK_API_URL is not an https address: the token could be read on its way.")
    if not settings.slack_app_token and not settings.slack_signing_secret.strip():
        raise CannotServe(
            "Set SLACK_APP_TOKEN to use Socket Mode, or SLACK_SIGNING_SECRET to be reached over HTTP: "
            "without the secret nobody could tell Slack's requests from anybody else's."
        )
