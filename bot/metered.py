"""A platform whose calls are counted and timed, whoever makes them."""

import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, Final, cast

from bot.metrics import CALL_SECONDS
from bot.platform import Gone, LineDropped, NotNow, Platform, TooMany

_OUTCOMES: Final = (
    (TooMany, "too_many"),
    (LineDropped, "dropped"),
    (NotNow, "not_now"),
    (Gone, "gone"),
    (CancelledError, "broken_off"),
)


def metered(platform: Platform) -> Platform:
    """The same platform; each call's seconds are kept, by its method and how it ended."""
    return cast("Platform", _Metered(platform))


class _Metered:
    """Every attribute is the platform's own; what can be awaited is timed."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._platform, name)
        return _timed(found, self._platform.name, name) if iscoroutinefunction(found) else found


def _timed(method: Callable[..., Awaitable[Any]], surface: str, op: str) -> Callable[..., Awaitable[Any]]:
    async def called(*given: Any, **named: Any) -> Any:
        began, outcome = time.perf_counter(), "broken"
        try:
            result = await method(*given, **named)
            outcome = "done"
        except tuple(kind for kind, _ in _OUTCOMES) as trouble:
            outcome = next(word for kind, word in _OUTCOMES if isinstance(trouble, kind))
            raise
        else:
            return result
        finally:
            CALL_SECONDS.labels(surface, op, outcome).observe(time.perf_counter() - began)

    return called
