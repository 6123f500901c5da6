"""The command `critical-friend`."""

import asyncio
import contextlib
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError

from bot import cli_manifest, log, settings_told
from bot.check import Check, Finding, State, examine
from bot.clock import Clock
from bot.database import LOOK, NOT_READY, for_one, why
from bot.private import make_database, make_folder
from bot.rehearsal import Rehearsal, room_desk
from bot.settings import Settings
from bot.surface import CannotServe
from bot.talk.play import play
from bot.talk.room_stage import RoomStage
from bot.talk.script import TalkWrong, read
from handlers.programme import new_claim
from handlers.shapes import ShapeWrong
from handlers.words import TemplateWrong
from store.address import AddressWrong
from store.migrations import Schema, schema, upgrade
from store.session import Store
from store.sole import InUse
from store.trouble import Trouble

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a token may be among them
    help="Peer challenges, carried in chat.",
)
app.add_typer(cli_manifest.app, name="manifest")

LOOPBACK = "127.0.0.1"


class Begin(StrEnum):
    """How a rehearsal begins."""

    NOTHING = "nothing"
    PREPARATION = "preparation"


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the room.")] = 8765,
    folder: Annotated[Path | None, typer.Option(help="Where the rehearsal is kept.")] = None,
    begin: Annotated[Begin, typer.Option(help="How a new rehearsal begins.")] = Begin.PREPARATION,
) -> None:
    """Open the room: rehearse a fictional challenge in the browser, without any account."""
    settings = Settings()
    try:
        asyncio.run(_demo(folder or settings.data / "demo", settings, port, begin))
    except InUse as taken:
        typer.echo("This rehearsal is open already. Close it there, or choose another --folder.", err=True)
        raise typer.Exit(1) from taken


async def _demo(folder: Path, settings: Settings, port: int, begin: Begin) -> None:
    fresh = not (folder / "room.sqlite3").exists()
    rehearsal = Rehearsal(folder, room_desk(settings))
    server = uvicorn.Server(
        uvicorn.Config(rehearsal.app, host=LOOPBACK, port=port, log_config=None, timeout_graceful_shutdown=3)
    )
    async with rehearsal.running():
        if fresh and begin is Begin.PREPARATION:
            typer.echo("Preparing a fictional challenge …")
            await rehearsal.start(begin.value)
        typer.echo(f"The room is open: http://{LOOPBACK}:{port}/  (Ctrl+C closes it)")
        await server.serve()


@app.command()
def talk(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The talk to play.")],
    against: Annotated[str | None, typer.Option(help="The address of a running room.")] = None,
) -> None:
    """Play a talk and print its transcript; exit 1 when something in it does not hold."""
    try:
        asyncio.run(_talk(file.read_text(encoding="utf-8"), against))
    except TalkWrong as wrong:
        typer.echo(f"{file}, {wrong}", err=True)
        raise typer.Exit(1) from wrong
    except httpx.TransportError as wrong:
        typer.echo(f"Nothing answers at {against}: start it with critical-friend demo.", err=True)
        raise typer.Exit(1) from wrong


async def _talk(script: str, against: str | None) -> None:
    steps = read(script)
    if against:
        async with httpx.AsyncClient(base_url=against, timeout=60) as client:
            async for line in play(steps, RoomStage(client)):
                typer.echo(line)
        return
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(Path(folder), room_desk(Settings()))
        transport = httpx.ASGITransport(app=rehearsal.app)
        try:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost", timeout=60
            ) as client:
                async for line in play(steps, RoomStage(client)):
                    typer.echo(line)
        finally:
            rehearsal.close()


@app.command()
def serve() -> None:
    """Carry challenges in the chats that are set up, until the process is told to end."""
    from bot import serve as serving  # noqa: PLC0415 - with both chats' SDKs: no other command waits for them

    asyncio.run(serving.serve(Settings()))


@app.command()
def claim() -> None:
    """Print a one-time code: whoever says it to the bot becomes the first project coordinator."""
    code = "-".join(secrets.token_hex(2).upper() for _ in range(3))
    with _made() as store:
        found = schema(store.engine)
        if found in NOT_READY:
            raise CannotServe(NOT_READY[found])
        is_first = store.work(lambda session: new_claim(session, code))
    if not is_first:
        typer.echo("This programme has its first coordinator already.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Say this to the bot, in the room that is to be the programme's own:  claim {code}")


@app.command()
def database() -> None:
    """Bring the database to the newest schema."""
    with _made() as store:
        if schema(store.engine) is Schema.UNKNOWN:
            raise CannotServe(NOT_READY[Schema.UNKNOWN])
        with for_one(Settings()):
            upgrade(store.engine)
    typer.echo("The database is up to date.")


@app.command()
def doctor() -> None:
    """Look at everything that could keep the bot from working; exit 1 when something is wrong."""
    from bot import doctor as looking  # noqa: PLC0415 - with both chats' SDKs, as above

    findings = _findings(looking.checks)
    for line in looking.told(findings):
        typer.echo(line)
    if any(finding.state is State.WRONG for finding in findings):
        raise typer.Exit(1)


def _findings(checks: Callable[[Settings, Clock], Sequence[Check]]) -> tuple[Finding, ...]:
    """What the doctor finds. While a setting cannot be read at all, nothing else can be looked at."""
    try:
        return examine(checks(Settings(), Clock()))
    except ValidationError as wrong:
        return tuple(
            Finding(name=name, state=State.WRONG, found="It cannot be used.", do=what)
            for name, what in settings_told.told(wrong)
        )


@contextlib.contextmanager
def _made() -> Iterator[Store]:
    """The store, until it was used; its folder and file are made where they are not there."""
    settings = Settings()
    make_folder(settings.data)
    make_database(settings.database_url)
    with contextlib.closing(Store(settings.database_url)) as store:
        yield store


def main() -> None:
    """Run the command. What an operator can put right is told in plain words, with no password in them."""
    log.configure()
    try:
        app()
    except (TemplateWrong, ShapeWrong, CannotServe) as wrong:
        typer.echo(str(wrong), err=True)
        sys.exit(1)
    except (DBAPIError, Trouble, AddressWrong) as trouble:
        reason = why(trouble)
        if reason is None and not isinstance(trouble, (OperationalError, Trouble)):
            raise
        typer.echo(f"The database cannot be used. {reason or LOOK}", err=True)
        sys.exit(1)
    except ValidationError as wrong:
        for name, what in settings_told.told(wrong):
            typer.echo(f"{name}: {what}", err=True)
        sys.exit(1)
