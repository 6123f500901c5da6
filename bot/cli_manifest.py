"""The command `critical-friend manifest`: what a chat is asked for, to paste when the app is made there."""

import json
from typing import Annotated

import typer

from bot.settings import Settings
from bot.slack.manifest import manifest

app = typer.Typer(no_args_is_help=True, help="Print what a chat is asked for.")


@app.callback()
def chats() -> None:
    """Print what a chat is asked for, to paste when the app is made there."""


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


def _refuse(why: str) -> None:
    typer.echo(why, err=True)
    raise typer.Exit(1)
