"""The room over HTTP: the page, and what it and a talk may ask of the room. Never mounted by `serve`."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.room import appeared, asked, moments, people, places, stream, unkindness, view
from bot.room.chat import Chat
from bot.room.guard import Guard, TooLarge, too_large
from bot.room.house import House
from bot.room.mistakes import Mistake
from bot.room.moves import Moves
from bot.room.platform import RoomPlatform
from bot.room.surface import Outcome, Surface

STATIC = Path(__file__).parent / "static"
STARTS = ("nothing", "preparation")


class Web:
    """The room's endpoints. JSON in and out; a mistake is {"error": "a plain sentence"} with a 4xx."""

    def __init__(self, chat: Chat, surface: Surface, house: House) -> None:
        self._chat = chat
        self._house = house
        self._surface = surface
        self._moves = Moves(chat, house)

    def routes(self) -> list[Route | Mount]:
        """Where everything is."""
        return [
            Route("/", _page),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/room/people", self.list_people, methods=["GET"]),
            _post("/room/people", self.add_person),
            _post("/room/rooms", self.make_room),
            _post("/room/rooms/enter", self.enter),
            _post("/room/rooms/leave", self.leave),
            _post("/room/rooms/rename", self.rename),
            _post("/room/rooms/close", self.close_room),
            _post("/room/rooms/open", self.open_room),
            _post("/room/say", self.say),
            _post("/room/press", self.press),
            _post("/room/submit", self.submit),
            _post("/room/close", self.close),
            _post("/room/read", self.read),
            Route("/room/view", self.see, methods=["GET"]),
            Route("/room/appeared", self.what_appeared, methods=["GET"]),
            Route("/room/stream", self.watch, methods=["GET"]),
            _post("/room/clock", self.move_clock),
            _post("/room/unkind", self.be_unkind),
            _post("/room/rest", self.rest),
            _post("/room/start", self.start),
        ]

    async def list_people(self, _: Request) -> Response:
        """Who one can be, and what the page shows before somebody is chosen."""
        unkind = asdict(unkindness.now(self._chat))
        found = {"people": view.everybody(self._chat), "clock": await self._clock(), "unkind": unkind}
        return JSONResponse(found)

    async def add_person(self, found: dict[str, Any]) -> Any:
        """Somebody comes into the room: {name, email, council} → {id}."""
        email = asked.text(found, "email", usual="").strip()
        if email and people.with_email(self._chat, email):
            raise Mistake("Somebody in the room has this e-mail address already.", 409)
        council = asked.text(found, "council", usual="").strip()
        person = people.add(self._chat, name=asked.line(found, "name"), email=email, council=council)
        return {"id": person.id}

    async def make_room(self, found: dict[str, Any]) -> Any:
        """A person makes a room of their own, with themselves in it: {as, title} → {place}."""
        person = self._person(found)
        place = places.make(self._chat, title=asked.line(found, "title"))
        places.join(self._chat, place, person.id)
        return {"place": place}

    async def enter(self, found: dict[str, Any]) -> Any:
        """A person comes into a room: {as, place}."""
        await self._moves.enter(self._person(found), asked.text(found, "place"))
        return {}

    async def leave(self, found: dict[str, Any]) -> Any:
        """A person leaves a room: {as, place}."""
        await self._moves.leave(self._person(found), asked.text(found, "place"))
        return {}

    async def rename(self, found: dict[str, Any]) -> Any:
        """A person gives a room another title: {as, place, title}."""
        title = asked.line(found, "title")
        await self._moves.rename(self._person(found), asked.text(found, "place"), title)
        return {}

    async def close_room(self, found: dict[str, Any]) -> Any:
        """A person closes a room for good, or until it is opened: {as, place}."""
        await self._moves.close(self._person(found), asked.text(found, "place"))
        return {}

    async def open_room(self, found: dict[str, Any]) -> Any:
        """A person opens a closed room again: {as, place}."""
        await self._moves.open(self._person(found), asked.text(found, "place"))
        return {}

    async def say(self, found: dict[str, Any]) -> Any:
        """A person types: {as, place, text} → {heard, answers}. The place is an address or "direct"."""
        person, place, text = self._person(found), asked.text(found, "place"), asked.text(found, "text")
        return await self._surface.say(person, place, text)

    async def press(self, found: dict[str, Any]) -> Any:
        """A person presses a button: {as, message, button} → {heard, answers}."""
        button = asked.text(found, "button")
        return await self._surface.press(self._person(found), asked.number(found, "message"), button)

    async def submit(self, found: dict[str, Any]) -> Any:
        """A person sends a form in: {as, form, fields} → {heard, answers}."""
        fields = found.get("fields")
        if not isinstance(fields, dict):
            raise Mistake("Send the fields as an object of names and values.")
        return await self._surface.submit(self._person(found), asked.number(found, "form"), fields)

    async def close(self, found: dict[str, Any]) -> Any:
        """A person closes a form: {as, form}."""
        await self._surface.close(self._person(found), asked.number(found, "form"))
        return {}

    async def read(self, found: dict[str, Any]) -> Any:
        """A person has seen what stands in a place: {as, place}."""
        person, place = self._person(found), asked.text(found, "place")
        if places.has(self._chat, place, person.id):
            places.mark_read(self._chat, place, person.id)
        return {}

    async def see(self, request: Request) -> Response:
        """Everything this person may see, and nothing else."""
        person = asked.person(self._chat, request.query_params.get("as"))
        clock = await self._clock()
        return JSONResponse(view.of(self._chat, person, self._house.zone) | {"clock": clock})

    async def what_appeared(self, request: Request) -> Response:
        """What became visible to this person after a sequence number: {seq, items}."""
        person = asked.person(self._chat, request.query_params.get("as"))
        since = asked.number({"since": request.query_params.get("since", "0")}, "since")
        items = [asdict(item) for item in appeared.to(self._chat, person.id, since)]
        return JSONResponse({"seq": self._chat.sequence(), "items": items})

    async def watch(self, request: Request) -> Response:
        """What this person may see, live."""
        person = asked.person(self._chat, request.query_params.get("as"))
        last = request.headers.get("last-event-id") or request.query_params.get("last", "")
        events = stream.events(self._chat, self._house, self._clock, person.id, last)
        return StreamingResponse(events, media_type="text/event-stream")

    async def move_clock(self, found: dict[str, Any]) -> Any:
        """The clock moves on: {to: local time | "hour" | "morning" | "next"} → the clock."""
        to, following = asked.text(found, "to"), await self._house.next_moment()
        moment = moments.wanted(to, self._house.now(), self._house.zone, following)
        await self._house.move_to(moment)
        self._chat.ring()
        return await self._clock()

    async def be_unkind(self, found: dict[str, Any]) -> Any:
        """Some unkindness begins or ends: {drop_line, too_many, delay, …}, as `Unkindness` names them."""
        return asdict(unkindness.become(self._chat, found))

    async def rest(self, _: dict[str, Any]) -> Any:
        """Come back when the outbox and the ticks have come to rest → {seq}."""
        await self._house.rest()
        return {"seq": self._chat.sequence()}

    async def start(self, found: dict[str, Any]) -> Any:
        """Begin again: {how: "nothing" | "preparation"}."""
        how = asked.text(found, "how")
        if how not in STARTS:
            raise Mistake(f"Start from {' or '.join(STARTS)}.")
        await self._house.start(how)
        self._chat.ring()
        return {"people": view.everybody(self._chat)}

    async def _clock(self) -> view.Json:
        following: datetime | None = await self._house.next_moment()
        return view.clock(self._house.now(), following, self._house.zone)

    def _person(self, found: dict[str, Any]) -> people.Person:
        return asked.person(self._chat, asked.text(found, "as"))


def app(chat: Chat, platform: RoomPlatform, house: House) -> Starlette:
    """The whole room as one web application, guarded. Serve it on a loopback address only.

    Its `state.surface` can `redeliver` what a killed bot did not take.
    """
    surface = Surface(chat, platform, house)
    room = Starlette(
        routes=Web(chat, surface, house).routes(),
        middleware=[Middleware(Guard)],
        exception_handlers={Mistake: _mistake, TooLarge: _too_large, 404: _nothing_here, 405: _not_so},
    )
    room.state.surface = surface
    return room


def _post(path: str, act: Callable[[dict[str, Any]], Awaitable[Any]]) -> Route:
    async def endpoint(request: Request) -> Response:
        found = await act(await asked.body(request))
        return JSONResponse(asdict(found) if isinstance(found, Outcome) else found)

    return Route(path, endpoint, methods=["POST"])


async def _page(_: Request) -> Response:
    return FileResponse(STATIC / "room.html")


async def _mistake(_: Request, error: Exception) -> Response:
    assert isinstance(error, Mistake)  # noqa: S101 - how Starlette calls it
    return JSONResponse({"error": error.sentence}, status_code=error.status)


async def _too_large(_: Request, __: Exception) -> Response:
    return too_large()


async def _nothing_here(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "There is nothing here."}, status_code=404)


async def _not_so(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "This cannot be asked in this way."}, status_code=405)
