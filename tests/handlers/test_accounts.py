"""What a chat tells of its accounts is followed, and never makes one person of two."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from handlers import accounts
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from tests.fakes.house import CHAT, TENANT, account
from tests.handlers.chat_rooms import bound, claim, comes_to, members, queued, where

DANA = account("Dana", email="dana@saltmarsh.example")


@pytest.fixture
def house(house):
    """Dana has written to the bot; nothing is in the outbox."""
    house.says(DANA, "help")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _changes(house, to, active=True):
    house.happens("account_changed", account=to, active=active)


def _dana(house):
    return house.one(PersonAccount, account="dana")


def _person(house):
    return house.one(Person, id=_dana(house).person_id)


def test_new_name_and_address_are_followed(house):
    _changes(house, replace(DANA, name="Dana O'Neil", email="Dana.ONeil@saltmarsh.example"))

    person = _person(house)
    assert (_dana(house).name, person.name, person.email) == (
        "Dana O'Neil", "Dana O'Neil", "dana.oneil@saltmarsh.example",
    )  # fmt: skip


def test_name_that_somebody_here_gave_stays(house):
    house.change(
        lambda session: session.execute(
            update(Person).where(Person.name == "Dana").values(name="Dana of Saltmarsh")
        )
    )
    _changes(house, replace(DANA, name="dana99"))

    assert (_dana(house).name, _person(house).name) == ("dana99", "Dana of Saltmarsh")


def test_address_that_somebody_here_gave_stays(house):
    house.change(
        lambda session: session.execute(
            update(Person).where(Person.name == "Dana").values(email="d@saltmarsh.example")
        )
    )
    _changes(house, replace(DANA, email="other@saltmarsh.example"))

    assert _person(house).email == "d@saltmarsh.example"


@pytest.mark.parametrize("of", [{"guest": True}, {"tenant": "elsewhere"}])
def test_address_that_is_not_trusted_is_not_followed(house, of):
    somebody = replace(account("Sam", email="sam@exampleshire.example"), **of)
    house.says(somebody, "help")
    _changes(house, replace(somebody, email="dana@saltmarsh.example"))

    row = house.one(PersonAccount, account="sam")
    assert house.one(Person, id=row.person_id).email is None


def test_address_of_somebody_else_moves_nothing_and_is_told(house):
    house.says(account("Helena", email="helena@exampleshire.example"), "help")
    before = _dana(house).person_id
    _changes(house, replace(DANA, email="helena@exampleshire.example"))

    assert (_dana(house).person_id, _person(house).email) == (before, "dana@saltmarsh.example")
    assert [row.facts for row in queued(house, "address_of_another")] == [{"name": "Dana", "other": "Helena"}]


def test_somebody_known_by_address_alone_is_met(house):
    house.change(
        lambda session: session.add(Person(programme_id=1, name="Nora", email="nora@dunford.example"))
    )
    _changes(house, account("Nora", email="Nora@dunford.example"))

    row = house.one(PersonAccount, account="nora")
    assert house.one(Person, id=row.person_id).name == "Nora"


@pytest.mark.parametrize(
    "to",
    [
        account("Nobody", email="nobody@dunford.example"),
        account("Guest", email="nora@dunford.example", guest=True),
        replace(account("Far", email="nora@dunford.example"), tenant="elsewhere"),
    ],
)
def test_nobody_else_is_remembered(house, to):
    house.change(
        lambda session: session.add(Person(programme_id=1, name="Nora", email="nora@dunford.example"))
    )
    _changes(house, to)

    assert house.ask(select(PersonAccount).where(PersonAccount.account == to.id)) == []


def test_stranger_who_is_deactivated_reads_the_team_room_no_more(house):
    bound(house, "team", "Ruth")
    house.happens("entered", **where(), account=account("Owen"))
    _changes(house, account("Owen"), active=False)

    assert "Owen" not in members(house)
    assert [row.state for row in queued(house, "stranger_in_room", state=None)] == ["withdrawn"]


def test_somebody_deactivated_who_stands_down_is_not_stuck_in_the_room(house):
    house.appoint("Dana", "peer")
    bound(house, "team", "Ruth", "Dana")
    _changes(house, DANA, active=False)
    house.says("Jo", "stand down dana")
    for call in claim(house):
        comes_to(house, call, "done", address=f"card-{call.row}")
    claim(house)

    assert "Dana" not in members(house)


def test_somebody_who_speaks_again_is_active_again(house):
    _changes(house, DANA, active=False)
    house.says(DANA, "help")

    assert _dana(house).active is True


def test_account_key_is_platform_tenant_and_id(house):
    _changes(house, replace(DANA, tenant="elsewhere", name="Impostor"), active=False)

    assert (_dana(house).name, _dana(house).active) == ("Dana", True)
    assert house.ask(select(PersonAccount).where(PersonAccount.tenant != TENANT)) == []
    assert house.ask(select(PersonAccount.platform).distinct()) == [CHAT]


# What is worth hearing


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (DANA, True),
        (account("Sam"), False),
        (account("Sam", email="Dana@saltmarsh.example"), True),
        (account("Sam", email="sam@saltmarsh.example"), False),
    ],
)
def test_account_is_known_by_itself_or_by_its_address(house, told, known):
    assert house.change(lambda session: accounts.is_known(session, told)) is known


@pytest.mark.parametrize(
    ("now", "other"),
    [
        ({}, False),
        ({"name": "Dana Reed"}, True),
        ({"email": "d@saltmarsh.example"}, True),
        ({"id": "another"}, True),
    ],
)
def test_account_is_other_when_anything_kept_of_it_is(house, now, other):
    told = replace(DANA, **now)

    assert house.change(lambda session: accounts.is_other(session, told, active=True)) is other


def test_account_that_was_deactivated_is_other(house):
    assert house.change(lambda session: accounts.is_other(session, DANA, active=False))
