"""A house for the tests of handlers."""

from tests.fakes.fixtures import desk, furnished, house, logged
from tests.handlers.on_site_begun import beginnings, visit

__all__ = ["beginnings", "desk", "furnished", "house", "logged", "visit"]
