"""One act, one answer: found, allowed, run, and remembered in one transaction."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.command import Command, Contents
from handlers.dispatch import dispatch, happened, is_settled
from handlers.message import Happened, Reply
from store.heard import AuditLine, Heard
from store.person import Person, PersonAccount
from store.role import Role
from store.room import Room, RoomMember
from store.scoping import KeyLine
from store.session import Store
from tests.fakes import database
from tests.fakes.commands import Hitches
from tests.fakes.house import BEGINS, FORMAT, account

SAID = {"text": "Is early help soon enough?", "day": "2026-11-09"}


def _key_lines(house):
    return [line.text for line in house.ask(select(KeyLine).order_by(KeyLine.id))]


def _known(house, text="Is early help soon enough?", **of):
    return house.says("Helen", "say back", fields={"text": text, "day": "9 nov"}, **of)


# Heard twice


def test_act_heard_twice_has_one_effect_and_the_same_answer(house):
    first = _known(house)
    second = _known(house, again=True)

    assert first.card == house.answer("said_back", SAID)
    assert second == replace(first, again=True)
    assert _key_lines(house) == ["Is early help soon enough?"]


def test_form_sent_in_again_after_its_mistake_is_looked_at_again(house):
    wrong = {"text": "not like this", "day": "9 nov"}
    first = house.says("Helen", "say back", fields=wrong, can_open_form=True)
    again = house.says("Helen", "say back", fields=wrong, can_open_form=True, tried_again=True, again=True)

    assert (again.form, again.again) == (first.form, False)
    assert again.said != first.said


def test_answer_that_its_reader_may_not_read_any_more_is_not_shown_again(house):
    fields = {"text": "hello", "day": "9 nov"}
    house.says("Helen", "say back", fields=fields)
    for_the_team = {"template": "for_team", "facts": {"text": "x"}, "hidden": {}, "to": "asker"}
    house.change(lambda session: session.execute(update(Heard).values(answer=for_the_team)))

    answer = house.says("Helen", "say back", fields=fields, again=True)
    assert (answer.card, answer.again) == (None, True)


@pytest.mark.parametrize(("state", "to"), [("inside", "room"), ("stuck", "asker")])
def test_answer_for_a_room_that_somebody_reads_who_may_not_is_for_the_asker_alone(house, state, to):
    say_aloud = Command("say aloud", lambda challenge: Reply("for_team", {"text": "x"}, to="room"))
    house.desk = replace(house.desk, contents=Contents((*house.desk.contents.commands, say_aloud)))
    team = house.make_room("team")

    def read_by_jo(session):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        session.add(RoomMember(room_id=room.id, person_id=1, state=state))

    house.change(read_by_jo)
    answer = house.says("Ruth", "say aloud", room=team)
    assert (answer.to, answer.card) == (to, house.answer("for_team", {"text": "x"}))


def test_refusal_heard_twice_is_the_same_refusal(house):
    first = house.says("Nobody", "say back hello")

    assert house.says("Nobody", "say back hello", again=True) == replace(first, again=True)


def test_failure_heard_twice_quotes_the_same_reference(house, logged):
    first = house.says("Helen", "go wrong today")

    assert house.says("Helen", "go wrong today", again=True) == replace(first, again=True)
    assert logged.getvalue().count("handler_broke") == 1


def _noted(seen):
    def noted(what):
        seen.append(what)

    return noted


def test_happening_heard_twice_has_one_effect(house):
    seen = []
    house.desk.happenings["noted"] = _noted(seen)
    event = Happened(id="noted-1", at=house.clock.now(), kind="noted", facts={"what": 1})
    try:
        for _ in range(2):
            house.change(lambda session: happened(session, house.desk, event, house.clock.now()))
    finally:
        del house.desk.happenings["noted"]

    assert seen == [1]


# When a handler breaks


def test_handler_that_breaks_saves_nothing_and_gives_a_reference_that_the_log_has(house, logged):
    answer = house.says("Helen", "go wrong with the thresholds")
    outcome, kept = house.outcome()
    [line] = [json.loads(line) for line in logged.getvalue().splitlines() if "handler_broke" in line]

    assert outcome == "broken"
    assert answer.card == house.answer("broken", {"reference": line["reference"]})
    assert kept["facts"] == {"reference": line["reference"]}
    assert 4 <= len(line["reference"]) <= 8
    assert _key_lines(house) == []


def test_log_of_a_broken_handler_holds_nothing_that_was_typed(house, logged):
    house.says("Helen", "go wrong thresholds-are-private")

    assert "frames" in logged.getvalue()
    assert "thresholds-are-private" not in logged.getvalue()
    assert b"thresholds-are-private" not in house.bytes()


def test_handler_that_breaks_leaves_no_audit_line(house):
    before = len(house.ask(select(AuditLine)))
    house.says("Helen", "go wrong today")

    assert len(house.ask(select(AuditLine))) == before


def test_handler_that_finds_somebody_quicker_is_run_again(house, logged):
    Hitches.left = 2
    answer = house.says("Helen", "try again please")

    assert answer.card == house.answer("said_back", {"text": "please", "day": "2026-07-06"})
    assert _key_lines(house) == ["please"]
    assert logged.getvalue() == ""


# Which command


def test_unknown_command_names_the_nearest(house):
    answer = house.says("Helen", "kloe ad Is support ready at 18?")

    assert house.outcome()[1]["template"] == "no_such_command"
    assert "kloe add Is support ready at 18?" in [button.phrase for button in answer.card.buttons]


def test_unknown_command_far_from_every_other_names_none(house):
    answer = house.says("Helen", "xyzzy", room="elsewhere")

    assert answer.card == house.answer("no_such_command", {"near": []})


def test_command_is_known_whatever_its_capitals_and_full_stop(house):
    house.says("Helen", "Say Back. hello", can_open_form=True)

    assert house.outcome()[0] == "form"


# Who may, and where


def test_command_without_its_role_is_refused_and_says_who_may(house):
    house.appoint("Dana", "peer")
    answer = house.says("Dana", "say back hello")

    assert answer.card == house.answer(
        "not_allowed", {"who": ["coordinator", "sponsor"], "phrase": "say back"}
    )
    assert _key_lines(house) == []


def test_role_that_is_over_does_not_count(house):
    def end(session):
        role = session.scalars(select(Role).where(Role.role == "sponsor")).one()
        role.ends = house.clock.now().date().replace(day=5)

    house.change(end)
    house.says("Helen", "say back hello")

    assert house.outcome()[1]["template"] == "no_challenge"


def test_command_in_the_wrong_room_is_refused_and_says_where(house):
    council = house.make_room("council")
    answer = house.says("Helen", "say here hello", room=council)

    assert answer.card == house.answer(
        "wrong_place", {"where": ["direct", "team"], "phrase": "say here", "here": "council"}
    )


def test_command_in_a_room_that_the_bot_does_not_know_is_refused(house):
    answer = house.says("Helen", "say here hello", room="somewhere")

    assert answer.card == house.answer(
        "wrong_place", {"where": ["direct", "team"], "phrase": "say here", "here": "elsewhere"}
    )


def test_command_in_its_room_is_carried_out(house):
    team = house.make_room("team")
    house.says("Ruth", "say here", room=team, fields={"text": "hello", "day": "9 nov"})

    assert house.outcome()[0] == "done"


def test_nothing_can_be_done_before_the_programme_is_claimed(tmp_path, house):
    empty = Store(database.fresh(tmp_path))
    house.store.close()
    house.store = empty

    assert house.says("Jo", "help").card == house.answer("not_claimed")


# Which challenge


@pytest.fixture
def two(house):
    """A house in which Helen is sponsor here and lead peer there, and Ruth has no part in Northmere."""
    house.says("Jo", f"new Northmere {FORMAT} 16-19 nov")
    house.appoint("Helen", "lead_peer", challenge="Northmere")
    return house


def test_somebody_in_two_challenges_is_asked_which_and_the_answer_is_a_button(two):
    answer = two.says("Helen", "say back hello")
    pressed = [button.phrase for button in answer.card.buttons]

    assert two.outcome()[1]["template"] == "which_challenge"
    assert pressed == ["say back hello in exampleshire", "say back hello in northmere"]


def test_challenge_is_named_at_the_end_of_the_line(two):
    two.says("Helen", "say back in exampleshire", fields=SAID)

    assert two.outcome()[0] == "done"
    assert two.one(KeyLine).challenge_id == 1


def test_role_counts_in_its_own_challenge_only(two):
    answer = two.says("Helen", "say back hello in northmere")

    assert answer.card == two.answer("not_allowed", {"who": ["coordinator", "sponsor"], "phrase": "say back"})


def test_challenge_that_one_has_no_part_in_is_like_one_that_is_not_there(two):
    there = two.says("Ruth", "say here in northmere", fields={})
    not_there = two.says("Ruth", "say here in atlantis", fields={})

    assert there.card.plain == not_there.card.plain
    assert two.says("Ruth", "status in northmere").card.plain.replace("northmere", "atlantis") == (
        two.says("Ruth", "status in atlantis").card.plain
    )


def test_card_of_a_challenge_that_one_has_no_part_in_is_refused(two):
    answer = two.says("Ruth", "say here", fields=SAID, hidden={"challenge": 2})

    assert answer.card == two.answer("no_such_challenge")
    assert _key_lines(two) == []


def test_room_of_a_challenge_that_one_has_no_part_in_is_refused(two):
    team = two.make_room("team", "Northmere")

    assert two.says("Ruth", "say here", fields=SAID, room=team).card == two.answer("no_such_challenge")


def test_card_of_another_challenge_in_a_room_is_refused(two):
    team = two.make_room("team", "Northmere")
    answer = two.says("Helen", "say here in northmere", fields=SAID, room=team, hidden={"challenge": 1})

    assert "does not belong in" in answer.card.plain
    assert two.ask(select(KeyLine)) == []


# Forms


def test_command_without_its_text_opens_its_form(house):
    form = house.says("Helen", "say back", can_open_form=True).form

    assert (form.title, form.hidden) == ("Say back", {"challenge": 1})
    assert [(field.name, field.value) for field in form.fields] == [("text", None), ("day", None)]


def test_form_has_the_card_beside_it_that_waits_where_it_cannot_be_opened(house):
    opened = house.says("Helen", "say back hello", can_open_form=True)
    again = house.says("Helen", "say back hello", again=True, can_open_form=True)

    assert (opened.card, again.form) == (again.card, None)


def test_form_that_cannot_be_opened_waits_behind_a_button(house):
    answer = house.says("Helen", "say back hello")
    [button] = answer.card.buttons

    assert (button.phrase, button.opens_form) == ("say back", True)
    assert button.hidden == {"challenge": 1, "known": {"text": "hello"}}


def test_button_of_a_waiting_form_opens_it_with_what_was_typed(house):
    [button] = house.says("Helen", "say back hello").card.buttons
    form = house.says("Helen", button.phrase, hidden=button.hidden, can_open_form=True).form

    assert [(field.name, field.value) for field in form.fields] == [("text", "hello"), ("day", None)]


def test_form_with_errors_keeps_what_was_typed(house):
    typed = {"text": "x" * 301, "day": "one day"}
    form = house.says("Helen", "say back", fields=typed, can_open_form=True).form
    too_long = house.answer("field_too_long", {"label": "Text", "limit": 300, "length": 301}).plain

    assert {field.name: field.value for field in form.fields} == typed
    assert form.fields[0].error == too_long
    assert form.fields[1].error
    assert _key_lines(house) == []


def test_form_with_errors_that_cannot_be_opened_says_them_and_keeps_what_was_typed(house):
    answer = house.says("Helen", "say back", fields={"text": "", "day": "9 nov"})

    assert house.answer("field_missing", {"label": "Text"}).plain in answer.card.plain
    assert answer.card.buttons[0].hidden["known"] == {"text": "", "day": "9 nov"}


def test_refusal_at_a_field_keeps_what_was_typed(house):
    typed = {"text": "not like this", "day": "9 nov"}
    form = house.says("Helen", "say back", fields=typed, can_open_form=True).form

    assert {field.name: field.value for field in form.fields} == typed
    assert form.fields[0].error == house.answer("not_like_this", {"text": "not like this"}).plain
    assert house.outcome()[0] == "form"


# Who is speaking


def test_new_account_becomes_a_person_once(house):
    for _ in range(2):
        house.says(account("Dana"), "help")

    assert [row.name for row in house.ask(select(Person).where(Person.name == "Dana"))] == ["Dana"]


@pytest.mark.parametrize("text", ["no such thing", "go wrong today"])
def test_new_account_whose_first_words_have_no_effect_becomes_a_person_all_the_same(house, text):
    house.says(account("Dana"), text)
    [dana] = house.ask(select(Person.id).where(Person.name == "Dana"))

    assert house.ask(select(Heard.person_id)) == [dana]


def test_act_without_effect_that_another_process_heard_meanwhile_is_answered_as_there(house, monkeypatch):
    said, began = house.said("Helen", "go wrong today"), Session.rollback

    def meanwhile(session):
        began(session)
        monkeypatch.undo()
        house.change(lambda another: dispatch(another, house.desk, said, house.clock.now()))

    monkeypatch.setattr(Session, "rollback", meanwhile)
    answer = house.change(lambda session: dispatch(session, house.desk, said, house.clock.now()))

    assert (answer.again, len(house.ask(select(Heard.id)))) == (True, 1)


def test_account_from_a_trusted_place_is_the_person_with_its_email(house):
    def known(session):
        session.add(Person(programme_id=1, name="Dana Lee", email="dana@northmere.example", working_days="1"))

    house.change(known)
    house.says(account("Dana", email="Dana@Northmere.example"), "help")

    assert house.one(PersonAccount, account="dana").person_id == house.one(Person, name="Dana Lee").id


@pytest.mark.parametrize(
    "other",
    [{"tenant": "another"}, {"guest": True}],
    ids=["another tenant", "a guest"],
)
def test_account_from_elsewhere_is_nobody_by_its_email(house, other):
    def known(session):
        session.add(Person(programme_id=1, name="Dana Lee", email="dana@northmere.example", working_days="1"))

    house.change(known)
    house.says(replace(account("Dana", email="dana@northmere.example"), **other), "help")

    assert house.one(PersonAccount, account="dana").person_id != house.one(Person, name="Dana Lee").id


# What is remembered


def test_mention_is_read_under_the_name_that_the_person_is_known_by(house):
    dana = account("Dana Reed (she/her)")
    house.says(dana, "help")

    def called_otherwise_here(session):
        session.query(PersonAccount).filter_by(account=dana.id).one().person.name = "Dana Reed"

    house.change(called_otherwise_here)
    opened = house.says("Helen", "say back @Dana Reed (she/her) knows", mentions=(dana,), can_open_form=True)

    assert opened.form.fields[0].value == "@Dana Reed knows"


def test_audit_line_tells_who_and_what_but_not_the_words(house):
    house.says("Helen", "try again with a private word")
    line = house.ask(select(AuditLine).order_by(AuditLine.id))[-1]

    assert (line.did, line.challenge_id, line.where) == ("try again", 1, "direct-helen")
    assert line.person_id == house.one(PersonAccount, account="helen").person_id
    assert line.thing is None


def test_audit_line_names_the_thing_and_never_what_was_chosen_or_written(house):
    house.says("Helen", "say back", fields=SAID, hidden={"challenge": 1, "note": 7})

    line = house.ask(select(AuditLine).order_by(AuditLine.id))[-1]
    assert (line.did, line.thing) == ("say back", "challenge 1; note 7; day 2026-11-09")


@pytest.mark.parametrize(
    ("outcomes", "settled"),
    [
        ({}, False),
        ({"said-1": "form"}, False),
        ({"said-1": "form", "said-1+": "form"}, False),
        ({"said-1": "form", "said-1+": "done"}, True),
        ({"said-1": "broken"}, True),
        ({"said-10": "done"}, False),
    ],
)
def test_what_was_said_is_settled_once_it_took_effect_or_was_refused(house, outcomes, settled):
    rows = [Heard(id=said, at=BEGINS, outcome=outcome) for said, outcome in outcomes.items()]
    house.change(lambda session: session.add_all(rows))

    assert house.change(lambda session: is_settled(session, "said-1")) == settled
