"""The database's own trouble: told once when it begins and once when it is over. It is no mistake."""

import contextlib
from collections.abc import Iterator
from typing import Final

import structlog

from store.trouble import InDoubt, Trouble

log = structlog.get_logger()

TROUBLE: Final = (Trouble, InDoubt)
"""What a unit of work meets while the database is away, busy, full, or breaks off."""


class Outage:
    """Whether the database lets work be done, as far as the last unit of work found out."""

    def __init__(self) -> None:
        self._is_on = False

    @contextlib.contextmanager
    def noticed(self) -> Iterator[None]:
        """Tell of the first trouble, and of the first work that is done after it. Lets trouble through."""
        try:
            yield
        except TROUBLE as trouble:
            if not self._is_on:
                log.warning("database_away", trouble=type(trouble).__name__, code=str(trouble))
            self._is_on = True
            raise
        if self._is_on:
            log.warning("database_back")
        self._is_on = False


def mistake(event: str, trouble: Exception, **of: object) -> None:
    """Log what went wrong in something that goes on for ever, unless it was only the database's trouble."""
    if not isinstance(trouble, TROUBLE):
        log.error(event, exc_info=trouble, **of)
