"""What follows from a change: at once what the next words rely on, and soon, once for many, the rest."""

import pytest
from sqlalchemy import event, select

from handlers import jobs
from handlers.dispatch import dispatch
from store.challenge import Challenge
from store.outbox import Outgoing
from store.role import Role
from store.room import RoomMember
from store.task import Task


def _says(house, name, text, **of):
    """Say something; what follows from it has not followed yet."""
    said = house.said(name, text, **of)
    return house.change(lambda session: dispatch(session, house.desk, said, house.clock.now()))


def _state_cards(house):
    return [row for row in house.ask(select(Outgoing)) if row.template and row.template.startswith("state_")]


def test_change_and_that_it_is_to_be_looked_at_are_committed_together(house):
    house.says("Jo", "ready in exampleshire")
    before = house.one(Challenge, name="Exampleshire").next_due_at
    _says(house, "Jo", 'task me "book the hall" by 20 jul')

    assert before != house.clock.now()
    assert house.one(Challenge, name="Exampleshire").next_due_at == house.clock.now()


def test_challenge_that_is_due_already_is_not_written_again(house):
    _says(house, "Helen", "say back", fields={"text": "hello", "day": "9 nov"})
    marked = house.one(Challenge, name="Exampleshire")
    _says(house, "Helen", "say back", fields={"text": "again", "day": "9 nov"})
    again = house.one(Challenge, name="Exampleshire")

    assert marked.next_due_at == house.clock.now()
    assert (again.next_due_at, again.version) == (marked.next_due_at, marked.version)


def test_words_that_change_nothing_have_nothing_looked_at(house):
    before = house.one(Challenge, name="Exampleshire").next_due_at
    for text in ("next", "status", "help", "kloe"):
        _says(house, "Helen", text)

    assert house.one(Challenge, name="Exampleshire").next_due_at == before


def test_task_that_a_change_settles_is_settled_with_it(house):
    fields = {"name": "Dana", "role": "lead_peer", "email": "dana@dunford.example", "council": "Dunford"}
    _says(house, "Jo", "confirm", fields=fields)
    blanks = {task.key: task.state for task in house.ask(select(Task).where(Task.kind == "blank"))}

    assert blanks["name:lead_peer"] == "done"


def test_way_out_of_a_room_is_queued_with_the_end_of_a_role(house):
    house.make_room("team")
    house.appoint("Dana", "peer")
    house.says("Ruth", "next")
    house.says("Ruth", 'task me "book the hall" by 20 jul')
    dana = house.one(Role, role="peer").person_id
    assert house.one(RoomMember, person_id=dana).state == "invited"
    _says(house, "Jo", "stand down dana", fields={"name": "Dana", "reason": ""})

    assert house.one(RoomMember, person_id=dana).state == "leaving"
    assert house.one(Outgoing, op="remove").person_id == dana


def test_messages_and_cards_follow_with_the_next_tick(house):
    house.settle()
    before = {row.key for row in house.ask(select(Outgoing))}
    _says(house, "Jo", "ready in exampleshire")
    at_once = [row.template for row in house.ask(select(Outgoing)) if row.key not in before]
    house.settle()
    soon = {row.template for row in house.ask(select(Outgoing)) if row.key not in before}

    assert at_once == []
    assert soon >= {"you_are_appointed", "state_programme"}


def test_many_changes_are_one_new_card(house):
    house.make_room("team")
    house.says("Jo", "ready in exampleshire")
    before = len(_state_cards(house))
    for number in range(5):
        _says(house, "Ruth", f'task me "thing {number}" by 20 jul')
    house.settle()

    assert len(_state_cards(house)) == before + 1


def test_card_that_says_the_same_is_not_sent_again(house):
    house.says("Jo", "ready in exampleshire")
    before = len(_state_cards(house))
    house.says("Helen", "say back", fields={"text": "hello", "day": "9 nov"})

    assert before > 0
    assert len(_state_cards(house)) == before


@pytest.fixture
def statements(house):
    found = []
    event.listen(
        house.store.engine, "before_cursor_execute", lambda _c, _cursor, sql, *_rest: found.append(sql)
    )
    return found


def test_command_asks_little_of_the_database_and_what_follows_not_much_more(house, statements):
    """A note of a member of a team costs the same whatever else there is in the challenge."""
    house.says("Jo", "ready in exampleshire")
    house.says("Ruth", "next")
    statements.clear()
    _says(house, "Helen", "say back", fields={"text": "hello", "day": "9 nov"})
    asked = len(statements)
    statements.clear()
    house.change(lambda session: jobs.look_at_challenges(session, house.desk, house.clock.now()))

    assert asked <= 16
    assert len(statements) <= 45
