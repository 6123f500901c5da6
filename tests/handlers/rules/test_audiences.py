from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.audiences import may_read, may_stand_in

roles = st.frozensets(st.sampled_from(["sponsor", "organiser", "peer", "lead_peer", "coordinator"]))


def test_may_read_with_a_role_in_common_is_allowed() -> None:
    assert may_read({"peer", "observer"}, {"lead_peer", "peer"})


def test_may_read_with_no_role_in_common_is_denied() -> None:
    assert not may_read({"sponsor"}, {"lead_peer", "peer"})


def test_may_read_without_roles_or_without_audience_is_denied() -> None:
    assert (may_read(set(), {"peer"}), may_read({"peer"}, set()), may_read(set(), set())) == (False,) * 3


def test_may_stand_in_when_one_reader_too_many_is_denied() -> None:
    assert not may_stand_in({"peer", "sponsor"}, {"peer", "lead_peer"})


def test_may_stand_in_when_all_readers_are_meant_is_allowed() -> None:
    assert may_stand_in({"peer"}, {"peer", "lead_peer"})


def test_may_stand_in_when_either_side_is_unknown_is_denied() -> None:
    assert (may_stand_in(set(), {"peer"}), may_stand_in({"peer"}, set()), may_stand_in(set(), set())) == (
        False,
    ) * 3


@given(room=roles, template=roles, person=roles)
def test_may_stand_in_never_shows_a_reader_of_the_room_what_they_may_not_read(
    room: frozenset[str], template: frozenset[str], person: frozenset[str]
) -> None:
    if may_stand_in(room, template) and may_read(person, room):
        assert may_read(person, template)
