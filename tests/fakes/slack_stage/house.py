"""A bot that is served to the local peer, over HTTP or Socket Mode, with a rehearsal's clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from bot import serve
from bot.settings import Settings
from bot.slack.manifest import EVENTS_PATH, manifest
from bot.talk.play import Player
from tests.fakes import database
from tests.fakes.several import ByTurns, Together, several
from tests.fakes.slack import Peer
from tests.fakes.slack_stage.stage import SlackStage
from tests.fakes.staging import Staged

ADDRESS = "https://bot.example"
RETRIES = (0.0, 0.05, 0.2)

SlackHouse: TypeAlias = Staged[Peer, SlackStage]


@asynccontextmanager
async def slack_house(folder: Path, *, socket_mode: bool = False, bots: int = 1) -> AsyncIterator[SlackHouse]:
    """A workspace with a bot that has heard of nothing yet, or with several on one database."""
    async with (
        Peer(manifest=manifest(None if socket_mode else ADDRESS), retries=RETRIES) as peer,
        several(
            bots, Settings(data=folder, database=database.fresh(folder), **environment(peer)), serve.opened
        ) as [bot, *others],
    ):
        if socket_mode:
            await peer.sockets.connected()
        else:
            peer.serve(ADDRESS + EVENTS_PATH, ByTurns([one.house.app for one in (bot, *others)]))
        stage = SlackStage(peer, Together([bot, *others]) if others else bot.pace)
        player = Player(stage)
        await player.begin()
        yield Staged(peer=peer, served=bot, stage=stage, player=player, beside=tuple(others))


def environment(peer: Peer) -> dict[str, str]:
    """What an operator would set."""
    app = peer.app
    way = {"SLACK_APP_TOKEN": app.app_token} if app.by_socket else {"SLACK_SIGNING_SECRET": app.secret}
    return {"SLACK_BOT_TOKEN": app.bot_token, "SLACK_API_URL": peer.api_url, **way}
