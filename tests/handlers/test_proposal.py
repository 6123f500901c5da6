from contextlib import closing

import pytest
from sqlalchemy import select

from store.challenge import Challenge
from store.role import Role
from store.scoping import Proposal
from tests.handlers.scoping_house import MONDAY, House, labels


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def scoped(house):
    """The sponsor has said what matters most."""
    fields = {
        "appropriate": "Only for us.",
        "why_now": "Stretched.",
        "areas": ["Front door"],
        "team_needs": "No rivals.",
    }
    house.says("Helen", "scoping form", fields=fields)
    house.says("Helen", "Are thresholds consistent?")
    return house


@pytest.fixture
def sent(scoped):
    scoped.says("Priya", "proposal send")
    return scoped


def states(house):
    wanted = select(Proposal).order_by(Proposal.number)
    return house.look(lambda session: [row.state for row in session.scalars(wanted)])


def test_proposal_shows_what_would_be_sent_and_what_is_missing(scoped):
    card = scoped.says("Priya", "proposal")

    assert "Not sent yet" in card.plain
    assert "Leadership and management; Practice and impact; Resources and capacity" in card.plain
    assert "1: Front door: Are thresholds consistent?" in card.plain
    assert "When the team leaves, what would you like to be left with?" in card.plain
    assert labels(card) == ["Send version 1"]


def test_answers_for_those_who_scope_are_not_in_the_proposal(scoped):
    said = scoped.says("Priya", "proposal").plain

    assert "Stretched." in said
    assert "Only for us." not in said
    assert "No rivals." not in said


@pytest.mark.parametrize("name", ["Helen", "Jo", "Ruth", "Ann", "Dana"])
def test_sending_by_anybody_but_the_programme_manager_is_refused(scoped, name):
    assert "It is for: programme manager" in scoped.says(name, "proposal send").plain
    assert states(scoped) == []


def test_sending_nothing_is_refused(house):
    assert "There is nothing to propose" in house.says("Priya", "proposal send").plain


def test_sending_before_ready_is_refused(scoped):
    def not_ready(session):
        session.scalars(select(Challenge)).one().ready_at = None

    scoped.look(not_ready)

    assert "Nobody is contacted about Exampleshire before" in scoped.says("Priya", "proposal send").plain


def test_sending_without_a_sponsor_is_refused(scoped):
    def stand_down(session):
        session.scalars(select(Role).where(Role.role == "sponsor")).one().ends = MONDAY.date().replace(day=1)

    scoped.look(stand_down)

    assert "has no sponsor yet" in scoped.says("Priya", "proposal send").plain


def test_sending_the_same_again_is_refused(sent):
    assert "Nothing has changed since version 1" in sent.says("Priya", "proposal send").plain
    assert states(sent) == ["sent"]


def test_press_on_an_older_version_is_refused_and_agrees_nothing(sent):
    old = sent.told("Helen")[-1]
    sent.says("Priya", "kloe add Is support ready at 18?")
    sent.says("Priya", "proposal send")

    for label in ("Agree", "Ask for changes"):
        assert "there is a newer version, 2" in sent.presses("Helen", old, label).plain
    assert states(sent) == ["replaced", "sent"]


def test_agreeing_twice_has_one_effect(sent):
    card = sent.told("Helen")[-1]
    assert "Version 1 of the Exampleshire proposal is agreed" in sent.presses("Helen", card, "Agree").plain
    assert (
        "agreed already: Helen Test agreed it on Monday 6 July" in sent.presses("Helen", card, "Agree").plain
    )

    assert ["has agreed version 1" in one.plain for one in sent.told("Priya")].count(True) == 1
    assert sent.look(lambda session: session.scalars(select(Challenge)).one().proposal_agreed_at) == MONDAY


@pytest.mark.parametrize("name", ["Priya", "Jo", "Ruth", "Dana"])
def test_agreeing_by_anybody_but_the_sponsor_is_refused(sent, name):
    assert "It is for: sponsor" in sent.says(name, "proposal agree").plain
    assert states(sent) == ["sent"]


def test_agreeing_before_anything_was_sent_is_refused(scoped):
    assert "No proposal for Exampleshire was sent yet" in scoped.says("Helen", "proposal agree").plain


def test_changes_go_to_the_programme_manager_alone(sent):
    sent.says("Helen", "proposal changes Less, {{ 7*7 }} <b>please</b>.")

    assert states(sent) == ["changes"]
    assert "Less, {{ 7*7 }} <b>please</b>." in sent.told("Priya")[-1].plain
    assert not any("Less" in card.plain for name in ("Jo", "Ruth", "Dana") for card in sent.told(name))


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Please fill in"), ("x" * 5000, "to 3000 characters"), ("DOB 3/4/2015", "haven't saved")],
)
def test_changes_that_cannot_be_kept_are_refused(sent, text, told):
    assert told in sent.says("Helen", "proposal changes", fields={"text": text}).plain
    assert states(sent) == ["sent"]


@pytest.mark.parametrize("name", ["Jo", "Ruth", "Dana"])
def test_others_read_only_what_is_agreed(sent, name):
    assert "not agreed yet" in sent.says(name, "proposal").plain
    assert "not agreed yet" in sent.says(name, "proposal 1").plain
    assert "I can't do" in sent.says(name, "proposal versions").plain
    assert "thresholds" not in sent.says(name, "kloe").plain

    sent.says("Helen", "proposal agree")
    assert "1: Front door: Are thresholds consistent?" in sent.says(name, "proposal").plain
    assert "Are thresholds consistent?" in sent.says(name, "kloe").plain


def test_version_that_is_not_there_is_refused(sent):
    assert "There is no version 9" in sent.says("Helen", "proposal 9").plain


def test_agreed_version_stands_until_a_newer_one_is_agreed(sent):
    sent.says("Helen", "proposal agree")
    assert "stays as it was agreed" in sent.says("Jo", "kloe drop 1").plain
    assert "This differs from version 1" in sent.says("Jo", "kloe").plain
    sent.says("Priya", "proposal send")
    assert "Front door: Are thresholds consistent?" in sent.says("Dana", "proposal").plain
    assert states(sent) == ["agreed", "sent"]

    sent.says("Helen", "proposal agree")
    assert states(sent) == ["replaced", "agreed"]


def test_key_line_from_an_answer_cannot_be_changed_by_who_may_not_read_it(scoped):
    assert "There is no key line 1" in scoped.says("Jo", "kloe edit 1 Something else?").plain
    assert "There is no key line 1" in scoped.says("Ruth", "kloe drop 1").plain


def test_two_day_format_has_its_own_questions(tmp_path):
    house = House(tmp_path, "regional_two_day")
    with closing(house.store):
        house.says("Helen", "scoping")
        house.says("Helen", "start")

        assert "What do you hope to get out of it?" in house.says("Helen", "Yes.").plain
