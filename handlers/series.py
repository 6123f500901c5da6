"""The series of questions that the bot asks one at a time, by name."""

from handlers import scoping_series, sheets
from handlers.sitting import Series

SERIES: dict[str, Series] = {one.name: one for one in (scoping_series.SCOPING, sheets.SERIES)}
