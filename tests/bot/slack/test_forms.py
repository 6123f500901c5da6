"""Forms in Slack: sent in again where the answer got lost, and answered later than Slack waits."""

import asyncio
import time

import pytest
from sqlalchemy import delete, select

from bot.slack import late_forms, listening
from handlers import act
from store.form_in_hand import FormInHand
from store.heard import Heard
from store.scoping import KeyLine

DAY = "2026-11-09"


def _key_lines(slack):
    return [line.text for line in slack.house.ask(select(KeyLine))]


def _outcomes(slack):
    return [heard.outcome for heard in slack.house.ask(select(Heard).where(Heard.answer.is_not(None)))]


async def _opened(slack, channel=None):
    """Helen's form, opened by a command."""
    await slack.peer.slash(slack.helen, channel or slack.peer.direct(slack.helen), "say back")
    await slack.rest()
    assert slack.peer.form(slack.helen)


async def _sends(slack, text):
    act = await slack.peer.submit(slack.helen, {"text": text, "day": DAY})
    await slack.rest()
    return act


async def test_form_that_meets_a_mistake_of_ours_stays_open_and_can_be_sent_in_again(slack, monkeypatch):
    def boom(*_, **__):
        raise LookupError

    await _opened(slack)
    with monkeypatch.context() as broken:
        broken.setattr(act, "filled_and_run", boom)
        await _sends(slack, "Front door")
    form = slack.peer.form(slack.helen)
    await _sends(slack, "Front door")

    assert (form is not None, slack.peer.form(slack.helen)) == (True, None)
    assert [line.text for line in slack.house.ask(select(KeyLine))] == ["Front door"]


# Sent in again


async def test_form_sent_in_again_after_its_answer_got_lost_takes_effect_once(slack):
    await _opened(slack)
    slack.peer.unkind.unheard("interactive")
    first = await _sends(slack, "Front door")
    assert (first.trouble, slack.peer.form(slack.helen) is None) == ("operation_timeout", False)
    second = await _sends(slack, "Front door")
    await slack.deliver()

    assert (second.trouble, slack.peer.form(slack.helen)) == (None, None)
    assert _key_lines(slack) == ["Front door"]
    assert len(slack.of_the_bot(slack.helen)) == 1


async def test_form_sent_in_with_another_answer_is_another_act(slack):
    await _opened(slack)
    slack.peer.unkind.unheard("interactive")
    await _sends(slack, "Front door")
    await _sends(slack, "Front door, again")

    assert _key_lines(slack) == ["Front door", "Front door, again"]


async def test_mistake_whose_answer_got_lost_is_said_when_it_is_sent_in_again(slack):
    await _opened(slack)
    slack.peer.unkind.unheard("interactive")
    await _sends(slack, "not like this")
    await _sends(slack, "not like this")

    assert list(slack.peer.form(slack.helen).errors) == ["field:1:text"]
    assert _outcomes(slack)[1:] == ["form", "form"]
    await slack.deliver()
    assert slack.of_the_bot(slack.helen) == []


async def test_two_forms_with_the_same_answers_are_two_acts(slack):
    for _ in range(2):
        await _opened(slack)
        await _sends(slack, "Front door")

    assert _key_lines(slack) == ["Front door", "Front door"]


async def test_what_was_filled_in_cannot_be_guessed_from_what_is_kept(slack):
    await _opened(slack)
    act = await _sends(slack, "Front door")
    view = act.deliveries[0].payload["view"]

    ids = [heard.id for heard in slack.house.ask(select(Heard))]
    assert not any(part in one for one in ids for part in (view["private_metadata"], view["id"]))
    assert "https" not in view["private_metadata"]


async def test_form_that_is_not_remembered_is_answered_beside_the_asker(slack):
    team = await slack.team_room(slack.ruth, slack.helen)
    await _opened(slack, team)
    slack.house.change(lambda session: session.execute(delete(FormInHand)))
    await _sends(slack, "Front door")

    [answer] = slack.of_the_bot(slack.helen, team)
    assert (answer.only_me, _key_lines(slack)) == (True, ["Front door"])


# Late


@pytest.fixture
def slow(slack, monkeypatch):
    """What keeps the store busy for longer than Slack waits."""
    monkeypatch.setattr(late_forms, "SETTLES", 0.05)
    monkeypatch.setattr(listening, "RESPONSE_SECONDS", 0.1)

    def begin():
        return asyncio.create_task(slack.served.bot.ear.work_at_once(lambda _session: time.sleep(0.4)))

    return begin


async def test_form_whose_mistake_is_found_late_comes_back_with_everything_typed(slack, slow):
    await _opened(slack)
    busy = slow()
    await slack.peer.submit(slack.helen, {"text": "not like this", "day": DAY})
    moment = slack.peer.form(slack.helen)
    assert (moment.title, moment.fields) == ("Say back", [])
    assert slack.house.answer("one_moment").plain in moment.plain
    await busy
    await slack.rest()

    form = slack.peer.form(slack.helen)
    values = {field["name"]: field["value"] for field in form.fields}
    assert (values["text"], values["day"]) == ("not like this", DAY)
    assert "Error: " in form.plain
    assert slack.of_the_bot(slack.helen) == []
    await _sends(slack, "like this")
    assert _key_lines(slack) == ["like this"]


async def test_form_that_is_answered_late_says_where_the_answer_is(slack, slow):
    await _opened(slack)
    busy = slow()
    await slack.peer.submit(slack.helen, {"text": "Front door", "day": DAY})
    await busy
    await slack.rest()

    assert slack.house.answer("form_answered").plain in slack.peer.form(slack.helen).plain
    assert len(slack.of_the_bot(slack.helen)) == 1


async def test_form_that_was_closed_meanwhile_waits_behind_its_card(slack, slow):
    await _opened(slack)
    busy = slow()
    await slack.peer.submit(slack.helen, {"text": "not like this", "day": DAY})
    await slack.peer.close(slack.helen)
    await busy
    await slack.rest()

    [answer] = slack.of_the_bot(slack.helen)
    await slack.peer.press(slack.helen, answer, answer.labels[0])
    await slack.rest()
    assert slack.peer.form(slack.helen).fields[0]["value"] == "not like this"


async def test_modal_that_slack_changes_late_is_put_back_again(slack, slow):
    slack.peer.unkind.error("hash_conflict", "views.update", when=lambda args: "hash" in args)
    await _opened(slack)
    busy = slow()
    await slack.peer.submit(slack.helen, {"text": "not like this", "day": DAY})
    await busy
    await slack.rest()

    assert slack.peer.form(slack.helen).fields[0]["value"] == "not like this"
    hashes = ["hash" in call.args for call in slack.peer.called("views.update")]
    assert hashes == [False, True, False, True]
