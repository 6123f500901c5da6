"""What notes and summaries are about: key lines of enquiry, core themes, areas. LGA manual, R22."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.scoping_questions import chosen_areas
from handlers.shapes import Format
from store.challenge import Challenge
from store.scoping import KeyLine, key_lines, scoping_answers

_WORDS_OF_A_NAME = 5


def titles(session: Session, challenge: Challenge, format: Format) -> dict[str, str]:
    """What a note can be about, in the order of a summary: the theme as it is kept, and how it is written.

    A key line is kept by its number ("kloe 2"), so that rewording it rewords the summary. An area
    with one key line of its own is that key line. Until the proposal is agreed, the team reads nothing
    here that came from a scoping answer.
    """
    lines = {theme_of(line): line.text for line in lines_told(session, challenge)}
    own = _once(lines.values())
    others = (*format.scoping.core_themes, *_areas(session, challenge, format))
    return {**lines, **{name: name for name in others if name.casefold() not in own}}


def title(session: Session, challenge: Challenge, theme: str) -> str:
    """How a theme is written, though its key line may be dropped by now."""
    every = session.scalars(select(KeyLine).where(KeyLine.challenge_id == challenge.id))
    return {theme_of(line): line.text for line in every}.get(theme, theme)


def names(titles: Mapping[str, str]) -> dict[str, str]:
    """Everything that people may type for a theme, and the theme: its own words, or those before a colon."""
    own = _once(titles.values())
    brief = {short(text): theme for theme, text in titles.items() if short(text).casefold() in own}
    return {**brief, **{theme: theme for theme in titles}, **{text: theme for theme, text in titles.items()}}


def theme_of(line: KeyLine) -> str:
    """How a key line is kept as a theme."""
    return f"kloe {line.number}"


def short(text: str) -> str:
    """What stands short in front: "Front door" of "Front door: are decisions consistent?"; else ""."""
    name, colon, _ = text.partition(":")
    return name.strip() if colon and len(name.split()) <= _WORDS_OF_A_NAME else ""


def lines_told(session: Session, challenge: Challenge) -> list[KeyLine]:
    """The key lines that the team may read: until the proposal is agreed, none from a scoping answer."""
    lines = key_lines(session, challenge.id)
    return [line for line in lines if line.source is None or challenge.proposal_agreed_at is not None]


def _once(texts: Iterable[str]) -> frozenset[str]:
    """The short names that stand before exactly one of these texts."""
    found = Counter(short(text).casefold() for text in texts)
    return frozenset(name for name, count in found.items() if name and count == 1)


def _areas(session: Session, challenge: Challenge, format: Format) -> list[str]:
    """The areas that scoping chose, some in the council's own words, then the others of the format."""
    if challenge.proposal_agreed_at is None:
        return list(format.scoping.areas)
    chosen = chosen_areas(format, scoping_answers(session, challenge.id))
    return list(dict.fromkeys([*chosen, *format.scoping.areas]))
