"""Writing over HTTP on PostgreSQL: one process, and two side by side on one database.

The server is thrown away afterwards and keeps nothing safe from a power cut, for the bot and its floor alike.
"""

import contextlib
from collections.abc import Iterator

from bench import over_http, programme
from bench.table import Row
from store.migrations import upgrade
from store.session import Store
from tests.fakes.postgresql import Cluster, NoPostgreSQL, cluster

_WRITES = ("write",)


async def rows() -> list[Row]:
    """The figures, or none where there is no PostgreSQL."""
    try:
        with cluster() as server:
            return [row for processes in (1, 2) for row in await _beside(server, processes)]
    except NoPostgreSQL as none:
        print(none)
        return []


async def _beside(server: Cluster, processes: int) -> list[Row]:
    with _database(server) as bare:
        floor = await over_http.floor(bare, processes, _WRITES)
    with _database(server) as url:
        programme.claimed(url)
        where = f" on PostgreSQL, {processes} process{'es' if processes > 1 else ''}"
        return await over_http.in_slack(floor, url, processes, _WRITES, where)


@contextlib.contextmanager
def _database(server: Cluster) -> Iterator[str]:
    name = server.create()
    store = Store(server.url(name))
    upgrade(store.engine)
    store.close()
    yield server.url(name)
    server.drop(name)
