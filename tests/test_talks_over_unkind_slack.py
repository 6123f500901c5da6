"""The main talks over a Slack that is unkind: the bot does and says the same, each thing once."""

import pytest

from tests.fakes.slack_stage.house import slack_house
from tests.fakes.unkind import alternately, first_time

MAIN = ("thin_thread", "whole_challenge")

UNKIND = {
    "drops the line after accepting": lambda be: be.drop_after(times=None, when=first_time()),
    "drops the line before accepting": lambda be: be.drop_before(times=None, when=first_time()),
    "asks for patience": lambda be: be.too_many(seconds=30, times=None, when=first_time()),
    "is out of order": lambda be: be.status(status=503, times=None, when=first_time()),
    "is slow": lambda be: be.slow(seconds=0.002, times=None),
    "delivers events again": lambda be: be.redeliver(times=None),
    "delivers events again meanwhile": lambda be: be.redeliver(during=True, times=None),
    "does not hear the answer": lambda be: be.unheard(times=None),
    "opens no form in time": lambda be: be.error(
        "expired_trigger_id", "views.open", times=None, when=alternately()
    ),
}


@pytest.mark.parametrize("unkind", UNKIND)
@pytest.mark.parametrize("name", MAIN)
async def test_main_talk_over_an_unkind_slack_holds(tmp_path, name, unkind):
    async with slack_house(tmp_path) as house:
        UNKIND[unkind](house.peer.unkind)
        await house.plays(name)
