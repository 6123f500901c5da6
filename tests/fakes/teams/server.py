"""The web server of the local Teams: OpenID documents, the login endpoint and the connector."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import unkindly
from tests.fakes.teams import login, operations
from tests.fakes.teams.app import App
from tests.fakes.teams.call import Call, Called, Refuse
from tests.fakes.teams.keys import Keys
from tests.fakes.teams.tenancy import Json, Tenancy
from tests.fakes.teams.tokens import Denied, Tokens
from tests.fakes.teams.unkind import Unkind
from tests.fakes.unkind import Trouble

_CONVERSATION = "/teams/v3/conversations/{conversation}"
_ROUTES = (
    ("POST", "/teams/v3/conversations", "create"),
    ("POST", f"{_CONVERSATION}/activities", "send"),
    ("POST", f"{_CONVERSATION}/activities/{{activity}}", "reply"),
    ("PUT", f"{_CONVERSATION}/activities/{{activity}}", "update"),
    ("DELETE", f"{_CONVERSATION}/activities/{{activity}}", "delete"),
    ("GET", f"{_CONVERSATION}/members", "members"),
    ("GET", f"{_CONVERSATION}/pagedmembers", "pagedmembers"),
    ("GET", f"{_CONVERSATION}/members/{{user}}", "member"),
    ("GET", "/teams/v3/teams/{team}", "team"),
    ("GET", "/teams/v3/teams/{team}/conversations", "channels"),
)
_LONGEST_REQUEST = 262_144


@dataclass(kw_only=True)
class Server:
    """What the bot can reach on loopback, as unkind as it was told to be. `calls` are all so far."""

    tenancy: Tenancy
    app: App
    keys: Keys
    tokens: Tokens
    unkind: Unkind
    mistakes: list[str]
    calls: list[Called] = field(default_factory=list)
    base: str = ""
    _runner: web.AppRunner | None = None

    @property
    def service_url(self) -> str:
        """Where the connector is, as activities say."""
        return f"{self.base}/teams/"

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        site = web.Application(client_max_size=2**24)
        for verb, path, method in _ROUTES:
            site.router.add_route(verb, path, self._connector(method))
        for path in ("/v1/.well-known/openidconfiguration", "/v1/.well-known/keys"):
            site.router.add_get(path, self._keys)
        site.router.add_get("/common/discovery/instance", self._discovery)
        site.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._tenant)
        site.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        site.router.add_get("/metadata/identity/oauth2/token", self._token)
        site.router.add_route("*", "/{anything:.*}", self._unknown)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close every connection."""
        if self._runner:
            await self._runner.cleanup()

    def _connector(self, method: str) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await _body(request)
            path = dict(request.match_info)
            args = {**path, "conversation": path.get("conversation", ""), "body": body}
            troubles = self.unkind.trouble(method, args)

            async def do() -> web.StreamResponse:
                status, answer, error = self._do(method, request, body)
                self._note(method, path, body, status, error)
                return web.json_response(answer, status=status)

            def note(error: str) -> None:
                self._note(method, path, body, 0, error)

            return await unkindly.answered(request, troubles, do, _instead, note)

        return handle

    def _do(self, method: str, request: web.Request, body: Any) -> tuple[int, Any, str | None]:
        call = Call(
            tenancy=self.tenancy, app=self.app, service_url=self.service_url, mistakes=self.mistakes,
            path=dict(request.match_info), query=dict(request.query), body=body,
        )  # fmt: skip
        try:
            self._check_token(request)
            if request.content_length and request.content_length > _LONGEST_REQUEST:
                raise call.refuse_as_mistake(413, "MessageSizeTooBig", "Message size too large.")
            if request.method in {"POST", "PUT"} and not isinstance(body, dict):
                raise call.refuse_as_mistake(400, "BadSyntax", f"{method}: the body is no JSON object")
            status, answer = operations.OPERATIONS[method](call)
        except Refuse as refused:
            return refused.status, refused.answer, refused.code
        return status, answer, None

    def _check_token(self, request: web.Request) -> None:
        """An old token is refused; one that was never given out is a mistake of the bot besides."""
        try:
            good = self.tokens.check(request.headers.get("Authorization", ""))
        except Denied as denied:
            self.mistakes.append(f"{request.method} {request.path}: {denied.args[2]}")
            raise
        if not good:
            raise Denied(self.app.dead or "the token has expired")

    def _note(self, method: str, path: Json, body: Any, status: int, error: str | None) -> None:
        called = Called(
            method=method, conversation=path.get("conversation"), activity=path.get("activity"),
            body=body if isinstance(body, dict) else {}, status=status, error=error,
        )  # fmt: skip
        self.calls.append(called)

    async def _document(self, request: web.Request, method: str, make: Any) -> web.StreamResponse:
        """Something that is no call of the connector's, but can go wrong like one."""
        troubles = self.unkind.trouble(method, {})

        async def do() -> web.StreamResponse:
            response: web.StreamResponse = await make()
            self._note(method, {}, {}, response.status, None if response.status == 200 else "refused")
            return response

        def note(error: str) -> None:
            self._note(method, {}, {}, 0, error)

        return await unkindly.answered(request, troubles, do, _instead, note)

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        async def make() -> web.Response:
            if request.path.endswith("/keys"):
                return web.json_response(self.keys.document())
            return web.json_response(login.metadata(self.base))

        method = "keys" if request.path.endswith("/keys") else "openid"
        return await self._document(request, method, make)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        async def make() -> web.Response:
            if request.method == "GET":
                return await login.identity_token(request, self.tokens)
            return await login.token(request, self.tokens)

        return await self._document(request, "login", make)

    async def _tenant(self, request: web.Request) -> web.Response:
        return web.json_response(login.tenant_document(request.match_info["tenant"]))

    async def _discovery(self, request: web.Request) -> web.Response:
        return web.json_response(login.discovery(dict(request.query)))

    async def _unknown(self, request: web.Request) -> web.Response:
        self.mistakes.append(f"{request.method} {request.path}: Teams has no such address")
        return web.json_response({"message": "No HTTP resource was found."}, status=404)


def _instead(trouble: Trouble) -> web.Response | None:
    """What is answered instead of doing what was asked for."""
    match trouble.how:
        case "too_many":
            headers = {"Retry-After": f"{float(trouble.value):g}"}
            return _error(429, "Throttled", "Too many requests.", headers)
        case "token_refused":
            return web.json_response(Denied("").answer, status=401)
        case "refuse":
            return _error(int(trouble.value), trouble.detail, trouble.detail)
        case "status":
            return _out_of_order(int(trouble.value))
    return None


def _out_of_order(status: int) -> web.Response:
    if status not in _CODES:
        return web.Response(status=status, text="<html>Something is amiss</html>")
    return _error(status, _CODES[status], "Something is amiss, please try again.")


_CODES = {412: "PreconditionFailed", 500: "ServiceError", 502: "ServiceError"}


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    answer = {"error": {"code": code, "message": message}}
    return web.json_response(answer, status=status, headers=headers)


async def _body(request: web.Request) -> Any:
    """What was sent, as JSON; None where it is none."""
    try:
        return json.loads(await request.text() or "{}")
    except ValueError:
        return None
