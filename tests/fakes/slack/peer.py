"""The local Slack itself: a web server on loopback, and everything that can be done and seen in it."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self

import httpx
from aiohttp import web

from tests.fakes.slack import app as apps
from tests.fakes.slack import channels, methods, scopes, users
from tests.fakes.slack.answers import Answers
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.delivering import RETRIES, Deliverer
from tests.fakes.slack.doing import Doing
from tests.fakes.slack.seeing import Seeing
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.triggers import Spent, Triggers
from tests.fakes.slack.unkind import Trouble, Unkind
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Event, Json, Workspace


@dataclass(frozen=True, kw_only=True)
class Called:
    """One call that the app made, and what came of it. `error` is None when it went well."""

    method: str
    args: Json
    error: str | None


class Dropped(Exception):
    """The connection is to be closed instead of answered."""


class Peer(Doing, Seeing):
    """A Slack workspace with one app in it: `async with Peer(manifest=…) as peer`. See the package.

    `patience`: seconds that the app has for each delivery. `retries`: seconds to wait before an
    event is delivered again, and again.
    """

    def __init__(
        self, *, manifest: Json, patience: float = 3.0, retries: tuple[float, ...] = RETRIES
    ) -> None:
        self.workspace = Workspace()
        self.app = apps.install(self.workspace, manifest)
        self.unkind = Unkind()
        self.sockets = Sockets()
        self.triggers = Triggers(workspace=self.workspace)
        self.mistakes: list[str] = []
        self.calls: list[Called] = []
        self.answers = Answers(workspace=self.workspace, app=self.app, mistakes=self.mistakes)
        self.deliverer = Deliverer(
            workspace=self.workspace, app=self.app, unkind=self.unkind, sockets=self.sockets,
            patience=patience, retries=retries,
        )  # fmt: skip
        self.workspace.watchers.append(self._happened)
        self.base = ""
        self._runner: web.AppRunner | None = None

    # The server

    async def __aenter__(self) -> Self:
        site = web.Application(client_max_size=2**26)
        site.router.add_route("*", "/api/{method}", self._method)
        site.router.add_post("/response/{name:.+}", self._response)
        site.router.add_post("/upload/{file}", self._upload)
        site.router.add_get("/socket", self.sockets.serve)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.deliverer.close()
        assert self._runner
        await self._runner.cleanup()
        if kind is None:
            assert not self.mistakes, self.mistakes

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.base}/api/"

    def serve(self, url: str, asgi: Any = None) -> None:
        """Where the bot takes HTTP requests: an address, and the app itself where it is in this process."""
        transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False) if asgi else None
        self.deliverer.url = url
        self.deliverer.client = httpx.AsyncClient(transport=transport, timeout=60)

    def _happened(self, event: Event) -> None:
        """Slack keeps what happens before the app is there; the app does not hear of it later."""
        if self.deliverer.client or self.sockets.open:
            self.deliverer.hear(event)

    # Who and what is there

    def add_person(
        self, name: str, *, email: str | None = None, guest: str = "", team: str | None = None
    ) -> User:
        """Somebody new. `guest`: "", "multi" or "single". `team`: another workspace."""
        return users.add(self.workspace, name, email=email, guest=guest, team=team)

    def add_bot(self, name: str) -> User:
        """Another app's bot."""
        return users.add(self.workspace, name, bot=self.workspace.id("B"))

    def add_channel(self, name: str, *members: User, private: bool = True, shared: bool = False) -> Channel:
        """A channel made by the first of its members, without the bot: `peer.invite_app` brings it."""
        first, *others = members
        channel = channels.make(self.workspace, name, "private" if private else "public", first.id)
        channel.shared = shared
        for user in others:
            channels.join(self.workspace, channel, user)
        return channel

    def direct_between(self, one: User, other: User) -> Channel:
        """The direct conversation of two people, without the bot."""
        return channels.direct(self.workspace, one.id, other.id)

    async def invite_app(self, channel: Channel, by: User) -> None:
        """Bring the bot into a channel."""
        await self.join(self.app.bot, channel, by)

    def channel_called(self, name: str) -> Channel:
        """The channel with this name now. Raises KeyError."""
        for channel in self.workspace.channels.values():
            if channel.name == name and not channel.deleted:
                return channel
        raise KeyError(name)

    def revoke(self, error: str = "token_revoked") -> None:
        """Make the bot token invalid: token_revoked, account_inactive or invalid_auth."""
        self.app.dead = error

    def later(self, seconds: float) -> None:
        """Move Slack's own clock on: triggers and response_urls grow old. Signatures keep true time."""
        self.workspace.ahead += seconds

    async def rest(self) -> None:
        """Wait until nothing is on its way to the app any more."""
        await self.deliverer.rest()

    def called(self, method: str) -> list[Called]:
        """The calls of one method so far, refused ones included."""
        return [one for one in self.calls if one.method == method]

    # Requests of the app

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        call = Call(
            method=method, args=args, workspace=self.workspace, app=self.app, triggers=self.triggers,
            base=self.base,
        )  # fmt: skip
        return await self._answered(request, call, _token(request, args))

    async def _answered(self, request: web.Request, call: Call, token: str | None) -> web.StreamResponse:
        troubles = self.unkind.trouble(call.method, call.args)
        refusal = await self._meet(troubles)
        if refusal is not None:
            error = None if isinstance(refusal, Dropped) else refusal.text
            self.calls.append(Called(method=call.method, args=call.args, error=error or "dropped"))
            return self._drop(request) if isinstance(refusal, Dropped) else refusal
        answer = self._do(call, token)
        self.calls.append(Called(method=call.method, args=call.args, error=answer.get("error")))
        if any(one.how == "drop_after" for one in troubles):
            return self._drop(request)
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(self.app.scopes)})

    async def _meet(self, troubles: list[Trouble]) -> web.Response | Dropped | None:
        """What is answered, or done, instead of what was asked for."""
        await asyncio.sleep(sum(float(one.value) for one in troubles if one.how == "slow"))
        for one in troubles:
            match one.how:
                case "too_many":
                    headers = {"Retry-After": f"{float(one.value):g}"}
                    return web.json_response(
                        {"ok": False, "error": "ratelimited"}, status=429, headers=headers
                    )
                case "drop_before":
                    return Dropped()
                case "status":
                    return web.Response(status=int(one.value), text="<html>Something is amiss</html>")
                case "error":
                    return web.json_response({"ok": False, "error": one.value})
        return None

    def _drop(self, request: web.Request) -> web.StreamResponse:
        """Close the connection; what is returned reaches nobody."""
        assert request.transport
        request.transport.abort()
        return web.Response()

    def _do(self, call: Call, token: str | None) -> Json:
        try:
            self._check_method(call)
            self._check_token(call, token)
            if call.method == "apps.connections.open":
                return self._open_connection()
            return {"ok": True, **methods.METHODS[call.method](call)}
        except Refuse as refused:
            return refused.answer

    def _check_method(self, call: Call) -> None:
        if call.method in methods.LISTS_EVERYBODY:
            self.mistakes.append(f"{call.method} was called: whole workspaces are never listed")
            raise Refuse("not_allowed_here")
        if call.method not in methods.METHODS and call.method != "apps.connections.open":
            raise Refuse("unknown_method", req_method=call.method)

    def _check_token(self, call: Call, token: str | None) -> None:
        if call.method == "api.test" and token is None:
            return
        if not token:
            raise Refuse("not_authed")
        if token not in {self.app.bot_token, self.app.app_token}:
            raise Refuse("invalid_auth")
        by_app = call.method == "apps.connections.open"
        if by_app != (token == self.app.app_token):
            raise Refuse("not_allowed_token_type")
        if self.app.dead and not by_app:
            raise Refuse(self.app.dead)
        if call.method in scopes.METHOD_SCOPES:
            call.need_scope(scopes.METHOD_SCOPES[call.method])

    def _open_connection(self) -> Json:
        if not self.app.by_socket:
            raise Refuse("forbidden_team" if self.app.dead else "socket_mode_not_enabled")
        address = self.base.replace("http://", "ws://")
        return {"ok": True, "url": f"{address}/socket?ticket={self.sockets.ticket()}"}

    async def _response(self, request: web.Request) -> web.StreamResponse:
        """A response_url: what is sent there is shown where somebody acted."""
        said = await _arguments(request)
        troubles = self.unkind.trouble("response_url", said)
        refusal = await self._meet(troubles)
        if refusal is not None:
            self.calls.append(Called(method="response_url", args=said, error="unkind"))
            return self._drop(request) if isinstance(refusal, Dropped) else refusal
        error = self._respond(request.match_info["name"], said)
        self.calls.append(Called(method="response_url", args=said, error=error))
        if any(one.how == "drop_after" for one in troubles):
            return self._drop(request)
        if error:
            return web.json_response({"ok": False, "error": error}, status=404 if "_url" in error else 200)
        return web.Response(text="ok")

    def _respond(self, name: str, said: Json) -> str | None:
        try:
            self.answers.to_response_url(self.triggers.answer(name), said)
        except Spent as spent:
            return spent.error
        except Refuse as refused:
            return str(refused.answer["error"])
        return None

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.workspace.files.get(request.match_info["file"])
        content = await _uploaded(request)
        if file is None or len(content) != file["length"]:
            return web.Response(status=400, text="the length is another than announced")
        file["content"] = content
        return web.Response(text=f"OK - {len(content)}")


def _token(request: web.Request, args: Json) -> str | None:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") or args.get("token")


async def _arguments(request: web.Request) -> Json:
    """The arguments of a call, from the address, a form, or JSON."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            found = json.loads(body or "{}")
        except ValueError:
            found = {}
        return args | (found if isinstance(found, dict) else {})
    return args | {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


async def _uploaded(request: web.Request) -> bytes:
    if request.content_type.startswith("multipart/"):
        found = next(iter((await request.post()).values()))
        return found.encode() if isinstance(found, str) else found.file.read()
    return await request.read()
