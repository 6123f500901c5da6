"""A Slack without limits: it takes every message at once, and remembers none."""

import itertools
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TEAM = "T1"
TOKEN = "xoxb-none"  # noqa: S105 - it opens nothing


def app(_: Path) -> Starlette:
    """The app."""
    numbers = itertools.count(1)

    async def method(request: Request) -> JSONResponse:
        asked = request.path_params["method"]
        body = await request.body()
        if asked == "auth.test":
            return JSONResponse({"ok": True, "team_id": TEAM, "user_id": "U0", "bot_id": "B0"})
        if asked == "users.info":
            return JSONResponse({"ok": True, "user": _user(body.partition(b"=")[2].decode())})
        if asked == "conversations.open":
            return JSONResponse({"ok": True, "channel": {"id": f"D{next(numbers)}"}})
        number = next(numbers)
        return JSONResponse({"ok": True, "channel": "D1", "ts": f"{number}.000100", "message": {}})

    return Starlette(routes=[Route("/api/{method}", method, methods=["GET", "POST"])])


def _user(name: str) -> dict[str, object]:
    return {"id": name, "team_id": TEAM, "name": name, "deleted": False, "profile": {"real_name": name}}
