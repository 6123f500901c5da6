from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from handlers.rules.release import (
    Agreed,
    Alone,
    deliver_by,
    has_agreed,
    may_release,
    may_send_alone,
    role_to_agree_in,
    still_to_agree,
    too_late,
)

ASKED = ("lead_peer", "challenge_manager")
MARTIN, RUTH, DANA = 1, 2, 3
LONDON = "Europe/London"
DAY = date(2026, 11, 11)
FIVE = datetime(2026, 11, 11, 17, 0, tzinfo=UTC)


def agreed(role, person, at=FIVE):
    return Agreed(role=role, person=person, at=at)


LEAD = agreed("lead_peer", MARTIN)
MANAGER = agreed("challenge_manager", RUTH)


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ((), ASKED),
        ((LEAD,), ("challenge_manager",)),
        ((MANAGER,), ("lead_peer",)),
        ((LEAD, MANAGER), ()),
        ((agreed("peer", DANA),), ASKED),
    ],
)
def test_still_to_agree_names_the_roles_missing(there, missing):
    assert still_to_agree(ASKED, there) == missing


@pytest.mark.parametrize(
    ("held", "person", "there", "role"),
    [
        ({"lead_peer"}, MARTIN, (), "lead_peer"),
        ({"challenge_manager"}, RUTH, (), "challenge_manager"),
        ({"lead_peer"}, MARTIN, (MANAGER,), "lead_peer"),
        ({"lead_peer"}, MARTIN, (LEAD,), None),
        ({"peer"}, DANA, (), None),
        ({"coordinator"}, DANA, (MANAGER,), None),
        ({"programme_manager"}, DANA, (), None),
        ({"sponsor"}, DANA, (), None),
        (set(), DANA, (), None),
        # a deputy, when the one they stand in for has agreed already
        ({"lead_peer"}, DANA, (LEAD,), None),
        # whoever holds both roles counts once
        ({"lead_peer", "challenge_manager"}, DANA, (), "lead_peer"),
        ({"lead_peer", "challenge_manager"}, DANA, (MANAGER,), "lead_peer"),
        ({"lead_peer", "challenge_manager"}, DANA, (agreed("lead_peer", DANA),), None),
    ],
)
def test_role_to_agree_in_by_held_roles_and_agreements(held, person, there, role):
    assert role_to_agree_in(ASKED, held, person, there) == role


@pytest.mark.parametrize("held", [{"lead_peer"}, {"challenge_manager"}, {"lead_peer", "challenge_manager"}])
def test_role_to_agree_in_never_completes_with_one_person(held):
    role = role_to_agree_in(ASKED, held, DANA, ())

    there = (agreed(role, DANA),)

    assert role_to_agree_in(ASKED, held, DANA, there) is None
    assert still_to_agree(ASKED, there) != ()


def test_role_to_agree_in_a_format_that_asks_one_role():
    assert role_to_agree_in(("lead_peer",), {"lead_peer"}, MARTIN, ()) == "lead_peer"
    assert still_to_agree(("lead_peer",), (LEAD,)) == ()


def test_has_agreed_in_whichever_role():
    assert has_agreed(RUTH, (LEAD, MANAGER))
    assert not has_agreed(DANA, (LEAD, MANAGER))


COUNCIL = {"sponsor", "organiser", "director", "summary_reader"}


@pytest.mark.parametrize(
    ("held", "may"),
    [
        ({"lead_peer"}, True),
        ({"challenge_manager"}, True),
        ({"challenge_manager", "programme_manager"}, True),
        ({"peer"}, False),
        ({"programme_manager"}, False),
        ({"coordinator"}, False),
        ({"coordinator", "challenge_manager"}, False),
        ({"sponsor"}, False),
        ({"sponsor", "lead_peer"}, False),
        ({"summary_reader", "lead_peer"}, False),
        (set(), False),
    ],
)
def test_may_release_never_the_coordinator_nor_the_council(held, may):
    assert may_release(held, ASKED, COUNCIL) is may


def minutes(count):
    return FIVE + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("there", "person", "now", "decision"),
    [
        ((), MARTIN, minutes(60), Alone(why="not_agreed")),
        ((MANAGER,), MARTIN, minutes(60), Alone(why="not_agreed")),
        ((LEAD, MANAGER), MARTIN, minutes(60), Alone(why="nobody_missing")),
        ((LEAD,), MARTIN, minutes(0), Alone(why="too_soon", at=minutes(30))),
        ((LEAD,), MARTIN, minutes(29.9), Alone(why="too_soon", at=minutes(30))),
        ((LEAD,), MARTIN, minutes(30), Alone()),
        ((LEAD,), MARTIN, minutes(90), Alone()),
        ((LEAD,), DANA, minutes(90), Alone(why="not_agreed")),
    ],
)
def test_may_send_alone_by_own_agreement_and_time(there, person, now, decision):
    assert may_send_alone(ASKED, there, person, now, 30) == decision


def test_may_send_alone_over_every_combination_needs_own_agreement_and_time():
    parts = [[None, MARTIN, DANA], [None, RUTH, DANA], [MARTIN, RUTH, DANA], [0, 29, 30, 31]]
    for lead, manager, person, passed in product(*parts):
        people = {"lead_peer": lead, "challenge_manager": manager}
        there = [agreed(role, who) for role, who in people.items() if who]
        allowed = may_send_alone(ASKED, there, person, minutes(passed), 30).why == ""
        assert allowed == (person in (lead, manager) and None in (lead, manager) and passed >= 30)


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (datetime(2026, 11, 11, 19, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 11, 20, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 12, 8, 0, tzinfo=UTC), True),
    ],
)
def test_too_late_from_the_formats_time_on(now, late):
    assert too_late(now, DAY, time(20), LONDON) is late


def test_too_late_in_summer_counts_local_time():
    june = date(2026, 6, 10)
    assert too_late(datetime(2026, 6, 10, 19, 0, tzinfo=UTC), june, time(20), LONDON)
    assert not too_late(datetime(2026, 6, 10, 18, 59, tzinfo=UTC), june, time(20), LONDON)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        (datetime(2026, 11, 11, 17, 50, tzinfo=UTC), datetime(2026, 11, 11, 18, 50, tzinfo=UTC)),
        (datetime(2026, 11, 11, 19, 30, tzinfo=UTC), datetime(2026, 11, 11, 20, 0, tzinfo=UTC)),
        (datetime(2026, 11, 11, 20, 30, tzinfo=UTC), datetime(2026, 11, 11, 21, 30, tzinfo=UTC)),
    ],
)
def test_deliver_by_is_after_an_hour_or_at_eight(now, by):
    assert deliver_by(now, DAY, time(20), 60, LONDON) == by
