"""`critical-friend doctor`: what could keep the bot from working, and what to do about it."""

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.addresses import figures
from bot.app import desk
from bot.check import Beware, Check, Finding, State, Wrong
from bot.clock import Clock
from bot.database import LOOK, TROUBLE, real_store, why
from bot.serve import NO_CHAT
from bot.settings import Settings
from bot.slack import doctor as slack
from bot.surface import CannotServe
from bot.teams import doctor as teams
from bot.teams import registration
from handlers.shapes import ShapeWrong
from handlers.words import TemplateWrong
from store import address
from store.programme import the_programme

_ENCRYPT: Final = "Add ?sslmode=verify-full to DATABASE_URL: docs/postgresql.md."
_READ: Final = ("messages/*.md.j2", "formats/*.toml", "forms/*.toml", "questionnaires/*.toml", "names.toml")
"""Where in a folder of templates a file counts."""
_ROOM: Final = 200 * 1024 * 1024
"""Bytes. A programme's database grows by a few of these in a year."""


def checks(settings: Settings, clock: Clock) -> tuple[Check, ...]:
    """Everything to look at, the chats that are set up last."""
    return (
        Check(name="Templates", look=lambda: _templates(settings)),
        Check(name="Database", look=lambda: _database(settings)),
        Check(name="Chat", look=lambda: _chat(settings)),
        *((Check(name="Figures", look=lambda: figures(settings)),) if settings.metrics_port else ()),
        *(slack.checks(settings, clock) if settings.slack_bot_token else ()),
        *(teams.checks(settings, clock) if registration.is_meant(settings) else ()),
    )


def _templates(settings: Settings) -> str:
    try:
        desk(settings, frozenset())
    except (TemplateWrong, ShapeWrong) as wrong:
        raise Wrong(str(wrong), "Mend the file, or take it out of CRITICAL_FRIEND_TEMPLATES.") from wrong
    except CannotServe as missing:
        raise Wrong(str(missing)) from missing
    if settings.templates and (unread := _unread(settings.templates)):
        raise Beware(
            f"Nobody reads {', '.join(unread)} in CRITICAL_FRIEND_TEMPLATES.",
            f"A file counts only as one of {', '.join(_READ)}.",
        )
    return "Every message, form and format can be used."


def _unread(folder: Path) -> list[str]:
    """Templates that lie where none is looked for."""
    read = {file for pattern in _READ for file in folder.glob(pattern)}
    there = {file for ending in ("*.j2", "*.toml") for file in folder.rglob(ending)}
    return sorted(str(file.relative_to(folder)) for file in there - read)


def _database(settings: Settings) -> str:
    """The address is never printed: it may hold a password."""
    try:
        with contextlib.closing(real_store(settings)) as store:
            programme = store.work(the_programme)
            overheard = store.is_overheard()
    except CannotServe as refused:
        raise Wrong(str(refused)) from refused
    except TROUBLE as trouble:
        raise Wrong("It cannot be opened.", why(trouble) or LOOK) from trouble
    _room_left(settings)
    if overheard:
        raise Beware("What goes to and from it is not encrypted.", _ENCRYPT)
    if programme is None or programme.claimed_at is None:
        return "Up to date. Nobody coordinates the programme yet: critical-friend claim prints a code."
    return "Up to date, and the programme has its coordinator."


def _room_left(settings: Settings) -> None:
    file = address.file(settings.database_url)
    if file and shutil.disk_usage(file.resolve().parent).free < _ROOM:
        raise Beware("There is hardly room left on its disk.", "Without any, nothing can be saved.")


def _chat(settings: Settings) -> str:
    chats = [*_slack(settings), *_teams(settings)]
    if not chats:
        raise Wrong(NO_CHAT, "docs/slack.md and docs/teams.md say where they come from.")
    return " ".join(chats)


def _slack(settings: Settings) -> Iterator[str]:
    if settings.slack_bot_token:
        yield f"Slack is set up, over {'Socket Mode' if settings.slack_app_token else 'HTTP'}."


def _teams(settings: Settings) -> Iterator[str]:
    if registration.is_meant(settings):
        yield f"Teams is set up, {'for the emulator' if settings.teams_emulator else 'over HTTP'}."


def told(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings as lines to print: how it is, what was found, and what to do."""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        yield f"{finding.state:5}  {finding.name:{width}}  {finding.found}"
        if finding.do:
            yield f"{'':5}  {'':{width}}  {finding.do}"
    yield _sum(findings)


def _sum(findings: Sequence[Finding]) -> str:
    wrong = sum(finding.state is State.WRONG for finding in findings)
    if wrong:
        return f"{wrong} to put right."
    if any(finding.state is State.CARE for finding in findings):
        return "Nothing is wrong, but take care."
    return "Nothing is wrong."
