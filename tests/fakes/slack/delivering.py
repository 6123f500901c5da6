"""From Slack to the app: signed HTTP requests or Socket Mode envelopes, in time, late, or again.

docs.slack.dev: the app has three seconds for each. An event that it did not take is delivered again
at once, after a minute and after five; a command, a press and a form are not, and the person is
told that it did not work.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from tests.fakes.carrying import Carrier
from tests.fakes.slack import scopes
from tests.fakes.slack.app import ID, App
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.unkind import Unkind
from tests.fakes.slack.workspace import Event, Json, Workspace

Kind = Literal["events_api", "slash_commands", "interactive"]

RETRIES = (0.0, 60.0, 300.0)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One try to hand something to the app. `body` is what it answered; `trouble` says what went wrong."""

    kind: str
    payload: Json
    attempt: int = 0
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    trouble: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the app took it in time."""
        return self.trouble is None


@dataclass(kw_only=True)
class Deliverer(Carrier):
    """What is on its way to the app. `deliveries` are all tries so far; `dropped`, what it may not hear."""

    workspace: Workspace
    app: App
    unkind: Unkind
    sockets: Sockets
    patience: float = 3.0
    retries: tuple[float, ...] = RETRIES
    url: str | None = None
    client: httpx.AsyncClient | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    _events: list["asyncio.Task[Any]"] = field(default_factory=list)

    @property
    def lost(self) -> list[Delivery]:
        """The tries of whatever the app took at none of them; a busy machine may miss the first."""
        taken = [one.payload for one in self.deliveries if one.taken]
        return [one for one in self.deliveries if not one.taken and one.payload not in taken]

    async def interact(self, kind: Kind, payload: Json) -> Delivery:
        """Hand over a command, press or form: the first answer counts, and nothing is tried again."""
        repeats = self.unkind.repeat(kind)
        await asyncio.sleep(sum(one.late for one in repeats))
        copies = self.copies(repeats, lambda attempt: self._again(kind, payload, attempt))
        first = await self._once(kind, payload)
        await asyncio.gather(*copies)
        for _ in range(sum(one.copies for one in repeats if not one.during)):
            await self._once(kind, payload)
        lost = any(one.unheard for one in repeats)
        return replace(first, body=None, trouble="http_timeout") if lost else first

    def hear(self, event: Event) -> None:
        """Deliver an event, if the app is to hear of it: subscribed, with the scope, and a member."""
        why = self._deaf_to(event)
        if why:
            self.dropped.append((event.subscription, why))
            return
        task = self.soon(self._event(self._envelope(event)))
        self._events.append(task)

    async def heard(self) -> None:
        """Wait until the app took every event so far, or failed twice to."""
        while self._events:
            waiting, self._events = self._events, []
            await asyncio.gather(*waiting)

    async def close(self) -> None:
        """Give up on whatever is on its way."""
        await self.stop()
        if self.client:
            await self.client.aclose()

    def _deaf_to(self, event: Event) -> str | None:
        if self.app.dead and event.subscription not in {"app_uninstalled", "tokens_revoked"}:
            return "the app was removed"
        if event.subscription not in self.app.events:
            return "not subscribed"
        channel: Channel | None = self.workspace.channels.get(event.channel or "")
        needed = scopes.for_event(event.subscription, channel.kind if channel else None)
        if needed and needed not in self.app.scopes:
            return f"no scope {needed}"
        if channel and self.app.bot.id not in channel.members:
            return "not a member"
        return None

    def _envelope(self, event: Event) -> Json:
        channel: Channel | None = self.workspace.channels.get(event.channel or "")
        return {
            "token": "verification", "team_id": self.workspace.team, "api_app_id": ID, "event": event.body,
            "context_team_id": self.workspace.team, "context_enterprise_id": None, "type": "event_callback",
            "event_id": self.workspace.id("Ev"), "event_time": int(self.workspace.clock()),
            "authorizations": [
                {"enterprise_id": None, "team_id": self.workspace.team, "user_id": self.app.bot.id,
                 "is_bot": True, "is_enterprise_install": False}
            ],
            "is_ext_shared_channel": bool(channel and channel.shared), "event_context": "4-context",
        }  # fmt: skip

    async def _event(self, payload: Json) -> None:
        repeats = self.unkind.repeat("events_api")
        await asyncio.sleep(sum(one.late for one in repeats))
        copies = self.copies(repeats, lambda attempt: self._again("events_api", payload, attempt))
        got = await self._once("events_api", payload)
        await asyncio.gather(*copies)
        for number in range(sum(one.copies for one in repeats if not one.during)):
            await self._once("events_api", payload, attempt=number + 1, reason="http_timeout")
        if not got.taken or any(one.unheard for one in repeats):
            await self._retry(payload, got, attempt=1)

    async def _retry(self, payload: Json, before: Delivery, attempt: int) -> None:
        if attempt > len(self.retries) or before.headers.get("x-slack-no-retry") == "1":
            return
        await asyncio.sleep(self.retries[attempt - 1])
        reason = before.trouble or "http_timeout"
        got = await self._once("events_api", payload, attempt=attempt, reason=reason)
        if not got.taken:
            self.soon(self._retry(payload, got, attempt + 1))

    async def _again(self, kind: Kind, payload: Json, attempt: int) -> None:
        await self._once(kind, payload, attempt=attempt, reason="http_timeout")

    async def _once(self, kind: Kind, payload: Json, attempt: int = 0, reason: str = "") -> Delivery:
        """One try. When patience runs out, the app goes on with it and nobody listens."""
        began = time.perf_counter()
        carry = self._by_socket if self.app.by_socket else self._by_http
        task = self.soon(carry(kind, payload, attempt, reason))
        await asyncio.wait({task}, timeout=self.patience)
        if not task.done():
            if self.app.by_socket:
                task.cancel()
            got: Json = {"trouble": "http_timeout"}
        else:
            got = task.result()
        seconds = time.perf_counter() - began
        delivery = Delivery(kind=kind, payload=payload, attempt=attempt, seconds=seconds, **got)
        self.deliveries.append(delivery)
        return delivery

    async def _by_socket(self, kind: Kind, payload: Json, attempt: int, reason: str) -> Json:
        again = {"retry_attempt": attempt, "retry_reason": "timeout" if reason else ""}
        about = again if kind == "events_api" else {}
        found = await self.sockets.hand_over(kind, payload, **about)
        return {"status": 200, "body": found.get("payload")}

    async def _by_http(self, kind: Kind, payload: Json, attempt: int, reason: str) -> Json:
        if self.client is None or self.url is None:
            return {"trouble": "connection_failed"}
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, **self.app.sign(body), "X-Request-Id": str(uuid4())}
        headers |= {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            response = await self.client.post(self.url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, OSError):
            return {"trouble": "connection_failed"}
        found = {
            "status": response.status_code,
            "body": _decoded(response),
            "headers": dict(response.headers),
        }
        return found | {"trouble": None if response.is_success else "http_error"}


def _encoded(kind: Kind, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decoded(response: httpx.Response) -> Any:
    """What the app answered: JSON, text, or None for nothing."""
    if not response.content:
        return None
    if response.headers.get("content-type", "").startswith("application/json"):
        return response.json()
    return response.text
