"""How much the peer team noted, and where its message to the sponsor stands. Not for the council."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.holding import Holding
from handlers.shapes import Format
from handlers.themes import lines_told, short, theme_of
from handlers.visit import days_of
from store.challenge import Challenge
from store.note import notes_of
from store.summary import Summary, summary_of


def noted(session: Session, challenge: Challenge) -> list[dict[str, Any]]:
    """How many notes there are for each key line, and for whatever else was noted. LGA manual, R22."""
    counts = Counter(note.theme or "" for note in notes_of(session, challenge.id))
    lines = {theme_of(line): line.text for line in lines_told(session, challenge)}
    others = [theme for theme in counts if theme not in lines]
    named = [(theme, short(text) or theme) for theme, text in lines.items()]
    return [
        {"theme": name, "count": counts[theme]}
        for theme, name in [*named, *((one, one) for one in sorted(others))]
    ]


def message(
    session: Session, challenge: Challenge, format: Format, holding: Holding, today: date
) -> dict[str, Any]:
    """Where today's message to the sponsor stands; `state` is "" on a day that ends without one."""
    agree = [person.name for role in format.release.agreed_by for person in holding.people(role)]
    facts = {"state": "", "agree": agree, "agreed": [], "to": [one.name for one in holding.people("sponsor")]}
    if today not in format.on_site.summary_days(days_of(challenge)):
        return facts
    summary = summary_of(session, challenge.id, today)
    if summary is None:
        return {**facts, "state": "not_drafted"}
    return {**facts, "state": summary.state, "agreed": _agreed(summary)}


def _agreed(summary: Summary) -> list[str]:
    return [one.person.name for one in summary.agreements if one.revision == summary.revision]
