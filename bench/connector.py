"""The smallest Microsoft that a bot can answer in: keys, a login, and a connector that takes everything."""

import itertools
import json
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEYS = "BENCH_KEYS"
"""The setting that holds the signing keys, as a JWKS."""

_LOGIN = "https://login.microsoftonline.com/bench"


def app(_: Path) -> Starlette:
    """The app. Nothing is kept."""
    numbers = itertools.count(1)
    keys = json.loads(os.environ[KEYS])
    login = {
        "issuer": f"{_LOGIN}/v2.0", "authorization_endpoint": f"{_LOGIN}/authorize",
        "token_endpoint": f"{_LOGIN}/token",
    }  # fmt: skip
    token = {"token_type": "Bearer", "access_token": "none", "expires_in": 3600}

    async def openid(request: Request) -> Response:
        return JSONResponse({"jwks_uri": f"{request.base_url}keys"})

    async def post(request: Request) -> Response:
        await request.body()
        return JSONResponse({"id": str(next(numbers))}, status_code=201)

    return Starlette(
        routes=[
            Route("/openid", openid),
            Route("/keys", lambda _: JSONResponse(keys)),
            Route("/bench/v2.0/.well-known/openid-configuration", lambda _: JSONResponse(login)),
            Route("/bench/token", lambda _: JSONResponse(token), methods=["POST"]),
            Route("/v3/conversations/{conversation}/activities", post, methods=["POST"]),
            Route("/v3/conversations/{conversation}/activities/{activity}", post, methods=["POST"]),
        ]
    )
