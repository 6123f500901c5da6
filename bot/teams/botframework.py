"""Teams over Microsoft's Bot Framework SDK 4.17: the only module that imports it.

The SDK is out of support since the end of 2025. What is wrong in it is put right here, by leaving its
own adapter, tokens, keys, threads, retries and models out of the way; tests/bot/teams/test_defects.py
has a test for each. Another SDK would be another module like this one.
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import structlog
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.aio import ConnectorClient
from botframework.connector.aio.operations_async import ConversationsOperations
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from botframework.connector.auth.connector_factory import ConnectorFactory
from msrest import Serializer
from msrest.authentication import Authentication
from msrest.pipeline import AsyncPipeline
from msrest.pipeline import Response as Piped
from msrest.pipeline.async_abc import AsyncHTTPSender
from msrest.universal_http.requests import ClientRetryPolicy

from bot.platform import LineDropped
from bot.settings import Settings
from bot.teams.cloud import PUBLIC, Cloud, is_loopback
from bot.teams.guard import EmulatorGuard, Guard
from bot.teams.keys import Keys
from bot.teams.line import Line
from bot.teams.login import MicrosoftLogin
from bot.teams.reading import NotLetIn
from bot.teams.tokens import Tokens
from bot.teams.transport import FOREIGN, Hear, Json, NoKeys, Reference, Refusal, Response

log = structlog.get_logger()

# A list is searched 999 times for each client.
ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)

_PAGE = 500
_SERVICES = 64
_MINUTE = 60.0


class BotFramework:
    """A `bot.teams.transport.TeamsTransport`. `now` gives seconds; `http` stands in for MSAL's own."""

    def __init__(
        self, settings: Settings, now: Callable[[], float], cloud: Cloud = PUBLIC, http: Any = None
    ) -> None:
        self._now = now
        self._noted: dict[str, float] = {}
        self._emulated = settings.teams_emulator
        self._app_id = settings.microsoft_app_id.lower()
        self._cloud = cloud
        self._line = Line(proxied=not self._emulated and not is_loopback(cloud.metadata))
        self._tokens = Tokens(MicrosoftLogin(settings, cloud, http), now)
        self._keys = Keys(self._line, cloud.metadata, now)
        signed = Guard(self._app_id, cloud, self._keys, settings.teams_allowed)
        self._guard = EmulatorGuard() if self._emulated else signed
        self._connectors = _Connectors(self._line, None if self._emulated else self._tokens, self._may_call)
        self._adapter = _Adapter(self._connectors, self._app_id)

    async def open(self) -> None:
        """Get ready to be called."""
        await self._line.open()

    async def close(self) -> None:
        """Close what is open."""
        self._keys.close()
        self._tokens.close()
        await self._line.close()

    async def ready(self) -> None:
        """Return when a token can be had and the keys are at hand. Raises NoToken, NoKeys."""
        if not self._emulated:
            await self._tokens.token()
            await self._keys.ready()

    async def receive(self, headers: Mapping[str, str], body: bytes, hear: Hear) -> Response:
        """Have a request heard when it is Teams' own. What `hear` raises goes on."""
        try:
            activity = await self._guard.activity(headers, body)
        except NotLetIn as refused:
            self._note(refused)
            return Response(status=refused.status)
        except NoKeys:
            return Response(status=503)
        return await self._adapter.turn(activity, hear)

    async def send(self, to: Reference, activity: Json) -> str:
        """Post an activity and return its id."""
        answer = await self._at(to).send_to_conversation(to.conversation, activity)
        return _text(answer, "id")

    async def update(self, to: Reference, activity_id: str, activity: Json) -> None:
        """Put another activity in the place of a posted one."""
        await self._at(to).update_activity(to.conversation, activity_id, activity)

    async def create_personal(self, near: Reference, account: str) -> str:
        """The personal conversation with a member of `near`.

        Teams is sure to take its own id, and Entra's only where the person has installed the bot.
        """
        theirs = account if account.startswith("29:") else _text(await self.member(near, account), "id")
        asked = {"isGroup": False, "members": [{"id": theirs}]} | self._asked_in(near)
        return _text(await self._at(near).create_conversation(asked), "id")

    async def create_thread(self, channel: Reference, activity: Json) -> tuple[str, str]:
        """Begin a thread in a channel, with the activity as its first post."""
        where = {"channel": {"id": _room(channel)}}
        asked = {"isGroup": True, "channelData": where, "activity": activity} | self._asked_in(channel)
        answer = await self._at(channel).create_conversation(asked)
        return _text(answer, "id"), _text(answer, "activityId")

    async def members(self, of: Reference, most: int | None = None) -> list[Json]:
        """Everybody in a conversation, from all pages, or from as many as show that there are more."""
        found: list[Json] = []
        tokens: list[str | None] = [None]
        while True:
            page = await self._at(of).get_conversation_paged_members(_room(of), _PAGE, tokens[-1])
            found += _listed(page, "members")
            token = page.get("continuationToken")
            if not token or token in tokens or (most is not None and len(found) > most):
                return found
            tokens.append(token)

    async def member(self, of: Reference, user: str) -> Json:
        """One member of a conversation."""
        answer: Json = await self._at(of).get_conversation_member(_room(of), user)
        _text(answer, "id")
        return answer

    async def team(self, of: Reference, team: str) -> Json:
        """What Teams tells about a team."""
        answer: Json = await self._connectors.at(of.service_url).team(team)
        _text(answer, "id")
        return answer

    def _note(self, refused: NotLetIn) -> None:
        """Once a minute for each reason: anybody can send anything."""
        if self._now() - self._noted.get(refused.why, 0.0) > _MINUTE:
            self._noted[refused.why] = self._now()
            log.warning("teams_request_refused", status=refused.status, why=refused.why)

    def _at(self, reference: Reference) -> Any:
        return self._connectors.at(reference.service_url).conversations

    def _asked_in(self, reference: Reference) -> Json:
        return {"bot": {"id": f"28:{self._app_id}"}, "tenantId": reference.tenant}

    def _may_call(self, service_url: str) -> bool:
        return is_loopback(service_url) if self._emulated else self._cloud.serves(service_url)


class _Adapter(CloudAdapterBase):
    """Runs turns. A turn's answer is returned as it is; the SDK's own adapter serialises it twice."""

    def __init__(self, connectors: "_Connectors", app_id: str) -> None:
        super().__init__(_Authentication(connectors))
        self._verified = AuthenticateRequestResult()
        self._verified.claims_identity = ClaimsIdentity({"aud": app_id}, is_authenticated=True)
        self._verified.connector_factory = connectors

    async def turn(self, activity: Json, hear: Hear) -> Response:
        """Have an activity heard that was let in; an invoke that nobody answers is answered 501."""
        said: list[Response] = []

        async def heard(context: TurnContext) -> None:
            if response := await hear(activity):
                said.append(response)
                answer = InvokeResponse(status=response.status, body=response.body)
                context.turn_state[self._INVOKE_RESPONSE_KEY] = Activity(value=answer)

        known = Activity(type=activity["type"], service_url=activity["serviceUrl"])
        answer = await self.process_activity(self._verified, known, heard)
        if answer is None:
            return said[0] if said else Response(status=202)
        return Response(status=int(answer.status), body=answer.body)


class _Authentication(BotFrameworkAuthentication):
    """What the SDK asks of its authentication; who sent a request was found out by our guard before."""

    def __init__(self, connectors: "_Connectors") -> None:
        self._connectors = connectors

    async def authenticate_request(self, activity: Any, auth_header: str) -> None:
        raise NotImplementedError("the guard does")

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> None:
        raise NotImplementedError("nothing is streamed")

    def create_connector_factory(self, claims_identity: Any) -> ConnectorFactory:
        return self._connectors

    async def create_user_token_client(self, claims_identity: Any) -> None:
        """Nobody signs in to anything through the bot."""


class _Connectors(ConnectorFactory):
    """One client for each service URL, made once."""

    def __init__(self, line: Line, tokens: Tokens | None, may_call: Callable[[str], bool]) -> None:
        self._sender = _Sender(line, tokens)
        self._may_call = may_call
        self._made: dict[str, _Connector] = {}

    async def create(self, service_url: str, audience: str | None = None) -> "_Connector":
        return self.at(service_url)

    def at(self, service_url: str) -> "_Connector":
        """The client for a service URL. Raises Refusal where no token may go."""
        found = self._made.get(service_url)
        if found is None:
            if not self._may_call(service_url):
                raise Refusal(421, FOREIGN)
            if len(self._made) >= _SERVICES:
                self._made.clear()
            found = self._made[service_url] = _Connector(service_url, self._sender)
        return found


class _Connector(ConnectorClient):
    """The SDK's client, over our line and in plain JSON: its models leave out what they do not know."""

    def __init__(self, service_url: str, sender: "_Sender") -> None:
        super().__init__(Authentication(), service_url)
        self.config.pipeline = AsyncPipeline([self.config.user_agent_policy], sender)
        self.conversations = ConversationsOperations(self._client, self.config, _Plain(), _as_it_came)

    async def team(self, team: str) -> Any:
        """What Teams tells about a team; the SDK's own client for that blocks the event loop."""
        url = self._client.format_url("/v3/teams/{team}", team=quote(team, safe=""))
        answer = await self._client.async_send(self._client.get(url))
        return answer.json


class _Plain(Serializer):
    def body(self, data: Json, data_type: str, **_: Any) -> Json:
        """What is sent, as it is."""
        return data


def _as_it_came(_: str, answer: Any) -> Any:
    return answer.json


class _Sender(AsyncHTTPSender):
    """Sends what the SDK's client made, once. Raises Refusal, NotNow or LineDropped."""

    def __init__(self, line: Line, tokens: Tokens | None) -> None:
        self._line, self._tokens = line, tokens

    async def __aexit__(self, *_: object) -> None:
        """The line is closed by whoever opened it."""

    async def send(self, request: Any, **_: Any) -> Piped:
        asked = request.http_request
        headers = dict(asked.headers)
        if self._tokens:
            headers["Authorization"] = f"Bearer {await self._tokens.token()}"
        answer = await self._line.call(asked.method, asked.url, headers, asked.data)
        if answer.status == 401 and self._tokens:
            self._tokens.forget()
        return Piped(request, SimpleNamespace(status_code=200, json=answer.taken()))


def _room(reference: Reference) -> str:
    return reference.conversation.partition(";")[0]


def _text(answer: Any, name: str) -> str:
    """A name that Teams gives in every answer; without one nobody can say what came of the call."""
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, str) or not found:
        raise LineDropped
    return found


def _listed(answer: Any, name: str) -> list[Json]:
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise LineDropped
    return [one for one in found if isinstance(one, dict)]
