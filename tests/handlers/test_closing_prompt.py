from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from handlers import closing_prompt, questionnaire
from handlers.desk import call
from store.questionnaire import Participation
from store.session import Store
from tests.fakes import database
from tests.handlers.evaluating import AFTER_VISIT, house

FRIDAY = datetime(2027, 1, 15, 10, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    """A challenge whose final is issued, on a Wednesday."""
    store = Store(database.fresh(tmp_path))
    made = house(store)
    made.challenge.final_issued_at = AFTER_VISIT
    yield made
    made.session.close()
    store.close()


def days(home):
    """The days on which somebody is reminded to close the challenge."""
    found = closing_prompt.due(home.session, home.challenge, home.format)
    return [one.at.date() for one in found]


def ask(home):
    """Ask the peers, and talk with the director."""
    questionnaire.send(home.post, home.challenge, home.person("Jo"), {}, "peer_team")
    questionnaire.send(home.post, home.challenge, home.person("Priya"), {}, "challenge_manager")


def finish(home, *, but=(), at=FRIDAY):
    """Everybody but a few has answered."""
    for part in home.session.query(Participation):
        if part.person.name not in but:
            part.finished_at = at
    home.session.flush()


def prompt(home):
    call(closing_prompt.prompt_to_close, {"post": home.post, "challenge": home.challenge})


def test_challenge_without_a_final_is_not_over(home):
    home.challenge.final_issued_at = None
    assert days(home) == []


def test_challenge_of_which_nobody_was_asked_is_over_ten_working_days_after_the_last_round_opened(home):
    assert days(home) == [date(2027, 1, 27)]


def test_challenge_is_over_ten_working_days_after_the_last_reminder(home):
    ask(home)
    finish(home, but={"Dana"})
    assert days(home) == [date(2027, 2, 10)]


def test_challenge_is_over_on_the_working_day_after_the_last_answer(home):
    ask(home)
    finish(home)
    assert days(home) == [date(2027, 1, 18)]


def test_challenge_of_which_everybody_answered_before_the_final_is_over_the_day_after_it(home):
    ask(home)
    finish(home, at=datetime(2027, 1, 4, 10, tzinfo=UTC))
    assert days(home) == [date(2027, 1, 14)]


def test_challenge_of_a_format_without_questionnaires_is_over_ten_working_days_after_the_final(home):
    none = home.format.model_copy(update={"evaluation": ()})
    home.shapes = replace(home.shapes, formats={"lga_full": none})
    assert days(home) == [date(2027, 1, 27)]


def test_challenge_of_a_format_without_a_patience_is_never_said_to_be_over(home):
    home.shapes = replace(home.shapes, formats={"lga_full": home.format.model_copy(update={"closing": None})})
    assert days(home) == []


def test_coordinator_is_prompted_to_close_and_only_once(home):
    prompt(home)
    prompt(home)
    assert home.sent("close_prompt") == [("Jo", "ready")]


def test_programme_manager_is_prompted_where_nobody_coordinates(home):
    home.take("Jo")
    prompt(home)
    assert home.sent("close_prompt") == [("Priya", "ready")]
