"""Ten storms: SIGKILL at random while challenges are on site; nothing is lost, and nothing is said twice.

`make storm` runs them for longer. The one process and the several have the same undisturbed run beside
them, on SQLite: what people get does not depend on the database either.
"""

from collections import Counter

import pytest

from tests.fakes import database
from tests.storm.outbreak import stormed
from tests.storm.storm import Plan, on_sqlite
from tests.storm.undisturbed import Undisturbed, undisturbed
from tests.storm.verdict import judged

pytestmark = pytest.mark.skipif(
    database.ON_POSTGRESQL, reason="a storm chooses its own databases: it is run with the tests on SQLite"
)

KILLS = 6
SEEDS = {1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 2, 8: 3, 9: 3, 10: 3}
"""Seeds, and how many processes each is for."""
TALE = {"tale": 2, "councils": 2, "days": 1}


@pytest.fixture(scope="module")
def calm():
    """The undisturbed run, once for all storms: filled by the first of them."""
    return []


async def _calm(calm: list[Undisturbed], tmp_path_factory) -> Undisturbed:
    if not calm:
        calm.append(await undisturbed(Plan(database=on_sqlite, **TALE), tmp_path_factory.mktemp("calm")))
    return calm[0]


@pytest.mark.parametrize(("seed", "processes"), SEEDS.items())
async def test_storm_loses_nothing_and_says_nothing_twice(
    tmp_path, tmp_path_factory, request, calm, seed, processes
):
    expected = await _calm(calm, tmp_path_factory)
    where = request.getfixturevalue("on_postgresql") if processes > 1 else on_sqlite
    plan = Plan(
        database=where, processes=processes, kills=KILLS, among=expected.happenings, seed=seed, **TALE
    )
    async with stormed(plan, tmp_path) as storm:
        verdict = judged(storm, expected.left)

    assert (verdict.lost, verdict.twice, verdict.wrong) == (Counter(), Counter(), ())
    assert verdict.kills == KILLS
    assert verdict.resolved == verdict.uncertain <= verdict.in_hand
