"""The bot's registration: its id, its secret, and the tenant it belongs to."""

import uuid
from dataclasses import dataclass, field

from tests.fakes.teams.tenancy import HOME, Json

NAME = "Critical Friend"


@dataclass(kw_only=True)
class App:
    """A single-tenant registration. `dead`: what the connector says to every token of it, if anything."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    password: str = "a secret of nobody"
    tenant: str = HOME
    name: str = NAME
    dead: str | None = None

    @property
    def bot(self) -> str:
        """How Teams names the bot."""
        return f"28:{self.id}"

    @property
    def account(self) -> Json:
        """The bot as activities name it."""
        return {"id": self.bot, "name": self.name}
