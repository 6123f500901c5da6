"""A challenge on the eve of its first on-site day, with everybody in their role."""

import shutil
from contextlib import AsyncExitStack

import pytest

from tests.conftest import rehearsing, talk
from tests.fakes import database

PEOPLE = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Priya Nair", council="Regional programme", email="priya@programme.example"
person "Ruth Ellis", council="Regional programme", email="ruth@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
person "Sam Okoro", council="Exampleshire County Council", email="sam@exampleshire.example"
person "Tom Hale", council="Exampleshire County Council", email="tom@exampleshire.example"
person "Martin Lowe", council="Borough of Northmere", email="martin@northmere.example"
person "Dana Reed", council="Saltmarsh Council", email="dana@saltmarsh.example"
person "Amir Khan", council="Wexborough Council", email="amir@wexborough.example"
at 2026-11-09 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Priya as programme manager
"""
SPONSOR = "Jo: confirm @Helen as sponsor\n"
ORGANISER = "Jo: confirm @Sam as organiser\n"
TEAM = """
Jo: confirm @Ruth from Regional programme as peer challenge manager
Jo: confirm @Martin from Northmere as lead peer
Jo: confirm @Dana from Saltmarsh as peer
Jo: confirm @Amir from Wexborough as peer
Jo: kloe add Front door: are threshold decisions consistent?
"""
READY = "Jo: ready\n"
BEGUN = PEOPLE + SPONSOR + ORGANISER + TEAM + READY
TUESDAY = "at 2026-11-10 09:00\n"
NOTED = BEGUN + TUESDAY + "Dana: note front door strength Staff explain thresholds in the same way\n"
DRAFTED = NOTED + "at 2026-11-10 17:10\nRuth: summary\n"
RELEASED = DRAFTED + "Martin: summary agree\nRuth: summary agree\n"


class House:
    """A rehearsal that begins where a script begins: a beginning that was played before is copied."""

    def __init__(self, folder, beginnings):
        self.folder, self.beginnings, self.pair = folder, beginnings, None
        self.stack = AsyncExitStack()

    async def play(self, script):
        if self.pair is None:
            begun = next((one for one in (BEGUN, PEOPLE) if script.startswith(one)), "")
            url = await self._copied(begun) if begun else database.fresh(self.folder)
            script = script.removeprefix(begun)
            self.pair = await self.stack.enter_async_context(rehearsing(self.folder, url))
        return "\n".join(await talk(self.pair[1], script))

    async def _copied(self, begun):
        """The address of the bot's memory as it was then; the room's is in the folder."""
        folder = self.beginnings / str(len(begun))
        if not folder.exists():
            await self._begin(folder, begun)
        shutil.copy(folder / "room.sqlite3", self.folder)
        return database.copied((folder / "url").read_text(), self.folder)

    async def _begin(self, folder, begun):
        folder.mkdir()
        with database.lasting():
            url = database.fresh(folder)
        (folder / "url").write_text(url)
        async with rehearsing(folder, url) as (_, client):
            await talk(client, begun)


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory):
    return tmp_path_factory.mktemp("beginnings")


@pytest.fixture
async def visit(tmp_path, beginnings):
    house = House(tmp_path, beginnings)
    async with house.stack:
        yield house


async def played(visit, script):
    """Play a script; return its transcript as one text. Nobody has noted anything where it begins."""
    return await visit.play(script)


def stored(visit, look):
    """What `look` finds in the bot's store."""
    return visit.pair[0]._store.work(look)


async def presses_on(visit, name, label, words):
    """Somebody presses a button on a card with these words; what they read in answer."""
    client = visit.pair[1]
    people = (await client.get("/room/people")).json()["people"]
    who = next(person["id"] for person in people if person["name"].startswith(name))
    since = (await client.post("/room/rest", json={})).json()["seq"]
    messages = (await client.get("/room/view", params={"as": who})).json()["messages"]
    message = next(one for one in messages if words in one["plain"])
    button = next(one["id"] for one in message["buttons"] if one["label"] == label)
    await client.post("/room/press", json={"as": who, "message": message["id"], "button": button})
    await client.post("/room/rest", json={})
    found = (await client.get("/room/appeared", params={"as": who, "since": since})).json()["items"]
    return " ".join(item["plain"] for item in found)
