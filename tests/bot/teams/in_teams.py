"""The transport in the strict local Teams: what of it may be called Microsoft's there."""

import contextlib
import time
from dataclasses import replace

from bot.settings import Settings
from bot.teams.botframework import BotFramework
from bot.teams.cloud import PUBLIC
from tests.bot.teams.microsoft import Leading


def cloud(peer):
    """The public cloud with loopback addresses in it; the login keeps its name, which MSAL insists on."""
    return replace(PUBLIC, metadata=peer.metadata_url, services=(peer.base,))


def settings(peer, **other):
    own = {
        "microsoft_app_id": peer.app.id, "microsoft_app_password": peer.app.password,
        "microsoft_app_tenant_id": peer.app.tenant,
    }  # fmt: skip
    return Settings(**own | other)


@contextlib.asynccontextmanager
async def connected(peer, now=time.time, **other):
    """A transport that is open. `other` settings; `now` gives seconds."""
    transport = BotFramework(settings(peer, **other), now, cloud(peer), Leading(peer.base))
    await transport.open()
    try:
        yield transport
    finally:
        await transport.close()
