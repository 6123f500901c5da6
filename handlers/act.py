"""One act, from the words to the handler: the command is found, allowed, run and remembered."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import accounts, asking, carried, finding, homes, keeping, membership
from handlers.answer import Opens
from handlers.command import Command, Found
from handlers.desk import Desk, call
from handlers.filling import filled_and_run, shape_of, typed_in
from handlers.forms import missing
from handlers.mentions import opened, sealed
from handlers.message import Account, Refused, Reply, Said
from handlers.people import recognise
from handlers.rules.local import local_day
from handlers.rules.screening import looks_like_a_child
from store.challenge import Challenge
from store.conversation import open_question
from store.heard import AuditLine, write_down
from store.person import Person
from store.programme import Programme
from store.role import programme_roles
from store.room import Room, room_at


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


def run(offered: dict[str, Any], said: Said) -> Reply | Opens:
    """Carry out what was said: as a command, or as the answer to a question. Raises Refused, FormAgain."""
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
    result = filled_and_run(found.command, offered, said)
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


def speaking(session: Session, desk: Desk, programme: Programme, said: Said, now: datetime) -> dict[str, Any]:
    """What a handler may ask for about who spoke, and where; a person who is new becomes known."""

    def person(account: Account) -> Person:
        return recognise(session, programme, account, now, desk.trusted)

    speaker, mentioned = person(said.by), tuple(map(person, said.mentions))
    if said.place.direct:
        accounts.wrote(session, said.by, now, local_day(now, programme.zone))
    room = room_here(session, said)
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


def room_here(session: Session, said: Said) -> Room | None:
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
    shape = shape_of(found.command, offered) if isinstance(found.command.form, str) else None
    try:
        return shape is None or missing(shape, typed_in(found.command, shape, offered))
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
        challenge_id=offered["challenge"].id if "challenge" in offered else None,
        did=did,
        thing=thing or None,
        where=said.place.address,
    )
    if "challenge" in offered:
        call(keeping.keep_in_step, offered)
    else:
        call(homes.refresh_programme, offered)
