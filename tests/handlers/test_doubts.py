"""A chat that cannot be asked: an answer is said once more; of all else a person says whether it arrived."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handlers import delivering
from handlers.message import Card
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing
from store.person import PersonAccount
from store.room import Room
from tests.fakes.house import BEGINS, CHAT, TENANT
from tests.handlers.chat_rooms import bound, claim, comes_to, queued


@pytest.fixture
def house(house):
    """A house whose outbox is empty, and whose challenge may be written about."""
    house.change(
        lambda session: session.execute(update(Challenge).values(ready_at=BEGINS, next_due_at=BEGINS))
    )
    house.settle()
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _queue(house, name, key, template="dates_told", challenge=1, **of):
    def unit(session, post):
        person = session.get_one(PersonAccount, (CHAT, TENANT, name.casefold())).person
        about = session.get_one(Challenge, challenge) if challenge else None
        return post.to_person(person, template, {"text": key}, key=key, challenge=about, **of).id

    return house.post(unit)


def _to_room(house, kind, key, template, **of):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == kind)).one()
        about = session.get_one(Challenge, 1) if room.challenge_id else None
        return post.to_room(room, template, {"text": key}, key=key, challenge=about, **of).id

    return house.post(unit)


def _in_hand(house, key):
    """Take one message in hand; whatever else could be delivered is put off."""
    house.clock.wait(2)
    calls = {call.key: call for call in claim(house)}
    for other in calls.keys() - {key}:
        comes_to(house, calls[other], "later", seconds=1)
    return calls[key]


def _is_never_known(house, key):
    """Let the line drop over one message, and the chat not be asked; its row."""
    comes_to(house, _in_hand(house, key), "uncertain")
    house.clock.wait(600)
    comes_to(house, _in_hand(house, key), "unknowable", reason="nobody may look")
    house.settle()
    return house.one(Outgoing, key=key)


def _loses_the_answer(house, name, text, **of):
    """Say something whose answer may have arrived, and deliver until it is known that nobody knows."""
    house.says(name, text, **of)

    def unit(session):
        heard = session.get_one(Heard, f"said-{house._said}")
        delivering.answer_by_outbox(session, house.desk, heard, house.clock.now())
        return heard.id

    key = house.change(unit)
    [look] = [call for call in claim(house) if call.key == key]
    comes_to(house, look, "unknowable", reason="nobody may look")
    return key


def _states(house, *keys):
    return [house.one(Outgoing, key=key).state for key in keys]


def _told(house):
    return [(row.person.name, row.facts["what"], row.facts["to"]) for row in _tellings(house)]


def _tellings(house):
    return queued(house, "may_have_arrived", state=None)


# Answers


def test_answer_that_may_have_arrived_is_said_once_more_with_words_in_front(house):
    key = _loses_the_answer(house, "Helen", "status")
    [again] = [call for call in claim(house) if call.key == key]
    answer = house.answer(**{name: house.outcome()[1][name] for name in ("template", "facts", "hidden")})
    front = house.answer("said_again")

    assert (again.op, again.card) == (
        "post",
        Card(
            blocks=front.blocks + answer.blocks,
            plain=f"{front.plain}\n\n{answer.plain}",
            buttons=answer.buttons,
        ),
    )
    assert again.card.plain.startswith("You may have this already")


def test_answer_that_is_lost_twice_is_left_alone_and_not_told_about(house):
    key = _loses_the_answer(house, "Helen", "status")
    row = _is_never_known(house, key)
    house.says("Jo", "delivery")

    assert (row.state, _tellings(house)) == ("unsure", [])
    assert house.outcome()[1]["facts"]["unsure"] == []
    assert [call for call in claim(house) if call.key == key] == []


def test_answer_in_hand_when_the_process_was_killed_is_said_once_more(house):
    key = _loses_the_answer(house, "Helen", "status")
    house.change(
        lambda session: session.execute(
            update(Outgoing).where(Outgoing.key == key).values(state="sending", repeated=False)
        )
    )
    house.change(lambda session: delivering.recover(session, house.desk, house.clock.now()))
    house.clock.wait(600)
    [look] = [call for call in claim(house) if call.key == key]
    comes_to(house, look, "unknowable", reason="nobody may look")

    assert [call.op for call in claim(house) if call.key == key] == ["post"]


# Messages


def test_message_that_may_have_arrived_is_never_sent_again_by_itself(house):
    _queue(house, "Helen", "moved", "for_person")
    row = _is_never_known(house, "moved")
    house.clock.wait(10_000)

    assert (row.state, row.owed) == ("unsure", False)
    assert [call for call in claim(house) if call.key == "moved"] == []


def test_message_in_hand_when_the_process_was_killed_may_have_arrived(house):
    _queue(house, "Helen", "moved", "for_person")
    claim(house)
    house.change(lambda session: delivering.recover(session, house.desk, house.clock.now()))
    [look] = claim(house)
    comes_to(house, look, "unknowable", reason="nobody may look")

    assert _states(house, "moved") == ["unsure"]


def test_who_coordinates_is_told_once_which_step_never_its_words(house):
    _queue(house, "Helen", "a private word", "for_person")
    _queue(house, "Jo", "another private word", "for_person")
    _is_never_known(house, "a private word")
    _is_never_known(house, "another private word")
    [row] = _tellings(house)

    assert _told(house) == [("Ruth", "for_person", "Helen")]
    assert "private word" not in str(row.facts)


def test_who_coordinates_is_not_told_in_quiet_hours(house):
    house.clock.told += timedelta(hours=12)
    _queue(house, "Helen", "late", "for_person")
    _is_never_known(house, "late")
    [row] = _tellings(house)

    assert row.not_before == BEGINS + timedelta(hours=23)


def test_message_to_the_team_is_told_to_the_manager_and_not_to_the_coordinator(house):
    bound(house, "team", "Ruth")
    number = _to_room(house, "team", "to the team", "for_team")
    _is_never_known(house, "to the team")
    seen = {}
    for name in ("Ruth", "Jo"):
        house.says(name, "delivery")
        seen[name] = [one["number"] for one in house.outcome()[1]["facts"]["unsure"]]

    assert _told(house) == [("Ruth", "for_team", "team")]
    assert seen == {"Ruth": [number], "Jo": []}


def test_digest_that_may_have_arrived_is_nobodys_worry(house):
    row = _queue(house, "Helen", "morning", "for_person")
    house.change(
        lambda session: session.execute(
            update(Outgoing).where(Outgoing.id == row).values(template="may_have_arrived")
        )
    )
    house.change(
        lambda session: session.execute(update(Outgoing).where(Outgoing.id == row).values(state="uncertain"))
    )
    [look] = claim(house)
    comes_to(house, look, "unknowable", reason="nobody may look")
    house.says("Jo", "delivery")

    assert house.outcome()[1]["facts"]["unsure"] == []
    assert len(_tellings(house)) == 1


def test_message_about_no_challenge_is_said_once_more_and_then_told_to_the_programme(house):
    _queue(house, "Helen", "hello", "for_person", challenge=None)
    once = _is_never_known(house, "hello")
    _is_never_known(house, "hello")
    [alert] = queued(house, "not_done")

    assert (once.state, once.repeated) == ("ready", True)
    assert (alert.facts["state"], alert.facts["who"]) == ("unsure", "Helen")
    assert "hello" not in str(alert.facts)


def test_who_coordinates_is_reminded_in_the_morning_and_on_the_own_page(house):
    _queue(house, "Helen", "moved", "for_person")
    _is_never_known(house, "moved")
    house.says("Jo", "home")
    things = [one["what"] for part in house.outcome()[1]["facts"]["parts"] for one in part["things"]]
    house.clock.told += timedelta(days=1)
    house.tick()
    [digest] = [row for row in queued(house, "digest") if row.person.name == "Jo"]

    assert "in_doubt" in things
    assert [part["in_doubt"] for part in digest.facts["parts"]] == [1]


# What a person says of it


def _presses(house, name, label):
    answer = house.says(name, "delivery")
    [button] = [one for one in answer.card.buttons if one.label.startswith(label)]
    return house.says(name, button.phrase, hidden=dict(button.hidden))


def test_message_that_arrived_after_all_is_sent_and_in_doubt_no_more(house):
    number = _queue(house, "Helen", "moved", "for_person")
    _is_never_known(house, "moved")
    _presses(house, "Ruth", "It arrived")
    house.says("Ruth", f"delivery arrived {number}")

    assert _states(house, "moved") == ["sent"]
    assert (house.outcome()[0], house.outcome()[1]["template"]) == ("refused", "not_in_doubt")
    assert house.outcome()[1]["facts"] == {
        "number": number, "what": "for_person", "to": "Helen", "state": "sent", "at": "2026-07-06T09:00"
    }  # fmt: skip


def test_message_is_sent_again_with_words_in_front_where_a_person_says_so(house):
    _queue(house, "Helen", "moved", "for_person")
    _is_never_known(house, "moved")
    _presses(house, "Jo", "Send it again")
    [call] = [call for call in claim(house) if call.key == "moved"]

    assert call.card.plain == f"{house.answer('said_again').plain}\n\nperson: moved"


@pytest.mark.parametrize("word", ["arrived", "again"])
def test_message_that_is_not_in_doubt_is_refused(house, word):
    number = _queue(house, "Helen", "moved", "for_person")
    house.says("Jo", f"delivery {word} {number}")

    assert (house.outcome()[1]["template"], _states(house, "moved")) == ("not_in_doubt", ["ready"])


@pytest.mark.parametrize("word", ["arrived", "again"])
def test_message_that_the_speaker_may_not_know_of_is_refused(house, word):
    bound(house, "team", "Ruth")
    number = _to_room(house, "team", "to the team", "for_team")
    _is_never_known(house, "to the team")
    house.says("Jo", f"delivery {word} {number}")

    assert house.outcome()[1]["template"] == "no_such_message"
    assert _states(house, "to the team") == ["unsure"]


# Living cards


def test_newer_card_of_its_slot_replaces_one_that_may_have_arrived(house):
    _queue(house, "Helen", "one", "for_person", slot="card")
    _is_never_known(house, "one")
    _queue(house, "Helen", "two", "for_person", slot="card")

    assert _states(house, "one", "two") == ["replaced", "ready"]
    [call] = [call for call in claim(house) if call.account == "helen"]
    assert (call.op, call.key) == ("post", "two")
    assert call.card.plain.startswith(house.answer("said_again").plain)


def test_card_that_was_overtaken_meanwhile_is_not_in_doubt(house):
    _queue(house, "Helen", "one", "for_person", slot="card")
    claim(house)
    house.change(lambda session: delivering.recover(session, house.desk, house.clock.now()))
    _queue(house, "Helen", "two", "for_person", slot="card")
    [look] = [call for call in claim(house) if call.key == "one"]
    comes_to(house, look, "unknowable", reason="nobody may look")

    assert _states(house, "one", "two") == ["replaced", "ready"]
    assert _tellings(house) == []


def test_edit_of_which_nobody_knows_is_simply_done_again(house):
    _queue(house, "Helen", "one", "for_person", slot="card")
    [call] = claim(house)
    comes_to(house, call, "done", address="where it stands")
    _queue(house, "Helen", "two", "for_person", slot="card")
    claim(house)
    house.change(lambda session: delivering.recover(session, house.desk, house.clock.now()))
    [look] = claim(house)
    comes_to(house, look, "unknowable", reason="nobody may look")
    [call] = claim(house)

    assert (call.op, call.address, call.key) == ("edit", "where it stands", "two")


def test_state_card_that_may_not_stand_is_posted_anew_with_the_next_change(house):
    bound(house, "team", "Ruth")
    house.says("Jo", "kloe add Is it soon enough?")
    [card] = queued(house, "state_team")
    _is_never_known(house, card.key)
    house.says("Jo", "kloe add Is support ready at 18?")

    assert [row.state for row in queued(house, "state_team", state=None)][-2:] == ["replaced", "ready"]
    assert [call.op for call in claim(house) if call.place == "team-Exampleshire"] == ["post"]
    assert _tellings(house) == []


def test_room_of_which_nobody_knows_whether_it_was_made_is_for_a_person_to_make(house):
    bound(house, "team")
    room = house.one(Room, kind="team")

    def unit(session, post):
        made = session.get_one(Room, room.id)
        made.state, made.address = "wanted", None
        post.to_move("make_room", made, key="make it")

    house.post(unit)
    [call] = [call for call in claim(house) if call.key == "make it"]
    comes_to(house, call, "uncertain")
    house.clock.wait(600)
    [look] = [call for call in claim(house) if call.key == "make it"]
    comes_to(house, look, "unknowable", reason="nobody may look")

    assert (look.op, _states(house, "make it")) == ("find_room", ["dead"])
    assert [row.person.name for row in queued(house, "make_a_room")] == ["Ruth", "Jo"]
