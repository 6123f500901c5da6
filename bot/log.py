"""Structured logs: what happened and where in the code, never what somebody wrote."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from bot.metrics import MISTAKES
from handlers.words import TemplateWrong

_SECRET = re.compile(r"(?:xox[a-z]|xapp)-[\w-]+|(?<=ticket=)[^&\s'\"]+")
"""Slack's tokens, and the one-time ticket in an address of Socket Mode."""


def configure() -> None:
    """Log one line of JSON for each event to standard error."""
    here = cast("TextIO", StandardError())
    handler = logging.StreamHandler(here)
    handler.setFormatter(_FramesOnly("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            mistakes_counted,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            frames_only,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(here),
    )


class StandardError:
    """Wherever standard error leads at the moment of writing: it may have been led elsewhere, and back."""

    def write(self, text: str) -> None:
        """Write it there."""
        sys.stderr.write(text)

    def flush(self) -> None:
        """Have it arrive there."""
        sys.stderr.flush()


class _FramesOnly(logging.Formatter):
    """What libraries log, without the values in their exceptions and without tokens."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record down; beside an exception its first line alone, as asyncio's others quote it."""
        if not record.exc_info:
            return _SECRET.sub("…", super().format(record))
        message = _unquoted(record).partition("\n")[0]
        told = f"{record.levelname} {record.name} {message}\n{self.formatException(record.exc_info)}"
        return _SECRET.sub("…", told)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        kind, _value, trace = ei
        return " ← ".join([kind.__name__, *(_frame(frame) for frame in traceback.extract_tb(trace))])


def _unquoted(record: logging.LogRecord) -> str:
    """The message of a record, with the kind of its exception in the place of that exception's words."""
    kind, value, _trace = record.exc_info or (None, None, None)
    message, words = record.getMessage(), str(value)
    return message.replace(words, kind.__name__) if kind and words else message


def _frame(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename}:{frame.lineno} {frame.name}"


def mistakes_counted(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Count what somebody should look at, by its event: those are written in the code, and few."""
    if method in {"error", "exception", "critical"}:
        MISTAKES.labels(event["event"]).inc()
    return event


def frames_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell an exception by its kind and its frames: messages and values may hold what a person typed.

    A template that cannot be used is named too: an operator may have written it.
    """
    trouble = event.pop("exc_info", None)
    if trouble:
        value = trouble if isinstance(trouble, BaseException) else sys.exception()
        event["error"] = type(value).__name__ if value else ""
        event["frames"] = [
            _frame(frame) for frame in traceback.extract_tb(value.__traceback__ if value else None)
        ]
        if isinstance(value, TemplateWrong):
            event["template"] = value.name
    return event
