"""A turn in Teams: a signed activity comes in, and a card goes out to a connector in another process.

Ours is the transport as it is served; stock is a bare CloudAdapterBase with botbuilder's own checks
and clients, spared only the token that it would ask Microsoft for in every turn.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import AppCredentials, AuthenticationConfiguration
from botframework.connector.auth._parameterized_bot_framework_authentication import (
    _ParameterizedBotFrameworkAuthentication,
)
from botframework.connector.auth.service_client_credentials_factory import ServiceClientCredentialsFactory

from bench.connector import KEYS
from bench.load import SECONDS, Measured, serving, spread
from bench.table import Row, show
from bot.settings import Settings
from bot.teams.botframework import BotFramework
from bot.teams.cloud import PUBLIC
from bot.teams.transport import Json, Reference
from tests.bot.teams.microsoft import Leading
from tests.fakes.teams.keys import Keys

Turn = Callable[[], Awaitable[object]]
Turning = Callable[[str, dict[str, str], bytes], AbstractAsyncContextManager[Turn]]

_APP, _TENANT = "b1f0a0d6-0000-4000-8000-000000000001", "bench"
_CARD = {
    "type": "AdaptiveCard", "version": "1.5",
    "body": [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "Done."}]}],
}  # fmt: skip
_REPLY: Json = {
    "type": "message",
    "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": _CARD}],
}
_WARM_UP = 10


async def rows() -> list[Row]:
    """A turn of ours, beside one of a bare botbuilder."""
    found = []
    for at_once in (1, 16):
        bare, own = await measured(stock, at_once), await measured(ours, at_once)
        found.append(show(_row(f"floor: bare botbuilder, c={at_once}", bare)))
        found.append(show(_row(f"Teams, a turn c={at_once}", own, bare.per_second, 0.3)))
    return found


def _row(name: str, of: Measured, floor: float | None = None, most: float | None = None) -> Row:
    return Row(name=name, figure=of.per_second, unit="/s", p50=of.p50, p99=of.p99, floor=floor, most=most)


async def measured(turning: Turning, at_once: int) -> Measured:
    """Turns for a while, `at_once` of them in hand; `turning` is `ours` or `stock`."""
    keys = Keys()
    settings = {KEYS: json.dumps(keys.document())}
    async with serving("connector", settings) as (base, _), turning(base, *_request(base, keys)) as turn:
        await _until(turn, time.perf_counter() + SECONDS, _WARM_UP)
        began = time.perf_counter()
        took = sorted(
            itertools.chain(*await asyncio.gather(*(_until(turn, began + SECONDS) for _ in range(at_once))))
        )
        return Measured(per_second=len(took) / (time.perf_counter() - began), **spread(took))


async def _until(turn: Turn, until: float, most: int = 1_000_000) -> list[float]:
    took: list[float] = []
    while len(took) < most and time.perf_counter() < until:
        began = time.perf_counter()
        await turn()
        took.append(time.perf_counter() - began)
    return took


@asynccontextmanager
async def ours(base: str, headers: dict[str, str], body: bytes) -> AsyncIterator[Turn]:
    """A turn by the bot's own transport."""
    settings = Settings(
        microsoft_app_id=_APP, microsoft_app_password="none", microsoft_app_tenant_id=_TENANT  # noqa: S106
    )  # fmt: skip
    cloud = replace(PUBLIC, metadata=f"{base}/openid", services=(base,))
    transport = BotFramework(settings, time.time, cloud, Leading(base))
    await transport.open()

    async def hear(activity: Json) -> None:
        where = activity["conversation"]
        to = Reference(conversation=where["id"], tenant=where["tenantId"], service_url=activity["serviceUrl"])
        await transport.send(to, _REPLY)

    async def turn() -> None:
        response = await transport.receive(headers, body, hear)
        assert response.status == 202, response

    yield turn
    await transport.close()


@asynccontextmanager
async def stock(base: str, headers: dict[str, str], body: bytes) -> AsyncIterator[Turn]:
    """A turn by botbuilder as it comes."""
    adapter = CloudAdapterBase(_authentication(base))

    async def reply(context: TurnContext) -> None:
        assert await context.send_activity(Activity().deserialize(_REPLY))

    async def turn() -> None:
        activity = Activity().deserialize(json.loads(body))
        await adapter.process_activity(headers["Authorization"], activity, reply)

    yield turn


def _authentication(base: str) -> Any:
    """What botbuilder itself uses, with Microsoft's keys on loopback."""
    openid = f"{base}/openid"
    return _ParameterizedBotFrameworkAuthentication(
        validate_authority=True,
        to_channel_from_bot_login_url=PUBLIC.login,
        to_channel_from_bot_oauth_scope=PUBLIC.scope,
        to_bot_from_channel_token_issuer=PUBLIC.issuer,
        oauth_url=base,
        to_bot_from_channel_open_id_metadata_url=openid,
        to_bot_from_emulator_open_id_metadata_url=openid,
        caller_id="",
        credentials_factory=_Credentials(),
        auth_configuration=AuthenticationConfiguration(),
        http_client_factory=None,
    )


class _Credentials(ServiceClientCredentialsFactory):
    async def is_valid_app_id(self, app_id: str) -> bool:
        return app_id == _APP

    async def is_authentication_disabled(self) -> bool:
        return False

    async def create_credentials(self, *_: Any, **__: Any) -> AppCredentials:
        return _Token(_APP)


class _Token(AppCredentials):
    def get_access_token(self, *_: Any) -> str:
        return "none"


def _request(base: str, keys: Keys) -> tuple[dict[str, str], bytes]:
    """A message as Teams sends one."""
    token = keys.sign({"iss": PUBLIC.issuer, "aud": _APP, "serviceurl": base})
    activity = {
        "type": "message", "id": "1700000000001", "timestamp": "2026-11-09T09:00:00.000Z", "text": "help",
        "channelId": "msteams", "serviceUrl": base, "textFormat": "plain", "locale": "en-GB",
        "from": {"id": "29:1", "name": "Jo Baker", "aadObjectId": "e1"},
        "recipient": {"id": f"28:{_APP}", "name": "Critical Friend"},
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": _TENANT},
        "channelData": {"tenant": {"id": _TENANT}},
    }  # fmt: skip
    return {"Authorization": f"Bearer {token}"}, json.dumps(activity).encode()
