"""What the bot found undone is told: once, in the programme's room, and only if it does not mend itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers import auditing, minding
from handlers.desk import Desk
from handlers.post import Post
from handlers.rules.counting import WorkingDays
from handlers.rules.local import local_day, local_text
from handlers.rules.quiet import when_to_nudge
from handlers.visit import days_of
from store.challenge import Challenge
from store.finding import Finding, forget_mended, forget_quiet, forget_told, untold
from store.programme import the_programme
from store.role import programme_roles_on
from store.room import programme_room

LOOKED_FOR = frozenset(
    {"message_waits", "agenda_waits", "digest_waits", "question_waits", "answers_wait", "room_nowhere",
     "room_unseen"}
)  # fmt: skip
"""Found by looking: over as soon as a look finds them no more."""
FAILING = frozenset({"challenge_failing", "question_failing", "digest_failing", "look_failing"})
"""Tried again and again, and written down each time that it fails."""
ONCE = frozenset({"step_failed", "step_missed", "step_overslept", "follow_failed", "forgetting_failed"})
"""Nobody tries again, so there is nothing to wait for."""

_PATIENCE = timedelta(minutes=10)
"""What is mended within that is nobody's business."""
_PATIENCE_WITH_PEOPLE = timedelta(days=2)
"""For what a person was asked to do."""
_TRIED_EVERY = timedelta(minutes=11)
_REMEMBERED = timedelta(days=1)
_SHOWN = 8
_TOLD_TOGETHER = frozenset({"message_waits", "step_missed"})
_EVERYBODY_WORKS = "12345"


def audit(session: Session, desk: Desk, now: datetime, wall: datetime) -> None:
    """Look at everything that should have happened, and tell what stays undone."""
    programme = the_programme(session)
    if programme is None or programme.claimed_at is None:
        return
    post = Post(session=session, programme=programme, words=desk.words, shapes=desk.shapes, now=now)
    found = auditing.look(session, programme, desk.words, desk.shapes, now, wall)
    unseen = {one.facts["what"] for one in found if one.kind == "look_failing"}
    forget_mended(session, LOOKED_FOR - unseen, [one.key for one in found])
    forget_quiet(session, FAILING, now - _TRIED_EVERY)
    forget_told(session, ONCE, now - _REMEMBERED)
    session.flush()
    news = [row for row in untold(session) if _is_worth_telling(row, now) and _may_be_told(row, post)]
    if news and _tell(post, news):
        for row in news:
            row.told_at = now


def _is_worth_telling(row: Finding, now: datetime) -> bool:
    """Whether it had time to mend itself, and did not."""
    if row.kind in ONCE:
        return True
    if row.kind in FAILING:
        return row.seen_at - row.since >= _PATIENCE
    return now - row.since >= (_PATIENCE_WITH_PEOPLE if row.kind == "room_nowhere" else _PATIENCE)


def _may_be_told(row: Finding, post: Post) -> bool:
    """Not in quiet hours; but what is wrong with a challenge that is on site, until its evening is over."""
    challenge = post.session.get(Challenge, row.challenge_id) if row.challenge_id else None
    return _is_working_time(post) or (challenge is not None and _is_on_site(challenge, post))


def _is_working_time(post: Post) -> bool:
    quiet, programme = post.shapes.default.quiet, post.programme
    calendar = WorkingDays(programme.nation)
    return post.now == when_to_nudge(
        post.now, zone=programme.zone, calendar=calendar, working_days=_EVERYBODY_WORKS,
        quiet_from=quiet.starts, quiet_until=quiet.ends,
    )  # fmt: skip


def _is_on_site(challenge: Challenge, post: Post) -> bool:
    format = post.shapes.formats.get(challenge.format, post.shapes.default)  # its file may be gone
    clock = local_text(post.now, challenge.zone)[11:]
    awake = f"{format.quiet.ends:%H:%M}" <= clock < f"{format.on_site.nothing_after:%H:%M}"
    return awake and local_day(post.now, challenge.zone) in days_of(challenge)


# Saying it


def _tell(post: Post, rows: list[Finding]) -> bool:
    """Queue one message with all of it; False where there is nobody to tell."""
    items = _items(post, rows)
    facts = {"items": items[:_SHOWN], "more": len(items[_SHOWN:]), "as_role": ""}
    key = f"alert:undone:{post.now.isoformat()}"
    room = programme_room(post.session, post.programme.id)
    if room and room.state == "bound":
        return post.to_room(room, "undone", facts, key=key) is not None
    today = local_day(post.now, post.programme.zone)
    roles = programme_roles_on(post.session, post.programme.id, today)
    people = dict.fromkeys(role.person for role in roles if role.role == "coordinator")
    for person in people:
        when = minding.when_for_programme(post, person)
        told = {**facts, "as_role": "coordinator"}
        post.to_person(person, "undone", told, key=f"{key}:{person.id}", not_before=when)
    return bool(people)


def _items(post: Post, rows: Iterable[Finding]) -> list[dict[str, Any]]:
    """What each finding says; what waits, and what was missed, is one for each challenge."""
    items: list[dict[str, Any]] = []
    together: dict[tuple[str, int | None], dict[str, Any]] = {}
    for row in rows:
        first = together.get((row.kind, row.challenge_id))
        if first:
            first["count"] += 1
            first["steps"] += [row.facts["what"]]
            continue
        items.append(_item(post, row))
        if row.kind in _TOLD_TOGETHER:
            together[row.kind, row.challenge_id] = items[-1]
    return items


def _item(post: Post, row: Finding) -> dict[str, Any]:
    challenge = post.session.get(Challenge, row.challenge_id) if row.challenge_id else None
    zone = challenge.zone if challenge else post.programme.zone
    return {
        "kind": row.kind,
        "challenge": challenge.name if challenge else "",
        "slug": challenge.slug if challenge else "",
        "at": local_text(row.due_at, zone),
        "count": 1,
        "steps": [row.facts.get("what", "")],
        **{name: row.facts.get(name, "") for name in ("what", "who", "room", "state", "chat")},
    }
