"""A house for the tests of handlers."""

from tests.fakes.fixtures import desk, furnished, house, logged
from tests.handlers.letter_box import a_team
from tests.handlers.on_site_begun import beginnings, visit

__all__ = ["a_team", "beginnings", "desk", "furnished", "house", "logged", "visit"]
