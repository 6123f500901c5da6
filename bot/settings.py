"""Every setting, read from the environment: the only place that does."""

import re
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.address import file, read

OWN_TEMPLATES = Path(__file__).parent.parent / "templates"

APP_TYPES = ("SingleTenant", "UserAssignedMSI")

_FEWEST_DAYS, _MOST_DAYS = 2, 3650

_PAIR = re.compile(r"[a-z]+:[\w.-]+")


def _slack(name: str, default: str = "", *, secret: bool = False) -> Any:
    """A setting that people know by Slack's own name for it."""
    return Field(default=default, validation_alias=f"SLACK_{name}", repr=not secret)


def _microsoft(name: str, default: str = "", *, secret: bool = False) -> Any:
    """A setting that people know by the name it has in every bot for Teams."""
    return Field(default=default, validation_alias=f"Microsoft{name}", repr=not secret)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _parted(pair: str) -> tuple[str, str, str]:
    return pair.partition(":")


class Settings(BaseSettings):
    """What an operator can set. The bot's own settings begin with CRITICAL_FRIEND_."""

    model_config = SettingsConfigDict(
        env_prefix="CRITICAL_FRIEND_",
        extra="ignore",
        populate_by_name=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )

    data: Path = Path("data")
    """The folder of the default database and of the room's own file."""
    templates: Path | None = None
    """A folder whose files stand in for those of the same name in `templates/`."""

    database: str | None = Field(default=None, validation_alias="DATABASE_URL", repr=False)
    """The address of the bot's database; by default an SQLite file in `data`."""

    host: str = "127.0.0.1"
    """Where `serve` listens."""
    port: int = Field(default=8080, ge=1, le=65535)
    """The port on which `serve` listens."""
    metrics_host: str = "127.0.0.1"
    """Where figures are read by Prometheus; never by everybody."""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """The port on which they are read; without one nobody reads them."""
    trusted: str = ""
    """Whose e-mail addresses are believed besides the bot's own workspace: "slack:T0123ABC, …"."""

    keep_answers: int = 7
    """For how many days the bot keeps the words of its answers to people."""
    keep_words: int = 30
    """For how many days it keeps the words of messages that were sent, and all other traces."""

    slack_bot_token: str = _slack("BOT_TOKEN", secret=True)
    """The bot's token ("xoxb-…"); without one there is no Slack."""
    slack_app_token: str = _slack("APP_TOKEN", secret=True)
    """The app's token ("xapp-…"): with one Slack is heard over Socket Mode, without one over HTTP."""
    slack_signing_secret: str = _slack("SIGNING_SECRET", secret=True)
    """What Slack signs its requests with; needed over HTTP."""
    slack_api_url: str = _slack("API_URL", "https://slack.com/api/")
    """Another base of Slack's API, such as GovSlack's."""

    microsoft_app_id: str = _microsoft("AppId")
    """The bot's application id in Entra; without one there is no Teams."""
    microsoft_app_password: str = _microsoft("AppPassword", secret=True)
    """A client secret of the application; not needed with a managed identity."""
    microsoft_app_tenant_id: str = _microsoft("AppTenantId")
    """The Entra tenant in which the application is registered."""
    microsoft_app_type: str = _microsoft("AppType", "SingleTenant")
    """SingleTenant, or UserAssignedMSI where the bot runs in Azure without a secret."""
    teams_tenants: str = ""
    """Further Entra tenants whose people may talk to the bot, with commas."""
    teams_emulator: bool = False
    """Take unsigned activities from this machine, to try the bot out without a tenant."""

    @field_validator("microsoft_app_type")
    @classmethod
    def _is_one_tenants(cls, kind: str) -> str:
        if kind == "MultiTenant":
            raise ValueError("Microsoft makes no multi-tenant bots any more: register it as SingleTenant")
        if kind not in APP_TYPES:
            raise ValueError(f"choose {' or '.join(APP_TYPES)}")
        return kind

    @field_validator("database")
    @classmethod
    def _is_a_database(cls, written: str | None) -> str | None:
        if written and read(written).get_backend_name() == "sqlite" and file(written) is None:
            raise ValueError("name a file: a database that is kept in none is forgotten")
        return written

    @field_validator("keep_answers", "keep_words")
    @classmethod
    def _outlasts_the_chats(cls, days: int) -> int:
        """A chat may deliver again for some hours what somebody said, and a person look up what was sent."""
        if not _FEWEST_DAYS <= days <= _MOST_DAYS:
            raise ValueError(f"give a whole number of days from {_FEWEST_DAYS} to {_MOST_DAYS}")
        return days

    @field_validator("trusted")
    @classmethod
    def _names_pairs(cls, trusted: str) -> str:
        if not all(_PAIR.fullmatch(one) for one in _listed(trusted)):
            raise ValueError("name each as platform:tenant, such as slack:T0123, with commas between them")
        return trusted

    @property
    def trusted_tenants(self) -> frozenset[tuple[str, str]]:
        """The (platform, tenant) pairs of `trusted`."""
        return frozenset((platform, tenant) for platform, _, tenant in map(_parted, _listed(self.trusted)))

    @property
    def teams_allowed(self) -> frozenset[str]:
        """The Entra tenants whose people may talk to the bot: the application's own, and those named."""
        return frozenset(
            tenant.lower() for tenant in _listed(f"{self.microsoft_app_tenant_id},{self.teams_tenants}")
        )

    @property
    def database_url(self) -> str:
        """The address of the database in use."""
        return self.database or f"sqlite:///{self.data / 'critical-friend.sqlite3'}"

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """The folders of templates, the last one winning."""
        return (OWN_TEMPLATES, self.templates) if self.templates else (OWN_TEMPLATES,)
