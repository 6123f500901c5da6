"""The web server of the local Slack: Web API methods, response_urls, uploads and websockets."""

import json
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes import unkindly
from tests.fakes.slack import methods, scopes
from tests.fakes.slack.answers import Answers
from tests.fakes.slack.app import App
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.triggers import Spent, Triggers
from tests.fakes.slack.unkind import Unkind
from tests.fakes.slack.workspace import Json, Workspace
from tests.fakes.unkind import Trouble


@dataclass(frozen=True, kw_only=True)
class Called:
    """One call that the app made, and what came of it. `error` is None when it went well."""

    method: str
    args: Json
    error: str | None


@dataclass(kw_only=True)
class Server:
    """What the app can reach on loopback, as unkind as it was told to be. `calls` are all so far."""

    workspace: Workspace
    app: App
    triggers: Triggers
    unkind: Unkind
    sockets: Sockets
    answers: Answers
    mistakes: list[str]
    calls: list[Called] = field(default_factory=list)
    base: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
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

    async def stop(self) -> None:
        """Close every connection."""
        if self._runner:
            await self._runner.cleanup()

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        token = _token(request, args)

        async def do() -> web.StreamResponse:
            call = Call(
                method=method, args=args, workspace=self.workspace, app=self.app, triggers=self.triggers,
                base=self.base,
            )  # fmt: skip
            answer = self._do(call, token)
            self._note(method, args, answer.get("error"))
            return web.json_response(answer, headers={"x-oauth-scopes": ",".join(self.app.scopes)})

        return await self._unkindly(request, method, args, do)

    async def _unkindly(
        self, request: web.Request, method: str, args: Json, do: unkindly.Do
    ) -> web.StreamResponse:
        """Do what was asked for, unless, or only until, something goes wrong on purpose."""
        troubles = self.unkind.trouble(method, args)

        def note(what: str) -> None:
            self._note(method, args, what)

        return await unkindly.answered(request, troubles, do, _instead, note)

    def _note(self, method: str, args: Json, error: str | None) -> None:
        self.calls.append(Called(method=method, args=args, error=error))

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

        async def do() -> web.StreamResponse:
            error = self._respond(request.match_info["name"], said)
            self._note("response_url", said, error)
            if error and error.endswith("_url"):
                return web.json_response({"ok": False, "error": error}, status=404)
            return web.Response(text=error or "ok", status=400 if error else 200)

        return await self._unkindly(request, "response_url", said, do)

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


def _instead(trouble: Trouble) -> web.Response | None:
    """What is answered instead of doing what was asked for."""
    match trouble.how:
        case "too_many":
            headers = {"Retry-After": f"{float(trouble.value):g}"}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        case "status":
            return web.Response(status=int(trouble.value), text="<html>Something is amiss</html>")
        case "error":
            return web.json_response({"ok": False, "error": trouble.detail})
    return None


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
