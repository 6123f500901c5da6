"""Whether somebody may take a role, given where they work and what else they hold."""

from collections.abc import Mapping, Set

COUNCIL, TEAM, PROGRAMME = "council", "team", "programme"


def of_own_council(employers: Set[str], hosts: Set[str], side: str, *, reciprocal: bool) -> bool:
    """Whether somebody would look at the council that employs them. LGA: no direct host association.

    `employers` is every employer the record points at: what was said, and whose e-mail they use.
    In a reciprocal format everybody is host and peer.
    """
    return side == TEAM and not reciprocal and not employers.isdisjoint(hosts)


def on_both_sides(held: Set[str], side: str, *, reciprocal: bool) -> bool:
    """Whether somebody would sit with the council and with those it must not overhear."""
    sides = held | {side}
    return not reciprocal and COUNCIL in sides and bool(sides & {TEAM, PROGRAMME})


def agrees_twice(held: Set[str], role: str, agreed_by: Set[str]) -> bool:
    """Whether one person would give both agreements that let words leave the team."""
    return role in agreed_by and bool(held & (agreed_by - {role}))


def is_stranger_to_council(employer: str | None, hosts: Set[str], side: str) -> bool:
    """Whether a deputy for the council's side is known to work for somebody else."""
    return side == COUNCIL and employer is not None and employer not in hosts


# Who may decide

PROGRAMME_WIDE = frozenset({"coordinator", "programme_manager", "principal_adviser", "improvement_adviser"})
"""Roles that somebody can hold in every challenge of the programme at once."""

_RUN_THE_PROGRAMME = frozenset({"coordinator", "programme_manager"})


def may_appoint(own: Set[str], role: str) -> bool:
    """Whether somebody with these roles may give or take a role. Nobody appoints above themselves."""
    if role in PROGRAMME_WIDE | {"challenge_manager"}:
        return bool(own & _RUN_THE_PROGRAMME)
    return bool(own & (_RUN_THE_PROGRAMME | {"challenge_manager"}))


def may_name_deputy(own: Set[str], role: str, side: str) -> bool:
    """Whether somebody may name a deputy: on the council's side the sponsor alone."""
    return "sponsor" in own if side == COUNCIL else may_appoint(own, role)


def sides_of(roles: Set[str], side: Mapping[str, str]) -> frozenset[str]:
    """The sides on which somebody with these roles sits."""
    return frozenset(side[role] for role in roles if role in side)
