"""What the doctor looks at for Teams: each check makes calls of its own, and prints no secret."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bot.check import SECONDS, Check, Unknown, Wrong
from bot.clock import Clock
from bot.settings import Settings
from bot.teams.aadsts import in_plain_words
from bot.teams.cloud import PUBLIC, Cloud
from bot.teams.login import MicrosoftLogin
from bot.teams.manifest import ENDPOINT
from bot.teams.registration import application, emulator, other_tenants, secret, tenant

_TOLERATED: Final = timedelta(minutes=1)
"""A token of Microsoft's is refused when the clocks are more than five minutes apart."""

_CHANNEL: Final = "msteams"
_NETWORK: Final = "Let this machine call {host} over https: look at the network, a proxy or a firewall."
_IDENTITY: Final = (
    "A managed identity works on a machine in Azure that it was assigned to: look there under Identity, "
    "User assigned, and at MicrosoftAppId."
)


def checks(settings: Settings, clock: Clock, cloud: Cloud = PUBLIC) -> tuple[Check, ...]:
    """The registration's settings, a token, the signing keys, the service, the clock, and the way in."""
    if settings.teams_emulator:
        return (Check(name="Teams emulator", look=lambda: emulator(settings)),)
    return (
        Check(name="Teams app", look=lambda: application(settings)),
        Check(name="Teams tenant", look=lambda: tenant(settings)),
        Check(name="Teams others", look=lambda: other_tenants(settings)),
        Check(name="Teams secret", look=lambda: secret(settings)),
        Check(name="Teams token", look=lambda: _token(settings, cloud)),
        Check(name="Teams keys", look=lambda: _keys(cloud)),
        Check(name="Teams service", look=lambda: _service(cloud)),
        Check(name="Teams clock", look=lambda: _clock(clock, cloud)),
        Check(name="Teams way in", look=lambda: _way_in(settings)),
    )


def _token(settings: Settings, cloud: Cloud) -> str:
    _need_registration(settings)
    if settings.microsoft_app_type == "UserAssignedMSI":
        return _token_of_identity(settings, cloud)
    answer = _post_for_token(settings, cloud)
    if answer.status_code != 200:
        raise Wrong(*in_plain_words(_json(answer), answer.status_code))
    return "Microsoft gives the bot a token."


def _token_of_identity(settings: Settings, cloud: Cloud) -> str:
    """The machine itself gives it, where Azure lent it the identity; elsewhere nobody answers."""
    try:
        with httpx.Client(timeout=SECONDS / 2, trust_env=False) as http:
            answer = MicrosoftLogin(settings, cloud, http).ask()
    except Exception as trouble:
        raise Wrong(f"Nobody gives this machine a token ({type(trouble).__name__}).", _IDENTITY) from trouble
    if "access_token" not in answer:
        raise Wrong(f"Azure gives no token ({str(answer.get('error'))[:60]}).", _IDENTITY)
    return "Azure gives the bot a token."


def _need_registration(settings: Settings) -> None:
    try:
        for look in (application, tenant, secret):
            look(settings)
    except Wrong as wrong:
        raise Unknown("Not asked for: another setting is wrong.") from wrong


def _post_for_token(settings: Settings, cloud: Cloud) -> httpx.Response:
    try:
        return httpx.post(
            f"{cloud.login}/{settings.microsoft_app_tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": settings.microsoft_app_id,
                "client_secret": settings.microsoft_app_password,
                "scope": cloud.scope,
            },
            timeout=SECONDS,
        )
    except httpx.HTTPError as trouble:
        raise _unreachable("Microsoft's login", cloud.login, trouble) from trouble


def _keys(cloud: Cloud) -> str:
    """Without them no message of Teams can be told from a forged one, and none is taken."""
    try:
        document = _json(httpx.get(cloud.metadata, timeout=SECONDS)) or {}
        address = str(document.get("jwks_uri"))
        keys = (_json(httpx.get(address, timeout=SECONDS)) or {}).get("keys") or []
    except (httpx.HTTPError, httpx.InvalidURL, AttributeError) as trouble:
        raise _unreachable("What Teams signs with", cloud.metadata, trouble) from trouble
    if not any(_CHANNEL in (key.get("endorsements") or ()) for key in keys if isinstance(key, dict)):
        raise Wrong(
            "What answers in Microsoft's place has no key that Teams signs with.",
            _NETWORK.format(host=urlsplit(cloud.metadata).hostname),
        )
    return "The keys that Teams signs with can be fetched."


def _service(cloud: Cloud) -> str:
    """Any answer will do: what can be asked there without a conversation is nothing."""
    [address] = [origin for origin in cloud.services if "*" not in origin][:1]
    try:
        answer = httpx.get(address, timeout=SECONDS)
    except httpx.HTTPError as trouble:
        raise _unreachable("Teams", address, trouble) from trouble
    if answer.status_code >= 500:
        raise Wrong(f"Teams is out of order (HTTP {answer.status_code}).", "Try again in a minute.")
    return f"Teams can be called, at {urlsplit(address).hostname}."


def _clock(clock: Clock, cloud: Cloud) -> str:
    try:
        told = httpx.get(cloud.metadata, timeout=SECONDS).headers.get("date")
    except httpx.HTTPError as trouble:
        raise Unknown("Microsoft did not answer.") from trouble
    if told is None:
        raise Unknown("Microsoft did not say what time it is.")
    apart = abs(clock.wall() - parsedate_to_datetime(told))
    if apart > _TOLERATED:
        raise Wrong(
            f"This machine's clock and Microsoft's are {apart.total_seconds() / 60:.0f} minutes apart.",
            "Let the machine set its clock by itself (NTP). From five minutes on nothing is heard.",
        )
    return "This machine's clock and Microsoft's agree."


def _way_in(settings: Settings) -> str:
    raise Unknown(
        f"Whether Azure calls the bot cannot be seen from here. Its messaging endpoint has to be https://…"
        f"{ENDPOINT}, passed on to {settings.host} port {settings.port}, with the channel Microsoft Teams on."
    )


def _unreachable(what: str, address: str, trouble: Exception) -> Wrong:
    host = urlsplit(address).hostname
    return Wrong(f"{what} cannot be reached ({type(trouble).__name__}).", _NETWORK.format(host=host))


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
