"""What every act asks for in one statement is what each noun would find by itself."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, inspect

from store import every_act
from store.challenge import Challenge
from store.heard import Heard, heard_before
from store.person import Person, PersonAccount, known_account
from store.programme import Council, Programme, the_programme
from store.role import Role, challenges_of, open_challenges_of, programme_roles, roles_of
from store.room import Room, room_at

NOW = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 10, 20)
PEOPLE = {
    "jo": [(None, "coordinator", None, None)],
    "helen": [(1, "organiser", None, None)],
    "ruth": [
        (2, "peer", None, None),
        (1, "lead_peer", TODAY, TODAY),
        (3, "peer", None, None),
        (1, "peer", None, TODAY),
    ],
    "sam": [(1, "peer", None, date(2026, 10, 19)), (2, "peer", date(2026, 10, 21), None)],
    "dana": [],
}
"""Roles by whoever holds them: the challenge, the role, its first and last day."""


@pytest.fixture
def furnished(store):
    store.work(_furnish)
    return store


def _furnish(session):
    session.add_all([Programme(id=1, name="one"), Programme(id=2, name="two")])
    session.flush()
    session.add(Council(id=1, programme_id=1, name="Northmere"))
    session.add_all(_challenge(number, closed_at=NOW if number == 3 else None) for number in (1, 2, 3))
    session.flush()
    for number, (name, roles) in enumerate(PEOPLE.items(), start=1):
        session.add(Person(id=number, programme_id=1, name=name, council_id=1 if number % 2 else None))
        session.flush()
        session.add(_account(number, name))
        session.add_all(_role(number, *role) for role in roles)
    session.add_all([_room("C1", "bound", 1), _room("C2", "lost", 2)])
    session.add(Heard(id="heard", at=NOW, outcome="done"))


def _challenge(number, **known):
    return Challenge(
        id=number, programme_id=1, slug=f"c{number}", name=f"C{number}", format="lga_full",
        zone="Europe/London", nation="ENG", opened_at=NOW, agenda_done_at=NOW, **known,
    )  # fmt: skip


def _account(number, name):
    return PersonAccount(platform="chat", tenant="T", account=name, person_id=number, name=name, seen_at=NOW)


def _role(person, challenge, role, starts, ends):
    return Role(programme_id=1, challenge_id=challenge, person_id=person, role=role, starts=starts, ends=ends)


def _room(address, state, challenge):
    return Room(
        programme_id=1, challenge_id=challenge, kind="team", title="t", topic="t", state=state,
        platform="chat", tenant="T", address=address, wanted_at=NOW,
    )  # fmt: skip


@pytest.fixture
def asked(furnished):
    """Every select that reaches the database."""
    found = []

    def note(_connection, _cursor, statement, *_rest):
        found.extend([statement] if statement.startswith("SELECT") else [])

    event.listen(furnished.engine, "before_cursor_execute", note)
    return found


def _found(session, said, account, address):
    """What the nouns find of an act: every column of every row."""
    speaker = known_account(session, "chat", "T", account)
    person = speaker.person_id if speaker else 0
    return {
        "programme": _columns(the_programme(session)),
        "heard": _columns(heard_before(session, said)),
        "room": _columns(room_at(session, "chat", "T", address)),
        "account": _columns(speaker),
        "person": _columns(speaker and speaker.person),
        "council": _columns(speaker and speaker.person.council),
        "in_programme": programme_roles(session, person, TODAY),
        "in_challenges": challenges_of(session, person, TODAY),
        "here": roles_of(session, person, 1, 1, TODAY),
        "open": [_columns(one) for one in open_challenges_of(session, person, TODAY)],
    }


def _columns(row):
    return row and {column.key: getattr(row, column.key) for column in inspect(type(row)).columns}


@pytest.mark.parametrize("account", [*PEOPLE, "nobody"])
@pytest.mark.parametrize("address", ["C1", "C2", "elsewhere"])
@pytest.mark.parametrize("said", ["heard", "new"])
def test_what_is_found_at_once_is_what_each_noun_finds(furnished, said, account, address):
    def at_once(session):
        every_act.ask(session, said=said, platform="chat", tenant="T", account=account, address=address)
        return _found(session, said, account, address)

    assert furnished.work(at_once) == furnished.work(lambda session: _found(session, said, account, address))


def test_what_was_found_at_once_is_not_asked_again(furnished, asked):
    def at_once(session):
        every_act.ask(session, said="new", platform="chat", tenant="T", account="ruth", address="C1")
        return _found(session, "new", "ruth", "C1")

    furnished.work(at_once)
    assert len([statement for statement in asked if " role" in statement]) == 1
    assert [statement.partition("FROM ")[2].split()[0] for statement in asked[1:]] == ["council"]


def test_what_was_found_at_once_is_asked_again_once_it_changed(furnished):
    def unit(session):
        every_act.ask(session, said="new", platform="chat", tenant="T", account="dana", address="C1")
        session.add(_role(5, 2, "peer", None, None))
        session.get_one(Room, 1).state = "lost"
        return challenges_of(session, 5, TODAY), room_at(session, "chat", "T", "C1")

    assert furnished.work(unit) == ({2}, None)


def test_nothing_is_found_where_nobody_claimed_the_programme(store):
    def unit(session):
        every_act.ask(session, said="new", platform="chat", tenant="T", account="jo", address="C1")
        return _found(session, "new", "jo", "C1")

    assert set(map(str, store.work(unit).values())) == {"None", "set()", "[]"}
