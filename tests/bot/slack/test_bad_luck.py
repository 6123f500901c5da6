"""What goes wrong with Slack and in it: nothing is lost, nothing doubled, and people are told what they must do."""

import asyncio
from collections import Counter

import pytest

from tests.fakes.slack import channels
from tests.fakes.slack_stage.house import slack_house

OPENING = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Ruth Ellis", council="Regional programme", email="ruth@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
person "Martin Lowe", council="Borough of Northmere", email="martin@northmere.example"
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Ruth from Regional programme as peer challenge manager
Jo: confirm @Martin from Northmere as lead peer
Jo: ready
"""


@pytest.fixture
async def slack(tmp_path):
    """Exampleshire is open: Ruth is challenge manager, Martin lead peer, and they have their team room."""
    async with slack_house(tmp_path) as house:
        await house.goes_on(OPENING)
        yield house


def team_room(slack):
    return slack.stage._room("Ruth", "team", "")


def doubled(slack):
    """What somebody has before them twice in one place."""
    found = Counter(
        (who, shown.channel, shown.plain, shown.ts and tuple(shown.labels))
        for who, user in slack.stage.users.items()
        for shown in slack.peer.messages(user)
        if shown.author is None
    )
    return [one for one, times in found.items() if times > 1]


async def test_x(slack):
    await slack.goes_on("at 2026-07-07 09:30")
    for who in slack.stage.users:
        print(who, *slack.plain(who), sep="\n---")
    assert 0
