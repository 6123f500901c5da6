"""Migrations: the schema is the models', and a step in the life of a database keeps its rows."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store import migrations
from store.everything import tables
from store.outbox import Outgoing
from store.session import Store
from tests.fakes import database

REBUILDS_PERSON = """
    with op.batch_alter_table("person", recreate="always") as person:
        person.alter_column("name", type_=sa.String(200))
        person.add_column(sa.Column("pronouns", sa.String))
"""
ORPHANS_ACCOUNTS = """
    op.execute("DELETE FROM person")
"""
FIRST_SCHEMA = (
    "INSERT INTO programme (id, name, zone, nation) VALUES (1, 'p', 'UTC', 'ENG')",
    "INSERT INTO person (id, programme_id, name, working_days) VALUES (1, 1, 'Helen', '12345')",
    """INSERT INTO account (platform, tenant, account, person_id, name, guest, seen_at)
       VALUES ('room', 'room', 'helen', 1, 'Helen', false, '2026-07-06 09:00:00')""",
)
"""Somebody with an account, as any schema takes it."""
_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
{body}
"""


def _rows(store, sql):
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


@pytest.fixture
def lived_in(store):
    """A database in which Helen has an account."""
    _live_in(store)
    return store


@pytest.fixture
def file_lived_in(in_file):
    """The same in a file of SQLite's: to change a table it makes a new one and drops the old one."""
    _live_in(in_file)
    return in_file


def _live_in(store):
    with store.engine.begin() as connection:
        for statement in FIRST_SCHEMA:
            connection.execute(text(statement))


@pytest.fixture
def migrate(tmp_path):
    """Run one more step after the real ones, with the real env.py."""

    def run(store, body):
        folder = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, folder)
        config = migrations._config(store.engine)
        config.set_main_option("script_location", str(folder))
        [(head,)] = _rows(store, "SELECT version_num FROM alembic_version")
        (folder / "versions" / "9999_one_more.py").write_text(_STEP.format(head=head, body=body))
        command.upgrade(config, "head")

    return run


def test_schema_of_the_migrations_is_the_models_own(store):
    with store.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), tables)

    assert difference == []


def test_what_is_asked_by_each_night_is_found_by_an_index(store):
    """Each row of the outbox that is deleted is looked for in what points at it, under the writers' lock."""
    found = inspect(store.engine)
    points_at_it = [
        (table, *key["constrained_columns"])
        for table in found.get_table_names()
        for key in found.get_foreign_keys(table)
        if key["referred_table"] == "outgoing"
    ]
    asked = [*points_at_it, ("heard", "person_id"), ("heard", "challenge_id")]
    indexed = [(table, index["column_names"][0]) for table, _ in asked for index in found.get_indexes(table)]

    assert ("posted", "outgoing_id") in asked
    assert set(asked) <= set(indexed)


def test_rebuilding_a_parent_table_keeps_its_children(file_lived_in, migrate):
    migrate(file_lived_in, REBUILDS_PERSON)

    assert "pronouns" in {column["name"] for column in inspect(file_lived_in.engine).get_columns("person")}
    assert _rows(file_lived_in, "SELECT account, person_id FROM account") == [("helen", 1)]


def test_foreign_keys_are_enforced_again_after_a_migration(file_lived_in, migrate):
    migrate(file_lived_in, REBUILDS_PERSON)

    with pytest.raises(IntegrityError), file_lived_in.engine.begin() as connection:
        connection.execute(text("UPDATE account SET person_id = 99"))


def test_migration_that_would_leave_rows_without_their_parent_is_undone(file_lived_in, migrate):
    with pytest.raises(RuntimeError, match="1 rows without their parent"):
        migrate(file_lived_in, ORPHANS_ACCOUNTS)

    assert _rows(file_lived_in, "SELECT name FROM person") == [("Helen",)]


def test_database_is_current_only_after_its_upgrade(tmp_path):
    store = Store(database.blank(tmp_path))
    before = migrations.is_current(store.engine)
    migrations.upgrade(store.engine)
    after = migrations.is_current(store.engine)
    store.close()

    assert (before, after) == (False, True)


def test_upgrading_twice_changes_nothing(lived_in):
    migrations.upgrade(lived_in.engine)

    assert _rows(lived_in, "SELECT name FROM person") == [("Helen",)]


def test_accounts_of_the_first_schema_are_active_in_the_second(tmp_path):
    store = Store(database.blank(tmp_path))
    command.upgrade(migrations._config(store.engine), "0001")
    _live_in(store)
    migrations.upgrade(store.engine)
    kept = _rows(store, "SELECT account, active FROM account")
    store.close()

    assert kept == [("helen", True)]


def test_sentences_about_failures_become_words_and_the_chats_that_were_asked_a_list(tmp_path):
    store = Store(database.blank(tmp_path))
    command.upgrade(migrations._config(store.engine), "0016")
    _live_in(store)
    said = {
        "dead": "may no longer be read there",
        "by_hand": "no account: slack,teams",
        "sent": None,
        "skipped": "no such room",
    }
    with store.engine.begin() as connection:
        for state, failure in said.items():
            connection.execute(
                text(
                    """INSERT INTO outgoing (programme_id, key, op, facts, hidden, state, late, queued_at,
                           not_before, attempts, failure, unwanted)
                       VALUES (1, :state, 'post', '{}', '{}', :state, 'skip', '2026-07-06 09:00:00',
                           '2026-07-06 09:00:00', 0, :failure, false)"""
                ),
                {"state": state, "failure": failure},
            )
    migrations.upgrade(store.engine)
    with Session(store.engine) as session:
        kept = {row.state: (row.failure, row.looked_up_in) for row in session.scalars(select(Outgoing))}
    store.close()

    assert kept == {
        "dead": ("not_for_its_reader", None),
        "by_hand": (None, ["slack", "teams"]),
        "sent": (None, None),
        "skipped": ("no such room", None),
    }
