"""Questionnaires: sending one to those it is for, and how many answered. Who did is told to nobody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handlers import rounds, sheets
from handlers.message import Refused, Reply, Said
from handlers.part import Part, Thing, thing
from handlers.post import Post
from handlers.rounds import Round, carried
from handlers.rules.local import local_text
from handlers.rules.rounds import is_open
from handlers.shapes import Format
from handlers.sitting import begin, offer
from store.challenge import Challenge
from store.person import Person


class NotYoursToSend(Refused):
    """Somebody else sends this questionnaire."""


class AlreadySent(Refused):
    """Everybody it is for has been asked."""


class IsAnInterview(Refused):
    """It is filled in while talking, and not sent."""


def names_one(text: str) -> bool:
    """Whether what was typed after the phrase can be the name of a questionnaire."""
    return len(text.split()) <= 5 and re.fullmatch(r"[\w ’'-]+", text) is not None


# Sending


def send(post: Post, challenge: Challenge, speaker: Person, about: Mapping[str, Any], text: str) -> Reply:
    """Send a questionnaire to those who have not been asked. Never a peer's before the final."""
    found = _to_send(rounds.rounds(post, challenge), speaker, challenge, about, text)
    rounds.check_open(found, challenge, rounds.format_of(post, challenge).words.report)
    there = {one.person_id for one in found.asked}
    asked = rounds.to_ask(post, challenge, found.evaluation)
    people = [(person, role) for person, role in asked if person.id not in there]
    if not people:
        raise _nobody_left(found, challenge)
    for person, role in people:
        _ask(post, challenge, found, person, role, speaker)
    names = [person.name for person, _ in people]
    facts = {"challenge": challenge.name, "title": found.title, "names": names}
    return Reply("questionnaire_sent", {**facts, "reminders": list(found.evaluation.reminders)})


def _to_send(
    every: Sequence[Round], speaker: Person, challenge: Challenge, about: Mapping[str, Any], text: str
) -> Round:
    """The round meant, if it is this person's to send. Raises NotYoursToSend and IsAnInterview."""
    sent = [one for one in every if one.evaluation.interviewer is None]
    own = [one for one in sent if one.is_sent_by(speaker)]
    named = rounds.named(every, about, text)
    if named and named.evaluation.interviewer is not None:
        raise IsAnInterview(title=named.title, who=named.evaluation.interviewer)
    if not own or (named and named not in own):
        meant = [named] if named else sent
        raise NotYoursToSend(who=sorted({one.evaluation.sent_by for one in meant}))
    return rounds.chosen(every, own, challenge, about, text, "questionnaire send")


def _nobody_left(found: Round, challenge: Challenge) -> Refused:
    if not found.asked:
        return rounds.NobodyToAsk(title=found.title, to=list(found.evaluation.to))
    last = max(one.asked_at for one in found.asked)
    return AlreadySent(
        title=found.title,
        on=local_text(last, challenge.zone),
        asked=len(found.asked),
        answered=found.answered,
    )


def _ask(post: Post, challenge: Challenge, found: Round, person: Person, role: str, speaker: Person) -> None:
    part = sheets.take_part(post, challenge, found, person, role, speaker)
    opening = offer(sheets.SERIES, post, person, challenge, str(part.id))
    key = f"questionnaire:{challenge.id}:{found.key}:{person.id}"
    post.nudge(person, opening.template, opening.facts, key=key, challenge=challenge, hidden=opening.hidden)


# One's own questionnaire, and how many answered


def open_or_show(
    post: Post,
    challenge: Challenge,
    format: Format,
    speaker: Person,
    roles: frozenset[str],
    said: Said,
    about: Mapping[str, Any],
    text: str,
) -> Reply:
    """Start or go on with one's own questionnaire; for who sends or reads one, how many answered.

    In a room there is no conversation, so that there everything is only listed.
    """
    every = rounds.rounds(post, challenge)
    named = rounds.named(every, about, text)
    meant = [named] if named else every
    own = [one for one in meant if sheets.is_for(one, speaker)]
    followed = [one for one in meant if _follows(one, speaker, roles, format)]
    if said.place.direct and len(own) == 1 and (named or not followed):
        part = sheets.part(post, challenge, own[0], speaker)
        return begin(sheets.SERIES, post, speaker, challenge, str(part.id))
    if not own and not followed:
        raise _nothing_for(challenge, meant, speaker)
    items = [_state(challenge, one, speaker, roles, format) for one in meant if one in own or one in followed]
    return Reply("questionnaires", {"challenge": challenge.name, "rounds": items})


def _nothing_for(challenge: Challenge, meant: Sequence[Round], speaker: Person) -> Refused:
    finished = [one for one in meant if one.of(speaker)]
    if finished:
        return sheets.AlreadyFinished(title=finished[-1].title)
    return rounds.NoQuestionnaire(challenge=challenge.name)


def _follows(found: Round, speaker: Person, roles: frozenset[str], format: Format) -> bool:
    return found.is_sent_by(speaker) or _reads(found, roles, format)


def _reads(found: Round, roles: frozenset[str], format: Format) -> bool:
    return bool(roles & format.audience(found.evaluation.results_for))


def _state(
    challenge: Challenge, found: Round, speaker: Person, roles: frozenset[str], format: Format
) -> dict[str, Any]:
    """Where a round is, as numbers; its buttons. Those who were asked only see their own part."""
    follows = _follows(found, speaker, roles, format)
    interview = found.evaluation.interviewer is not None
    return {
        "title": found.title,
        "interview": interview,
        "follows": follows,
        "opens": found.opens.isoformat() if found.opens else None,
        "open": found.open,
        "asked": len(found.asked) if follows else 0,
        "answered": found.answered if follows else 0,
        "can_answer": sheets.is_for(found, speaker),
        "can_send": found.open and not found.asked and found.is_sent_by(speaker) and not interview,
        "can_read": bool(found.asked) and _reads(found, roles, format),
        "hidden": carried(challenge, found),
    }


# What waits


def waits(part: Part) -> Iterator[Thing]:
    """Questionnaires to answer, to talk through, or to send. Who has answered is told to nobody."""
    opens = (rounds.opening(part.challenge, one) for one in part.format.evaluation)
    if not any(is_open(day, part.today) for day in opens):
        return
    for found in rounds.rounds(part.post, part.challenge):
        if sheets.is_for(found, part.person):
            button = part.button("answer", "questionnaire", questionnaire=found.key)
            interview = found.evaluation.interviewer is not None
            yield thing("interview" if interview else "questionnaire", button, title=found.title)
    for found in rounds.to_send(part.post, part.challenge):
        if found.is_sent_by(part.person):
            button = part.button("send", "questionnaire send", questionnaire=found.key)
            yield thing("questionnaire_to_send", button, title=found.title)
