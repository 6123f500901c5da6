"""Every setting, read from the environment: the only place that does."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

OWN_TEMPLATES = Path(__file__).parent.parent / "templates"


class Settings(BaseSettings):
    """What an operator can set. The bot's own settings begin with CRITICAL_FRIEND_."""

    model_config = SettingsConfigDict(env_prefix="CRITICAL_FRIEND_", extra="ignore", populate_by_name=True)

    data: Path = Path("data")
    """The folder of the default database and of the room's own file."""
    templates: Path | None = None
    """A folder whose files stand in for those of the same name in `templates/`."""

    database: str | None = Field(default=None, validation_alias="DATABASE_URL")
    """The address of the bot's database; by default an SQLite file in `data`."""

    @property
    def database_url(self) -> str:
        """The address of the database in use."""
        return self.database or f"sqlite:///{self.data / 'critical-friend.sqlite3'}"

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """The folders of templates, the last one winning."""
        return (OWN_TEMPLATES, self.templates) if self.templates else (OWN_TEMPLATES,)
