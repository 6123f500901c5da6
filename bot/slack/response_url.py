"""The address that Slack gives with an act, to answer it for half an hour and up to five times."""

import aiohttp

from bot.platform import LineDropped, NotNow, TooMany
from bot.slack.client import Json, Refusal, patience

_LONGEST = 2000
"""Bytes read of what comes back: it is a word or two."""


async def respond(session: aiohttp.ClientSession, url: str, message: Json) -> None:
    """Show a message where the act was done, to who did it alone.

    Raises Refusal where the address is used up, and like any call TooMany, NotNow or LineDropped.
    """
    try:
        async with session.post(
            url,
            json={"response_type": "ephemeral", "replace_original": False, **message},
            allow_redirects=False,
        ) as got:
            _check(got, await got.content.read(_LONGEST))
    except aiohttp.ClientConnectorError as error:
        raise NotNow from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise LineDropped from error


def _check(got: aiohttp.ClientResponse, text: bytes) -> None:
    if got.status == 429:
        raise TooMany(patience(got.headers))
    if got.status >= 500:
        raise LineDropped
    if got.status != 200 or b'"ok":false' in text.replace(b" ", b""):
        raise Refusal("response_url")
