"""What happens around the bot: it is installed and taken away, people and channels come, change and go."""

from tests.fakes.chat import Cannot
from tests.fakes.teams import activities, conversations, people
from tests.fakes.teams.conversations import Conversation, Team
from tests.fakes.teams.hands import Hands
from tests.fakes.teams.people import Person
from tests.fakes.teams.tenancy import Json


class Happening(Hands):
    """Each returns once the bot has taken the events about it, or could not."""

    async def install(self, person: Person) -> Conversation:
        """Install the app for oneself, or have an administrator do that. Gives the personal chat."""
        chat = conversations.personal(self.tenancy, person)
        first = not chat.known
        chat.bot, chat.known, chat.removed, chat.blocked = True, True, False, False
        base = self._base(person, chat)
        if first:
            both = [self.app.account, people.account(person)]
            await self._tell(activities.members(base, added=True, accounts=both, kind=None))
        await self._tell(activities.installation(base, "add"))
        return chat

    async def uninstall(self, person: Person) -> None:
        """Take the app away from oneself."""
        chat = conversations.personal(self.tenancy, person)
        if not chat.bot:
            raise Cannot(f"{person.name} has not installed the app")
        chat.bot, chat.removed = False, True
        self.tenancy.changed()
        await self._tell(activities.installation(self._base(person, chat), "remove"))

    def block(self, person: Person, *, blocked: bool = True) -> None:
        """Block the bot, or let it write again. The bot is not told."""
        conversations.personal(self.tenancy, person).blocked = blocked

    async def install_in(self, place: Team | Conversation, by: Person) -> None:
        """Bring the bot into a team, a private channel or a group chat. Raises Cannot."""
        if place.bot or (isinstance(place, Conversation) and place.team and not place.private):
            raise Cannot(f"the app cannot be installed in {place.name} now")
        place.bot = True
        base = self._base(by, self._selected(place)) | self._settings(place)
        kind = None if isinstance(place, Conversation) and place.kind == "groupChat" else "teamMemberAdded"
        await self._tell(activities.members(base, added=True, accounts=[self.app.account], kind=kind))
        await self._tell(activities.installation(base, "add"))

    async def remove_from(self, place: Team | Conversation, by: Person) -> None:
        """Take the bot out of a team, private channel or group chat: it is told that last of all."""
        base = self._base(by, self._selected(place)) | self._settings(place)
        place.bot = False
        kind = None if isinstance(place, Conversation) and place.kind == "groupChat" else "teamMemberRemoved"
        await self._tell(activities.members(base, added=False, accounts=[self.app.account], kind=kind))
        await self._tell(activities.installation(base, "remove"))

    async def join(self, person: Person, place: Team | Conversation, by: Person | None = None) -> None:
        """Come into a team, private channel or group chat. Raises Cannot."""
        self._check_has_members(person, place)
        if person.id in place.members:
            raise Cannot(f"{person.name} is in {place.name} already")
        conversations.join(self.tenancy, place, person)
        await self._moved(person, place, by or person, added=True)

    async def leave(self, person: Person, place: Team | Conversation, by: Person | None = None) -> None:
        """Go out of a team, private channel or group chat, or be removed. Raises Cannot."""
        self._check_has_members(person, place)
        conversations.leave(self.tenancy, place, person)
        await self._moved(person, place, by or person, added=False)

    async def open_channel(
        self, person: Person, team: Team, name: str, *, private: bool = False
    ) -> Conversation:
        """Make a channel; of a private one the bot does not hear."""
        channel = conversations.make_channel(
            self.tenancy, team, name, private_for=person if private else None
        )
        if not private:
            await self._of_channel(person, channel, "channelCreated")
        return channel

    async def rename(self, person: Person, place: Team | Conversation, name: str) -> None:
        """Give a team, channel or group chat another name."""
        place.name = name
        self.tenancy.changed()
        if isinstance(place, Team):
            await self._of_team(person, place, "teamRenamed")
        elif place.team:
            await self._of_channel(person, place, "channelRenamed")
        elif place.bot:
            await self._tell(activities.renamed_chat(self._base(person, place), name))

    async def delete(self, person: Person, place: Team | Conversation) -> None:
        """Delete a team, or a channel other than the first. Raises Cannot."""
        await self._end(person, place, deleted=True)

    async def restore(self, person: Person, place: Team | Conversation) -> None:
        """Bring a deleted team or channel back."""
        await self._end(person, place, deleted=False)

    async def archive(self, person: Person, team: Team) -> None:
        """Close a team to new messages."""
        team.archived = True
        await self._of_team(person, team, "teamArchived")

    async def unarchive(self, person: Person, team: Team) -> None:
        """Open a team again."""
        team.archived = False
        await self._of_team(person, team, "teamUnarchived")

    async def change(self, person: Person, **facts: object) -> Person:
        """Change somebody's name, email, principal, role or tenant. Teams tells no bot."""
        return people.change(self.tenancy, person, **facts)

    async def _end(self, person: Person, place: Team | Conversation, *, deleted: bool) -> None:
        if isinstance(place, Conversation) and (place.team is None or place.id == place.team.id):
            raise Cannot(f"{place.name} cannot be deleted by itself")
        place.deleted = deleted
        self.tenancy.changed()
        if isinstance(place, Team):
            await self._of_team(person, place, "teamDeleted" if deleted else "teamRestored")
        else:
            await self._of_channel(person, place, "channelDeleted" if deleted else "channelRestored")

    async def _moved(self, person: Person, place: Team | Conversation, by: Person, *, added: bool) -> None:
        """A private channel tells of its own members; a group chat has no eventType."""
        if not (place.bot if isinstance(place, Team) else conversations.has_bot(place)):
            return
        base = self._base(by, self._selected(place))
        kind = (
            f"{'teamMember' if isinstance(place, Team) else 'channelMember'}{'Added' if added else 'Removed'}"
        )
        told = None if isinstance(place, Conversation) and place.kind == "groupChat" else kind
        if isinstance(place, Team):
            base = self._team_base(by, place)
        account = people.account(person)
        await self._tell(activities.members(base, added=added, accounts=[account], kind=told))

    async def _of_team(self, person: Person, team: Team, kind: str) -> None:
        self.tenancy.changed()
        if team.bot:
            await self._tell(activities.named(self._team_base(person, team), kind, {}))

    async def _of_channel(self, person: Person, channel: Conversation, kind: str) -> None:
        """Told in the team's own conversation."""
        team = channel.team
        if team and (channel.bot if channel.private else team.bot):
            about = {"channel": {"id": channel.id, "name": channel.name}}
            await self._tell(activities.named(self._team_base(person, team), kind, about))

    def _selected(self, place: Team | Conversation) -> Conversation:
        found: Conversation = self.tenancy.conversations[place.id]
        return found

    def _settings(self, place: Team | Conversation) -> Json:
        selected = self._selected(place)
        base = self._base_data(selected)
        if selected.team is None:
            return {"channelData": base}
        about = {"id": selected.team.id, "name": selected.team.name, "aadGroupId": selected.team.group}
        chosen = {"selectedChannel": {"id": selected.id}}
        return {"channelData": base | {"team": about, "settings": chosen}}

    def _base_data(self, place: Conversation) -> Json:
        found: Json = {"tenant": {"id": place.tenant}}
        return found | ({"channel": {"id": place.id}} if place.team else {})

    def _team_base(self, person: Person, team: Team) -> Json:
        known = self.tenancy.people[person.id]
        return activities.team_base(self.tenancy, self.app, self.service_url, known, team)

    async def _tell(self, activity: Json) -> None:
        """Before a bot is served at all, nobody is told."""
        if self.deliverer.client:
            await self.deliverer.deliver(activity)

    def _check_has_members(self, person: Person, place: Team | Conversation) -> None:
        standard = isinstance(place, Conversation) and place.kind == "channel" and not place.private
        personal = isinstance(place, Conversation) and place.kind == "personal"
        if standard or personal:
            raise Cannot(f"{person.name} comes into the team of {place.name}, not into that itself")
