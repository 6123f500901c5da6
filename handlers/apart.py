"""One thing among several, done apart from the others: whole or not at all, and its mistake holds none up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session

from store.trouble import HITCHES

log = structlog.get_logger()


@dataclass
class Tried:
    """What came of it, once the block is over."""

    failure: Exception | None = None


@contextmanager
def apart(session: Session, event: str, **about: Any) -> Iterator[Tried]:
    """Do the block in a savepoint. A mistake in it takes back what was done, is logged, and goes no further.

    What the block met through no fault of its own is raised: then the whole unit of work is tried again.
    """
    tried = Tried()
    try:
        with session.begin_nested():
            yield tried
    except HITCHES:
        raise
    except Exception as failure:
        log.exception(event, **about)
        tried.failure = failure
