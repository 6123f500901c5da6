"""What came of each act, in figures and as one line of the log: how long it took, and no word of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from bot.metrics import ACT_SECONDS, ACTS
from handlers.message import Answer, Trace

log = structlog.get_logger()

_NOT_HEARD: Final = Trace(outcome="not_heard")
_UNKNOWN: Final = "unknown"


class Tracing:
    """One act while it is heard."""

    def __init__(self) -> None:
        self.trace: Trace | None = None

    def of(self, answer: Answer) -> Answer:
        """Take from its answer what came of it. Gives the answer back."""
        self.trace = answer.trace
        return answer


@contextmanager
def traced(surface: str) -> Iterator[Tracing]:
    """Count an act, and log it. What raises was not heard; what has no answer was nobody's act."""
    tracing, began = Tracing(), time.perf_counter()
    try:
        yield tracing
    except Exception:
        tracing.trace = _NOT_HEARD
        raise
    finally:
        if tracing.trace:
            _tell(surface, tracing.trace, time.perf_counter() - began)


def _tell(surface: str, trace: Trace, seconds: float) -> None:
    ACTS.labels(surface, trace.phrase or _UNKNOWN, trace.outcome).inc()
    ACT_SECONDS.labels(surface, trace.outcome).observe(seconds)
    known = {"phrase": trace.phrase, "reference": trace.reference}
    log.info(
        "act", chat=surface, outcome=trace.outcome, milliseconds=round(1000 * seconds, 1),
        **{name: value for name, value in known.items() if value},
    )  # fmt: skip
