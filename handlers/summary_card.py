"""A summary as the team sees it: to those who agree it, and as the living card of the team room."""

from typing import Any

from handlers import drafting
from handlers.drafting import first_names
from handlers.message import Reply
from handlers.post import Post
from handlers.rules.local import local_text
from handlers.summary_at_hand import OPEN, carried, missing, releasers
from handlers.telling import tell
from store.challenge import Challenge
from store.person import Person
from store.room import Room, room_of
from store.summary import Summary


def reply(post: Post, challenge: Challenge, summary: Summary) -> Reply:
    """The summary as an answer."""
    return Reply("summary_draft", facts(post, challenge, summary), hidden=carried(summary))


def reply_changed(post: Post, challenge: Challenge, summary: Summary, room: Room | None) -> Reply:
    """The new words as an answer; in the team room its card shows them, so a line is enough."""
    if room is None or room.kind != "team":
        return reply(post, challenge, summary)
    return Reply("summary_stands_here", facts(post, challenge, summary), hidden=carried(summary))


def show_to_others(post: Post, challenge: Challenge, summary: Summary, by: Person | None) -> None:
    """Show a new revision to those who agree it, except whoever made it; and in the team room."""
    tell_others(post, challenge, summary, by, "summary_draft", f"draft:{summary.revision}")
    show_in_room(post, challenge, summary)


def tell_others(
    post: Post,
    challenge: Challenge,
    summary: Summary,
    by: Person | None,
    template: str,
    what: str,
    **more: Any,
) -> None:
    """Tell everybody who agrees summaries something about this one, except the person who did it."""
    post.session.flush()
    told = {**facts(post, challenge, summary), **more}
    for person in releasers(post, challenge):
        if person is not by:
            key = f"summary:{summary.id}:{what}"
            tell(post, challenge, person, template, told, key=key, hidden=carried(summary))


def show_in_room(post: Post, challenge: Challenge, summary: Summary) -> None:
    """Bring the living card in the team room up to date."""
    room = room_of(post.session, challenge.id, "team")
    if room is None:
        return
    post.session.flush()
    post.to_room(
        room,
        "summary_draft",
        facts(post, challenge, summary),
        key=f"summary:{summary.id}:room:{summary.version}",
        slot=f"summary:{summary.id}",
        challenge=challenge,
        hidden=carried(summary),
    )


def facts(post: Post, challenge: Challenge, summary: Summary) -> dict[str, Any]:
    """What the team's card of a summary says."""
    zone = challenge.zone
    there = [one for one in summary.agreements if one.revision == summary.revision]
    return {
        **drafting.facts(post, challenge, summary, summary.content),
        "state": summary.state,
        "revision": summary.revision,
        "changed_by": summary.changer.name if summary.changer else "",
        "agreed": [{"who": one.person.name, "at": local_text(one.agreed_at, zone)} for one in there],
        "waiting": first_names(missing(post, challenge, summary)),
        "reason": summary.reason or "",
        "settled_by": summary.settler.name if summary.settler else "",
        "settled_at": local_text(summary.settled_at, zone) if summary.settled_at else "",
        "corrected": summary.corrected_at is not None,
        "actions": summary.content.get("actions", []),
        "hints": drafting.hints(summary.content),
        "may_agree": summary.state in OPEN,
        "may_draft": summary.state == "draft",
        "may_resume": summary.state in {"held", "spoken", "nothing"},
        "may_correct": summary.state == "released",
    }
