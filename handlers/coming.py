"""Which of the events that milestones wait for have come, read from the rows themselves."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from handlers.holding import Holding
from handlers.shapes import Format
from store.challenge import Challenge
from store.questionnaire import all_participations
from store.scoping import newest_proposal

_PEERS = ("peer", "lead_peer", "lead_member_peer")


def came(session: Session, challenge: Challenge, format: Format, holding: Holding, event: str) -> bool:
    """Whether an event has come. "dates:" and "name:ROLE" are the blanks of the opening."""
    if event.startswith("name:"):
        return bool(holding.people(event.removeprefix("name:")))
    return _CAME[event](session, challenge, format, holding)


def _ready(_session: Session, challenge: Challenge, _format: Format, _holding: Holding) -> bool:
    return challenge.ready_at is not None


def _dates(_session: Session, challenge: Challenge, _format: Format, _holding: Holding) -> bool:
    return challenge.first_day is not None


def _proposal_sent(session: Session, challenge: Challenge, _format: Format, _holding: Holding) -> bool:
    return newest_proposal(session, challenge.id) is not None


def _proposal_agreed(_session: Session, challenge: Challenge, _format: Format, _holding: Holding) -> bool:
    return challenge.proposal_agreed_at is not None


def _first_peer_confirmed(_s: Session, _challenge: Challenge, _format: Format, holding: Holding) -> bool:
    return any(holding.people(role) for role in _PEERS)


def _final_issued(_session: Session, challenge: Challenge, _format: Format, _holding: Holding) -> bool:
    return challenge.final_issued_at is not None


def _questionnaires_sent(session: Session, challenge: Challenge, format: Format, _holding: Holding) -> bool:
    """Those that open after the final were sent; an interview is asked, not sent."""
    sent = {one.questionnaire for one in all_participations(session, challenge.id)}
    wanted = [one for one in format.evaluation if one.sent_by == "coordinator"]
    return bool(wanted) and all(one.questionnaire in sent for one in wanted)


def _interview_finished(session: Session, challenge: Challenge, format: Format, _holding: Holding) -> bool:
    interviews = {one.questionnaire for one in format.evaluation if one.interviewer}
    asked = all_participations(session, challenge.id)
    return any(one.finished_at is not None for one in asked if one.questionnaire in interviews)


_CAME: Mapping[str, Callable[[Session, Challenge, Format, Holding], bool]] = {
    "ready": _ready,
    "dates:": _dates,
    "proposal_sent": _proposal_sent,
    "proposal_agreed": _proposal_agreed,
    "first_peer_confirmed": _first_peer_confirmed,
    "final_issued": _final_issued,
    "questionnaires_sent": _questionnaires_sent,
    "interview_finished": _interview_finished,
}
