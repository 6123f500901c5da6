"""Playing a talk over the room's own web interface, in this process or against a running one."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from bot.talk.script import Step, TalkWrong

_TRIES = 4


async def play(steps: Sequence[Step], client: httpx.AsyncClient) -> AsyncIterator[str]:
    """Play the steps in order, yielding the transcript. Raises TalkWrong where one does not hold."""
    player = Player(client)
    await player.begin()
    for step in steps:
        async for line in player.take(step):
            yield line


class Player:
    """Who is in the talk, and what each of them has seen so far."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._people: dict[str, str] = {}
        self._began = 0
        self.since = 0

    async def begin(self) -> None:
        """Learn who is in the room already, and from where on things count as seen."""
        found = await self._get("/room/people")
        self._people = {person["name"].split()[0]: person["id"] for person in found["people"]}
        self._began = self.since = (await self._post("/room/rest", {}))["seq"]

    async def rest(self) -> None:
        """Wait until the outbox and the ticks have come to rest."""
        await self._post("/room/rest", {})

    async def take(self, step: Step) -> AsyncIterator[str]:
        """Take one step, yielding what became visible through it."""
        if step.does in {"sees", "never sees"}:
            await self._check(step)
            return
        yield _told(step)
        await self.act(step)
        async for line in self._new():
            yield line

    async def act(self, step: Step) -> None:
        """Do what a step says, and wait until everything that follows from it has happened."""
        self.since = (await self._post("/room/rest", {}))["seq"]
        await self._act(step)
        await self.rest()
        await self._check_said_once(step)

    async def _act(self, step: Step) -> None:
        match step.does:
            case "person":
                await self._add_person(step)
            case "at":
                await self._ask(step, "/room/clock", {"to": f"{step.moment:%Y-%m-%d %H:%M}"})
            case "says":
                await self._say(step)
            case "presses":
                await self._press(step)
            case "fills":
                await self._fill(step)

    async def _add_person(self, step: Step) -> None:
        person = {"name": step.text, "council": "", "email": "", **step.values}
        first = step.text.split()[0]
        if first not in self._people:
            self._people[first] = (await self._ask(step, "/room/people", person))["id"]

    async def _say(self, step: Step) -> None:
        who = self._who(step)
        place = "direct" if step.place == "direct" else await self._room(step, who)
        said = {"as": who, "place": place, "text": step.text}
        await self._answered(step, await self._ask(step, "/room/say", said))

    async def _room(self, step: Step, who: str) -> str:
        """The address of a room that this person is in; rooms say their kind and challenge in their key."""
        view = await self._get("/room/view", who)
        wanted = step.challenge.casefold().split(" ")[0]
        for place in view["places"]:
            kind, slug = (place["key"] or "::").split(":")[1:3]
            if kind == step.place and slug.startswith(wanted):
                return str(place["address"])
        raise TalkWrong(step.line, f"{step.who} is in no {step.place} room")

    async def _press(self, step: Step) -> None:
        who = self._who(step)
        for message in reversed((await self._get("/room/view", who))["messages"]):
            for button in message["buttons"]:
                if button["label"] == step.text:
                    pressed = {"as": who, "message": message["id"], "button": button["id"]}
                    await self._answered(step, await self._ask(step, "/room/press", pressed))
                    return
        raise TalkWrong(step.line, f"{step.who} can see no button “{step.text}”")

    async def _fill(self, step: Step) -> None:
        who = self._who(step)
        form = await self._open_form(step, who)
        fields = {field["name"]: _value(step, field) for field in form["fields"]}
        strange = sorted(set(step.values) - set(fields) - {field["label"] for field in form["fields"]})
        if strange:
            raise TalkWrong(step.line, f"the form has no field {strange[0]}; it has {', '.join(fields)}")
        sent = {"as": who, "form": form["id"], "fields": fields}
        await self._answered(step, await self._ask(step, "/room/submit", sent))

    async def _open_form(self, step: Step, who: str) -> dict[str, Any]:
        """The open form of that title; where the chat could not open it, its card's button is pressed."""
        for _ in range(_TRIES):
            view = await self._get("/room/view", who)
            for form in reversed(view["forms"]):
                if form["title"] == step.text:
                    return dict(form)
            if not await self._press_towards(step, who, view):
                break
        raise TalkWrong(step.line, f"{step.who} has no form “{step.text}” open")

    async def _press_towards(self, step: Step, who: str, view: dict[str, Any]) -> bool:
        for message in reversed(view["messages"]):
            for button in message["buttons"]:
                if button["opens_form"] and step.text in message["plain"]:
                    pressed = {"as": who, "message": message["id"], "button": button["id"]}
                    await self._ask(step, "/room/press", pressed)
                    await self._post("/room/rest", {})
                    return True
        return False

    async def _answered(self, step: Step, outcome: dict[str, Any]) -> None:
        """Whatever was addressed to the bot has exactly one answer, even if it came late."""
        if not outcome["heard"]:
            return
        if outcome["answers"] > 1:
            raise TalkWrong(step.line, f"{outcome['answers']} answers to one act")
        if outcome["answers"] == 0:
            await self._post("/room/rest", {})
            new = await self._appeared(self._people[step.who], self.since)
            if not any(item["author"] is None for item in new):
                raise TalkWrong(step.line, "no answer")

    async def _check_said_once(self, step: Step) -> None:
        """The bot says nothing twice in one place for one act."""
        if step.does in {"person", "at"}:
            return
        new = await self._appeared(self._who(step), self.since)
        messages = [item for item in new if item["message"] and item["author"] is None]
        said = [one[1:] for one in {(item["message"], item["place"], item["plain"]) for item in messages}]
        twice = next((plain for place, plain in said if said.count((place, plain)) > 1), None)
        if twice:
            raise TalkWrong(step.line, f"said twice: “{twice}”")

    async def _check(self, step: Step) -> None:
        who = self._who(step)
        since = self._began if step.does == "never sees" else self.since
        seen = [_flat(item["plain"]) for item in await self._appeared(who, since)]
        found = any(_flat(step.text) in text for text in seen)
        if step.does == "sees" and not found:
            raise TalkWrong(
                step.line, f"{step.who} did not see “{step.text}”, but: {' | '.join(seen) or 'nothing'}"
            )
        if step.does == "never sees" and found:
            raise TalkWrong(step.line, f"{step.who} did see “{step.text}”")

    async def _new(self) -> AsyncIterator[str]:
        """What became visible, told once although several people saw it."""
        told: dict[tuple[Any, ...], list[str]] = {}
        for name, who in self._people.items():
            for item in await self._appeared(who, self.since):
                if item["author"] is None:
                    told.setdefault((item["sequence"], item["place"], item["plain"]), []).append(name)
        for (_sequence, _place, plain), names in sorted(told.items(), key=lambda one: one[0][0]):
            yield f"  → {', '.join(names)}: " + plain.replace("\n", "\n      ")

    async def _appeared(self, who: str, since: int) -> list[dict[str, Any]]:
        return list((await self._get("/room/appeared", who, since=since))["items"])

    def _who(self, step: Step) -> str:
        if step.who not in self._people:
            raise TalkWrong(step.line, f"nobody here is called {step.who}")
        return self._people[step.who]

    async def _ask(self, step: Step, path: str, found: dict[str, Any]) -> dict[str, Any]:
        response = await self._client.post(path, json=found)
        if response.status_code >= 400:
            raise TalkWrong(step.line, response.json().get("error", response.text))
        return dict(response.json())

    async def _post(self, path: str, found: dict[str, Any]) -> dict[str, Any]:
        return dict((await self._client.post(path, json=found)).raise_for_status().json())

    async def _get(self, path: str, who: str | None = None, **asked: Any) -> dict[str, Any]:
        params = {**({"as": who} if who else {}), **asked}
        return dict((await self._client.get(path, params=params)).raise_for_status().json())


def _told(step: Step) -> str:
    match step.does:
        case "person":
            return f"({step.text} is here)"
        case "at":
            return (
                f"\n— {step.moment:%A} {step.moment.day if step.moment else ''} {step.moment:%B %Y, %H:%M} —"
            )
        case "says":
            where = "" if step.place == "direct" else f" in {step.place}"
            return f"{step.who}{where}: {step.text}"
        case "fills":
            return f"{step.who} fills “{step.text}”: {step.values}"
        case _:
            return f"{step.who} {step.does} “{step.text}”"


def _value(step: Step, field: dict[str, Any]) -> Any:
    """What is typed into a field; one that the talk does not name keeps what is in it."""
    for called in (field["name"], field["label"]):
        if called in step.values:
            typed = step.values[called]
            return [part.strip() for part in typed.split(",")] if field["kind"] == "choices" else typed
    return field["value"] if field["value"] is not None else ""


def _flat(text: str) -> str:
    return " ".join(text.split())
