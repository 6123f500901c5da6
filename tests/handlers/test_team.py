"""What a team lacks: the areas and the people that nobody covers."""

from store.challenge import Challenge
from store.person import Person
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
