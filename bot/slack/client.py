"""The line to Slack: one client, one connection pool, and every way in which a call can fail.

Nothing is tried again here: slack-sdk's own handler posts twice when Slack accepts a message and
then drops the connection. The outbox knows what may be repeated.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeAlias

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import LineDropped, NotNow, TooMany

log = structlog.get_logger()

Json: TypeAlias = dict[str, Any]

_TIMES = aiohttp.ClientTimeout(total=15, connect=10, sock_connect=5)
"""Well below the postman's own patience, which is for all that one delivery takes."""

_PATIENCE, _MOST_PATIENCE = 30.0, 3600.0
_TOO_MANY_IN_ALL = "message_limit_exceeded"
_TOO_MANY = {"ratelimited", "rate_limited", _TOO_MANY_IN_ALL}
_BY_PLACE = {"chat.postMessage", "chat.postEphemeral"}
"""Limited in each channel, besides a limit of the whole workspace; all else by the app's calls of a method.
https://api.slack.com/apis/rate-limits"""
_NOBODY_KNOWS = {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}
NOT_THIS = frozenset({"access_denied", "missing_scope", "no_permission"})
"""Said of one call: others may be allowed."""

_NOT_ALLOWED = NOT_THIS | {
    "account_inactive",
    "ekm_access_denied",
    "invalid_auth",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "team_added_to_org",
    "token_expired",
    "token_revoked",
}
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError)
_MAY_HAVE_ARRIVED = (aiohttp.ClientError, TimeoutError, OSError)


class Refusal(Exception):
    """Slack refused a call in a word of its own; where nobody knows the word it is a mistake of ours."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class NotAllowed(NotNow, Refusal):
    """Slack does not let the bot do this, or anything: a person must put it right, and all waits."""


class Line:
    """Calls methods of the Web API. Raises TooMany, NotNow, LineDropped, or Refusal."""

    def __init__(self, web: AsyncWebClient) -> None:
        self.web = web
        self._said_loudly: str | None = None

    async def call(self, method: str, **arguments: Any) -> Json:
        """What Slack answers to a method, named as in its documentation."""
        function = getattr(self.web, method.replace(".", "_"))
        try:
            answer = await function(**arguments)
        except SlackApiError as error:
            raise self._meant(method, error.response) from error
        except _NEVER_SENT as error:
            raise NotNow from error
        except (*_MAY_HAVE_ARRIVED, AttributeError) as error:  # the SDK trips over a page of plain text
            raise LineDropped from error
        self._said_loudly = None
        return dict(answer.data)

    def _meant(self, method: str, answer: Any) -> Exception:
        """What a failed call comes to. `answer` is aiohttp's own where its body could not be read."""
        found = getattr(answer, "data", None)
        body = found if isinstance(found, dict) else {}
        status, word = getattr(answer, "status_code", 500), str(body.get("error", ""))
        if status == 429 or word in _TOO_MANY:
            everywhere = method not in _BY_PLACE or word == _TOO_MANY_IN_ALL
            return TooMany(patience(answer.headers), everywhere=everywhere)
        if status >= 500 or word in _NOBODY_KNOWS or (status < 400 and not word):
            return LineDropped()
        if word in _NOT_ALLOWED or not word:
            self._say_loudly(method, word or f"HTTP {status}", body.get("needed"))
            return NotAllowed(word)
        return Refusal(word)

    def _say_loudly(self, method: str, word: str, needed: str | None) -> None:
        """Once until something works again: what waits is tried for ever, and would fill the log."""
        if self._said_loudly != word:
            self._said_loudly = word
            facts = {"method": method, "why": word, "needed": needed, "next": "doctor"}
            if word in NOT_THIS:
                log.error("slack_call_refused", **facts)
            else:
                log.error("slack_token_refused", **facts)


def patience(headers: Mapping[str, str]) -> float:
    """Seconds that Slack asks to wait after there was too much, as far as they make sense."""
    try:
        return min(max(1.0, float(headers["Retry-After"])), _MOST_PATIENCE)
    except (KeyError, ValueError):
        return _PATIENCE


@contextlib.asynccontextmanager
async def opened(token: str, base_url: str) -> AsyncIterator[Line]:
    """A line that is closed at the end."""
    async with aiohttp.ClientSession(timeout=_TIMES) as session:
        yield Line(AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[]))
