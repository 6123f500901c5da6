"""Forms in Teams: opened by a button, sent in again where the answer got lost, answered late."""

import asyncio
import time
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot import hear
from bot.teams import listening, picks
from handlers import act
from store.heard import Heard
from store.person import PersonAccount
from store.scoping import KeyLine

DAY = "2026-11-09"


def _key_lines(teams):
    return [line.text for line in teams.house.ask(select(KeyLine))]


def _outcomes(teams):
    acts = select(Heard).where(Heard.answer.is_not(None)).order_by(Heard.at, Heard.id)
    return [heard.outcome for heard in teams.house.ask(acts)]


async def _card(teams, place=None):
    """The card behind which a form waits for Helen: its newest, in her personal chat."""
    said = "say back" if place is None else "@Critical Friend say back"
    await teams.peer.say(teams.helen, place or teams.peer.direct(teams.helen), said)
    await teams.rest()
    return teams.of_the_bot(teams.helen)[-1]


async def _opened(teams):
    """Helen's form, opened by its button."""
    card = await _card(teams)
    act = await teams.peer.press(teams.helen, card, card.labels[0])
    await teams.rest()
    assert act.trouble is None
    return teams.peer.form(teams.helen)


async def _sends(teams, text="Front door"):
    act = await teams.peer.submit(teams.helen, {"text": text, "day": DAY})
    await teams.rest()
    return act


def _said(teams):
    """What the bot said to Helen since the card with the button."""
    return teams.of_the_bot(teams.helen)[1:]


# Opened and sent in


async def test_form_that_cannot_be_opened_waits_behind_its_button(teams):
    card = await _card(teams)

    assert [control.kind for control in card.controls] == ["fetch"]
    assert _outcomes(teams) == ["form"]


async def test_form_is_opened_and_sent_in(teams):
    form = await _opened(teams)
    act = await _sends(teams)

    assert [one["name"] for one in form.fields] == ["text", "day"]
    assert (act.trouble, teams.peer.form(teams.helen)) == (None, None)
    [answer] = _said(teams)
    assert "Front door" in answer.plain
    assert all(
        heard.handed_over_at for heard in teams.house.ask(select(Heard).where(Heard.answer.is_not(None)))
    )


async def test_form_with_a_mistake_stays_open_with_what_was_typed_and_the_words_at_the_field(teams):
    await _opened(teams)
    act = await _sends(teams, "not like this")

    form = teams.peer.form(teams.helen)
    assert act.trouble is None
    assert {one["name"]: one["value"] for one in form.fields} == {"text": "not like this", "day": DAY}
    assert "Error: " in form.plain
    assert _said(teams) == []
    await _sends(teams, "like this")
    assert (teams.peer.form(teams.helen), len(_said(teams)), _key_lines(teams)) == (None, 1, ["like this"])


async def test_form_from_a_channel_is_answered_in_the_personal_chat(teams):
    room = await teams.room("liaison")
    card = await _card(teams, room)
    await teams.peer.press(teams.helen, card, card.labels[0])
    await _sends(teams)

    assert teams.of_the_bot(teams.ruth, room) == []
    assert len(_said(teams)) == 1


async def test_button_that_opens_no_form_any_more_is_answered_in_the_dialog(teams):
    card = await _card(teams)
    data = {"phrase": "proposal agree", "hidden": {}}
    act = await teams.peer.invoke(teams.helen, teams.peer.direct(teams.helen), "task/fetch", {"data": data})
    await teams.rest()

    shown = act.deliveries[0].body["task"]
    assert (act.trouble, shown["type"], shown["value"]["title"]) == (None, "continue", "Critical Friend")
    assert (teams.of_the_bot(teams.helen), _outcomes(teams)[-1]) == ([card], "refused")


# People


async def _invites(teams, lead):
    """Jo invites a person, who is picked in the form."""
    await teams.peer.say(teams.jo, teams.peer.direct(teams.jo), "invite")
    await teams.rest()
    card = teams.of_the_bot(teams.jo)[-1]
    await teams.peer.press(teams.jo, card, card.labels[0])
    names = [one["name"] for one in teams.peer.form(teams.jo).fields]
    await teams.peer.submit(teams.jo, {names[0]: lead, "role": "peer"})
    await teams.rest()


async def test_person_who_is_picked_is_met_in_any_team_of_the_bots(teams):
    dana = teams.peer.add_person("Dana Reed", email="dana@peers.example")
    await teams.peer.join(dana, teams.team, by=teams.jo)
    await _invites(teams, dana)

    assert teams.house.one(PersonAccount, account=dana.object_id).email == "dana@peers.example"


async def test_person_who_is_picked_and_in_no_team_of_the_bots_has_to_be_written_down(teams):
    dana = teams.peer.add_person("Dana Reed", email="dana@peers.example")
    await _invites(teams, dana)

    assert teams.house.ask(select(PersonAccount).where(PersonAccount.account == dana.object_id)) == []
    assert teams.house.answer("field_not_found").plain in teams.peer.form(teams.jo).plain


async def _picks(teams, *users):
    """Helen sends a form in, in which a client says that these were picked."""
    data = {"phrase": "say back", "hidden": {}, "form": "x", "field:text": "a", "field:day": DAY}
    picked = {f"person:p{number}": user for number, user in enumerate(users)}
    place = teams.peer.direct(teams.helen)
    act = await teams.peer.invoke(teams.helen, place, "task/submit", {"data": data | picked})
    await teams.rest()
    teams.peer.mistakes.clear()  # a bot that asks for what was never there
    return act


@pytest.fixture
async def chats(teams):
    """Some group chats with Jo in them."""
    await teams.peer.say(teams.helen, teams.peer.direct(teams.helen), "help")
    chats = [teams.peer.add_chat(f"Chat {number}", teams.jo) for number in range(3)]
    for chat in chats:
        await teams.peer.install_in(chat, by=teams.jo)
    await teams.rest()
    return chats


@pytest.mark.parametrize("made_up", [lambda: "nobody", lambda: str(uuid4()), lambda: str(uuid4()).upper()])
async def test_made_up_picks_cost_one_look_through_the_rosters(teams, chats, made_up):
    await _picks(teams)
    before = len(teams.peer.calls)
    for _ in range(3):
        await _picks(teams, *(made_up() for _ in range(20)))

    asked = [one for one in teams.peer.calls[before:] if one.method in {"member", "pagedmembers"}]
    assert len(asked) <= len(chats) + 1


async def test_person_who_is_picked_is_found_though_a_chat_is_out_of_order(teams, chats):
    dana = teams.peer.add_person("Dana Reed", email="dana@programme.example")
    await teams.peer.join(dana, teams.team, by=teams.jo)
    await teams.rest()
    teams.peer.unkind.status("pagedmembers", times=None, when=lambda of: chats[-1].id in of["conversation"])
    await _picks(teams, dana.object_id)

    assert teams.house.one(PersonAccount, account=dana.object_id).email == dana.email


async def test_pick_that_takes_too_long_is_said_with_what_was_typed_in_sight(teams, chats, monkeypatch):
    monkeypatch.setattr(picks, "SECONDS", 0.05)
    teams.peer.unkind.slow("pagedmembers", seconds=0.5)
    await _picks(teams)
    act = await _picks(teams, str(uuid4()))

    shown = str(act.deliveries[0].body)
    assert teams.house.answer("try_again", {"chat": "teams"}).plain in shown
    assert _outcomes(teams) == ["done", "done"]


# Sent in again


async def test_form_sent_in_again_after_its_answer_got_lost_takes_effect_once(teams):
    await _opened(teams)
    teams.peer.unkind.unheard("invoke")
    first = await _sends(teams)
    assert (first.trouble, teams.peer.form(teams.helen) is None) == ("unheard", False)
    second = await _sends(teams)

    assert (second.trouble, teams.peer.form(teams.helen)) == (None, None)
    assert (_key_lines(teams), len(_said(teams))) == (["Front door"], 1)


async def test_form_sent_in_with_another_answer_is_another_act(teams):
    await _opened(teams)
    teams.peer.unkind.unheard("invoke")
    await _sends(teams)
    await _sends(teams, "Front door, again")

    assert _key_lines(teams) == ["Front door", "Front door, again"]


async def test_mistake_whose_answer_got_lost_is_said_when_it_is_sent_in_again(teams):
    await _opened(teams)
    teams.peer.unkind.unheard("invoke")
    await _sends(teams, "not like this")
    await _sends(teams, "not like this")

    assert "Error: " in teams.peer.form(teams.helen).plain
    assert _outcomes(teams)[-2:] == ["form", "form"]
    assert _said(teams) == []


async def test_two_forms_with_the_same_answers_are_two_acts(teams):
    for _ in range(2):
        await _opened(teams)
        await _sends(teams)

    assert _key_lines(teams) == ["Front door", "Front door"]


@pytest.mark.parametrize("during", [True, False])
async def test_form_that_teams_delivers_again_takes_effect_once(teams, during):
    await _opened(teams)
    teams.peer.unkind.redeliver("invoke", copies=2, during=during)
    act = await _sends(teams)

    assert [(one.status, one.body) for one in act.deliveries] == [(200, None)] * 3
    assert (_key_lines(teams), len(_said(teams))) == (["Front door"], 1)


@pytest.mark.parametrize("during", [True, False])
async def test_button_that_teams_delivers_again_opens_its_form_each_time(teams, during):
    card = await _card(teams)
    teams.peer.unkind.redeliver("invoke", copies=1, during=during)
    act = await teams.peer.press(teams.helen, card, card.labels[0])
    await teams.rest()

    assert [one.body["task"]["value"]["title"] for one in act.deliveries] == ["Say back", "Say back"]


async def test_what_was_filled_in_cannot_be_guessed_from_what_is_kept(teams):
    await _opened(teams)
    act = await _sends(teams)
    number = act.deliveries[0].activity["value"]["data"]["form"]

    ids = [heard.id for heard in teams.house.ask(select(Heard))]
    assert not any(number in one for one in ids)


async def test_form_that_is_made_up_is_answered_plainly(teams):
    data = {"phrase": "say back", "hidden": {"known": "all"}, "form": "a1", "field:text": "x"}
    place = teams.peer.direct(teams.helen)
    act = await teams.peer.invoke(teams.helen, place, "task/submit", {"data": data})
    await teams.rest()

    assert (act.deliveries[0].status, _outcomes(teams), _key_lines(teams)) == (200, ["refused"], [])


# Trouble


async def test_form_of_somebody_unknown_who_cannot_be_looked_up_stays_in_sight(teams):
    await _opened(teams)
    teams.forget(teams.helen)
    teams.silence()
    act = await _sends(teams, "Front door")

    shown = teams.peer.form(teams.helen).plain
    assert act.trouble is None
    assert teams.house.answer("try_again", {"chat": "teams"}).plain in shown
    assert "Front door" in shown
    assert _key_lines(teams) == []


@pytest.fixture(params=["store", "handler"])
def breaks(request, teams, monkeypatch):
    """Lets a mistake of ours meet the next act; returns what mends it."""

    def boom(*_, **__):
        raise LookupError

    def begin():
        if request.param == "store":
            monkeypatch.setattr(hear, "dispatch", boom)
        else:
            monkeypatch.setattr(act, "filled_and_run", boom)
        return monkeypatch.undo

    return begin


async def test_mistake_of_ours_leaves_what_was_typed_in_sight(teams, breaks):
    await _opened(teams)
    breaks()
    act = await _sends(teams)

    shown = teams.peer.form(teams.helen).plain
    assert act.trouble is None
    assert ("Nothing was saved" in shown, "Front door" in shown) == (True, True)
    assert _said(teams) == []


async def test_form_that_met_a_mistake_of_ours_can_be_sent_in_again(teams, breaks):
    await _opened(teams)
    mend = breaks()
    first = await _sends(teams)
    mend()
    place, data = teams.peer.direct(teams.helen), first.deliveries[0].activity["value"]
    await teams.peer.invoke(teams.helen, place, "task/submit", data)
    await teams.rest()

    assert _key_lines(teams) == ["Front door"]


# Late


@pytest.fixture
def slow(teams, monkeypatch):
    """What keeps the store busy for longer than Teams waits."""
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.1)

    def begin():
        return asyncio.create_task(teams.served.bot.ear.work_at_once(lambda _session: time.sleep(0.4)))

    return begin


async def test_form_that_is_answered_late_says_that_the_answer_comes_as_a_message(teams, slow):
    await _opened(teams)
    busy = slow()
    act = await teams.peer.submit(teams.helen, {"text": "Front door", "day": DAY})
    assert act.trouble is None
    assert teams.house.answer("answer_follows").plain in teams.peer.form(teams.helen).plain
    await busy
    await teams.rest()

    assert (len(_said(teams)), _key_lines(teams)) == (1, ["Front door"])


async def test_form_whose_mistake_is_found_late_waits_behind_its_card_with_what_was_typed(teams, slow):
    await _opened(teams)
    busy = slow()
    await teams.peer.submit(teams.helen, {"text": "not like this", "day": DAY})
    await busy
    await teams.rest()

    [card] = _said(teams)
    await teams.peer.close(teams.helen)
    listening.RESPONSE_SECONDS = 4
    await teams.peer.press(teams.helen, card, card.labels[0])
    assert teams.peer.form(teams.helen).fields[0]["value"] == "not like this"
