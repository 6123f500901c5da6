"""The page that Prometheus reads: /metrics, on an address of its own."""

from typing import Final

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.metrics import MESSAGES, OLDEST_SECONDS, READY, REGISTRY, SILENT
from bot.ready import Found, Readiness
from bot.watch import Watch

_UNKNOWN: Final = "unknown"


class Figures:
    """What was counted, and what stands in the database now; without the database, only what was counted."""

    def __init__(self, watch: Watch, readiness: Readiness) -> None:
        self._watch = watch
        self._readiness = readiness

    @property
    def app(self) -> Starlette:
        """The figures, and the two pages of the public address besides."""
        return Starlette(routes=[Route("/metrics", self._page, methods=["GET"]), *self._readiness.routes])

    async def _page(self, request: Request) -> Response:
        _show(await self._readiness.look())
        for name in self._watch.names:
            SILENT.labels(name).set(name in self._watch.troubles)
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"Content-Type": kind})


def _show(found: Found) -> None:
    """Tell the figures of now; a state that nothing is in any more is gone."""
    READY.set(not found.trouble)
    MESSAGES.clear()
    OLDEST_SECONDS.clear()
    longest: dict[str, float] = {}
    for pile in found.backlog:
        surface = pile.platform or _UNKNOWN
        MESSAGES.labels(surface, pile.state).set(pile.number)
        waits = (found.at - pile.since).total_seconds() if pile.since else 0.0
        longest[surface] = max(waits, longest.get(surface, 0.0))
    for surface, seconds in longest.items():
        OLDEST_SECONDS.labels(surface).set(seconds)
