"""What a team lacks: the areas and the people that nobody covers."""

from datetime import timedelta

import pytest

from handlers import state_card, team
from handlers.holding import holding
from store.challenge import Challenge
from store.person import Person
from store.role import Role
from store.scoping import Proposal, ScopingAnswer
from tests.fakes.house import BEGINS


def _the_one(session, model, **of):
    return session.query(model).filter_by(**of).one()


def _answer(session, areas):
    challenge, helen = _the_one(session, Challenge), _the_one(session, Person, name="Helen")
    session.add(
        ScopingAnswer(
            challenge_id=challenge.id, question="areas", text=", ".join(areas), chosen=areas,
            noted_by=helen.id, noted_at=BEGINS,
        )
    )  # fmt: skip


def _agree(session, areas):
    challenge, helen = _the_one(session, Challenge), _the_one(session, Person, name="Helen")
    challenge.proposal_agreed_at = BEGINS
    session.add(
        Proposal(
            challenge_id=challenge.id, number=1, content={"areas": areas}, state="agreed",
            sent_by=helen.id, sent_at=BEGINS, answered_by=helen.id, answered_at=BEGINS,
        )
    )  # fmt: skip


def test_areas_nobody_knows_are_those_of_the_agreed_proposal(house):
    house.change(lambda session: _agree(session, ["Demand", "How we work with schools"]))
    house.change(lambda session: _answer(session, ["Partnerships"]))

    told = house.says("Jo", "team").card.plain

    assert "nobody confirmed or likely to come knows well: Demand, How we work with schools" in told
    assert "Partnerships" not in told


def test_areas_nobody_knows_are_not_told_before_the_proposal_is_agreed(house):
    house.change(lambda session: _answer(session, ["Partnerships"]))

    assert "knows well" not in house.says("Jo", "team").card.plain


@pytest.mark.parametrize("covered", [False, True])
def test_card_and_team_count_the_same_people_as_missing_and_a_deputy_is_none(house, covered):
    house.appoint("Sam", "organiser")
    if covered:
        house.change(_cover_for_an_organiser_who_left)

    def counted(session):
        challenge, today = _the_one(session, Challenge), BEGINS.date()
        shape, held = house.desk.shapes.format(challenge.format), holding(session, challenge, today)
        card = state_card.facts_for(session, challenge, shape, held, "programme", today)["gaps"]
        missing = team.missing(session, challenge, shape, today)
        return card, [{"role": one["label"], "missing": one["short"]} for one in missing]

    card, missing = house.change(counted)

    assert card == missing
    assert card == [
        {"role": "lead peer", "missing": 1},
        {"role": "peer", "missing": 3},
        {"role": "programme manager", "missing": 1},
    ]


def _cover_for_an_organiser_who_left(session):
    """A deputy of a lead peer whose own part is over."""
    challenge, sam = _the_one(session, Challenge), _the_one(session, Person, name="Sam")
    over = Role(
        programme_id=1, challenge_id=challenge.id, person_id=sam.id, role="lead_peer",
        ends=BEGINS.date() - timedelta(days=1),
    )  # fmt: skip
    session.add(over)
    session.flush()
    session.add(
        Role(
            programme_id=1, challenge_id=challenge.id, person_id=_the_one(session, Person, name="Ruth").id,
            role="lead_peer", covers_id=over.id,
        )
    )  # fmt: skip
