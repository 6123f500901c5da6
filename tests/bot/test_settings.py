"""Every setting is documented, and no secret is shown by accident."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import settings_told
from bot.settings import Settings
from store.address import read

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
SECRETS = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "microsoft_app_password")


def names():
    """The settings as an operator writes them."""
    return {
        str(field.validation_alias or f"CRITICAL_FRIEND_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }


def test_settings_are_documented_and_no_others():
    documented = re.findall(r"^\| `([A-Za-z_]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(documented) == sorted(names())


def test_defaults_are_documented():
    table = DOCS.read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        keep = {"keep_answers", "keep_words"}
        if name in {*keep, "data", "host", "port", "metrics_host", "slack_api_url", "microsoft_app_type"}:
            setting = str(field.validation_alias or f"CRITICAL_FRIEND_{name.upper()}")
            assert f"| `{setting}` | `{field.default}` |" in table


def test_settings_shown_in_a_log_keep_their_secrets():
    database = "postgresql://critical_friend:very-secret@db.example/critical_friend"
    settings = Settings(database=database, **dict.fromkeys(SECRETS, "xoxb-very-secret"))

    assert "very-secret" not in f"{settings!r} {settings}"


ADDRESSES = {
    "very-secret": "write it as postgresql://user:password@host/name; an @",
    "mysql://jo:very-secret@db.example/name": "begin it with postgresql://",
    "postgresql+asyncpg://jo:very-secret@db.example/name": "begin it with postgresql://",
    "postgresql://jo:very@secret@db.example/name": "is written as %40",
    "postgresql://jo:very-secret@db.example:port/name": "write it as postgresql://user:password@host/name",
    "sqlite://": "name a file",
    "sqlite:///:memory:": "name a file",
    "sqlite:///file:very-secret?uri=true": "write the file as sqlite:///folder",
}


@pytest.mark.parametrize(("address", "said"), ADDRESSES.items())
def test_database_that_cannot_be_is_told_without_its_password(monkeypatch, address, said):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ValidationError) as wrong:
        Settings()
    [(name, told)] = settings_told.told(wrong.value)

    assert (name, said.casefold() in told.casefold()) == ("DATABASE_URL", True)
    assert "secret" not in f"{told} {wrong.value!r} {wrong.value}"


def test_password_of_a_database_may_have_odd_signs():
    url = read("postgres://jo:p%40ss:w/o#r?d%25@[::1]:5433/name?sslmode=verify-full")

    assert url.drivername == "postgresql+psycopg"
    assert (url.password, url.host, url.port, url.query["sslmode"]) == (
        "p@ss:w/o#r?d%", "::1", 5433, "verify-full"
    )  # fmt: skip


def test_blanks_around_a_setting_are_not_part_of_it(monkeypatch):
    monkeypatch.setenv("SLACK_SIGNING_SECRET", " 8f742231b10e8888\n")

    assert Settings().slack_signing_secret == "8f742231b10e8888"


def test_settings_of_teams_are_read_by_the_names_people_know(monkeypatch):
    monkeypatch.setenv("MicrosoftAppId", "11111111-2222-3333-4444-555555555555")
    monkeypatch.setenv("MICROSOFTAPPTENANTID", "EXAMPLESHIRE")
    monkeypatch.setenv("CRITICAL_FRIEND_TEAMS_TENANTS", "region, , north")
    settings = Settings()

    assert settings.microsoft_app_id == "11111111-2222-3333-4444-555555555555"
    assert settings.teams_allowed == {"exampleshire", "region", "north"}


@pytest.mark.parametrize(
    ("kind", "said"), [("MultiTenant", "register it as SingleTenant"), ("single", "choose SingleTenant or")]
)
def test_app_type_that_cannot_work_is_refused_with_what_to_do(kind, said):
    with pytest.raises(ValueError, match=said):
        Settings(microsoft_app_type=kind)
