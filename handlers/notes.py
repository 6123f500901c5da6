"""The peer team's notes: private to the team, each marked for the day's summary or not. LGA manual, R22."""

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import themes
from handlers.message import Facts, Refused, Reply
from handlers.rules import phrases
from handlers.rules.lint import note_hints
from handlers.shapes import Format
from store.challenge import Challenge
from store.note import Note, last_note_number, note_numbered, notes_of
from store.person import Person
from store.summary import summary_of

ON_A_PAGE = 6
_NUMBER = re.compile(r"#?(\d{1,4})[.:]?", re.IGNORECASE)
_PAGE = re.compile(r"(?P<today>today)?\s*(?:page\s+)?(?P<page>\d{1,3})?", re.IGNORECASE)


class CouncilReadsHere(Refused):
    """A note was said where the council can read it, or may; nothing of it was kept."""


class NoSuchNote(Refused):
    """No note of this challenge has that number."""


class NoteGone(Refused):
    """The note was dropped before."""


class NotYourNote(Refused):
    """Only its author changes a note's words; those who agree summaries may mark and drop it too."""


class AlreadyMarked(Refused):
    """The note is marked for today, or not marked, just as was asked."""


# Writing


def read(session: Session, challenge: Challenge, format: Format, text: str) -> dict[str, str]:
    """Theme, kind and text, as typed on one line: "front door strength Staff explain …"."""
    known = themes.names(themes.titles(session, challenge, format))
    found = phrases.note(text, list(known))
    about = found.get("about")
    typed = {"theme": known[about] if about else None, "kind": found.get("kind"), "text": found.get("text")}
    return {name: value for name, value in typed.items() if value}


def offered(session: Session, challenge: Challenge, format: Format) -> dict[str, Any]:
    """The themes that a note can be about."""
    return {"themes": list(themes.titles(session, challenge, format).items())}


def add(
    session: Session, challenge: Challenge, speaker: Person, now: datetime, today: date,
    theme: str | None, kind: str, text: str,
) -> Reply:  # fmt: skip
    """Keep a note, marked for today's summary. Hints about its wording suggest, and never block."""
    note = Note(
        challenge_id=challenge.id,
        number=last_note_number(session, challenge.id) + 1,
        author_id=speaker.id,
        theme=theme,
        kind=kind,
        text=text,
        day=today,
        for_summary=True,
        written_at=now,
    )
    session.add(note)
    session.flush()
    return _told("note_added", session, challenge, note, today)


# Changing


def is_number(rest: str) -> bool:
    """Whether the rest of a line is the number of a note, and nothing else."""
    return _NUMBER.fullmatch(rest) is not None


def begins_with_number(rest: str) -> bool:
    """Whether the rest of a line begins with the number of a note."""
    return _NUMBER.fullmatch(rest.split(maxsplit=1)[0]) is not None


def known(
    session: Session, challenge: Challenge, format: Format, speaker: Person, about: Facts, typed: Facts
) -> dict[str, Any]:
    """What the form for editing begins with: the author's own note as it is, and the themes."""
    number = str(typed.get("number") or about.get("number") or "").lstrip("#")
    note = note_numbered(session, challenge.id, int(number)) if number.isdecimal() else None
    begun: dict[str, Any] = offered(session, challenge, format)
    if note is None or note.dropped_at is not None or note.author_id != speaker.id:
        return {**begun, **({"number": number} if number else {})}
    written = {"number": str(note.number), "theme": note.theme, "kind": note.kind, "text": note.text}
    return {**begun, **{name: value for name, value in written.items() if value}}


def edit(
    session: Session, challenge: Challenge, speaker: Person, today: date,
    number: int, theme: str | None, kind: str, text: str,
) -> Reply:  # fmt: skip
    """Put other words in the place of one's own note. A draft made from it stays as it is."""
    note = _there(session, challenge, number)
    if note.author_id != speaker.id:
        raise NotYourNote(number=number, author=note.author.name)
    note.theme, note.kind, note.text = theme, kind, text
    return _told("note_edited", session, challenge, note, today)


def drop(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    now: datetime, today: date, about: Facts, text: str,
) -> Reply:  # fmt: skip
    """Drop a note. The others keep their numbers."""
    note = _mine_to_mark(session, challenge, format, speaker, roles, _meant(about, text))
    note.dropped_at = now
    return _told("note_dropped", session, challenge, note, today)


def mark(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, about: Facts, text: str,
) -> Reply:  # fmt: skip
    """Mark a note for today's summary, whichever day it was written."""
    note = _mine_to_mark(session, challenge, format, speaker, roles, _meant(about, text))
    if _is_for(note, today):
        raise AlreadyMarked(number=note.number, marked=True)
    note.day, note.for_summary = today, True
    return _told("note_marked", session, challenge, note, today)


def unmark(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, about: Facts, text: str,
) -> Reply:  # fmt: skip
    """Take a note out of today's summary; it stays among the notes."""
    note = _mine_to_mark(session, challenge, format, speaker, roles, _meant(about, text))
    if not _is_for(note, today):
        raise AlreadyMarked(number=note.number, marked=False)
    note.for_summary = False
    return _told("note_unmarked", session, challenge, note, today)


# Reading


def is_page(rest: str) -> bool:
    """Whether the rest of a line says which notes: "today", "2", "today 2"."""
    return _PAGE.fullmatch(rest.strip()) is not None


def show(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, text: str,
) -> Reply:  # fmt: skip
    """The team's notes, the newest first, a few at a time; "today": those for today's summary or of today."""
    asked = _PAGE.fullmatch(text.strip())
    only_today = bool(asked and asked["today"])
    notes = notes_of(session, challenge.id, today if only_today else None)[::-1]
    pages = max(1, -(-len(notes) // ON_A_PAGE))
    page = min(max(1, int((asked and asked["page"]) or 1)), pages)
    shown = notes[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    may_mark = _agrees(format, roles)
    facts = [
        _facts(session, challenge, note, today) | _buttons(note, speaker, today, may_mark) for note in shown
    ]
    next_page = f"{'today ' if only_today else ''}{page + 1}" if page < pages else ""
    return Reply(
        "notes",
        {
            "challenge": challenge.name,
            "only_today": only_today,
            "count": len(notes),
            "page": page,
            "pages": pages,
            "next": next_page,
            "notes": facts,
        },
    )


def _buttons(note: Note, speaker: Person, today: date, may_mark: bool) -> dict[str, Any]:  # noqa: FBT001 -- a fact
    mine = note.author_id == speaker.id
    return {
        "may_edit": mine,
        "may_drop": mine or may_mark,
        "may_mark": (mine or may_mark) and not _is_for(note, today),
        "may_unmark": (mine or may_mark) and _is_for(note, today),
        "hidden": {"number": note.number},
    }


def _facts(session: Session, challenge: Challenge, note: Note, today: date) -> dict[str, Any]:
    return {
        "number": note.number,
        "theme": themes.title(session, challenge, note.theme) if note.theme else None,
        "kind": note.kind,
        "text": note.text,
        "author": note.author.name,
        "day": note.day.isoformat(),
        "for_today": _is_for(note, today),
    }


def _told(template: str, session: Session, challenge: Challenge, note: Note, today: date) -> Reply:
    summary = summary_of(session, challenge.id, today)
    facts = _facts(session, challenge, note, today) | {
        "challenge": challenge.name,
        "hints": note_hints(note.text),
    }
    return Reply(template, facts | {"drafted": summary is not None}, hidden={"number": note.number})


def _is_for(note: Note, today: date) -> bool:
    return note.for_summary and note.day == today


# Which note, and whose


def _meant(about: Facts, text: str) -> int:
    """The number that was typed, else that of the button."""
    typed = _NUMBER.fullmatch(text.strip())
    return int(typed[1] if typed else about.get("number", 0))


def _there(session: Session, challenge: Challenge, number: int) -> Note:
    note = note_numbered(session, challenge.id, number)
    if note is None:
        raise NoSuchNote(number=number)
    if note.dropped_at is not None:
        raise NoteGone(number=number)
    return note


def _mine_to_mark(
    session: Session,
    challenge: Challenge,
    format: Format,
    speaker: Person,
    roles: frozenset[str],
    number: int,
) -> Note:
    note = _there(session, challenge, number)
    if note.author_id != speaker.id and not _agrees(format, roles):
        raise NotYourNote(number=number, author=note.author.name)
    return note


def _agrees(format: Format, roles: frozenset[str]) -> bool:
    return not roles.isdisjoint(format.release.agreed_by)
