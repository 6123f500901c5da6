"""The room as it is measured: a rehearsal with some open challenges."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bench import programme
from bot.pace import CLAIM_CODE
from bot.rehearsal import Rehearsal, room_desk
from bot.room import people
from bot.settings import Settings
from handlers.message import Account, Place, Said


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[Starlette]:
    """The room's own app, its bot delivering and ticking as usual."""
    rehearsal = Rehearsal(folder, room_desk(Settings()))
    ear = rehearsal.bot.ear
    ids = itertools.count()

    def said(by: Account, text: str) -> Said:
        place = Place(platform=by.platform, tenant=by.tenant, address=people.direct_with(by.id), direct=True)
        return Said(id=f"bench:{next(ids)}", at=rehearsal.now(), by=by, place=place, text=text)

    jo = Account(platform=programme.PLATFORM, tenant=programme.TENANT, id="jo", name="Jo Baker")
    people.add(rehearsal.chat, name=jo.name)
    await ear.hear(said(jo, f"claim {CLAIM_CODE}"))
    await rehearsal.rest()
    for number in range(1, programme.CHALLENGES + 1):
        await ear.hear(said(jo, f"new Northmere {number} {programme.FORMAT} 9-10 nov"))
        await ear.hear(said(jo, f"ready in northmere-{number}"))
        for seat in ("manager", "sponsor"):
            people.add(rehearsal.chat, name=f"{seat}{number}")
    await ear.work(lambda session: _join(session, rehearsal))
    await rehearsal.rest()
    async with rehearsal.running():
        yield rehearsal.app


def _join(session: Session, rehearsal: Rehearsal) -> None:
    numbers = range(1, programme.CHALLENGES + 1)
    programme.appoint(session, numbers)
    programme.let_in(session, numbers, rehearsal.now())
