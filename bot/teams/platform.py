"""Teams as a chat platform: bot.platform.Platform over the transport."""

from bot.hear import Ear
from bot.platform import CannotLook, Gone, RoomGone
from bot.teams.calls import Calls
from bot.teams.conversations import PLATFORM
from bot.teams.people import People
from bot.teams.personal import Personal
from bot.teams.posts import Posts
from bot.teams.references import References
from bot.teams.transport import TeamsTransport
from handlers.message import Account, Card


class TeamsPlatform:
    """The app registered in `tenant`. Where it can speak it knows from what it heard.

    Of the people of `believed` further tenants their e-mail addresses are believed.
    """

    name = PLATFORM
    pace = 2.0
    """In a thread 60 messages in half a minute, and 1,800 in an hour:
    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""

    whispers = False
    """Nothing in a room can be shown to one person alone."""

    def __init__(
        self, transport: TeamsTransport, tenant: str, believed: frozenset[str] = frozenset()
    ) -> None:
        self.tenant = tenant
        self.calls = Calls(transport)
        self.references = References()
        self.people = People(self.calls, self.references, believed | {tenant})
        self.personal = Personal(self.calls, self.references, self.people)
        self.posts = Posts(self.calls, self.references)

    async def begin(self, ear: Ear) -> None:
        """Take up where an earlier process could speak, and keep that in the store from now on."""
        self.personal.begin(ear)
        await self.references.begin(ear)

    async def direct(self, account: str) -> str:
        """The personal chat with an account, begun where there was none. Raises Gone where Teams says no."""
        return await self.personal.chat(account)

    async def look_up(self, email: str) -> Account | None:
        """The account with this address, among the people in the teams and chats that the bot is in.

        Somebody who cannot be written to is not found: what is owed to them is passed on by hand.
        """
        found = await self.people.with_email(email)
        return found if found and not await self.personal.is_out_of_reach(found.id) else None

    async def post(
        self, place: str, card: Card, key: str, only_for: str | None = None, begun: str | None = None
    ) -> str:
        """Post a card, in a channel as a new thread, and return its address. Raises Gone for a whisper."""
        if only_for is not None:
            raise Gone("What only one person sees is never posted in Teams.")
        try:
            return await self.posts.post(place, card, key, begun)
        except Gone as gone:
            await self._lost(place, gone)
            raise

    def begun(self, key: str) -> str | None:
        """Where what stands is of a card that could be posted in part only: nobody can look for it."""
        return self.posts.begun(key)

    async def answer(self, conversation: str, card: Card, key: str) -> str:
        """Post a card to somebody who just did something here, in a thread too; its address."""
        try:
            return await self.posts.answer(conversation, card, key)
        except Gone as gone:
            await self._lost(conversation, gone)
            raise

    async def edit(self, address: str, card: Card, key: str) -> str:
        """Put another card in the place of a posted one, and return where it stands now."""
        return await self.posts.edit(address, card, key)

    async def members(self, place: str) -> tuple[Account, ...]:
        """The accounts of the people in a channel or chat, bots left out. Raises RoomGone.

        Who is in an archived team is still told, so that alone says nothing.
        """
        await self.references.catch_up()
        of = await self.references.place(place)
        found = await self.people.in_room(of)
        if of.gone:
            raise RoomGone("archived")
        return tuple(one.account for one in found)

    async def pin(self, address: str) -> None:
        """Raise Gone: a person pins in Teams."""
        raise Gone("In Teams only a person can pin a message.")

    async def make_room(self, title: str, topic: str, key: str) -> str:
        """Raise Gone: a person makes channels in Teams."""
        raise Gone("In Teams only a person can make a channel.")

    async def invite(self, place: str, account: str) -> None:
        """Raise Gone: a person brings others in."""
        raise Gone("In Teams only a person can bring somebody into a channel or chat.")

    async def remove(self, place: str, account: str) -> None:
        """Raise Gone: a person takes others out."""
        raise Gone("In Teams only a person can take somebody out of a channel or chat.")

    async def home(self, account: str, card: Card, key: str) -> None:
        """Raise Gone: nobody has a page of their own in Teams."""
        raise Gone("Teams has no page of somebody's own.")

    async def find(self, key: str, place: str) -> str | None:
        """Raise CannotLook: a bot cannot read what was posted, not even its own."""
        raise CannotLook("Teams does not show the bot what it posted.")

    async def find_room(self, key: str, title: str) -> str | None:
        """Raise CannotLook."""
        raise CannotLook("Teams does not show the bot which channels there are.")

    async def _lost(self, place: str, gone: Gone) -> None:
        """The bot cannot speak there any more: an archived room, or somebody who cannot be reached."""
        known = self.references.at(place)
        if known and known.direct and known.account:
            await self.personal.out_of_reach(known.account)
        elif gone.reason == "archived":
            await self.references.lost(place)
