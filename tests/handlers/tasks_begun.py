"""How a challenge stands when a test of tasks begins: a sponsor, an organiser, a manager and two peers."""

from tests.handlers.team_begun import CONFIRMED

WORKING = (
    CONFIRMED
    + """
Jo: confirm @Priya as programme manager
Jo: confirm @Sam as organiser
Jo sees "Sam Field is council organiser in Exampleshire"
"""
)
