"""Fixtures around the house; a test module that wants them names them in its folder's conftest."""

import io
import logging

import pytest

from bot import log
from tests.fakes import database
from tests.fakes import house as houses


@pytest.fixture(scope="session")
def desk():
    return houses.desk()


@pytest.fixture(scope="session")
def furnished(desk, tmp_path_factory):
    url = database.fresh(tmp_path_factory.mktemp("house"))
    houses.furnished(url, desk)
    return database.frozen(url)


@pytest.fixture
def house(desk, furnished, tmp_path):
    house = houses.House(database.copied(furnished, tmp_path), desk)
    yield house
    house.close()


@pytest.fixture
def logged(monkeypatch):
    """Everything that any logger writes, as the bot configures them."""
    written = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr(log.StandardError, "write", lambda _, text: written.write(text))
    root.handlers[:] = []
    log.configure()
    yield written
    root.handlers[:], root.level = handlers, level
