"""Two processes are told of the same thing at the same moment, or one after the other: it is heard once."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text

from tests.fakes import database
from tests.fakes.slack import Act, Peer, User
from tests.storm.fleet import Fleet
from tests.storm.outbreak import broken_out
from tests.storm.storm import Plan, Storm

pytestmark = pytest.mark.skipif(
    database.ON_POSTGRESQL, reason="a storm chooses its own databases: it is run with the tests on SQLite"
)
NOTE = "Reasons are recorded in different ways, team {}"
TIMES = 6


class Everywhere(httpx.AsyncBaseTransport):
    """Hands each request to every process, at once or one after the other. `answered`: what each said."""

    def __init__(self, fleet: Fleet, *, at_once: bool) -> None:
        self._fleet, self._at_once = fleet, at_once
        self._ways = httpx.AsyncHTTPTransport(verify=False)
        self.answered: list[list[int]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        told = [self._told(request, body, one.port) for one in self._fleet.processes]
        found = await asyncio.gather(*told) if self._at_once else [await one for one in told]
        self.answered.append([one.status_code for one in found])
        return found[0]

    async def aclose(self) -> None:
        await self._ways.aclose()

    async def _told(self, request: httpx.Request, body: bytes, port: int) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
        copy = httpx.Request(request.method, url, headers=request.headers, content=body)
        response = await self._ways.handle_async_request(copy)
        await response.aread()
        return response


@asynccontextmanager
async def told_everywhere(tmp_path, on_postgresql, *, at_once):
    """A bot of two processes, both of which are told everything from now on."""
    async with broken_out(Plan(database=on_postgresql, processes=2, councils=1), tmp_path) as (storm, fleet):
        await storm.settle()
        await storm.peer.deliverer.client.aclose()
        everywhere = Everywhere(fleet, at_once=at_once)
        storm.peer.deliverer.client = httpx.AsyncClient(transport=everywhere, timeout=60)
        yield storm, everywhere


def answers(peer: Peer, user: User, acts: list[Act]) -> list[list[str]]:
    """What the bot answered to each act, in the direct conversation."""
    found = [one for one in peer.messages(user) if one.author is None and one.metadata]
    return [
        [one.plain for one in found if one.metadata["event_payload"]["key"].endswith(f":{act.id}")]
        for act in acts
    ]


def notes(storm: Storm) -> list[tuple[int, str]]:
    with storm.engine.connect() as connection:
        rows = connection.execute(text("select number, text from note order by number"))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("at_once", [True, False])
async def test_event_that_two_processes_hear_has_one_effect_and_one_answer(tmp_path, on_postgresql, at_once):
    async with told_everywhere(tmp_path, on_postgresql, at_once=at_once) as (storm, everywhere):
        amir = storm.people.users["Amir"]
        said = [f"note front door strength {NOTE.format(number)}" for number in range(TIMES)]
        acts = [await storm.peer.say(amir, storm.peer.direct(amir), one) for one in said]
        await storm.settle()
        told = answers(storm.peer, amir, acts)

        assert notes(storm) == [(one + 1, NOTE.format(one)) for one in range(TIMES)]
        assert [len(one) for one in told] == [1] * TIMES
        assert [one[0].partition(" kept")[0] for one in told] == [f"Note {one + 1}" for one in range(TIMES)]
        assert everywhere.answered[:TIMES] == [[200, 200]] * TIMES


async def test_event_told_again_to_a_process_that_did_not_hear_it_says_nothing_more(tmp_path, on_postgresql):
    async with told_everywhere(tmp_path, on_postgresql, at_once=False) as (storm, _):
        amir, peer = storm.people.users["Amir"], storm.peer
        peer.unkind.redeliver("events_api", copies=3)
        act = await peer.say(amir, peer.direct(amir), f"note front door strength {NOTE.format(0)}")
        await peer.rest()
        await storm.settle()

        assert notes(storm) == [(1, NOTE.format(0))]
        assert [len(one) for one in answers(peer, amir, [act])] == [1]
