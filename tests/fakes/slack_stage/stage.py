"""Slack as a stage: people of a workspace act in the local peer, and the bot behind it answers.

A person in a talk is a user of the workspace, with their e-mail address. Those of a council are
guests, and guests may not use slash commands here: what a talk types as `/challenge …` they say to
the bot by name. The rooms that the bot made tell their kind and challenge in their purpose.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.letters import short
from bot.slack.manifest import COMMAND, NAME
from bot.talk.stage import Asked, NotPossible, Outcome, Seen, check_named, typed
from tests.fakes.slack import Act, Cannot, Channel, Control, Item, Peer, Screen, Shown, User
from tests.fakes.slack.posts import Version
from tests.fakes.staging import Behind, ToldOff

_COMMAND = re.compile(rf"\s*{COMMAND}(?!\w)[\s:,]*")
_NEXT = "Next"
_LONGEST_TITLE = 24
_TRIES = 4

Json = Mapping[str, Any]


class SlackStage:
    """A `bot.talk.stage.Stage`. `own` begins the names of the councils whose people are members."""

    def __init__(self, peer: Peer, pace: Behind, own: str = "Regional") -> None:
        self.peer = peer
        self._pace = pace
        self._own = own
        self.users: dict[str, User] = {}
        self._titles: dict[str, Channel] = {}
        peer.workspace.switches.guests_command = False

    @property
    def people(self) -> list[str]:
        return list(self.users)

    async def begin(self) -> None:
        """Nobody is there before they are named."""

    async def add(self, name: str, details: Mapping[str, str]) -> None:
        own = details.get("council", self._own).startswith(self._own)
        guest = "" if own else "multi"
        user = self.peer.add_person(name, email=details.get("email") or None, guest=guest)
        self.users[name.split(maxsplit=1)[0]] = user

    # What people do

    async def say(self, who: str, place: str, challenge: str, text: str) -> Outcome:
        user = self.users[who]
        if place == "direct":
            channel, heard = self.peer.direct(user), True
        else:
            channel, heard = self.room_of(who, place, challenge), False
        command = _COMMAND.match(text)
        text = self._naming(text[command.end() :] if command else text)
        if command and not user.guest:
            return await self._act(who, lambda: self.peer.slash(user, channel, text))
        if command:
            text = f"@{NAME} {text}"
        heard = heard or text.casefold().startswith(f"@{NAME}".casefold())
        return await self._act(who, lambda: self.peer.say(user, channel, text), heard=heard)

    async def press(self, who: str, label: str) -> Outcome:
        user = self.users[who]
        for shown in reversed(self.peer.messages(user)):
            for control in shown.controls:
                if control.label == label and shown.author is None:
                    return await self._act(who, self._pressing(user, shown, control))
        raise NotPossible(f"{who} can see no button “{label}”")

    async def fill(self, who: str, title: str, values: Mapping[str, str]) -> Outcome:
        """Page after page, as long as the form has another one."""
        user, left = self.users[who], dict(values)
        form: Screen | None = await self._open_form(who, title)
        while form.view.body["submit"]["text"] == _NEXT:
            sent = self._typed(left, form)
            outcome = await self._act(who, lambda sent=sent: self.peer.submit(user, sent))
            left = {name: value for name, value in left.items() if not _is_on(form, name)}
            form = self.peer.form(user)
            if form is None or form.errors:
                return outcome
        check_named(left, [_asked(field) for field in form.fields])
        return await self._act(who, lambda: self.peer.submit(user, self._typed(left, form)))

    async def open_room(self, who: str, title: str) -> None:
        user = self.users[who]
        channel = self.peer.add_channel(_as_name(title), user)
        self._titles[title] = channel
        await self.peer.invite_app(channel, by=user)

    async def enter(self, who: str, place: str, challenge: str) -> None:
        await self.peer.join(self.users[who], self._known(place, challenge))

    async def leave(self, who: str, place: str, challenge: str) -> None:
        await self.peer.leave(self.users[who], self.room_of(who, place, challenge))

    async def close_room(self, who: str, place: str, challenge: str) -> None:
        await self.peer.archive(self.users[who], self.room_of(who, place, challenge))

    async def reopen_room(self, who: str, place: str, challenge: str) -> None:
        await self.peer.unarchive(self.users[who], self.room_of(who, place, challenge))

    async def let_make_rooms(self, *, allowed: bool) -> None:
        self.peer.workspace.switches.bots_make_channels = allowed

    async def let_bring_in(self, *, allowed: bool) -> None:
        self.peer.workspace.switches.bots_invite = allowed

    async def let_pin(self, *, allowed: bool) -> None:
        self.peer.workspace.switches.bots_pin = allowed

    # What they see, and time

    async def appeared(self, who: str, since: int) -> list[Seen]:
        """Everything but the App Home."""
        return [
            Seen(sequence=one.sequence, place=one.place or "", author=one.author, plain=one.plain,
                 message=one.message)
            for one in self.peer.appeared(self.users[who], since) if one.kind != "home"
        ]  # fmt: skip

    async def rest(self) -> int:
        """What people do to rooms may be heard of while the bot rests, and have effects again."""
        while True:
            before = self.peer.sequence
            await self.peer.rest()
            await self._pace.rest()
            if self.peer.sequence == before:
                return before

    async def move_to(self, moment: datetime) -> None:
        await self._pace.move_to(moment)

    # How

    async def _act(self, who: str, do: Callable[[], Any], *, heard: bool = True) -> Outcome:
        """Do something, and count what answers it before anything else is delivered."""
        since = self.peer.sequence
        try:
            act: Act = await do()
        except Cannot as cannot:
            raise NotPossible(str(cannot)) from cannot
        if act.trouble:
            raise ToldOff(f"Slack told {who}: {act.trouble}")
        await self.peer.rest()
        await self._pace.answered()
        new = [one for one in self.peer.appeared(self.users[who], since) if one.author is None]
        return Outcome(heard=heard, answers=len(set(self._answers(new))))

    def _answers(self, new: list[Item]) -> Iterator[str]:
        """What tells one answer from another: the key of a message, of which a long one has several.

        When the line drops while a form is opened, its card is shown too: together they are one answer.
        """
        posts = {(post.channel, post.ts): post.newest for post in self.peer.workspace.posts}
        form_is_open = any(one.kind == "form" for one in new)
        for one in new:
            if one.kind == "form":
                yield str(one.sequence)
            elif one.kind == "message" and not (form_is_open and _opens_form(posts[one.place, one.message])):
                about = posts[one.place, one.message].metadata
                yield about["event_payload"]["key"].partition("/")[0] if about else str(one.message)

    def room_of(self, who: str, place: str, challenge: str) -> Channel:
        """A channel that this person is in."""
        for channel in self.peer.places(self.users[who]):
            if channel is self._titles.get(place) or _is_kept_as(channel, place, challenge):
                return channel
        raise NotPossible(f"{who} is in no {place} room")

    def _known(self, place: str, challenge: str) -> Channel:
        if place in self._titles:
            return self._titles[place]
        for channel in self.peer.workspace.channels.values():
            if _is_kept_as(channel, place, challenge):
                return channel
        raise NotPossible(f"there is no {place} room")

    async def _open_form(self, who: str, title: str) -> Screen:
        """The form of that title; where Slack could not open it, the button of its card is pressed."""
        user = self.users[who]
        for _ in range(_TRIES):
            for form in self.peer.forms(user)[-1:]:
                if form.title == short(title, _LONGEST_TITLE):
                    return form
            if not await self._press_towards(who, title):
                break
        raise NotPossible(f"{who} has no form “{title}” open")

    async def _press_towards(self, who: str, title: str) -> bool:
        user = self.users[who]
        for shown in reversed(self.peer.messages(user)):
            for control in shown.controls:
                if control.label == short(f"Open: {title}", 75):
                    await self._act(who, self._pressing(user, shown, control))
                    await self.rest()
                    return True
        return False

    def _pressing(self, user: User, shown: Shown, control: Control) -> Callable[[], Any]:
        return lambda: self.peer.press(user, shown, control)

    def _naming(self, text: str) -> str:
        """Slack offers people as somebody types, so `@Helen` is sent as a mention of Helen Marsh."""
        for first, user in self.users.items():
            rest = user.name[len(first) :]
            text = re.sub(rf"@{re.escape(first)}(?!{re.escape(rest)})(?![\w-])", f"@{user.name}", text)
        return text

    def _typed(self, values: Mapping[str, str], form: Screen) -> dict[str, Any]:
        """Values by the blocks into which a person brings them; somebody of the workspace is picked there."""
        found: dict[str, Any] = {}
        for field in form.fields:
            if not {field["name"], field["label"]} & set(values):
                continue
            value = typed(values, _asked(field))
            if field["type"] != "users_select":
                found.setdefault(field["block_id"], _brought_in(value, field))
            elif value in self.users:
                found[field["block_id"]] = self.users[value].id
        return found


def _brought_in(value: Any, field: Json) -> Any:
    """What Slack's own client would not send empty is sent blank."""
    blank = value == "" and field["required"] and field["type"] == "plain_text_input"
    return " " if blank else value


def _asked(field: Json) -> Asked:
    several = field["type"] in {"checkboxes", "multi_static_select"}
    kind = "choices" if several else "text"
    return Asked(name=field["name"], label=field["label"], kind=kind, value=field["value"])


def _opens_form(version: Version) -> bool:
    return '"text": "Open: ' in json.dumps(version.blocks)


def _is_on(form: Screen, name: str) -> bool:
    return any(name in {field["name"], field["label"]} for field in form.fields)


def _as_name(title: str) -> str:
    return re.sub(r"[\W_]+", "-", title.casefold()).strip("-")


def _is_kept_as(channel: Channel, kind: str, challenge: str) -> bool:
    """Whether a channel was made by the bot as this kind of room: its purpose ends with its key."""
    found = re.search(r"\(room:(\w+):([^:]*):\d+\)$", channel.purpose)
    return bool(found and found[1] == kind and found[2].startswith(challenge.casefold().split(" ")[0]))
