"""A store of the newest schema."""

from contextlib import closing

import pytest

from store.session import Store
from tests.fakes import database


@pytest.fixture
def url(tmp_path):
    return database.fresh(tmp_path)


@pytest.fixture
def store(url):
    with closing(Store(url)) as store:
        yield store


@pytest.fixture
def in_file(tmp_path):
    """A store in a file of SQLite's, whichever database the tests run on."""
    with closing(Store(database.fresh_file(tmp_path))) as store:
        yield store
