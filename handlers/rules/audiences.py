"""Who may read what. An audience is a set of role names, and comes from the challenge's format."""

from collections.abc import Set


def may_read(reader_roles: Set[str], audience: Set[str]) -> bool:
    """Say whether a person with these roles belongs to the audience. Nobody belongs to an empty one."""
    return not reader_roles.isdisjoint(audience)


def may_stand_in(room_readers: Set[str], template_readers: Set[str]) -> bool:
    """Say whether words for `template_readers` may stand in a room that `room_readers` can read.

    Every role in the room must be among those the words are for. A room whose readers are
    unknown (an empty set) takes nothing.
    """
    return bool(room_readers) and room_readers <= template_readers
