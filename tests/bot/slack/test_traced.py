"""Each act leaves one line in the log and one count: what came of it, and no word of it."""

import json

import pytest

from bot import metrics
from bot.hear import Ear


def _acts(logged):
    """The lines about acts, without when and how long."""
    lines = [json.loads(line) for line in logged.getvalue().splitlines() if line.startswith("{")]
    acts = [line for line in lines if line["event"] == "act"]
    for act in acts:
        assert act.pop("milliseconds") > 0
        assert act.pop("timestamp").endswith("Z")
    return acts


def _act(outcome, phrase=None, **of):
    known = {"phrase": phrase} if phrase else {}
    return {"event": "act", "level": "info", "chat": "slack", "outcome": outcome, **known, **of}


async def _says(slack, who, text):
    await slack.peer.say(who, slack.peer.direct(who), text)
    await slack.rest()


TYPED = [
    ("kloe add Is help early enough in Saltmarsh?", _act("done", "kloe add")),
    ("kloe add", _act("form", "kloe add")),
    ("kloe drop 99", _act("refused", "kloe drop")),
    ("Tom Hughes is unhappy about thresholds", _act("refused")),
]


@pytest.mark.parametrize(("text", "line"), TYPED)
async def test_act_is_told_by_its_phrase_and_what_came_of_it(slack, logged, text, line):
    await _says(slack, slack.jo, text)

    assert _acts(logged) == [line]


@pytest.mark.parametrize("text", [text for text, _ in TYPED])
async def test_line_holds_no_word_and_nobody(slack, logged, text):
    await _says(slack, slack.jo, text)
    [line] = [line for line in logged.getvalue().splitlines() if '"act"' in line]

    said = {"saltmarsh", "early", "tom", "hughes", "thresholds"}
    hints = {slack.jo.id.lower(), "jo", "northmere", slack.peer.direct(slack.jo).id.lower(), *said}
    assert not hints & {word.strip('",:{}') for word in line.lower().split()}


async def test_mistake_of_the_bot_has_the_reference_that_the_person_reads(slack, logged):
    await _says(slack, slack.jo, "go wrong a private matter")
    [act] = _acts(logged)
    [answer] = slack.of_the_bot(slack.jo)

    assert act == _act("broken", "go wrong", reference=act["reference"])
    assert act["reference"] in answer.plain
    assert "private matter" not in logged.getvalue()


async def test_store_that_breaks_has_a_reference_too(slack, logged, monkeypatch):
    async def breaks(_ear, _unit):
        raise OSError("a private matter")

    monkeypatch.setattr(Ear, "work_at_once", breaks)
    await _says(slack, slack.jo, "help")
    monkeypatch.undo()
    [act] = _acts(logged)

    assert act == _act("broken", reference=act["reference"])


async def test_act_that_is_delivered_again_is_told_as_such(slack, logged):
    slack.peer.unkind.redeliver("events_api", copies=1)
    await _says(slack, slack.jo, "kloe add Is it?")

    assert _acts(logged) == [_act("done", "kloe add"), _act("again")]


async def test_act_of_somebody_whom_slack_does_not_tell_is_not_heard(slack, logged):
    slack.peer.unkind.status("users.info", times=None)
    stranger = slack.peer.add_person("Owen")
    await slack.peer.say(stranger, slack.peer.direct(stranger), "help")
    await slack.rest()

    acts = _acts(logged)
    assert acts
    assert acts == [_act("not_heard")] * len(acts)


async def test_acts_are_counted_by_phrase_and_outcome(slack):
    counted = metrics.ACTS.labels("slack", "kloe add", "done")
    seconds = metrics.ACT_SECONDS.labels("slack", "done")
    before = counted._value.get(), seconds._sum.get()
    await _says(slack, slack.jo, "kloe add Is it?")

    assert counted._value.get() - before[0] == 1
    assert 0 < seconds._sum.get() - before[1] < 10
