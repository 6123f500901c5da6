"""From what was said to the one answer: find, allow, run, and remember, in one transaction.

A handler is called with what its parameters name. On offer are: session, programme, post,
shapes, words, contents, trusted, now, today, zone, said, speaker, mentioned (persons), challenge, format,
roles (the speaker's, in the challenge), room (the Room where it was said, or None), about (what
the button or form carried), text (the rest of the line), the values of the form's fields, and all of
them as one (filled), for a form whose fields are made when it is opened.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from handlers import asked_in, presses
from handlers.act import room_here, run, speaking
from handlers.answer import Broken, Opens, drawn, form_of, kept_of
from handlers.desk import Desk, call, tools
from handlers.filling import FormAgain
from handlers.message import Answer, Facts, Happened, Refused, Reply, Said, Trace
from handlers.post import WrongAudience, person_may_read, room_may_read
from store import every_act
from store.challenge import Challenge
from store.heard import Heard, heard_before, write_down
from store.person import Person
from store.programme import the_programme
from store.room import is_overheard, room_at
from store.trouble import HITCHES

log = structlog.get_logger()

_ONCE_MORE = "+"
"""What the id of something ends in that is said once more."""
_AGAIN = Trace(outcome="again")


class NotClaimed(Refused):
    """The database has no programme yet: somebody must run `critical-friend claim`."""


@dataclass(frozen=True, kw_only=True)
class _Came:
    """What came of an act: "done", "refused", "form" or "broken"; by whom, about which challenge.

    `phrase`: of the command it was, or "answer".
    """

    outcome: str
    result: Reply | Refused | Opens
    person: int | None = None
    challenge: int | None = None
    phrase: str | None = None

    @property
    def heard(self) -> dict[str, Any]:
        """What is remembered of it beside the answer."""
        return {"outcome": self.outcome, "person_id": self.person, "challenge_id": self.challenge}

    @property
    def trace(self) -> Trace:
        """What is told to whoever keeps the bot running."""
        reference = self.result.facts["reference"] if isinstance(self.result, Broken) else None
        return Trace(outcome=self.outcome, phrase=self.phrase, reference=reference)


class _TakenBack(Exception):
    """Nothing that an act did is to stay but what came of it."""

    def __init__(self, came: _Came) -> None:
        super().__init__(came.outcome)
        self.came = came


def dispatch(session: Session, desk: Desk, said: Said, now: datetime) -> Answer:
    """Answer what a person said, and remember that it was heard. Heard twice, it is answered the same.

    Whoever heard it first hands the answer over, in another process perhaps; should they have ended, the
    sweep leaves it to the postman. So an answer that is given again is never posted again.

    Everything that `session` did so far is taken back where the act had no effect: it is heard once more
    then, with what came of it. A savepoint would cost every act that has an effect two statements.
    """
    try:
        return _heard(session, desk, said, now, _carried_out)
    except _TakenBack as taken:
        session.rollback()
        came = taken.came
        return _heard(session, desk, said, now, lambda offered: replace(came, person=offered["speaker"].id))


def _heard(
    session: Session, desk: Desk, said: Said, now: datetime, carry_out: Callable[[dict[str, Any]], _Came]
) -> Answer:
    """Have an act run that was not heard before, and keep its answer."""
    _ask_first(session, said)
    said, before = _heard_before(session, presses.as_one(session, said))
    if before:
        if before.answer is None or not _may_still_read(session, desk, before, now):
            return Answer(said=said.id, again=True, trace=_AGAIN)
        return replace(drawn(desk, said.id, before.answer), again=True, trace=_AGAIN)
    came = _came(session, desk, said, now, carry_out)
    kept = {**kept_of(desk, came.result), **asked_in.facts(session, said.place)}
    session.flush()
    write_down(session, Heard, id=said.id, at=now, answer=kept, **_where(said), **came.heard)
    answer, result = replace(drawn(desk, said.id, kept), trace=came.trace), came.result
    if isinstance(result, Opens) and said.can_open_form:
        return replace(answer, form=form_of(desk, result))
    return answer


def _ask_first(session: Session, said: Said) -> None:
    by, place = said.by, said.place
    every_act.ask(
        session, said=said.id, platform=by.platform, tenant=by.tenant, account=by.id, address=place.address
    )


def _may_still_read(session: Session, desk: Desk, heard: Heard, now: datetime) -> bool:
    """Whether an answer that was kept is still for those who would see it."""
    kept: Facts = heard.answer or {}
    person = session.get(Person, heard.person_id) if heard.person_id else None
    if person is None or heard.outcome not in {"done", "form"}:
        return True
    challenge = session.get(Challenge, heard.challenge_id) if heard.challenge_id else None
    words, shapes, template = desk.words, desk.shapes, str(kept["template"])
    if kept["to"] == "room" and not heard.direct:
        room = room_at(session, str(heard.platform), str(heard.tenant), str(heard.place))
        return room is not None and room_may_read(words, shapes, template, room, challenge)
    return person_may_read(session, words, shapes, template, person, challenge, now)


def is_settled(session: Session, said: str) -> bool:
    """Whether what was said took effect or was refused: a form that only had mistakes in it did not."""
    before = heard_before(session, said)
    while before and before.outcome == "form":
        before = heard_before(session, f"{before.id}{_ONCE_MORE}")
    return before is not None


def _heard_before(session: Session, said: Said) -> tuple[Said, Heard | None]:
    """What was said, and that it was heard before; the same form after mistakes, or ours, is said once more.

    What was wrong with it may be right by now: it has an id of its own, one sign longer.
    """
    before = heard_before(session, said.id)
    while before and before.outcome in {"form", "broken"} and said.tried_again:
        said = replace(said, id=f"{said.id}{_ONCE_MORE}")
        before = heard_before(session, said.id)
    return said, before


def happened(session: Session, desk: Desk, event: Happened, now: datetime) -> None:
    """Let what happened in the world have its effect, once."""
    if heard_before(session, event.id):
        return
    write_down(session, Heard, id=event.id, at=now, outcome="happened")
    programme = the_programme(session)
    if programme is None:
        return
    run = desk.happenings[event.kind]
    call(run, {**tools(session, desk, programme, now), **event.facts})


# One act, as far as it came to anything


def _came(
    session: Session, desk: Desk, said: Said, now: datetime, carry_out: Callable[[dict[str, Any]], _Came]
) -> _Came:
    programme = the_programme(session)
    if programme is None:
        return _Came(outcome="refused", result=NotClaimed())
    return carry_out(
        {**tools(session, desk, programme, now), **speaking(session, desk, programme, said, now)}
    )


def _carried_out(offered: dict[str, Any]) -> _Came:
    """Let what was said have its effect. Raises _TakenBack for a failure, or a form that comes back."""
    try:
        result = _in_its_challenge(run(offered, offered["said"]), offered)
        result = _unless_overheard(result, offered)
        _check_audience(result, offered)
        offered["session"].flush()
    except FormAgain as again:
        raise _TakenBack(_came_of("form", again.opens, offered)) from again
    except Refused as refused:
        raise _TakenBack(_came_of("refused", refused, offered)) from refused
    except HITCHES:
        raise
    except Exception as broke:
        reference = secrets.token_hex(3).upper()
        log.exception("handler_broke", reference=reference, heard=offered["said"].id)
        raise _TakenBack(_came_of("broken", Broken(reference=reference), offered)) from broke
    return _came_of("form" if isinstance(result, Opens) else "done", result, offered)


def _came_of(outcome: str, result: Reply | Refused | Opens, offered: Mapping[str, Any]) -> _Came:
    about = None if isinstance(result, Refused) else _challenge_of(offered)
    who, phrase = offered["speaker"].id, _did(offered)
    return _Came(outcome=outcome, result=result, person=who, challenge=about, phrase=phrase)


def _did(offered: Mapping[str, Any]) -> str | None:
    """The phrase of what was carried out, as far as it came."""
    return offered.get("did")


def _challenge_of(offered: Mapping[str, Any]) -> int | None:
    return offered["challenge"].id if "challenge" in offered else None


def _in_its_challenge(result: Reply | Opens, offered: dict[str, Any]) -> Reply | Opens:
    """What is pressed on the answer about a challenge is about the same one, however many somebody has."""
    if not isinstance(result, Reply) or "challenge" not in offered:
        return result
    return replace(result, hidden={"challenge": offered["challenge"].id, **result.hidden})


def _unless_overheard(result: Reply | Opens, offered: dict[str, Any]) -> Reply | Opens:
    """What a room would read is for the asker alone while somebody may be in it who may not read there."""
    if not isinstance(result, Reply) or result.to != "room" or offered["said"].place.direct:
        return result
    room = room_here(offered["session"], offered["said"])
    overheard = room is not None and is_overheard(offered["session"], room)
    return replace(result, to="asker") if overheard else result


def _check_audience(result: Reply | Opens, offered: dict[str, Any]) -> None:
    """An answer is read by whoever asked, or by the room: refuse one that is not meant for them."""
    if not isinstance(result, Reply):
        return
    challenge, words, shapes = offered.get("challenge"), offered["words"], offered["shapes"]
    who = (offered["session"], words, shapes, result.template)
    if result.to == "room" and not offered["said"].place.direct:
        room = room_here(offered["session"], offered["said"])  # it may have become one just now
        allowed = room is not None and room_may_read(words, shapes, result.template, room, challenge)
    else:
        allowed = person_may_read(*who, offered["speaker"], challenge, offered["now"])
    if not allowed:
        raise WrongAudience(result.template, "the asker" if result.to == "asker" else "the room")


def _where(said: Said) -> dict[str, Any]:
    place = said.place
    return {
        "platform": place.platform,
        "tenant": place.tenant,
        "account": said.by.id,
        "place": place.address,
        "direct": place.direct,
    }
