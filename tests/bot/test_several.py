"""Several processes on one database answer as one does: nobody notices how many there are."""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from store.scoping import KeyLine
from tests.fakes.slack_stage.house import slack_house
from tests.fakes.staging import doubled, holds
from tests.fakes.teams_stage.house import teams_house

CHATS = {
    "slack": slack_house,
    "slack by sockets": partial(slack_house, socket_mode=True),
    "teams": teams_house,
}


@pytest.fixture(params=CHATS)
def chat(request):
    return CHATS[request.param]


def what_stands(house) -> Counter:
    """The words of the bot before each person, wherever they stand."""
    return Counter(
        (who, shown.plain)
        for who, user in house.stage.users.items()
        for shown in house.peer.messages(user)
        if shown.author is None
    )


async def played(house) -> Counter:
    await house.plays("thin_thread")
    await house.stage.rest()
    assert doubled(house) == []
    return what_stands(house)


async def test_talk_heard_by_several_by_turns_ends_as_with_one(tmp_path, chat):
    for folder in ("one", "several"):
        (tmp_path / folder).mkdir()
    async with chat(tmp_path / "one") as house:
        stands = await played(house)
    async with chat(tmp_path / "several", bots=2) as house:
        assert await played(house) == stands


# The same delivered to two of them at the same moment

OPENED = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Helen as sponsor
"""
TYPED = "Jo: kloe add Is it kind?"
ASKED = "Jo in programme: /challenge kloe add"
FILLED = 'Jo fills "Key line of enquiry": text=Is it kind?'
FILLED_BADLY = 'Jo fills "Key line of enquiry": text='
PRESSED = 'Jo presses "Ready to contact"'
ADDED, CONTACTED, KLOE = "Key line of enquiry 1 added", "From now on I may contact", "Is it kind?"


async def delivered_twice(house, before: str, act: str, **how) -> tuple[Any, Any]:
    """The responses of two to the same act of Jo's, which reaches them at the same moment."""
    await house.goes_on(OPENED + before)
    await house.stage.rest()
    house.peer.unkind.redeliver(during=True, times=None, **how)
    await house.goes_on(act)
    house.peer.unkind.stop()
    first, again = [one for one in house.peer.deliverer.deliveries if one.kind == how["kind"]][-2:]
    return (first.status, first.body), (again.status, again.body)


def answers(house, words: str) -> int:
    return holds(house, "Jo", words)


def key_lines(house) -> list[str]:
    return house.store.work(lambda session: list(session.scalars(select(KeyLine.text))))


@pytest.mark.parametrize(
    ("before", "act", "kind"),
    [("", TYPED, "events_api"), (ASKED, FILLED, "interactive"), ("", PRESSED, "interactive")],
    ids=["event", "form", "press"],
)
async def test_act_that_slack_delivers_to_two_at_once_is_done_and_answered_once(tmp_path, before, act, kind):
    async with slack_house(tmp_path, bots=2) as house:
        first, again = await delivered_twice(house, before, act, kind=kind)

        assert first == again
        assert key_lines(house) == ([] if act == PRESSED else [KLOE])
        assert answers(house, CONTACTED if act == PRESSED else ADDED) == 1


async def test_form_with_mistakes_that_slack_delivers_to_two_at_once_stays_open(tmp_path):
    async with slack_house(tmp_path, bots=2) as house:
        first, again = await delivered_twice(house, ASKED, FILLED_BADLY, kind="interactive")

        assert (first, first[1]["response_action"]) == (again, "errors")


TWICE_IN_TEAMS = {
    "message": ("", TYPED, {"kind": "message"}),
    "form": (ASKED, FILLED, {"kind": "invoke"}),
    "form under another id": (ASKED, FILLED, {"kind": "invoke", "another_id": True}),
    "press": ("", PRESSED, {"kind": "invoke"}),
    "press under another id": ("", PRESSED, {"kind": "invoke", "another_id": True}),
}


@pytest.mark.parametrize(("before", "act", "how"), TWICE_IN_TEAMS.values(), ids=TWICE_IN_TEAMS)
async def test_act_that_teams_delivers_to_two_at_once_is_done_and_answered_once(tmp_path, before, act, how):
    async with teams_house(tmp_path, bots=2) as house:
        first, again = await delivered_twice(house, before, act, **how)

        assert first == again
        assert key_lines(house) == ([] if act == PRESSED else [KLOE])
        assert answers(house, CONTACTED if act == PRESSED else ADDED) == 1


async def test_form_with_mistakes_that_teams_delivers_to_two_at_once_stays_open(tmp_path):
    async with teams_house(tmp_path, bots=2) as house:
        first, again = await delivered_twice(house, ASKED, FILLED_BADLY, kind="invoke")

        assert (first, first[1]["task"]["type"]) == (again, "continue")
