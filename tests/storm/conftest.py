"""What storms of several processes share: one PostgreSQL that is thrown away."""

import pytest

from tests.fakes.postgresql import Cluster, NoPostgreSQL


@pytest.fixture(scope="session")
def cluster():
    try:
        found = Cluster()
    except NoPostgreSQL as none:
        pytest.skip(str(none))
    yield found
    found.end()


@pytest.fixture
def on_postgresql(request):
    """Makes a new database for a storm."""
    cluster = request.getfixturevalue("cluster")
    return lambda _folder: cluster.url(cluster.create())
