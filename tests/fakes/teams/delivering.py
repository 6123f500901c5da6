"""From Teams to the bot: signed activities, in time, late, or again.

An invoke has to be answered within a few seconds, or its person is told that it did not work. What
is no invoke may be delivered again when its answer did not arrive.
"""

import asyncio
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from tests.fakes.carrying import Carrier
from tests.fakes.teams.app import App
from tests.fakes.teams.keys import ISSUER, Keys
from tests.fakes.teams.tenancy import Json
from tests.fakes.teams.unkind import Unkind


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One try to hand an activity to the bot. `body` is what it answered; `trouble` says what went wrong."""

    kind: str
    activity: Json
    attempt: int = 0
    status: int | None = None
    content_type: str = ""
    body: Any = None
    seconds: float = 0.0
    trouble: str | None = None


@dataclass(kw_only=True)
class Deliverer(Carrier):
    """What is on its way to the bot. `deliveries` are all tries so far; `url` and `client` lead there.

    An emulator signs nothing.
    """

    app: App
    keys: Keys
    unkind: Unkind
    patience: float
    emulator: bool = False
    url: str | None = None
    client: httpx.AsyncClient | None = None
    deliveries: list[Delivery] = field(default_factory=list)

    async def deliver(self, activity: Json) -> list[Delivery]:
        """Hand over an activity, once or more often: the first answer counts."""
        kind = _kind(activity)
        repeats = self.unkind.repeat(kind)
        await asyncio.sleep(sum(one.late for one in repeats))
        other = any(one.another_id for one in repeats)

        def again(attempt: int) -> Coroutine[Any, Any, Delivery]:
            renamed = activity | {"id": f"{activity['id']}-{attempt}"} if other else activity
            return self._once(kind, renamed, attempt)

        copies = self.copies(repeats, again)
        first = await self._once(kind, activity)
        others = await asyncio.gather(*copies)
        lost = any(one.unheard for one in repeats)
        later = sum(one.copies for one in repeats if not one.during) + (lost and kind != "invoke")
        for attempt in range(1, later + 1):
            others.append(await again(attempt))
        return [replace(first, status=None, body=None, trouble="unheard") if lost else first, *others]

    def headers(self, activity: Json, **claims: Any) -> dict[str, str]:
        """The headers of a request with this activity; a claim given here stands instead of Teams' own."""
        said = {"iss": ISSUER, "aud": self.app.id, "serviceurl": activity.get("serviceUrl"), **claims}
        signed = {} if self.emulator else {"Authorization": f"Bearer {self.keys.sign(said)}"}
        return {
            **signed,
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
            "x-ms-conversation-id": str(activity.get("conversation", {}).get("id", "")),
            "x-ms-tenant-id": str(activity.get("conversation", {}).get("tenantId", "")),
        }

    async def post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Send a request to the bot as it stands."""
        if self.client is None or self.url is None:
            raise httpx.ConnectError("no bot is served")
        return await self.client.post(self.url, content=body, headers=headers)

    async def close(self) -> None:
        """Give up on whatever is on its way."""
        await self.stop()
        if self.client:
            await self.client.aclose()

    async def _once(self, kind: str, activity: Json, attempt: int = 0) -> Delivery:
        """One try. When patience runs out, the bot goes on with it and nobody listens."""
        began = time.perf_counter()
        task = self.soon(self._carry(activity))
        await asyncio.wait({task}, timeout=self.patience if kind == "invoke" else 3 * self.patience)
        got: Json = task.result() if task.done() else {"trouble": "timeout"}
        seconds = time.perf_counter() - began
        delivery = Delivery(kind=kind, activity=activity, attempt=attempt, seconds=seconds, **got)
        self.deliveries.append(delivery)
        return delivery

    async def _carry(self, activity: Json) -> Json:
        try:
            response = await self.post(json.dumps(activity).encode(), self.headers(activity))
        except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, OSError):
            return {"trouble": "unreachable"}
        return {
            "status": response.status_code, "body": _decoded(response),
            "content_type": response.headers.get("content-type", ""),
            "trouble": None if response.is_success else f"http_{response.status_code}",
        }  # fmt: skip


def _kind(activity: Json) -> str:
    return activity["type"] if activity["type"] in {"message", "invoke"} else "event"


def _decoded(response: httpx.Response) -> Any:
    """What the bot answered: JSON, text, or None for nothing."""
    try:
        return response.json() if response.content else None
    except ValueError:
        return response.text
