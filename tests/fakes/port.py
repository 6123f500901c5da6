"""A chat that does what it is told, or fails as it is told, and remembers every call."""

import asyncio

from bot.platform import Gone
from tests.fakes.house import CHAT


class Dropped:
    """The call takes effect, and then the line drops."""

    def __init__(self, error):
        self.error = error


class FakePort:
    """`fails` holds, for each kind of call, what its next tries come to: an error, or Dropped(error)."""

    name = CHAT

    def __init__(self):
        self.calls = []
        self.standing = {}
        self.made = {}
        self.accounts = {}
        self.inside = set()
        self.members_of = {}
        self.pinned = []
        self.homes = {}
        self.fails = {}
        self.half = {}
        self.begun_at = []
        self.whispers = True
        self.pace = 0.0
        self.hangs = None
        self.posted = asyncio.Event()

    async def direct(self, account):
        return f"direct-{account}"

    async def look_up(self, email):
        return await self._do("look_up", email, lambda: self.accounts.get(email))

    async def post(self, place, card, key, only_for=None, begun=None):
        self.begun_at.append(begun)

        def act():
            address = f"{place}/{len(self.standing)}"
            self.standing[address] = (place, card.plain, only_for)
            self.made[key] = address
            self.posted.set()
            return address

        return await self._do("post", key, act)

    def begun(self, key):
        return self.half.get(key)

    async def edit(self, address, card, key):
        def act():
            if address not in self.standing:
                raise Gone("message_not_found")
            place, _, only_for = self.standing[address]
            self.standing[address] = (place, card.plain, only_for)
            return address

        return await self._do("edit", key, act)

    async def pin(self, address):
        await self._do("pin", address, lambda: self.pinned.append(address))

    async def make_room(self, title, topic, key):
        return await self._do("make_room", key, lambda: self.made.setdefault(key, f"room-{len(self.made)}"))

    async def invite(self, place, account):
        await self._do("invite", account, lambda: self.inside.add((place, account)))

    async def remove(self, place, account):
        await self._do("remove", account, lambda: self.inside.discard((place, account)))

    async def members(self, place):
        return await self._do("members", place, lambda: self.members_of.get(place, ()))

    async def home(self, account, card, key):
        await self._do("home", key, lambda: self.homes.update({account: card.plain}))

    async def find(self, key, place):
        return await self._do("find", key, lambda: self._posted(key, place))

    async def find_room(self, key, title):
        return await self._do("find_room", key, lambda: self.made.get(key))

    def texts(self, place=None):
        """What stands, in the order it was posted; in one place, where it is given."""
        return [text for where, text, _ in self.standing.values() if place in (None, where)]

    def _posted(self, key, place):
        address = self.made.get(key)
        return address if address and self.standing[address][0] == place else None

    async def _do(self, kind, key, act):
        self.calls.append((kind, key))
        if self.hangs == key:
            await asyncio.Event().wait()
        waiting = self.fails.get(kind, [])
        trouble = waiting.pop(0) if waiting else None
        if isinstance(trouble, Exception):
            raise trouble
        result = act()
        if isinstance(trouble, Dropped):
            raise trouble.error
        return result
