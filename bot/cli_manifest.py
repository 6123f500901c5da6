"""The command `critical-friend manifest`: what a chat is told about the app, to make it there."""

import json
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.teams.manifest import (
    LONGEST_NAME,
    PACKAGE,
    PUBLISHER,
    NotOurs,
    Owner,
    is_guid,
    is_version,
    own_version,
    write,
)

app = typer.Typer(no_args_is_help=True, help="What a chat is told about the app.")


_NO_ID: Final = (
    "MicrosoftAppId is not set. It is the Application (client) ID of the bot's app registration in Entra: "
    "docs/teams.md says how to make one."
)
_NOT_AN_ID: Final = (
    "MicrosoftAppId is not an application's id, five groups of letters and digits: copy the "
    "Application (client) ID from the bot's app registration in Entra."
)
_NO_WEBSITE: Final = (
    "Teams shows a page beside the app that says who runs the bot and how you handle what people write: "
    "--website https://… names yours."
)


@app.callback()
def chats() -> None:
    """Make what a chat is told about the app: what it is called, what it hears and what it may do."""


@app.command()
def slack(
    *,
    socket: Annotated[bool, typer.Option("--socket", help="Socket Mode: no public address needed.")] = False,
    url: Annotated[str | None, typer.Option(help="HTTP: where Slack reaches the bot, https://…")] = None,
) -> None:
    """Print the app manifest for Slack as JSON: for Socket Mode where SLACK_APP_TOKEN is set."""
    socket = socket or (url is None and bool(Settings().slack_app_token))
    if socket == bool(url):
        _refuse("Choose one: --socket (no public address needed) or --url https://… (Slack calls the bot).")
    if url and not url.startswith("https://"):
        _refuse("Slack calls https addresses only: --url https://…")
    typer.echo(json.dumps(manifest(url), indent=2, ensure_ascii=False))


@app.command()
def teams(
    *,
    website: Annotated[str, typer.Option(help="Your page that says who runs the bot, https://…")] = "",
    privacy: Annotated[str, typer.Option(help="How you handle what people write; else the same page.")] = "",
    terms: Annotated[str, typer.Option(help="Your terms of use; else the same page.")] = "",
    publisher: Annotated[str, typer.Option(help="Your organisation's name.")] = PUBLISHER,
    version: Annotated[str, typer.Option(help="Higher than the last one you uploaded.")] = own_version(),
) -> None:
    """Write the app package for Teams into this folder: critical-friend-teams.zip, to upload there."""
    bot = Settings().microsoft_app_id
    if not is_guid(bot):
        _refuse(_NOT_AN_ID if bot else _NO_ID)
    owner = Owner(name=publisher, website=website, privacy=privacy or website, terms=terms or website)
    _check(owner, version)
    try:
        write(Path.cwd(), bot, owner, version)
    except NotOurs:
        _refuse(f"There is a {PACKAGE} here of another app: move it away, or go to another folder.")
    except OSError as trouble:
        _refuse(f"{PACKAGE} cannot be written here: {trouble.strerror}.")
    typer.echo(
        f"{PACKAGE} is in this folder, version {version}, for the bot {bot.lower()}. Upload it to Teams."
    )


def _check(owner: Owner, version: str) -> None:
    if not owner.website:
        _refuse(_NO_WEBSITE)
    if not all(page.startswith("https://") for page in (owner.website, owner.privacy, owner.terms)):
        _refuse("Teams takes https addresses only: --website https://…")
    if not 0 < len(owner.name) <= LONGEST_NAME:
        _refuse(f"Teams takes {LONGEST_NAME} letters at most for --publisher.")
    if not is_version(version):
        _refuse("Teams takes three numbers for --version, such as 1.0.0.")


def _refuse(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
