"""A bot that is served to the local peer by signed requests, with a rehearsal's clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from bot.settings import Settings
from bot.surface import Surface
from bot.talk.play import Player
from bot.teams import surface as teams
from bot.teams.cloud import PUBLIC, Cloud
from bot.teams.manifest import ENDPOINT
from bot.teams.presses import AGAIN_WITHIN
from tests.bot.teams.microsoft import Leading
from tests.fakes import database
from tests.fakes.several import ByTurns, Together, several
from tests.fakes.staging import Staged
from tests.fakes.teams import ELSEWHERE, Peer
from tests.fakes.teams_stage.doubts import Doubts
from tests.fakes.teams_stage.stage import TeamsStage

ADDRESS = f"https://bot.example{ENDPOINT}"
OTHERS = {"TEAMS_TENANTS": ELSEWHERE, "TRUSTED": f"teams:{ELSEWHERE}"}

TeamsHouse: TypeAlias = Staged[Peer, TeamsStage]


@asynccontextmanager
async def teams_house(
    folder: Path, *, federated: str = "", patience: float = 5.0, bots: int = 1
) -> AsyncIterator[TeamsHouse]:
    """A tenant with a bot that has heard of nothing yet, or with several on one database.

    `federated`: as the stage takes it.
    """
    async with (
        Peer(patience=patience) as peer,
        several(bots, settings(folder, peer, database.fresh(folder)), partial(opened, peer.base)) as [
            bot,
            *others,
        ],
    ):
        peer.serve(ADDRESS, ByTurns([one.house.app for one in (bot, *others)]))
        pace = Together([bot, *others]) if others else bot.pace
        stage = TeamsStage(peer, pace, federated=federated)
        stage.hands.doubts = Doubts(bot.store, bot.house.bot.ear.desk.words, peer)
        stage.takes_time = partial(bot.clock.passes, AGAIN_WITHIN.total_seconds())
        player = Player(stage)
        await player.begin()
        yield Staged(peer=peer, served=bot, stage=stage, player=player, beside=tuple(others))


def settings(folder: Path, peer: Peer, url: str) -> Settings:
    """The settings of a bot in the peer's tenant, whose people come from a second tenant too."""
    return Settings(
        data=folder,
        database=url,
        **registration(peer),
        **{name.lower(): value for name, value in OTHERS.items()},
    )


def environment(peer: Peer) -> dict[str, str]:
    """The same as an operator would set it."""
    return registration(peer) | {f"CRITICAL_FRIEND_{name}": value for name, value in OTHERS.items()}


def registration(peer: Peer) -> dict[str, str]:
    """Which app it is."""
    return {
        "MicrosoftAppId": peer.app.id, "MicrosoftAppPassword": peer.app.password,
        "MicrosoftAppTenantId": peer.app.tenant,
    }  # fmt: skip


@asynccontextmanager
async def opened(base: str, settings: Settings) -> AsyncIterator[tuple[Surface, ...]]:
    """The surface of a bot for which the peer at an address is Microsoft."""
    async with teams.opened(settings, cloud(base), Leading(base)) as surface:
        yield (surface,)


def cloud(base: str) -> Cloud:
    """Microsoft's addresses, as the peer has them."""
    return replace(PUBLIC, metadata=f"{base}/v1/.well-known/openidconfiguration", services=(base,))
