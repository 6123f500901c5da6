"""The main talks over a Teams that is unkind: the bot does and says the same, each thing once.

What the bot posted it cannot look for in Teams. So after a dropped line an answer may be said once more,
with words in front that say so; and of any other message a person finds out whether it is there.
"""

import json

import pytest

from tests.fakes.staging import doubled
from tests.fakes.teams_stage.house import teams_house
from tests.fakes.unkind import alternately, first_time

AGAIN = "You may have this already"
WRITES = ("send", "create", "update")


def first_but_never_again():
    """Agrees to a call that was not there before, and to none that says something once more."""
    first = first_time()
    return lambda args: AGAIN not in json.dumps(args) and first(args)


def drops_after(be):
    be.drop_after(times=None, when=first_but_never_again())


def drops_before(be):
    be.drop_before(times=None, when=first_but_never_again())


def asks_for_patience(be):
    for method in WRITES:
        be.too_many(method, seconds=30, times=None, when=first_time())


UNKIND = {
    "drops the line after accepting": drops_after,
    "drops the line before accepting": drops_before,
    "asks for patience": asks_for_patience,
    "says that something changed meanwhile": lambda be: be.status(status=412, times=None, when=first_time()),
    "is out of order": lambda be: be.status(status=502, times=None, when=first_time()),
    "is slow": lambda be: be.slow(seconds=0.002, times=None),
    "delivers again": lambda be: be.redeliver(times=None),
    "delivers again meanwhile": lambda be: be.redeliver(during=True, times=None),
    "does not hear the response": lambda be: be.unheard("message", times=None),
    "refuses a token once": lambda be: be.token_refused(times=None, when=alternately()),
}

HARDEST = ("drops the line after accepting", "asks for patience", "delivers again meanwhile")


@pytest.mark.parametrize("unkind", UNKIND)
async def test_talk_over_an_unkind_teams_holds(tmp_path, unkind):
    async with teams_house(tmp_path) as house:
        UNKIND[unkind](house.peer.unkind)
        await house.plays("thin_thread")
        assert doubled(house) == []
        assert house.stage.hands.in_doubt() == []


@pytest.mark.parametrize(
    "unkind", ["drops the line after accepting", "asks for patience", "delivers again meanwhile"]
)
async def test_main_talk_over_an_unkind_teams_holds(tmp_path, unkind):
    async with teams_house(tmp_path) as house:
        UNKIND[unkind](house.peer.unkind)
        await house.plays("whole_challenge")
