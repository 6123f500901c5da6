"""No room left for an SQLite file: people are told, nothing is half done, and it mends itself."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text

from store.heard import Heard
from store.scoping import KeyLine
from store.session import Store
from tests.fakes import database
from tests.fakes import house as houses

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path, desk):
    url = database.fresh_file(tmp_path)
    houses.furnished(url, desk)
    house = houses.House(url, desk)
    yield house
    house.close()


def _room_for(house, pages):
    """Let the file grow by so many pages; None: by as many as it likes."""
    most = 1 << 30 if pages is None else pages + house.ask(text("PRAGMA page_count"))[0]
    house.ask(text(f"PRAGMA max_page_count={most}"))


async def test_disk_that_is_full_is_told_and_leaves_nothing_half_done(house, ear, logged):
    _room_for(house, 6)  # of the one line to the file that there is
    told = [await ear.hear(_said(house, number)) for number in range(30)]
    full = [number for number, answer in enumerate(told) if answer.card == house.answer("records_full")]
    _room_for(house, None)
    again = await ear.hear(_said(house, 99))

    assert full
    assert sorted(house.ask(select(KeyLine.text))) == sorted(
        _text(number) for number in (*set(range(30)).difference(full), 99)
    )
    assert len(house.ask(select(Heard))) == 30 - len(full) + 1
    assert again.card != house.answer("records_full")
    assert house.ask(text("PRAGMA integrity_check")) == ["ok"]
    assert '"SQLITE_FULL"' in logged.getvalue()


def _text(number):
    return f"number {number} " + "x" * 250


def _said(house, number):
    return house.said("Helen", "say back", fields={"text": _text(number), "day": "9 nov"})


_WRITES = """
import sys
from sqlalchemy import text
from store.session import Store
from store.trouble import Trouble
store = Store(sys.argv[1])
def unit(number):
    def work(session):
        for part in range(20):
            session.execute(text("INSERT INTO council (programme_id, name) VALUES (1, :name)"),
                            {"name": f"{number}/{part} " + "x" * 500})
    return work
for number in range(60):
    try:
        store.work(unit(number))
    except Trouble as trouble:
        print("trouble", type(trouble).__name__, flush=True)
        break
    print("done", number, flush=True)
"""


@pytest.mark.parametrize("limit", [200_001, 300_123, 412_345])
def test_disk_that_is_full_in_the_middle_of_a_write_keeps_what_was_done_and_no_more(house, limit):
    """The file that is written ahead of the database ends in the middle of a page."""
    house.close()
    writing = subprocess.run(
        [sys.executable, "-c", _WRITES, house.url], cwd=ROOT, text=True, capture_output=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)), timeout=60,
    )  # fmt: skip
    *done, trouble = writing.stdout.splitlines()
    store = Store(house.url)
    names = store.work(
        lambda session: list(session.scalars(text("SELECT name FROM council WHERE name LIKE '%/%'")))
    )
    whole = store.work(lambda session: session.scalar(text("PRAGMA integrity_check")))
    store.close()

    assert (trouble, whole, writing.stderr) == ("trouble Away", "ok", "")
    assert sorted({int(name.partition("/")[0]) for name in names}) == list(range(len(done)))
    assert len(names) == 20 * len(done)


async def test_file_that_somebody_else_writes_to_for_long_is_told_as_busy(house, ear):
    other = Store(house.url)
    with other.engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        held_up = await ear.hear(_said(house, 1))
    other.close()
    after = await ear.hear(_said(house, 2))

    assert held_up.card == house.answer("records_busy")
    assert after.card != house.answer("records_busy")
    assert house.ask(select(KeyLine.text)) == [_text(2)]
