"""A scripted Microsoft on loopback, for what the strict local Teams never does.

It lists odd keys, signs odd tokens, and its connector answers as it is told, however oddly.
"""

import asyncio
import json
import time
from dataclasses import dataclass, replace
from functools import cache

import jwt
import requests
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

from bot.settings import Settings
from bot.teams.cloud import PUBLIC
from bot.teams.transport import Reference

APP, TENANT = "b1f0a0d6-0000-4000-8000-000000000001", "7d2a0000-0000-4000-8000-00000000000e"
SECRET = "a secret of nobody"


@cache
def private_key(name):
    del name
    return generate_private_key(public_exponent=65537, key_size=2048)


def jwk(kid, **other):
    """A public key as Microsoft lists it; None leaves something out."""
    numbers = json.loads(RSAAlgorithm.to_jwk(private_key(kid).public_key()))
    listed = {"kty": "RSA", "use": "sig", "kid": kid, "n": numbers["n"], "e": numbers["e"]}
    listed |= {"endorsements": ["msteams"]} | other
    return {name: value for name, value in listed.items() if value is not None}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    body: object
    headers: dict


class Microsoft:
    """`calls` are those to the connector, `fetched` and `logins` what was asked besides.

    Put answers of the connector into `answers`: (status, body, headers), or "drop".
    """

    def __init__(self):
        self.keys = [jwk("one")]
        self.metadata_status = self.login_status = 200
        self.seconds = 3599
        self.login_takes = self.keys_take = 0.0
        self.calls, self.answers, self.fetched, self.logins = [], [], [], []

    async def __aenter__(self):
        app = web.Application(client_max_size=2**24)
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._login_document)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_get("/metadata/identity/oauth2/token", self._token)
        app.router.add_route("*", "/teams/{rest:.*}", self._connector)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    @property
    def cloud(self):
        return replace(PUBLIC, metadata=f"{self.base}/openid", services=(self.base,))

    @property
    def service_url(self):
        return f"{self.base}/teams/"

    @property
    def http(self):
        """Leads MSAL here, which insists on the names and the https of Microsoft's own addresses."""
        return Leading(self.base)

    def reference(self, conversation="19:abc@thread.tacv2"):
        return Reference(conversation=conversation, tenant=TENANT, service_url=self.service_url)

    def activity(self, **other):
        sent = {
            "type": "message", "id": "1700000000001", "text": "help", "channelId": "msteams",
            "serviceUrl": self.service_url, "conversation": {"id": "a:1", "tenantId": TENANT},
            "from": {"id": "29:1", "aadObjectId": "e1"}, "recipient": {"id": f"28:{APP}"},
            "channelData": {"tenant": {"id": TENANT}},
        } | other  # fmt: skip
        return {name: value for name, value in sent.items() if value is not None}

    def token(self, kid="one", *, header=None, **claims):
        now = int(time.time())
        said = {
            "iss": PUBLIC.issuer, "aud": APP, "serviceurl": self.service_url,
            "nbf": now - 60, "exp": now + 3600,
        } | claims  # fmt: skip
        kept = {name: value for name, value in said.items() if value is not None}
        headers = {"typ": "JWT", "kid": kid} | (header or {})
        return jwt.api_jws.encode(json.dumps(kept).encode(), private_key(kid), "RS256", headers=headers)

    def signed(self, kid="one", **claims):
        return {"Authorization": f"Bearer {self.token(kid, **claims)}"}

    async def _openid(self, _):
        self.fetched.append("openid")
        await asyncio.sleep(self.keys_take)
        return web.json_response({"jwks_uri": f"{self.base}/keys"}, status=self.metadata_status)

    async def _keys(self, _):
        self.fetched.append("keys")
        return web.json_response({"keys": self.keys})

    async def _login_document(self, request):
        login = f"{PUBLIC.login}/{request.match_info['tenant']}"
        token, authorize = f"{login}/oauth2/v2.0/token", f"{login}/oauth2/v2.0/authorize"
        document = {"issuer": f"{login}/v2.0", "authorization_endpoint": authorize, "token_endpoint": token}
        return web.json_response(document)

    async def _token(self, request):
        asked = dict(await request.post()) or dict(request.query)
        self.logins.append(asked)
        await asyncio.sleep(self.login_takes)
        if self.login_status != 200:
            refused = {"error": "invalid_client", "error_codes": [7000215], "error_description": "no"}
            return web.json_response(refused, status=self.login_status)
        token = f"token-{len(self.logins)}"
        answer = {"token_type": "Bearer", "access_token": token, "expires_in": self.seconds}
        return web.json_response(answer | {"resource": asked.get("resource", "")})

    async def _connector(self, request):
        text = await request.text()
        path = request.raw_path.removeprefix("/teams")
        self.calls.append(
            Asked(request.method, path, json.loads(text) if text else None, dict(request.headers))
        )
        answer = self.answers.pop(0) if self.answers else (201, {"id": "1700000000002"}, {})
        if answer == "drop":
            request.transport.abort()
            return web.Response()
        status, body, headers = answer
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers)
        return web.json_response(body, status=status, headers=headers)


class Leading(requests.Session):
    """Brings every address to one server, by its path alone."""

    def __init__(self, base):
        super().__init__()
        self.base, self.trust_env = base, False

    def request(self, method, url, *args, **kwargs):
        return super().request(method, f"{self.base}/{url.split('/', 3)[3]}", *args, **kwargs)


def settings(**other):
    own = {"microsoft_app_id": APP, "microsoft_app_password": SECRET, "microsoft_app_tenant_id": TENANT}
    return Settings(**own | other)
