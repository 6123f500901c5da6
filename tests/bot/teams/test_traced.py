"""An act in Teams leaves the same line in the log as one in Slack."""

import json


async def test_act_in_teams_is_told_by_its_phrase_and_what_came_of_it(teams, logged):
    await teams.peer.say(teams.jo, teams.peer.direct(teams.jo), "kloe add Is help early enough?")
    await teams.rest()
    lines = [json.loads(line) for line in logged.getvalue().splitlines() if line.startswith("{")]
    [act] = [line for line in lines if line["event"] == "act"]

    assert {name: act[name] for name in ("chat", "phrase", "outcome")} == {
        "chat": "teams", "phrase": "kloe add", "outcome": "done",
    }  # fmt: skip
