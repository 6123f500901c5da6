"""Talks with the sponsor that take a message's place: the preview, and the close of the case review.

LGA manual: the sponsor previews the presentation to settle questions and wording, the findings
remain the team's; the case review ends with a brief informal talk. What is said there is not kept.
"""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.agenda import Due, meant_for
from handlers.drafting import first_names, people
from handlers.message import Facts, Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.post import Post
from handlers.requests import only_once_ready
from handlers.rules.dates import at
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.sponsor_answers import AnsweredAlready
from handlers.summary_at_hand import only_for_releasers, releasers
from handlers.telling import tell, when_to_tell
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person
from store.summary import SponsorTalk, talk_of
from store.task import task_keyed

PREVIEW, CASE_REVIEW = "preview", "case_review"
_LASTS = timedelta(hours=2)
_MISSED = timedelta(hours=18)
"""How long the preview can still be asked after: until the presentation, on the day after."""


class NoSponsorYet(Refused):
    """There is no sponsor to talk with."""


class TalkOfferedAlready(Refused):
    """The sponsor was told of this time before."""


class TalkHeldAlready(Refused):
    """The talk took place already."""


class NoSuchTalk(Refused):
    """The talk was not offered yet."""


class TalkMoved(Refused):
    """The talk was moved to another time after the card was drawn."""


# Offering


def usual_time(challenge: Challenge, format: Format, today: date) -> dict[str, str]:
    """When the preview usually is, on its day."""
    eve = format.on_site.preview_day(days_of(challenge))
    if eve is None or format.on_site.preview is None or eve < today:
        return {}
    return {"when": f"{eve.day} {eve:%b} {format.on_site.preview:%H:%M}"}


def offer_preview(
    challenge: Challenge, speaker: Person, roles: frozenset[str], post: Post, when: datetime
) -> Reply:
    """Tell the sponsor when tomorrow's messages are previewed with her."""
    return _offer(challenge, speaker, roles, post, PREVIEW, when)


def offer_case_review_talk(
    challenge: Challenge, speaker: Person, roles: frozenset[str], post: Post, when: datetime
) -> Reply:
    """Ask the sponsor for the talk that closes the case review."""
    return _offer(challenge, speaker, roles, post, CASE_REVIEW, when)


def _offer(
    challenge: Challenge, speaker: Person, roles: frozenset[str], post: Post, kind: str, when: datetime
) -> Reply:
    only_for_releasers(post, challenge, roles)
    only_once_ready(challenge)
    sponsors = people(post.session, challenge, ["sponsor"], local_day(post.now, challenge.zone))
    if not sponsors:
        raise NoSponsorYet
    talk = talk_of(post.session, challenge.id, kind) or SponsorTalk(
        challenge_id=challenge.id, kind=kind, at=when
    )
    if talk.held_at is not None:
        raise TalkHeldAlready(kind=kind)
    if talk.offered_at is not None and talk.at == when:
        raise TalkOfferedAlready(kind=kind, at=local_text(when, challenge.zone))
    talk.at, talk.offered_by, talk.offered_at, talk.suits_at = when, speaker.id, post.now, None
    post.session.add(talk)
    post.session.flush()
    facts = _facts(post, challenge, talk)
    for person in sponsors:
        key, slot = f"talk:{talk.id}:{secrets.token_hex(8)}:{person.id}", f"talk:{talk.id}:{person.id}"
        hidden, soonest = {"at": facts["at"]}, when_to_tell(post, challenge, person)
        post.to_person(
            person,
            f"{kind}_offered",
            facts,
            key=key,
            slot=slot,
            challenge=challenge,
            hidden=hidden,
            not_before=soonest if soonest < when else post.now,  # a talk before then would never be told
            until=when,
        )
    _tell_others(post, challenge, talk, speaker, "sponsor_talk_told", facts)
    return Reply("sponsor_talk_offered", facts)


def _facts(post: Post, challenge: Challenge, talk: SponsorTalk) -> dict[str, Any]:
    today = local_day(post.now, challenge.zone)
    return {
        "challenge": challenge.name,
        "kind": talk.kind,
        "at": local_text(talk.at, challenge.zone),
        "sponsor": first_names(people(post.session, challenge, ["sponsor"], today)),
        "senders": first_names(releasers(post, challenge)),
    }


def _tell_others(
    post: Post, challenge: Challenge, talk: SponsorTalk, by: Person | None, template: str, facts: Facts
) -> None:
    for person in releasers(post, challenge):
        if person is not by:
            tell(post, challenge, person, template, facts, key=f"{template}:{talk.id}:{secrets.token_hex(8)}")


# The sponsor's answers


def suits_preview(challenge: Challenge, speaker: Person, post: Post, about: Facts) -> Reply:
    """The time of the preview suits the sponsor."""
    return _suits(challenge, speaker, post, about, PREVIEW)


def suits_case_review_talk(challenge: Challenge, speaker: Person, post: Post, about: Facts) -> Reply:
    """The time of the talk after the case review suits the sponsor."""
    return _suits(challenge, speaker, post, about, CASE_REVIEW)


def _suits(challenge: Challenge, speaker: Person, post: Post, about: Facts, kind: str) -> Reply:
    talk = _offered(post, challenge, kind)
    at_now = local_text(talk.at, challenge.zone)
    if about.get("at", at_now) != at_now:
        raise TalkMoved(kind=kind, at=at_now)
    if talk.suits_at is not None:
        raise AnsweredAlready(kind="suits", senders=first_names(releasers(post, challenge)))
    talk.suits_at = post.now
    return _answered(post, challenge, talk, speaker, "")


def other_preview(challenge: Challenge, speaker: Person, post: Post, text: str) -> Reply:
    """The sponsor would like the preview at another time, or adds something."""
    return _answered(post, challenge, _offered(post, challenge, PREVIEW), speaker, text)


def other_case_review_talk(challenge: Challenge, speaker: Person, post: Post, text: str) -> Reply:
    """The sponsor would like the talk after the case review at another time, or adds something."""
    return _answered(post, challenge, _offered(post, challenge, CASE_REVIEW), speaker, text)


def _offered(post: Post, challenge: Challenge, kind: str) -> SponsorTalk:
    talk = talk_of(post.session, challenge.id, kind)
    if talk is None or talk.offered_at is None:
        raise NoSuchTalk(kind=kind)
    if talk.held_at is not None:
        raise TalkHeldAlready(kind=kind)
    return talk


def _answered(post: Post, challenge: Challenge, talk: SponsorTalk, speaker: Person, text: str) -> Reply:
    facts = {**_facts(post, challenge, talk), "who": speaker.name, "text": text}
    _tell_others(post, challenge, talk, None, "sponsor_talk_answered", facts)
    return Reply("sponsor_talk_thanks", facts)


# Afterwards


def preview_held(challenge: Challenge, speaker: Person, roles: frozenset[str], post: Post) -> Reply:
    """The preview took place."""
    return _held(challenge, speaker, roles, post, PREVIEW)


def case_review_talk_held(challenge: Challenge, speaker: Person, roles: frozenset[str], post: Post) -> Reply:
    """The talk after the case review took place."""
    return _held(challenge, speaker, roles, post, CASE_REVIEW)


def _held(challenge: Challenge, speaker: Person, roles: frozenset[str], post: Post, kind: str) -> Reply:
    only_for_releasers(post, challenge, roles)
    talk = talk_of(post.session, challenge.id, kind)
    talk = talk or SponsorTalk(challenge_id=challenge.id, kind=kind, at=post.now)
    if talk.held_at is not None:
        raise TalkHeldAlready(kind=kind)
    talk.held_at = post.now
    post.session.add(talk)
    post.session.flush()
    task = task_keyed(post.session, challenge.id, kind) if kind == PREVIEW else None
    if task is not None and task.state == "open":
        task.state, task.settled_by, task.settled_at = "done", speaker.id, post.now
    facts = _facts(post, challenge, talk)
    _tell_others(post, challenge, talk, speaker, "sponsor_talk_held_told", {**facts, "who": speaker.name})
    return Reply("sponsor_talk_held", facts)


# What falls due by itself


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """The eve of the presentation: in the morning its preview is prepared, then asked after."""
    eve = format.on_site.preview_day(days_of(challenge))
    if challenge.ready_at is None or eve is None:
        return
    morning = at(eve, format.digest.at, challenge.zone)
    evening = at(eve, format.on_site.silence_manager, challenge.zone)
    late = at(eve, format.on_site.silence_programme, challenge.zone)
    facts = {"day": eve}
    yield Due(at=morning, run=prepare_preview, until=evening, facts=facts)
    yield Due(at=evening, run=ask_after_preview, until=evening + _LASTS, facts=facts)
    yield Due(at=late, run=tell_preview_missing, until=late + _MISSED, facts=facts)


def prepare_preview(session: Session, challenge: Challenge, post: Post, day: date, due: Due) -> None:
    """Remind those who give the preview, with the message to the sponsor one press away."""
    talk = talk_of(session, challenge.id, PREVIEW)
    if talk is None or (talk.held_at is None and not _stands(talk, challenge)):
        _ask(post, challenge, releasers(post, challenge), "preview_prompt", day, due)


def _stands(talk: SponsorTalk, challenge: Challenge) -> bool:
    """Whether the time that the sponsor was told is still during the visit, which may have moved since."""
    return talk.offered_at is not None and local_day(talk.at, challenge.zone) in days_of(challenge)


def ask_after_preview(session: Session, challenge: Challenge, post: Post, day: date, due: Due) -> None:
    """Ask whether the preview took place."""
    if not _preview_held(session, challenge):
        _ask(post, challenge, releasers(post, challenge), "preview_silent", day, due)


def tell_preview_missing(session: Session, challenge: Challenge, post: Post, day: date, due: Due) -> None:
    """Tell the programme manager that the preview is not confirmed, and nothing else."""
    if not _preview_held(session, challenge):
        namer = post.shapes.format(challenge.format).release.stand_in_named_by
        _ask(post, challenge, people(session, challenge, [namer], day), "preview_step_late", day, due)


def _preview_held(session: Session, challenge: Challenge) -> bool:
    talk = talk_of(session, challenge.id, PREVIEW)
    return talk is not None and talk.held_at is not None


def _ask(post: Post, challenge: Challenge, whom: list[Person], template: str, day: date, due: Due) -> None:
    times = post.shapes.format(challenge.format).on_site
    facts = {
        "challenge": challenge.name,
        "day": day.isoformat(),
        "at": f"{times.preview:%H:%M}",
        "sponsor": first_names(people(post.session, challenge, ["sponsor"], day)),
        "senders": first_names(releasers(post, challenge)),
        "meant_for": meant_for(due, post.now, challenge.zone),
    }
    for person in whom:
        key, until = f"{template}:{challenge.id}:{day}", post.now + _LASTS
        tell(post, challenge, person, template, facts, key=key, until=until)


# What waits


def waits(part: Part) -> Iterator[Thing]:
    """For the sponsor: a talk that was offered, until she says that its time suits, or it is past."""
    for kind, phrase in ((PREVIEW, "preview"), (CASE_REVIEW, "case review")):
        talk = talk_of(part.session, part.challenge.id, kind) if "sponsor" in part.roles else None
        if (
            talk
            and talk.offered_at
            and (kind != PREVIEW or _stands(talk, part.challenge))
            and talk.held_at is None
            and talk.suits_at is None
            and talk.at > part.post.now
        ):
            when = local_text(talk.at, part.challenge.zone)
            suits = part.button("suits", f"{phrase} suits", at=when)
            yield thing(kind, suits, part.button("another time", f"{phrase} other"), at=when)
