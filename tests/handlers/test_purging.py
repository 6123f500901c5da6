"""Forgetting: words go when their time is over, and everything that rests on the rows goes on as before."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from handlers.desk import Kept
from handlers.purging import At, purge
from store import erasing
from store.challenge import Challenge
from store.finding import Finding
from store.heard import AuditLine, Heard
from store.hold import Deleted, LegalHold
from store.home import OpenHome
from store.invitation import Invitation
from store.note import Note
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.questionnaire import Participation, SheetAnswer
from store.reference import ConversationReference
from store.role import Role
from store.room import Room, RoomMember
from store.scoping import KeyLine, ScopingAnswer
from store.summary import Summary, SummaryAnswer
from store.task import Task
from tests.fakes.house import BEGINS, CHAT, TENANT

DAY = timedelta(days=1)
KEPT = Kept()


def forget(house, later):
    """A night's work, so long after the beginning."""
    house.clock.told = BEGINS + later
    at = At()
    while at is not None:
        at = house.change(lambda session, at=at: purge(session, house.desk, house.clock.now(), at))


def handed_over(house):
    """Every answer stands in its chat."""
    house.change(lambda session: session.execute(update(Heard).values(handed_over_at=BEGINS)))


def delivered(house):
    """Every message was sent at the beginning."""
    sent = {"state": "sent", "sent_at": BEGINS, "not_before": BEGINS}
    house.change(lambda session: session.execute(update(Outgoing).values(**sent)))


def words_of(house):
    return {row.id: (row.answer or {}).get("template") for row in house.ask(select(Heard))}


# What was said


def test_answer_is_kept_for_a_week_and_given_again_meanwhile(house):
    first = house.says("Jo", "status")
    handed_over(house)
    forget(house, KEPT.answers - timedelta(minutes=1))

    assert house.says("Jo", "status", again=True).card == first.card


def test_old_act_that_is_delivered_again_has_no_second_effect_and_no_answer(house):
    house.says("Jo", 'task me "book the hall" by 20 jul')
    handed_over(house)
    forget(house, KEPT.answers)
    again = house.says("Jo", 'task me "book the hall" by 20 jul', again=True)

    assert (again.card, again.again) == (None, True)
    assert len([task for task in house.ask(select(Task)) if task.title == "book the hall"]) == 1
    assert "book the hall" not in str([row.answer for row in house.ask(select(Heard))])


def test_answer_that_nobody_has_received_is_kept(house):
    house.says("Jo", "status")
    forget(house, 20 * KEPT.answers)

    assert list(words_of(house).values()) == ["status"]


def test_what_was_heard_is_forgotten_after_a_month(house):
    house.says("Jo", "status")
    handed_over(house)
    house.happens("room_renamed", platform=CHAT, tenant=TENANT, address="nowhere", title="x")
    forget(house, KEPT.words - timedelta(minutes=1))
    assert len(house.ask(select(Heard))) == 2

    forget(house, KEPT.words)
    assert house.ask(select(Heard)) == []


def test_answer_in_the_outbox_stays_known_for_an_answer_while_it_is_not_settled(house):
    house.says("Jo", "status")
    handed_over(house)
    [said] = house.ask(select(Heard.id))
    message(house, key=said, state="by_hand")
    forget(house, 2 * KEPT.words)

    assert house.ask(select(Heard.id)) == [said]


def test_many_answers_of_the_same_moment_are_all_emptied_in_batches(house):
    count = 2 * erasing.AT_ONCE + 1
    house.change(lambda session: session.add_all(
        Heard(id=f"many-{number}", at=BEGINS, outcome="done", handed_over_at=BEGINS, answer={"template": "x"})
        for number in range(count)
    ))  # fmt: skip
    forget(house, KEPT.answers)

    assert set(words_of(house).values()) == {None}
    assert len(words_of(house)) == count


# What was sent


def message(house, **of):
    """A message to Helen that was sent at the beginning; its id."""
    row = {
        "programme_id": 1, "challenge_id": 1, "key": "one", "op": "post", "template": "dates_told",
        "person_id": house.one(Person, name="Helen").id, "facts": {"word": "private"}, "hidden": {"a": 1},
        "state": "sent", "late": "skip", "queued_at": BEGINS, "not_before": BEGINS, "sent_at": BEGINS,
    }  # fmt: skip
    house.change(lambda session: session.add(Outgoing(**row | of)))
    return house.one(Outgoing, key=of.get("key", "one")).id


def kept_of(house, key="one"):
    row = house.one(Outgoing, key=key)
    return row.facts, row.hidden, row.emptied


def test_words_of_a_message_are_forgotten_and_that_it_was_sent_is_not(house):
    message(house)
    forget(house, KEPT.words - timedelta(minutes=1))
    assert kept_of(house) == ({"word": "private"}, {"a": 1}, False)

    before = "dates_told", "Helen", "sent", BEGINS
    forget(house, KEPT.words)
    row = house.one(Outgoing, key="one")
    assert kept_of(house) == ({}, {}, True)
    assert (row.template, row.person.name, row.state, row.sent_at) == before


def test_key_of_a_message_whose_words_are_forgotten_is_not_queued_again(house):
    message(house)
    forget(house, KEPT.words)

    helen = house.one(Person, name="Helen").id

    def again(session, post):
        about = {"key": "one", "challenge": session.get(Challenge, 1)}
        return post.to_person(session.get(Person, helen), "dates_told", {"word": "new"}, **about)

    assert house.post(again) is None


@pytest.mark.parametrize("state", ["ready", "sending", "uncertain", "unsure", "by_hand", "held"])
def test_message_that_is_not_settled_keeps_its_words(house, state):
    message(house, state=state, sent_at=None)
    forget(house, 10 * KEPT.words)

    assert kept_of(house) == ({"word": "private"}, {"a": 1}, False)


@pytest.mark.parametrize(
    "of",
    [
        {"challenge_id": None, "state": "unsure", "template": "digest"},
        {"challenge_id": None, "state": "by_hand", "template": "confirmed_for_programme"},
        {"state": "unsure", "template": "may_have_arrived"},
        {"state": "unsure", "template": "question"},
    ],
)
def test_message_that_nobody_is_asked_about_is_given_up_after_a_month(house, of):
    message(house, sent_at=None, repeated=True, **of)
    forget(house, KEPT.words - timedelta(minutes=1))
    assert kept_of(house)[2] is False

    forget(house, KEPT.words)
    assert (house.one(Outgoing, key="one").state, kept_of(house)) == ("dead", ({}, {}, True))


def test_answer_of_which_nobody_knows_whether_it_arrived_is_given_up_after_a_month(house):
    house.says("Jo", "status")
    handed_over(house)
    [said] = house.ask(select(Heard.id))
    message(house, key=said, state="unsure", sent_at=None)
    forget(house, KEPT.words)
    assert kept_of(house, said)[2]

    forget(house, KEPT.words + DAY)
    assert house.ask(select(Heard.id)) == []


def test_delivery_lists_a_message_whose_words_are_forgotten(house):
    message(house)
    before = house.says("Jo", "delivery").card
    forget(house, KEPT.words)

    assert house.says("Jo", "delivery").card == before


def test_living_card_that_is_unchanged_is_not_sent_again(house):
    house.make_room("liaison")
    house.says("Jo", "ready")
    delivered(house)
    wanted = select(Outgoing.id).where(Outgoing.slot.startswith("state:"))
    cards = house.ask(wanted)
    forget(house, KEPT.words)
    house.clock.told = BEGINS
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=BEGINS)))
    house.settle()

    assert len(cards) == 1
    assert house.ask(wanted) == cards


def test_card_that_was_overtaken_is_emptied_though_its_slot_lives(house):
    message(house, key="old", slot="state:1")
    message(house, key="new", slot="state:1")
    forget(house, KEPT.words)

    assert (kept_of(house, "old")[2], kept_of(house, "new")[2]) == (True, False)


def test_whoever_was_asked_to_bring_somebody_in_is_not_asked_again_for_the_same(house):
    message(house, template="bring_in", slot="bring_in:1")
    forget(house, KEPT.words)

    assert kept_of(house)[0] == {"word": "private"}


def test_of_what_somebody_was_asked_about_a_room_only_the_newest_words_are_kept(house):
    about = {
        "old": "bring_in:1:7:2026-07-06:0123456789abcdef",
        "new": "bring_in:1:7:2026-07-07:0123456789abcdef",
        "taken back": "bring_in:1:7:2026-07-08:0123456789abcdef",
        "another room": "bring_in:2:7:2026-07-06:0123456789abcdef",
    }
    for name, key in about.items():
        message(house, key=key, template="bring_in", state="withdrawn" if name == "taken back" else "sent")
    forget(house, KEPT.words)

    emptied = {name: kept_of(house, key)[2] for name, key in about.items()}
    assert emptied == {"old": True, "new": False, "taken back": True, "another room": False}


def test_looks_and_drawn_homes_are_forgotten_but_never_the_newest_row(house):
    for number, op in enumerate(("look", "home", "pin", "look")):
        message(house, key=f"{op} {number}", op=op, template=None)
    forget(house, KEPT.words)

    kept = house.ask(select(Outgoing.key).where(Outgoing.key.in_(("look 0", "home 1", "pin 2", "look 3"))))
    assert sorted(kept) == ["look 3", "pin 2"]


# What is left of chats and people


def test_home_of_an_account_that_is_over_is_forgotten(house):
    helen, ruth = (house.one(Person, name=name).id for name in ("Helen", "Ruth"))
    house.change(lambda session: session.add_all(
        OpenHome(person_id=person, platform=CHAT, tenant=TENANT, account=account, next_at=BEGINS)
        for person, account in ((helen, "helen"), (ruth, "ruth"))
    ))  # fmt: skip
    over = update(PersonAccount).where(PersonAccount.account == "helen").values(active=False)
    house.change(lambda session: session.execute(over))
    forget(house, timedelta())

    assert house.ask(select(OpenHome.person_id)) == [ruth]


def test_conversation_that_the_bot_left_is_forgotten_after_a_month(house):
    house.change(lambda session: session.add_all(
        ConversationReference(
            platform="teams", address=address, tenant="t", kind="personal", service_url="", since=BEGINS,
            gone_at=gone_at,
        )
        for address, gone_at in (("here", None), ("gone", BEGINS), ("just gone", BEGINS + DAY))
    ))  # fmt: skip
    forget(house, KEPT.words)

    assert sorted(house.ask(select(ConversationReference.address))) == ["here", "just gone"]


def somebody(house, name, seen_at=BEGINS):
    """Somebody of whom only an account is known; their id."""

    def unit(session):
        person = Person(programme_id=1, name=name)
        account = name.casefold()
        session.add(
            PersonAccount(
                platform=CHAT, tenant=TENANT, account=account, person=person, name=name, seen_at=seen_at
            )
        )
        session.flush()
        return person.id

    return house.change(unit)


def test_stranger_is_forgotten_after_a_month_without_a_trace(house):
    stranger = somebody(house, "Stranger")
    somebody(house, "Newcomer", seen_at=BEGINS + DAY)
    inside = somebody(house, "Inside")
    house.make_room("liaison")
    room = house.one(Room, kind="liaison").id
    house.change(lambda session: session.add(RoomMember(room_id=room, person_id=inside, state="stranger")))
    message(house, person_id=stranger)
    forget(house, KEPT.words)

    assert sorted(house.ask(select(Person.name))) == ["", "Helen", "Inside", "Jo", "Newcomer", "Ruth"]
    assert house.one(Person, name="").id == stranger
    assert "stranger" not in house.ask(select(PersonAccount.account))


def test_stranger_who_comes_back_is_somebody_new(house):
    stranger = somebody(house, "Stranger")
    forget(house, KEPT.words)
    house.says("Stranger", "hello")

    assert house.one(Person, name="Stranger").id != stranger


def test_stranger_to_whom_something_is_owed_stays(house):
    person = somebody(house, "Stranger")
    somebody(house, "Last")
    message(house, person_id=person, state="by_hand", sent_at=None)
    forget(house, KEPT.words)

    assert "Stranger" in house.ask(select(Person.name))


# A challenge's records


TODAY = BEGINS.date()
KINDS = (Note, Summary, SummaryAnswer, ScopingAnswer, KeyLine, Invitation, SheetAnswer)


def _id(session, name):
    return session.scalars(select(Person.id).where(Person.name == name)).one()


@pytest.fixture
def over(house):
    """A challenge with something of every kind; it was on site from the beginning, one day."""

    def unit(session):
        challenge = session.scalars(select(Challenge)).one()
        challenge.first_day = challenge.last_day = BEGINS.date()
        helen, ruth = (_id(session, name) for name in ("Helen", "Ruth"))
        summary = Summary(
            challenge_id=1, day=TODAY, revision=1, state="released", changed_at=BEGINS,
            content={"themes": [{"theme": "x", "strength": "private"}], "tomorrow": "", "requests": []},
            released={"themes": "private"},
        )  # fmt: skip
        session.add(summary)
        session.flush()
        for model, of in (
            (Note, {"number": 1, "author_id": ruth, "kind": "strength", "text": "private", "day": TODAY,
                    "written_at": BEGINS}),
            (ScopingAnswer, {"question": "why_now", "text": "private", "noted_by": helen,
                             "noted_at": BEGINS}),
            (KeyLine, {"number": 1, "text": "private"}),
            (Invitation, {"person_id": ruth, "role": "peer", "state": "asked", "invited_by": 1,
                          "invited_at": BEGINS, "connection": "private"}),
            (Participation, {"questionnaire": "peer_team", "person_id": ruth, "role": "peer", "sheet": "s",
                             "asked_by": 1, "asked_at": BEGINS, "finished_at": BEGINS}),
            (SheetAnswer, {"questionnaire": "peer_team", "sheet": "s", "question": "q", "value": "private"}),
        ):  # fmt: skip
            session.add(model(challenge_id=1, **of))
        answered = {"kind": "context", "text": "private", "answered_at": BEGINS}
        session.add(SummaryAnswer(summary_id=summary.id, person_id=helen, **answered))

    house.change(unit)
    house.make_room("team")
    message(house)
    return house


def ended(house, **moments):
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=None, **moments)))


def deleted(house):
    return sorted(house.ask(select(Deleted.what)))


def test_what_peers_told_of_themselves_goes_a_fortnight_after_the_visit(over):
    forget(over, 13 * DAY)
    assert over.one(Invitation).connection == "private"

    forget(over, 14 * DAY)
    assert (over.one(Invitation).connection, deleted(over)) == (None, ["access"])


def test_what_the_team_thought_goes_three_months_after_the_final(over):
    ended(over, final_issued_at=BEGINS)
    forget(over, 89 * DAY)
    assert over.one(Note).text == "private"

    forget(over, 90 * DAY)
    summary = over.one(Summary)
    assert over.one(Note).text == ""
    assert (summary.content, summary.released) == ({"themes": [], "tomorrow": "", "requests": []}, None)
    assert over.one(SummaryAnswer).text is None
    assert deleted(over) == ["access", "deliberation"]
    assert over.one(ScopingAnswer).text == "private"


def test_what_the_team_thought_goes_three_months_after_the_closing_where_no_final_came(over):
    ended(over, closed_at=BEGINS)
    forget(over, 90 * DAY)

    assert "deliberation" in deleted(over)


def test_planning_goes_a_month_after_the_closing_and_the_bare_record_stays(over):
    roles, lines = over.ask(select(Role.id)), over.ask(select(AuditLine.id))
    ended(over, closed_at=BEGINS)
    forget(over, 30 * DAY)

    assert deleted(over) == ["access", "logistics"]
    assert [task.title for task in over.ask(select(Task))] == [""]
    assert (over.one(ScopingAnswer).text, over.one(KeyLine).text) == ("", "")
    assert (over.one(Participation).sheet, over.one(SheetAnswer).value) == (None, "private")
    assert (over.one(Room, kind="team").state, over.one(Room, kind="team").address) == ("over", None)
    assert over.one(Challenge).name == "Exampleshire"
    assert over.ask(select(Role.id)) == roles
    done = [(line.did, line.thing) for line in over.ask(select(AuditLine)) if line.id not in lines]
    assert done == [("deleted", "access"), ("deleted", "logistics")]


def test_whether_new_days_suited_somebody_goes_with_the_planning_and_their_part_stays(over):
    over.appoint("Dana", "peer")
    number = over.one(Role, role="peer").id
    said = {"answer": "unavailable", "answer_to": 1}
    over.change(lambda session: session.execute(update(Role).where(Role.id == number).values(**said)))
    ended(over, closed_at=BEGINS)
    forget(over, 29 * DAY)
    kept = over.one(Role, id=number)
    forget(over, 30 * DAY)
    gone = over.one(Role, id=number)

    assert (kept.answer, kept.answer_to) == ("unavailable", 1)
    assert (gone.answer, gone.answer_to, gone.role) == (None, None, kept.role)


def test_answers_to_questionnaires_go_a_year_after_the_closing(over):
    ended(over, closed_at=BEGINS)
    forget(over, 364 * DAY)
    assert len(over.ask(select(SheetAnswer))) == 1

    forget(over, 365 * DAY)
    assert over.ask(select(SheetAnswer)) == []


def test_nothing_private_is_left_when_all_its_time_is_over(over):
    over.says("Ruth", "note front door strength private", room="team-Exampleshire")
    handed_over(over)
    ended(over, closed_at=BEGINS)
    for days in (0, 30, 90, 365):
        forget(over, days * DAY)

    rows = [row for model in (*KINDS, Outgoing, Heard, AuditLine) for row in over.ask(select(model))]
    assert [type(row) for row in rows if "private" in str(vars(row))] == []


def test_records_are_deleted_once(over):
    ended(over, closed_at=BEGINS)
    forget(over, 30 * DAY)
    before = over.one(Deleted, what="logistics").at
    forget(over, 31 * DAY)

    assert over.one(Deleted, what="logistics").at == before


def test_what_is_written_after_the_first_deletion_goes_too_and_is_told_once(over):
    ended(over, final_issued_at=BEGINS)
    forget(over, 91 * DAY)
    lines = len(over.ask(select(AuditLine)))
    written = {"author_id": 1, "kind": "strength", "text": "private", "day": TODAY, "written_at": BEGINS}
    for number in (901, 902):
        note = Note(challenge_id=1, number=number, **written)
        over.change(lambda session, note=note: session.add(note))
    forget(over, 92 * DAY)

    assert [note.text for note in over.ask(select(Note))] == [""]
    assert len(over.ask(select(AuditLine))) == lines


def test_what_is_said_three_months_after_the_final_is_kept_for_its_own_time(over):
    ended(over, final_issued_at=BEGINS)
    over.clock.told = said = BEGINS + 90 * DAY
    status = over.says("Jo", "status")
    over.change(lambda session: session.execute(update(Heard).values(handed_over_at=said)))
    message(over, key="new", sent_at=said, queued_at=said, not_before=said)
    forget(over, 90 * DAY)
    assert (deleted(over), kept_of(over)[2], kept_of(over, "new")[2]) == (
        ["access", "deliberation"],
        True,
        False,
    )
    assert over.says("Jo", "status", again=True).card == status.card

    forget(over, 90 * DAY + KEPT.words)
    assert kept_of(over, "new")[2]


def test_numbers_of_deleted_rows_are_not_given_to_others(over):
    """Keys name a summary, an invitation or a talk by its number."""
    newest = {model: over.ask(select(func.max(model.id))) for model in (Note, Summary, Invitation)}
    ended(over, closed_at=BEGINS)
    forget(over, 365 * DAY)

    assert {model: over.ask(select(func.max(model.id))) for model in newest} == newest


def test_what_is_held_is_not_deleted(over):
    jo = over.one(Person, name="Jo").id
    over.change(lambda session: session.add(LegalHold(challenge_id=1, since=BEGINS, placed_by=jo)))
    over.says("Jo", "status")
    handed_over(over)
    ended(over, closed_at=BEGINS)
    forget(over, 400 * DAY)

    assert deleted(over) == []
    assert (over.one(Note).text, over.one(ScopingAnswer).text) == ("private", "private")
    assert kept_of(over)[0] == {"word": "private"}
    assert "status" in words_of(over).values()


def test_challenge_that_goes_on_keeps_its_planning(over):
    forget(over, 365 * DAY)

    assert deleted(over) == ["access"]


# The work itself


def test_every_batch_is_small(house):
    count = 3 * erasing.AT_ONCE
    helen = house.one(Person, name="Helen").id
    sent = {
        "programme_id": 1, "op": "post", "template": "digest", "person_id": helen, "facts": {"a": 1},
        "hidden": {}, "state": "sent", "late": "skip", "queued_at": BEGINS, "not_before": BEGINS,
    }  # fmt: skip
    rows = [Outgoing(key=f"k{number}", **sent) for number in range(count)]
    house.change(lambda session: session.add_all(rows))
    house.clock.told = BEGINS + KEPT.words
    done, at = [], At()

    def empty():
        return len(house.ask(select(Outgoing.id).where(Outgoing.emptied.is_(True))))

    while at is not None:
        before = empty()
        at = house.change(lambda session, at=at: purge(session, house.desk, house.clock.now(), at))
        done.append(empty() - before)
    assert (sum(done) >= count, max(done) <= erasing.AT_ONCE) == (True, True)


def test_step_that_goes_wrong_is_told_and_holds_up_no_other(house, monkeypatch, logged):
    def forget_heard(*_given):
        raise LookupError("a private word")

    monkeypatch.setattr("handlers.purging._WORDS", (forget_heard, erasing.empty_sent))
    message(house)
    forget(house, KEPT.words)

    assert kept_of(house)[2]
    assert house.one(Finding).kind == "forgetting_failed"
    assert "a private word" not in logged.getvalue()


def test_words_that_are_forgotten_are_not_left_on_the_disk(house):
    message(house, facts={"word": "very private indeed"})
    forget(house, KEPT.words)
    house.close()

    assert b"very private indeed" not in house.bytes()
