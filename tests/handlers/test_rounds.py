from datetime import UTC, date, datetime

import pytest

from handlers import questionnaire, rounds, sheets
from handlers.desk import call
from store.session import Store
from tests.fakes import database
from tests.handlers.evaluating import AFTER_VISIT, house

NINE_DAYS_ON = datetime(2027, 1, 20, 8, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    store = Store(database.fresh(tmp_path))
    made = house(store)
    yield made
    made.session.close()
    store.close()


@pytest.fixture
def sent(home):
    home.challenge.final_issued_at = AFTER_VISIT
    questionnaire.send(home.post, home.challenge, home.person("Jo"), {}, "peer_team")
    return home


def moments(home):
    found = rounds.due(home.session, home.challenge, home.format)
    return [(one.at.date(), one.run.__name__, one.facts["questionnaire"]) for one in found]


def carry_out(home, on):
    for one in rounds.due(home.session, home.challenge, home.format):
        if one.at.date() == on:
            home.now = one.at
            call(one.run, {"post": home.post, "challenge": home.challenge, **one.facts})


def finish(home, name):
    about = {"questionnaire": "peer_team"}
    sheets.fill_in(
        home.post, home.challenge, home.person(name), home.today, about, {"q_team": "great"}, "now"
    )


def test_due_before_the_final_is_the_interview_a_month_on(home):
    assert moments(home) == [(date(2026, 12, 14), "prompt", "director_interview")]


def test_due_without_a_visit_is_nothing(home):
    home.challenge.last_day = None
    assert moments(home) == []


def test_due_when_the_visit_moves_moves_too(home):
    home.challenge.last_day = date(2026, 11, 20)
    assert moments(home) == [(date(2026, 12, 21), "prompt", "director_interview")]


def test_due_after_sending_are_the_reminders_of_those_who_have_not_answered(sent):
    reminders = [one for one in moments(sent) if one[1] == "remind"]
    assert reminders == [
        (date(2027, 1, 20), "remind", "peer_team"),
        (date(2027, 1, 27), "remind", "peer_team"),
    ]
    for name in ("Martin", "Dana", "Amir", "Lucy", "Olu", "Ella"):
        finish(sent, name)
    assert [one for one in moments(sent) if one[1] == "remind"] == []


def test_due_interview_that_was_begun_prompts_nobody_again(home):
    found = next(one for one in rounds.rounds(home.post, home.challenge) if one.key == "director_interview")
    sheets.part(home.post, home.challenge, found, home.person("Priya"))
    assert moments(home) == []


def test_prompt_of_the_interview_reaches_the_interviewer_alone(home):
    carry_out(home, date(2026, 12, 14))
    assert home.sent("interview_prompt") == [("Priya", "ready")]


def test_remind_reaches_those_who_have_not_answered_and_are_still_there(sent):
    finish(sent, "Martin")
    sent.take("Lucy")
    carry_out(sent, date(2027, 1, 20))
    assert [name for name, _ in sent.sent("questionnaire_reminder")] == ["Dana", "Amir", "Olu", "Ella"]
    assert sent.part("Martin").reminded_at is None
    assert sent.part("Dana").reminded_at == NINE_DAYS_ON


def test_remind_twice_on_a_day_is_once(sent):
    carry_out(sent, date(2027, 1, 20))
    carry_out(sent, date(2027, 1, 20))
    assert len(sent.sent("questionnaire_reminder")) == 6


def test_reminder_still_waiting_is_withdrawn_from_who_answers(sent):
    sent.person("Dana").working_days = "5"
    carry_out(sent, date(2027, 1, 20))
    finish(sent, "Dana")
    assert dict(sent.sent("questionnaire_reminder"))["Dana"] == "withdrawn"
    assert dict(sent.sent("questionnaire_reminder"))["Amir"] == "ready"


def test_remind_leaves_out_who_was_asked_on_another_day(sent):
    sent.give("Nia", "peer")
    sent.now = datetime(2027, 1, 18, 10, tzinfo=UTC)
    questionnaire.send(sent.post, sent.challenge, sent.person("Jo"), {}, "peer_team")
    carry_out(sent, date(2027, 1, 20))
    assert "Nia" not in dict(sent.sent("questionnaire_reminder"))
    carry_out(sent, date(2027, 1, 25))
    assert "Nia" in dict(sent.sent("questionnaire_reminder"))
