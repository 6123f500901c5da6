"""What the tests of one process share: compiled statements. A bot has one engine, tests have hundreds."""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event

_compiled: dict[type[Dialect], tuple[Dialect, dict[Any, Any]]] = {}


def share_statements() -> None:
    """Let a statement be compiled once for all engines of a kind; else each test would do it anew."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    """Statements are looked up by dialect: engines of a kind get the one of the first that connected."""
    engine = connection.engine
    dialect, statements = _compiled.setdefault(type(engine.dialect), (engine.dialect, {}))
    if "compiled_cache" not in engine.get_execution_options():
        engine.dialect = connection.dialect = dialect
        engine.update_execution_options(compiled_cache=statements)
