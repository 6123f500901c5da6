"""The day's no-surprises summary: drafted from the notes, changed, or settled without a message.

LGA manual, section 10: regular feedback to the sponsor, so that nothing in the end is a surprise.
"""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import drafting, requests, summary_card
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.shapes import Format, FormShape, Shapes
from handlers.summary_at_hand import (
    OPEN,
    SENT,
    at_hand,
    carried,
    in_state,
    last_sent,
    newest,
    on_summary_day,
    only_for_releasers,
)
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person
from store.room import Room
from store.summary import Summary, summary_of

_EMPTY: dict[str, Any] = {"themes": [], "tomorrow": "", "requests": []}


class NothingToDraft(Refused):
    """No note is marked for today."""


class TooMuchToSay(Refused):
    """The words are more than one message can hold."""


class NothingChanged(Refused):
    """The form came back as it was: the agreements to the words stay."""


# Drafting


def draft_or_show(
    session: Session, challenge: Challenge, format: Format, speaker: Person, room: Room | None,
    roles: frozenset[str], post: Post, today: date,
) -> Reply:  # fmt: skip
    """Draft today's summary from the notes marked for it; once drafted, show where it stands."""
    summary = newest(session, challenge, today)
    if summary is None or (summary.day != today and _is_due(challenge, format, today)):
        only_for_releasers(post, challenge, roles)
        on_summary_day(challenge, format, today)
        return summary_card.reply_changed(post, challenge, draft(post, challenge, speaker), room)
    return summary_card.reply(post, challenge, summary)


def _is_due(challenge: Challenge, format: Format, today: date) -> bool:
    return today in format.on_site.summary_days(days_of(challenge))


def draft(post: Post, challenge: Challenge, by: Person | None) -> Summary:
    """Draft today's summary and show it to those who agree it, and in the team room.

    Raises NothingToDraft, TooMuchToSay.
    """
    content = _from_notes(post, challenge, local_day(post.now, challenge.zone))
    summary = _begin(post, challenge, content, by)
    summary_card.show_to_others(post, challenge, summary, by)
    return summary


def draft_again(
    session: Session, challenge: Challenge, format: Format, speaker: Person, room: Room | None,
    roles: frozenset[str], post: Post, today: date, about: Facts,
) -> Reply:  # fmt: skip
    """Put a fresh draft from the notes in the place of the words so far."""
    only_for_releasers(post, challenge, roles)
    summary = at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, {"draft"}, about)
    content = _from_notes(post, challenge, summary.day)
    return _revised(post, challenge, summary, content, speaker, room)


def _from_notes(post: Post, challenge: Challenge, day: date) -> dict[str, Any]:
    format = post.shapes.format(challenge.format)
    content = drafting.content_from_notes(post.session, challenge, format, day)
    if not content["themes"]:
        raise NothingToDraft
    if drafting.is_too_long(content):
        raise TooMuchToSay
    return content


def _begin(post: Post, challenge: Challenge, content: dict[str, Any], by: Person | None) -> Summary:
    summary = Summary(
        challenge_id=challenge.id,
        day=local_day(post.now, challenge.zone),
        revision=1,
        state="draft",
        content=content,
        changer=by,
        changed_at=post.now,
    )
    post.session.add(summary)
    post.session.flush()
    return summary


# Changing


def edit_form(
    session: Session, challenge: Challenge, format: Format, shapes: Shapes, today: date, about: Facts
) -> FormShape:
    """The form for changing a draft: what there is of each theme, and tomorrow."""
    summary = at_hand(session, challenge, format, today, about)
    return drafting.form_of(shapes.form("summary_edit"), summary.content)


def correction_form(session: Session, challenge: Challenge, shapes: Shapes, about: Facts) -> FormShape:
    """The same for a summary that was released."""
    return drafting.form_of(shapes.form("summary_correct"), last_sent(session, challenge, about).content)


def known(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], post: Post, today: date,
    about: Facts,
) -> dict[str, Any]:  # fmt: skip
    """What the form begins with; refused before it opens to those who may not change it."""
    only_for_releasers(post, challenge, roles)
    summary = at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, OPEN, {})
    return _begun(summary)


def known_released(
    session: Session, challenge: Challenge, roles: frozenset[str], post: Post, about: Facts
) -> dict[str, Any]:
    """The same for a summary that was released."""
    only_for_releasers(post, challenge, roles)
    return _begun(last_sent(session, challenge, about))


def _begun(summary: Summary) -> dict[str, Any]:
    return {"version": str(summary.revision), **drafting.known_in(summary.content)}


def edit(
    session: Session, challenge: Challenge, format: Format, speaker: Person, room: Room | None,
    roles: frozenset[str], post: Post, today: date, about: Facts, version: int, filled: dict[str, Any],
) -> Reply:  # fmt: skip
    """Change a draft. Everybody's agreement is asked for anew."""
    only_for_releasers(post, challenge, roles)
    summary = at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, OPEN, {"revision": version})
    return _revised(post, challenge, summary, _changed(post, challenge, summary, filled), speaker, room)


def correct(
    session: Session, challenge: Challenge, speaker: Person, room: Room | None, roles: frozenset[str],
    post: Post, about: Facts, version: int, filled: dict[str, Any],
) -> Reply:  # fmt: skip
    """Change what was released. What the sponsor has is changed in place once it is agreed again."""
    only_for_releasers(post, challenge, roles)
    summary = last_sent(session, challenge, about)
    in_state(challenge, summary, SENT, {"revision": version})
    content = _changed(post, challenge, summary, filled)
    summary.state = "correcting"
    return _revised(post, challenge, summary, content, speaker, room)


def _changed(post: Post, challenge: Challenge, summary: Summary, filled: dict[str, Any]) -> dict[str, Any]:
    typed = {name: str(value) for name, value in filled.items() if value is not None}
    requests = drafting.open_requests(post.session, challenge, summary.day)
    content = drafting.changed(summary.content, typed, requests)
    if content == summary.content:
        raise NothingChanged
    if drafting.is_too_long(content):
        raise TooMuchToSay
    return content


def _revised(
    post: Post,
    challenge: Challenge,
    summary: Summary,
    content: dict[str, Any],
    speaker: Person,
    room: Room | None,
) -> Reply:
    """Put other words in the place of the newest ones; agreements to those count no more."""
    summary.revision += 1
    summary.content, summary.changer, summary.changed_at = content, speaker, post.now
    summary.reason, summary.alone_revision = None, None
    post.session.flush()
    summary_card.show_to_others(post, challenge, summary, speaker)
    return summary_card.reply_changed(post, challenge, summary, room)


# Settling it without a message


def hold(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, today: date, about: Facts,
) -> Reply:  # fmt: skip
    """Keep the draft back for now."""
    only_for_releasers(post, challenge, roles)
    summary = at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, {"draft"}, about)
    return _settle(post, challenge, summary, "held", speaker)


def resume(
    session: Session, challenge: Challenge, format: Format, speaker: Person, room: Room | None,
    roles: frozenset[str], post: Post, today: date, about: Facts,
) -> Reply:  # fmt: skip
    """Take up again what was held, spoken or nothing to report. Agreement starts anew."""
    only_for_releasers(post, challenge, roles)
    summary = at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, {"held", "spoken", "nothing"}, {})
    summary.state, summary.settler, summary.settled_at = "draft", None, None
    content = summary.content if summary.content["themes"] else _from_notes(post, challenge, summary.day)
    return _revised(post, challenge, summary, content, speaker, room)


def nothing(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, today: date,
) -> Reply:  # fmt: skip
    """Nothing to report today: the sponsor gets no message."""
    only_for_releasers(post, challenge, roles)
    summary = _to_settle(session, challenge, format, post, today, speaker)
    return _settle(post, challenge, summary, "nothing", speaker)


def spoke(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, today: date, actions: str | None,
) -> Reply:  # fmt: skip
    """A conversation took the message's place: kept is that it happened, and what the council will do."""
    only_for_releasers(post, challenge, roles)
    summary = _to_settle(session, challenge, format, post, today, speaker)
    agreed = [line.strip() for line in (actions or "").splitlines() if line.strip()]
    for action in agreed:
        requests.ask(post, challenge, speaker, action, None)
    summary.content = {**summary.content, "actions": agreed}
    return _settle(post, challenge, summary, "spoken", speaker)


def _to_settle(
    session: Session, challenge: Challenge, format: Format, post: Post, today: date, speaker: Person
) -> Summary:
    summary = summary_of(session, challenge.id, today)
    if summary is None:
        on_summary_day(challenge, format, today)
        summary = _begin(post, challenge, dict(_EMPTY), speaker)
    in_state(challenge, summary, {"draft", "held"}, {})
    return summary


def _settle(post: Post, challenge: Challenge, summary: Summary, state: str, by: Person) -> Reply:
    summary.state, summary.settler, summary.settled_at = state, by, post.now
    post.session.flush()
    summary_card.tell_others(
        post, challenge, summary, by, "summary_settled_told", f"{state}:{summary.version}", who=by.name
    )
    summary_card.show_in_room(post, challenge, summary)
    facts = summary_card.facts(post, challenge, summary)
    return Reply("summary_settled_now", facts, hidden=carried(summary))
