"""What the sponsor says to a released summary: it goes to those who agree summaries, and to nobody else."""

from datetime import date

from sqlalchemy.orm import Session

from handlers.drafting import first_names
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.summary_at_hand import carried, last_sent, releasers
from handlers.telling import tell
from store.challenge import Challenge
from store.person import Person
from store.summary import Summary, SummaryAnswer, answers_to

_TODAY_ONLY = frozenset({"tonight", "tomorrow"})


class AnsweredAlready(Refused):
    """The sponsor said this to this summary before."""


class TooLateToTalk(Refused):
    """What "tonight" and "tomorrow" of another day's card meant has passed."""


def thank(
    session: Session, challenge: Challenge, speaker: Person, post: Post, today: date, about: Facts
) -> Reply:
    """The sponsor says thank you."""
    return _answer(session, challenge, speaker, post, today, about, "thanks", None)


def add_context(
    session: Session, challenge: Challenge, speaker: Person, post: Post, today: date, about: Facts, text: str
) -> Reply:
    """The sponsor adds context to what was said."""
    return _answer(session, challenge, speaker, post, today, about, "context", text)


def talk_tonight(
    session: Session, challenge: Challenge, speaker: Person, post: Post, today: date, about: Facts
) -> Reply:
    """The sponsor would like to talk tonight."""
    return _answer(session, challenge, speaker, post, today, about, "tonight", None)


def talk_tomorrow(
    session: Session, challenge: Challenge, speaker: Person, post: Post, today: date, about: Facts
) -> Reply:
    """The sponsor would like to talk tomorrow."""
    return _answer(session, challenge, speaker, post, today, about, "tomorrow", None)


def _answer(
    session: Session, challenge: Challenge, speaker: Person, post: Post, today: date, about: Facts,
    kind: str, text: str | None,
) -> Reply:  # fmt: skip
    summary = last_sent(session, challenge, about)
    if kind in _TODAY_ONLY and summary.day != today:
        raise TooLateToTalk(day=summary.day.isoformat())
    before = answers_to(session, summary.id, speaker.id)
    if any((one.kind, one.text) == (kind, text) for one in before):
        raise AnsweredAlready(kind=kind, senders=first_names(releasers(post, challenge)))
    answer = SummaryAnswer(
        summary_id=summary.id, person_id=speaker.id, kind=kind, text=text, answered_at=post.now
    )
    session.add(answer)
    session.flush()
    _tell(post, challenge, summary, speaker, answer)
    return Reply("sponsor_thanked", {"kind": kind, "senders": first_names(releasers(post, challenge))})


def _tell(post: Post, challenge: Challenge, summary: Summary, sponsor: Person, answer: SummaryAnswer) -> None:
    facts = {
        "challenge": challenge.name,
        "day": summary.day.isoformat(),
        "who": sponsor.name,
        "kind": answer.kind,
        "text": answer.text or "",
    }
    for person in releasers(post, challenge):
        key = f"answer:{answer.id}"
        tell(post, challenge, person, "sponsor_answered", facts, key=key, hidden=carried(summary))
