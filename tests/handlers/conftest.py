"""A house for the tests of handlers."""

from tests.fakes.fixtures import desk, furnished, house, logged

__all__ = ["desk", "furnished", "house", "logged"]
