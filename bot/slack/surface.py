"""Slack as a surface of the bot: what people do there becomes Said, and its Answer is shown."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.hear import Ear
from bot.platform import Platform
from bot.settings import Settings
from bot.surface import CannotServe

NAME = "slack"
PATH = "/slack/events"


class SlackSurface:
    """Hears over HTTP, or over Socket Mode where there is an app token."""

    name = NAME

    def __init__(self, settings: Settings, platform: Platform, tenant: str) -> None:
        self.platform = platform
        self.trusted = frozenset({(NAME, tenant)})
        self._socket_mode = bool(settings.slack_app_token)

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """One address for everything that Slack sends; none over Socket Mode."""
        return () if self._socket_mode else (Route(PATH, self._received, methods=["POST"]),)

    async def start(self, ear: Ear) -> None:
        """Hear what people say, from now on."""

    async def stop(self) -> None:
        """Hear nothing more."""

    async def _received(self, request: Request) -> Response:
        raise NotImplementedError


def is_set_up(settings: Settings) -> bool:
    """Whether any of Slack's settings says that there is a Slack."""
    return bool(settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SlackSurface]:
    """The surface, with its connections to Slack, closed at the end. Raises CannotServe."""
    if not settings.slack_bot_token:
        raise CannotServe("SLACK_BOT_TOKEN is missing: copy the Bot User OAuth Token (xoxb-…) from your app.")
    if not settings.slack_app_token and not settings.slack_signing_secret:
        raise CannotServe(
            "Set SLACK_APP_TOKEN to use Socket Mode, or SLACK_SIGNING_SECRET to be reached over HTTP: "
            "without the secret nobody could tell Slack's requests from anybody else's."
        )
    yield SlackSurface(settings, _platform(), "")


def _platform() -> Platform:
    raise NotImplementedError
