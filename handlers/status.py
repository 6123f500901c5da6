"""Where we are, for whoever asks: only what that person may know."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import evidence, visit
from handlers.command import COORDINATION
from handlers.explaining import shown
from handlers.holding import Sight
from handlers.message import Reply
from handlers.plan import sight_of
from handlers.reach import chats_of
from handlers.scoping_people import READERS
from handlers.shapes import Format
from handlers.state_card import gaps, stage_of
from handlers.words import Words
from store.challenge import Challenge
from store.person import Person
from store.scoping import key_lines, newest_proposal
from store.task import Task, open_tasks

_SHOWN = 5


def status(
    session: Session, challenge: Challenge, format: Format, words: Words, speaker: Person,
    roles: frozenset[str], today: date,
) -> Reply:  # fmt: skip
    """The stage, what waits for whom, and who helps; for the team and the programme, more."""
    sight = sight_of(session, challenge, format, speaker, roles, today)
    where = stage_of(challenge, today)
    tasks = [task for task in sight.seen(open_tasks(session, challenge.id)) if _can_be_done(task)]
    facts = {
        "challenge": challenge.name,
        "you": [role for role in format.roles if role in roles],
        "stage": where.name,
        "day": where.day,
        "days": where.days,
        "first_day": challenge.first_day.isoformat() if challenge.first_day else "",
        "last_day": challenge.last_day.isoformat() if challenge.last_day else "",
        "mine": [shown(task, challenge, sight, words) for task in tasks if sight.owns(task)][:_SHOWN],
        "others": [shown(task, challenge, sight, words) for task in tasks if not sight.owns(task)][:_SHOWN],
        "ahead": visit.ahead(challenge, format, today),
        "people": _people(format, sight),
        "scope": _scope(session, challenge, sight),
    }
    facts |= _for_team(session, challenge, sight) | _for_programme(session, challenge, sight)
    return Reply("status", facts, hidden={"challenge": challenge.id})


def _can_be_done(task: Task) -> bool:
    """A milestone without a day waits for something else first."""
    return task.due_on is not None or task.kind != "milestone"


def _people(format: Format, sight: Sight) -> list[dict[str, Any]]:
    """Who holds the roles to turn to, and the roles of the challenge's own side of the table."""
    wanted = ("sponsor", "organiser", "lead_peer", "challenge_manager", "coordinator", "programme_manager")
    return [
        {"role": shape.label, "names": [person.name for person in sight.holding.people(role)]}
        for role, shape in format.roles.items()
        if role in wanted and sight.holding.people(role)
    ]


def _scope(session: Session, challenge: Challenge, sight: Sight) -> dict[str, Any]:
    """Whether the proposal is agreed; before that, whose turn it is, for those who scope. Never a draft."""
    agreed = challenge.proposal_agreed_at is not None
    scopes = bool(sight.roles & sight.format.audience(READERS))
    proposal = newest_proposal(session, challenge.id) if scopes else None
    state = "agreed" if agreed else proposal.state if proposal else ""
    return {"proposal": state, "key_lines": len(key_lines(session, challenge.id)) if agreed else 0}


def _for_team(session: Session, challenge: Challenge, sight: Sight) -> dict[str, Any]:
    """What only the peer team knows: how much is noted, and where the message to the sponsor stands."""
    if not sight.roles & sight.format.audience("team"):
        return {"team": False, "noted": [], "message": {"state": "", "agree": [], "agreed": [], "to": []}}
    message = evidence.message(session, challenge, sight.format, sight.holding, sight.today)
    return {"team": True, "noted": evidence.noted(session, challenge), "message": message}


def _for_programme(session: Session, challenge: Challenge, sight: Sight) -> dict[str, Any]:
    """What only the coordination knows: gaps in the team, and who cannot be reached yet."""
    if not sight.roles & COORDINATION:
        return {"coordination": False, "gaps": [], "unreached": []}
    people = sight.holding.everybody()
    reached = chats_of(session, people)
    unreached = [person.name for person in people if person.id not in reached]
    missing = gaps(session, challenge, sight.format, sight.today)
    return {"coordination": True, "gaps": missing, "unreached": unreached}
