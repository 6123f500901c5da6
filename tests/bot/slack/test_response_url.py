"""What is posted to a response_url goes there and nowhere else."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.slack.client import Refusal
from bot.slack.response_url import respond


async def test_address_that_leads_elsewhere_is_not_followed():
    came = []

    async def elsewhere(request):
        came.append(await request.json())
        return web.Response(text="ok")

    async def leading(_request):
        raise web.HTTPTemporaryRedirect("/elsewhere")

    application = web.Application()
    application.router.add_post("/response", leading)
    application.router.add_post("/elsewhere", elsewhere)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        with pytest.raises(Refusal):
            await respond(session, str(server.make_url("/response")), {"text": "private"})

    assert came == []
