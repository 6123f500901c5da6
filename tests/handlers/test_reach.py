"""Who can be reached: people are looked up before they matter, and each line says what to do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from store.outbox import Outgoing
from store.person import PersonAccount
from tests.fakes.house import CHAT, TENANT, account
from tests.handlers.chat_rooms import bound, claim, comes_to, queued, where


@pytest.fixture
def house(house):
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _invite(house, name="Nora", email="nora@saltmarsh.example"):
    fields = {"name": name, "role": "peer", "expertise": "", "email": email, "council": "Saltmarsh"}
    house.says("Jo", "invite", fields=fields)
    assert house.outcome()[0] == "done"


def _look_ups(house):
    rows = house.ask(select(Outgoing).where(Outgoing.op == "look_up").order_by(Outgoing.id))
    return [(row.person.name, row.state) for row in rows]


def _look_up(house, found=None):
    """Deliver everything that waits, and let the chat answer every search; the searches."""
    calls = claim(house)
    for call in calls:
        searched = {"kind": "account", "account": found} if call.op == "look_up" else {"kind": "done"}
        comes_to(house, call, **searched)
    searches = [call.email for call in calls if call.op == "look_up"]
    return [*searches, *_look_up(house, found)] if calls else []


def _line(house, name):
    house.says("Jo", "reach")
    return next(one for one in house.outcome()[1]["facts"]["people"] if one["name"] == name)


def test_somebody_invited_is_looked_up_at_once_and_contacted_by_nobody(house):
    _invite(house)

    assert _look_ups(house) == [("Nora", "ready")]
    assert _line(house, "Nora")["how"] == "not_yet"
    assert _look_up(house, account("Nora", email="nora@saltmarsh.example")) == ["nora@saltmarsh.example"]
    assert (_line(house, "Nora")["how"], _line(house, "Nora")["chats"]) == ("reached", [CHAT])
    assert _look_ups(house) == [("Nora", "sent")]
    assert house.ask(select(Outgoing).where(Outgoing.op == "post", Outgoing.person_id.is_not(None))) == []


def test_somebody_appointed_for_the_programme_is_looked_up_too(house):
    fields = {"name": "Priya", "role": "programme_manager", "email": "priya@programme.example"}
    house.says("Jo", "confirm for the programme", fields=fields)

    assert _look_ups(house) == [("Priya", "ready")]


def test_somebody_with_an_account_is_not_looked_up(house):
    house.says(account("Dana", email="dana@saltmarsh.example"), "help")
    _invite(house, "Dana", "dana@saltmarsh.example")

    assert _look_ups(house) == []


def test_somebody_met_before_the_search_is_not_searched_for(house):
    _invite(house)
    house.says(account("Nora", email="nora@saltmarsh.example"), "help")

    assert _look_up(house) == []
    assert _look_ups(house) == [("Nora", "sent")]


def test_somebody_who_is_not_there_is_not_found_and_nobody_is_alarmed(house):
    _invite(house)
    _look_up(house)
    answer = house.says("Jo", "reach")

    assert _line(house, "Nora")["how"] == "not_found"
    assert "not here under nora@saltmarsh.example: invite them to this chat" in answer.card.plain
    assert queued(house, "not_done", state=None) == []


def test_untrusted_account_does_not_count_as_found(house):
    _invite(house)
    _look_up(house, replace(account("Nora", email="nora@saltmarsh.example"), tenant="elsewhere"))

    assert _line(house, "Nora")["how"] == "not_found"


def test_search_is_repeated_when_reach_is_asked_a_day_later(house):
    _invite(house)
    _look_up(house)
    for hours in (1, 22):
        house.clock.told += timedelta(hours=hours)
        house.says("Jo", "reach")
    within_a_day = _look_ups(house)
    house.clock.told += timedelta(hours=1)

    assert within_a_day == [("Nora", "sent")]
    assert _line(house, "Nora")["how"] == "not_yet"
    assert _look_ups(house) == [("Nora", "sent"), ("Nora", "ready")]


def test_somebody_without_an_address_is_not_looked_for(house):
    house.appoint("Amir", "peer")
    house.change(lambda session: session.delete(session.get_one(PersonAccount, (CHAT, TENANT, "amir"))))

    assert _line(house, "Amir")["how"] == "no_email"
    assert _look_ups(house) == []


def test_deactivated_account_says_what_to_do(house):
    house.happens("account_changed", account=account("Helen"), active=False)
    answer = house.says("Jo", "reach")

    assert (_line(house, "Helen")["how"], _line(house, "Helen")["over"]) == ("over", [CHAT])
    assert "was deactivated. Ask for it back" in answer.card.plain


def test_account_without_the_bot_says_what_to_do(house):
    house.happens("uninstalled", account=account("Helen"))
    answer = house.says("Jo", "reach")

    assert (_line(house, "Helen")["how"], _line(house, "Helen")["not_added"]) == ("not_added", [CHAT])
    assert "Ask them to add Critical Friend there, or their IT to install it for them" in answer.card.plain


def test_message_to_a_deactivated_account_is_for_a_person_to_pass_on(house):
    def unit(session, post):
        helen = session.get_one(PersonAccount, (CHAT, TENANT, "helen")).person
        post.to_person(helen, "for_person", {"text": "x"}, key="to helen")

    house.post(unit)
    house.happens("account_changed", account=account("Helen"), active=False)
    _look_up(house)

    assert house.one(Outgoing, key="to helen").state == "by_hand"


def test_account_that_is_let_in_again_is_reached_again(house):
    house.happens("account_changed", account=account("Helen"), active=False)
    house.happens("account_changed", account=account("Helen"), active=True)

    assert _line(house, "Helen")["how"] == "reached"


def test_whoever_left_a_room_is_shown_with_it(house):
    bound(house, "team", "Ruth")
    house.happens("departed", **where(), account=account("Ruth"))

    assert _line(house, "Ruth")["left"] == ["team"]


def test_stranger_in_a_room_is_named(house):
    bound(house, "team", "Ruth")
    house.happens("entered", **where(), account=account("Owen"))
    answer = house.says("Jo", "reach")

    assert house.outcome()[1]["facts"]["rooms"] == [
        {"id": 2, "kind": "team", "chat": CHAT, "trouble": "strangers", "names": ["Owen"]}
    ]
    assert "Owen may not read along" in answer.card.plain
