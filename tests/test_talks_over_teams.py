"""Every talk in tests/talks is played over Teams, by signed requests; the people of one council from afar."""

import pytest

from tests.conftest import TALKS
from tests.fakes.teams_stage.house import teams_house


@pytest.mark.parametrize("name", sorted(path.stem for path in TALKS.glob("*.talk")))
async def test_talk_over_teams_holds(tmp_path, name):
    async with teams_house(tmp_path) as house:
        await house.plays(name)
