"""A press that Teams sends again under another id has one effect; one that somebody means has its own."""

import asyncio
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.teams import listening
from bot.teams.presses import AGAIN_WITHIN
from store.heard import Heard
from store.scoping import KeyLine


@pytest.fixture
async def card(teams):
    """A card in Jo's personal chat, with buttons that add a key line of enquiry and that ask for help."""
    lines = ("kloe add Is early help soon enough?", "kloe add Is it kind?")
    near = [{"line": line, "label": line} for line in lines]
    card = teams.house.answer("no_such_command", {"near": near})
    place = await teams.surface.platform.direct(teams.jo.object_id)
    await teams.surface.platform.post(place, card, "key")
    return teams.of_the_bot(teams.jo)[-1]


async def _presses(teams, card, label):
    act = await teams.peer.press(teams.jo, card, label)
    await teams.rest()
    assert act.trouble is None
    return act


def _key_lines(teams):
    return [line.text for line in teams.house.ask(select(KeyLine).order_by(KeyLine.id))]


def _outcomes(teams):
    acts = select(Heard).where(Heard.answer.is_not(None)).order_by(Heard.at, Heard.id)
    return [heard.outcome for heard in teams.house.ask(acts)]


FIRST, SECOND = "Is early help soon enough?", "Is it kind?"


@pytest.mark.parametrize("during", [True, False])
async def test_press_that_teams_repeats_under_another_id_has_one_effect_and_the_same_response(
    teams, card, during
):
    before = len(teams.of_the_bot(teams.jo))
    teams.peer.unkind.redeliver("invoke", copies=2, during=during, another_id=True)
    act = await _presses(teams, card, card.labels[0])

    assert len({one.activity["id"] for one in act.deliveries}) == 3
    assert [one.body for one in act.deliveries] == [act.deliveries[0].body] * 3
    assert (_key_lines(teams), len(teams.of_the_bot(teams.jo))) == ([FIRST], before + 1)


async def test_press_a_good_while_later_is_another_one(teams, card):
    for _ in range(2):
        await _presses(teams, card, card.labels[0])
        teams.house.clock.wait(AGAIN_WITHIN.total_seconds())

    assert _key_lines(teams) == [FIRST, FIRST]


async def test_press_after_another_one_is_meant(teams, card):
    for label in (card.labels[0], card.labels[1], card.labels[0]):
        await _presses(teams, card, label)

    assert _key_lines(teams) == [FIRST, SECOND, FIRST]


async def test_press_after_something_was_typed_is_meant(teams, card):
    await _presses(teams, card, card.labels[0])
    await teams.peer.say(teams.jo, teams.peer.direct(teams.jo), "kloe drop 1")
    await teams.rest()
    await _presses(teams, card, card.labels[0])

    assert len(_key_lines(teams)) == 2


async def test_press_that_was_answered_late_is_the_same_whatever_was_done_since(teams, card, monkeypatch):
    """Jo grows impatient, and Teams sends her first press again after the next thing she did."""
    busy = asyncio.create_task(teams.served.bot.ear.work_at_once(lambda _session: time.sleep(0.4)))
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.1)
    await teams.peer.press(teams.jo, card, card.labels[0])
    await busy
    await teams.rest()
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 4.0)
    await _presses(teams, card, card.labels[1])
    await _presses(teams, card, card.labels[0])

    assert _key_lines(teams) == [FIRST, SECOND]


async def test_same_button_on_another_card_is_another_press(teams, card):
    await _presses(teams, card, card.labels[0])
    again = teams.house.answer(
        "no_such_command", {"near": [{"line": f"kloe add {FIRST}", "label": card.labels[0]}]}
    )
    await teams.surface.platform.post(card.place, again, "another")
    await _presses(teams, teams.of_the_bot(teams.jo)[-1], card.labels[0])

    assert _key_lines(teams) == [FIRST, FIRST]


async def test_press_that_was_refused_can_be_made_again_at_once(teams, card):
    place, value = teams.peer.direct(teams.jo), {"action": {"verb": "phrase", "data": {}}}
    for _ in range(2):
        await teams.peer.invoke(teams.jo, place, "adaptiveCard/action", value)
        await teams.rest()

    assert _outcomes(teams) == ["refused", "refused"]


# In time


async def test_press_is_answered_in_time_while_the_store_is_busy(teams, card, monkeypatch):
    """That the conversation moved is written down beside the act, not before it."""
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.1)
    references = teams.surface.platform.references
    known = references.at(card.place)
    references._known[known.address] = replace(known, service_url="http://127.0.0.1:1/")
    busy = asyncio.create_task(teams.served.bot.ear.work_at_once(lambda _session: time.sleep(0.6)))
    act = await teams.peer.press(teams.jo, card, card.labels[0])
    late = act.deliveries[0].seconds
    await busy
    await teams.rest()

    assert (act.trouble, late < 0.5, references.at(card.place)) == (None, True, known)
    assert _key_lines(teams) == [FIRST]


async def test_press_whose_check_took_long_is_answered_in_time(teams, card, monkeypatch):
    """Teams waits from when it sent the request, whatever is looked at before the act is heard."""
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.5)
    guard = teams.surface._transport._guard
    check = guard.activity

    async def slow(*of):
        await asyncio.sleep(0.6)
        return await check(*of)

    monkeypatch.setattr(guard, "activity", slow)
    act = await teams.peer.press(teams.jo, card, card.labels[0])
    await teams.rest()

    assert teams.peer.toasts(teams.jo) == [teams.house.answer("answer_follows").plain]
    assert (act.trouble, _key_lines(teams)) == (None, [FIRST])
