"""Bolt: from what Slack sent to the listener for it, over HTTP and Socket Mode alike.

A listener's return is the response. Everything is answered 200, whatever a person pressed; only what
could not be written down is answered 500, so that Slack delivers it again.
"""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from bot.sent import Left, Sent
from bot.slack.hearing import Payload

log = structlog.get_logger()

Told: TypeAlias = Callable[[Payload], Awaitable[None]]


class Answer(Protocol):
    """The response to an act, and who wants to know whether it could be sent."""

    @property
    def body(self) -> Mapping[str, Any]: ...
    async def left(self, *, arrived: bool) -> None: ...


Asked: TypeAlias = Callable[[Payload], Awaitable[Answer]]

_ANY = re.compile(r"", re.DOTALL)


class Acts(Protocol):
    """Who is told what people did. An act's return is its response."""

    async def slash(self, body: Payload) -> Answer: ...
    async def press(self, body: Payload) -> Answer: ...
    async def submission(self, body: Payload) -> Answer: ...
    async def message(self, body: Payload) -> None: ...


class Changes(Protocol):
    """Who is told what happened."""

    async def came_or_went(self, body: Payload) -> None: ...
    async def renamed(self, body: Payload) -> None: ...
    async def gone_or_back(self, body: Payload) -> None: ...
    async def home_opened(self, body: Payload) -> None: ...
    async def user_changed(self, body: Payload) -> None: ...
    async def cut_off(self, body: Payload) -> None: ...


def app(acts: Acts, changes: Changes, team: str, me: str) -> AsyncApp:
    """Slack's app with its listeners. Signatures are the guard's to check, the token is ours to know."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team, bot_user_id=me)

    made = AsyncApp(
        name="critical-friend",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        authorize=authorize,
        client=AsyncWebClient(),
        logger=_errors_only(),
    )
    made.error(_trouble)
    made.command(_ANY)(_asking(acts.slash))
    made.action(_ANY)(_asking(acts.press))
    made.view(_ANY)(_asking(acts.submission))
    _listen(made, acts, changes)
    return made


def _errors_only() -> logging.Logger:
    """Bolt's warnings quote whole requests, and one is about a token that it finds for itself."""
    logger = logging.getLogger("critical-friend.bolt")
    logger.setLevel(logging.ERROR)
    return logger


def _listen(made: AsyncApp, acts: Acts, changes: Changes) -> None:
    """Every event that is heard, by its name: the manifest asks Slack for exactly these."""
    made.event("message")(_telling(acts.message))
    made.event("app_mention")(_telling(acts.message))
    made.event("app_home_opened")(_telling(changes.home_opened))
    made.event("user_change")(_telling(changes.user_changed))
    made.event("member_joined_channel")(_telling(changes.came_or_went))
    made.event("member_left_channel")(_telling(changes.came_or_went))
    made.event("channel_rename")(_telling(changes.renamed))
    made.event("group_rename")(_telling(changes.renamed))
    for name in (
        "channel_archive", "channel_unarchive", "channel_deleted", "channel_left",
        "group_archive", "group_unarchive", "group_deleted", "group_left",
    ):  # fmt: skip
        made.event(name)(_telling(changes.gone_or_back))
    made.event("tokens_revoked")(_telling(changes.cut_off))
    made.event("app_uninstalled")(_telling(changes.cut_off))


def _asking(asked: Asked) -> Callable[..., Awaitable[BoltResponse]]:
    async def listener(body: dict[str, Any]) -> BoltResponse:
        return _Answered(await asked(body))

    return listener


class _Answered(BoltResponse):
    """Bolt's response to an act."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(status=200, body=dict(answer.body) or "")
        self.left = answer.left


def left(response: BoltResponse) -> Left:
    """Who wants to know whether a response of Bolt's could be sent."""
    return response.left if isinstance(response, _Answered) else _nobody


async def _nobody(*, arrived: bool) -> None:
    """Nobody asked."""


def _telling(told: Told) -> Callable[..., Awaitable[BoltResponse]]:
    async def listener(body: dict[str, Any]) -> BoltResponse:
        await told(body)
        return BoltResponse(status=200)

    return listener


async def _trouble(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What nobody listens to is well; what broke is delivered again where Slack does that."""
    if isinstance(error, BoltUnhandledRequestError):
        log.info("not_listened_to", kind=body.get("type"), of=(body.get("event") or {}).get("type"))
        return BoltResponse(status=200)
    log.error("listener_broke", exc_info=error)
    return BoltResponse(status=500)


async def answered(made: AsyncApp, request: Request) -> Response:
    """The answer to one guarded request over HTTP."""
    asked = _request(await request.body())
    if asked is None:
        return Response("That is nothing that Slack sends.", 400)
    response = await made.async_dispatch(asked)
    plain = Response(response.body, response.status, response.first_headers_without_set_cookie())
    return Sent(plain, left(response))


def _request(body: bytes) -> AsyncBoltRequest | None:
    """A request as Bolt takes it over Socket Mode: read by us, as Bolt takes any form that holds the
    word "payload" for a payload. None for what cannot be read.
    """
    try:
        return AsyncBoltRequest(mode="socket_mode", body=_payload(body.decode()))
    except Exception:  # whatever Bolt trips over in a payload of a strange shape
        return None


def _payload(body: str) -> dict[str, Any]:
    """A command's own fields, or the JSON of anything else. Raises where it is neither."""
    fields = (
        {} if body.startswith("{") else dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
    )
    if fields.keys() & {"command", "ssl_check"}:
        return fields
    found: dict[str, Any] = json.loads(fields.get("payload", body))
    kinds = [found["type"], *([found["event"]["type"]] if found["type"] == "event_callback" else [])]
    if not all(isinstance(kind, str) for kind in kinds):
        raise TypeError(kinds)
    return found
