"""The commands on a database: beside a running bot, after a newer one, and on one that cannot be used."""

import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

import store
from bot.cli import main
from bot.database import real_store, why
from bot.settings import Settings
from bot.surface import CannotServe
from store.migrations import upgrade
from store.session import Store
from store.sole import held
from store.trouble import Away


@pytest.fixture
def url(tmp_path, monkeypatch):
    """The newest schema, in the database that every command finds."""
    url = f"sqlite:///{tmp_path / 'critical-friend.sqlite3'}"
    monkeypatch.setenv("CRITICAL_FRIEND_DATA", str(tmp_path))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    made = Store(url)
    upgrade(made.engine)
    made.close()
    return url


def run(monkeypatch, capsys, command):
    """How a command ends, and what it says."""
    monkeypatch.setattr("sys.argv", ["critical-friend", command])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code, said.out + said.err


@pytest.mark.parametrize("command", ["serve", "database"])
def test_command_is_refused_while_another_process_has_the_file(url, monkeypatch, capsys, command):
    with held(url):
        code, said = run(monkeypatch, capsys, command)

    assert (code, said.count("\n")) == (1, 1)
    assert "Another process has this database open" in said


def test_code_can_be_had_beside_a_running_bot(url, monkeypatch, capsys):
    with held(url):
        code, said = run(monkeypatch, capsys, "claim")

    assert code == 0
    assert "claim " in said


@pytest.mark.parametrize("command", ["serve", "database", "claim"])
def test_database_of_a_newer_bot_is_left_as_it_is(url, monkeypatch, capsys, command):
    newer = Store(url)
    newer.work(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    code, said = run(monkeypatch, capsys, command)
    left = newer.work(lambda session: session.scalar(text("SELECT version_num FROM alembic_version")))
    newer.close()

    assert (code, said.count("\n"), left) == (1, 1, "9999")
    assert "newer Critical Friend" in said


def test_database_without_its_driver_tells_how_to_install_it(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://jo:very-secret@db.example/name")
    monkeypatch.delattr(store, "postgresql", raising=False)
    monkeypatch.setitem(sys.modules, "store.postgresql", None)
    code, said = run(monkeypatch, capsys, "claim")

    assert code == 1
    assert said == (
        "The database cannot be used. DATABASE_URL: PostgreSQL needs its driver first. Install it with: "
        "pip install --require-hashes -r requirements/pg.txt (docs/postgresql.md).\n"
    )


def test_database_where_nothing_listens_is_told_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://jo:very-secret@/name?host={tmp_path}")
    code, said = run(monkeypatch, capsys, "database")

    assert code == 1
    assert "Is PostgreSQL running" in said
    assert "secret" not in said


def test_option_that_postgresql_does_not_know_is_told_so(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://jo:very-secret@127.0.0.1:1/name?colour=very-secret")
    code, said = run(monkeypatch, capsys, "database")

    assert code == 1
    assert "behind its ?" in said
    assert "secret" not in said


WORDS = {
    'FATAL:  password authentication failed for user "jo"': "refuses the name or the password",
    'FATAL:  database "name" does not exist': "no database of that name",
    'FATAL:  role "jo" does not exist': "no user of that name",
    'FATAL:  no pg_hba.conf entry for host "192.0.2.1", no encryption': "pg_hba.conf",
    "server does not support SSL, but SSL was required": "encryption",
    "SSL error: certificate verify failed": "sslrootcert",
    'failed to resolve host "db.example": Name or service not known': "no machine of that name",
    "connection to server failed: Connection refused": "Is PostgreSQL running",
    "connection to server failed: Network is unreachable": "no way to that machine",
    "connection timeout expired": "Nothing answers there",
    "FATAL:  sorry, too many clients already": "no connection left",
    "FATAL:  the database system is starting up": "just starting",
}


@pytest.mark.parametrize(("words", "said"), WORDS.items())
def test_server_that_lets_nobody_in_is_told_by_its_reason(words, said):
    assert said in why(OperationalError(None, None, Exception(words)))


def test_user_without_the_rights_may_be_the_wrong_one():
    hitch = OperationalError("CREATE TABLE", {}, Exception())
    hitch.orig.sqlstate = "42501"

    assert why(hitch) == (
        "The user in DATABASE_URL may not do that there. Is it the right one? "
        "If so, make it the owner (ALTER DATABASE … OWNER TO …)."
    )


def test_file_that_may_not_be_written_to_is_told_so(tmp_path):
    hitch = OperationalError("BEGIN IMMEDIATE", {}, Exception())
    hitch.orig.sqlite_errorname = "SQLITE_READONLY_DBMOVED"
    away = Away("SQLITE_READONLY")
    away.__cause__ = hitch

    assert why(away) == "This user may not write to its file, or to the folder it lies in."


def test_mistake_of_ours_is_not_taken_for_the_databases(monkeypatch):
    def fails(_url):
        raise ProgrammingError("SELECT", {}, Exception("no such column"))

    monkeypatch.setattr("bot.cli.Store", fails)
    monkeypatch.setattr("sys.argv", ["critical-friend", "claim"])
    with pytest.raises(ProgrammingError):
        main()


def test_database_that_is_not_there_is_not_made(url):
    with pytest.raises(CannotServe, match="no database yet"):
        real_store(Settings(database=url.replace("critical-friend", "another")))
