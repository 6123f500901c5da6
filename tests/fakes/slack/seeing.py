"""What people have in front of them in Slack, and what appeared to each since a number."""

import re
from typing import Any

from tests.fakes.chat import Item, seen_at
from tests.fakes.slack import blocks, filling, posts, views
from tests.fakes.slack.app import App
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.posts import Post
from tests.fakes.slack.shown import Control, Screen, Shown
from tests.fakes.slack.users import User
from tests.fakes.slack.views import View
from tests.fakes.slack.workspace import Json, Workspace


class Seeing:
    """Questions about what is visible to a person, none of which changes anything."""

    workspace: Workspace
    app: App

    @property
    def sequence(self) -> int:
        """The number of the newest change: what comes after it is new."""
        return self.workspace.sequence

    def messages(self, user: User, channel: Channel | None = None) -> list[Shown]:
        """The messages that somebody sees, in order: in a channel, or everywhere they are."""
        inside = {one.id for one in self.places(user)}
        return [
            self._shown(post) for post in self.workspace.posts
            if (post.channel == channel.id if channel else post.channel in inside)
            and _visible(post, user) and not post.subtype
        ]  # fmt: skip

    def plain(self, user: User, channel: Channel | None = None) -> list[str]:
        """The words of the bot's messages that somebody sees, in order."""
        return [shown.plain for shown in self.messages(user, channel) if shown.author is None]

    def places(self, user: User) -> list[Channel]:
        """The conversations that somebody is in."""
        return [one for one in self.workspace.channels.values() if user.id in one.members and not one.deleted]

    def form(self, user: User) -> Screen | None:
        """The view on top of the modal in front of somebody."""
        found = views.open_for(self.workspace, user.id)
        return _screen(found[-1]) if found else None

    def forms(self, user: User) -> list[Screen]:
        """The whole stack of views in front of somebody, the one on top last."""
        return [_screen(view) for view in views.open_for(self.workspace, user.id)]

    def home(self, user: User) -> Screen | None:
        """Somebody's App Home, if the app published one."""
        found = self.workspace.homes.get(user.id)
        return _screen(found) if found else None

    def appeared(self, user: User, since: int = 0) -> list[Item]:
        """Everything that became visible to somebody after a number, in order.

        They see each version posted while they are a member and, on joining, the newest version of
        all that was there before. What they see again after coming back is not new.
        """
        items = [*self._rooms(user), *self._messages(user), *self._views(user)]
        return sorted((item for item in items if item.sequence > since), key=lambda item: item.sequence)

    def _rooms(self, user: User) -> list[Item]:
        return [
            Item(sequence=stay.joined, kind="room", place=channel.id, author=None, title=channel.name,
                 plain=f"{channel.name}\n{channel.topic}\n{channel.purpose}")
            for channel in self.workspace.channels.values() if channel.kind != "im"
            for stay in [stay for stay in channel.stays if stay.user == user.id][:1]
        ]  # fmt: skip

    def _messages(self, user: User) -> list[Item]:
        found: list[Item] = []
        for post in self.workspace.posts:
            if post.subtype or post.only_for not in {None, user.id}:
                continue
            for version in post.versions:
                seen = self._seen_at(post, version.sequence, user)
                if seen is not None:
                    found.append(self._item(post, version, seen))
        return found

    def _item(self, post: Post, version: posts.Version, seen: int) -> Item:
        said = {"text": version.text, "blocks": version.blocks}
        return Item(
            sequence=seen, kind="message", place=post.channel, author=self._author(post),
            plain=self._named(blocks.words(said)), message=post.ts,
        )  # fmt: skip

    def _seen_at(self, post: Post, sequence: int, user: User) -> int | None:
        """When a version first came in sight of a user; None when it never did."""
        if post.only_for == user.id:
            return sequence
        changes = [one.sequence for one in post.versions]
        stays = self.workspace.channels[post.channel].stays
        return seen_at(stays, user.id, changes, sequence, post.deleted)

    def _views(self, user: User) -> list[Item]:
        modals = [("form", view) for view in self.workspace.views.values() if view.user == user.id]
        homes = [("home", view) for view in self.workspace.homes.values() if view.user == user.id]
        return [
            Item(sequence=sequence, kind=kind, place=None, author=None, plain=blocks.view_words(body),
                 title=body.get("title", {}).get("text", ""))
            for kind, view in [*modals, *homes] for sequence, body in view.shown
        ]  # fmt: skip

    def _named(self, words: str) -> str:
        """People by their names, as everybody reads them."""
        users = self.workspace.users
        return re.sub(r"@(U\w+)", lambda one: f"@{users[one[1]].name}" if one[1] in users else one[0], words)

    def _author(self, post: Post) -> str | None:
        return None if post.author == self.app.bot.id else post.author

    def _shown(self, post: Post) -> Shown:
        newest = post.newest
        words = blocks.words({"text": newest.text, "blocks": newest.blocks})
        return Shown(
            ts=post.ts, channel=post.channel, author=self._author(post), text=newest.text,
            plain=self._named(words), blocks=newest.blocks,
            metadata=newest.metadata, controls=_controls(newest.blocks), only_me=post.only_for is not None,
            edited=len(post.versions) > 1, pinned=post.pinned is not None, sequence=newest.sequence,
            files=post.files,
        )  # fmt: skip


def _visible(post: Post, user: User) -> bool:
    return post.deleted is None and post.only_for in {None, user.id}


def _controls(found: list[Json]) -> list[Control]:
    return [
        Control(
            action_id=element["action_id"], block_id=block_id, label=_label(element),
            value=element.get("value"), element=element,
        )
        for block_id, element in blocks.controls(found)
    ]  # fmt: skip


def _label(element: Json) -> str:
    text: Any = element.get("text") or element.get("placeholder") or {}
    return str(text.get("text", ""))


def _screen(view: View) -> Screen:
    body = view.body | {"errors": view.errors}
    return Screen(
        id=view.id, title=body.get("title", {}).get("text", ""), plain=blocks.view_words(body),
        fields=filling.fields(body, view.typed), controls=_controls(body["blocks"]), errors=dict(view.errors),
        view=view, sequence=view.shown[-1][0],
    )  # fmt: skip
