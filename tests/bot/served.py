"""The bot, served in a local chat: what tests do with it, whichever chat it is."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.house import House as Served
from bot.surface import Surface
from store.challenge import Challenge
from store.person import Person
from store.room import Room
from tests.fakes.house import BEGINS, House


@dataclass(kw_only=True)
class InChat:
    """A house in a local chat."""

    house: House
    peer: Any
    surface: Surface
    served: Served

    async def rest(self):
        """Wait until everything is answered."""
        await self.surface.rest(5)
        await self.served.bot.ear.work(lambda _session: None)

    async def deliver(self):
        """Wait until everything is answered, has followed, and is delivered as fast as the chat takes it."""
        await self.rest()
        self.house.settle()
        postman, wait = self.served.bot.postman, 0.0
        while wait is not None and wait <= self.surface.platform.pace:
            self.house.clock.wait(wait)
            while await postman.deliver():
                self.served.bot.ear.woken.clear()
            wait = await postman.wait()

    async def bound_at(self, tenant: str, address: str, kind: str) -> None:
        """Let a channel be a room of the challenge."""

        def unit(session):
            challenge = session.scalars(select(Challenge)).one()
            session.add(
                Room(
                    programme_id=1, challenge_id=challenge.id, kind=kind, title=kind, topic="", state="bound",
                    platform=self.surface.name, tenant=tenant, address=address, wanted_at=BEGINS,
                    bound_at=BEGINS,
                )
            )  # fmt: skip

        await self.served.bot.ear.work(unit)


def known(house: House, peer: Any, name: str) -> Any:
    """Somebody in a chat, whose e-mail address the programme knows."""
    email = f"{name.casefold()}@programme.example"

    def unit(session):
        session.scalars(select(Person).where(Person.name == name)).one().email = email

    house.change(unit)
    return peer.add_person(name, email=email)


HANGING_UP = ("receive", "send")
"""When it is noticed that nobody waits for a response any more."""


async def hung_up(app: Any, path: str, headers: Mapping[str, str], body: bytes, how: str) -> None:
    """Hand a request over, and take no answer to it."""
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": sent, "query_string": b""}
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if waiting:
            return waiting.pop()
        if how == "send":
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(_message):
        if how == "send":
            raise OSError

    await app(scope, receive, send)
