from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from handlers import final
from handlers.commands import COMMANDS
from handlers.message import Reply
from store.outbox import Outgoing
from store.session import Store
from tests.fakes import database
from tests.handlers.evaluating import AFTER_VISIT, house


@pytest.fixture
def home(tmp_path):
    store = Store(database.fresh(tmp_path))
    made = house(store)
    yield made
    made.session.close()
    store.close()


def issue(home, by="Priya", way="sent", link=None):
    return final.issue(
        home.session, home.challenge, home.format, home.post, home.person(by), home.today, way, link
    )


def test_issue_final_is_for_the_programme_manager_alone():
    command = next(one for one in COMMANDS if one.phrase == "issue final")
    assert command.roles == {"programme_manager"}


def test_issue_final_tells_the_sponsor_and_prompts_the_coordinator(home):
    assert issue(home) == Reply(
        "final_issued",
        {
            "challenge": "Exampleshire",
            "report": "report",
            "host": "the council",
            "told": ["Helen"],
            "prompted": ["Jo"],
            "own": [
                {
                    "title": "Your view as peer challenge manager",
                    "hidden": {"questionnaire": "challenge_manager"},
                }
            ],
        },
        hidden={"challenge": home.challenge.id},
    )
    assert (home.challenge.final_issued_at, home.challenge.final_issued_by) == (
        AFTER_VISIT,
        home.person("Priya").id,
    )
    assert home.sent("final_for_sponsor") == [("Helen", "ready")]
    assert home.sent("questionnaire_prompt") == [("Jo", "ready")]
    assert home.sent("questionnaire_ask") == []


def test_issue_final_a_second_time_says_who_did_and_tells_nobody_again(home):
    issue(home)
    home.now = datetime(2027, 1, 20, 10, tzinfo=UTC)
    with pytest.raises(final.FinalAlreadyIssued) as refused:
        issue(home)
    assert refused.value.facts == {
        "challenge": "Exampleshire",
        "report": "report",
        "by": "Priya",
        "on": "2027-01-13T10:00",
    }
    assert home.sent("final_for_sponsor") == [("Helen", "ready")]
    assert home.challenge.final_issued_at == AFTER_VISIT


def test_issue_final_before_the_last_on_site_day_is_refused(home):
    home.now = datetime(2026, 11, 12, 18, tzinfo=UTC)
    with pytest.raises(final.FinalTooEarly) as refused:
        issue(home)
    assert refused.value.facts["last_day"] == "2026-11-13"


def test_issue_final_on_the_last_on_site_day_is_possible(home):
    home.now = datetime(2026, 11, 13, 8, tzinfo=UTC)
    assert issue(home).template == "final_issued"


def test_issue_final_without_on_site_days_is_refused(home):
    home.challenge.last_day = None
    with pytest.raises(final.FinalTooEarly) as refused:
        issue(home)
    assert refused.value.facts["last_day"] is None


def test_issue_final_before_ready_to_contact_is_refused(home):
    home.challenge.ready_at = None
    with pytest.raises(final.FinalBeforeReady):
        issue(home)


def test_issue_final_without_a_sponsor_says_that_nobody_was_told(home):
    home.take("Helen")
    assert issue(home).facts["told"] == []


def test_issue_final_with_a_link_sends_it_to_the_sponsor_only(home):
    issue(home, way="link", link="https://files.exampleshire.example/final?a=1")
    assert issue_facts(home, "final_for_sponsor")["link"] == "https://files.exampleshire.example/final?a=1"
    assert "link" not in issue_facts(home, "questionnaire_prompt")


def issue_facts(home, template):
    return home.session.scalars(select(Outgoing).where(Outgoing.template == template)).one().facts


def test_issue_final_that_was_sent_takes_no_link_along(home):
    issue(home, way="sent", link="https://files.exampleshire.example/final")
    assert issue_facts(home, "final_for_sponsor")["link"] == ""


def test_issue_final_by_a_link_that_is_missing_is_refused_at_the_field(home):
    with pytest.raises(final.LinkMissing) as refused:
        issue(home, way="link")
    assert refused.value.at_field == "link"


@pytest.mark.parametrize(
    "link",
    [
        "http://files.exampleshire.example/final",
        "files.exampleshire.example/final",
        "javascript:alert(1)",
        "https://",
        "https://priya:secret@files.exampleshire.example/final",
        "https://files.exampleshire.example/final and more",
        "https://[half",
        "final.docx",
    ],
)
def test_issue_final_by_a_link_that_is_not_safe_is_refused_at_the_field(home, link):
    with pytest.raises(final.LinkNotSafe) as refused:
        issue(home, way="link", link=link)
    assert refused.value.at_field == "link"
    assert home.challenge.final_issued_at is None


def test_final_form_uses_the_formats_own_word(home):
    words = home.format.words.model_copy(update={"report": "letter"})
    letter = home.format.model_copy(update={"words": words})
    shape = final.form(home.shapes, letter)
    assert shape.title == "Issue the final letter"
    assert "the final letter is there" in shape.intro


def test_about_to_issue_on_a_day_that_is_right_gives_what_the_form_says(home):
    assert final.about_to_issue(home.session, home.challenge, home.format, date(2027, 1, 13)) == {
        "challenge": "Exampleshire",
        "report": "report",
        "host": "the council",
    }
