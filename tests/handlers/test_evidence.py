"""How much is noted, as the team reads it: nothing that came from a scoping answer before it is agreed."""

from handlers import evidence
from store.challenge import Challenge
from store.scoping import KeyLine
from tests.fakes.house import BEGINS


def _add_lines(session):
    for number, source, text in (
        (1, None, "Front door: are thresholds consistent?"),
        (2, "area:Demand", "Demand: is the third reorganisation too much?"),
    ):
        session.add(
            KeyLine(challenge_id=session.query(Challenge).one().id, number=number, text=text, source=source)
        )


def _agree(session):
    session.query(Challenge).one().proposal_agreed_at = BEGINS


def _noted(session):
    return [one["theme"] for one in evidence.noted(session, session.query(Challenge).one())]


def test_noted_before_the_proposal_is_agreed_names_no_key_line_from_a_scoping_answer(house):
    house.change(_add_lines)

    assert house.change(_noted) == ["Front door"]


def test_noted_after_the_proposal_is_agreed_names_every_key_line(house):
    house.change(_add_lines)
    house.change(_agree)

    assert house.change(_noted) == ["Front door", "Demand"]


def test_status_tells_a_peer_no_key_line_from_a_scoping_answer_before_it_is_agreed(house):
    house.appoint("Dana", "peer")
    house.change(_add_lines)

    assert "Front door 0" in house.says("Dana", "status").card.plain
    assert "Demand" not in house.says("Dana", "status").card.plain
