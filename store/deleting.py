"""A challenge's records go, kind by kind, when their time is over.

What remains is that there was a challenge, when, who had which part in it, and the record of who did what.
A row whose number stands in keys is emptied first: the newest of its table stays, as a database may give its
number to the next.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, null, select, update
from sqlalchemy.orm import Session

from store.conversation import OpenQuestion
from store.digest import DigestDay
from store.erasing import SETTLED, changed, is_read_again, settled
from store.heard import Heard
from store.invitation import Invitation
from store.note import Note
from store.outbox import Outgoing
from store.questionnaire import Participation, SheetAnswer
from store.role import Role
from store.room import Room, RoomMember
from store.scoping import KeyLine, Proposal, ScopingAnswer
from store.summary import SponsorTalk, Summary, SummaryAnswer, SummaryReader
from store.task import Task

_NOTHING: Final[Mapping[str, Any]] = {"themes": [], "tomorrow": "", "requests": []}
"""What a summary says that says nothing."""


def delete_kind(session: Session, challenge_id: int, what: str, before: datetime) -> None:
    """Delete one kind of a challenge's records: access, deliberation, logistics or evaluation.

    `before`: of the deliberation, in a challenge that may be open, what was said since then is in use.
    """
    _KINDS[what](session, challenge_id, before)


def _access(session: Session, challenge_id: int, _before: datetime) -> None:
    """What peers told of their connections with the council."""
    own = Invitation.challenge_id == challenge_id
    changed(session, update(Invitation).where(own).values(connection=None))


def _deliberation(session: Session, challenge_id: int, before: datetime) -> None:
    """Notes, drafts, what the sponsor answered; and the words of everything that was said about it."""
    changed(session, update(Note).where(Note.challenge_id == challenge_id).values(text="", theme=None))
    _delete(session, Note, challenge_id)
    summaries = select(Summary.id).where(Summary.challenge_id == challenge_id)
    empty = {"content": dict(_NOTHING), "released": null(), "reason": None}
    changed(session, update(Summary).where(Summary.id.in_(summaries)).values(**empty))
    changed(session, update(SummaryAnswer).where(SummaryAnswer.summary_id.in_(summaries)).values(text=None))
    _empty_messages(session, challenge_id, *settled(before), ~is_read_again())
    _empty_answers(session, challenge_id, Heard.handed_over_at <= before)


def _logistics(session: Session, challenge_id: int, _before: datetime) -> None:
    """Scoping, tasks, requests, invitations, whom new days suited, talks, rooms; and whose sheet is whose."""
    for model, words in _WITH_WORDS:
        changed(session, update(model).where(model.challenge_id == challenge_id).values(**words))
        _delete(session, model, challenge_id)
    for model in (OpenQuestion, DigestDay, SummaryReader):
        changed(session, delete(model).where(model.challenge_id == challenge_id))
    rooms = select(Room.id).where(Room.challenge_id == challenge_id)
    changed(session, delete(RoomMember).where(RoomMember.room_id.in_(rooms)))
    changed(session, update(Room).where(Room.id.in_(rooms)).values(state="over", address=None))
    own = Participation.challenge_id == challenge_id
    changed(session, update(Participation).where(own).values(sheet=None))
    part = Role.challenge_id == challenge_id
    changed(session, update(Role).where(part).values(answer=None, answer_to=None))
    unsettled = (Outgoing.challenge_id == challenge_id, Outgoing.state.not_in(SETTLED))
    changed(session, update(Outgoing).where(*unsettled).values(state="withdrawn"))
    _empty_messages(session, challenge_id)
    _empty_answers(session, challenge_id)


def _evaluation(session: Session, challenge_id: int, _before: datetime) -> None:
    """What people answered."""
    changed(session, delete(SheetAnswer).where(SheetAnswer.challenge_id == challenge_id))


_WITH_WORDS: tuple[tuple[Any, Mapping[str, Any]], ...] = (
    (Task, {"title": "", "reason": None}),
    (ScopingAnswer, {"text": "", "chosen": null()}),
    (KeyLine, {"text": ""}),
    (Proposal, {"content": {}, "changes": None}),
    (Invitation, {"connection": None, "expertise": None}),
    (SponsorTalk, {"offered_by": None}),
)
_KINDS: Mapping[str, Callable[[Session, int, datetime], None]] = {
    "access": _access,
    "deliberation": _deliberation,
    "logistics": _logistics,
    "evaluation": _evaluation,
}
EVERY_KIND: Final = frozenset(_KINDS)


def _delete(session: Session, model: Any, challenge_id: int) -> None:
    newest = select(func.max(model.id)).scalar_subquery()
    changed(session, delete(model).where(model.challenge_id == challenge_id, model.id < newest))


def _empty_messages(session: Session, challenge_id: int, *those: ColumnElement[bool]) -> None:
    """Keep no word of the messages about it."""
    own = (Outgoing.challenge_id == challenge_id, Outgoing.emptied.is_(False), *those)
    changed(session, update(Outgoing).where(*own).values(facts={}, hidden={}, emptied=True))


def _empty_answers(session: Session, challenge_id: int, *those: ColumnElement[bool]) -> None:
    """Keep no word of the answers that people have."""
    own = (Heard.challenge_id == challenge_id, Heard.answer.is_not(None), Heard.handed_over_at.is_not(None))
    changed(session, update(Heard).where(*own, *those).values(answer=null()))
