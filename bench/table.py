"""The one table of figures: each beside its floor, the target it has, and whether it keeps to it."""

from dataclasses import asdict, dataclass
from typing import Any

_COLUMNS = "{:<56}{:>12}{:>11}{:>11}{:>12}{:>8}  {}"
_HEAD = ("", "", "p50", "p99", "floor", "ratio", "target")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure, in its unit, and the same of its floor. `most`: the target, for `of`: ratio or figure.

    `note`: what it was measured with, where that is not plain.
    """

    name: str
    figure: float
    unit: str
    p50: float | None = None
    p99: float | None = None
    floor: float | None = None
    most: float | None = None
    of: str = "ratio"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor it costs: of what is counted by the second, less is more."""
        if not self.floor:
            return None
        return self.floor / self.figure if self.unit == "/s" else self.figure / self.floor

    @property
    def met(self) -> bool | None:
        """Whether it keeps to its target; None where it has none."""
        measured = self.ratio if self.of == "ratio" else self.figure
        return None if self.most is None or measured is None else bool(measured <= self.most)

    def told(self) -> dict[str, Any]:
        """What goes into the file."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


def head() -> None:
    """Print the names of the columns."""
    print(_COLUMNS.format(*_HEAD))


def show(row: Row) -> Row:
    """Print a row and give it back."""
    times = [f"{one:.1f} ms" if one is not None else "" for one in (row.p50, row.p99)]
    floor = _number(row.floor, row.unit) if row.floor is not None else ""
    ratio = f"{row.ratio:.1f}x" if row.ratio is not None else ""
    figure = _number(row.figure, row.unit)
    print(_COLUMNS.format(row.name, figure, *times, floor, ratio, _target(row)).rstrip(), flush=True)
    return row


def _number(value: float, unit: str) -> str:
    digits = 0 if unit == "/s" or value >= 100 else 1
    return f"{value:.{digits}f}{'' if unit == '/s' else ' '}{unit}"


def _target(row: Row) -> str:
    if row.most is None:
        return row.note
    limit = f"{row.most:g}{'x' if row.of == 'ratio' else f' {row.unit}'}"
    return f"{limit:<9}{'met' if row.met else 'MISSED':<8}{row.note}"
