"""Who may send anything at all: Teams, by a token that Microsoft signed for this bot and this activity.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from collections.abc import Mapping
from typing import Any

import jwt

from bot.body import LARGEST
from bot.teams.cloud import Cloud, is_loopback
from bot.teams.keys import Key, Keys
from bot.teams.reading import NotLetIn, activity, at
from bot.teams.transport import Json

CHANNEL = "msteams"
LEEWAY = 300
"""Seconds by which Microsoft's clock and ours may differ."""

_BAD_TOKEN = (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-original-host")


class Guard:
    """Lets in what Teams sent to the application `app_id` from one of `tenants`."""

    def __init__(self, app_id: str, cloud: Cloud, keys: Keys, tenants: frozenset[str]) -> None:
        self._app_id, self._cloud, self._keys, self._tenants = app_id, cloud, keys, tenants

    async def activity(self, headers: Mapping[str, str], body: bytes) -> Json:
        """The activity that was sent. Raises NotLetIn, and NoKeys when nobody can say who sent it."""
        _check_size(body)
        key, claims = await self._claims(_token(headers))
        sent = activity(body)
        if sent.get("channelId") != CHANNEL or CHANNEL not in key.endorsements:
            raise NotLetIn(401, "channel")
        self._check_service(sent, claims)
        self._check_tenant(sent)
        return sent

    async def _claims(self, token: str) -> tuple[Key, Json]:
        """What a token says, and the key that it is signed with; its words about keys are not believed."""
        try:
            header = jwt.get_unverified_header(token)
        except _BAD_TOKEN:
            raise NotLetIn(401, "malformed_token") from None
        if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
            raise NotLetIn(401, "algorithm")
        key = await self._keys.find(header["kid"])
        if key is None:
            raise NotLetIn(401, "unknown_key")
        return key, self._decoded(token, key)

    def _decoded(self, token: str, key: Key) -> Json:
        try:
            return jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=self._cloud.issuer,
                leeway=LEEWAY,
                options={"require": ["aud", "exp", "iss"], "strict_aud": True},
            )
        except _BAD_TOKEN as wrong:
            raise NotLetIn(401, type(wrong).__name__) from None

    def _check_service(self, sent: Json, claims: Json) -> None:
        """What is answered goes to that address, with a token of the bot's."""
        service = sent.get("serviceUrl")
        if not isinstance(service, str) or not service or service != claims.get("serviceurl"):
            raise NotLetIn(401, "service_url_claim")
        if not self._cloud.serves(service):
            raise NotLetIn(401, "foreign_service_url")

    def _check_tenant(self, sent: Json) -> None:
        """It stands in one place or in two, which then agree."""
        places = at(sent, "channelData", "tenant", "id"), at(sent, "conversation", "tenantId")
        named = {tenant.lower() for tenant in places if tenant is not None}
        if len(named) != 1 or not named <= self._tenants:
            raise NotLetIn(401, "tenant")


class EmulatorGuard:
    """Lets in whatever comes from this machine itself, unsigned: for trying the bot out, and only then.

    That nobody else can reach the address is for the surface to see to; a page in a browser or a tunnel
    on this machine could, and is known by its headers.
    """

    async def activity(self, headers: Mapping[str, str], body: bytes) -> Json:
        """The activity that was sent. Raises NotLetIn."""
        _check_size(body)
        named = {name.lower(): value for name, value in headers.items()}
        if not is_loopback(f"http://{named.get('host', '')}") or named.keys() & set(_FORWARDED):
            raise NotLetIn(401, "not_from_here")
        if not is_loopback(named.get("origin", "http://localhost")):
            raise NotLetIn(401, "not_from_here")
        sent = activity(body)
        if sent.get("channelId") != CHANNEL:
            raise NotLetIn(401, "channel")
        if not is_loopback(str(sent.get("serviceUrl"))):
            raise NotLetIn(401, "foreign_service_url")
        return _with_kind(sent)


def _with_kind(sent: Json) -> Json:
    """An activity with the kind of its conversation, which an emulator may leave out."""
    about = sent.get("conversation")
    if not isinstance(about, dict) or about.get("conversationType"):
        return sent
    kind = "groupChat" if about.get("isGroup") else "personal"
    return {**sent, "conversation": {**about, "conversationType": kind}}


def _check_size(body: bytes) -> None:
    if len(body) > LARGEST:
        raise NotLetIn(413, "too_large")


def _token(headers: Mapping[str, str]) -> str:
    found: list[Any] = [value for name, value in headers.items() if name.lower() == "authorization"]
    scheme, _, token = found[0].partition(" ") if len(found) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotLetIn(401, "no_token")
    return str(token.strip())
