"""A store of the newest schema in a folder of its own."""

import pytest

from store.migrations import upgrade
from store.session import Store


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
def store(url):
    migrated = Store(url)
    upgrade(migrated.engine)
    migrated.close()
    store = Store(url)
    yield store
    store.close()
