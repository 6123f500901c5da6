"""A released summary on its way: to whom, by when, and what is asked of people when it does not arrive."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import drafting, summary_card
from handlers.drafting import first_names, people
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.requests import only_once_ready
from handlers.rules.local import local_day, local_text
from handlers.rules.release import deliver_by
from handlers.shapes import Format
from handlers.summary_at_hand import (
    agreers,
    carried,
    in_state,
    only_for_releasers,
    releasers,
    sent_at_hand,
)
from handlers.telling import role_of
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from store.summary import Summary, messages_of, sent_to, slot_of
from store.task import open_tasks

_HELD = frozenset({"ready", "held", "unsure"})
_OVER = frozenset({"sent", "withdrawn", "replaced"})


class NothingHeld(Refused):
    """Every message of this summary arrived, or was given up."""


def readers(post: Post, challenge: Challenge) -> list[Person]:
    """The sponsor first, then those named to read beside them. Nobody, where there is no sponsor."""
    today = local_day(post.now, challenge.zone)
    if not people(post.session, challenge, ["sponsor"], today):
        return []
    released = post.shapes.format(challenge.format).audience("released")
    return people(post.session, challenge, sorted(released, key=lambda role: role != "sponsor"), today)


def send(post: Post, challenge: Challenge, summary: Summary, by: Person) -> Reply:
    """Queue the newest words for their readers. A correction changes in place what they have.

    Raises TooEarlyToAsk.
    """
    only_once_ready(challenge)
    corrects = summary.state == "correcting"
    summary.content = {**summary.content, "requests": _still_open(post.session, summary)}
    summary.state, summary.settler, summary.settled_at = "released", by, post.now
    summary.corrected_at = post.now if corrects else None
    summary.released_at = summary.released_at or post.now
    summary.released, summary.deliver_by = summary.content, _deliver_by(post, challenge)
    post.session.flush()
    for person in _recipients(post, challenge, summary):
        _queue(post, challenge, summary, person)
        if corrects:
            _tell_corrected(post, challenge, summary, person)
    summary_card.tell_others(post, challenge, summary, by, "summary_sent", f"sent:{summary.revision}")
    summary_card.show_in_room(post, challenge, summary)
    told = {**summary_card.facts(post, challenge, summary), "role": role_of(post, challenge, by)}
    return Reply("summary_sent", told, hidden=carried(summary))


def _recipients(post: Post, challenge: Challenge, summary: Summary) -> list[Person]:
    """Everybody who reads today; of a correction, those of them who were sent the words that it corrects."""
    today = readers(post, challenge)
    if not summary.corrected_at:
        return today
    there = sent_to(post.session, summary)
    return [person for person in today if person.id in there]


def _still_open(session: Session, summary: Summary) -> list[dict[str, Any]]:
    """The requests that were agreed, less those settled meanwhile."""
    numbers = {task.number for task in open_tasks(session, summary.challenge_id)}
    return [request for request in summary.content["requests"] if request["number"] in numbers]


def _deliver_by(post: Post, challenge: Challenge) -> Any:
    times = post.shapes.format(challenge.format).on_site
    today = local_day(post.now, challenge.zone)
    return deliver_by(post.now, today, times.nothing_after, times.undelivered_minutes, challenge.zone)


def _queue(post: Post, challenge: Challenge, summary: Summary, person: Person) -> None:
    post.to_person(
        person,
        "summary_released",
        _released_facts(post, challenge, summary, person),
        key=f"{slot_of(summary)}{summary.revision}:{person.id}",
        slot=f"{slot_of(summary)}{person.id}",
        challenge=challenge,
        hidden={"summary": summary.id},
        until=summary.deliver_by,
        late="hold",
    )


def _released_facts(post: Post, challenge: Challenge, summary: Summary, person: Person) -> dict[str, Any]:
    """What the sponsor reads: the agreed words, and who sends them. Nothing else of the team's."""
    times = post.shapes.format(challenge.format).on_site
    today = local_day(post.now, challenge.zone)
    sponsors = people(post.session, challenge, ["sponsor"], today)
    sent = local_text(summary.released_at or post.now, challenge.zone)
    others = [reader for reader in readers(post, challenge) if reader not in sponsors]
    return {
        **drafting.facts(post, challenge, summary, summary.released or summary.content),
        "senders": first_names(agreers(post, challenge, summary)),
        "replies_to": first_names(releasers(post, challenge)),
        "before": sent[11:16] < f"{times.conversation:%H:%M}",
        "is_sponsor": person in sponsors,
        "reader": person.name,
        "others": [reader.name for reader in others],
        "corrected_at": local_text(summary.corrected_at, challenge.zone) if summary.corrected_at else "",
    }


def _tell_corrected(post: Post, challenge: Challenge, summary: Summary, person: Person) -> None:
    """An edit makes no sound, so a short message says that there was one."""
    facts = {
        "challenge": challenge.name,
        "day": summary.day.isoformat(),
        "senders": first_names(agreers(post, challenge, summary)),
    }
    key = f"corrected:{summary.id}:{summary.revision}:{person.id}"
    post.to_person(person, "summary_corrected", facts, key=key, challenge=challenge, until=summary.deliver_by)


# What did not arrive


def ask_about_undelivered(post: Post, challenge: Challenge, summary: Summary) -> None:
    """Hold what has not arrived by now, and ask those who sent it: a conversation may have overtaken it."""
    late = _undelivered(post.session, summary)
    if summary.state != "released" or not late:
        return
    for row in late:
        row.state = "held" if row.state == "ready" else row.state
    who = [{"name": row.person.name if row.person else "", "state": row.state} for row in late]
    what = f"undelivered:{summary.revision}:{summary.version}"
    summary_card.tell_others(post, challenge, summary, None, "summary_undelivered", what, late=who)


def _undelivered(session: Session, summary: Summary) -> list[Outgoing]:
    return [row for row in messages_of(session, summary) if row.state not in _OVER]


def send_held(post: Post, challenge: Challenge, summary: Summary, by: Person) -> Reply:
    """Send what was held after all, and keep who decided it. Raises NothingHeld."""
    held = [row for row in _undelivered(post.session, summary) if row.state in _HELD]
    if not held:
        raise NothingHeld(**_arrived(post, challenge, summary))
    for row in held:
        row.repeated = row.state == "unsure"
        row.state, row.until, row.not_before = "ready", None, post.now
    summary.settler, summary.settled_at, summary.deliver_by = by, post.now, None
    return Reply("summary_sent_anyway", {"who": [row.person.name for row in held if row.person]})


def drop(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    post: Post, today: date, about: Facts,
) -> Reply:  # fmt: skip
    """Give up a message that did not arrive in time, whatever its day. Who has it keeps it."""
    only_for_releasers(post, challenge, roles)
    summary = sent_at_hand(session, challenge, format, today, about)
    in_state(challenge, summary, {"released"}, about)
    late = [row for row in _undelivered(session, summary) if row.state in _HELD | {"by_hand", "dead"}]
    if not late:
        raise NothingHeld(**_arrived(post, challenge, summary))
    for row in late:
        row.state = "withdrawn"
    session.flush()
    if not sent_to(session, summary):
        summary.state = "dropped"
    summary.settler, summary.settled_at, summary.deliver_by = speaker, post.now, None
    told = {"who": [row.person.name for row in late if row.person], "dropped_by": speaker.name}
    what = f"dropped:{summary.revision}"
    summary_card.tell_others(post, challenge, summary, speaker, "summary_dropped_told", what, **told)
    summary_card.show_in_room(post, challenge, summary)
    return Reply("summary_dropped", told)


def _arrived(post: Post, challenge: Challenge, summary: Summary) -> dict[str, Any]:
    rows = messages_of(post.session, summary)
    times = [local_text(row.sent_at, challenge.zone) for row in rows if row.sent_at]
    return {"at": max(times, default=""), "given_up": any(row.state == "withdrawn" for row in rows)}
