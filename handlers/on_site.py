"""The on-site days, hour by hour: notes, debrief, draft, silence. All times come from the format."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers import sending, summary_card
from handlers.agenda import Due, meant_for
from handlers.drafting import first_names, people
from handlers.post import Post
from handlers.rules.dates import at
from handlers.rules.local import local_text
from handlers.rules.release import still_to_agree
from handlers.shapes import Format
from handlers.summary import NothingToDraft, TooMuchToSay, draft
from handlers.summary_at_hand import OPEN, agreed, carried, missing, releasers
from handlers.telling import role_of, tell
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person
from store.room import room_of
from store.summary import Summary, summaries_of, summary_of

_PROMPT_LASTS = timedelta(minutes=30)
_QUESTION_LASTS = timedelta(hours=2)
_MISSED = timedelta(days=1)
"""How long somebody is still told of a step that nobody could ask after in its own evening."""


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """What falls due by itself on the on-site days. Nobody is contacted before *Ready to contact*."""
    if challenge.ready_at is None:
        return
    days = days_of(challenge)
    for day in format.on_site.debrief_days(days):
        yield from _debrief(challenge, format, day)
    for day in format.on_site.summary_days(days):
        yield from _evening(challenge, format, day)
    for summary in summaries_of(session, challenge.id):
        yield from _waiting(format, summary)


def _debrief(challenge: Challenge, format: Format, day: date) -> Iterator[Due]:
    """On the eve of the presentation too, though it ends without a message."""
    prompts = ((format.on_site.notes_prompt, ask_for_notes), (format.on_site.debrief, call_debrief))
    for clock, run in prompts:
        moment = at(day, clock, challenge.zone)
        yield Due(at=moment, run=run, until=moment + _PROMPT_LASTS, facts={"day": day})


def _evening(challenge: Challenge, format: Format, day: date) -> Iterator[Due]:
    times = format.on_site

    def moment(clock: time) -> datetime:
        return at(day, clock, challenge.zone)

    facts, late = {"day": day}, moment(times.silence_programme)
    end = moment(times.nothing_after)
    yield Due(at=moment(times.draft_by), run=draft_by_now, until=end, facts=facts)
    yield Due(at=moment(times.silence_manager), run=ask_about_silence, until=end, facts=facts)
    yield Due(at=late, run=tell_of_silence, until=end, facts=facts)
    yield Due(at=late, run=tell_of_missed_evening, until=late + _MISSED, facts=facts)


def _waiting(format: Format, summary: Summary) -> Iterator[Due]:
    """What a summary that was agreed by one, or sent, may come to need."""
    facts = {"day": summary.day}
    there = agreed(summary)
    if summary.state in OPEN and there and still_to_agree(format.release.agreed_by, there):
        after = max(one.at for one in there) + timedelta(minutes=format.on_site.unreachable_minutes)
        yield Due(at=after, run=offer_to_send_alone, until=after + _QUESTION_LASTS, facts=facts)
    if summary.state == "released" and summary.deliver_by is not None:
        yield Due(at=summary.deliver_by, run=hold_undelivered, facts=facts)


# In the team room


def ask_for_notes(session: Session, challenge: Challenge, post: Post, day: date) -> None:
    """Ask the team for its notes before the debrief."""
    _to_team(session, challenge, post, "notes_prompt", day)


def call_debrief(session: Session, challenge: Challenge, post: Post, day: date) -> None:
    """Say what the debrief is about: for each question a strength, something to consider, a gap to test."""
    _to_team(session, challenge, post, "debrief", day)


def _to_team(session: Session, challenge: Challenge, post: Post, template: str, day: date) -> None:
    room = room_of(session, challenge.id, "team")
    if room is None:
        return
    days, times = days_of(challenge), post.shapes.format(challenge.format).on_site
    facts = {
        "challenge": challenge.name,
        "number": days.index(day) + 1,
        "days": len(days),
        "debrief": f"{times.debrief:%H:%M}",
        "draft_by": f"{times.draft_by:%H:%M}",
        "senders": first_names(releasers(post, challenge)),
        "message": day in post.shapes.format(challenge.format).on_site.summary_days(days),
    }
    key, until = f"{template}:{challenge.id}:{day}", post.now + _PROMPT_LASTS
    post.to_room(room, template, facts, key=key, challenge=challenge, until=until)


# Towards the message


def draft_by_now(session: Session, challenge: Challenge, post: Post, day: date, due: Due) -> None:
    """Draft the summary if nobody has asked for it; without notes, ask what today should be.

    Where it is so late that the same people are asked where it is, that is the one question.
    """
    if summary_of(session, challenge.id, day) is not None:
        return
    try:
        draft(post, challenge, None)
    except NothingToDraft:
        if post.now < _silence(post, challenge, day):
            _ask(post, challenge, releasers(post, challenge), "summary_no_notes", day, due)
    except TooMuchToSay:
        _ask(post, challenge, releasers(post, challenge), "summary_too_long", day, due)


def _silence(post: Post, challenge: Challenge, day: date) -> datetime:
    clock = post.shapes.format(challenge.format).on_site.silence_manager
    return at(day, clock, challenge.zone)


def ask_about_silence(session: Session, challenge: Challenge, post: Post, day: date, due: Due) -> None:
    """Ask those who agree the summary where it is, unless they are shown a draft in this very moment."""
    summary = summary_of(session, challenge.id, day)
    drafted_now = summary is not None and summary.changed_at == post.now
    if _is_silent(session, challenge, day) and not drafted_now:
        _ask(post, challenge, releasers(post, challenge), "summary_silent", day, due)


def tell_of_silence(session: Session, challenge: Challenge, post: Post, day: date, due: Due) -> None:
    """Tell the programme manager which step is late, never what it is about."""
    if _is_silent(session, challenge, day):
        _ask(post, challenge, _namers(session, challenge, post, day), "summary_step_late", day, due)


def tell_of_missed_evening(session: Session, challenge: Challenge, post: Post, day: date) -> None:
    """After an evening in which nobody could be asked: tell the programme manager, at their own time."""
    times = post.shapes.format(challenge.format).on_site
    if post.now <= at(day, times.nothing_after, challenge.zone) or not _is_silent(session, challenge, day):
        return
    facts = {
        "challenge": challenge.name,
        "day": day.isoformat(),
        "senders": first_names(releasers(post, challenge)),
    }
    for person in _namers(session, challenge, post, day):
        key = f"summary_step_missed:{challenge.id}:{day}:{person.id}"
        role = role_of(post, challenge, person)
        post.nudge(person, "summary_step_missed", {**facts, "role": role}, key=key, challenge=challenge)


def _namers(session: Session, challenge: Challenge, post: Post, day: date) -> list[Person]:
    namer = post.shapes.format(challenge.format).release.stand_in_named_by
    return people(session, challenge, [namer], day)


def _is_silent(session: Session, challenge: Challenge, day: date) -> bool:
    summary = summary_of(session, challenge.id, day)
    return summary is None or summary.state == "draft"


def _ask(
    post: Post, challenge: Challenge, whom: Iterable[Person], template: str, day: date, due: Due
) -> None:
    summary = summary_of(post.session, challenge.id, day)
    times = post.shapes.format(challenge.format).on_site
    facts = {
        "challenge": challenge.name,
        "day": day.isoformat(),
        "drafted": summary is not None,
        "waiting": first_names(missing(post, challenge, summary) if summary else releasers(post, challenge)),
        "senders": first_names(releasers(post, challenge)),
        "after": f"{times.nothing_after:%H:%M}",
        "meant_for": meant_for(due, post.now, challenge.zone),
    }
    hidden = carried(summary) if summary else {}
    for person in whom:
        key, until = f"{template}:{challenge.id}:{day}", post.now + _QUESTION_LASTS
        tell(post, challenge, person, template, facts, key=key, hidden=hidden, until=until)


def offer_to_send_alone(session: Session, challenge: Challenge, post: Post, day: date) -> None:
    """Tell whoever has agreed that the other has not answered for so long, and that they may send alone."""
    summary = summary_of(session, challenge.id, day)
    if summary is None or summary.state not in OPEN:
        return
    minutes = post.shapes.format(challenge.format).on_site.unreachable_minutes
    facts = {**summary_card.facts(post, challenge, summary), "minutes": minutes}
    there = {one.person_id: one for one in summary.agreements if one.revision == summary.revision}
    for person in (one.person for one in there.values()):
        key = f"alone:{summary.id}:{summary.revision}"
        facts["own"] = local_text(there[person.id].agreed_at, challenge.zone)
        if person in releasers(post, challenge):
            tell(post, challenge, person, "summary_may_send", facts, key=key, hidden=carried(summary))


def hold_undelivered(session: Session, challenge: Challenge, post: Post, day: date) -> None:
    """Hold what has not arrived, and ask."""
    summary = summary_of(session, challenge.id, day)
    if summary is not None:
        sending.ask_about_undelivered(post, challenge, summary)
