"""Which day's summary is meant, in what state it is, who agrees it, and who has."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.drafting import first_names
from handlers.holding import holding
from handlers.message import Facts, Refused
from handlers.part import Part, Thing, thing
from handlers.post import Post
from handlers.rules.dates import at
from handlers.rules.local import local_day, local_text
from handlers.rules.release import Agreed, may_release, still_to_agree
from handlers.shapes import Format
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person
from store.summary import Summary, summaries_of, summary_of

OPEN = frozenset({"draft", "correcting"})
"""The states in which agreement is asked for."""
SENT = frozenset({"released", "correcting"})
"""The states in which the sponsor has, or is to get, something."""


class NoSummaryToday(Refused):
    """Today does not end with a summary: not on site, the last day, or the eve, which has its preview."""


class NotDrafted(Refused):
    """There is no draft for today yet."""


class OthersAgreeIt(Refused):
    """The speaker is not among those who draft, agree and settle summaries in this format."""


class SummarySettled(Refused):
    """The summary is not in a state in which this can be done: it was sent, spoken, held."""


class YesterdaysSummary(Refused):
    """The card belongs to another day."""


class ChangedSince(Refused):
    """The words were changed after the card was drawn: nobody agrees what they have not seen."""


class NothingReleased(Refused):
    """No summary of this challenge was released yet."""


def at_hand(session: Session, challenge: Challenge, format: Format, today: date, about: Facts) -> Summary:
    """The summary that a card is about, else today's.

    Raises YesterdaysSummary, NoSummaryToday, NotDrafted.
    """
    summary = of_card(session, challenge, about) or newest(session, challenge, today)
    if summary is None:
        on_summary_day(challenge, format, today)
        raise NotDrafted
    if summary.day != today and summary.state != "correcting":
        raise YesterdaysSummary(day=summary.day.isoformat(), state=summary.state)
    return summary


def sent_at_hand(
    session: Session, challenge: Challenge, format: Format, today: date, about: Facts
) -> Summary:
    """A card's summary that left the team, whatever its day: it may wait to arrive. Else as `at_hand`."""
    summary = of_card(session, challenge, about)
    if summary is not None and summary.state in {"released", "dropped"}:
        return summary
    return at_hand(session, challenge, format, today, about)


def of_card(session: Session, challenge: Challenge, about: Facts) -> Summary | None:
    """The summary that a card is about, when it is one of this challenge."""
    summary = session.get(Summary, about["summary"]) if "summary" in about else None
    return summary if summary and summary.challenge_id == challenge.id else None


def newest(session: Session, challenge: Challenge, today: date) -> Summary | None:
    """Today's summary; where today has none, one whose correction waits for agreement."""
    correcting = (one for one in summaries_of(session, challenge.id) if one.state == "correcting")
    return summary_of(session, challenge.id, today) or next(correcting, None)


def last_sent(session: Session, challenge: Challenge, about: Facts) -> Summary:
    """The summary of the card, else the last that was released. Raises NothingReleased, SummarySettled."""
    sent = (one for one in summaries_of(session, challenge.id) if one.state in SENT)
    summary = of_card(session, challenge, about) or next(sent, None)
    if summary is None:
        raise NothingReleased
    in_state(challenge, summary, SENT, {})
    return summary


def in_state(challenge: Challenge, summary: Summary, states: frozenset[str] | set[str], about: Facts) -> None:
    """Refuse a summary in another state, or a card drawn before it was changed."""
    if summary.state not in states:
        raise SummarySettled(
            state=summary.state,
            who=summary.settler.name if summary.settler else "",
            at=local_text(summary.settled_at, challenge.zone) if summary.settled_at else "",
        )
    if about.get("revision", summary.revision) != summary.revision:
        changer = summary.changer.name if summary.changer else ""
        raise ChangedSince(who=changer, at=local_text(summary.changed_at, challenge.zone))


def on_summary_day(challenge: Challenge, format: Format, today: date) -> None:
    """Refuse a day that does not end with a summary, and say what it is instead."""
    days = days_of(challenge)
    if today not in format.on_site.summary_days(days):
        eve = today == format.on_site.preview_day(days)
        raise NoSummaryToday(eve=eve, last=bool(days) and today == days[-1], on_site=today in days)


# Who agrees


def releasers(post: Post, challenge: Challenge) -> list[Person]:
    """Those who agree summaries today, stand-ins among them, in the order of the roles asked."""
    return _holders(post, challenge, _asked(post, challenge))


def only_for_releasers(post: Post, challenge: Challenge, roles: frozenset[str]) -> None:
    """Refuse everybody who is not asked to agree: the council and the coordinator always."""
    if not may_release(roles, _asked(post, challenge), _council(post, challenge)):
        raise OthersAgreeIt(who=first_names(releasers(post, challenge)))


def _holders(post: Post, challenge: Challenge, asked: Sequence[str]) -> list[Person]:
    held = holding(post.session, challenge, local_day(post.now, challenge.zone))
    found = dict.fromkeys(person for role in asked for person in held.people(role))
    council = _council(post, challenge)
    return [person for person in found if may_release(held.roles_of(person.id), asked, council)]


def _council(post: Post, challenge: Challenge) -> frozenset[str]:
    """The roles on the council's side; none where everybody is host and peer."""
    format = post.shapes.format(challenge.format)
    return frozenset() if format.reciprocal else format.side("council")


def agreed(summary: Summary) -> list[Agreed]:
    """The agreements to the newest revision, as the rules look at them."""
    return [
        Agreed(role=one.role, person=one.person_id, at=one.agreed_at)
        for one in summary.agreements
        if one.revision == summary.revision
    ]


def agreers(post: Post, challenge: Challenge, summary: Summary) -> list[Person]:
    """Who agreed the newest revision, in the order of the roles asked."""
    there = {one.role: one.person for one in summary.agreements if one.revision == summary.revision}
    return [there[role] for role in _asked(post, challenge) if role in there]


def missing(post: Post, challenge: Challenge, summary: Summary) -> list[Person]:
    """Who could still agree the newest revision."""
    roles = still_to_agree(_asked(post, challenge), agreed(summary))
    there = agreers(post, challenge, summary)
    return [person for person in _holders(post, challenge, roles) if person not in there]


def is_agreed(post: Post, challenge: Challenge, summary: Summary) -> bool:
    """Whether the newest revision may leave: everybody asked agreed, or one said why they send alone."""
    everybody = not still_to_agree(_asked(post, challenge), agreed(summary))
    return everybody or summary.alone_revision == summary.revision


def carried(summary: Summary) -> dict[str, Any]:
    """What every button of a summary's card carries."""
    return {"summary": summary.id, "revision": summary.revision}


def _asked(post: Post, challenge: Challenge) -> tuple[str, ...]:
    return post.shapes.format(challenge.format).release.agreed_by


# What waits


def waits(part: Part) -> Iterator[Thing]:
    """For those who agree summaries: one that they have not agreed, or that is not drafted in the evening."""
    post, challenge = part.post, part.challenge
    if part.person not in releasers(post, challenge):
        return
    summary = newest(part.session, challenge, part.today)
    if summary is None and _is_evening(part):
        yield thing("no_summary", part.button("draft", "summary"))
    if summary and summary.state in OPEN and part.person in missing(post, challenge, summary):
        yield thing("summary", part.button("summary", "summary", **carried(summary)), state=summary.state)


def _is_evening(part: Part) -> bool:
    """Whether notes were asked for, on a day that ends with a summary."""
    times = part.format.on_site
    asked_at = at(part.today, times.notes_prompt, part.challenge.zone)
    return part.today in times.summary_days(days_of(part.challenge)) and part.post.now >= asked_at
