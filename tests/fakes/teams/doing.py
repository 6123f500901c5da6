"""What people do in Teams: each act becomes the activity that Teams sends, and its answer is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.chat import Cannot
from tests.fakes.teams import activities, conversations, dialogs, filling, posts, typed
from tests.fakes.teams.answers import Answers
from tests.fakes.teams.conversations import Conversation
from tests.fakes.teams.delivering import Delivery
from tests.fakes.teams.dialogs import Dialog
from tests.fakes.teams.hands import Hands
from tests.fakes.teams.people import Person
from tests.fakes.teams.posts import Post
from tests.fakes.teams.shown import Control, Screen, Shown
from tests.fakes.teams.tenancy import Json


@dataclass(frozen=True, kw_only=True)
class Act:
    """What somebody did. `deliveries`: the tries to tell the bot; `trouble`: what the person was told."""

    id: str
    deliveries: list[Delivery] = field(default_factory=list)
    trouble: str | None = None
    post: str | None = None


class Doing(Hands):
    """The hands of everybody. Each act returns once the bot has taken it, or could not."""

    answers: Answers

    def direct(self, person: Person) -> Conversation:
        """The personal chat of somebody with the bot."""
        return conversations.personal(self.tenancy, person)

    async def say(
        self, person: Person, place: Conversation, text: str, *, thread: Shown | None = None, file: str = ""
    ) -> Act:
        """Post a message as typed: `@Name` becomes a mention. `file`: what kind of file goes with it.

        Raises Cannot.

        In a channel it begins a thread, or stands in the one of `thread`. There and in a group chat
        the bot hears it only when it is mentioned, and only where it is installed.
        """
        self._check_can_write(person, place)
        sent = typed.sent(self.tenancy, self.app, text)
        within = thread.thread if thread else None
        said = {"type": "message", "text": sent["text"], "entities": sent["mentions"]}
        post = posts.put(self.tenancy, place, person.id, said, thread=within)
        personal = place.kind == "personal"
        heard = typed.mentions_bot(self.app, sent["mentions"]) and conversations.has_bot(place)
        if not personal and not heard:
            return Act(id=post.id, post=post.id)
        told = activities.message(self._base(person, place, post.thread), post, sent)
        return await self._told(activities.with_file(told, file) if file else told, post)

    async def press(
        self,
        person: Person,
        where: Shown | Screen,
        what: str | Control,
        values: Mapping[str, Any] | None = None,
        *,
        old_client: bool = False,
    ) -> Act:
        """Press a button, by its label, on a message or dialog; `values` go into inputs beside it.

        An `old_client` knows no Action.Execute and presses its fallback. Raises Cannot.
        """
        control = _control(where, what)
        if control.kind in {"link", "other"}:
            raise Cannot(f"“{control.label}” is a link")
        given = filling.data(self.tenancy, control.card, values or {})
        if isinstance(where, Screen):
            return await self._submit(person, where.dialog, control.action["data"] | given)
        self._check_sees(person, where)
        if control.kind == "fetch":
            return await self._fetch(person, where.post, control.action["data"] | given)
        if control.kind == "execute" and not old_client:
            return await self._execute(person, where.post, control.action, given)
        action = control.action["fallback"] if control.kind == "execute" else control.action
        return await self._press_as_old_client(person, where.post, action["data"] | given)

    async def submit(self, person: Person, values: Mapping[str, Any] | None = None, what: str = "") -> Act:
        """Fill in the dialog and send it in, by its last button or the one called `what`. Raises Cannot.

        What is not named keeps what it shows; what is empty then is left out.
        """
        dialog = dialogs.before(self.tenancy, person.id)
        if dialog is None or "card" not in dialog.newest:
            raise Cannot(f"{person.name} has no form open")
        screen = self.form(person)
        assert screen is not None
        control = _control(screen, what) if what else screen.controls[-1]
        return await self.press(person, screen, control, values)

    def form(self, person: Person) -> Screen | None:
        """The dialog before somebody."""
        raise NotImplementedError

    async def close(self, person: Person) -> None:
        """Close the dialog. The bot does not hear of it."""
        dialog = dialogs.before(self.tenancy, person.id)
        if dialog:
            dialogs.close(self.tenancy, dialog)

    async def edit(self, person: Person, message: Shown, text: str) -> Act:
        """Edit one's own message: the bot hears of that even where it is not mentioned any more."""
        place = self._own(person, message)
        sent = typed.sent(self.tenancy, self.app, text)
        said = {"type": "message", "text": sent["text"], "entities": sent["mentions"]}
        posts.change(self.tenancy, message.post, said)
        return await self._told(
            activities.edited(self._base(person, place, message.thread), message.post, sent)
        )

    async def react(self, person: Person, message: Shown, reaction: str = "like") -> Act:
        """React to a message of the bot."""
        place = self.tenancy.conversations[message.place]
        base = self._base(person, place, message.thread)
        return await self._told(activities.reaction(base, message.post, reaction))

    async def invoke(self, person: Person, place: Conversation, name: str, value: Json) -> Act:
        """Send any other invoke, whose answer is shown nowhere."""
        return await self._told(activities.invoke(self._base(person, place), name, value, None))

    async def _execute(self, person: Person, post: Post, action: Json, given: Json) -> Act:
        value = activities.action(action, action["data"] | given)
        act = await self._told(self._on(person, post, "adaptiveCard/action", value))
        trouble = self.answers.to_press(person.id, post, act.deliveries[0])
        return Act(id=act.id, deliveries=act.deliveries, trouble=trouble)

    async def _fetch(self, person: Person, post: Post, data: Json) -> Act:
        dialog = Dialog(person=person.id, conversation=post.conversation, source=post.id)
        act = await self._told(self._on(person, post, "task/fetch", activities.task(data)))
        trouble = self.answers.to_dialog(dialog, act.deliveries[0])
        return Act(id=act.id, deliveries=act.deliveries, trouble=trouble)

    async def _submit(self, person: Person, dialog: Dialog, data: Json) -> Act:
        post = next(one for one in self.tenancy.posts if one.id == dialog.source)
        act = await self._told(self._on(person, post, "task/submit", activities.task(data)))
        trouble = self.answers.to_dialog(dialog, act.deliveries[0])
        return Act(id=act.id, deliveries=act.deliveries, trouble=trouble)

    async def _press_as_old_client(self, person: Person, post: Post, data: Json) -> Act:
        place = self.tenancy.conversations[post.conversation]
        base = self._base(person, place, post.thread)
        return await self._told(activities.pressed_by_old_client(base, self.tenancy.stamp(), post, data))

    def _on(self, person: Person, post: Post, name: str, value: Json) -> Json:
        place = self.tenancy.conversations[post.conversation]
        return activities.invoke(self._base(person, place, post.thread), name, value, post)

    async def _told(self, activity: Json, post: Post | None = None) -> Act:
        """Hand over an activity; the first of the deliveries is the answer that counts."""
        got = await self.deliverer.deliver(activity)
        return Act(id=activity["id"], deliveries=got, trouble=got[0].trouble, post=post.id if post else None)

    def _own(self, person: Person, message: Shown) -> Conversation:
        if message.post.author != person.id:
            raise Cannot("that is not your own message")
        found: Conversation = self.tenancy.conversations[message.place]
        return found

    def _check_can_write(self, person: Person, place: Conversation) -> None:
        if person.id not in place.members or place.gone or (place.team and place.team.archived):
            raise Cannot(f"{person.name} cannot write in {place.name}")
        shut = place.blocked or place.removed or not place.known
        if place.kind == "personal" and shut:
            raise Cannot(f"{person.name} has not installed the app")

    def _check_sees(self, person: Person, where: Shown) -> None:
        place = self.tenancy.conversations[where.place]
        if person.id not in place.members or place.gone or where.post.deleted is not None:
            raise Cannot(f"{person.name} cannot see that message")


def _control(where: Shown | Screen, what: str | Control) -> Control:
    if isinstance(what, Control):
        return what
    for control in where.controls:
        if control.label == what:
            return control
    raise Cannot(f"there is no button “{what}”; there are {where.labels}")
