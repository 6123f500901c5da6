"""A file belongs to one process at a time: two would answer everything twice."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from store import address


class InUse(Exception):
    """Another process has it."""


@contextlib.contextmanager
def held(url: str) -> Iterator[None]:
    """Hold the file of an SQLite database for this process alone. Raises InUse.

    The lock lies beside the file, by its real name. A server is for any number of processes.
    """
    file = address.file(url)
    if file is None:
        yield
        return
    real = file.resolve()
    with lock(real.with_name(f"{real.name}.lock")):
        yield


def lock(file: Path) -> IO[bytes]:
    """Hold a lock until this file is closed, or the process ends, however that is. Raises InUse."""
    lock = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "rb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        lock.close()
        raise InUse from taken
    return lock
