"""What the doctor looks at in Slack: each check makes calls of its own, and prints no secret."""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.about import NAME
from bot.check import SECONDS, Check, Unknown, Wrong
from bot.clock import Clock
from bot.settings import Settings
from bot.slack.addresses import is_safe
from bot.slack.manifest import scopes

_TOLERATED: Final = timedelta(minutes=1)
"""Slack's requests are refused when they are more than five minutes old."""

_COPY_BOTS: Final = "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN."
_MAKE_APPS: Final = (
    "Make an app-level token (xapp-…) with the scope connections:write under Basic Information, "
    "and put it into SLACK_APP_TOKEN."
)
_COPY_SIGNING: Final = "Copy the Signing Secret from Basic Information into SLACK_SIGNING_SECRET."
_PASTE_AGAIN: Final = (
    "Paste the output of critical-friend manifest slack under App Manifest, save, and install the app again."
)

_SWITCH_ON: Final = (
    "Switch Socket Mode on for the app, or paste the manifest again, and look at its app-level token."
)
_LATER: Final = "Slack is out of order, or asks for patience. Try again in a minute."
_REFUSALS: Final[Mapping[str, str]] = {
    "account_inactive": "The app was removed from the workspace. Install it again, and set the new token.",
    "token_expired": "Switch token rotation off for the app, install it again, and set the new token.",
    "token_revoked": "Somebody revoked it. Install the app again, and set the new token.",
    "ratelimited": _LATER,
}
_APP_REFUSALS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("invalid_auth", "missing_scope", "not_allowed_token_type", "token_revoked"), _MAKE_APPS),
    "ratelimited": _LATER,
}
_NO_ANSWER: Final = (OSError, HTTPException, SlackRequestError, ValueError)

_quiet = logging.getLogger("critical-friend.doctor")
_quiet.disabled = True


def checks(settings: Settings, clock: Clock) -> tuple[Check, ...]:
    """The address, the token and its scopes, the app, its name, the clock, and the way in."""
    way_in = _socket_mode if settings.slack_app_token else _signing_secret
    return (
        Check(name="Slack address", look=lambda: _address(settings)),
        Check(name="Slack token", look=lambda: _token(settings)),
        Check(name="Slack scopes", look=lambda: _scopes(settings)),
        Check(name="Slack app", look=lambda: _same_app(settings)),
        Check(name="Slack name", look=lambda: _name(settings)),
        Check(name="Slack clock", look=lambda: _clock(settings, clock)),
        Check(name="Slack way in", look=lambda: way_in(settings)),
    )


def _address(settings: Settings) -> str:
    if not is_safe(settings.slack_api_url):
        raise Wrong("SLACK_API_URL is not an https address.", "Set it as in https://slack.com/api/")
    address = urlsplit(settings.slack_api_url)
    if not address.path.endswith("/api/"):
        raise Wrong("SLACK_API_URL does not end in /api/.", "Set it as in https://slack.com/api/")
    return f"Slack is called at {address.hostname}."


def _token(settings: Settings) -> str:
    if not settings.slack_bot_token.startswith("xoxb-"):
        raise Wrong("SLACK_BOT_TOKEN is not a bot's token.", _COPY_BOTS)
    try:
        answer = _client(settings).auth_test()
    except SlackApiError as refused:
        why = _why(refused)
        do = _LATER if _is_amiss(refused) else _REFUSALS.get(why, _COPY_BOTS)
        raise Wrong(f"Slack does not take it ({why}).", do) from refused
    except _NO_ANSWER as trouble:
        raise Wrong(
            f"Slack cannot be reached ({type(trouble).__name__}).",
            "Look at the network, a proxy or firewall, and SLACK_API_URL.",
        ) from trouble
    return f"Slack takes it, for the workspace {answer.get('team')}."


def _scopes(settings: Settings) -> str:
    answer = _answered(_client(settings).auth_test)
    granted = _header(answer, "x-oauth-scopes")
    if granted is None:
        raise Unknown("Slack did not say which scopes the token has.")
    found, wanted = {scope.strip() for scope in granted.split(",") if scope.strip()}, set(scopes())
    if wanted - found:
        raise Wrong(f"Not granted: {', '.join(sorted(wanted - found))}.", _PASTE_AGAIN)
    if found - wanted:
        return f"All are granted. Not needed, and better taken away: {', '.join(sorted(found - wanted))}."
    return "All are granted, and none that is not needed."


def _same_app(settings: Settings) -> str:
    """An app-level token names its app in its third part; the bot's token does not."""
    client = _client(settings)
    bot = str(_answered(client.auth_test).get("bot_id"))
    app = str((_answered(lambda: client.bots_info(bot=bot)).get("bot") or {}).get("app_id"))
    named = re.match(r"xapp-\d+-([A-Z0-9]+)-", settings.slack_app_token)
    if named and named[1] != app:
        raise Wrong(
            f"SLACK_APP_TOKEN is of another app ({named[1]}) than SLACK_BOT_TOKEN ({app}).",
            "Copy both tokens from the same app.",
        )
    return f"The app is {app}."


def _name(settings: Settings) -> str:
    client = _client(settings)
    bot = str(_answered(client.auth_test).get("user_id"))
    user = _answered(lambda: client.users_info(user=bot)).get("user") or {}
    name = user.get("real_name") or user.get("name")
    if name != NAME:
        raise Wrong(
            f"The app is called {str(name)[:80]!r} in Slack.",
            f"People are told to write to {NAME}. Under App Home, set the display name to {NAME}.",
        )
    return f"The app is called {NAME}."


def _clock(settings: Settings, clock: Clock) -> str:
    """Even a refusal has a date."""
    try:
        answer = _client(settings).auth_test()
    except SlackApiError as refused:
        answer = refused.response
    except _NO_ANSWER as trouble:
        raise Unknown("Slack did not answer.") from trouble
    date = _header(answer, "date")
    if date is None:
        raise Unknown("Slack did not say what time it is.")
    apart = abs(clock.wall() - parsedate_to_datetime(date))
    if apart > _TOLERATED:
        raise Wrong(
            f"This machine's clock and Slack's are {apart.total_seconds() / 60:.0f} minutes apart.",
            "Let the machine set its clock by itself (NTP). From five minutes on nothing is heard over HTTP.",
        )
    return "This machine's clock and Slack's agree."


def _socket_mode(settings: Settings) -> str:
    if not settings.slack_app_token.startswith("xapp-"):
        raise Wrong("SLACK_APP_TOKEN is not an app-level token.", _MAKE_APPS)
    try:
        _client(settings).apps_connections_open(app_token=settings.slack_app_token)
    except SlackApiError as refused:
        why = _why(refused)
        do = _LATER if _is_amiss(refused) else _APP_REFUSALS.get(why, _SWITCH_ON)
        raise Wrong(f"Socket Mode does not open ({why}).", do) from refused
    except _NO_ANSWER as trouble:
        raise Unknown("Slack did not answer.") from trouble
    return "Socket Mode opens: no public address is needed."


def _signing_secret(settings: Settings) -> str:
    secret = settings.slack_signing_secret
    if not secret:
        raise Wrong(
            "SLACK_SIGNING_SECRET is empty, and there is no SLACK_APP_TOKEN for Socket Mode.", _COPY_SIGNING
        )
    if secret.startswith(("xox", "xapp-")):
        raise Wrong("SLACK_SIGNING_SECRET is a token, not the signing secret.", _COPY_SIGNING)
    return "There is a signing secret. Whether it is the right one shows when Slack calls."


def _client(settings: Settings) -> WebClient:
    if not is_safe(settings.slack_api_url):
        raise Unknown("Nothing was sent to an address that is not https.")
    return WebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        timeout=int(SECONDS),
        logger=_quiet,
        retry_handlers=[],
    )


def _answered(ask: Callable[[], SlackResponse]) -> SlackResponse:
    """An answer, where another check already tells why there is none."""
    try:
        return ask()
    except SlackApiError as refused:
        raise Unknown(f"Slack did not say ({_why(refused)}).") from refused
    except _NO_ANSWER as trouble:
        raise Unknown("Slack did not answer.") from trouble


def _is_amiss(refused: SlackApiError) -> bool:
    return int(refused.response.status_code) >= 500


def _why(refused: SlackApiError) -> str:
    """Slack's own word for a refusal, where it is one: another server may answer anything."""
    word = str(refused.response.get("error"))
    return word if re.fullmatch(r"[a-z_]{1,60}", word) else f"HTTP {refused.response.status_code}"


def _header(answer: SlackResponse, name: str) -> str | None:
    return next((str(value) for key, value in answer.headers.items() if key.lower() == name), None)
