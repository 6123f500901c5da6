"""Answering a request of a bot as unkindly as a chat was told to."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.fakes.unkind import Trouble

Do = Callable[[], Awaitable[web.StreamResponse]]
Instead = Callable[[Trouble], web.Response | None]


async def answered(
    request: web.Request, troubles: list[Trouble], do: Do, instead: Instead, note: Callable[[str], None]
) -> web.StreamResponse:
    """Do what was asked for, unless, or only until, something goes wrong on purpose.

    `instead` makes a chat's own response for one trouble; `note` is told what happened to the call
    when it was not done.
    """
    await asyncio.sleep(sum(one.value for one in troubles if one.how == "slow"))
    if any(one.how == "drop_before" for one in troubles):
        note("dropped")
        return dropped(request)
    for one in troubles:
        response = instead(one)
        if response is not None:
            note(one.detail or one.how)
            return response
    response = await do()
    await asyncio.sleep(sum(one.value for one in troubles if one.how == "late"))
    return dropped(request) if any(one.how == "drop_after" for one in troubles) else response


def dropped(request: web.Request) -> web.StreamResponse:
    """Close the connection; what is returned reaches nobody."""
    if request.transport:
        request.transport.abort()
    return web.Response()
