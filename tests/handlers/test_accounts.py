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


# The bot itself is added, or taken away


def _waits_for_dana(house, key="to dana"):
    def unit(session, post):
        dana = session.get_one(PersonAccount, (CHAT, TENANT, "dana")).person
        post.to_person(dana, "for_person", {"text": key}, key=key)

    house.post(unit)


def _refused(house, key):
    """Let the chat find out, while it is asked, that the bot may not write to Dana."""
    [call] = [call for call in claim(house) if call.key == key]
    house.happens("uninstalled", account=DANA)
    comes_to(house, call, "never", reason="not installed")


def _deliver(house):
    """Deliver everything that can be; nobody is found by their address."""
    while calls := claim(house):
        for call in calls:
            comes_to(house, call, "account" if call.op == "look_up" else "done")


def _row(house, key="to dana"):
    return house.one(Outgoing, key=key)


def _named(house, name, email):
    """A person whom somebody here named by their address, and whom no chat has shown yet."""
    house.change(lambda session: session.add(Person(programme_id=1, name=name, email=email)))


def _everybody(house):
    """Everybody who is known, and how many messages wait."""
    return {person.name for person in house.ask(select(Person))}, len(queued(house, "welcome"))


@pytest.mark.parametrize("of", [{"id": "helen"}, {"email": "Nora@dunford.example"}])
def test_whoever_is_known_and_adds_the_bot_is_greeted_once(house, of):
    _named(house, "Nora", "nora@dunford.example")
    for _ in range(2):
        house.happens("installed", account=replace(account("Helen"), **({"id": "nora"} | of)))
    [welcome] = queued(house, "welcome")

    known = {"id": "Helen", "email": "Nora"}
    assert (welcome.person.name, welcome.challenge_id) == (known[next(iter(of))], None)


@pytest.mark.parametrize(
    "of",
    [
        {},
        {"email": "somebody@dunford.example"},
        {"email": "nora@dunford.example", "guest": True},
        {"email": "nora@dunford.example", "tenant": "elsewhere"},
    ],
)
def test_bot_that_is_added_for_everybody_greets_and_remembers_nobody_it_does_not_know(house, of):
    _named(house, "Nora", "nora@dunford.example")
    before = _everybody(house)
    house.happens("installed", account=replace(account("Somebody"), **of))

    assert _everybody(house) == before
    assert house.ask(select(PersonAccount).where(PersonAccount.account == "somebody")) == []


def test_account_that_was_deactivated_is_active_again_when_the_bot_is_added_for_it(house):
    _changes(house, DANA, active=False)
    house.happens("installed", account=DANA)

    assert _dana(house).state == "reached"


def test_greeting_says_nothing_of_any_challenge(house):
    house.happens("installed", account=account("Helen"))
    [welcome] = queued(house, "welcome")
    card = house.answer("welcome", welcome.facts, welcome.hidden)

    assert card.plain.startswith("Hello, I am Critical Friend.")
    assert "Exampleshire" not in repr(card)


def test_account_that_took_the_bot_away_is_not_written_to_and_a_person_passes_it_on(house):
    house.happens("uninstalled", account=DANA)
    _waits_for_dana(house)
    _deliver(house)

    assert (_dana(house).state, _row(house).state) == ("not_added", "by_hand")


def test_message_that_finds_the_bot_taken_away_is_not_lost(house):
    _waits_for_dana(house)
    _refused(house, "to dana")
    _deliver(house)

    assert _row(house).state == "by_hand"
    assert queued(house, "not_done", state=None) == []


def test_message_goes_to_another_account_of_theirs_where_there_is_one(house):
    _waits_for_dana(house)
    house.says(account("Dana2", email="dana@saltmarsh.example"), "help")
    [call] = [call for call in claim(house) if call.key == "to dana"]
    taken = replace(DANA, id=call.account)
    house.happens("uninstalled", account=taken)
    comes_to(house, call, "never", reason="not installed")
    [again] = [call for call in claim(house) if call.key == "to dana"]

    assert {call.account, again.account} == {"dana", "dana2"}


def test_whoever_adds_the_bot_again_gets_what_waited_and_no_second_greeting(house):
    house.happens("installed", account=DANA)
    _deliver(house)
    house.happens("uninstalled", account=DANA)
    _waits_for_dana(house)
    _deliver(house)
    house.happens("installed", account=DANA)

    assert _dana(house).state == "reached"
    assert [call.key for call in claim(house)] == ["to dana"]


def test_whoever_writes_to_the_bot_can_be_written_to(house):
    house.happens("uninstalled", account=DANA)
    house.says(DANA, "help", room="somewhere")
    in_a_room = _dana(house).state
    house.says(DANA, "help")

    assert (in_a_room, _dana(house).state) == ("not_added", "reached")


def test_stranger_who_takes_the_bot_away_is_not_remembered(house):
    before = len(house.ask(select(Person)))
    house.happens("uninstalled", account=account("Somebody"))

    assert len(house.ask(select(Person))) == before
