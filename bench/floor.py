"""The floor: what Bolt, Starlette and one SQLAlchemy transaction cost when nothing else is done."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import Column, Integer, MetaData, String, Table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.signing import SECRET
from store.session import Store

_LINES = Table("line", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))


def app(folder: Path) -> Starlette:
    """`/floor` answers the slash commands `/write` (one insert and commit) and `/read` (none).

    Several processes write to one database where DATABASE_URL names it.
    """
    engine = Store(os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'floor.sqlite3'}").engine
    _LINES.metadata.create_all(engine)
    thread = ThreadPoolExecutor(1)
    bolt = AsyncApp(signing_secret=SECRET, authorize=_authorized, process_before_response=True)

    def insert(text: str) -> None:
        with engine.begin() as connection:
            connection.execute(_LINES.insert().values(text=text))

    @bolt.command("/write")
    async def write(ack: Any, command: dict[str, Any]) -> None:
        await asyncio.get_running_loop().run_in_executor(thread, insert, command["text"])
        await ack(_ANSWER)

    @bolt.command("/read")
    async def read(ack: Any) -> None:
        await ack(_ANSWER)

    handler = AsyncSlackRequestHandler(bolt)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/floor", endpoint, methods=["POST"])])


_ANSWER = {"text": "Done.", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Done."}}]}


async def _authorized(**_: Any) -> AuthorizeResult:
    token = "xoxb-none"  # noqa: S105 - it opens nothing
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=token, bot_id="B1", bot_user_id="U0")
