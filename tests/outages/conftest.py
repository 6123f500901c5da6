"""A PostgreSQL of this folder's own, to be stopped, frozen and cut off; and a bot's house on it."""

import tempfile
from pathlib import Path

import pytest

from bot.hear import Ear
from store.migrations import upgrade
from store.session import Store
from tests.fakes import house as houses
from tests.fakes.fixtures import desk, logged
from tests.fakes.postgresql import USER, NoPostgreSQL
from tests.fakes.postgresql import cluster as new_cluster
from tests.fakes.proxy import Proxy

__all__ = ["desk", "logged"]


@pytest.fixture(autouse=True)
def _limits():
    """As they are."""


@pytest.fixture(scope="module")
def cluster():
    try:
        with new_cluster() as cluster:
            cluster.run(
                f"ALTER ROLE {USER} SET synchronous_commit = on"
            )  # what is committed outlives a crash
            yield cluster
    except NoPostgreSQL as none:
        pytest.skip(str(none))


@pytest.fixture(scope="module")
def like(cluster, desk):
    """The name of a database in which a house is furnished."""
    name = cluster.create()
    store = Store(cluster.url(name))
    upgrade(store.engine)
    store.close()
    houses.furnished(cluster.url(name), desk)
    return name


@pytest.fixture
def name(cluster, like):
    name = cluster.create(like)
    yield name
    cluster.drop(name)


@pytest.fixture
def house(cluster, name, desk):
    house = houses.House(cluster.url(name), desk)
    yield house
    house.close()


@pytest.fixture
async def ear(house):
    ear = Ear(house.store, house.desk, house.clock)
    yield ear
    ear.close()


@pytest.fixture
def proxy(cluster):
    with tempfile.TemporaryDirectory(prefix="proxy-") as folder:
        proxy = Proxy(Path(folder), cluster.folder)
        yield proxy
        proxy.close()


@pytest.fixture
def far(cluster, name, proxy, desk, house):
    """The same house, reached by way of the proxy."""
    far = houses.House(cluster.url(name).replace(str(cluster.folder), str(proxy.folder)), desk)
    yield far
    far.close()


@pytest.fixture
async def far_ear(far):
    ear = Ear(far.store, far.desk, far.clock)
    yield ear
    ear.close()
