"""A small bot behind the peer: it remembers what it heard, answers as told, and speaks by the connector."""

from collections.abc import Awaitable, Callable
from typing import Any, Self

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.loopback import plain_web
from tests.fakes.teams.conversations import Conversation
from tests.fakes.teams.peer import Peer
from tests.fakes.teams.tenancy import Json

ADDRESS = "https://bot.example/api/messages"
TEXT = "application/vnd.microsoft.activity.message"


def card(*elements: Json, actions: tuple[Json, ...] = ()) -> Json:
    """An Adaptive Card around elements, with buttons."""
    buttons = [{"type": "ActionSet", "actions": list(actions)}] if actions else []
    return {"type": "AdaptiveCard", "version": "1.5", "body": [*elements, *buttons]}


def words(text: str) -> Json:
    """A line of words."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]}


def button(label: str, **data: Any) -> Json:
    """A button that says something, to old clients too."""
    submit = {"type": "Action.Submit", "title": label, "data": data}
    return {"type": "Action.Execute", "title": label, "verb": "say", "data": data, "fallback": submit}


def opens(label: str, **data: Any) -> Json:
    """A button that opens a dialog."""
    return {
        "type": "Action.Submit", "title": label, "data": {"msteams": {"type": "task/fetch"}, **data}
    }  # fmt: skip


def message(content: Json) -> Json:
    """A message that is one card."""
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment]}


def dialog(content: Json, title: str = "A form") -> Json:
    """An answer that shows a card in a dialog."""
    attachment = message(content)["attachments"][0]
    return {"task": {"type": "continue", "value": {"title": title, "height": "medium", "card": attachment}}}


def answering(body: Json | None, status: int = 200) -> Callable[[Json], Awaitable[Response]]:
    """Always the same answer."""

    async def answer(_activity: Json) -> Response:
        return JSONResponse(body, status) if body is not None else Response(status_code=status)

    return answer


class Bot:
    """`heard` are the activities so far; `answer` makes the response to each."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.heard: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.answer = answering(None)
        self.web = plain_web()
        self.token = ""

    async def __aenter__(self) -> Self:
        self.peer.serve(ADDRESS, Starlette(routes=[Route("/api/messages", self._hear, methods=["POST"])]))
        self.token = await self.log_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.web.aclose()

    async def log_in(self, **other: str) -> str:
        """A fresh token, as the client credentials flow gives one."""
        app = self.peer.app
        asked = {
            "grant_type": "client_credentials", "client_id": app.id, "client_secret": app.password,
            "scope": self.peer.scope, **other,
        }  # fmt: skip
        response = await self.web.post(f"{self.peer.base}/{app.tenant}/oauth2/v2.0/token", data=asked)
        response.raise_for_status()
        return str(response.json()["access_token"])

    async def call(self, verb: str, path: str, body: Any = None, **params: str) -> httpx.Response:
        """A call to the connector with the token at hand."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.web.request(
            verb, f"{self.peer.service_url}v3/{path}", json=body, params=params, headers=headers
        )

    async def send(self, place: Conversation | str, activity: Json) -> httpx.Response:
        """Post an activity."""
        where = place if isinstance(place, str) else place.id
        return await self.call("POST", f"conversations/{where}/activities", activity)

    async def shows(self, place: Conversation, content: Json) -> str:
        """Post a card, and give its id."""
        response = await self.send(place, message(content))
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def _hear(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        activity = await request.json()
        self.heard.append(activity)
        return await self.answer(activity)
