import pytest

from handlers.rules import conflicts

HOSTS = {"Exampleshire County Council"}


@pytest.mark.parametrize(
    ("employers", "side", "reciprocal", "refused"),
    [
        ({"Exampleshire County Council"}, "team", False, True),
        ({"Northmere", "Exampleshire County Council"}, "team", False, True),
        ({"Northmere"}, "team", False, False),
        (set(), "team", False, False),
        ({"Exampleshire County Council"}, "team", True, False),
        ({"Exampleshire County Council"}, "council", False, False),
        ({"Exampleshire County Council"}, "programme", False, False),
    ],
)
def test_of_own_council_is_refused_in_the_team_of_a_format_that_is_not_reciprocal(
    employers, side, reciprocal, refused
):
    assert conflicts.of_own_council(employers, HOSTS, side, reciprocal=reciprocal) == refused


@pytest.mark.parametrize(
    ("held", "side", "refused"),
    [
        ({"council"}, "team", True),
        ({"team"}, "council", True),
        ({"programme"}, "council", True),
        ({"team"}, "programme", False),
        ({"council"}, "council", False),
        ({"guest"}, "council", False),
        (set(), "council", False),
    ],
)
def test_on_both_sides_is_the_council_with_anybody_it_must_not_overhear(held, side, refused):
    assert conflicts.on_both_sides(held, side, reciprocal=False) == refused
    assert not conflicts.on_both_sides(held, side, reciprocal=True)


def test_agrees_twice_when_one_person_would_hold_both_agreeing_roles():
    both = {"lead_peer", "challenge_manager"}
    assert conflicts.agrees_twice({"lead_peer"}, "challenge_manager", both)
    assert not conflicts.agrees_twice({"peer"}, "challenge_manager", both)
    assert not conflicts.agrees_twice({"challenge_manager"}, "challenge_manager", both)
    assert not conflicts.agrees_twice({"lead_peer"}, "peer", both)


def test_stranger_to_council_is_whoever_is_known_to_work_elsewhere():
    assert conflicts.is_stranger_to_council("Northmere", HOSTS, "council")
    assert not conflicts.is_stranger_to_council("Exampleshire County Council", HOSTS, "council")
    assert not conflicts.is_stranger_to_council(None, HOSTS, "council")
    assert not conflicts.is_stranger_to_council("Northmere", HOSTS, "team")


@pytest.mark.parametrize(
    ("own", "role", "may"),
    [
        ({"coordinator"}, "programme_manager", True),
        ({"programme_manager"}, "coordinator", True),
        ({"challenge_manager"}, "programme_manager", False),
        ({"challenge_manager"}, "challenge_manager", False),
        ({"challenge_manager"}, "lead_peer", True),
        ({"challenge_manager"}, "sponsor", True),
        ({"lead_peer"}, "peer", False),
        ({"sponsor"}, "organiser", False),
    ],
)
def test_may_appoint_nobody_above_oneself(own, role, may):
    assert conflicts.may_appoint(own, role) == may


@pytest.mark.parametrize(
    ("own", "role", "side", "may"),
    [
        ({"sponsor"}, "sponsor", "council", True),
        ({"sponsor"}, "organiser", "council", True),
        ({"coordinator"}, "sponsor", "council", False),
        ({"organiser"}, "sponsor", "council", False),
        ({"coordinator"}, "lead_peer", "team", True),
        ({"sponsor"}, "lead_peer", "team", False),
    ],
)
def test_may_name_deputy_of_the_council_side_is_the_sponsor_alone(own, role, side, may):
    assert conflicts.may_name_deputy(own, role, side) == may
