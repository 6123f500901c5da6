"""What happens around the app in a workspace: people and channels come, change and go."""

from tests.fakes.chat import Cannot
from tests.fakes.slack import channels, posts, users
from tests.fakes.slack.app import App
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.delivering import Deliverer
from tests.fakes.slack.users import SLACKBOT, User
from tests.fakes.slack.workspace import Event, Workspace


class Happening:
    """Each returns once the app has taken the events about it, or could not."""

    workspace: Workspace
    app: App
    deliverer: Deliverer

    async def join(self, user: User, channel: Channel, by: User | None = None) -> None:
        """Come into a channel, or be brought there. Raises Cannot."""
        if user.id in channel.members or channel.kind == "im":
            raise Cannot(f"{user.name} cannot come into {channel.name}")
        channels.join(self.workspace, channel, user, inviter=by.id if by else None)
        await self.deliverer.heard()

    async def leave(self, user: User, channel: Channel, why: str = "left") -> None:
        """Go out of a channel, or be removed (`why`: "removed")."""
        channels.leave(self.workspace, channel, user, why)
        await self.deliverer.heard()

    async def remove_app(self, channel: Channel) -> None:
        """Take the app out of a channel; Slackbot writes that to it in a direct message too."""
        channels.leave(self.workspace, channel, self.app.bot, "removed")
        direct = channels.direct(self.workspace, self.app.bot.id, SLACKBOT)
        text = f"You have been removed from #{channel.name} by <@{channel.creator}>"
        posts.put(self.workspace, direct, SLACKBOT, {"text": text})
        await self.deliverer.heard()

    async def rename(self, user: User, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channels.rename(self.workspace, channel, name, user.id)
        await self.deliverer.heard()

    async def archive(self, user: User, channel: Channel) -> None:
        """Archive a channel."""
        channels.archive(self.workspace, channel, user.id)
        await self.deliverer.heard()

    async def unarchive(self, user: User, channel: Channel) -> None:
        """Open an archived channel again."""
        channels.unarchive(self.workspace, channel, user.id)
        await self.deliverer.heard()

    async def delete(self, user: User, channel: Channel) -> None:
        """Delete a channel."""
        channels.delete(self.workspace, channel, user.id)
        await self.deliverer.heard()

    async def change(self, user: User, **facts: object) -> User:
        """Change somebody's name, email, guest or title."""
        changed = users.change(self.workspace, user, **facts)
        await self.deliverer.heard()
        return changed

    async def deactivate(self, user: User) -> User:
        """Deactivate somebody."""
        return await self.change(user, deleted=True)

    async def uninstall(self) -> None:
        """Remove the app from the workspace: it hears of it, and its token is dead."""
        self.app.dead = "account_inactive"
        stamp = self.workspace.ts()
        tokens = {"type": "tokens_revoked", "tokens": {"bot": [self.app.bot.id]}, "event_ts": stamp}
        self.workspace.tell(Event(subscription="tokens_revoked", body=tokens))
        gone = {"type": "app_uninstalled", "event_ts": stamp}
        self.workspace.tell(Event(subscription="app_uninstalled", body=gone))
        await self.deliverer.heard()
