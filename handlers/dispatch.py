"""From what was said to the one answer: find, allow, run, and remember, in one transaction.

A handler is called with what its parameters name. On offer are: session, programme, post,
shapes, words, contents, trusted, now, today, zone, said, speaker, mentioned (persons), challenge, format,
roles (the speaker's, in the challenge), room (the Room where it was said, or None), about (what
the button or form carried), text (the rest of the line), the values of the form's fields, and all of
them as one (filled), for a form whose fields are made when it is opened.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from handlers import accounts, asked_in, asking, carried, finding, homes, keeping, membership, presses
from handlers.command import Command, Contents, Found, parameters
from handlers.forms import FieldsWrong, Today, checked, form, missing
from handlers.mentions import opened, sealed
from handlers.message import Account, Answer, Card, Facts, Form, Happened, Refused, Reply, Said, Trace
from handlers.people import recognise
from handlers.post import Post, WrongAudience, person_may_read, room_may_read
from handlers.rules.local import local_day
from handlers.rules.screening import looks_like_a_child
from handlers.shapes import FormShape, Shapes
from handlers.words import Words
from store import every_act
from store.challenge import Challenge
from store.conversation import open_question
from store.heard import AuditLine, Heard, heard_before, write_down
from store.person import Person
from store.programme import Programme, the_programme
from store.role import programme_roles
from store.room import Room, is_overheard, room_at
from store.trouble import HITCHES

log = structlog.get_logger()

_BROKEN = "broken"
_ONCE_MORE = "+"
"""What the id of something ends in that is said once more."""
_AGAIN = Trace(outcome="again")

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """For how long words are kept: of `answers` to what people said; of messages, and all other traces."""

    answers: timedelta = timedelta(days=7)
    words: timedelta = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every unit of work has at hand: the contents page, the happenings, words and shapes.

    `trusted` names the (platform, tenant) pairs whose e-mail addresses link accounts to people;
    `whispering` the platforms where something in a room can be shown to one account alone, and found again.
    """

    contents: Contents
    happenings: Mapping[str, Callable[..., None]]
    words: Words
    shapes: Shapes
    trusted: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    whispering: frozenset[str] = field(default_factory=frozenset)
    kept: Kept = Kept()


class NotClaimed(Refused):
    """The database has no programme yet: somebody must run `critical-friend claim`."""


class ChildText(Refused):
    """The text looks as if it identified a child; none of it was kept. DOMAIN: no child-level data."""


class FileNotRead(Refused):
    """A file or a picture came without words."""


class NotAllowed(Refused):
    """The speaker holds none of the roles that may say this."""


class WrongPlace(Refused):
    """Not to be said in this room."""


class NoSuchCommand(Refused):
    """No command has this phrase."""


class Broken(Refused):
    """A mistake in the bot: nothing was saved, and the log has the same reference."""


@dataclass(frozen=True, kw_only=True)
class _Opens:
    """The answer is a form: its shape, what is already in it, the errors at its fields, what it offers.

    `needed` are fields that could be left empty, but for what is in the others.
    """

    shape: FormShape
    known: Facts
    offered: Facts
    hidden: Facts
    errors: Mapping[str, Refused] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Came:
    """What came of an act: "done", "refused", "form" or "broken"; by whom, about which challenge.

    `phrase`: of the command it was, or "answer".
    """

    outcome: str
    result: Reply | Refused | _Opens
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


class _FormAgain(Exception):
    """Fields were wrong: whatever was done is taken back, and the form comes back."""

    def __init__(self, opens: _Opens) -> None:
        super().__init__(opens.shape.key)
        self.opens = opens


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
    session: Session, desk: Desk, said: Said, now: datetime, run: Callable[[dict[str, Any]], _Came]
) -> Answer:
    """Have an act run that was not heard before, and keep its answer."""
    _ask_first(session, said)
    said, before = _heard_before(session, presses.as_one(session, said))
    if before:
        if before.answer is None or not _may_still_read(session, desk, before, now):
            return Answer(said=said.id, again=True, trace=_AGAIN)
        return replace(_drawn(desk, said.id, before.answer), again=True, trace=_AGAIN)
    came = _came(session, desk, said, now, run)
    kept = {**_kept(desk, came.result), **asked_in.facts(session, said.place)}
    session.flush()
    write_down(session, Heard, id=said.id, at=now, answer=kept, **_where(said), **came.heard)
    answer, result = replace(_drawn(desk, said.id, kept), trace=came.trace), came.result
    if isinstance(result, _Opens) and said.can_open_form:
        return replace(answer, form=_form(desk, result))
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


def tools(session: Session, desk: Desk, programme: Programme, now: datetime) -> dict[str, Any]:
    """What every handler may ask for, whoever speaks: see the top of this page."""
    post = Post(session=session, programme=programme, words=desk.words, shapes=desk.shapes, now=now)
    return {
        "session": session,
        "programme": programme,
        "post": post,
        "shapes": desk.shapes,
        "words": desk.words,
        "contents": desk.contents,
        "trusted": desk.trusted,
        "now": now,
        "today": local_day(now, programme.zone),
        "zone": programme.zone,
    }


def call(function: Callable[..., Result], offered: Mapping[str, Any]) -> Result:
    """Call a function with those of the offered things that its parameters name."""
    return function(**{name: offered[name] for name in parameters(function) if name in offered})


# One act, from the words to the handler


def _came(
    session: Session, desk: Desk, said: Said, now: datetime, run: Callable[[dict[str, Any]], _Came]
) -> _Came:
    programme = the_programme(session)
    if programme is None:
        return _Came(outcome="refused", result=NotClaimed())
    return run({**tools(session, desk, programme, now), **_speaking(session, desk, programme, said, now)})


def _carried_out(offered: dict[str, Any]) -> _Came:
    """Let what was said have its effect. Raises _TakenBack for a failure, or a form that comes back."""
    try:
        result = _in_its_challenge(_run(offered, offered["said"]), offered)
        result = _unless_overheard(result, offered)
        _check_audience(result, offered)
        offered["session"].flush()
    except _FormAgain as again:
        raise _TakenBack(_came_of("form", again.opens, offered)) from again
    except Refused as refused:
        raise _TakenBack(_came_of("refused", refused, offered)) from refused
    except HITCHES:
        raise
    except Exception as broke:
        reference = secrets.token_hex(3).upper()
        log.exception("handler_broke", reference=reference, heard=offered["said"].id)
        raise _TakenBack(_came_of("broken", Broken(reference=reference), offered)) from broke
    return _came_of("form" if isinstance(result, _Opens) else "done", result, offered)


def _came_of(outcome: str, result: Reply | Refused | _Opens, offered: Mapping[str, Any]) -> _Came:
    about = None if isinstance(result, Refused) else _challenge_of(offered)
    who, phrase = offered["speaker"].id, _did(offered)
    return _Came(outcome=outcome, result=result, person=who, challenge=about, phrase=phrase)


def _did(offered: Mapping[str, Any]) -> str | None:
    """The phrase of what was carried out, as far as it came."""
    return offered.get("did")


def _challenge_of(offered: Mapping[str, Any]) -> int | None:
    return offered["challenge"].id if "challenge" in offered else None


def _in_its_challenge(result: Reply | _Opens, offered: dict[str, Any]) -> Reply | _Opens:
    """What is pressed on the answer about a challenge is about the same one, however many somebody has."""
    if not isinstance(result, Reply) or "challenge" not in offered:
        return result
    return replace(result, hidden={"challenge": offered["challenge"].id, **result.hidden})


def _unless_overheard(result: Reply | _Opens, offered: dict[str, Any]) -> Reply | _Opens:
    """What a room would read is for the asker alone while somebody may be in it who may not read there."""
    if not isinstance(result, Reply) or result.to != "room" or offered["said"].place.direct:
        return result
    room = _room_here(offered["session"], offered["said"])
    overheard = room is not None and is_overheard(offered["session"], room)
    return replace(result, to="asker") if overheard else result


def _check_audience(result: Reply | _Opens, offered: dict[str, Any]) -> None:
    """An answer is read by whoever asked, or by the room: refuse one that is not meant for them."""
    if not isinstance(result, Reply):
        return
    challenge, words, shapes = offered.get("challenge"), offered["words"], offered["shapes"]
    who = (offered["session"], words, shapes, result.template)
    if result.to == "room" and not offered["said"].place.direct:
        room = _room_here(offered["session"], offered["said"])  # it may have become one just now
        allowed = room is not None and room_may_read(words, shapes, result.template, room, challenge)
    else:
        allowed = person_may_read(*who, offered["speaker"], challenge, offered["now"])
    if not allowed:
        raise WrongAudience(result.template, "the asker" if result.to == "asker" else "the room")


def _run(offered: dict[str, Any], said: Said) -> Reply | _Opens:
    carried.check(said)
    if any(map(looks_like_a_child, _texts(said))):
        raise ChildText(chat=said.place.platform)
    if said.attached and not said.text.strip():
        raise FileNotRead(chat=said.place.platform)
    text, name = call(finding.without_challenge, {**offered, "person": offered["speaker"], "text": said.text})
    found = offered["contents"].find(text)
    if found is None:
        return _answer_to_a_question(offered, said, text)
    found = _meant(offered, found, name)
    offered["text"], offered["did"] = found.rest, found.command.phrase
    if found.command.needs_challenge:
        offered.update(_in_a_challenge(offered, name))
    try:
        _allow(found.command, offered, said)
    except NotAllowed:
        reply = _answered(offered, said) if _may_be_an_answer(found, offered, said) else None
        if reply is None:
            raise
        return reply
    result = _filled_and_run(found.command, offered, said)
    if isinstance(result, Reply) and found.command.writes:
        _remember(offered, found.command.phrase, said, _thing(offered))
    return result


def _meant(offered: dict[str, Any], found: Found, name: str | None) -> Found:
    """The command for the whole programme in the place of one about a challenge, where that is meant."""
    if found.command.instead is None:
        return found
    meant = finding.meant(offered, name)
    line = call(found.command.instead, {**offered, "text": found.rest, "meant": meant})
    return (offered["contents"].find(line) if line else None) or found


def _texts(said: Said) -> Iterator[str]:
    yield opened(said.text)
    known = said.hidden.get("known", {})
    for value in (*(said.fields or {}).values(), *(known.values() if isinstance(known, dict) else ())):
        yield from value if isinstance(value, list) else (str(value or ""),)


def _speaking(
    session: Session, desk: Desk, programme: Programme, said: Said, now: datetime
) -> dict[str, Any]:
    def person(account: Account) -> Person:
        return recognise(session, programme, account, now, desk.trusted)

    speaker, mentioned = person(said.by), tuple(map(person, said.mentions))
    if said.place.direct:
        accounts.wrote(session, said.by, now, local_day(now, programme.zone))
    room = _room_here(session, said)
    if room:
        membership.spoke(session, room, speaker, now)
    return {
        "said": sealed(said, mentioned),
        "about": said.hidden,
        "speaker": speaker,
        "mentioned": mentioned,
        "room": room,
        "roles": frozenset(),
    }


def _room_here(session: Session, said: Said) -> Room | None:
    """The room of ours in which something was said."""
    place = said.place
    return None if place.direct else room_at(session, place.platform, place.tenant, place.address)


def _answer_to_a_question(offered: dict[str, Any], said: Said, text: str) -> Reply:
    """Plain words in a direct conversation answer the question that was last asked there."""
    reply = _answered(offered, said)
    if reply is None:
        raise NoSuchCommand(near=offered["contents"].nearest(text))
    return reply


def _may_be_an_answer(found: Found, offered: dict[str, Any], said: Said) -> bool:
    """Whether words only begin like a command that is not for this person: "New leadership since May"."""
    if said.fields is not None or said.hidden or not found.rest:
        return False
    shape = _shape(found.command, offered) if isinstance(found.command.form, str) else None
    try:
        return shape is None or missing(shape, _typed(found.command, shape, offered))
    except Refused:  # as that command it makes no sense
        return True


def _answered(offered: dict[str, Any], said: Said) -> Reply | None:
    """What was said as an answer to the open question; None where there is none."""
    if not said.place.direct:
        return None
    session: Session = offered["session"]
    asked = open_question(session, offered["speaker"].id)
    reply = call(asking.answer, {**offered, "text": opened(said.text)})
    if reply and asked:
        offered.update(_about(offered, session.get_one(Challenge, asked.challenge_id)))
        offered["did"] = "answer"
        _remember(offered, "answer", said, asked.series)
    return reply


def _in_a_challenge(offered: dict[str, Any], name: str | None) -> dict[str, Any]:
    return _about(offered, finding.challenge(offered, name))


def _about(offered: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    """What a handler may ask for when one challenge is meant."""
    today = local_day(offered["now"], challenge.zone)
    return {
        "challenge": challenge,
        "format": offered["shapes"].format(challenge.format),
        "today": today,
        "zone": challenge.zone,
        "roles": finding.roles(offered["session"], offered["speaker"], challenge, today),
    }


def _allow(command: Command, offered: dict[str, Any], said: Said) -> None:
    """Refuse who may not say this, and where it may not be said. Deny by default."""
    where = _here(offered, said)
    if command.elsewhere and where not in command.places:
        chat = said.place.platform
        raise command.elsewhere(where=sorted(command.places), phrase=command.phrase, here=where, chat=chat)
    if command.needs_challenge and command.roles and not command.roles & offered["roles"]:
        raise NotAllowed(who=sorted(command.roles), phrase=command.phrase)
    if not command.needs_challenge and command.roles:
        own = programme_roles(offered["session"], offered["speaker"].id, offered["today"])
        if not command.roles & own:
            raise NotAllowed(who=sorted(command.roles), phrase=command.phrase)
    if command.places and where not in command.places:
        raise WrongPlace(where=sorted(command.places), phrase=command.phrase, here=where)


def _here(offered: dict[str, Any], said: Said) -> str:
    """The kind of place this was said in; the room of another challenge is elsewhere."""
    if said.place.direct:
        return "direct"
    room, challenge = offered["room"], offered.get("challenge")
    if room is None or (room.challenge_id and challenge and room.challenge_id != challenge.id):
        return "elsewhere"
    return str(room.kind)


def _filled_and_run(command: Command, offered: dict[str, Any], said: Said) -> Reply | _Opens:
    shape = _shape(command, offered)
    if shape is None:
        return call(command.run, {**offered, "text": opened(offered["text"])})
    typed = dict(said.fields) if said.fields is not None else _typed(command, shape, offered)
    offered["text"] = opened(offered["text"])
    prepared = call(command.prepare, {**offered, "typed": typed}) if command.prepare else {}
    opens = _Opens(
        shape=shape,
        known={**prepared, **said.hidden.get("known", {}), **typed},
        offered=prepared,
        hidden=_hidden(said, offered),
        needed=tuple(said.hidden.get("needed", ())),
    )
    if said.fields is None and (command.opens or missing(shape, typed)):
        return opens
    try:
        today = Today(now=offered["now"], zone=offered["zone"])
        values = checked(shape, typed, today, prepared, said.not_found)
        offered["filled"] = values
        return call(command.run, {**offered, **values})
    except FieldsWrong as wrong:
        return replace(opens, errors=wrong.errors)
    except Refused as refused:
        if refused.at_field is None:
            raise
        needed = (*opens.needed, refused.at_field) if refused.asks else opens.needed
        raise _FormAgain(replace(opens, errors={refused.at_field: refused}, needed=needed)) from refused


def _shape(command: Command, offered: dict[str, Any]) -> FormShape | None:
    if command.form is None:
        return None
    return (
        offered["shapes"].form(command.form) if isinstance(command.form, str) else call(command.form, offered)
    )


def _typed(command: Command, shape: FormShape, offered: dict[str, Any]) -> dict[str, Any]:
    """The fields that the rest of the line fills."""
    if not offered["text"]:
        return {}
    read = call(command.read, offered) if command.read else {shape.fields[0].name: offered["text"]}
    return {name: opened(value) for name, value in read.items()}


def _hidden(said: Said, offered: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in said.hidden.items() if name not in {"known", "needed"}}
    return {**kept, "challenge": offered["challenge"].id} if "challenge" in offered else kept


_AUDITED = frozenset({"name", "deputy", "to", "council", "role", "number", "day", "days", "until", "version"})
"""The only fields whose values may enter the audit: who and what it was about, never an answer."""


def _thing(offered: dict[str, Any]) -> str:
    """Which thing it was done to."""
    about = {name: value for name, value in offered["about"].items() if isinstance(value, int)}
    filled = {name: value for name, value in offered.get("filled", {}).items() if name in _AUDITED and value}
    return "; ".join(f"{name} {value}" for name, value in {**about, **filled}.items())


def _remember(offered: dict[str, Any], did: str, said: Said, thing: str) -> None:
    """The audit line; and what depends on a challenge is brought into line, now or soon."""
    write_down(
        offered["session"],
        AuditLine,
        at=offered["now"],
        person_id=offered["speaker"].id,
        challenge_id=_challenge_of(offered),
        did=did,
        thing=thing or None,
        where=said.place.address,
    )
    if "challenge" in offered:
        call(keeping.keep_in_step, offered)
    else:
        call(homes.refresh_programme, offered)


# What is kept of the answer, and drawing it


def _where(said: Said) -> dict[str, Any]:
    place = said.place
    return {
        "platform": place.platform,
        "tenant": place.tenant,
        "account": said.by.id,
        "place": place.address,
        "direct": place.direct,
    }


def _kept(desk: Desk, result: Reply | Refused | _Opens) -> dict[str, Any]:
    """The answer as a template, its facts, what its buttons carry, and who sees it."""
    match result:
        case Reply(template, facts, to, hidden):
            return {"template": template, "facts": dict(facts), "hidden": dict(hidden), "to": to}
        case Refused():
            return {"template": _template_of(result), "facts": result.facts, "hidden": {}, "to": result.to}
        case _Opens():
            errors = [_sentence(desk, error) for error in result.errors.values()]
            facts = {"title": result.shape.title, "phrase": result.shape.phrase, "errors": errors}
            needed = {"needed": list(result.needed)} if result.needed else {}
            hidden = {**result.hidden, **needed, "known": _plain(result.shape, result.known)}
            return {"template": "form_waits", "facts": facts, "hidden": hidden, "to": "asker"}
    raise TypeError(result)


def _plain(shape: FormShape, known: Facts) -> dict[str, Any]:
    """What the form's fields hold, without what they offer."""
    held = {field.name: known[field.name] for field in shape.fields if field.name in known}
    return {name: value for name, value in held.items() if isinstance(value, str | int | list)}


def refused(desk: Desk, said: str, why: Refused) -> Answer:
    """The answer when not even that it was heard could be written down."""
    outcome = _BROKEN if isinstance(why, Broken) else "not_saved"
    trace = Trace(outcome=outcome, reference=why.facts.get("reference"))
    return replace(_drawn(desk, said, _kept(desk, why)), trace=trace)


def _drawn(desk: Desk, said: str, kept: Facts) -> Answer:
    shown = card(desk, kept)
    elsewhere = partial(asked_in.elsewhere, desk.words, desk.contents, kept, shown)
    is_broken = kept["template"] == _BROKEN
    return Answer(said=said, card=shown, to=kept["to"], broken=is_broken, elsewhere=elsewhere)


def card(desk: Desk, kept: Facts) -> Card:
    """The card of an answer that was kept."""
    return desk.words.card(kept["template"], kept["facts"], kept["hidden"])


def _form(desk: Desk, opens: _Opens) -> Form:
    errors = {name: _sentence(desk, error) for name, error in opens.errors.items()}
    return form(
        opens.shape,
        words=desk.words,
        known=opens.known,
        errors=errors,
        hidden=opens.hidden,
        offered=opens.offered,
        needed=opens.needed,
    )


def _sentence(desk: Desk, refused: Refused) -> str:
    return desk.words.card(_template_of(refused), refused.facts).plain


def _template_of(refused: Refused) -> str:
    """`NotYourPart` is told in `not_your_part.md.j2`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(refused).__name__).lower()
