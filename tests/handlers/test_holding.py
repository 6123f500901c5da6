"""Which task may stand in which room, late or not, whoever's it is."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from handlers.holding import Holding, room_sees
from handlers.shapes_checks import AUDIENCES
from store.task import Task

TODAY = date(2026, 10, 1)
NOBODY = Holding(roles=())
KINDS = ("council", "liaison", "team", "programme")
OWNERS = ("organiser", "peer", "coordinator")
LATE = {"late": -1, "today": 0, "early": 1}


def _task(audience, owner, days):
    return Task(
        challenge_id=1, number=1, kind="task", title="Read", audience=audience, owner_role=owner,
        due_on=TODAY + timedelta(days=days), state="open", added_at=datetime(2026, 9, 1, tzinfo=UTC),
    )  # fmt: skip


def _sees(desk, audience, kind, owner, days):
    return room_sees(_task(audience, owner, days), kind, desk.shapes.default, NOBODY, TODAY)


@pytest.mark.parametrize(("audience", "kind", "owner"), [*product(AUDIENCES, KINDS, OWNERS)])
def test_room_reads_a_task_only_where_everybody_there_may_and_the_council_no_lateness(
    desk, audience, kind, owner
):
    shape = desk.shapes.default
    for_all = shape.audience(kind) <= shape.audience(audience)
    hidden = kind in {"council", "liaison"} and owner != "organiser"

    assert {when: _sees(desk, audience, kind, owner, days) for when, days in LATE.items()} == {
        "late": for_all and not hidden,
        "today": for_all,
        "early": for_all,
    }


def test_task_of_the_council_alone_never_shows_in_the_liaison_room(desk):
    assert not any(_sees(desk, "council", "liaison", "organiser", days) for days in LATE.values())
