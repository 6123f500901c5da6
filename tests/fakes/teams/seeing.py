"""What people have in front of them in Teams, and what appeared to each since a number."""

from tests.fakes.chat import Item, seen_at
from tests.fakes.teams import cards, dialogs, filling, typed
from tests.fakes.teams.app import App
from tests.fakes.teams.conversations import Conversation
from tests.fakes.teams.dialogs import Dialog
from tests.fakes.teams.people import Person
from tests.fakes.teams.posts import Post, Version
from tests.fakes.teams.shown import Control, Screen, Shown
from tests.fakes.teams.tenancy import Json, Tenancy

_KINDS = {"Action.Execute": "execute", "Action.Submit": "submit", "Action.OpenUrl": "link"}


class Seeing:
    """Questions about what is visible to a person, none of which changes anything."""

    tenancy: Tenancy
    app: App

    @property
    def sequence(self) -> int:
        """The number of the newest change: what comes after it is new."""
        return self.tenancy.sequence

    def messages(self, person: Person, place: Conversation | None = None) -> list[Shown]:
        """The messages that somebody sees, in order: in a conversation, or everywhere they are."""
        inside = {one.id for one in self.places(person)}
        return [
            self._shown(post, person)
            for post in self.tenancy.posts
            if (post.conversation == place.id if place else post.conversation in inside)
            and post.deleted is None
        ]

    def plain(self, person: Person, place: Conversation | None = None) -> list[str]:
        """The words of the bot's messages that somebody sees, in order."""
        return [shown.plain for shown in self.messages(person, place) if shown.author is None]

    def places(self, person: Person) -> list[Conversation]:
        """The conversations that somebody is in."""
        every = self.tenancy.conversations.values()
        return [one for one in every if person.id in one.members and not one.gone]

    def form(self, person: Person) -> Screen | None:
        """The dialog before somebody."""
        found = dialogs.before(self.tenancy, person.id)
        return _screen(found) if found else None

    def toasts(self, person: Person) -> list[str]:
        """The short texts that somebody saw, in order."""
        return [one.text for one in self.tenancy.toasts if one.person == person.id]

    def appeared(self, person: Person, since: int = 0) -> list[Item]:
        """Everything that became visible to somebody after a number, in order.

        They see each version posted while they are in a conversation and, on coming in, the newest
        version of all that was there before. What they see again after coming back is not new.
        """
        rooms, messages = self._rooms(person), self._messages(person, since)
        items = [*rooms, *messages, *self._dialogs(person), *self._toasts(person)]
        return sorted((item for item in items if item.sequence > since), key=lambda item: item.sequence)

    def _rooms(self, person: Person) -> list[Item]:
        return [
            Item(sequence=max(stay.joined, one.made), kind="room", place=one.id, author=None, title=one.name,
                 plain=_title(one))
            for one in self.tenancy.conversations.values() if one.kind != "personal"
            for stay in [stay for stay in one.stays if stay.user == person.id][:1]
        ]  # fmt: skip

    def _messages(self, person: Person, since: int) -> list[Item]:
        found: list[Item] = []
        for post in self.tenancy.posts:
            versions = post.seen_by(person.id)
            changes = [one.sequence for one in versions]
            stays = self.tenancy.conversations[post.conversation].stays
            for version in versions:
                seen = seen_at(stays, person.id, changes, version.sequence, post.deleted)
                if seen is not None and seen > since:
                    found.append(self._item(post, version, seen))
        return found

    def _item(self, post: Post, version: Version, seen: int) -> Item:
        return Item(
            sequence=seen, kind="message", place=post.conversation, author=self._author(post),
            plain=_words(version.activity), message=post.id,
        )  # fmt: skip

    def _dialogs(self, person: Person) -> list[Item]:
        return [
            Item(sequence=number, kind="form", place=None, author=None, plain=_dialog_words(value),
                 title=value.get("title", ""))
            for dialog in self.tenancy.dialogs if dialog.person == person.id
            for number, value in dialog.shown
        ]  # fmt: skip

    def _toasts(self, person: Person) -> list[Item]:
        return [
            Item(sequence=one.sequence, kind="toast", place=None, author=None, plain=one.text)
            for one in self.tenancy.toasts
            if one.person == person.id
        ]

    def _author(self, post: Post) -> str | None:
        return self.tenancy.people[post.author].name if post.author else None

    def _shown(self, post: Post, person: Person) -> Shown:
        versions = post.seen_by(person.id)
        activity = versions[-1].activity
        found = _cards(activity)
        mentions = [one["mentioned"]["name"] for one in activity.get("entities") or () if "mentioned" in one]
        return Shown(
            id=post.id, place=post.conversation, thread=post.thread, author=self._author(post),
            plain=_words(activity), cards=found,
            controls=[control for card in found for control in _controls(card)], mentions=mentions,
            formatted=_formatted(activity), edited=len(versions) > 1, sequence=versions[-1].sequence,
            post=post,
        )  # fmt: skip


def _title(room: Conversation) -> str:
    """What is read over a conversation: a channel's name stands under its team's."""
    return f"{room.team.name}\n{room.name}" if room.team else room.name


def _words(activity: Json) -> str:
    parts = [typed.shown(activity.get("text") or ""), *map(cards.words, _cards(activity))]
    return "\n\n".join(part for part in parts if part)


def _formatted(activity: Json) -> list[str]:
    """A text is Markdown unless the bot says otherwise."""
    text = [activity["text"]] if activity.get("text") and activity.get("textFormat") != "plain" else []
    return [*text, *(found for card in _cards(activity) for found in cards.formatted(card))]


def _cards(activity: Json) -> list[Json]:
    found = activity.get("attachments") or ()
    return [one["content"] for one in found if one["contentType"] == cards.TYPE]


def _controls(card: Json) -> list[Control]:
    return [
        Control(label=action.get("title", ""), kind=_kind(action), action=action, card=card)
        for action in cards.actions(card)
    ]


def _kind(action: Json) -> str:
    told = action.get("data")
    fetches = isinstance(told, dict) and told.get("msteams", {}).get("type") == "task/fetch"
    return "fetch" if fetches else _KINDS.get(action["type"], "other")


def _screen(dialog: Dialog) -> Screen:
    value = dialog.newest
    card = value["card"]["content"] if "card" in value else None
    return Screen(
        title=value.get("title", ""), plain=_dialog_words(value), card=card,
        fields=filling.fields(card) if card else [], formatted=cards.formatted(card) if card else [],
        controls=_controls(card) if card else [], dialog=dialog,
        sequence=dialog.shown[-1][0],
    )  # fmt: skip


def _dialog_words(value: Json) -> str:
    said = cards.words(value["card"]["content"]) if "card" in value else value["text"]
    return "\n".join(part for part in (value.get("title", ""), said) if part)
