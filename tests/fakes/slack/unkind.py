"""What Slack does to an app now and then, done on purpose. See `tests/fakes/unkind.py`.

"response_url" counts as a method. Deliveries are of kind events_api, slash_commands or interactive.
"""

from dataclasses import dataclass

from tests.fakes import unkind
from tests.fakes.unkind import When


@dataclass(kw_only=True)
class Unkind(unkind.Unkind):
    """How unkind Slack is being at present; kind, by default."""

    def error(
        self, error: str, method: str | None = None, *, times: int | None = 1, when: When | None = None
    ) -> None:
        """Answer `ok: false` with this error, and do nothing."""
        self._add("error", method, 0, times, when, detail=error)

    def redeliver(
        self,
        kind: str | None = "events_api",
        *,
        copies: int = 1,
        during: bool = False,
        times: int | None = 1,
    ) -> None:
        """Deliver the same thing again: after its answer or, `during`, while the first is still running."""
        super().redeliver(kind, copies=copies, during=during, times=times)

    def unheard(self, kind: str | None = "events_api", *, times: int | None = 1) -> None:
        """Take the app's answer for lost on the way: an event is then delivered again, a form stays open."""
        super().unheard(kind, times=times)
