"""Random challenges: any format, nation and dates, and what people do to them while time passes."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.app import desk as real_desk
from bot.settings import Settings
from handlers.shapes_format import Milestone

SHAPES = real_desk(Settings(), frozenset()).shapes
NATIONS = ("ENG", "WLS", "SCT", "NIR")
ROLES = ("sponsor", "lead_peer", "challenge_manager", "coordinator")

openings = st.dates(date(2026, 1, 5), date(2028, 12, 20)).map(
    lambda day: datetime.combine(day, time(10), UTC)
)
"""Mornings on which a challenge is opened, weekends and bank holidays too."""


@st.composite
def milestones(draw, key):
    """A milestone that falls due before or after any of the days that can be counted from."""
    anchor = draw(st.sampled_from(("opened", "first_day", "last_day", "final_issued")))
    first = 0 if anchor in {"opened", "final_issued"} else -90
    offset = draw(
        st.one_of(
            st.builds(lambda days: {"working_days": days}, st.integers(first, 60)),
            st.builds(lambda months: {"months": months}, st.integers(min(first, 0) // 30, 14)),
        )
    )
    return Milestone(
        key=key, title=f"Step {key}", owner=draw(st.sampled_from(ROLES)), audience="everyone",
        anchor=anchor, **offset,
    )  # fmt: skip


@st.composite
def formats(draw):
    """One of our formats with other milestones, hours and numbers of days."""
    shape = SHAPES.formats[draw(st.sampled_from(sorted(SHAPES.formats)))]
    keys = [f"step_{number}" for number in range(draw(st.integers(1, 5)))]
    on_site = shape.on_site.model_copy(
        update={
            "message_days": draw(st.sampled_from(("all_but_last", "all", "none"))),
            "preview": draw(st.sampled_from((None, time(17, 30)))),
        }
    )
    update = {
        "milestones": tuple(draw(milestones(key)) for key in keys),
        "on_site": on_site,
        "on_site_days": shape.on_site_days.model_copy(update={"min": 1, "max": 9}),
        "digest": shape.digest.model_copy(
            update={
                "at": draw(st.sampled_from((time(8), time(8, 30), time(11)))),
                "ahead": draw(st.integers(0, 9)),
            }
        ),
        "opening": shape.opening.model_copy(update={"blanks_within": draw(st.integers(0, 15))}),
        "quiet": shape.quiet.model_copy(update={"exempt_on_site": draw(st.booleans())}),
    }
    return shape.model_copy(update=update)


@dataclass(frozen=True)
class Plan:
    """A challenge to be opened: how, where and when."""

    format: Any
    nation: str
    opened: datetime
    visit: tuple[date, int] | None

    def __repr__(self):
        steps = [(one.anchor, one.working_days, one.months, one.owner) for one in self.format.milestones]
        on_site = self.format.on_site
        return (
            f"{self.format.key} {self.nation} opened {self.opened} visit {self.visit} {steps}"
            f" {on_site.message_days} {on_site.preview} {self.format.digest} {self.format.opening}"
        )

    def _repr_pretty_(self, printer, _cycle):
        printer.text(repr(self))

    @property
    def shapes(self):
        return replace(SHAPES, formats={**SHAPES.formats, self.format.key: self.format})


@st.composite
def plans(draw):
    opened = draw(openings)
    visit = draw(st.none() | visits(opened.date()))
    return Plan(format=draw(formats()), nation=draw(st.sampled_from(NATIONS)), opened=opened, visit=visit)


def visits(day):
    """A first day within the months after a day, and how many days."""
    first = st.integers(1, 150).map(lambda ahead: day + timedelta(days=ahead))
    return st.tuples(first, st.integers(1, 6))


_numbers, _ahead = st.integers(1, 8), st.integers(1, 120)

acts = st.one_of(
    st.tuples(st.just("move"), _ahead, st.integers(1, 6)),
    st.tuples(st.just("there and back"), _ahead, st.integers(1, 6)),
    st.tuples(st.sampled_from(("closed", "closed and open")), _ahead, st.integers(5, 40)),
    st.tuples(st.just("pin"), _numbers, st.integers(0, 60)),
    st.tuples(st.sampled_from(("unpin", "done", "take up")), _numbers),
    st.tuples(st.just("snooze"), _numbers, st.integers(1, 30)),
    st.tuples(st.just("task"), st.sampled_from(("helen", "martin", "me")), st.integers(0, 30)),
    st.tuples(st.just("deputy"), st.integers(0, 9), st.integers(0, 3)),
    st.tuples(st.sampled_from(("days", "hours")), st.integers(1, 40)),
    st.tuples(st.just("down"), st.integers(1, 100)),
    st.tuples(st.sampled_from(("look", "to the visit", "to the visit", "look", "final"))),
)
"""What may be done to a challenge, or happen to it: its name, and by how much."""
