"""The address that Slack gives with an act, to answer it for half an hour and up to five times."""

import aiohttp

from bot.platform import LineDropped, NotNow, TooMany
from bot.slack.client import Json, Refusal

_PATIENCE = 30.0
_LONGEST = 2000
"""Bytes read of what comes back: it is a word or two."""


async def respond(session: aiohttp.ClientSession, url: str, message: Json, *, to_all: bool) -> None:
    """Show a message where the act was done: to who did it alone, or to everybody there.

    Raises Refusal where the address is used up, and like any call TooMany, NotNow or LineDropped.
    """
    kind = "in_channel" if to_all else "ephemeral"
    try:
        async with session.post(
            url,
            json={"response_type": kind, "replace_original": False, **message},
            allow_redirects=False,
        ) as got:
            _check(got.status, await got.content.read(_LONGEST))
    except aiohttp.ClientConnectorError as error:
        raise NotNow from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise LineDropped from error


def _check(status: int, text: bytes) -> None:
    if status == 429:
        raise TooMany(_PATIENCE)
    if status >= 500:
        raise LineDropped
    if status != 200 or b'"ok":false' in text.replace(b" ", b""):
        raise Refusal("response_url")
