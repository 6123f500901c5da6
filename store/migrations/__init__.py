"""The database's schema, step by step."""

from enum import Enum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


class Schema(Enum):
    """What a database's schema is, beside the newest that is known here."""

    CURRENT = "current"
    OLDER = "older"
    UNKNOWN = "unknown"


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema. Of two that do at once, the second finds it done."""
    command.upgrade(_config(engine), "head")


def schema(engine: Engine) -> Schema:
    """What a database's schema is. One without any is older; one made by newer code is unknown."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    steps = ScriptDirectory.from_config(_config(engine))
    if found == steps.get_current_head():
        return Schema.CURRENT
    known = {step.revision for step in steps.walk_revisions()}
    return Schema.OLDER if found is None or found in known else Schema.UNKNOWN


def is_current(engine: Engine) -> bool:
    """Whether a database has the newest schema."""
    return schema(engine) is Schema.CURRENT


def is_newest(connection: Connection) -> bool:
    """Whether the database at the end of this connection has the newest schema."""
    return MigrationContext.configure(connection).get_current_revision() == _head()


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(engine: Engine | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config
