"""Folders and files for what people wrote: where the bot makes them, only their owner can look inside.

What is there already keeps the rights that its owner gave it. SQLite makes its own files beside a
database with the rights of that database.
"""

import contextlib
import os
from pathlib import Path

from sqlalchemy import make_url


def make_folder(folder: Path) -> None:
    """Make a folder, unless it is there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def make_file(file: Path) -> None:
    """Make an empty file, unless it is there. SQLite takes it for a database without tables."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def make_database(url: str) -> None:
    """Make the file of an SQLite database, unless it is there; any other database is its server's."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return
    with contextlib.suppress(FileNotFoundError):  # without its folder it is for SQLite to say so
        make_file(Path(str(address.database)))
