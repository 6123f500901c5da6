"""The series of questions that the bot asks one at a time, by name."""

from handlers.sitting import Series

SERIES: dict[str, Series] = {}
