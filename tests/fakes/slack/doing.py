"""What people do in Slack: each act becomes the payload that Slack sends, and its answer is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.chat import Cannot
from tests.fakes.slack import channels, filling, payloads, posts, typed, views
from tests.fakes.slack.answers import TROUBLE, Answers
from tests.fakes.slack.app import App
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.delivering import Deliverer, Delivery
from tests.fakes.slack.shown import Control, Screen, Shown
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Event, Json, Workspace

COMMAND = "/challenge"


@dataclass(frozen=True, kw_only=True)
class Act:
    """What somebody did. `deliveries`: the tries to tell the app; `trouble`: what the person was told."""

    id: str
    deliveries: list[Delivery] = field(default_factory=list)
    trouble: str | None = None
    post: str | None = None


class Doing:
    """The hands of everybody in the workspace. Each act returns once the app has taken it, or could not."""

    workspace: Workspace
    app: App
    triggers: Triggers
    deliverer: Deliverer
    answers: Answers

    @property
    def base(self) -> str:
        """The peer's own address."""
        raise NotImplementedError

    async def say(self, user: User, channel: Channel, text: str, file: str = "") -> Act:
        """Post a message as typed: `@Name` becomes a mention. `file`: one beside it. Raises Cannot.

        A mention of the app in a channel reaches it twice: as `message` and as `app_mention`.
        """
        self._check_can_post(user, channel)
        sent = typed.sent(self.workspace, text)
        since = len(self.deliverer.deliveries)
        said = {"text": sent, "blocks": payloads.rich(sent) if sent else []}
        shared = [{"id": self.workspace.id("F"), "name": file, "mode": "hosted"}] if file else []
        of = {"files": shared, "subtype": "file_share"} if file else {}
        post = posts.put(self.workspace, channel, user.id, said, **of)
        if channel.kind != "im" and self.app.bot.id in typed.mentioned(sent):
            body = payloads.mention(self.workspace, post)
            self.workspace.tell(Event(subscription="app_mention", body=body, channel=channel.id))
        await self.deliverer.heard()
        return Act(id=post.ts, post=post.ts, deliveries=self.deliverer.deliveries[since:])

    async def slash(self, user: User, channel: Channel, text: str, command: str = COMMAND) -> Act:
        """Type a slash command anywhere, the app being there or not. Raises Cannot."""
        declared = self.app.command(command)
        if declared is None:
            raise Cannot(f"{command} is not a valid command")
        if user.guest and not self.workspace.switches.guests_command:
            raise Cannot("guests may not use commands here")
        self._check_can_post(user, channel)
        trigger = self.triggers.trigger(user.id)
        payload = payloads.command(self.workspace, user, channel, command) | {
            "text": typed.commanded(self.workspace, text, escaped=bool(declared.get("should_escape"))),
            "trigger_id": trigger, "response_url": self._response_url(user=user.id, channel=channel.id),
        }  # fmt: skip
        got = await self.deliverer.interact("slash_commands", payload)
        trouble = _trouble(got)
        if trouble:
            self.answers.failed(command, user.id, channel.id, trouble)
        else:
            self.answers.to_command(command, user.id, channel.id, got.body)
        return Act(id=trigger, deliveries=[got], trouble=trouble)

    async def press(self, user: User, where: Shown | Screen, what: str | Control, chosen: Any = None) -> Act:
        """Press a button, by its label or action_id, on a message, form or home. Raises Cannot.

        `chosen` is the option, date or person picked, where it is a menu or a picker.
        """
        if not self.app.interactive:
            raise Cannot("this app is not configured to handle interactive responses")
        control = _control(where, what)
        action = payloads.action(self.workspace, control.element, control.block_id, chosen)
        trigger = self.triggers.trigger(user.id)
        payload = payloads.actions(self.workspace, user, action) | {"trigger_id": trigger}
        if isinstance(where, Shown):
            payload |= self._on_message(user, where)
        else:
            payload |= payloads.on_view(self.workspace, where.view)
        got = await self.deliverer.interact("interactive", payload)
        return Act(id=trigger, deliveries=[got], trouble=_trouble(got))

    async def submit(self, user: User, values: Mapping[str, Any] | None = None) -> Act:
        """Fill in the form on top and send it in; what is not named keeps what it shows. Raises Cannot."""
        view = self._top(user)
        state = filling.state(self.workspace, view.body, values or {}, view.typed)
        trigger = self.triggers.trigger(user.id)
        payload = payloads.submission(self.workspace, user, view, state) | {"trigger_id": trigger}
        view.errors, view.typed = {}, state
        got = await self.deliverer.interact("interactive", payload)
        trouble = _trouble(got)
        if not trouble and not view.closed:
            trouble = self.answers.to_form(view, got.body)
        return Act(id=trigger, deliveries=[got], trouble=trouble)

    async def close(self, user: User, *, all_of_them: bool = False) -> Act | None:
        """Close the form on top, or the whole stack. The app hears of it only if it asked to."""
        closed = views.open_for(self.workspace, user.id)[0 if all_of_them else -1 :]
        for view in closed:
            view.closed = True
            self.workspace.changed()
        told = [
            payloads.closed(self.workspace, user, view, cleared=all_of_them)
            for view in closed
            if view.body.get("notify_on_close")
        ]
        got = [await self.deliverer.interact("interactive", payload) for payload in told]
        return Act(id=closed[-1].id, deliveries=got) if closed else None

    async def open_home(self, user: User, tab: str = "home") -> Act:
        """Open the app's home. Raises Cannot."""
        if not self.app.home.get(f"{tab}_tab_enabled"):
            raise Cannot(f"the app has no {tab} tab")
        since = len(self.deliverer.deliveries)
        body = payloads.home_opened(self.workspace, user, self.direct(user), tab)
        self.workspace.tell(Event(subscription="app_home_opened", body=body))
        await self.deliverer.heard()
        return Act(id=body["event_ts"], deliveries=self.deliverer.deliveries[since:])

    async def edit(self, user: User, message: Shown, text: str) -> None:
        """Edit one's own message."""
        post = self._post_of(user, message)
        sent = typed.sent(self.workspace, text)
        channel = self.workspace.channels[post.channel]
        posts.change(self.workspace, channel, post, {"text": sent, "blocks": payloads.rich(sent)})
        await self.deliverer.heard()

    def direct(self, user: User) -> Channel:
        """The direct conversation of somebody with the bot."""
        return channels.direct(self.workspace, self.app.bot.id, user.id)

    def _on_message(self, user: User, where: Shown) -> Json:
        channel: Channel = self.workspace.channels[where.channel]
        post = next(
            (one for one in self.workspace.posts if (one.channel, one.ts) == (where.channel, where.ts)
             and one.deleted is None and one.only_for in {None, user.id}), None
        )  # fmt: skip
        if post is None or (user.id not in channel.members and post.only_for != user.id):
            raise Cannot(f"{user.name} cannot see that message")
        url = self._response_url(
            user=user.id, channel=channel.id, source=post.ts, source_only_for=post.only_for
        )
        return payloads.on_message(self.workspace, channel, post) | {"response_url": url}

    def _response_url(self, **of: str | None) -> str:
        return f"{self.base}/response/{self.triggers.response_url(**of)}"

    def _top(self, user: User) -> views.View:
        found = views.open_for(self.workspace, user.id)
        if not found:
            raise Cannot(f"{user.name} has no form open")
        return found[-1]

    def _post_of(self, user: User, message: Shown) -> posts.Post:
        post = posts.at(self.workspace, message.channel, message.ts)
        if post is None or post.author != user.id:
            raise Cannot("that is not your own message")
        return post

    def _check_can_post(self, user: User, channel: Channel) -> None:
        known = self.workspace.users[user.id]
        if known.deleted:
            raise Cannot(f"{user.name} is deactivated")
        if user.id not in channel.members or channel.archived or channel.deleted:
            raise Cannot(f"{user.name} cannot write in {channel.name}")
        home = self.app.home
        to_app = channel.kind == "im" and self.app.bot.id in channel.members
        if to_app and (not home.get("messages_tab_enabled") or home.get("messages_tab_read_only_enabled")):
            raise Cannot("sending messages to this app has been turned off")


def _trouble(got: Delivery) -> str | None:
    if got.trouble is None:
        return None
    if got.trouble == "http_error" and (got.status or 500) < 500:
        return "http_client_error"
    return TROUBLE[got.trouble]


def _control(where: Shown | Screen, what: str | Control) -> Control:
    if isinstance(what, Control):
        return what
    for control in where.controls:
        if what in {control.label, control.action_id}:
            return control
    raise Cannot(f"there is no button “{what}”; there are {[one.label for one in where.controls]}")
