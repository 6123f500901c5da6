"""The room as a stage, over its own web interface: in this process or a running one."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from bot.talk.stage import Asked, NotPossible, Outcome, Seen, check_named, typed

_TRIES = 4


class RoomStage:
    """A `bot.talk.stage.Stage`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._ids: dict[str, str] = {}

    @property
    def people(self) -> list[str]:
        """Who is in the room, by first names."""
        return list(self._ids)

    async def begin(self) -> None:
        """Learn who is in the room already."""
        found = await self._get("/room/people")
        self._ids = {person["name"].split()[0]: person["id"] for person in found["people"]}

    async def add(self, name: str, details: Mapping[str, str]) -> None:
        """Somebody comes into the room."""
        person = {"name": name, "council": "", "email": "", **details}
        self._ids[name.split(maxsplit=1)[0]] = (await self._ask("/room/people", person))["id"]

    async def say(self, who: str, place: str, challenge: str, text: str) -> Outcome:
        """Type a text in a place."""
        where = "direct" if place == "direct" else await self._room(who, place, challenge)
        return await self._act("/room/say", who, {"place": where, "text": text})

    async def open_room(self, who: str, title: str) -> None:
        """Make a room; the bot is in every room."""
        await self._ask("/room/rooms", {"as": self._ids[who], "title": title})

    async def enter(self, who: str, place: str, challenge: str) -> None:
        """Come into a room that somebody is in."""
        await self._move("enter", who, await self._known_to_anybody(place, challenge))

    async def leave(self, who: str, place: str, challenge: str) -> None:
        """Go out of a room."""
        await self._move("leave", who, await self._room(who, place, challenge))

    async def close_room(self, who: str, place: str, challenge: str) -> None:
        """Close a room."""
        await self._move("close", who, await self._room(who, place, challenge))

    async def reopen_room(self, who: str, place: str, challenge: str) -> None:
        """Open a closed room again."""
        await self._move("open", who, await self._room(who, place, challenge))

    async def let_make_rooms(self, *, allowed: bool) -> None:
        """Let the room be unkind to a bot that makes rooms, or no more."""
        await self._ask("/room/unkind", {"no_rooms": not allowed})

    async def let_bring_in(self, *, allowed: bool) -> None:
        """Let the room be unkind to a bot that brings people in, or no more."""
        await self._ask("/room/unkind", {"no_invites": not allowed})

    async def let_pin(self, *, allowed: bool) -> None:
        """Let the room be unkind to a bot that pins, or no more."""
        await self._ask("/room/unkind", {"no_pins": not allowed})

    async def _move(self, does: str, who: str, place: str) -> None:
        await self._ask(f"/room/rooms/{does}", {"as": self._ids[who], "place": place})

    async def _known_to_anybody(self, place: str, challenge: str) -> str:
        for who in self._ids:
            with contextlib.suppress(NotPossible):
                return await self._room(who, place, challenge)
        raise NotPossible(f"nobody is in a room called {place}")

    async def press(self, who: str, label: str) -> Outcome:
        """Press the newest button of that label."""
        for message in reversed((await self._view(who))["messages"]):
            for button in message["buttons"]:
                if button["label"] == label:
                    return await self._press(who, message, button)
        raise NotPossible(f"{who} can see no button “{label}”")

    async def fill(self, who: str, title: str, values: Mapping[str, str]) -> Outcome:
        """Send the open form of that title in."""
        form = await self._open_form(who, title)
        fields = [Asked(**{key: field[key] for key in _ASKED}) for field in form["fields"]]
        check_named(values, fields)
        sent = {"form": form["id"], "fields": {field.name: typed(values, field) for field in fields}}
        return await self._act("/room/submit", who, sent)

    async def appeared(self, who: str, since: int) -> list[Seen]:
        """What became visible to a person after a sequence number."""
        found = await self._get("/room/appeared", self._ids[who], since=since)
        return [_seen(item) for item in found["items"]]

    async def rest(self) -> int:
        """Wait until the outbox and the ticks have come to rest."""
        return int((await self._post("/room/rest", {}))["seq"])

    async def move_to(self, moment: datetime) -> None:
        """Move the room's clock."""
        await self._ask("/room/clock", {"to": f"{moment:%Y-%m-%d %H:%M}"})

    async def _room(self, who: str, wanted: str, challenge: str) -> str:
        """The address of a room that this person is in, by its title, or by the kind in the bot's key."""
        slug = challenge.casefold().split(" ")[0]
        for place in (await self._view(who))["places"]:
            kind, of = (place["key"] or "::").split(":")[1:3]
            if place["title"] == wanted or (kind == wanted and of.startswith(slug)):
                return str(place["address"])
        raise NotPossible(f"{who} is in no {wanted} room")

    async def _open_form(self, who: str, title: str) -> dict[str, Any]:
        """The open form of that title; where the chat could not open it, its card's button is pressed."""
        for _ in range(_TRIES):
            view = await self._view(who)
            for form in reversed(view["forms"]):
                if form["title"] == title:
                    return dict(form)
            if not await self._press_towards(who, title, view):
                break
        raise NotPossible(f"{who} has no form “{title}” open")

    async def _press_towards(self, who: str, title: str, view: dict[str, Any]) -> bool:
        for message in reversed(view["messages"]):
            for button in message["buttons"]:
                if button["opens_form"] and title in message["plain"]:
                    await self._press(who, message, button)
                    await self.rest()
                    return True
        return False

    async def _press(self, who: str, message: dict[str, Any], button: dict[str, Any]) -> Outcome:
        return await self._act("/room/press", who, {"message": message["id"], "button": button["id"]})

    async def _act(self, path: str, who: str, found: dict[str, Any]) -> Outcome:
        return Outcome(**await self._ask(path, {"as": self._ids[who], **found}))

    async def _view(self, who: str) -> dict[str, Any]:
        return await self._get("/room/view", self._ids[who])

    async def _ask(self, path: str, found: dict[str, Any]) -> dict[str, Any]:
        """Ask for something that the room may refuse, as a person would. Raises NotPossible."""
        response = await self._client.post(path, json=found)
        if response.status_code >= 400:
            raise NotPossible(response.json().get("error", response.text))
        return dict(response.json())

    async def _post(self, path: str, found: dict[str, Any]) -> dict[str, Any]:
        return dict((await self._client.post(path, json=found)).raise_for_status().json())

    async def _get(self, path: str, who: str | None = None, **asked: Any) -> dict[str, Any]:
        params = {**({"as": who} if who else {}), **asked}
        return dict((await self._client.get(path, params=params)).raise_for_status().json())


_ASKED = ("name", "label", "kind", "value")


def _seen(item: dict[str, Any]) -> Seen:
    message = None if item["message"] is None else str(item["message"])
    return Seen(
        sequence=item["sequence"], place=item["place"], author=item["author"], plain=item["plain"],
        message=message,
    )  # fmt: skip
