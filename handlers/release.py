"""Words leave the team: two people agree them, or one sends with a reason. Never a clock, never the council.

LGA manual, section 10: regular feedback to the sponsor. Once sent it can be corrected, not recalled.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from handlers import sending, summary_card
from handlers.drafting import first_names
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules import release as rules
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.summary import NothingToDraft
from handlers.summary_at_hand import (
    OPEN,
    agreed,
    agreers,
    at_hand,
    carried,
    in_state,
    is_agreed,
    missing,
    only_for_releasers,
    sent_at_hand,
)
from handlers.telling import role_of, tell
from store.challenge import Challenge
from store.person import Person
from store.summary import Agreement, Summary


class AlreadyAgreed(Refused):
    """The speaker agreed these words before; somebody else is still to agree."""


class NobodyToReceive(Refused):
    """The challenge has no sponsor to send anything to."""


class NotAlone(Refused):
    """One person may not send alone: not agreed by them, nobody missing, or too soon."""


class NotAgreedYet(Refused):
    """*Send anyway* waits for agreement as everything does."""


def agree(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, now: datetime, today: date, about: Facts,
) -> Reply:  # fmt: skip
    """Agree the newest words. When everybody asked has agreed, they go to the sponsor."""
    summary = _open(session, challenge, format, roles, post, today, about)
    role = rules.role_to_agree_in(format.release.agreed_by, roles, speaker.id, agreed(summary))
    if role is None:
        mine = rules.has_agreed(speaker.id, agreed(summary))
        raise AlreadyAgreed(mine=mine, waiting=first_names(missing(post, challenge, summary)))
    _add_agreement(summary, role, speaker, now)
    session.flush()
    if is_agreed(post, challenge, summary):
        return _send_in_time(post, challenge, summary, speaker)
    return _wait_for_others(post, challenge, summary, speaker)


def send_alone(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, now: datetime, today: date, about: Facts, reason: str,
) -> Reply:  # fmt: skip
    """Send what one has agreed although the other cannot be reached, and say why. The other is told."""
    summary = _open(session, challenge, format, roles, post, today, about)
    minutes = format.on_site.unreachable_minutes
    alone = rules.may_send_alone(format.release.agreed_by, agreed(summary), speaker.id, now, minutes)
    if alone.why:
        at = local_text(alone.at, challenge.zone) if alone.at else ""
        raise NotAlone(why=alone.why, at=at, minutes=minutes)
    summary.reason, summary.alone_revision = reason, summary.revision
    session.flush()
    return _send_in_time(post, challenge, summary, speaker)


def read_reason(text: str) -> dict[str, str]:
    """The reason in "because Martin is on a train"."""
    first, _, rest = text.partition(" ")
    return {"reason": rest.strip() if first.casefold() == "because" else text}


def send_anyway(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, today: date, about: Facts,
) -> Reply:  # fmt: skip
    """Send although it is late: words agreed after the day's last moment, or what did not arrive."""
    only_for_releasers(post, challenge, roles)
    summary = sent_at_hand(session, challenge, format, today, about)
    if summary.state == "released":
        return sending.send_held(post, challenge, summary, speaker)
    in_state(challenge, summary, OPEN, about)
    if not is_agreed(post, challenge, summary):
        raise NotAgreedYet(waiting=first_names(missing(post, challenge, summary)))
    return sending.send(post, challenge, summary, speaker)


def _open(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], post: Post, today: date,
    about: Facts,
) -> Summary:  # fmt: skip
    """The summary that may be agreed now, with something in it and somebody to get it."""
    only_for_releasers(post, challenge, roles)
    summary = at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, OPEN, about)
    if not any(summary.content[part] for part in ("themes", "requests", "tomorrow")):
        raise NothingToDraft
    if not sending.readers(post, challenge):
        raise NobodyToReceive
    return summary


def _add_agreement(summary: Summary, role: str, person: Person, now: datetime) -> None:
    """Keep the agreement. The summary itself counts as changed: two at once must see each other."""
    summary.agreements.append(
        Agreement(
            summary_id=summary.id,
            revision=summary.revision,
            role=role,
            person=person,
            agreed_at=now,
        )
    )
    flag_modified(summary, "content")


def _wait_for_others(post: Post, challenge: Challenge, summary: Summary, by: Person) -> Reply:
    told = {**summary_card.facts(post, challenge, summary), "who": by.name}
    for person in missing(post, challenge, summary):
        key = f"summary:{summary.id}:waits:{summary.revision}:{by.id}"
        tell(post, challenge, person, "summary_waits", told, key=key, hidden=carried(summary))
    summary_card.show_in_room(post, challenge, summary)
    minutes = post.shapes.format(challenge.format).on_site.unreachable_minutes
    return Reply("summary_agreed", {**told, "minutes": minutes}, hidden=carried(summary))


def _send_in_time(post: Post, challenge: Challenge, summary: Summary, by: Person) -> Reply:
    """Send at once, or ask whether to send at all when it is too late for today."""
    after = post.shapes.format(challenge.format).on_site.nothing_after
    if not rules.too_late(post.now, local_day(post.now, challenge.zone), after, challenge.zone):
        return sending.send(post, challenge, summary, by)
    told = {**summary_card.facts(post, challenge, summary), "after": f"{after:%H:%M}"}
    summary_card.show_in_room(post, challenge, summary)
    for person in agreers(post, challenge, summary):
        if person is not by:
            key = f"summary:{summary.id}:late:{summary.revision}"
            tell(post, challenge, person, "summary_too_late", told, key=key, hidden=carried(summary))
    role = role_of(post, challenge, by)
    return Reply("summary_too_late", {**told, "role": role}, hidden=carried(summary))
